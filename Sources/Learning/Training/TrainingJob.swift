import Dispatch
import Foundation
import Synchronization
import Tensors

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
  var isConcurrent: Bool { options.loss.isConcurrent && options.base.isConcurrent }
  /// Those that it evaluates in either stage.
  var customLosses: [CustomLoss] { options.loss.customLosses + options.base.customLosses }
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
    if let adversarial = options.noise.adversarial, options.loss.residuals.isEmpty {
      throw ArgumentError(
        "adversarial", mustBe: "left out for a loss without residuals",
        got: "epsilon \(numberText(adversarial.epsilon))")
    }
    if options.earlyStopping != nil && validation == nil {
      throw ArgumentError("validation", mustBe: "given for early stopping", got: "none")
    }
    try model.check(data.names)
    if let validation {
      try model.check(validation.names, as: "validation")
      try validation.names.check(agreesWith: data.names, as: "validation", and: "data")
    }
    let names = data.names.completed(by: validation?.names ?? ColumnNames()).completed(
      by: model.names)
    (self.options, self.names) = (options, names)
    batch = min(options.batch, data.count)
    func prepare<S: TensorScalar>(
      _ type: S.Type
    ) throws -> (plan: any AnyTrainingPlan, body: Body, pretraining: Pretraining) {
      let rows = try TrainingRows<S>.shared(data, net: model, name: "data")
      let held = try validation.map {
        try TrainingRows<S>.shared($0, net: model, name: "validation")
      }
      let start = try model.parameters.elements(as: S.self)
      guard start.allSatisfy(\.isFinite) else {
        throw ArgumentError("model", mustBe: "of finite weights", got: "some that are not")
      }
      let (sizes, activation) = (model.sizes, model.activation)
      let plan = TrainingPlan(
        options: options, sizes: sizes, activation: activation, start: start, rows: rows,
        held: held, features: data.features,
        noise: try PreparedNoise(
          options.noise, x: rows.x, sizes: sizes, features: names.features, seed: options.seed))
      _ = try (plan.prepareBase(), plan.prepareChosen())
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
