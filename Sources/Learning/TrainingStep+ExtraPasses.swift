import Kernels
import Tensors

/// Evaluations of the network at inputs other than the batch's, or along other directions of its
/// outputs. They come before the batch's own passes, with the same masks, and may use the memory of
/// terms. A batch in two halves is evaluated as two: rows meet within a half only.
extension TrainingStep {
  /// The batch's rows, each moved to a random place between itself and another, [rows][inputs].
  ///
  /// x̃ᵢ = t·xᵢ + (1 − t)·x_π(i), t uniform on [0, 1) and π(i) on the other rows (Thanh-Tung et al.,
  /// "Improving generalization and stability of generative adversarial networks", 2019).
  func interpolated(_ batch: BatchRows<S>) -> UnsafePointer<S> {
    let key = place.key(.interpolation)
    let (partners, shares) = (key.part(0), key.part(1))
    let others = UInt64(batch.count - 1)
    let result = termMemory
    for row in 0..<batch.count {
      let number = UInt64(partners.number(place.firstRow + row))
      let other = others == 0 ? row : (row + 1 + Int(number * others >> 32)) % batch.count
      let t = S(Double(shares.number(place.firstRow + row)) * 0x1p-32)
      let (own, its) = (batch.x + row * inputs, batch.x + other * inputs)
      for feature in 0..<inputs {
        result[row * inputs + feature] = its[feature] + t * (own[feature] - its[feature])
      }
    }
    return UnsafePointer(result)
  }

  /// The Jacobian penalty P = (1/n) Σᵢ Σⱼ cⱼ |kᵢⱼ|^power at rows x, summed over the outputs, n being
  /// the rows of the whole batch: adds weight·∂P/∂θ to the gradients and returns P.
  ///
  /// - projections: how many random directions r of the outputs, each of entries ±1, estimate the
  ///   sum over the outputs: E ‖Σₒ rₒ kₒ‖² is Σₒ ‖kₒ‖². nil takes the outputs one by one.
  func jacobian(
    at x: UnsafePointer<S>, _ batch: BatchRows<S>, isSquared: Bool, features c: [S],
    projections: Int?, weight: S, accumulate: Bool
  ) -> Double {
    let rows = batch.count
    forward(x, rows, derivatives: 2)
    allU.update(repeating: 0, count: rows * outputs)
    let key = place.key(.projection)
    let count = projections ?? outputs
    let weight = weight / S(batch.total * (projections ?? 1))
    var sum = 0.0
    for pass in 0..<count {
      var directions: UnsafePointer<S>?
      if projections != nil {
        drawSigns(key.part(pass), rows)
        directions = UnsafePointer(otherU)
      }
      backwardForSlopes(pass, rows, along: directions)
      for feature in 0..<inputs {
        let start = feature * maximumRows
        let powers = Kernels.slopePowers(
          slopes + start, isSquared: isSquared, weight: weight * c[feature],
          into: slopeAdjoints + start, adds: false, count: rows)
        if c[feature] != 0 { sum += Double(c[feature]) * Double(powers) }
      }
      tangents(pass, rows, accumulate, along: directions)
    }
    backward(x, rows, hasTangents: true, accumulate)
    return sum / Double(batch.total * (projections ?? 1))
  }

  /// ±1 for each row and output, into `otherU`.
  private func drawSigns(_ key: HashKey, _ rows: Int) {
    for row in 0..<rows {
      let key = key.part(place.firstRow + row)
      for output in 0..<outputs {
        otherU[row * outputs + output] = key.number(output) >> 31 == 0 ? 1 : -1
      }
    }
  }

