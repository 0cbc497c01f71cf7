import Kernels

/// The passes that all losses share.
extension TrainingStep {
  /// Activations with σ′ (derivatives ≥ 1) and σ″ (2), and predictions [rows][outputs].
  func forward(_ x: UnsafePointer<S>, _ rows: Int, derivatives: Int) {
    var below = x
    for layer in layers {
      S.matrixProduct(
        rows: rows, columns: layer.width, inner: layer.inputs, alpha: 1, below, lda: layer.inputs,
        transposeA: false, parameters + layer.weights, ldb: layer.inputs, transposeB: true,
        beta: 0, into: layer.activations, ldc: layer.width)
      activate(
        layer.activations, parameters + layer.biases, rows, layer.width,
        derivatives > 0 ? layer.first : nil, derivatives > 1 ? layer.second : nil)
      below = UnsafePointer(layer.activations)
    }
    if outputs == 1 {
      Kernels.rowProducts(
        below, lastWeights, plus: lastBiases[0], rows: rows, columns: lastWidth, into: prediction)
      return
    }
    for row in 0..<rows { (prediction + row * outputs).update(from: lastBiases, count: outputs) }
    S.matrixProduct(
      rows: rows, columns: outputs, inner: lastWidth, alpha: 1, below, lda: lastWidth,
      transposeA: false, lastWeights, ldb: lastWidth, transposeB: true, beta: 1,
      into: prediction, ldc: outputs)
  }

  /// The adjoints of z, given ∂L/∂ŷ [rows][outputs] in `allU`, and all gradients but those that
  /// the tangents give.
  func backward(
    _ x: UnsafePointer<S>, _ rows: Int, withCross: Bool, isStacked: Bool, _ accumulate: Bool
  ) {
    let top = depth > 0 ? UnsafePointer(layers[depth - 1].activations) : x
    lastGradients(top, rows, accumulate)
    for index in stride(from: depth - 1, through: 0, by: -1) {
      let layer = layers[index]
      let cross = withCross ? UnsafePointer(layer.cross) : nil
      if index == depth - 1 && outputs == 1 {
        Kernels.adjoints(
          outer: allU, lastWeights, first: layer.first, cross: cross, adjoint: layer.adjoints,
          rows: rows, columns: layer.width)
      } else {
        let isTop = index == depth - 1
        let above = isTop ? UnsafePointer(allU) : UnsafePointer(layers[index + 1].adjoints)
        let aboveWidth = isTop ? outputs : layers[index + 1].width
        let weights = isTop ? lastWeights : parameters + layers[index + 1].weights
        S.matrixProduct(
          rows: rows, columns: layer.width, inner: aboveWidth, alpha: 1, above, lda: aboveWidth,
          transposeA: false, weights, ldb: layer.width, transposeB: false, beta: 0, into: scratch,
          ldc: layer.width)
        Kernels.adjoints(
          scratch, first: layer.first, cross: cross, adjoint: layer.adjoints,
          count: rows * layer.width)
      }
      Kernels.columnSums(
        layer.adjoints, rows: rows, columns: layer.width, into: gradients + layer.biases,
        accumulate: accumulate)
      // [λ; p]ᵀ[a; ȧ] in one product; the lowest layer's V lies elsewhere than x.
      let below = index > 0 ? UnsafePointer(layers[index - 1].activations) : x
      S.matrixProduct(
        rows: layer.width, columns: layer.inputs, inner: isStacked && index > 0 ? 2 * rows : rows,
        alpha: 1,
        layer.adjoints, lda: layer.width, transposeA: true, below, ldb: layer.inputs,
        transposeB: false, beta: accumulate ? 1 : 0, into: gradients + layer.weights,
        ldc: layer.inputs)
    }
  }

  /// Gradients of the last layer from ŷ alone: uᵀa and Σ u.
  private func lastGradients(_ a: UnsafePointer<S>, _ rows: Int, _ accumulate: Bool) {
    let weights = gradients + layout.weights[depth]
    let biases = gradients + layout.biases[depth]
    if outputs == 1 {
      Kernels.columnSums(
        a, weights: allU, rows: rows, columns: lastWidth, into: weights, accumulate: accumulate)
      biases[0] = (accumulate ? biases[0] : 0) + Kernels.total(allU, rows)
      return
    }
    S.matrixProduct(
      rows: outputs, columns: lastWidth, inner: rows, alpha: 1, allU, lda: outputs,
      transposeA: true, a, ldb: lastWidth, transposeB: false, beta: accumulate ? 1 : 0,
      into: weights, ldc: lastWidth)
    Kernels.columnSums(
      allU, rows: rows, columns: outputs, into: biases, accumulate: accumulate)
  }

  /// k of one output into `slopes` [inputs][maximumRows]; p of each layer behind λ's place, and
  /// q = σ″·s.
  func backwardForSlopes(_ output: Int, _ rows: Int) {
    let row = lastWeights + output * lastWidth
    guard depth > 0 else {
      for feature in 0..<inputs {
        (slopes + feature * maximumRows).update(repeating: row[feature], count: rows)
      }
      return
    }
    for index in stride(from: depth - 1, through: 0, by: -1) {
      let layer = layers[index]
      let p = layer.adjoints + rows * layer.width
      let q = layer.curvature
      if index == depth - 1 {
        Kernels.slopes(
          row: row, first: layer.first, second: layer.second, p: p, q: q, rows: rows,
          columns: layer.width)
        continue
      }
      let above = layers[index + 1]
      S.matrixProduct(
        rows: rows, columns: layer.width, inner: above.width, alpha: 1,
        above.adjoints + rows * above.width, lda: above.width, transposeA: false,
        parameters + above.weights, ldb: layer.width, transposeB: false, beta: 0, into: scratch,
        ldc: layer.width)
      Kernels.slopes(
        scratch, first: layer.first, second: layer.second, p: p, q: q, count: rows * layer.width)
    }
    // kᵀ = W₀ᵀ pᵀ, so that a feature's slopes lie side by side.
    let first = layers[0]
    S.matrixProduct(
      rows: inputs, columns: rows, inner: first.width, alpha: 1, parameters + first.weights,
      lda: inputs, transposeA: true, first.adjoints + rows * first.width, ldb: first.width,
      transposeB: true, beta: 0, into: slopes, ldc: maximumRows)
  }
}
