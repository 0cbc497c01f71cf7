import Charts
import Learning

/// Runs side by side, one per row.
///
///     run 3  ━━━━━━╌╌╌╌╌╌  epoch 12 of 24  validation RMSE 0.4213
public struct RunsPicture: LivePicture {
  private let running: [RunningJob]
  private static let barWidth = 12
  private static let mostRows = 10

  public init(running: [RunningJob]) { self.running = running }

  public func rows(most: Int, _ renderer: TerminalRenderer) -> [String] {
    let most = min(most, Self.mostRows)
    guard running.count > most else { return running.map { row($0, renderer) } }
    let rest = renderer.fitted(
      "and \(running.count - most + 1) more", columns: renderer.width)
    return running.prefix(most - 1).map { row($0, renderer) } + [rest]
  }

  private func row(_ job: RunningJob, _ renderer: TerminalRenderer) -> String {
    let report = job.report
    let filled = report.epoch * Self.barWidth / max(1, job.epochs)
    let score = report.liveScore
    let text =
      "run \(job.place + 1)  \(renderer.bar(filled, of: Self.barWidth))  epoch \(report.epoch) of \(job.epochs)"
      + "  \(score.name) \(Table.number(score.value))"
    return renderer.fitted(text, columns: renderer.width)
  }

  public var chart: Chart? { nil }
  public func notes(_ renderer: TerminalRenderer) -> [String] {
    rows(most: Self.mostRows, renderer)
  }
}

extension EpochReport {
  /// What a display shows of an epoch.
  public var liveScore: (name: String, value: Double) {
    if let validationRMSE { return ("validation RMSE", validationRMSE) }
    if let validationLoss { return ("validation value", validationLoss) }
    return ("loss", baseLoss)
  }
}
