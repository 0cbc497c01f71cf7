/// The elementary functions of a number type, a vector at a time.
///
/// `Float` has vector code (within 2.5 ulp; `tanh` 2.7, `silu` 3.5, `normalCDF` and `gelu` 6),
/// `Double` calls the C library for each lane. NaN gives NaN, infinities give the limits.
public protocol VectorMath: SIMDScalar, Codable, Hashable {
  /// The elements that the kernels handle at once: 64 bytes.
  associatedtype Vector: SIMD where Vector.Scalar == Self

  /// A vector's elements in double precision, in which sums are taken.
  associatedtype Wide: SIMD where Wide.Scalar == Double
  static func widened(_ x: Vector) -> Wide

  /// The larger, element by element; NaN when either is.
  static func larger(_ a: Vector, _ b: Vector) -> Vector
  /// The smaller, element by element; NaN when either is.
  static func smaller(_ a: Vector, _ b: Vector) -> Vector
  /// xʸ, by the C library.
  static func power(_ x: Self, _ y: Self) -> Self
  /// eˣ.
  static func exp(_ x: Vector) -> Vector
  /// eˣ − 1, without cancellation near 0.
  static func expm1(_ x: Vector) -> Vector
  /// The natural logarithm; −∞ at 0, NaN below.
  static func log(_ x: Vector) -> Vector
  /// ln(1 + x), without cancellation near 0.
  static func log1p(_ x: Vector) -> Vector
  /// The hyperbolic tangent: odd, and exactly ±1 from where it rounds so.
  static func tanh(_ x: Vector) -> Vector
  /// 1 / (1 + e⁻ˣ).
  static func sigmoid(_ x: Vector) -> Vector
  /// ln(1 + eˣ).
  static func softplus(_ x: Vector) -> Vector
  /// The sine of x radians.
  static func sin(_ x: Vector) -> Vector
  /// The cosine of x radians.
  static func cos(_ x: Vector) -> Vector
  /// Φ(x) = ½ erfc(−x/√2), the distribution function of the standard normal, for the training step.
  /// For `Double`, the argument's rounding costs x² ulp in the lower tail.
  static func normalCDF(_ x: Vector) -> Vector
  /// Φ(x), within a few ulp in both tails.
  static func normalDistribution(_ x: Vector) -> Vector
  /// xᵏ φ(x) with φ the standard normal's density; 0 at infinities.
  static func normalMoment(_ x: Vector, _ k: Int) -> Vector
  /// Exact Gaussian error linear unit: x Φ(x) (Hendrycks and Gimpel, 2016).
  static func gelu(_ x: Vector) -> Vector
  /// x sigmoid(x) (Elfwing et al., 2017).
  static func silu(_ x: Vector) -> Vector
}

extension Kernels {
  /// out[i] ← f(x[i]), one vector at a time. The last, partial vector is filled up with zeros, so
  /// that an element's result does not depend on its place.
  @inlinable @inline(__always) public static func map<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int,
    _ body: (S.Vector) -> S.Vector
  ) {
    let width = S.Vector.scalarCount
    let source = UnsafeRawPointer(x)
    let target = UnsafeMutableRawPointer(out)
    let size = MemoryLayout<S>.stride
    var i = 0
    while i <= count - width {
      let vector = source.loadUnaligned(fromByteOffset: i * size, as: S.Vector.self)
      target.storeBytes(of: body(vector), toByteOffset: i * size, as: S.Vector.self)
      i += width
    }
    guard i < count else { return }
    var rest = S.Vector()
    for lane in 0..<(count - i) { rest[lane] = x[i + lane] }
    let result = body(rest)
    for lane in 0..<(count - i) { out[i + lane] = result[lane] }
  }

  /// out ← eˣ.
  @inlinable public static func exp<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.exp($0) } }

  /// out ← eˣ − 1.
  @inlinable public static func expm1<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.expm1($0) } }

  /// out ← ln x.
  @inlinable public static func log<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.log($0) } }

  /// out ← ln(1 + x).
  @inlinable public static func log1p<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.log1p($0) } }

  /// out ← Φ(x).
  @inlinable public static func normalCDF<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.normalDistribution($0) } }

  /// out ← xᵏ φ(x); 0 at infinities.
  @inlinable public static func normalMoment<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int, power k: Int
  ) { map(x, out, count) { S.normalMoment($0, k) } }

  /// out ← sigmoid(x) sigmoid(−x), the logistic density.
  @inlinable public static func logisticDensity<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { logisticDensity($0, as: S.self) } }

  /// out ← x times the logistic density; 0 at infinities.
  @inlinable public static func logisticMoment<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) {
    map(x, out, count) { x in
      // Where the density is 0 in any case.
      let size = S.magnitude(of: x)
      let bounded = S.choose(
        S.Vector(repeating: 1), where: size, exceeds: S.Vector(repeating: 1000), else: x)
      return bounded * logisticDensity(x, as: S.self)
    }
  }

  @inlinable @inline(__always) static func logisticDensity<S: Scalar>(
    _ x: S.Vector, as type: S.Type
  ) -> S.Vector {
    let decay = S.exp(S.negative(S.magnitude(of: x)))
    let sum = decay + S.Vector(repeating: 1)
    return decay / (sum * sum)
  }

  /// out ← tanh x.
  @inlinable public static func tanh<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.tanh($0) } }

  /// out ← 1 / (1 + e⁻ˣ).
  @inlinable public static func sigmoid<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.sigmoid($0) } }

  /// out ← ln(1 + eˣ).
  @inlinable public static func softplus<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.softplus($0) } }

  /// out ← sin x.
  @inlinable public static func sin<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.sin($0) } }

  /// out ← cos x.
  @inlinable public static func cos<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.cos($0) } }

  /// out ← x Φ(x).
  @inlinable public static func gelu<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.gelu($0) } }

  /// out ← x sigmoid(x).
  @inlinable public static func silu<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.silu($0) } }
}
