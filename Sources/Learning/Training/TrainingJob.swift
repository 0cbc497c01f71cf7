import Dispatch
import Foundation
import Synchronization
import Tensors

/// Who watches a run and may end it. Called on the thread that trains.
public protocol TrainingControl {
  /// Asked before every batch.
  func shouldStop() -> Bool
  /// Called after every epoch; false or an error ends the run.
  func epochEnded(_ report: EpochReport) throws -> Bool
  /// The outcome, `.stopped` or `.failed`, of a run that an error ends, which then returns its
  /// model so far; nil to throw the error instead.
  func outcome(after error: any Error) -> Run.Outcome?
}

extension TrainingControl {
  public func outcome(after error: any Error) -> Run.Outcome? { nil }
}

/// Never stops a run.
public struct Unattended: TrainingControl {
  public init() {}
  public func shouldStop() -> Bool { false }
  public func epochEnded(_ report: EpochReport) -> Bool { true }
}

/// Rows as a flat, immutable copy.
struct TrainingRows<S: TensorScalar>: Sendable, Equatable {
  let x: [S]
  let y: [S]
  let count: Int

  init(_ data: Dataset, net: MLP, name: String) throws {
    guard data.x.shape[1] == net.inputs else {
      throw ArgumentError(
        name, mustBe: "of \(net.inputs) features, as the model takes", got: data.x.shape[1])
    }
    guard let targets = data.y else {
      throw ArgumentError(name, mustBe: "data with targets", got: "data without")
    }
    let outputs = targets.count / data.count
    guard outputs == net.outputs else {
      throw ArgumentError(
        name, mustBe: "of \(net.outputs) targets a row, as the model gives", got: outputs)
    }
    do { try data.checkFinite(as: net.dtype) } catch let error as ArgumentError {
      throw ArgumentError("\(name).\(error.name)", mustBe: error.wanted, got: error.got)
    }
    x = try data.x.elements(as: S.self)
    y = try targets.elements(as: S.self)
    count = data.count
  }
}

/// What a run needs, without its number type.
protocol AnyTrainingPlan: Sendable {
  /// Whether the first stage of both takes the same steps.
  func sharesPretraining(with other: any AnyTrainingPlan) -> Bool
}

struct TrainingPlan<S: TensorScalar>: AnyTrainingPlan {
  let options: TrainingOptions
  let sizes: [Int]
  let activation: Activation
  let start: [S]
  let rows: TrainingRows<S>
  let held: TrainingRows<S>?
  let base: PreparedLoss<S>
  let lai: PreparedLoss<S>?

  func run(
    _ control: any TrainingControl, after start: (any Sendable)?, crew: Crew?
  ) throws -> TrainingJob.Result {
    let loop: TrainingLoop<S>
    do { loop = try TrainingLoop<S>(self, crew: crew) } catch {
      guard let outcome = control.outcome(after: error) else { throw error }
      return TrainingJob.Result(
        parameters: self.start.map { Double($0) }, history: [], outcome: outcome, error: error,
        seconds: 0)
    }
    if let start { loop.restore(start as! TrainingLoop<S>.Snapshot) }
    return try loop.run(control)
  }

  func pretrain(_ control: any TrainingControl, crew: Crew?) throws -> any Sendable {
    try TrainingLoop<S>(self, crew: crew).pretrain(control)
  }

  func sharesPretraining(with other: any AnyTrainingPlan) -> Bool {
    guard let other = other as? TrainingPlan<S> else { return false }
    return options.sharesPretraining(with: other.options) && sizes == other.sizes
      && activation.name == other.activation.name && start == other.start && rows == other.rows
      && held == other.held
  }
}

extension TrainingOptions {
  /// Whether the first stage of both takes the same steps on the same data.
  fileprivate func sharesPretraining(with other: TrainingOptions) -> Bool {
    (pretrain, epochs > 0) == (other.pretrain, other.epochs > 0) && pretrain > 0 && epochs > 0
      && (loss.base, batch, seed) == (other.loss.base, other.batch, other.seed)
      && (optimizer, clip) == (other.optimizer, other.clip) && schedule == other.schedule
      && (schedule == .constant || epochs == other.epochs)
  }
}

/// A run that is ready to go on any thread: everything checked and copied.
public struct TrainingJob: Sendable {
  /// What a run gives, without the model's class.
  struct Result: Sendable {
    let parameters: [Double]
    let history: [EpochReport]
    let outcome: Run.Outcome
    let error: (any Error)?
    let seconds: Double
  }