  /// The penalty of finite differences P = (1/n) Σᵢ D, or of D², with D = (ℓ(x + h·d) − ℓ(x))/h for
  /// each output's loss ℓ, along the direction d of its gradient, which counts as constant: adds
  /// weight·∂P/∂θ to the gradients and returns P (Finlay and Oberman, "Scaleable input gradient
  /// regularization for adversarial robustness", 2021).
  ///
  /// d is such that d·∂ℓ/∂x is the norm of the gradient times the features' weights c.
  func gradientDifferences(
    _ batch: BatchRows<S>, _ residuals: [PreparedObjective<S>.Part], _ norm: RowNorm,
    isSquared: Bool, features c: [S], step h: S, weight: S, accumulate: Bool
  ) -> Double {
    let rows = batch.count
    let moved = termMemory
    let weight = weight / S(batch.total) / h
    var sum = 0.0
    for output in 0..<outputs {
      forward(batch.x, rows, derivatives: 2)
      backwardForSlopes(output, rows)
      evaluate(residuals, output, batch, value: residualFirst, slope: residualSecond)
      move(batch.x, rows, along: norm, c, by: h, into: moved)
      forward(moved, rows, derivatives: 1)
      evaluate(residuals, output, batch, value: otherFirst, slope: otherSecond)
      for row in 0..<rows {
        let difference = (otherFirst[row] - residualFirst[row]) / h
        sum += Double(isSquared ? difference * difference : difference)
        let outer = isSquared ? 2 * difference * weight : weight
        otherSecond[row] *= outer
        residualSecond[row] *= -outer
      }
      setAdjoints(output, otherSecond, rows)
      backward(moved, rows, hasTangents: false, accumulate || output > 0)
      forward(batch.x, rows, derivatives: 1)
      setAdjoints(output, residualSecond, rows)
      backward(batch.x, rows, hasTangents: false, true)
    }
    return sum / Double(batch.total)
  }

  /// x + h·d for the slopes k of one output, whose loss has the slopes f′ in `residualSecond`.
  private func move(
    _ x: UnsafePointer<S>, _ rows: Int, along norm: RowNorm, _ c: [S], by h: S,
    into moved: UnsafeMutablePointer<S>
  ) {
    func sign(_ x: S) -> S { x > 0 ? 1 : x < 0 ? -1 : x }
    for row in 0..<rows {
      // The gradient times c, and what its entries have in common.
      func entry(_ feature: Int) -> S {
        residualSecond[row] * slopes[feature * maximumRows + row] * c[feature]
      }
      // `max` passes over NaN, the sum does not.
      var (largest, sum): (S, S) = (0, 0)
      for feature in 0..<inputs {
        largest = max(largest, abs(entry(feature)))
        sum += entry(feature)
      }
      if sum.isNaN { largest = .nan }
      var (squares, ties): (S, S) = (0, 0)
      for feature in 0..<inputs where largest != 0 {
        let ratio = entry(feature) / largest
        squares += ratio * ratio
        if abs(entry(feature)) == largest { ties += 1 }
      }
      for feature in 0..<inputs {
        var direction: S = 0
        if largest != 0 {
          direction =
            switch norm {
            case .l2: entry(feature) / (largest * squares.squareRoot())
            case .l1: sign(entry(feature))
            case .linf: abs(entry(feature)) == largest ? sign(entry(feature)) / ties : 0
            }
        }
        let i = row * inputs + feature
        moved[i] = x[i] + h * direction * c[feature]
      }
    }
  }

  /// Σ of the residuals' losses and of their slopes f′ of one output, [rows].
  private func evaluate(
    _ residuals: [PreparedObjective<S>.Part], _ output: Int, _ batch: BatchRows<S>,
    value: UnsafeMutablePointer<S>, slope: UnsafeMutablePointer<S>
  ) {
    let rows = batch.count
    for row in 0..<rows {
      column[row] = prediction[row * outputs + output]
      targets[row] = batch.y[row * outputs + output]
    }
    value.update(repeating: 0, count: rows)
    slope.update(repeating: 0, count: rows)
    for part in residuals {
      _ = part.kernel(column, targets, losses, u, nil, rows)
      Kernels.addScaled(losses, part.weight, to: value, count: rows)
      Kernels.addScaled(u, part.weight, to: slope, count: rows)
    }
  }

  /// ∂L/∂ŷ of one output; of the others 0.
  private func setAdjoints(_ output: Int, _ source: UnsafePointer<S>, _ rows: Int) {
    allU.update(repeating: 0, count: rows * outputs)
    for row in 0..<rows { allU[row * outputs + output] = source[row] }
  }
}
