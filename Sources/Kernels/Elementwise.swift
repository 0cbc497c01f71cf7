// Steps are in elements: 1 for neighbours, 0 to read the same element each time.

extension Kernels {
  /// x[i·step] for a whole vector of i.
  @inlinable @inline(__always) static func gather<S: Scalar>(
    _ x: UnsafePointer<S>, _ step: Int, _ i: Int
  ) -> S.Vector {
    if step == 1 { return UnsafeRawPointer(x + i).loadUnaligned(as: S.Vector.self) }
    if step == 0 { return S.Vector(repeating: x[0]) }
    return gatherPart(x, step, i, S.Vector.scalarCount)
  }

  /// The first `lanes` of the above, the others 0.
  @inlinable @inline(__always) static func gatherPart<S: Scalar>(
    _ x: UnsafePointer<S>, _ step: Int, _ i: Int, _ lanes: Int
  ) -> S.Vector {
    var vector = S.Vector()
    for lane in 0..<lanes { vector[lane] = x[(i + lane) * step] }
    return vector
  }

  /// out[i] ← f(a[i·aStep], b[i·bStep]). The usual steps have loops of their own, which the
  /// compiler vectorises as long as `f` is plain arithmetic.
  @inlinable @inline(__always) public static func zip<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int, _ body: (S, S) -> S
  ) {
    guard count > 0 else { return }
    switch (aStep, bStep) {
    case (1, 1):
      for i in 0..<count { out[i] = body(a[i], b[i]) }
    case (1, 0):
      let number = b[0]
      for i in 0..<count { out[i] = body(a[i], number) }
    case (0, 1):
      let number = a[0]
      for i in 0..<count { out[i] = body(number, b[i]) }
    default:
      for i in 0..<count { out[i] = body(a[i &* aStep], b[i &* bStep]) }
    }
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

  /// out[i·outStep] ← x[i·step].
  @inlinable public static func copy<S: Scalar>(
    _ x: UnsafePointer<S>, _ step: Int, _ out: UnsafeMutablePointer<S>, _ outStep: Int,
    _ count: Int
  ) {
    if outStep == 1 { return copy(x, step, out, count) }
    for i in 0..<count { out[i * outStep] = x[i * step] }
  }

  /// out[j][i] ← x[i][j]; out is [columns][rows] without gaps, the rows of x are `step` apart.
  @inlinable public static func transpose<S: Scalar>(
    _ x: UnsafePointer<S>, _ step: Int, rows: Int, columns: Int, _ out: UnsafeMutablePointer<S>
  ) {
    let width = S.Vector.scalarCount
    let (squareRows, squareColumns) = (rows / width * width, columns / width * width)
    for i in stride(from: 0, to: squareRows, by: width) {
      for j in stride(from: 0, to: squareColumns, by: width) {
        S.transposeSquare(x + i * step + j, step, out + j * rows + i, rows)
      }
    }
    for j in 0..<columns {
      for i in (j < squareColumns ? squareRows : 0)..<rows { out[j * rows + i] = x[i * step + j] }
    }
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
  ) { map(x, out, count) { S.negative($0) } }

  /// out ← |x|.
  @inlinable public static func magnitude<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.magnitude(of: $0) } }

  /// out ← −1, 0 or 1; NaN stays.
  @inlinable public static func sign<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) {
    for i in 0..<count {
      let value = x[i]
      out[i] = value > 0 ? 1 : value < 0 ? -1 : value
    }
  }

  /// out ← x, with +0 for −0 and NaN below 0: where a function on x ≥ 0 has a derivative.
  @inlinable public static func nonNegative<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { for i in 0..<count { out[i] = x[i] < 0 ? .nan : x[i] + 0 } }

  /// out ← 1 where x > 0, else 0; NaN stays.
  @inlinable public static func step<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { for i in 0..<count { out[i] = x[i] > 0 ? 1 : x[i] <= 0 ? 0 : x[i] } }

  /// out ← √x; NaN below 0.
  @inlinable public static func squareRoot<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.squareRoot($0) } }

  /// out ← x².
  @inlinable public static func square<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { $0 * $0 } }

  /// out ← 1 / x.
  @inlinable public static func reciprocal<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { map(x, out, count) { S.Vector(repeating: 1) / $0 } }

  /// out ← the next whole number below.
  @inlinable public static func floor<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { for i in 0..<count { out[i] = x[i].rounded(.down) } }

  /// out ← the next whole number above.
  @inlinable public static func ceil<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { for i in 0..<count { out[i] = x[i].rounded(.up) } }

  /// out ← the nearest whole number; the even one of two equally near.
  @inlinable public static func round<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { for i in 0..<count { out[i] = x[i].rounded(.toNearestOrEven) } }

  /// out ← 1 where x is NaN, else 0.
  @inlinable public static func isNaN<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { for i in 0..<count { out[i] = x[i] != x[i] ? 1 : 0 } }

  /// out ← 0 where x is infinite or NaN, else 1.
  @inlinable public static func isFinite<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { for i in 0..<count { out[i] = x[i] - x[i] == 0 ? 1 : 0 } }

  /// out ← max(x, 0); NaN stays.
  @inlinable public static func relu<S: Scalar>(
    _ x: UnsafePointer<S>, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { for i in 0..<count { out[i] = x[i] < 0 ? 0 : x[i] } }

  /// out ← x clamped to two bounds; NaN stays. The upper bound wins where they cross.
  @inlinable public static func clamp<S: Scalar>(
    _ x: UnsafePointer<S>, _ lower: S, _ upper: S, _ out: UnsafeMutablePointer<S>, _ count: Int
  ) {
    for i in 0..<count {
      let raised = x[i] < lower ? lower : x[i]
      out[i] = raised > upper ? upper : raised
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
  ) { zip(a, aStep, b, bStep, out, count) { $0 > $1 || $0 != $0 ? $0 : $1 } }

  /// out ← min(a, b); NaN when either is.
  @inlinable public static func minimum<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 < $1 || $0 != $0 ? $0 : $1 } }

  /// out ← 1 where a > b, ½ where they are equal, else 0; NaN when either is.
  @inlinable public static func share<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 > $1 ? 1 : $0 < $1 ? 0 : $0 == $1 ? 0.5 : .nan } }

  /// out ← 1 where a > b, else 0.
  @inlinable public static func greater<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 > $1 ? 1 : 0 } }

  /// out ← 1 where a ≥ b, else 0.
  @inlinable public static func greaterOrEqual<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 >= $1 ? 1 : 0 } }

  /// out ← 1 where a < b, else 0.
  @inlinable public static func less<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 < $1 ? 1 : 0 } }

  /// out ← 1 where a ≤ b, else 0.
  @inlinable public static func lessOrEqual<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 <= $1 ? 1 : 0 } }

  /// out ← 1 where a = b, else 0.
  @inlinable public static func equal<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 == $1 ? 1 : 0 } }

  /// out ← 1 where a ≠ b, else 0.
  @inlinable public static func notEqual<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int
  ) { zip(a, aStep, b, bStep, out, count) { $0 != $1 ? 1 : 0 } }
}
