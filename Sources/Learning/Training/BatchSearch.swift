import Kernels
import Tensors

/// L-BFGS on the batches of a network: each batch is a function of the parameters, of which one step
/// takes at most `max_iter` iterations.
///
/// The curvature that earlier batches showed is kept. With batches of all rows, it is that of the
/// function itself. With smaller ones, it is that of other functions, from which a batch differs.
final class BatchSearch<S: TensorScalar> {
  /// Rows that take their gradients at once.
  private struct Part {
    let rows: [Int]
    let isChosen: Bool
    let weight: S
  }

  private let split: SplitStep<S>
  private let optimizer: OptimizerState<S>
  /// Of the batch at hand
  private var parts: [Part] = []
  private var value = 0.0

  init(_ split: SplitStep<S>, _ optimizer: OptimizerState<S>) {
    (self.split, self.optimizer) = (split, optimizer)
  }

  /// The gradients of some rows, as `SplitStep` takes them, of a function that is evaluated again.
  func gradients(
    _ rows: UnsafeBufferPointer<Int>, isChosen: Bool, weight: S, accumulate: Bool
  ) throws -> StepResult {
    if !accumulate { (parts, value) = ([], 0) }
    parts.append(Part(rows: Array(rows), isChosen: isChosen, weight: weight))
    let result = try split.gradients(
      rows, isChosen: isChosen, weight: weight, accumulate: accumulate)
    value += Double(weight) * result.value
    return result
  }

  /// One step from the gradients that wait. When it does not finish, parameters and curvature
  /// are what they were.
  ///
  /// - Throws: `StoppedInBatch`; what the loss throws; `AllocationError`.
  func update(rateFactor: Double, _ control: any TrainingControl) throws {
    let start = try SystemMemory.withRoom(for: 16 * split.step.parameterCount) { point(value) }
    let curvature = optimizer.search
    do {
      let last = try optimizer.search!.minimize(from: start, rateFactor: rateFactor) { x in
        if control.shouldStop() { throw StoppedInBatch() }
        return try self.evaluate(x)
      }
      move(to: last.x)
    } catch {
      optimizer.search = curvature
      move(to: start.x)
      throw error
    }
  }

  private func evaluate(_ x: [Double]) throws -> Point {
    move(to: x)
    var value = 0.0
    for (place, part) in parts.enumerated() {
      let result = try part.rows.withUnsafeBufferPointer {
        try split.gradients(
          $0, isChosen: part.isChosen, weight: part.weight, accumulate: place > 0)
      }
      value += Double(part.weight) * result.value
    }
    let point = point(value)
    let isFinite = value.isFinite && (point.x + point.gradient).allSatisfy(\.isFinite)
    return isFinite ? point : .wall(x)
  }

  private func move(to x: [Double]) {
    for (index, number) in x.enumerated() { split.step.parameters[index] = S(number) }
  }

  /// The parameters as they are, rounded to S, with the gradients that wait.
  private func point(_ value: Double) -> Point {
    let gradients = split.joinedGradients()
    let count = split.step.parameterCount
    return Point(
      x: (0..<count).map { Double(split.step.parameters[$0]) }, value: value,
      gradient: (0..<count).map { Double(gradients[$0]) })
  }
}

/// The control ended a run within a batch, of which nothing remains.
struct StoppedInBatch: Error {}
