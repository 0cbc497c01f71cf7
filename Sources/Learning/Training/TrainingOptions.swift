import Platform
import Tensors

/// What of an epoch takes the Lai loss in Lai Training.
public enum LaiSample: String, CaseIterable, Sendable, Codable {
  /// A share α of the mini-batches (the paper's §5).
  case batches
  /// A share α of the points of each mini-batch (the paper's §6.1).
  case points
}

/// How the learning rate changes over the epochs.
public enum Schedule: Sendable, Equatable, Codable {
  /// The epochs that a schedule goes over.
  public enum Phase: String, CaseIterable, Sendable, Codable {
    /// Both stages, one after the other.
    case all
    /// The second stage alone; pre-training has the full rate.
    case train
  }

  case constant
  /// Down to `floor` of the rate along half a cosine.
  case cosine(floor: Double, phase: Phase = .all)
  /// Times `factor` every so many epochs.
  case step(every: Int, factor: Double, phase: Phase = .all)

  /// What multiplies the learning rate in an epoch, counted from 0 over both stages, of `total`, of
  /// which `pretrain` are the first stage.
  public func factor(epoch: Int, of total: Int, pretrain: Int = 0) -> Double {
    if phase == .train, pretrain > 0 {
      return epoch < pretrain
        ? 1 : withoutPhase.factor(epoch: epoch - pretrain, of: total - pretrain)
    }
    return switch self {
    case .constant: 1
    case .cosine(let floor, _):
      floor + (1 - floor) * 0.5 * (1 + cos(.pi * Double(epoch) / Double(max(1, total))))
    case .step(let every, let factor, _): power(factor, epoch / every)
    }
  }

  public var phase: Phase {
    switch self {
    case .constant: .all
    case .cosine(_, let phase), .step(_, _, let phase): phase
    }
  }

  private var withoutPhase: Schedule {
    switch self {
    case .constant: self
    case .cosine(let floor, _): .cosine(floor: floor)
    case .step(let every, let factor, _): .step(every: every, factor: factor)
    }
  }

  /// Whether pre-training has the full rate.
  var sparesPretraining: Bool { self == .constant || phase == .train }
}

extension Schedule: CustomStringConvertible {
  public var description: String {
    let end = phase == .all ? ")" : ", phase \(phase.rawValue))"
    switch self {
    case .constant: return "schedule.constant"
    case .cosine(let floor, _): return "schedule.cosine(floor \(numberText(floor))" + end
    case .step(let every, let factor, _):
      return "schedule.step(every \(every), factor \(numberText(factor))" + end
    }
  }
}

/// When to stop before the end: no better validation RMSE for `patience` epochs.
///
/// The run returns the model of its best epoch, the one with the least validation RMSE, whether it
/// stops early or ends otherwise. Only the last stage counts: Lai Training, whose aim is not the least
/// RMSE that pre-training may have had; pre-training when that is all there is, or as far as the run
/// came.
public struct EarlyStopping: Sendable, Equatable, Codable {
  public let patience: Int
  /// What resets the patience, in units of the RMSE; the best epoch is the best by any amount.
  public let minimumImprovement: Double

  /// - Throws: `ArgumentError` for a patience below 1 or a negative improvement.
  public init(patience: Int, minimumImprovement: Double = 0) throws {
    guard patience >= 1 else { throw ArgumentError("patience", mustBe: ">= 1", got: patience) }
    guard minimumImprovement >= 0, minimumImprovement.isFinite else {
      throw ArgumentError(
        "min_improvement", mustBe: ">= 0 and finite", got: minimumImprovement)
    }
    self.patience = patience
    self.minimumImprovement = minimumImprovement
  }
}

/// What happens when numbers go bad.
public enum DivergenceAction: String, CaseIterable, Sendable, Codable {
  /// A `DivergenceError`.
  case error
  /// The run ends and returns the last finite model.
  case stop

  /// What a run on its own does unless an option says otherwise.
  public static let alone = DivergenceAction.error
  /// What one among several does: it must not cost the others anything.
  public static let amongOthers = DivergenceAction.stop
}

/// A file that a run writes its state to as it goes.
public struct Checkpoint: Sendable, Equatable, Codable {
  /// Epochs between two writings unless an option says otherwise.
  public static let interval = 10

  public internal(set) var path: String
  /// Epochs between two writings.
  public let every: Int

  /// - Throws: `ArgumentError` for fewer than 1 epoch.
  public init(path: String, every: Int = Checkpoint.interval) throws {
    guard every >= 1 else { throw ArgumentError("checkpoint_every", mustBe: ">= 1", got: every) }
    (self.path, self.every) = (path, every)
  }
}

