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
}

/// What training gives: the trained model beside the untouched one it began with.
public struct Run {
  public enum Outcome: String, Sendable {
    case finished
    /// The control, or a callback, ended it.
    case stopped
    /// No better validation RMSE for long enough; the model is the best one.
    case earlyStopped = "stopped early"
    /// Numbers went bad; the model is the last finite one, `problem` says what happened.
    case diverged
    /// An error ended it, one among several; the model is what it had come to, `problem` says why.
    case failed
  }

  public let history: [EpochReport]
  public let model: MLP
  public let seconds: Double
  public let outcome: Outcome
  /// What went wrong in a run that diverged or failed.
  public let problem: String?
  public let options: TrainingOptions
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
  /// What the options ask for.
  public let action: DivergenceAction

  public var description: String {
    let other = "; on_divergence = 'stop' gives back the last finite model"
    return "\(what) in epoch \(epoch), batch \(batch) (learning rate \(numberText(learningRate)); "
      + "try a smaller one, or clip\(action == .error ? other : ""))"
  }
}

extension Run: CustomStringConvertible {
  /// Rows of the table: more are left out between the first and the last.
  private static var rows: Int { 12 }

  /// Whether chance has left a Lai loss out.
  private var isPlain: Bool {
    guard case .lai = options.loss else { return false }
    return options.alpha > 0 && history.contains { $0.stage == .train }
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
    let last = history.count - 1
    let shown =
      last < Run.rows
      ? Array(0...last) : (0..<Run.rows).map { $0 * last / (Run.rows - 1) }
    func text(_ value: Double?) -> String { value.map(Table.number) ?? "" }
    let table = Table(
      header: ["epoch", "stage", "base loss", "Lai loss", "ratio", "validation RMSE"],
      rows: shown.map { index in
        let report = history[index]
        return [
          "\(report.epoch)", report.stage.rawValue, text(report.baseLoss), text(report.laiLoss),
          text(report.laiRatio), text(report.validationRMSE),
        ]
      })
    return "\(headline)\n\(table)"
  }
}
