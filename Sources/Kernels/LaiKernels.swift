/// The Lai factor g(k; λ) of one feature, with what depends only on λ computed once
/// (arXiv 2405.07884, §2).
///
/// With c = 1/min(1, λ): g = max(c·|k|ᵖ, cλ) / (1 + k²)^(p/2), where p is 2 for squared residuals
/// and 1 for absolute ones.
public struct LaiFactor<S: Scalar>: Sendable {
  public let lambda: S
  public let scale: S
  public let isSquared: Bool

  @inlinable public init(lambda: S, isSquared: Bool) {
    self.lambda = lambda
    scale = 1 / min(1, lambda)
    self.isSquared = isSquared
  }

  /// A bound of |k| beyond which g equals its limit and g′ is 0, to the last digit. Its square is
  /// finite.
  @inlinable static var bound: S { S.self == Float.self ? 1e9 : 1e75 }

  /// g and dg/dk at slopes k. At the tie of the maximum, the derivative is half of each side's.
  @inlinable @inline(__always)
  public func evaluate(_ k: S.Vector) -> (value: S.Vector, derivative: S.Vector) {
    let bound = S.Vector(repeating: LaiFactor.bound)
    var k = S.choose(bound, where: k, exceeds: bound, else: k)
    k = S.choose(S.Vector() - bound, where: S.Vector() - bound, exceeds: k, else: k)
    let one = S.Vector(repeating: 1)
    let square = k * k
    let upper = S.Vector(repeating: scale)
    let lower = S.Vector(repeating: scale * lambda)
    let threshold = S.Vector(repeating: lambda)
    if isSquared {
      let w = one / (one + square)
      let above = square * w * upper
      let below = w * lower
      // d(k²w)/dk = 2k w², dw/dk = −2k w²
      let side = branch(square, threshold, upper, S.Vector() - lower)
      return (
        S.choose(above, where: square, exceeds: threshold, else: below),
        S.Vector(repeating: 2) * k * w * w * side
      )
    }
    let w = one / S.squareRoot(one + square)
    let size = S.magnitude(of: k)
    let above = size * w * upper
    let below = w * lower
    // d(|k|w)/dk = sign(k) w³, dw/dk = −k w³
    let zero = S.Vector()
    let sign = S.choose(
      one, where: k, exceeds: zero, else: S.choose(zero - one, where: zero, exceeds: k, else: zero))
    let side = branch(size, threshold, upper * sign, zero - lower * k)
    return (
      S.choose(above, where: size, exceeds: threshold, else: below), w * w * w * side
    )
  }

  /// `a` where x > y, `b` where x < y, their mean where x = y.
  @inlinable @inline(__always)
  func branch(_ x: S.Vector, _ y: S.Vector, _ a: S.Vector, _ b: S.Vector) -> S.Vector {
    S.choose(
      a, where: x, exceeds: y,
      else: S.choose(b, where: y, exceeds: x, else: (a + b) * S.Vector(repeating: 0.5)))
  }
}

extension Kernels {
  /// How many slopes are steeper than the kink of g: |k| > √λ for squared residuals, |k| > λ for
  /// absolute ones.
  @inlinable public static func countAboveKink<S: Scalar>(
    _ k: UnsafePointer<S>, _ factor: LaiFactor<S>, count: Int
  ) -> Int {
    let (one, zero) = (S.Vector(repeating: 1), S.Vector())
    let threshold = S.Vector(repeating: factor.lambda)
    var above = zero
    // Lanes behind the last slope are 0, and no λ is below that.
    forEachVector(of: S.self, count) { i, lanes in
      let k = load(k, i, lanes)
      let size = factor.isSquared ? k * k : S.magnitude(of: k)
      above += S.choose(one, where: size, exceeds: threshold, else: zero)
    }
    return above.indices.reduce(0) { $0 + Int(above[$1]) }
  }

