import Tensors

extension CustomLoss: SlopeTerm {
  func prepared<S: TensorScalar>(_ context: ObjectiveContext<S>) throws -> PreparedSlopeTerm<S> {
    let evaluation = CustomEvaluation<S>(self, inputs: context.inputs, outputs: context.outputs)
    var term = PreparedSlopeTerm<S>()
    (term.usesSlopes, term.givesSlopes) = (usesSlopes, usesSlopes)
    term.whole = WholeTerm(
      survey: { evaluation.take($0) },
      evaluate: { try evaluation.evaluate(predictions: $0, targets: $1, rows: $2) })
    term.finish = { output, _, _, weight, adds in evaluation.finish(output, weight, adds) }
    return term
  }
}

/// A custom loss of one batch, on the tape. Used by one thread at a time.
private final class CustomEvaluation<S: TensorScalar>: @unchecked Sendable {
  private let loss: CustomLoss
  private let inputs: Int
  private let outputs: Int
  /// k of all outputs, [rows][outputs][inputs]
  private var slopes: [S] = []
  private var value = 0.0
  /// ∂L/∂ŷ [rows][outputs] and ∂L/∂k, as `slopes`
  private var u: [S] = []
  private var v: [S] = []

  init(_ loss: CustomLoss, inputs: Int, outputs: Int) {
    (self.loss, self.inputs, self.outputs) = (loss, inputs, outputs)
  }

  func take(_ output: OutputSlopes<S>) {
    let count = output.rows * outputs * inputs
    if slopes.count != count { slopes = Array(repeating: 0, count: count) }
    for row in 0..<output.rows {
      for feature in 0..<inputs {
        slopes[(row * outputs + output.output) * inputs + feature] =
          output.slopes[feature * output.stride + row]
      }
    }
  }

  /// - Throws: what the function does; `NotScalarError`; `ConstantObjectiveError`; `AllocationError`.
  func evaluate(predictions: UnsafePointer<S>, targets: UnsafePointer<S>, rows: Int) throws {
    if !loss.usesSlopes { slopes = [] }
    let slopeRows = loss.usesSlopes ? rows : 0
    let variables = [
      try tensor(predictions, [rows, outputs]),
      try Tensor(
        slopes, shape: outputs == 1 ? [slopeRows, inputs] : [slopeRows, outputs, inputs],
        dtype: S.dtype),
    ]
    let target = try tensor(targets, [rows, outputs])
    target.isByRow = true
    let (value, gradients) = try Derivative.valueAndGradients(at: variables) {
      $0[0].isByRow = true
      let value = try loss.function($0[0], target, $0[1])
      guard value.isVariable else { throw ConstantObjectiveError(variables: "the predictions") }
      return value
    }
    self.value = try value.item()
    u = try gradients[0].elements(as: S.self)
    v = loss.usesSlopes ? try gradients[1].elements(as: S.self) : []
  }

  func finish(_ output: OutputRows<S>, _ weight: S, _ adds: Bool) -> TermValue {
    for row in 0..<output.rows { output.u[row] += u[row * outputs + output.output] * weight }
    if loss.usesSlopes {
      for feature in 0..<inputs {
        let v = output.v + feature * output.stride
        for row in 0..<output.rows {
          let slope = self.v[(row * outputs + output.output) * inputs + feature] * weight
          v[row] = adds ? v[row] + slope : slope
        }
      }
    }
    return TermValue(own: output.output == 0 ? value : 0)
  }

  private func tensor(_ elements: UnsafePointer<S>, _ shape: [Int]) throws -> Tensor {
    try Tensor(
      UnsafeBufferPointer(start: elements, count: shape.reduce(1, *)), shape: shape, dtype: S.dtype)
  }
}
