import Tensors

/// A network's hand-written step in the loop.
final class NetworkStep<S: TensorScalar>: BatchStep {
  private let split: SplitStep<S>
  private let optimizer: OptimizerState<S>
  /// nil for an optimizer that needs one gradient per batch.
  private let search: BatchSearch<S>?
  private let plan: TrainingPlan<S>
  private let metrics: [MetricRecord]
  let batch: Int

  /// - crew: Threads that take halves of batches when they are idle.
  /// - Throws: `AllocationError`.
  init(_ plan: TrainingPlan<S>, crew: Crew?) throws {
    self.plan = plan
    batch = min(plan.options.batch, plan.rows.count)
    optimizer = try OptimizerState(plan.options.optimizer, count: plan.start.count)
    split = try SplitStep(plan, optimizer: optimizer, batch: batch, crew: crew)
    search = optimizer.search == nil ? nil : BatchSearch(split, optimizer)
    split.step.parameters.update(from: plan.start, count: plan.start.count)
    metrics = plan.options.metrics.compactMap { name in
      MetricRecord.all.first { $0.name == name }
    }
  }

  static var noun: String { "loss" }
  var rowCount: Int { plan.rows.count }
  var hasChoice: Bool { plan.hasChoice }
  var hasValidation: Bool { plan.held != nil }
  var batchNumber: UInt64 {
    get { split.batchNumber }
    set { split.batchNumber = newValue }
  }

  func gradients(
    _ rows: UnsafeBufferPointer<Int>, isChosen: Bool, of total: Int, accumulate: Bool
  ) throws -> StepResult {
    let weight = rows.count == total ? 1 : S(rows.count) / S(total)
    if let search {
      return try search.gradients(rows, isChosen: isChosen, weight: weight, accumulate: accumulate)
    }
    return try split.gradients(rows, isChosen: isChosen, weight: weight, accumulate: accumulate)
  }

  func addAboveKink(to counts: inout [Int]) { split.addAboveKink(to: &counts) }

  func update(rateFactor: Double, _ control: any TrainingControl) throws -> String? {
    if let search {
      try search.update(rateFactor: rateFactor, control)
      return nil
    }
    if split.update(rateFactor: rateFactor) { return nil }
    split.restore()
    return "a weight is not finite"
  }

  func evaluate() -> Evaluation {
    guard let held = plan.held else { return Evaluation() }
    var result = Evaluation(rmse: split.validationRMSE())
    let target = plan.form.scaler?.target
    guard target != nil || !metrics.isEmpty else { return result }
    var predictions = split.validationPredictions.map { Double($0) }
    var targets = held.y.map { Double($0) }
    if let target {
      (predictions, targets) = (target.inverse(predictions), target.inverse(targets))
      result.scaledRMSE = result.rmse
      result.rmse = MetricRecord.rmse(predictions, targets, outputs: target.count)
    }
    for metric in metrics {
      result.metrics[metric.name] = metric(
        predictions, targets, outputs: held.y.count / held.count)
    }
    return result
  }

  func parameters() throws -> [StoredTensor] {
    let step = split.step
    return [
      try StoredTensor(UnsafeBufferPointer<S>(start: step.parameters, count: step.parameterCount))
    ]
  }

  func optimizerState() throws -> [StoredOptimizer] { [try optimizer.stored()] }

  func restore(_ parameters: [StoredTensor], _ optimizer: [StoredOptimizer]) throws {
    guard parameters.count == 1, optimizer.count == 1, parameters[0].dtype == S.dtype,
      parameters[0].count == split.step.parameterCount
    else { throw ArgumentError("state", mustBe: "of this network", got: "another one's") }
    parameters[0].write(to: split.step.parameters)
    try self.optimizer.restore(optimizer[0])
  }

  func model() throws -> TrainedModel { .network(try plan.form.network(parameters()[0])) }
}
