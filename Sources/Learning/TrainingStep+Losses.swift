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
    backward(x, rows, withCross: false, isStacked: false, accumulate)
    let mean = Double(sum) / Double(count)
    return StepResult(value: mean, base: mean)
  }

  /// A Lai loss: six products a hidden layer, of which two are one of twice the size.
  func laiGradients(
    _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, _ rows: Int, _ loss: PreparedLoss<S>,
    _ weight: S, _ accumulate: Bool
  ) -> StepResult {
    if !accumulate { gradients.update(repeating: 0, count: layout.count) }
    forward(x, rows, derivatives: 2)
    var result = StepResult(value: 0, base: 0)
    let hasTangents = loss.detach != .slope
    for output in 0..<outputs {
      backwardForSlopes(output, rows)
      let part = evaluate(loss, y, output, rows, weight / S(outputs))
      result.value += Double(part.value) / Double(outputs)
      result.base += Double(part.base) / Double(outputs)
      if hasTangents { tangents(output, rows) }
    }
    backward(
      x, rows, withCross: hasTangents, isStacked: hasTangents && outputs == 1, true)
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

  /// The tangents along V = ∂L/∂k of one output, and what they give to the gradients.
  func tangents(_ output: Int, _ rows: Int) {
    let last = gradients + layout.weights[depth] + output * lastWidth
    guard depth > 0 else {
      for feature in 0..<inputs {
        last[feature] += Kernels.total(slopes + feature * maximumRows, rows)
      }
      return
    }
    for index in 0..<depth {
      let layer = layers[index]
      let isLowest = index == 0
      let below =
        isLowest
        ? UnsafePointer(slopes)
        : UnsafePointer(layers[index - 1].activations + rows * layer.inputs)
      let stride = isLowest ? maximumRows : layer.inputs
      S.matrixProduct(
        rows: rows, columns: layer.width, inner: layer.inputs, alpha: 1, below, lda: stride,
        transposeA: isLowest, parameters + layer.weights, ldb: layer.inputs, transposeB: true,
        beta: 0, into: scratch, ldc: layer.width)
      let tangent = layer.activations + rows * layer.width
      Kernels.tangents(
        scratch, first: layer.first, q: layer.curvature, a: tangent, cross: layer.cross,
        accumulate: output > 0, count: rows * layer.width)
      // With one output the upper layers' share is part of the stacked product in `backward`.
      if isLowest || outputs > 1 {
        S.matrixProduct(
          rows: layer.width, columns: layer.inputs, inner: rows, alpha: 1,
          layer.adjoints + rows * layer.width, lda: layer.width, transposeA: true, below,
          ldb: stride, transposeB: isLowest, beta: 1, into: gradients + layer.weights,
          ldc: layer.inputs)
      }
    }
    let top = layers[depth - 1]
    Kernels.columnSums(
      top.activations + rows * top.width, rows: rows, columns: top.width, into: last,
      accumulate: true)
  }
}
