import Kernels
import Tensors

extension TrainingStep {
  /// `gradients` of any loss, a custom one too.
  ///
  /// Throws: what a custom loss's function does; `NotScalarError`; `AllocationError`.
  func gradientsOfAny(
    x: UnsafePointer<S>, y: UnsafePointer<S>, rows: Int, loss: PreparedObjective<S>, weight: S = 1,
    accumulate: Bool = false
  ) throws -> StepResult {
    guard let custom = loss.custom else {
      return gradients(x: x, y: y, rows: rows, loss: loss, weight: weight, accumulate: accumulate)
    }
    return try customGradients(x, y, rows, custom, weight, accumulate)
  }

  /// A loss whose ∂L/∂ŷ and ∂L/∂k come from the tape.
  private func customGradients(
    _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, _ rows: Int, _ loss: CustomLoss, _ weight: S,
    _ accumulate: Bool
  ) throws -> StepResult {
    prepareWeights(hasSlopes: loss.usesSlopes)
    forward(x, rows, derivatives: loss.usesSlopes ? 2 : 1)
    let count = rows * outputs
    let base = Kernels.residualLosses(
      prediction, target: y, isSquared: loss.base == .mse, loss: losses, derivative: allU,
      count: count)
    let variables = [
      try tensor(prediction, [rows, outputs]), try slopesTensor(rows, isNeeded: loss.usesSlopes),
    ]
    let target = try tensor(y, [rows, outputs])
    target.isByRow = true
    let (value, gradients) = try Derivative.valueAndGradients(at: variables) {
      $0[0].isByRow = true
      let value = try loss.function($0[0], target, $0[1])
      guard value.isVariable else { throw ConstantObjectiveError(variables: "the predictions") }
      return value
    }
    let result = StepResult(value: try value.item(), base: Double(base) / Double(count))
    try gradients[0].withElements(as: S.self) { u in
      for index in 0..<count { allU[index] = u[index] * weight }
    }
    guard loss.usesSlopes else {
      backward(x, rows, hasTangents: false, accumulate)
      return result
    }
    try gradients[1].withElements(as: S.self) { v in
      for output in 0..<outputs {
        if outputs > 1 { backwardForSlopes(output, rows) }
        for row in 0..<rows {
          for feature in 0..<inputs {
            slopes[feature * maximumRows + row] =
              v[(row * outputs + output) * inputs + feature] * weight
          }
        }
        tangents(output, rows, accumulate)
      }
    }
    backward(x, rows, hasTangents: true, accumulate)
    return result
  }

  private func tensor(_ elements: UnsafePointer<S>, _ shape: [Int]) throws -> Tensor {
    try Tensor(
      UnsafeBufferPointer(start: elements, count: shape.reduce(1, *)), shape: shape, dtype: S.dtype)
  }

  /// k of all outputs; without rows when it is not needed.
  private func slopesTensor(_ rows: Int, isNeeded: Bool) throws -> Tensor {
    let rows = isNeeded ? rows : 0
    let result = try Tensor(
      zeros: outputs == 1 ? [rows, inputs] : [rows, outputs, inputs], dtype: S.dtype)
    guard isNeeded else { return result }
    let target = try result.mutableBase(as: S.self)
    for output in 0..<outputs {
      backwardForSlopes(output, rows)
      for row in 0..<rows {
        for feature in 0..<inputs {
          target[(row * outputs + output) * inputs + feature] =
            slopes[feature * maximumRows + row]
        }
      }
    }
    return result
  }
}
