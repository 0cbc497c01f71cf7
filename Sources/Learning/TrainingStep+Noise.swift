import Kernels
import Tensors

/// What multiplies the hidden units, and σ′ and σ″, in forward passes; [rows][width] a layer.
enum UnitMasks<S> {
  /// Dropout, drawn for rows of a batch.
  case hashed(HashedDropout, batch: HashKey, firstRow: Int)
  /// One pointer a hidden layer.
  case given(UnsafePointer<UnsafePointer<S>>)
}

extension TrainingStep {
  /// Multiplies a block of a layer's units, and σ′ and σ″ where they are written, by their masks.
  ///
  /// Every later pass takes σ′ and σ″ from where they are stored, so slopes, tangents and adjoints
  /// are those of the masked network.
  func mask(_ index: Int, from start: Int, _ rows: Int, derivatives: Int) {
    let layer = layers[index]
    let place = start * layer.stride
    let units = layer.activations + place
    let first = derivatives > 0 ? layer.first + place : nil
    let second = derivatives > 1 ? layer.second.map { $0 + place } : nil
    switch masks {
    case nil: break
    case .hashed(let dropout, let batch, let firstRow):
      Kernels.dropOut(
        dropout, batch.part(index), firstRow: firstRow + start, units: units, first: first,
        second: second, rows: rows, columns: layer.stride)
    case .given(let layers):
      Kernels.mask(
        layers[index] + start * layer.width, width: layer.width, units: units, first: first,
        second: second, rows: rows, columns: layer.stride)
    }
  }

  /// What `body` gives while hidden units are multiplied by these masks, [rows][width] a layer.
  func masked<R>(by tensors: [Tensor]?, _ body: () throws -> R) throws -> R {
    guard let tensors else { return try body() }
    let elements = try tensors.map { try $0.elements(as: S.self) }
    let memory = try Workspace<S>(counts: elements.map(\.count))
    let pointers = elements.map { elements in
      let pointer = memory.take(elements.count)
      pointer.update(from: elements, count: elements.count)
      return UnsafePointer(pointer)
    }
    defer { masks = nil }
    return try withExtendedLifetime(memory) {
      try pointers.withUnsafeBufferPointer {
        if let start = $0.baseAddress { masks = .given(start) }
        return try body()
      }
    }
  }

  /// Changes rows of a batch as the noise says, and sets the masks of the forward passes that follow.
  ///
  /// For adversarial rows the weights must be prepared for slopes.
  ///
  /// - x: [rows][inputs], changed; y: [rows][outputs].
  /// - isSquared: of the loss whose gradient the adversarial rows follow.
  func disturb(
    _ x: UnsafeMutablePointer<S>, _ y: UnsafePointer<S>, _ rows: Int, _ noise: PreparedNoise,
    at place: BatchPlace, isSquared: Bool
  ) {
    masks = nil
    if let adversarial = noise.adversarial {
      let key = adversarial.key.part(place.batch)
      let epsilon = S(adversarial.epsilon)
      moveAgainst(x, y, rows, isSquared, by: epsilon) {
        adversarial.rows.contains(place.firstRow + $0, key)
      }
    }
    for feature in noise.inputs {
      Kernels.addNoise(
        to: x + feature.index, columns: inputs, rows: rows, firstRow: place.firstRow,
        feature.key.part(place.batch), feature.rows, sigma: S(feature.sigma),
        isMultiplicative: feature.isMultiplicative)
    }
    if let dropout = noise.dropout {
      masks = .hashed(
        dropout.masks, batch: dropout.key.part(place.batch), firstRow: place.firstRow)
    }
  }

  /// x ← x + ε·sign(∂ℓ/∂x) for the chosen rows, where ∂ℓ/∂x = Σ over outputs of f′(e)·k.
  private func moveAgainst(
    _ x: UnsafeMutablePointer<S>, _ y: UnsafePointer<S>, _ rows: Int, _ isSquared: Bool,
    by epsilon: S, _ isChosen: (Int) -> Bool
  ) {
    // The chosen rows, side by side, where no pass has anything yet.
    let (chosenX, chosenY) = (paddedInputs, losses)
    var count = 0
    for row in 0..<rows where isChosen(row) {
      (chosenX + count * inputs).update(from: x + row * inputs, count: inputs)
      (chosenY + count * outputs).update(from: y + row * outputs, count: outputs)
      count += 1
    }
    guard count > 0 else { return }
    forward(chosenX, count, derivatives: 2)
    _ = Kernels.residualLosses(
      prediction, target: chosenY, isSquared: isSquared, loss: chosenY, derivative: allU,
      count: count * outputs)
    let gradient = factor
    for output in 0..<outputs {
      backwardForSlopes(output, count)
      for feature in 0..<inputs {
        let place = feature * maximumRows
        for row in 0..<count {
          let share = allU[row * outputs + output] * slopes[place + row]
          gradient[place + row] = (output == 0 ? 0 : gradient[place + row]) + share
        }
      }
    }
    var place = 0
    for row in 0..<rows where isChosen(row) {
      for feature in 0..<inputs {
        let value = gradient[feature * maximumRows + place]
        x[row * inputs + feature] += value > 0 ? epsilon : value < 0 ? -epsilon : 0
      }
      place += 1
    }
  }
}
