import Kernels
import Tensors

/// The step in Double of the same network, for what single precision cannot do.
final class WideStep {
  let step: TrainingStep<Double>
  private let memory: Workspace<Double>
  /// A batch's rows
  fileprivate let x: UnsafeMutablePointer<Double>
  fileprivate let y: UnsafeMutablePointer<Double>

  /// - Throws: `AllocationError`.
  init<S: TensorScalar>(_ narrow: TrainingStep<S>) throws {
    let rows = narrow.maximumRows
    step = try TrainingStep(
      sizes: narrow.layout.sizes, activation: narrow.activation, maximumRows: rows,
      parametersOf: nil, hasMasks: narrow.form == .stored)
    let counts = [rows * narrow.inputs, rows * narrow.outputs]
    memory = try Workspace(counts: counts)
    (x, y) = (memory.take(counts[0]), memory.take(counts[1]))
    try step.reserve(rows: narrow.inputs)
  }
}

extension TrainingStep {
  /// What `body` returns when it is run on a step in Double with this one's parameters, place and
  /// masks. Its gradients are rounded once, and added to this step's or, unless `accumulate`, moved
  /// there.
  ///
  /// Finite differences need it: in Float the rounding of predictions, divided by a small step, costs
  /// most digits.
  func inDouble(
    _ batch: BatchRows<S>, _ accumulate: Bool,
    _ body: (_ step: TrainingStep<Double>, _ batch: BatchRows<Double>, _ accumulate: Bool) -> Double
  ) -> Double {
    if let step = self as? TrainingStep<Double> {
      return body(step, batch as! BatchRows<Double>, accumulate)
    }
    guard let wide else { preconditionFailure("no step in Double is reserved") }
    let step = wide.step
    for index in 0..<layout.count { step.parameters[index] = Double(parameters[index]) }
    for index in 0..<(batch.count * inputs) { wide.x[index] = Double(batch.x[index]) }
    for index in 0..<(batch.count * outputs) { wide.y[index] = Double(batch.y[index]) }
    step.place = place
    switch masks {
    case .hashed(let dropout, let key, let firstRow):
      step.masks = .hashed(dropout, batch: key, firstRow: firstRow)
    case nil: step.masks = nil
    // Those of the tensors: see `masked`.
    case .given: break
    }
    step.prepareWeights(hasSlopes: true)
    let rows = BatchRows(
      x: UnsafePointer(wide.x), y: UnsafePointer(wide.y), count: batch.count, total: batch.total,
      start: batch.start, places: batch.places)
    let value = body(step, rows, false)
    for index in 0..<layout.count {
      gradients[index] = (accumulate ? gradients[index] : 0) + S(step.gradients[index])
    }
    return value
  }
}
