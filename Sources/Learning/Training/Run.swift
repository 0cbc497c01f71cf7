import Tensors

/// One epoch, as it went.
public struct EpochReport: Sendable, Equatable {
  public enum Stage: String, Sendable { case pretrain, train }

  /// From 1, over both stages.
  public let epoch: Int
  public let stage: Stage
  /// Mean of the base loss over the training batches, as they were met.
  public let baseLoss: Double
  /// Mean of the Lai loss over what took it, and its ratio to the base loss there.
  public let laiLoss: Double?
  public let laiRatio: Double?
  /// Batches, or points, that took the Lai loss.
  public let laiCount: Int
  public let validationRMSE: Double?
  public let learningRate: Double
  /// Since the beginning of the run.
  public let seconds: Double

  /// The same but for the time it took.
  public static func == (a: EpochReport, b: EpochReport) -> Bool {
    (a.epoch, a.stage, a.baseLoss, a.laiCount) == (b.epoch, b.stage, b.baseLoss, b.laiCount)
      && (a.laiLoss, a.laiRatio) == (b.laiLoss, b.laiRatio)
      && (a.validationRMSE, a.learningRate) == (b.validationRMSE, b.learningRate)
  }

  /// Whether it is the best epoch, if `best` was the best of those before: it has less validation
  /// RMSE, or is the first of a later stage. The stages are not compared: the aim of Lai Training is
  /// not the least RMSE, which pre-training may have had.
  func isBetter(than best: EpochReport?) -> Bool {
    guard let rmse = validationRMSE, rmse.isFinite else { return false }
    guard let best, best.stage == stage else { return true }
    return rmse < best.validationRMSE!
  }
}

/// What training gives: the trained model beside the untouched one it began with.
public struct Run {
  public enum Outcome: String, Sendable {
    case finished
    /// The control, or a callback, ended it.
    case stopped
    /// No better validation RMSE for long enough.
    case earlyStopped = "stopped early"
    /// Numbers went bad; `problem` says what happened.
    case diverged
    /// An error ended it, one among several; `problem` says why.
    case failed
  }

  public let history: [EpochReport]
  /// With early stopping the model of the best epoch, however the run ended; else the last one, with
  /// finite parameters.
  public let model: MLP
  public let seconds: Double
  public let outcome: Outcome
  /// What ended a run that diverged or failed.
  public let error: (any Error)?
  public let options: TrainingOptions

  /// What went wrong in a run that diverged or failed.
  public var problem: String? { error.map { "\($0)" } }

  /// The epoch, counted from 1, with the least validation RMSE, the first of several, in the last
  /// stage that the run reached. nil without validation.
  public var bestEpoch: Int? {
    var best: EpochReport?
    for report in history where report.isBetter(than: best) { best = report }
    return best?.epoch
  }

  /// Whether it ended in an error that a run alone would have thrown.
  public var hasFailed: Bool {
    outcome == .failed || outcome == .diverged && options.onDivergence == .error
  }
}

/// Numbers went bad: the run ended there and then.
public struct DivergenceError: Error, CustomStringConvertible {
  public let epoch: Int
  public let batch: Int
  /// "the loss is nan", "a weight is not finite", "the loss has grown 1e9-fold"
  public let what: String
  public let learningRate: Double
  public let history: [EpochReport]
  /// The parameters before that batch: all finite.
  public let parameters: [Double]
  /// `.error` if the run was lost; `.stop` if it returned the last finite model.
  public internal(set) var action: DivergenceAction

  public var description: String {
    let other = "; on_divergence = 'stop' returns the last finite model"
    return "\(what) in epoch \(epoch), batch \(batch) (learning rate \(numberText(learningRate)); "
      + "try a smaller one, or clip\(action == .error ? other : ""))"
  }
}

extension Run: CustomStringConvertible {
  /// Rows of the table: more are left out between the first and the last.
  private static var rows: Int { 12 }

  /// Whether chance has left a Lai loss out.
  private var isPlain: Bool {
    options.loss.hasLai && options.alpha > 0 && history.contains { $0.stage == .train }
      && history.allSatisfy { $0.laiCount == 0 }
  }

  public var description: String {
    var headline = "Run(\(history.count) epochs, \(outcome.rawValue), "
    headline += "\(Table.format("%.2f", seconds)) s, \(options.loss))"
    if let problem { headline += "\n\(problem)" }
    if isPlain {
      headline += "\nno \(options.sample == .batches ? "batch" : "row") has taken the Lai loss: "
      headline += "alpha \(numberText(options.alpha)) of so few"
    }
    guard !history.isEmpty else { return headline }
    let best = bestEpoch
    if let best { headline += "\n\(bestText(best))" }
    let last = history.count - 1
    var shown =
      last < Run.rows
      ? Array(0...last) : (0..<Run.rows).map { $0 * last / (Run.rows - 1) }
    if let best, !shown.contains(best - 1) { shown = (shown + [best - 1]).sorted() }
    func text(_ value: Double?) -> String { value.map(Table.number) ?? "" }
    let table = Table(
      header: ["epoch", "stage", "base loss", "Lai loss", "ratio", "validation RMSE"],
      rows: shown.map { index in
        let report = history[index]
        return [
          "\(report.epoch)" + (report.epoch == best ? " *" : ""), report.stage.rawValue,
          text(report.baseLoss), text(report.laiLoss),
          text(report.laiRatio), text(report.validationRMSE),
        ]
      })
    let note =
      shown.count < history.count ? "\n\(shown.count) of \(history.count) epochs shown" : ""
    return "\(headline)\n\(table)\(note)"
  }

  private func bestText(_ epoch: Int) -> String {
    let rmse = Table.number(history[epoch - 1].validationRMSE!)
    let isModel = options.earlyStopping != nil || epoch == history.count
    return "* best epoch \(epoch), validation RMSE \(rmse)"
      + (isModel ? ": the model is of this epoch" : "; the model is the last epoch's")
  }
}
