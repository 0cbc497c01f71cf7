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
  /// A block of a layer's units with σ′ and σ″, multiplied by the masks of a dropout.
  ///
  /// Every later pass takes σ′ and σ″ from where they are stored, so slopes, tangents and adjoints
  /// are those of the masked network.
  func dropped(
    _ index: Int, _ below: UnsafePointer<S>, _ stride: Int, from start: Int, _ rows: Int,
    _ derivatives: Int, _ dropout: HashedDropout, _ key: HashKey, firstRow: Int
  ) {
    let layer = layers[index]
    let place = start * layer.stride
    let units = layer.activations + place
    let first = derivatives > 0 ? layer.first + place : nil
    let second = derivatives > 1 ? layer.second.map { $0 + place } : nil
    func drop<D: Derivatives>(_ derivatives: D.Type) {
      Kernels.dropOut(
        dropout, key, firstRow: firstRow, derivatives, units: units, first: first, second: second,
        rows: rows, columns: layer.stride)
    }
    let form = activationForm
    if form == .stored {
      S.forwardProduct(
        below, stride: stride, rows: rows, weights.layers[index], into: units,
        stride: layer.stride)
      activate(units, rows * layer.stride, first, second)
    } else {
      S.forwardProduct(
        below, stride: stride, rows: rows, weights.layers[index], activation: form, into: units,
        slopes: nil)
    }
    switch form {
    case .stored: drop(StoredDerivatives.self)
    case .ofTanh: drop(TanhDerivatives.self)
    case .ofReLU: drop(ReLUDerivatives.self)
    }
  }

  /// What `body` gives while hidden units are multiplied by these masks, [rows][width] a layer.
  func masked<R>(by tensors: [Tensor]?, _ body: () throws -> R) throws -> R {
    guard let tensors else { return try body() }
    if let wide {
      return try wide.step.masked(by: tensors) { try maskedAlone(by: tensors, body) }
    }
    return try maskedAlone(by: tensors, body)
  }

  private func maskedAlone<R>(by tensors: [Tensor], _ body: () throws -> R) throws -> R {
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

  /// Changes the rows of `batch`, which lie at x, as the noise says, and sets the masks of the forward
  /// passes that follow.
  ///
  /// For adversarial rows the weights must be prepared for slopes.
  func disturb(
    _ x: UnsafeMutablePointer<S>, _ batch: BatchRows<S>, _ noise: PreparedNoise,
    _ objective: PreparedObjective<S>
  ) {
    masks = nil
    let place = place
    if let adversarial = noise.adversarial {
      let key = adversarial.key.part(place.batch)
      moveAgainst(x, batch, objective.baseResiduals, by: S(adversarial.epsilon)) {
        adversarial.rows.contains(place.firstRow + $0, key)
      }
    }
    for feature in noise.inputs {
      Kernels.addNoise(
        to: x + feature.index, columns: inputs, rows: batch.count, firstRow: place.firstRow,
        feature.key.part(place.batch), feature.rows, sigma: S(feature.sigma),
        isMultiplicative: feature.isMultiplicative)
    }
    if let dropout = noise.dropout {
      masks = .hashed(
        dropout.masks, batch: dropout.key.part(place.batch), firstRow: place.firstRow)
    }
  }

  /// x ← x + ε·sign(∂ℓ/∂x) for the chosen rows, where ∂ℓ/∂x = Σ over outputs of f′(e)·k and f is the
  /// sum of the residuals.
  private func moveAgainst(
    _ x: UnsafeMutablePointer<S>, _ batch: BatchRows<S>, _ residuals: [PreparedObjective<S>.Part],
    by epsilon: S, _ isChosen: (Int) -> Bool
  ) {
    // The chosen rows, side by side, where no pass has anything yet.
    let (chosenX, chosenY, gradient) = (paddedInputs, losses, slopeAdjoints)
    var count = 0
    for row in 0..<batch.count where isChosen(row) {
      (chosenX + count * inputs).update(from: x + row * inputs, count: inputs)
      (chosenY + count * outputs).update(from: batch.y + row * outputs, count: outputs)
      count += 1
    }
    guard count > 0 else { return }
    forward(chosenX, count, derivatives: 2)
    for output in 0..<outputs {
      backwardForSlopes(output, count)
      for row in 0..<count {
        column[row] = prediction[row * outputs + output]
        targets[row] = chosenY[row * outputs + output]
      }
      residualFirst.update(repeating: 0, count: count)
      for part in residuals {
        _ = part.kernel(column, targets, otherSecond, otherFirst, nil, count)
        Kernels.addScaled(otherFirst, part.weight, to: residualFirst, count: count)
      }
      for feature in 0..<inputs {
        let place = feature * maximumRows
        for row in 0..<count {
          let share = residualFirst[row] * slopes[place + row]
          gradient[place + row] = (output == 0 ? 0 : gradient[place + row]) + share
        }
      }
    }
    var place = 0
    for row in 0..<batch.count where isChosen(row) {
      for feature in 0..<inputs {
        let value = gradient[feature * maximumRows + place]
        x[row * inputs + feature] += value > 0 ? epsilon : value < 0 ? -epsilon : value
      }
      place += 1
    }
  }
}
