import Kernels

/// The passes that all objectives share.
extension TrainingStep {
  /// Activations with σ′ (derivatives ≥ 1) and σ″ (2), and predictions [rows][outputs].
  func forward(_ x: UnsafePointer<S>, _ rows: Int, derivatives: Int) {
    precondition(rows <= maximumRows)
    var below = x
    var stride = inputs
    for (index, layer) in layers.enumerated() {
      let isTop = outputs == 1 && index == depth - 1
      // Block by block, so that what follows finds its product in the first-level cache.
      var start = 0
      while start < rows {
        let count = min(layer.block, rows - start)
        let place = start * layer.stride
        if case .hashed(let dropout, let batch, let firstRow) = masks {
          dropped(
            index, below + start * stride, stride, from: start, count, derivatives,
            dropout, batch.part(index), firstRow: firstRow + start)
        } else if form == .stored {
          S.forwardProduct(
            below + start * stride, stride: stride, rows: count, weights.layers[index],
            into: layer.activations + place, stride: layer.stride)
          activate(
            layer.activations + place, count * layer.stride,
            derivatives > 0 ? layer.first + place : nil,
            derivatives > 1 ? layer.second.map { $0 + place } : nil)
          if case .given(let masks) = masks {
            Kernels.mask(
              masks[index] + start * layer.width, width: layer.width,
              units: layer.activations + place,
              first: derivatives > 0 ? layer.first + place : nil,
              second: derivatives > 1 ? layer.second.map { $0 + place } : nil, rows: count,
              columns: layer.stride)
          }
        } else {
          let p = layer.adjoints + rows * layer.stride + place
          S.forwardProduct(
            below + start * stride, stride: stride, rows: count, weights.layers[index],
            activation: form, into: layer.activations + place,
            slopes: isTop && derivatives > 1 ? (UnsafePointer(weights.lastRows), p) : nil)
        }
        if isTop { finishForward(start, count, rows, derivatives > 1) }
        start += count
      }
      below = UnsafePointer(layer.activations)
      stride = layer.stride
    }
    guard outputs > 1 || depth == 0 else { return }
    S.forwardProduct(
      below, stride: stride, rows: rows, weights.layers[depth], into: prediction, stride: outputs)
  }

  /// What a single output makes of the activations below it, while these are at hand: predictions,
  /// and p and q for the slopes.
  private func finishForward(_ start: Int, _ count: Int, _ rows: Int, _ hasSlopes: Bool) {
    let top = layers[depth - 1]
    S.rowProducts(
      top.activations + start * top.stride, weights.lastRows, plus: lastBiases[0], rows: count,
      columns: top.stride, into: prediction + start)
    if hasSlopes, form == .stored {
      topSlopes(weights.lastRows, top, from: start, count, of: rows)
    }
  }

  /// x with rows that a product can read by vectors.
  func padded(_ x: UnsafePointer<S>, _ rows: Int) -> UnsafePointer<S> {
    guard inputStride != inputs else { return x }
    Kernels.copyRows(x, rows: rows, columns: inputs, into: paddedInputs, stride: inputStride)
    return UnsafePointer(paddedInputs)
  }

  /// The adjoints of z, given ∂L/∂ŷ [rows][outputs] in `allU`, and all gradients but those that
  /// the tangents give.
  ///
  /// - hasTangents: `tangents` came before, with its share of the adjoints and gradients.
  func backward(
    _ x: UnsafePointer<S>, _ rows: Int, hasTangents: Bool, _ accumulate: Bool
  ) {
    let x = padded(x, rows)
    if outputs > 1 || depth == 0 {
      let top = depth > 0 ? UnsafePointer(layers[depth - 1].activations) : x
      lastGradients(
        top, depth > 0 ? lastStride : inputStride, rows, accumulate || hasTangents, accumulate)
    } else {
      if !hasTangents { topAdjoints(layers[depth - 1], rows) }
      let weights = gradients + layout.weights[depth]
      let biases = gradients + layout.biases[depth]
      addOrMove(weightSums, to: weights, lastWidth, accumulate)
      biases[0] = (accumulate ? biases[0] : 0) + Kernels.total(allU, rows)
    }
    for index in stride(from: depth - 1, through: 0, by: -1) {
      let layer = layers[index]
      let isTop = index == depth - 1
      // Those below a single output are there.
      if !isTop || outputs > 1 {
        columnSums.update(repeating: 0, count: layer.stride)
        let cross = hasTangents ? layer.cross.map { UnsafePointer($0) } : nil
        let above = isTop ? UnsafePointer(allU) : UnsafePointer(layers[index + 1].adjoints)
        let aboveStride = isTop ? outputs : layers[index + 1].stride
        let weights = self.weights.layers[index + 1]
        S.backwardProduct(
          above, stride: aboveStride, rows: rows, weights,
          finish: ProductFinish(
            form, first: layer.first, added: cross, main: layer.adjoints, sums: columnSums))
      }
      addOrMove(columnSums, to: gradients + layer.biases, layer.width, accumulate)
      // [z̄; p]ᵀ[a; ȧ] in one product; the lowest layer's V lies elsewhere than x.
      let isLowest = index == 0
      let isStacked = hasTangents && outputs == 1 && !isLowest
      S.gradientProduct(
        layer.adjoints, stride: layer.stride,
        isLowest ? x : UnsafePointer(layers[index - 1].activations),
        stride: isLowest ? inputStride : layers[index - 1].stride,
        rows: isStacked ? 2 * rows : rows, outputs: layer.width, inputs: layer.inputs,
        into: gradients + layer.weights, accumulate: accumulate || (hasTangents && !isStacked))
    }
  }