  /// g and g′ of one feature's slopes.
  @inlinable public static func laiFactor<S: Scalar>(
    _ k: UnsafePointer<S>, _ factor: LaiFactor<S>, value: UnsafeMutablePointer<S>,
    derivative: UnsafeMutablePointer<S>, count: Int
  ) {
    forEachVector(of: S.self, count) { i, lanes in
      let result = factor.evaluate(load(k, i, lanes))
      store(result.value, value, i, lanes)
      store(result.derivative, derivative, i, lanes)
    }
  }

  /// d ← d + c·g and v ← (v +) c·f·g′: one feature's share of the loss's derivatives by f and, where
  /// there is a place for it, by k.
  @inlinable public static func laiDerivatives<S: Scalar>(
    value g: UnsafePointer<S>, derivative: UnsafePointer<S>, loss f: UnsafePointer<S>, weight c: S,
    byLoss d: UnsafeMutablePointer<S>, into v: UnsafeMutablePointer<S>?, adds: Bool, count: Int
  ) {
    let c = S.Vector(repeating: c)
    forEachVector(of: S.self, count) { i, lanes in
      store(S.multiplyAdd(load(g, i, lanes), c, load(d, i, lanes)), d, i, lanes)
      if let v {
        addOrStore(load(derivative, i, lanes) * load(f, i, lanes) * c, v, i, lanes, adds)
      }
    }
  }

  /// sum ← sum + a·x·y, elementwise.
  @inlinable public static func addProduct<S: Scalar>(
    _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, _ a: S, to sum: UnsafeMutablePointer<S>,
    count: Int
  ) {
    let a = S.Vector(repeating: a)
    forEachVector(of: S.self, count) { i, lanes in
      let product = load(x, i, lanes) * load(y, i, lanes) * a
      store(load(sum, i, lanes) + product, sum, i, lanes)
    }
  }

  /// x ← a·x.
  @inlinable public static func scale<S: Scalar>(
    _ x: UnsafeMutablePointer<S>, by a: S, count: Int
  ) {
    let a = S.Vector(repeating: a)
    forEachVector(of: S.self, count) { i, lanes in store(load(x, i, lanes) * a, x, i, lanes) }
  }

  /// Per-sample norms of g [features][rows], `stride` between features: norm ← l1·Σ g + l2·√Σ g²,
  /// and inverse ← l2 / √Σ g², from which the derivatives follow.
  @inlinable public static func sampleNorms<S: Scalar>(
    _ g: UnsafePointer<S>, features: Int, stride: Int, l1: S, l2: S,
    norm: UnsafeMutablePointer<S>, inverse: UnsafeMutablePointer<S>, count: Int
  ) {
    forEachVector(of: S.self, count) { i, lanes in
      var sum = S.Vector()
      var squares = S.Vector()
      for feature in 0..<features {
        let value = load(g, feature &* stride &+ i, lanes)
        sum += value
        squares = S.multiplyAdd(value, value, squares)
      }
      // g > 0 always, so the root is never that of 0.
      let root = S.squareRoot(squares)
      store(S.Vector(repeating: l1) * sum + S.Vector(repeating: l2) * root, norm, i, lanes)
      store(S.Vector(repeating: l2) / root, inverse, i, lanes)
    }
  }

  /// v ← (v +) g′·f·(l1 + g·inverse)·c: the derivative of the per-sample norms by one feature's
  /// slopes.
  @inlinable public static func sampleDerivatives<S: Scalar>(
    value g: UnsafePointer<S>, derivative: UnsafePointer<S>, loss f: UnsafePointer<S>,
    inverse: UnsafePointer<S>, l1: S, weight c: S, into v: UnsafeMutablePointer<S>, adds: Bool,
    count: Int
  ) {
    let l1 = S.Vector(repeating: l1)
    let c = S.Vector(repeating: c)
    forEachVector(of: S.self, count) { i, lanes in
      let outer = S.multiplyAdd(load(g, i, lanes), load(inverse, i, lanes), l1)
      addOrStore(load(derivative, i, lanes) * load(f, i, lanes) * outer * c, v, i, lanes, adds)
    }
  }
}
