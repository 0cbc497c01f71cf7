import Kernels

/// The two kinds of losses.
extension TrainingStep {
  /// MSE or MAE: three products a hidden layer.
  func baseGradients(
    _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, _ rows: Int, _ loss: PreparedLoss<S>,
    _ weight: S, _ accumulate: Bool
  ) -> StepResult {
    forward(x, rows, derivatives: 1)
    let count = rows * outputs
    let sum = Kernels.residualLosses(
      prediction, target: y, isSquared: loss.isSquared, loss: losses, derivative: allU,
      count: count)
    Kernels.scale(allU, by: weight / S(count), count: count)
    backward(x, rows, hasTangents: false, accumulate)
    let mean = Double(sum) / Double(count)
    return StepResult(value: mean, base: mean)
  }

  /// A Lai loss: six products a hidden layer, of which two are one of twice the size.
  func laiGradients(
    _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, _ rows: Int, _ loss: PreparedLoss<S>,
    _ weight: S, _ accumulate: Bool
  ) -> StepResult {
    forward(x, rows, derivatives: 2)
    var result = StepResult(value: 0, base: 0)
    let hasTangents = loss.detach != .slope
    for output in 0..<outputs {
      backwardForSlopes(output, rows)
      let part = evaluate(loss, y, output, rows, weight / S(outputs))
      result.value += Double(part.value) / Double(outputs)
      result.base += Double(part.base) / Double(outputs)
      if hasTangents { tangents(output, rows, accumulate) }
    }
    backward(x, rows, hasTangents: hasTangents, accumulate)
    return result
  }

  /// The loss of one output; its ∂L/∂ŷ goes into a column of `allU`, its ∂L/∂k into `slopes`.
  private func evaluate(
    _ loss: PreparedLoss<S>, _ y: UnsafePointer<S>, _ output: Int, _ rows: Int, _ weight: S
  ) -> (value: S, base: S) {
    guard outputs > 1 else {
      return loss.evaluate(
        predictions: prediction, targets: y, rows: rows, slopes: slopes, factor: factor,
        stride: maximumRows, loss: losses, u: allU, scratch: lossScratch, weight: weight)
    }
    for row in 0..<rows {
      column[row] = prediction[row * outputs + output]
      targets[row] = y[row * outputs + output]
    }
    let part = loss.evaluate(
      predictions: column, targets: targets, rows: rows, slopes: slopes, factor: factor,
      stride: maximumRows, loss: losses, u: u, scratch: lossScratch, weight: weight)
    for row in 0..<rows { allU[row * outputs + output] = u[row] }
    return part
  }
}
