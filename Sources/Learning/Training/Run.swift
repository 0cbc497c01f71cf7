import Tensors

/// One epoch, as it went.
public struct EpochReport: Sendable, Equatable, Codable {
  public enum Stage: String, Sendable, Codable { case pretrain, train }

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
  /// The share of these rows, and outputs, whose slope is steeper than the kink of the Lai loss:
  /// |k| > √λ for residuals of power 2, λ for those of power 1. nil where nothing took it; of a sum of
  /// Lai losses, that of the first.
  public internal(set) var aboveKink: FeatureShares?
  /// In the target's own units; the mean over the outputs.
  public let validationRMSE: Double?
  /// The same in the units of a scaled target, which losses have; nil unless the target is scaled.
  public let scaledValidationRMSE: Double?
  /// The mean value of a scripted model's step on the validation data.
  public let validationLoss: Double?
  /// The metrics asked for, by name, in the target's own units.
  public let metrics: [String: Double]
  public let learningRate: Double
  /// Since the beginning of the run.
  public let seconds: Double

  package init(
    epoch: Int, stage: Stage, baseLoss: Double, laiLoss: Double?, laiRatio: Double?, laiCount: Int,
    validationRMSE: Double?, validationLoss: Double?, metrics: [String: Double],
    learningRate: Double, seconds: Double, aboveKink: FeatureShares? = nil,
    scaledValidationRMSE: Double? = nil
  ) {
    (self.epoch, self.stage, self.baseLoss) = (epoch, stage, baseLoss)
    (self.laiLoss, self.laiRatio, self.laiCount) = (laiLoss, laiRatio, laiCount)
    (self.validationRMSE, self.validationLoss) = (validationRMSE, validationLoss)
    (self.metrics, self.learningRate, self.seconds) = (metrics, learningRate, seconds)
    (self.aboveKink, self.scaledValidationRMSE) = (aboveKink, scaledValidationRMSE)
  }

  /// The same but for the time it took.
  public static func == (a: EpochReport, b: EpochReport) -> Bool {
    (a.epoch, a.stage, a.baseLoss, a.laiCount) == (b.epoch, b.stage, b.baseLoss, b.laiCount)
      && (a.laiLoss, a.laiRatio) == (b.laiLoss, b.laiRatio)
      && (a.validationRMSE, a.learningRate) == (b.validationRMSE, b.learningRate)
      && (a.validationLoss, a.metrics) == (b.validationLoss, b.metrics)
      && a.aboveKink == b.aboveKink && a.scaledValidationRMSE == b.scaledValidationRMSE
  }

  /// What early stopping and the best epoch look at: the less, the better.
  var score: Double? { validationLoss ?? validationRMSE }

  /// Whether it is the best epoch, if `best` was the best of those before: it has a lower score, or is the first of a later stage. The stages are not compared: the aim of Lai Training is
  /// not the least RMSE, which pre-training may have had.
  func isBetter(than best: EpochReport?) -> Bool {
    guard let score, score.isFinite else { return false }
    guard let best, best.stage == stage else { return true }
    return score < best.score ?? .infinity
  }
}

/// What training a network gives: the trained model beside the untouched one it began with.
public struct Run: TrainingReport {
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

  /// Losses are in the units of the data as they were given, scaled or not; RMSE and metrics in the
  /// target's own.
  public let history: [EpochReport]
  /// With early stopping the model of the best epoch, however the run ended; else the last one, with
  /// finite parameters.
  public let model: MLP
  public let seconds: Double
  public let outcome: Outcome
  public let error: (any Error)?
  public let options: TrainingOptions
  public let state: TrainingState?
  /// What the Lai loss could not reach.
  public var warnings: [LaiWarning] = []
  /// Units of the target that hamper training, and errors as large as the target's spread.
  public var scaleWarnings: [ScaleWarning] = []
}

/// What training gives, whatever the model.
public protocol TrainingReport {
  var history: [EpochReport] { get }
  var seconds: Double { get }
  var outcome: Run.Outcome { get }
  /// What ended a run that diverged or failed.
  var error: (any Error)? { get }
  var options: TrainingOptions { get }
  /// From which training can go on; nil after divergence.
  var state: TrainingState? { get }
}

extension TrainingReport {
  /// What went wrong in a run that diverged or failed.
  public var problem: String? { error.map { "\($0)" } }

  /// The epoch, counted from 1, with the least validation RMSE or, of a scripted model, the least
  /// validation value, the first of several, in the last stage that the run reached. nil without
  /// validation.
  public var bestEpoch: Int? {
    var best: EpochReport?
    for report in history where report.isBetter(than: best) { best = report }
    return best?.epoch
  }

  /// The metrics of the epoch that the model is of.
  public var metrics: [String: Double] {
    let epoch = options.earlyStopping == nil ? history.count : bestEpoch ?? history.count
    return epoch > 0 ? history[epoch - 1].metrics : [:]
  }

  /// Whether it ended in an error that a run alone would have thrown.
  public var hasFailed: Bool {
    outcome == .failed || outcome == .diverged && options.onDivergence == .error
  }

  /// - Throws: `ArgumentError` for a run that cannot go on.
  public func stateToGoOn() throws -> TrainingState {
    if let state { return state }
    throw ArgumentError(
      "run", mustBe: "one that can go on; the checkpoint of an earlier epoch can",
      got: "a diverged one")
  }
}

/// Numbers went bad: the run ended there and then.
public struct DivergenceError: Error, Worded {
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

  public var words: Message {
    let place = "epoch \(epoch), batch \(batch) (learning rate \(numberText(learningRate))"
    let other: Message =
      "; \(option: "on_divergence", DivergenceAction.stop.rawValue) returns the last finite model"
    return "\(what) in \(place); try a smaller one, or clip\(action == .error ? other : ""))"
  }
}