/// Lai Training (arXiv 2405.07884, §5): `pretrain` epochs of the base loss, then `epochs` epochs in
/// which a share α of the batches, or points, takes the Lai loss and the rest the base loss.
public struct TrainingOptions: Sendable, Codable {
  public var loss: Objective = .mse
  /// What pre-training, and what α does not choose, minimises; nil for the base of `loss`.
  public var pretrainLoss: Objective?
  /// Epochs of the base loss before.
  public var pretrain = 0
  /// Epochs of Lai Training; of the base loss when `loss` is one.
  public var epochs = 100
  /// Share of batches, or points, that takes the Lai loss.
  public var alpha: Double {
    get { givenAlpha ?? loss.defaultAlpha }
    set { givenAlpha = newValue }
  }
  /// nil for the loss's own default.
  private var givenAlpha: Double?
  public var sample = LaiSample.batches
  /// Rows of a mini-batch; the last of an epoch may be smaller.
  public var batch = 256
  public var optimizer = Optimizer.standard
  public var schedule = Schedule.constant
  /// Largest Euclidean norm of the gradient; larger ones are scaled down.
  public var clip: Double?
  public var earlyStopping: EarlyStopping?
  public var onDivergence = DivergenceAction.alone
  /// How many times too large residuals may be: see `DivergenceWatch`.
  public var divergenceThreshold = DivergenceWatch.threshold
  /// Names of the measures of each epoch's predictions on the validation data: see `MetricRecord`.
  public var metrics: [String] = []
  /// Where the state is written at the beginning, every so many epochs and at the end.
  public var checkpoint: Checkpoint?
  /// Of the forward passes of training; validation is without it.
  public var noise = ForwardNoise.none
  /// Of shuffling, of the choice of batches or points, and of the noise, each with a stream of its
  /// own.
  public var seed: UInt64 = 1

  public init() {}

  /// What pre-training, and what α does not choose, minimises.
  public var base: Objective { pretrainLoss ?? loss.base }

  /// The same without the functions that only the thread of the run may call, for what outlives it.
  package var withoutBoundFunctions: TrainingOptions {
    var options = self
    options.loss = loss.replacingCustomLosses(\.withoutBoundFunction)
    options.pretrainLoss = pretrainLoss?.replacingCustomLosses(\.withoutBoundFunction)
    return options
  }

  /// What multiplies the learning rate in an epoch, counted from 0 over both stages.
  func rateFactor(epoch: Int) -> Double {
    schedule.factor(epoch: epoch, of: pretrain + epochs, pretrain: pretrain)
  }

  /// So that epochs of many runs can be added up.
  private static let mostEpochs = 1_000_000_000

  /// - Throws: `ArgumentError` for anything out of range.
  func check() throws {
    func atLeast(_ minimum: Int, _ name: String, _ value: Int) throws {
      guard value >= minimum else { throw ArgumentError(name, mustBe: ">= \(minimum)", got: value) }
    }
    for (name, value) in [("pretrain", pretrain), ("epochs", epochs)] {
      try atLeast(0, name, value)
      guard value <= Self.mostEpochs else {
        throw ArgumentError(name, mustBe: "<= \(Self.mostEpochs)", got: value)
      }
    }
    try atLeast(1, "batch", batch)
    for (name, objective) in [("loss", loss), ("pretrain_loss", base)] {
      guard !objective.residuals.isEmpty else {
        throw ArgumentError(
          worded: Message(name), mustBe: "a loss of residuals, to which penalties are added",
          got: objective.words)
      }
    }
    // What has no effect is a slip.
    let usesBase = pretrain > 0 || alpha < 1
    for (name, objective) in [("loss", loss)] + (usesBase ? [("pretrain_loss", base)] : [])
    where objective.isZero {
      throw ArgumentError(
        name, mustBe: "a loss with a term whose weight is > 0", got: "\(objective)")
    }
    if let pretrainLoss, !usesBase {
      throw ArgumentError(
        "pretrain_loss", mustBe: "left out when pretrain is 0 and alpha is 1: nothing takes it",
        got: "\(pretrainLoss)")
    }
    try noise.check()
    guard alpha >= 0, alpha <= 1 else {
      throw ArgumentError("alpha", mustBe: "between 0 and 1", got: alpha)
    }
    guard divergenceThreshold > 1 else {
      throw ArgumentError("divergence_threshold", mustBe: "> 1", got: divergenceThreshold)
    }
    try MetricRecord.check(metrics)
    if clip != nil, optimizer.record.searches {
      throw ArgumentError(
        "clip", mustBe: "left out with \(optimizer.name), which searches along a line",
        got: "both")
    }
    if let clip, !(clip > 0) { throw ArgumentError("clip", mustBe: "> 0", got: clip) }
    switch schedule {
    case .constant: break
    case .cosine(let floor, _):
      guard floor >= 0, floor <= 1 else {
        throw ArgumentError("floor", mustBe: "between 0 and 1", got: floor)
      }
    case .step(let every, let factor, _):
      try atLeast(1, "every", every)
      guard factor > 0, factor.isFinite else {
        throw ArgumentError("factor", mustBe: "> 0", got: factor)
      }
    }
  }
}
