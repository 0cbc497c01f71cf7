import Foundation
import Kernels
import Tensors

/// Training of any model that is a function of tensors: mini-batches, an optimizer, and a function
/// of parameters and a batch whose value is to become small.
public struct ScriptedTraining {
  /// The value of a batch: a scalar of the parameters, of x [rows][inputs] and of y
  /// [rows][outputs], nil for data without targets.
  public typealias Step = (_ parameters: [Tensor], _ x: Tensor, _ y: Tensor?) throws -> Tensor
  /// Predictions [rows][outputs] for x [rows][inputs].
  public typealias Prediction = (_ parameters: [Tensor], _ x: Tensor) throws -> Tensor

  /// Those that concern the loss of a network, and pre-training, have no meaning here.
  public var options = TrainingOptions()
  /// With it the validation RMSE and the metrics are reported.
  public var prediction: Prediction?
  /// Kept in the states of the run, for the caller.
  public var note: Data?
  /// Names of the caller's metrics, see `TrainingControl.metrics`: a run that goes on needs them again.
  public var customMetrics: [String] = []

  public init() {}

  /// - validation: Data on which the mean value of the step is reported after each epoch.
  /// - Throws: `ArgumentError` for parameters that share memory and for options that do not fit;
  ///   `LostDerivativeError` for parameters of a derivative being taken; `DivergenceError` the moment
  ///   numbers go bad; what the step and the control throw.
  public func run(
    _ parameters: [Tensor], data: Dataset, validation: Dataset? = nil,
    control: any TrainingControl = Unattended(), step: @escaping Step
  ) throws -> ScriptedRun {
    try ParameterOptimizer.checkApart(parameters)
    // Copies are trained, so an outer derivative would be lost.
    for parameter in parameters { try parameter.checkConstant() }
    return try run(
      parameters.map { try $0.detached().copy() }, data, validation, control, step, resuming: nil)
  }

  /// Goes on with an earlier run, on the data that it was trained on and with the same functions.
  ///
  /// - change: What is to be different: more epochs, another checkpoint.
  /// - Throws: `ArgumentError` for the state of a network, for fewer epochs than are done and for a
  ///   prediction that is missing; `DataMismatch` for other data; as `run`.
  public static func resume(
    _ state: TrainingState, data: Dataset, validation: Dataset? = nil,
    control: any TrainingControl = Unattended(), customMetrics: [String] = [],
    prediction: Prediction? = nil,
    changing change: (inout TrainingOptions) throws -> Void = { _ in }, step: @escaping Step
  ) throws -> ScriptedRun {
    guard !state.isOfNetwork else {
      throw ArgumentError("state", mustBe: "of a scripted model", got: "that of a network")
    }
    guard state.origin.predicts == (prediction != nil) else {
      throw ArgumentError(
        "predict", mustBe: state.origin.predicts ? "given again" : "left out, as in the run so far",
        got: prediction == nil ? "none" : "a function")
    }
    let state = try state.changed(change)
    var training = ScriptedTraining()
    (training.options, training.prediction) = (state.options, prediction)
    (training.note, training.customMetrics) = (state.note, customMetrics)
    return try training.run(
      state.parameters.map { try $0.tensor() }, data, validation, control, step, resuming: state)
  }

  private func run(
    _ parameters: [Tensor], _ data: Dataset, _ validation: Dataset?,
    _ control: any TrainingControl, _ step: @escaping Step, resuming state: TrainingState?
  ) throws -> ScriptedRun {
    try options.check()
    guard options.pretrain == 0 else {
      throw ArgumentError("pretrain", mustBe: "0 for a scripted model", got: options.pretrain)
    }
    if let validation {
      try validation.names.check(agreesWith: data.names, as: "validation", and: "data")
      try validation.checkScale(agreesWith: data)
    } else if options.earlyStopping != nil {
      throw ArgumentError("validation", mustBe: "given for early stopping", got: "none")
    }
    if !options.metrics.isEmpty, prediction == nil || validation?.y == nil {
      throw ArgumentError(
        "metrics", mustBe: "given with predict and validation data with targets", got: "without")
    }
    let origin = TrainingOrigin(
      network: nil, data: try .init(scripted: data),
      validation: try validation.map { try .init(scripted: $0) },
      note: note, predicts: prediction != nil, customMetrics: customMetrics)
    try state?.check(origin)
    let model = try ScriptedStep(
      parameters, options, data: data, validation: validation, prediction: prediction, step: step)
    if let state { try model.restore(state.parameters, state.optimizer) }
    let progress =
      try state?.progress
      ?? TrainingProgress(
        seed: options.seed,
        watch: ScriptedStep.watch(of: data, threshold: options.divergenceThreshold))
    let loop = try TrainingLoop(options, model, origin, from: progress)
    let ending = try loop.run(from: progress, control)
    return ScriptedRun(
      parameters: try ending.parameters.map { try $0.tensor() }, history: ending.progress.history,
      outcome: ending.outcome, error: ending.error, seconds: ending.progress.seconds,
      options: options, state: ending.state)
  }
}

/// What training a scripted model gives; the parameters are copies.
public struct ScriptedRun: TrainingReport {
  public let parameters: [Tensor]
  public let history: [EpochReport]
  public let outcome: Run.Outcome
  public let error: (any Error)?
  public let seconds: Double
  public let options: TrainingOptions
  public let state: TrainingState?
}

extension DataMark {
  fileprivate init(scripted data: Dataset) throws {
    var fingerprint = Fingerprint()
    for tensor in [data.x] + [data.y].compactMap({ $0 }) {
      func add<S: TensorScalar>(_ type: S.Type) throws {
        try tensor.withElements(as: S.self) { fingerprint.add(UnsafeRawBufferPointer($0)) }
      }
      try tensor.dtype.dispatch { try add($0) }
    }
    self.init(data, numbers: fingerprint.value)
  }
}
