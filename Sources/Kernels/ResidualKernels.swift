/// What a residual e = ŷ − y costs: f(e), f′(e) and f″(e).
public protocol ResidualFunction: Sendable {
  func evaluate<S: Scalar>(_ e: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  )
}

/// e²
public struct SquaredResidual: ResidualFunction {
  public init() {}
  @inlinable @inline(__always)
  public func evaluate<S: Scalar>(_ e: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) { (e * e, e + e, S.Vector(repeating: 2)) }
}

/// |e|, whose derivative at 0 is 0.
public struct AbsoluteResidual: ResidualFunction {
  public init() {}
  @inlinable @inline(__always)
  public func evaluate<S: Scalar>(_ e: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) { (S.magnitude(of: e), Kernels.sign(e, as: S.self), S.Vector()) }
}

/// e²/2 where |e| ≤ δ, else δ(|e| − δ/2).
public struct HuberResidual: ResidualFunction {
  public let delta: Double
  public init(delta: Double) { self.delta = delta }
  @inlinable @inline(__always)
  public func evaluate<S: Scalar>(_ e: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let delta = S.Vector(repeating: S(delta))
    let half = S.Vector(repeating: 0.5)
    let size = S.magnitude(of: e)
    return (
      S.choose(delta * (size - half * delta), where: size, exceeds: delta, else: half * e * e),
      S.choose(delta * Kernels.sign(e, as: S.self), where: size, exceeds: delta, else: e),
      S.choose(S.Vector(), where: size, exceeds: delta, else: S.Vector(repeating: 1))
    )
  }
}

/// log cosh e
public struct LogCoshResidual: ResidualFunction {
  public init() {}
  @inlinable @inline(__always)
  public func evaluate<S: Scalar>(_ e: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let one = S.Vector(repeating: 1)
    let size = S.magnitude(of: e)
    // cosh e − 1 = m²/(2(1 + m)) with m = exp(−|e|) − 1 keeps the digits of small residuals;
    // |e| + log(1 + exp(−2|e|)) − log 2 does not overflow for large ones.
    let m = S.expm1(S.Vector() - size)
    let small = S.log1p(m * m / (S.Vector(repeating: 2) * (one + m)))
    let large =
      size + S.log1p(S.exp(S.Vector(repeating: -2) * size))
      - S.Vector(repeating: S(0.693147180559945309))
    let tanh = S.tanh(e)
    return (S.choose(large, where: size, exceeds: one, else: small), tanh, one - tanh * tanh)
  }
}

/// q·(y − ŷ) where that is positive, else (q − 1)·(y − ŷ): the pinball loss.
public struct QuantileResidual: ResidualFunction {
  public let q: Double
  public init(q: Double) { self.q = q }
  @inlinable @inline(__always)
  public func evaluate<S: Scalar>(_ e: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let zero = S.Vector()
    let above = S.Vector(repeating: S(1 - q))
    let below = S.Vector(repeating: S(-q))
    // At 0 half of each side, as PyTorch's maximum has it; NaN stays NaN.
    let first = S.choose(
      above, where: e, exceeds: zero,
      else: S.choose(
        below, where: zero, exceeds: e, else: (above + below) * S.Vector(repeating: 0.5) + e))
    return (S.choose(above * e, where: e, exceeds: zero, else: below * e), first, zero)
  }
}

extension Kernels {
  /// −1, 0 or 1; NaN for NaN.
  @inlinable @inline(__always)
  public static func sign<S: Scalar>(_ x: S.Vector, as type: S.Type) -> S.Vector {
    let (zero, one) = (S.Vector(), S.Vector(repeating: 1))
    return S.choose(
      one, where: x, exceeds: zero,
      else: S.choose(zero - one, where: zero, exceeds: x, else: x + zero))
  }

  /// f, f′ and, where there is a place for it, f″ of e = y − target; returns Σ f.
  @inlinable public static func residuals<S: Scalar, F: ResidualFunction>(
    _ function: F, _ y: UnsafePointer<S>, target: UnsafePointer<S>,
    value: UnsafeMutablePointer<S>, first: UnsafeMutablePointer<S>,
    second: UnsafeMutablePointer<S>?, count: Int
  ) -> S {
    var sum = S.Vector()
    forEachVector(of: S.self, count) { i, lanes in
      let e = load(y, i, lanes) - load(target, i, lanes)
      let f = function.evaluate(e, as: S.self)
      store(f.value, value, i, lanes)
      store(f.first, first, i, lanes)
      if let second { store(f.second, second, i, lanes) }
      sum += f.value
    }
    return S.sum(sum)
  }
}