  private func addOrMove(
    _ sums: UnsafePointer<S>, to target: UnsafeMutablePointer<S>, _ count: Int, _ adds: Bool
  ) {
    if adds {
      Kernels.add(sums, to: target, count: count)
    } else {
      target.update(from: sums, count: count)
    }
  }

  /// z̄ of the highest hidden layer below a single output, and its sums.
  private func topAdjoints(_ layer: Layer, _ rows: Int) {
    startTopSums()
    func write<D: Derivatives>(_ derivatives: D.Type) {
      Kernels.adjoints(
        outer: allU, weights.lastRows, derivatives, first: layer.first,
        activations: layer.activations, adjoint: layer.adjoints, sums: columnSums,
        weightSums: weightSums, rows: rows, columns: layer.stride)
    }
    switch form {
    case .stored: write(StoredDerivatives.self)
    case .ofTanh: write(TanhDerivatives.self)
    case .ofReLU: write(ReLUDerivatives.self)
    }
  }

  private func startTopSums() {
    columnSums.update(repeating: 0, count: lastStride)
    weightSums.update(repeating: 0, count: lastStride)
  }

  /// p and, where it is stored, q of the highest hidden layer, from one output's weights.
  private func topSlopes(
    _ row: UnsafePointer<S>, _ layer: Layer, from start: Int, _ count: Int, of rows: Int
  ) {
    let place = start * layer.stride
    let second = layer.second.map { $0 + place }
    let p = layer.adjoints + (rows * layer.stride + place)
    let q = outputs > 1 ? layer.curvature.map { $0 + place } : nil
    func write<D: Derivatives>(_ derivatives: D.Type) {
      Kernels.slopes(
        row: row, derivatives, first: layer.first + place, second: second, p: p, q: q,
        rows: count, columns: layer.stride)
    }
    switch form {
    case .stored: write(StoredDerivatives.self)
    case .ofTanh: write(TanhDerivatives.self)
    case .ofReLU: write(ReLUDerivatives.self)
    }
  }

  /// Gradients of the last layer from ŷ alone: uᵀa and Σ u.
  private func lastGradients(
    _ a: UnsafePointer<S>, _ stride: Int, _ rows: Int, _ accumulateWeights: Bool,
    _ accumulate: Bool
  ) {
    let weights = gradients + layout.weights[depth]
    let biases = gradients + layout.biases[depth]
    if outputs == 1 {
      Kernels.columnSums(
        a, weights: allU, rows: rows, columns: lastWidth, stride: stride, into: weights,
        accumulate: accumulateWeights)
      biases[0] = (accumulate ? biases[0] : 0) + Kernels.total(allU, rows)
      return
    }
    S.gradientProduct(
      allU, stride: outputs, a, stride: stride, rows: rows, outputs: outputs, inputs: lastWidth,
      into: weights, accumulate: accumulateWeights)
    Kernels.columnSums(
      allU, weights: nil, rows: rows, columns: outputs, stride: outputs, into: biases,
      accumulate: accumulate)
  }

  /// k of one output into `slopes` [inputs][maximumRows]; p of each layer behind z̄, and
  /// q = σ″·s; those of the highest layer below a single output are the forward pass's.
  ///
  /// - directions: for several outputs, r [rows][outputs]: the slopes of Σ r·ŷ instead.
  func backwardForSlopes(_ output: Int, _ rows: Int, along directions: UnsafePointer<S>? = nil) {
    let row = weights.lastRows + output * lastStride
    guard depth > 0 else {
      if let directions { return lastSlopes(directions, rows) }
      for feature in 0..<inputs {
        (slopes + feature * maximumRows).update(repeating: row[feature], count: rows)
      }
      return
    }
    for index in stride(from: depth - 1, through: 0, by: -1) {
      let layer = layers[index]
      let p = layer.adjoints + rows * layer.stride
      if index == depth - 1 {
        if let directions {
          S.backwardProduct(
            directions, stride: outputs, rows: rows, weights.layers[depth],
            finish: ProductFinish(
              form, first: layer.first, main: p, second: layer.second.map { UnsafePointer($0) },
              other: layer.curvature))
        } else if outputs > 1 {
          topSlopes(row, layer, from: 0, rows, of: rows)
        }
        continue
      }
      let above = layers[index + 1]
      S.backwardProduct(
        above.adjoints + rows * above.stride, stride: above.stride, rows: rows,
        weights.layers[index + 1],
        finish: ProductFinish(
          form, first: layer.first, main: p, second: layer.second.map { UnsafePointer($0) },
          other: layer.curvature))
    }
    let first = layers[0]
    S.backwardProduct(
      first.adjoints + rows * first.stride, stride: first.stride, rows: rows, weights.layers[0],
      into: slopeRows, stride: inputStride)
    // A feature's slopes side by side.
    S.transpose(
      slopeRows, rows: rows, columns: inputs, stride: inputStride, into: slopes,
      stride: maximumRows)
  }

