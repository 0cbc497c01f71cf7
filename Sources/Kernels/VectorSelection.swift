import CBLAS

/// One instruction each for what generic code over `SIMD` would do lane by lane.
public protocol VectorSelection: VectorMath {
  /// a·b + c, rounded once.
  static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector
  static func squareRoot(_ x: Vector) -> Vector
  static func magnitude(of x: Vector) -> Vector
  /// −x, with the sign of a zero changed too: Swift's prefix minus of a vector is 0 − x.
  static func negative(_ x: Vector) -> Vector
  /// The sum of the elements, always in the same order.
  static func sum(_ x: Vector) -> Self
  /// y[j][i] ← x[i][j] for a square as wide as a vector; rows are `xStep` and `yStep` apart.
  static func transposeSquare(
    _ x: UnsafePointer<Self>, _ xStep: Int, _ y: UnsafeMutablePointer<Self>, _ yStep: Int)
  /// `a` where x > y; `b` elsewhere, also where either is NaN.
  static func choose(_ a: Vector, where x: Vector, exceeds y: Vector, else b: Vector) -> Vector
}

extension Float: VectorSelection {
  @inlinable @inline(__always)
  public static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    lai_fma_float16(a, b, c)
  }
  @inlinable @inline(__always)
  public static func squareRoot(_ x: Vector) -> Vector { lai_sqrt_float16(x) }
  @inlinable @inline(__always)
  public static func magnitude(of x: Vector) -> Vector { lai_abs_float16(x) }
  @inlinable @inline(__always)
  public static func negative(_ x: Vector) -> Vector { lai_neg_float16(x) }
  @inlinable @inline(__always)
  public static func sum(_ x: Vector) -> Self {
    let eight = x.lowHalf + x.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
  @inlinable @inline(__always)
  public static func transposeSquare(
    _ x: UnsafePointer<Self>, _ xStep: Int, _ y: UnsafeMutablePointer<Self>, _ yStep: Int
  ) { lai_transpose_float16(x, xStep, y, yStep) }
  @inlinable @inline(__always)
  public static func choose(
    _ a: Vector, where x: Vector, exceeds y: Vector, else b: Vector
  ) -> Vector { b.replacing(with: a, where: x .> y) }
}

extension Double: VectorSelection {
  @inlinable @inline(__always)
  public static func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    lai_fma_double8(a, b, c)
  }
  @inlinable @inline(__always)
  public static func squareRoot(_ x: Vector) -> Vector { lai_sqrt_double8(x) }
  @inlinable @inline(__always)
  public static func magnitude(of x: Vector) -> Vector { lai_abs_double8(x) }
  @inlinable @inline(__always)
  public static func negative(_ x: Vector) -> Vector { lai_neg_double8(x) }
  @inlinable @inline(__always)
  public static func sum(_ x: Vector) -> Self {
    let four = x.lowHalf + x.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
  @inlinable @inline(__always)
  public static func transposeSquare(
    _ x: UnsafePointer<Self>, _ xStep: Int, _ y: UnsafeMutablePointer<Self>, _ yStep: Int
  ) { lai_transpose_double8(x, xStep, y, yStep) }
  @inlinable @inline(__always)
  public static func choose(
    _ a: Vector, where x: Vector, exceeds y: Vector, else b: Vector
  ) -> Vector { b.replacing(with: a, where: x .> y) }
}

extension Kernels {
  /// Calls `body` with each position at which a vector starts and the number of its elements,
  /// which is the full width for all but perhaps the last.
  @inlinable @inline(__always)
  public static func forEachVector<S: Scalar>(
    of type: S.Type, _ count: Int, _ body: (_ position: Int, _ lanes: Int) -> Void
  ) {
    let width = S.Vector.scalarCount
    var position = 0
    while position &+ width <= count {
      body(position, width)
      position &+= width
    }
    if position < count { body(position, count &- position) }
  }

  /// The first `lanes` elements at an address; zeros behind.
  @inlinable @inline(__always)
  public static func load<S: Scalar>(
    _ address: UnsafePointer<S>, _ position: Int, _ lanes: Int
  ) -> S.Vector {
    if lanes == S.Vector.scalarCount {
      return UnsafeRawPointer(address + position).loadUnaligned(as: S.Vector.self)
    }
    var vector = S.Vector()
    for lane in 0..<lanes { vector[lane] = address[position &+ lane] }
    return vector
  }

  /// Writes the first `lanes` elements of a vector.
  @inlinable @inline(__always)
  public static func store<S: Scalar>(
    _ vector: S.Vector, _ address: UnsafeMutablePointer<S>, _ position: Int, _ lanes: Int
  ) {
    if lanes == S.Vector.scalarCount {
      UnsafeMutableRawPointer(address + position).storeBytes(of: vector, as: S.Vector.self)
      return
    }
    for lane in 0..<lanes { address[position &+ lane] = vector[lane] }
  }
}