  public let options: TrainingOptions
  /// Names of the columns, as far as model or data have some.
  fileprivate let names: ColumnNames
  /// Epochs of both stages.
  public var epochs: Int { options.pretrain + options.epochs }
  /// Whether any thread may run it.
  var isConcurrent: Bool {
    if case .custom(let loss) = options.loss { loss.isConcurrent } else { true }
  }
  /// Whether its batches have shares that another thread may take.
  fileprivate var isShared: Bool { isConcurrent && batch >= BatchSplit.leastRows }
  private let batch: Int
  let plan: any AnyTrainingPlan
  // Closures, made where the number type is known: through the protocol, generic code would run.
  /// From the beginning, or from where `pretrain` of a plan that shares it has come to.
  private let body: Body
  private let pretraining: Pretraining
  private typealias Body =
    @Sendable (any TrainingControl, (any Sendable)?, Crew?) throws -> Result
  private typealias Pretraining = @Sendable (any TrainingControl, Crew?) throws -> any Sendable

  /// Checks everything and copies model and data.
  ///
  /// Throws: `ArgumentError` for options out of range, for data that do not fit the model or hold
  /// numbers that are not finite, and for λ that do not fit the features; `NameMismatch` for data
  /// whose columns have other names than the validation data's or those that the model knows.
  public init(
    _ options: TrainingOptions, model: MLP, data: Dataset, validation: Dataset? = nil
  ) throws {
    try options.check()
    if options.earlyStopping != nil && validation == nil {
      throw ArgumentError("validation", mustBe: "given for early stopping", got: "none")
    }
    try model.check(data.names)
    if let validation {
      try model.check(validation.names, as: "validation")
      try validation.names.check(agreesWith: data.names, as: "validation", and: "data")
    }
    names = data.names.completed(by: validation?.names ?? ColumnNames()).completed(by: model.names)
    self.options = options
    batch = min(options.batch, data.count)
    func prepare<S: TensorScalar>(
      _ type: S.Type
    ) throws -> (plan: any AnyTrainingPlan, body: Body, pretraining: Pretraining) {
      let rows = try TrainingRows<S>(data, net: model, name: "data")
      let held = try validation.map { try TrainingRows<S>($0, net: model, name: "validation") }
      let start = try model.parameters.elements(as: S.self)
      guard start.allSatisfy(\.isFinite) else {
        throw ArgumentError("model", mustBe: "of finite weights", got: "some that are not")
      }
      let (sizes, activation) = (model.sizes, model.activation)
      let base = try PreparedLoss<S>(.base(options.loss.base), count: model.inputs)
      let lai = try PreparedLoss<S>(
        options.loss, features: data.features, count: model.inputs)
      let plan = TrainingPlan(
        options: options, sizes: sizes, activation: activation, start: start, rows: rows,
        held: held, base: base, lai: lai.isLai ? lai : nil)
      return (plan, { try plan.run($0, after: $1, crew: $2) }, { try plan.pretrain($0, crew: $1) })
    }
    switch model.dtype {
    case .float32: (plan, body, pretraining) = try prepare(Float.self)
    case .float64: (plan, body, pretraining) = try prepare(Double.self)
    }
  }

  func run(
    _ control: any TrainingControl, after start: (any Sendable)? = nil, crew: Crew? = nil
  ) throws -> Result { try body(control, start, crew) }

  /// The first stage alone, for all jobs that share it.
  func pretrain(_ control: any TrainingControl, crew: Crew? = nil) throws -> any Sendable {
    try pretraining(control, crew)
  }
}

extension Run {
  init(_ result: TrainingJob.Result, of job: TrainingJob, model: MLP) throws {
    let trained = try model.clone()
    try trained.setParameters(result.parameters)
    trained.names = job.names
    self.init(
      history: result.history, model: trained, seconds: result.seconds, outcome: result.outcome,
      error: result.error, options: job.options)
  }
}

/// Threads that help a single run.
private enum Helpers {
  private static let count = Atomic<Int>(0)

  /// Runs may start others between their epochs: with more helpers than idle cores, the pool would
  /// have no thread left for the workers of these. Whether there is one, until `giveBack`.
  static func take() -> Bool {
    let most = ProcessInfo.processInfo.activeProcessorCount - 1
    if count.add(1, ordering: .relaxed).newValue <= most { return true }
    giveBack()
    return false
  }

  static func giveBack() { count.subtract(1, ordering: .relaxed) }
}

public enum Training {
  /// Trains a copy of a model on this thread, which another helps with large batches. `model` is
  /// the job's own.
  ///
  /// Throws: `DivergenceError` the moment numbers go bad; what the control throws.
  public static func run(
    _ job: TrainingJob, model: MLP, control: any TrainingControl = Unattended()
  ) throws -> Run {
    let crew = Crew()
    let isHelped = job.isShared && Helpers.take()
    if isHelped { DispatchQueue.global().async { crew.help() } }
    defer {
      crew.close()
      // Before it has left: the next run, which may begin at once, is to have it.
      if isHelped { Helpers.giveBack() }
    }
    return try Run(job.run(control, crew: crew), of: job, model: model)
  }
}
