import Foundation
import Platform
import Synchronization
import Tensors

/// A run that is ready to go on any thread: everything checked and copied.
public struct TrainingJob: Sendable {
  /// What a run gives, without the model's class.
  struct Result: Sendable {
    /// nil for those that it began with.
    let parameters: StoredTensor?
    let history: [EpochReport]
    let outcome: Run.Outcome
    let error: (any Error)?
    let seconds: Double
    /// nil after divergence.
    let state: TrainingState?
    var warnings: [LaiWarning] = []
    var scaleWarnings: [ScaleWarning] = []

    init(
      parameters: StoredTensor?, history: [EpochReport], outcome: Run.Outcome, error: (any Error)?,
      seconds: Double, state: TrainingState?
    ) {
      (self.parameters, self.history, self.outcome) = (parameters, history, outcome)
      (self.error, self.seconds, self.state) = (error, seconds, state)
    }

    /// Of a run that never began.
    init(failedBy error: any Error) {
      self.init(
        parameters: nil, history: [], outcome: .failed, error: error, seconds: 0, state: nil)
    }
  }

  public let options: TrainingOptions
  /// Units of the target that will hamper training.
  public let scaleWarnings: [ScaleWarning]
  /// The network, with the names of the columns as far as model or data have some.
  let form: NetworkForm
  /// Epochs of both stages.
  public var epochs: Int { options.pretrain + options.epochs }
  /// Whether any thread may run it.
  var isConcurrent: Bool { customLosses.allSatisfy(\.isConcurrent) }
  /// Those that it evaluates in either stage.
  var customLosses: [CustomLoss] { options.loss.customLosses + options.base.customLosses }
  /// Whether its batches have shares that another thread may take.
  fileprivate var isShared: Bool { isConcurrent && batch >= BatchSplit.leastRows }
  private let batch: Int
  let plan: any AnyTrainingPlan
  // Closures, made where the number type is known: through the protocol, generic code would run.
  /// Trains from the beginning, or from the state that a shared pre-training returned.
  private let body: Body
  private let pretraining: Pretraining
  private typealias Body =
    @Sendable (any TrainingControl, TrainingState?, Crew?) throws -> Result
  private typealias Pretraining = @Sendable (any TrainingControl, Crew?) throws -> TrainingState

  /// Checks everything and copies model and data.
  ///
  /// - Throws: `ArgumentError` for options out of range, for data that do not fit the model or hold
  ///   numbers that are not finite, and for λ that do not fit the features; `NameMismatch` for data
  ///   whose columns have other names than the validation data's or those that the model knows;
  ///   `ScaleMismatch` for data of which only one, or each by a scaler of its own, is scaled, and for
  ///   data that are not scaled as the model's were.
  ///
  /// - customMetrics: Names of what the control's `metrics` returns: a run that goes on needs them again.
  public init(
    _ options: TrainingOptions, model: MLP, data: Dataset, validation: Dataset? = nil,
    customMetrics: [String] = []
  ) throws {
    try self.init(options, model, data, validation, customMetrics, resuming: nil)
  }

  /// Goes on with an earlier run, on the data that it was trained on.
  ///
  /// - change: What is to be different: more epochs, another checkpoint, a custom loss that the file
  ///   does not hold.
  /// - Throws: `ArgumentError` for the state of a scripted model, for fewer epochs than are done and for
  ///   a loss that is missing; `DataMismatch` for other data; as the other initialiser.
  public init(
    resuming state: TrainingState, data: Dataset, validation: Dataset? = nil,
    customMetrics: [String] = [],
    changing change: (inout TrainingOptions) throws -> Void = { _ in }
  ) throws {
    guard let form = state.origin.network else {
      throw ArgumentError("state", mustBe: "of a network", got: "that of a scripted model")
    }
    let state = try state.changed(change)
    let losses = state.options.loss.customLosses + state.options.base.customLosses
    guard !losses.contains(where: \.isLost) else {
      throw ArgumentError(
        "loss", mustBe: "given again: a state holds no functions", got: "none")
    }
    let model = try form.network(state.parameters[0])
    try self.init(state.options, model, data, validation, customMetrics, resuming: state)
  }

