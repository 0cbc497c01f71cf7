// Steps are in elements: 1 for neighbours, 0 to read one element again and again.

extension Kernels {
  /// x[i·step] for a whole vector of i.
  @inlinable @inline(__always) static func load<S: Scalar>(
    _ x: UnsafePointer<S>, _ step: Int, _ i: Int
  ) -> S.Vector {
    if step == 1 { return UnsafeRawPointer(x + i).loadUnaligned(as: S.Vector.self) }
    if step == 0 { return S.Vector(repeating: x[0]) }
    return loadPart(x, step, i, S.Vector.scalarCount)
  }

  /// The first `lanes` of the above, the others 0.
  @inlinable @inline(__always) static func loadPart<S: Scalar>(
    _ x: UnsafePointer<S>, _ step: Int, _ i: Int, _ lanes: Int
  ) -> S.Vector {
    var vector = S.Vector()
    for lane in 0..<lanes { vector[lane] = x[(i + lane) * step] }
    return vector
  }

  /// out[i] ← f(a[i·aStep], b[i·bStep]), a vector at a time.
  @inlinable @inline(__always) public static func zip<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int, _ body: (S.Vector, S.Vector) -> S.Vector
  ) {
    let width = S.Vector.scalarCount
    var i = 0
    while i <= count - width {
      let result = body(load(a, aStep, i), load(b, bStep, i))
      UnsafeMutableRawPointer(out + i).storeBytes(of: result, as: S.Vector.self)
      i += width
    }
    guard i < count else { return }
    let result = body(loadPart(a, aStep, i, count - i), loadPart(b, bStep, i, count - i))
    for lane in 0..<(count - i) { out[i + lane] = result[lane] }
  }

  /// out[i] ← condition[i·step] ≠ 0 ? a[i·aStep] : b[i·bStep]. NaN is not 0.
  @inlinable public static func choose<S: Scalar>(
    _ condition: UnsafePointer<S>, _ step: Int, _ a: UnsafePointer<S>, _ aStep: Int,
    _ b: UnsafePointer<S>, _ bStep: Int, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) {
    for i in 0..<count { out[i] = condition[i * step] != 0 ? a[i * aStep] : b[i * bStep] }
  }

  /// out[i] ← x[i·step].
  @inlinable public static func copy<S: Scalar>(
    _ x: UnsafePointer<S>, _ step: Int, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) {
    if step == 1 {
      out.update(from: x, count: count)
    } else {
      for i in 0..<count { out[i] = x[i * step] }
    }
  }

  /// out[i] ← x[i·step], rounded to the other type.
  @inlinable public static func convert<From: Scalar, To: Scalar>(
    _ x: UnsafePointer<From>, _ step: Int, _ out: UnsafeMutablePointer<To>, _ count: Int
  ) {
    for i in 0..<count { out[i] = To(x[i * step]) }
  }

  /// out[i·step] ← value.
  @inlinable public static func fill<S: Scalar>(
    _ value: S, _ out: UnsafeMutablePointer<S>, _ step: Int, _ count: Int
  ) {
    for i in 0..<count { out[i * step] = value }
  }
}

// MARK: - One operand

extension Kernels {
  /// out ← −x.
  @inlinable public static func negate<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { -$0 } }

  /// out ← |x|.
  @inlinable public static func magnitude<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.magnitude($0) } }

  /// out ← −1, 0 or 1; NaN stays.
  @inlinable public static func sign<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) {
    map(x, out, count) {
      $0.replacing(with: 1, where: $0 .> 0).replacing(with: -1, where: $0 .< 0)
    }
  }

  /// out ← √x; NaN below 0.
  @inlinable public static func squareRoot<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.squareRoot($0) } }

  /// out ← max(x, 0); NaN stays.
  @inlinable public static func relu<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { $0.replacing(with: 0, where: $0 .< 0) } }

  /// out ← x held between two bounds; NaN stays. The upper bound wins where they cross.
  @inlinable public static func clamp<S: Scalar>(
    _ x: UnsafePointer<S>, _ lower: S, _ upper: S, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) {
    map(x, out, count) {
      let raised = $0.replacing(with: lower, where: $0 .< lower)
      return raised.replacing(with: upper, where: raised .> upper)
    }
  }
}

// MARK: - Two operands

extension Kernels {
  /// out ← a + b.
  @inlinable public static func add<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 + $1 } }

  /// out ← a − b.
  @inlinable public static func subtract<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 - $1 } }

  /// out ← a b.
  @inlinable public static func multiply<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 * $1 } }

  /// out ← a / b.
  @inlinable public static func divide<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 / $1 } }

  /// out ← aᵇ, as the C library has it; a² as a product.
  @inlinable public static func power<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) {
    if bStep == 0, count > 0, b[0] == 2 {
      zip(a, aStep, b, bStep, out, count) { base, _ in base * base }
    } else {
      for i in 0..<count { out[i] = S.power(a[i * aStep], b[i * bStep]) }
    }
  }

  /// out ← max(a, b); NaN when either is.
  @inlinable public static func maximum<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { larger($0, $1) } }

  /// out ← min(a, b); NaN when either is.
  @inlinable public static func minimum<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { smaller($0, $1) } }

  @inlinable @inline(__always)
  static func larger<V: SIMD>(_ a: V, _ b: V) -> V where V.Scalar: BinaryFloatingPoint {
    b.replacing(with: a, where: (a .> b) .| (a .!= a))
  }

  @inlinable @inline(__always)
  static func smaller<V: SIMD>(_ a: V, _ b: V) -> V where V.Scalar: BinaryFloatingPoint {
    b.replacing(with: a, where: (a .< b) .| (a .!= a))
  }

  /// out ← 1 where a > b, else 0.
  @inlinable public static func greater<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { compare(a, aStep, b, bStep, out, count) { $0 .> $1 } }

  /// out ← 1 where a ≥ b, else 0.
  @inlinable public static func greaterOrEqual<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { compare(a, aStep, b, bStep, out, count) { $0 .>= $1 } }

  /// out ← 1 where a < b, else 0.
  @inlinable public static func less<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { compare(a, aStep, b, bStep, out, count) { $0 .< $1 } }

  /// out ← 1 where a ≤ b, else 0.
  @inlinable public static func lessOrEqual<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { compare(a, aStep, b, bStep, out, count) { $0 .<= $1 } }

  /// out ← 1 where a = b, else 0.
  @inlinable public static func equal<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { compare(a, aStep, b, bStep, out, count) { $0 .== $1 } }

  /// out ← 1 where a ≠ b, else 0.
  @inlinable public static func notEqual<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { compare(a, aStep, b, bStep, out, count) { $0 .!= $1 } }

  @inlinable @inline(__always) static func compare<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int,
    _ body: (S.Vector, S.Vector) -> SIMDMask<S.Vector.MaskStorage>
  ) {
    zip(a, aStep, b, bStep, out, count) {
      S.Vector(repeating: 0).replacing(with: 1, where: body($0, $1))
    }
  }
}
