import CProducts

extension Float: VectorMath {
  public typealias Vector = SIMD16<Float>
  @usableFromInline typealias Bits = SIMD16<Int32>

  /// The next step of Horner's scheme: p z + c, rounded once.
  @inlinable @inline(__always)
  static func horner(_ p: Vector, _ z: Vector, _ c: Float) -> Vector {
    Vector(repeating: c).addingProduct(p, z)
  }

  @inlinable @inline(__always) static func bits(_ x: Vector) -> Bits {
    unsafeBitCast(x, to: Bits.self)
  }

  @inlinable @inline(__always) static func float(_ bits: Bits) -> Vector {
    unsafeBitCast(bits, to: Vector.self)
  }

  @inlinable @inline(__always)
  public static func widened(_ x: Vector) -> SIMD16<Double> { SIMD16<Double>(x) }

  @inlinable @inline(__always)
  public static func larger(_ a: Vector, _ b: Vector) -> Vector {
    b.replacing(with: a, where: (a .> b) .| (a .!= a))
  }

  @inlinable @inline(__always)
  public static func smaller(_ a: Vector, _ b: Vector) -> Vector {
    b.replacing(with: a, where: (a .< b) .| (a .!= a))
  }

  @inlinable public static func power(_ x: Float, _ y: Float) -> Float { libraryPower(x, y) }

  /// x = n ln 2 + r with |r| ≤ ½ ln 2, and (eʳ − 1 − r) / r² as a minimax polynomial.
  @inlinable @inline(__always)
  static func reducedExp(_ x: Vector) -> (n: Bits, r: Vector, tail: Vector) {
    let rounder = Vector(repeating: 0x1.8p23)  // adding it leaves the whole number in the low bits
    let shifted = rounder.addingProduct(x, Vector(repeating: 1.442695041))
    let n = shifted - rounder
    var r = x.addingProduct(n, Vector(repeating: -0.693115234375))
    r = r.addingProduct(n, Vector(repeating: -3.194618329871446e-05))
    var p = Vector(repeating: 0.0013813143596053123)
    p = horner(p, r, 0.008369418792426586)
    p = horner(p, r, 0.04166845604777336)
    p = horner(p, r, 0.16666515171527863)
    p = horner(p, r, 0.4999999403953552)
    return (bits(shifted) &- 0x4b40_0000, r, p)
  }

  @inlinable @inline(__always) static func powerOfTwo(_ n: Bits) -> Vector {
    float((n &+ 127) &<< 23)
  }

  @inlinable @inline(__always) public static func exp(_ x: Vector) -> Vector {
    var x = x.replacing(with: 89, where: x .> 89)
    x.replace(with: -104, where: x .< -104)
    let (n, r, tail) = reducedExp(x)
    let result = (r + Vector(repeating: 1)).addingProduct(tail, r * r)
    // In two steps, so that subnormal results are right too.
    let half = n &>> 1
    return result * powerOfTwo(half) * powerOfTwo(n &- half)
  }

  @inlinable @inline(__always) public static func expm1(_ x: Vector) -> Vector {
    let clamped = x.replacing(with: -20, where: x .< -20)
      .replacing(with: 88, where: x .> 88)
    let (n, r, tail) = reducedExp(clamped)
    let scale = powerOfTwo(n)
    let result = (scale - 1).addingProduct(scale, r.addingProduct(tail, r * r))
    return result.replacing(with: exp(x), where: x .> 20)
      .replacing(with: x, where: magnitude(of: x) .< 0x1p-24)
  }

  @inlinable @inline(__always) public static func log(_ x: Vector) -> Vector {
    // Subnormal numbers are scaled up.
    let isSmall = x .< Float.leastNormalMagnitude
    let scaled = x.replacing(with: x * 0x1p25, where: isSmall)
    var result = logOfNormal(scaled, exponentShift: Vector().replacing(with: -25, where: isSmall))
    result.replace(with: -.infinity, where: x .== 0)
    result.replace(with: .nan, where: x .< 0)
    return result.replacing(with: x, where: .!(x .< .infinity))  // ∞ and NaN
  }