  /// The slopes of Σ r·ŷ for a network without hidden layers.
  private func lastSlopes(_ directions: UnsafePointer<S>, _ rows: Int) {
    for feature in 0..<inputs {
      for row in 0..<rows {
        slopes[feature * maximumRows + row] = (0..<outputs).reduce(0) {
          $0 + directions[row * outputs + $1] * weights.lastRows[$1 * lastStride + feature]
        }
      }
    }
  }

  /// The tangents along V = ∂L/∂k of one output, and what they give to the gradients.
  ///
  /// - directions: as those of `backwardForSlopes`; `output` counts them.
  func tangents(
    _ output: Int, _ rows: Int, _ accumulate: Bool, along directions: UnsafePointer<S>? = nil
  ) {
    let last = gradients + layout.weights[depth] + (directions == nil ? output * lastWidth : 0)
    guard depth > 0 else {
      if let directions { return lastTangents(directions, rows, accumulate || output > 0) }
      for feature in 0..<inputs {
        let sum = Kernels.total(slopeAdjoints + feature * maximumRows, rows)
        last[feature] = (accumulate ? last[feature] : 0) + sum
      }
      return
    }
    S.transpose(
      slopeAdjoints, rows: inputs, columns: rows, stride: maximumRows, into: slopeRows,
      stride: inputStride)
    for index in 0..<depth {
      let layer = layers[index]
      let isLowest = index == 0
      let below =
        isLowest
        ? UnsafePointer(slopeRows)
        : UnsafePointer(layers[index - 1].activations + rows * layers[index - 1].stride)
      let stride = isLowest ? inputStride : layers[index - 1].stride
      let tangent = layer.activations + rows * layer.stride
      if index == depth - 1, outputs == 1 {
        startTopSums()
        S.forwardProduct(
          below, stride: stride, rows: rows, weights.layers[index],
          finish: ProductFinish(
            form, first: layer.first, main: tangent,
            second: layer.second.map { UnsafePointer($0) }, other: layer.adjoints,
            sums: columnSums,
            output: OutputAbove(
              u: allU, w: weights.lastRows, values: layer.activations, sums: weightSums)))
      } else {
        let p = layer.adjoints + rows * layer.stride
        S.forwardProduct(
          below, stride: stride, rows: rows, weights.layers[index],
          finish: ProductFinish(
            form, first: layer.first, main: tangent, second: UnsafePointer(layer.curvature ?? p),
            other: layer.cross, accumulates: output > 0))
      }
      // With one output the upper layers' share is part of the stacked product in `backward`.
      if isLowest || outputs > 1 {
        S.gradientProduct(
          layer.adjoints + rows * layer.stride, stride: layer.stride, below, stride: stride,
          rows: rows, outputs: layer.width, inputs: layer.inputs,
          into: gradients + layer.weights, accumulate: accumulate || output > 0)
      }
    }
    guard outputs > 1 else { return }
    let top = layers[depth - 1]
    if let directions {
      S.gradientProduct(
        directions, stride: outputs, top.activations + rows * top.stride, stride: top.stride,
        rows: rows, outputs: outputs, inputs: top.width, into: last,
        accumulate: accumulate || output > 0)
      return
    }
    Kernels.columnSums(
      top.activations + rows * top.stride, weights: nil, rows: rows, columns: top.width,
      stride: top.stride, into: last, accumulate: accumulate)
  }

  /// Σ over rows of r·V, for a network without hidden layers.
  private func lastTangents(_ directions: UnsafePointer<S>, _ rows: Int, _ accumulate: Bool) {
    for output in 0..<outputs {
      let last = gradients + layout.weights[0] + output * lastWidth
      for feature in 0..<inputs {
        let sum = (0..<rows).reduce(S(0)) {
          $0 + directions[$1 * outputs + output] * slopeAdjoints[feature * maximumRows + $1]
        }
        last[feature] = (accumulate ? last[feature] : 0) + sum
      }
    }
  }
}
