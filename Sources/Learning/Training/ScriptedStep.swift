import Kernels
import Tensors

/// A scripted model in the loop: the tape takes the gradients of the script's function.
final class ScriptedStep: BatchStep {
  private let optimizer: ParameterOptimizer
  private let data: Dataset
  private let validation: Dataset?
  private let prediction: ScriptedTraining.Prediction?
  private let step: ScriptedTraining.Step
  private let clip: Double?
  private let metrics: [MetricRecord]
  private var gradients: [Tensor] = []
  /// Of the batch at hand, for an optimizer that evaluates it again.
  private var rows: [Int] = []
  private let searches: Bool
  let batch: Int

  /// - Throws: `ArgumentError`, `AllocationError`.
  init(
    _ parameters: [Tensor], _ options: TrainingOptions, data: Dataset, validation: Dataset?,
    prediction: ScriptedTraining.Prediction?, step: @escaping ScriptedTraining.Step
  ) throws {
    optimizer = try ParameterOptimizer(parameters, options.optimizer)
    (self.data, self.validation, self.prediction) = (data, validation, prediction)
    (self.step, clip) = (step, options.clip)
    metrics = options.metrics.compactMap { name in MetricRecord.all.first { $0.name == name } }
    batch = min(options.batch, data.count)
    searches = options.optimizer.record.searches
  }

  /// The value need not be a loss of residuals. It is compared with that of the first batch, with the
  /// square of the largest target and with 1, whichever is largest.
  static func watch(of data: Dataset, threshold: Double) throws -> DivergenceWatch {
    let largest = try data.y?.elements(as: Double.self).largestMagnitude ?? 0
    return DivergenceWatch(
      largest: largest.isFinite ? max(1, largest) : 1, threshold: threshold, loss: { $0 * $0 })
  }

  static var noun: String { "value" }
  var rowCount: Int { data.count }
  var hasChoice: Bool { false }
  var hasValidation: Bool { validation != nil }
  var batchNumber: UInt64 = 0

  private func value(
    _ parameters: [Tensor], _ data: Dataset, _ rows: [Int]
  ) throws -> Tensor {
    let x = try data.x.taken(axis: 0, at: rows)
    let y = try data.y?.taken(axis: 0, at: rows)
    y?.isByRow = true
    return try step(parameters, x, y)
  }

  func gradients(
    _ rows: UnsafeBufferPointer<Int>, isChosen: Bool, of total: Int, accumulate: Bool
  ) throws -> StepResult {
    let rows = Array(rows)
    self.rows = rows
    let (value, gradients) = try Derivative.valueAndGradients(at: optimizer.parameters) {
      let value = try self.value($0, data, rows)
      guard value.isVariable || $0.isEmpty else {
        throw ConstantObjectiveError(variables: "the parameters that the step is given")
      }
      return value
    }
    self.gradients = gradients
    let number = try value.item()
    return StepResult(value: number, base: number)
  }

  func update(rateFactor: Double, _ control: any TrainingControl) throws -> String? {
    optimizer.rateFactor = rateFactor
    do {
      if searches {
        _ = try optimizer.step { try self.value($0, self.data, self.rows) }
      } else {
        try optimizer.update(clipped(gradients))
      }
      return nil
    } catch let error as NotFiniteError {
      return "\(error)"
    }
  }

  private func clipped(_ gradients: [Tensor]) throws -> [Tensor] {
    guard let clip else { return gradients }
    let norm = try gradients.reduce(0) { sum, gradient in
      try sum
        + gradient.withElements(as: Double.self) {
          $0.isEmpty ? 0 : Kernels.squaredNorm($0.baseAddress!, $0.count)
        }
    }.squareRoot()
    return norm > clip ? try gradients.map { try $0 * (clip / norm) } : gradients
  }

  /// The mean value of the step over the validation rows, in batches as in training but in their
  /// order; with a prediction also its RMSE and metrics.
  func evaluate() throws -> Evaluation {
    guard let validation else { return Evaluation() }
    var sum = 0.0
    var predictions: [Double] = []
    for first in stride(from: 0, to: validation.count, by: batch) {
      let rows = Array(first..<min(first + batch, validation.count))
      sum += try value(optimizer.parameters, validation, rows).item() * Double(rows.count)
      if let prediction, let y = validation.y {
        let predicted = try prediction(
          optimizer.parameters, validation.x.taken(axis: 0, at: rows))
        let shape = [rows.count] + y.shape.dropFirst()
        guard predicted.shape == shape else {
          throw ArgumentError(
            "the value of predict", mustBe: "of shape \(shape.shapeText)",
            got: predicted.shape.shapeText)
        }
        predictions += try predicted.elements(as: Double.self)
      }
    }
    var result = Evaluation(loss: sum / Double(validation.count))
    if prediction != nil, let y = validation.y {
      var targets = try y.elements(as: Double.self)
      let outputs = targets.count / validation.count
      if let target = validation.scaler?.target {
        result.scaledRMSE = MetricRecord.rmse(predictions, targets, outputs: outputs)
        (predictions, targets) = (target.inverse(predictions), target.inverse(targets))
      }
      result.rmse = MetricRecord.rmse(predictions, targets, outputs: outputs)
      for metric in metrics {
        result.metrics[metric.name] = metric(predictions, targets, outputs: outputs)
      }
    }
    return result
  }

  func parameters() throws -> [StoredTensor] {
    try optimizer.parameters.map { try StoredTensor($0) }
  }

  func optimizerState() throws -> [StoredOptimizer] { try optimizer.stored() }

  func restore(_ parameters: [StoredTensor], _ optimizer: [StoredOptimizer]) throws {
    let own = self.optimizer.parameters
    guard parameters.count == own.count,
      zip(parameters, own).allSatisfy({ $0.shape == $1.shape && $0.dtype == $1.dtype })
    else { throw ArgumentError("state", mustBe: "of these parameters", got: "others'") }
    for (parameter, stored) in zip(own, parameters) { try parameter.assign(stored.tensor()) }
    try self.optimizer.restore(optimizer)
  }

  func model() throws -> TrainedModel { .tensors(try optimizer.parameters.map { try $0.copy() }) }
}