  /// ln x + exponentShift · ln 2 for positive, normal, finite x.
  @inlinable @inline(__always)
  static func logOfNormal(_ x: Vector, exponentShift: Vector) -> Vector {
    // x = 2ᵉ(1 + f), 1 + f between √½ and √2.
    let offset = bits(x) &- 0x3f35_04f3
    let exponent = offset &>> 23
    let f = float(bits(x) &- (exponent &<< 23)) - 1
    // An exponent as a float: below 2²² it fits the fraction of 1.5·2²³.
    let e = float(exponent &+ 0x4b40_0000) - 0x1.8p23 + exponentShift
    var p = Vector(repeating: -0.07640252542586136)
    p = horner(p, f, 0.1277032047510147)
    p = horner(p, f, -0.13162191212177277)
    p = horner(p, f, 0.14200733602046967)
    p = horner(p, f, -0.16623061895370483)
    p = horner(p, f, 0.20001259446144104)
    p = horner(p, f, -0.2500082850456238)
    p = horner(p, f, 0.3333333134651184)
    let square = f * f
    var low = p * square * f
    low = low.addingProduct(e, Vector(repeating: 3.194618329871446e-05))
    low = low.addingProduct(square, Vector(repeating: -0.5))
    return (low + f).addingProduct(e, Vector(repeating: 0.693115234375))
  }

  @inlinable @inline(__always) public static func log1p(_ x: Vector) -> Vector {
    let u = x + 1
    let isOrdinary = (u .>= Float.leastNormalMagnitude) .& (u .< .infinity)
    return log(u).replacing(with: log1pOfOrdinary(x), where: isOrdinary)
      .replacing(with: x, where: magnitude(of: x) .< 0x1p-24)
  }

  /// ln(1 + x) for 1 + x positive, normal, finite.
  @inlinable @inline(__always) static func log1pOfOrdinary(_ x: Vector) -> Vector {
    let u = x + 1
    // What the rounding of 1 + x lost: ln(u + c) ≈ ln u + c/u (Kahan).
    return logOfNormal(u, exponentShift: Vector()) + (x - (u - 1)) / u
  }

  @inlinable @inline(__always) public static func tanh(_ x: Vector) -> Vector { lai_tanh(x) }

  @inlinable @inline(__always) public static func sigmoid(_ x: Vector) -> Vector {
    let decay = exp(-magnitude(of: x))
    return Vector(repeating: 1).replacing(with: decay, where: x .< 0) / (decay + 1)
  }

  @inlinable @inline(__always) public static func softplus(_ x: Vector) -> Vector {
    let decay = exp(-magnitude(of: x))
    return x.replacing(with: 0, where: x .< 0) + log1pOfOrdinary(decay)
  }

  @inlinable @inline(__always) public static func sin(_ x: Vector) -> Vector {
    circular(x, quarterTurns: 0, library: librarySin)
  }

  @inlinable @inline(__always) public static func cos(_ x: Vector) -> Vector {
    circular(x, quarterTurns: 1, library: libraryCos)
  }

  @inlinable @inline(never)
  static func eachLane(_ x: Vector, _ body: (Double) -> Double) -> Vector {
    var result = Vector()
    for lane in 0..<Vector.scalarCount { result[lane] = Float(body(Double(x[lane]))) }
    return result
  }

