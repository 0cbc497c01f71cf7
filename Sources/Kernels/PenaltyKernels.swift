/// How the slopes of a row become one number.
public enum RowNorm: String, Sendable {
  case l2, l1, linf
}

/// Penalties of weights and slopes. Slopes k are [features][rows], `stride` between features.
extension Kernels {
  /// gradients ← gradients + weight·∂p/∂w, p = l1·Σ |w| + l2/2·Σ w²; returns p.
  @inlinable public static func weightPenalty<S: Scalar>(
    _ w: UnsafePointer<S>, l1: S, l2: S, weight: S, into gradients: UnsafeMutablePointer<S>,
    count: Int
  ) -> Double {
    let (linear, quadratic) = (S.Vector(repeating: weight * l1), S.Vector(repeating: weight * l2))
    var (sum, squares) = (S.Vector(), S.Vector())
    forEachVector(of: S.self, count) { i, lanes in
      let x = load(w, i, lanes)
      let slope = S.multiplyAdd(quadratic, x, linear * sign(x, as: S.self))
      store(load(gradients, i, lanes) + slope, gradients, i, lanes)
      sum += S.magnitude(of: x)
      squares = S.multiplyAdd(x, x, squares)
    }
    var value = 0.0
    if l1 != 0 { value += Double(l1) * Double(S.sum(sum)) }
    if l2 != 0 { value += Double(l2) / 2 * Double(S.sum(squares)) }
    return value
  }

  /// v ← (v +) c·∂|k|ᵖ/∂k for one feature, p being 2 or 1; returns Σ |k|ᵖ.
  @inlinable public static func slopePowers<S: Scalar>(
    _ k: UnsafePointer<S>, isSquared: Bool, weight c: S, into v: UnsafeMutablePointer<S>,
    adds: Bool, count: Int
  ) -> S {
    var sum = S.Vector()
    let c = S.Vector(repeating: isSquared ? 2 * c : c)
    forEachVector(of: S.self, count) { i, lanes in
      let k = load(k, i, lanes)
      let slope = isSquared ? c * k : c * sign(k, as: S.self)
      addOrStore(slope, v, i, lanes, adds)
      sum += isSquared ? k * k : S.magnitude(of: k)
    }
    return S.sum(sum)
  }

  /// norm ← the squared Euclidean norm of the slopes cⱼ kⱼ of each row.
  @inlinable public static func squaredRowNorms<S: Scalar>(
    _ k: UnsafePointer<S>, weights c: UnsafePointer<S>, features: Int, stride: Int,
    into norm: UnsafeMutablePointer<S>, count: Int
  ) {
    forEachVector(of: S.self, count) { i, lanes in
      var sum = S.Vector()
      for feature in 0..<features {
        let x = load(k, feature &* stride &+ i, lanes) * S.Vector(repeating: c[feature])
        sum = S.multiplyAdd(x, x, sum)
      }
      store(sum, norm, i, lanes)
    }
  }

  /// norm ← the norm of the slopes cⱼ kⱼ of each row; ties ← how many are the largest, for linf.
  @inlinable public static func rowNorms<S: Scalar>(
    _ k: UnsafePointer<S>, _ kind: RowNorm, weights c: UnsafePointer<S>, features: Int, stride: Int,
    into norm: UnsafeMutablePointer<S>, ties: UnsafeMutablePointer<S>, count: Int
  ) {
    let (zero, one) = (S.Vector(), S.Vector(repeating: 1))
    forEachVector(of: S.self, count) { i, lanes in
      var (sum, largest) = (zero, zero)
      for feature in 0..<features {
        let x =
          S.magnitude(of: load(k, feature &* stride &+ i, lanes))
          * S.Vector(repeating: c[feature])
        sum += x
        largest = S.choose(x, where: x, exceeds: largest, else: largest)
      }
      switch kind {
      case .l1: store(sum, norm, i, lanes)
      case .linf:
        // 0, but NaN when one of the slopes is not finite, which the maximum passes over.
        var (number, gap) = (zero, zero)
        for feature in 0..<features {
          let x =
            S.magnitude(of: load(k, feature &* stride &+ i, lanes))
            * S.Vector(repeating: c[feature])
          number += S.choose(zero, where: largest, exceeds: x, else: one)
          gap += x - x
        }
        store(largest + gap, norm, i, lanes)
        store(number, ties, i, lanes)
      case .l2:
        // Scaled, so that squares neither overflow nor vanish.
        let scale = S.choose(largest, where: largest, exceeds: zero, else: one)
        var squares = zero
        for feature in 0..<features {
          let x = load(k, feature &* stride &+ i, lanes) * S.Vector(repeating: c[feature]) / scale
          squares = S.multiplyAdd(x, x, squares)
        }
        store(largest * S.squareRoot(squares), norm, i, lanes)
      }
    }
  }

