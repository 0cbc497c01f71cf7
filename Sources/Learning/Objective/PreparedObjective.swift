import Kernels
import Tensors

/// A loss made ready for a number type and a number of features: λ resolved, constants taken.
public struct PreparedObjective<S: TensorScalar>: Sendable {
  let isSquared: Bool
  /// The factor of each feature, nil where it is left out; nil for a base loss.
  let factors: [LaiFactor<S>?]?
  let l1: S
  let l2: S
  let isPerSample: Bool
  let detach: Detach?
  let custom: CustomLoss?

  /// - Throws: what `PerFeature.resolved` does, and `ArgumentError` for a λ that S cannot hold.
  public init(_ loss: Objective, features: [String]? = nil, count: Int) throws {
    guard loss.terms.count == 1, loss.terms[0].weight == 1 else {
      throw ArgumentError("loss", mustBe: "of one term", got: "\(loss)")
    }
    let term = loss.terms[0].term
    let base: Residual =
      switch term {
      case .residual(let residual): residual
      case .lai(let loss): loss.base
      case .custom(let loss): loss.base
      case .penalty: throw ArgumentError("loss", mustBe: "available", got: "\(loss)")
      }
    isSquared = base == .mse
    if case .custom(let loss) = term { custom = loss } else { custom = nil }
    guard case .lai(let lai) = term else {
      (factors, l1, l2, isPerSample, detach) = (nil, 0, 0, false, nil)
      return
    }
    let isSquared = isSquared
    factors = try lai.lambda.resolved(features: features, count: count, label: "lambda").map {
      entry in
      try entry.value.map {
        guard S($0).isNormal else {
          let range = "\(S.leastNormalMagnitude) to \(S.greatestFiniteMagnitude)"
          throw ArgumentError("lambda", mustBe: "\(range) in \(S.dtype.rawValue)", got: $0)
        }
        return LaiFactor(lambda: S($0), isSquared: isSquared)
      }
    }
    (l1, l2) = (S(lai.norm.weights.l1), S(lai.norm.weights.l2))
    isPerSample = lai.reduction == .sample
    detach = lai.detach
  }

  /// Whether it is a norm of sums over a batch, not a sum over rows.
  var couplesRows: Bool { factors != nil && !isPerSample }
  /// Whether it is more than a base loss.
  var isLai: Bool { factors != nil || custom != nil }
}

/// A Lai loss of one output and its derivatives, in two parts: when the norm is that of sums over a
/// batch, all its rows must be through the first part before any takes the second.
extension PreparedObjective {
  /// The factors of some rows and, for a norm of sums, what they give to these.
  ///
  /// - predictions, targets: [rows]; loss and u: [rows], f and df/dŷ.
  /// - slopes: k as [features][rows], `stride` between features; becomes dg/dk. factor: g likewise.
  /// - sums: Σᵢ fᵢ gᵢⱼ, [features].
  ///
  /// Returns Σ f.
  func begin(
    predictions: UnsafePointer<S>, targets: UnsafePointer<S>, rows: Int,
    slopes: UnsafeMutablePointer<S>, factor: UnsafeMutablePointer<S>, stride: Int,
    loss: UnsafeMutablePointer<S>, u: UnsafeMutablePointer<S>, sums: UnsafeMutablePointer<S>
  ) -> S {
    let sum = Kernels.residualLosses(
      predictions, target: targets, isSquared: isSquared, loss: loss, derivative: u, count: rows)
    for (feature, prepared) in factors!.enumerated() {
      let g = factor + feature * stride
      let k = slopes + feature * stride
      if let prepared {
        Kernels.laiFactor(k, prepared, value: g, derivative: k, count: rows)
      } else {
        g.update(repeating: 1, count: rows)
        k.update(repeating: 0, count: rows)
      }
      if !isPerSample { sums[feature] = Kernels.dot(loss, g, rows) }
    }
    return sum
  }

  /// u ← weight·∂L/∂ŷ and slopes ← weight·∂L/∂k, where L is the norm of the sums, or of these rows'
  /// the sum of their norms: what is returned.
  ///
  /// - sums: over all rows of the batch. scratch: room for two rows of numbers, `stride` apart.
  func finish(
    rows: Int, slopes: UnsafeMutablePointer<S>, factor: UnsafePointer<S>, stride: Int,
    loss: UnsafePointer<S>, u: UnsafeMutablePointer<S>, sums: UnsafePointer<S>,
    scratch: UnsafeMutablePointer<S>, weight: S
  ) -> S {
    let value =
      isPerSample
      ? perSample(rows, slopes, factor, stride, loss, u, scratch, weight)
      : perBatch(rows, slopes, factor, stride, loss, u, sums, scratch, weight)
    if detach == .residual { u.update(repeating: 0, count: rows) }
    return value
  }

  /// The norm of Σᵢ fᵢ gᵢⱼ over directions j.
  private func perBatch(
    _ rows: Int, _ v: UnsafeMutablePointer<S>, _ g: UnsafePointer<S>, _ stride: Int,
    _ f: UnsafePointer<S>, _ u: UnsafeMutablePointer<S>, _ sums: UnsafePointer<S>,
    _ scratch: UnsafeMutablePointer<S>, _ weight: S
  ) -> S {
    let features = factors!.count
    var total: S = 0
    var largest: S = 0
    for feature in 0..<features {
      total += sums[feature]
      largest = max(largest, sums[feature])
    }
    // Scaled, so that squares of large losses do not overflow.
    var squares: S = 0
    if largest > 0 {
      for feature in 0..<features {
        let ratio = sums[feature] / largest
        squares += ratio * ratio
      }
    }
    // `max` passes over NaN.
    let root = total.isNaN || !largest.isFinite ? total : largest * squares.squareRoot()
    scratch.update(repeating: 0, count: rows)
    for feature in 0..<features {
      // dN/dℓ: of an all-zero vector 0.
      let direction = sums[feature] == 0 ? 0 : l1 + (l2 == 0 ? 0 : l2 * (sums[feature] / root))
      Kernels.laiDerivatives(
        value: g + feature * stride, derivative: v + feature * stride, loss: f,
        weight: direction * weight, into: scratch, count: rows)
    }
    Kernels.scale(u, by: scratch, 1, count: rows)
    return (l1 == 0 ? 0 : l1 * total) + (l2 == 0 ? 0 : l2 * root)
  }

  /// Σᵢ of the norm of fᵢ gᵢⱼ over directions j; f ≥ 0 comes out of the norm.
  private func perSample(
    _ rows: Int, _ v: UnsafeMutablePointer<S>, _ g: UnsafePointer<S>, _ stride: Int,
    _ f: UnsafePointer<S>, _ u: UnsafeMutablePointer<S>, _ scratch: UnsafeMutablePointer<S>,
    _ weight: S
  ) -> S {
    let features = factors!.count
    let inverse = scratch + stride
    Kernels.sampleNorms(
      g, features: features, stride: stride, l1: l1, l2: l2, norm: scratch, inverse: inverse,
      count: rows)
    let sum = Kernels.dot(f, scratch, rows)
    for feature in 0..<features {
      Kernels.sampleDerivatives(
        value: g + feature * stride, derivative: v + feature * stride, loss: f, inverse: inverse,
        l1: l1, weight: weight, count: rows)
    }
    Kernels.scale(u, by: scratch, weight, count: rows)
    return sum
  }
}