  /// sin(x + quarterTurns · π/2); the C library's where x is too large for three words of π/2.
  @inlinable @inline(__always)
  static func circular(
    _ x: Vector, quarterTurns: Int32, library: (Double) -> Double
  ) -> Vector {
    let rounder = Vector(repeating: 0x1.8p23)
    let shifted = rounder.addingProduct(x, Vector(repeating: 0.6366197466850281))
    let n = shifted - rounder
    var r = x.addingProduct(n, Vector(repeating: -1.5707963705062866))
    r = r.addingProduct(n, Vector(repeating: 4.371138828673793e-08))
    r = r.addingProduct(n, Vector(repeating: 1.7151245100058819e-15))
    let z = r * r
    var sine = Vector(repeating: -0.00019516654720064253)
    sine = horner(sine, z, 0.008332173340022564)
    sine = horner(sine, z, -0.16666655242443085)
    sine = r.addingProduct(sine, z * r)
    var cosine = Vector(repeating: 2.4437729734927416e-05)
    cosine = horner(cosine, z, -0.001388736185617745)
    cosine = horner(cosine, z, 0.04166664555668831)
    cosine = horner(cosine, z, -0.5)
    cosine = horner(cosine, z, 1)
    let quadrant = bits(shifted) &+ quarterTurns
    var result = sine.replacing(with: cosine, where: (quadrant & 1) .== 1)
    result = float(bits(result) ^ ((quadrant & 2) &<< 30))
    let isLarge = .!(magnitude(of: x) .< 8192)
    if any(isLarge) { result.replace(with: eachLane(x, library), where: isLarge) }
    // The steps above lose the sign of −0.
    return quarterTurns == 0 ? result.replacing(with: x, where: x .== 0) : result
  }

  @inlinable @inline(__always) public static func normalCDF(_ x: Vector) -> Vector {
    // Φ(−t) = e^{−t²/2} R(t), R a minimax fit on 0…14.6, beyond which e^{−t²/2} is 0.
    var t = magnitude(of: x)
    t.replace(with: 14.6, where: t .> 14.6)
    var p = Vector(repeating: 0.004123780410736799)
    p = horner(p, t, 0.04068347439169884)
    p = horner(p, t, 0.18338406085968018)
    p = horner(p, t, 0.4384957551956177)
    p = horner(p, t, 0.5)
    var q = Vector(repeating: 0.010336666367948055)
    q = horner(q, t, 0.10198472440242767)
    q = horner(q, t, 0.46986380219459534)
    q = horner(q, t, 1.203121304512024)
    q = horner(q, t, 1.6748764514923096)
    q = horner(q, t, 1)
    // The rounding of t² would cost t²/4 ulp: its remainder goes in as a factor.
    let square = t * t
    let remainder = (-square).addingProduct(t, t)
    let decay = exp(square * -0.5)
    let tail = decay.addingProduct(decay, remainder * -0.5) * p / q
    return tail.replacing(with: 1 - tail, where: x .> 0)
  }

  @inlinable @inline(__always)
  public static func normalDistribution(_ x: Vector) -> Vector { normalCDF(x) }

  @inlinable @inline(__always) public static func normalMoment(_ x: Vector, _ k: Int) -> Vector {
    // Beyond 16 all moments are 0, even as subnormal numbers.
    let large = Vector(repeating: 16)
    var bounded = choose(large, where: x, exceeds: large, else: x)
    bounded.replace(with: -16, where: x .< -16)
    let square = bounded * bounded
    let remainder = (-square).addingProduct(bounded, bounded)
    // As a product of two, so that a subnormal density is rounded once.
    let decay = exp(square * -0.25)
    var factor = decay.addingProduct(decay, remainder * -0.5) * 0.3989422804014327
    for _ in 0..<k { factor *= bounded }
    return factor * decay
  }

  @inlinable @inline(__always) public static func gelu(_ x: Vector) -> Vector {
    (x * normalCDF(x)).replacing(with: 0, where: x .== -.infinity)
  }

  @inlinable @inline(__always) public static func silu(_ x: Vector) -> Vector {
    let result = x * sigmoid(x)
    let isSmall = x .< -80
    guard any(isSmall) else { return result }
    // Into the subnormal numbers in the last step only.
    let root = exp(x * 0.5)
    let bounded = x.replacing(with: -300, where: x .< -300)
    return result.replacing(with: bounded * root * root, where: isSmall)
  }
}