  /// v ← (v +) outer·∂norm/∂k for one feature of weight c: 0 where the norm is 0.
  @inlinable public static func rowNormSlopes<S: Scalar>(
    _ k: UnsafePointer<S>, _ kind: RowNorm, weight c: S, norm: UnsafePointer<S>,
    ties: UnsafePointer<S>, outer: UnsafePointer<S>, into v: UnsafeMutablePointer<S>, adds: Bool,
    count: Int
  ) {
    let (zero, one, c) = (S.Vector(), S.Vector(repeating: 1), S.Vector(repeating: c))
    forEachVector(of: S.self, count) { i, lanes in
      let (k, norm) = (load(k, i, lanes), load(norm, i, lanes))
      var slope = zero
      switch kind {
      case .l1: slope = sign(k, as: S.self)
      case .linf:
        let x = S.magnitude(of: k) * c
        let share = sign(k, as: S.self) / load(ties, i, lanes)
        slope = S.choose(zero, where: norm, exceeds: x, else: share)
      case .l2: slope = k * c / S.choose(norm, where: norm, exceeds: zero, else: one)
      }
      addOrStore(slope * c * load(outer, i, lanes), v, i, lanes, adds)
    }
  }

  /// v ← (v +) outer·c·k for one feature.
  @inlinable public static func scaledSlopes<S: Scalar>(
    _ k: UnsafePointer<S>, weight c: S, outer: UnsafePointer<S>, into v: UnsafeMutablePointer<S>,
    adds: Bool, count: Int
  ) {
    let c = S.Vector(repeating: c)
    forEachVector(of: S.self, count) { i, lanes in
      addOrStore(load(k, i, lanes) * c * load(outer, i, lanes), v, i, lanes, adds)
    }
  }

  /// Of f(e)'s derivatives f′ and f″, and a norm M of each row's slopes: outer ← w·∂p/∂M and
  /// u ← u + w·∂p/∂ŷ for p = Σ |f′|M, or p = Σ (f′M)², where outer is w·∂p/∂(M²) and `norm` has M²
  /// if `isSquareGiven`. Returns p.
  @inlinable public static func lossSlopes<S: Scalar>(
    norm: UnsafePointer<S>, isSquareGiven: Bool, isSquared: Bool, first: UnsafePointer<S>,
    second: UnsafePointer<S>, weight w: S, outer: UnsafeMutablePointer<S>,
    u: UnsafeMutablePointer<S>, count: Int
  ) -> S {
    let (w, two) = (S.Vector(repeating: w), S.Vector(repeating: 2))
    var sum = S.Vector()
    forEachVector(of: S.self, count) { i, lanes in
      let (first, second) = (load(first, i, lanes), load(second, i, lanes))
      let norm = load(norm, i, lanes)
      let value: S.Vector
      let byResidual: S.Vector
      if isSquared {
        let square = isSquareGiven ? norm : norm * norm
        let factor = two * w * first
        // ∂/∂M of f′²M² is 2f′²M; ∂/∂k of f′²M² with M² = Σ (c k)² is 2f′² c² k.
        store(isSquareGiven ? factor * first : factor * first * norm, outer, i, lanes)
        value = first * first * square
        byResidual = factor * second * square
      } else {
        let size = S.magnitude(of: first)
        store(w * size, outer, i, lanes)
        value = size * norm
        byResidual = w * sign(first, as: S.self) * second * norm
      }
      store(load(u, i, lanes) + byResidual, u, i, lanes)
      sum += value
    }
    return S.sum(sum)
  }

  /// sum ← sum + a·x.
  @inlinable public static func addScaled<S: Scalar>(
    _ x: UnsafePointer<S>, _ a: S, to sum: UnsafeMutablePointer<S>, count: Int
  ) {
    let a = S.Vector(repeating: a)
    forEachVector(of: S.self, count) { i, lanes in
      store(S.multiplyAdd(load(x, i, lanes), a, load(sum, i, lanes)), sum, i, lanes)
    }
  }
}
