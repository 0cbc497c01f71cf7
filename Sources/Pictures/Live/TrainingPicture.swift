import Charts
import Learning

/// A run in progress: the curve so far with the end of pre-training, and slopes against the kinks of
/// the Lai loss.
public struct TrainingPicture: LivePicture, Sendable {
  /// Of the curve's values: "validation RMSE".
  private let label: String
  public private(set) var curve = LiveCurve()
  private var pretrain = 0
  private var hasTrained = false
  /// The last ones that were measured.
  public var slopes: [SlopeAtKink] = []
  private static let mostFeatures = 6

  /// - label: What the values are.
  public init(label: String) { self.label = label }

  /// Adds the value of the next epoch.
  public mutating func append(epoch: Int, stage: EpochReport.Stage, _ value: Double) {
    curve.append(epoch: epoch, value)
    if stage == .pretrain { pretrain = epoch } else { hasTrained = true }
  }

  /// The curve; nil before there are two points.
  private var panel: Panel? {
    guard curve.epochs.count > 1,
      let line = try? Mark.line(x: curve.epochs, y: curve.values)
    else { return nil }
    var marks = [line]
    if pretrain > 0, hasTrained {
      marks.append(
        .verticalRule(x: Double(pretrain) + 0.5, style: Style(dash: .dotted, lineWidth: 1.2)))
    }
    return Panel(
      title: label, yAxis: Axis(scale: curve.values.spansDecades ? .log : .linear), marks: marks)
  }

  public func rows(most: Int, _ renderer: TerminalRenderer) -> [String] {
    guard let panel else { return [] }
    // The curve needs 6 rows; the slopes have what is left.
    let rows = slopeRows(max(0, min(Self.mostFeatures, most - 7)), renderer)
    return self.rows(
      of: Chart(panels: [panel]), height: 7, most: most - rows.count, renderer) + rows
  }

  public func notes(_ renderer: TerminalRenderer) -> [String] {
    slopeRows(Self.mostFeatures, renderer)
  }

  private func slopeRows(_ most: Int, _ renderer: TerminalRenderer) -> [String] {
    let shown = slopes.steepest(most)
    guard !shown.isEmpty else { return [] }
    let widest = shown.map { renderer.fitted($0.feature, columns: 12).displayWidth }.max()!
    return [
      renderer.fitted("mean |slope|; the kink is the middle", columns: renderer.width)
    ]
      + shown.map { $0.row(nameWidth: widest, renderer) }
  }

  public var chart: Chart? {
    guard var panel else { return nil }
    panel.xAxis = Axis(label: "epoch")
    return Chart(panels: [panel])
  }
}