  private init(
    _ options: TrainingOptions, _ model: MLP, _ data: Dataset, _ validation: Dataset?,
    _ customMetrics: [String], resuming state: TrainingState?
  ) throws {
    try options.check()
    if options.earlyStopping != nil && validation == nil {
      throw ArgumentError("validation", mustBe: "given for early stopping", got: "none")
    }
    try model.check(data.names)
    try model.check(scale: data.scaler)
    if let validation {
      try validation.checkScale(agreesWith: data)
      try model.check(validation.names, as: "validation")
      try validation.names.check(agreesWith: data.names, as: "validation", and: "data")
    }
    if !options.metrics.isEmpty && validation == nil {
      throw ArgumentError("validation", mustBe: "given for metrics", got: "none")
    }
    let names = data.names.completed(by: validation?.names ?? ColumnNames())
      .completed(by: model.names)
    let form = NetworkForm(model, names: names, trainedOn: data)
    (self.options, self.form) = (options, form)
    batch = min(options.batch, data.count)
    func prepare<S: TensorScalar>(
      _ type: S.Type
    ) throws -> (
      plan: any AnyTrainingPlan, body: Body, pretraining: Pretraining, warnings: [ScaleWarning]
    ) {
      let rows = try TrainingRows<S>.shared(data, net: model, name: "data")
      let held = try validation.map {
        try TrainingRows<S>.shared($0, net: model, name: "validation")
      }
      let start = try model.parameters.elements(as: S.self)
      guard start.allSatisfy(\.isFinite) else {
        throw ArgumentError("model", mustBe: "of finite weights", got: "some that are not")
      }
      let origin = TrainingOrigin(
        network: form, data: DataMark(data, numbers: rows.fingerprint),
        validation: held.map { DataMark(validation!, numbers: $0.fingerprint) },
        customMetrics: customMetrics)
      try state?.check(origin)
      let plan = TrainingPlan(
        options: options, form: form, activation: model.activation, start: start, rows: rows,
        held: held, features: data.features,
        noise: try PreparedNoise(
          options.noise, x: rows.x, sizes: model.sizes, features: names.features,
          seed: options.seed),
        origin: origin, resumed: state)
      _ = try (plan.prepareBase(), plan.prepareChosen())
      let warnings =
        (form.scaler == nil ? ScaleWarning.features(rows.x, names: data.features) : [])
        + (form.scaler?.target == nil
          ? ScaleWarning.targets(rows.y, names: names.outputs(model.outputs)) : [])
      return (
        plan, { try plan.run($0, after: $1, crew: $2) }, { try plan.pretrain($0, crew: $1) },
        warnings
      )
    }
    (plan, body, pretraining, scaleWarnings) = try model.dtype.dispatch { try prepare($0) }
  }

  func run(
    _ control: any TrainingControl, after start: TrainingState? = nil, crew: Crew? = nil
  ) throws -> Result { try body(control, start, crew) }

  /// The first stage alone, for all jobs that share it.
  func pretrain(_ control: any TrainingControl, crew: Crew? = nil) throws -> TrainingState {
    try pretraining(control, crew)
  }
}

extension Run {
  init(_ result: TrainingJob.Result, of job: TrainingJob, model: MLP) throws {
    let trained = try model.clone()
    if let parameters = result.parameters { try trained.setParameters(parameters) }
    (trained.names, trained.schema) = (job.form.names, job.form.schema)
    if let scaler = job.form.scaler { try trained.setScaler(scaler) }
    self.init(
      history: result.history, model: trained, seconds: result.seconds, outcome: result.outcome,
      error: result.error, options: job.options.withoutBoundFunctions, state: result.state,
      warnings: result.warnings, scaleWarnings: job.scaleWarnings + result.scaleWarnings)
  }
}

/// Threads that help a single run.
private enum Helpers {
  private static let count = Atomic<Int>(0)

  /// Runs may start others between their epochs: more helpers than idle cores would only wait.
  /// Whether there is one, until `giveBack`.
  static func take() -> Bool {
    let most = ProcessInfo.processInfo.activeProcessorCount - 1
    if count.add(1, ordering: .relaxed).newValue <= most { return true }
    giveBack()
    return false
  }

  static func giveBack() { count.subtract(1, ordering: .relaxed) }
}

public enum Training {
  /// Goes on with an earlier run on this thread; see `TrainingJob.init(resuming:…)`.
  ///
  /// - Throws: as that and `run`.
  public static func resume(
    _ state: TrainingState, data: Dataset, validation: Dataset? = nil,
    control: any TrainingControl = Unattended(), customMetrics: [String] = [],
    changing change: (inout TrainingOptions) throws -> Void = { _ in }
  ) throws -> Run {
    let job = try TrainingJob(
      resuming: state, data: data, validation: validation, customMetrics: customMetrics,
      changing: change)
    return try run(job, model: job.form.network(state.parameters[0]), control: control)
  }

  /// Trains a copy of a model on this thread, which another helps with large batches. `model` is
  /// the job's own.
  ///
  /// - Throws: `DivergenceError` the moment numbers go bad; what the control throws.
  public static func run(
    _ job: TrainingJob, model: MLP, control: any TrainingControl = Unattended()
  ) throws -> Run {
    let crew = Crew()
    let isHelped = job.isShared && Helpers.take()
    // Without a thread for it, no share is offered.
    if isHelped { _ = WorkerThread.detach { crew.help() } }
    defer {
      crew.close()
      // Before it has left: the next run, which may begin at once, is to have it.
      if isHelped { Helpers.giveBack() }
      LiveMemory.returnLargeRelease()
    }
    return try Run(job.run(control, crew: crew), of: job, model: model)
  }
}
