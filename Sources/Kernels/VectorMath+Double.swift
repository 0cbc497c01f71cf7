public import Platform

// The C library's functions under names that the static members below do not hide.
@inlinable func libraryExp(_ x: Double) -> Double { exp(x) }
@inlinable func libraryExpm1(_ x: Double) -> Double { expm1(x) }
@inlinable func libraryLog(_ x: Double) -> Double { log(x) }
@inlinable func libraryLog1p(_ x: Double) -> Double { log1p(x) }
@inlinable func libraryTanh(_ x: Double) -> Double { tanh(x) }
@inlinable func librarySin(_ x: Double) -> Double { sin(x) }
@inlinable func libraryCos(_ x: Double) -> Double { cos(x) }
@inlinable func libraryPower(_ x: Double, _ y: Double) -> Double { pow(x, y) }
@inlinable func libraryPower(_ x: Float, _ y: Float) -> Float { powf(x, y) }
@inlinable func libraryErfc(_ x: Double) -> Double { erfc(x) }

extension Double: VectorMath {
  public typealias Vector = SIMD8<Double>

  @inlinable @inline(__always) public static func widened(_ x: Vector) -> Vector { x }

  @inlinable @inline(__always)
  public static func larger(_ a: Vector, _ b: Vector) -> Vector {
    b.replacing(with: a, where: (a .> b) .| (a .!= a))
  }

  @inlinable @inline(__always)
  public static func smaller(_ a: Vector, _ b: Vector) -> Vector {
    b.replacing(with: a, where: (a .< b) .| (a .!= a))
  }

  @inlinable public static func power(_ x: Double, _ y: Double) -> Double { libraryPower(x, y) }

  @inlinable static func eachLane(_ x: Vector, _ body: (Double) -> Double) -> Vector {
    var result = Vector()
    for lane in 0..<Vector.scalarCount { result[lane] = body(x[lane]) }
    return result
  }

  @inlinable public static func exp(_ x: Vector) -> Vector { eachLane(x, libraryExp) }
  @inlinable public static func expm1(_ x: Vector) -> Vector { eachLane(x, libraryExpm1) }
  @inlinable public static func log(_ x: Vector) -> Vector { eachLane(x, libraryLog) }
  @inlinable public static func log1p(_ x: Vector) -> Vector { eachLane(x, libraryLog1p) }
  @inlinable public static func tanh(_ x: Vector) -> Vector { eachLane(x, libraryTanh) }
  @inlinable public static func sin(_ x: Vector) -> Vector { eachLane(x, librarySin) }
  @inlinable public static func cos(_ x: Vector) -> Vector { eachLane(x, libraryCos) }

  @inlinable public static func sigmoid(_ x: Vector) -> Vector {
    eachLane(x) {
      let decay = libraryExp(-Swift.abs($0))
      return ($0 < 0 ? decay : 1) / (1 + decay)
    }
  }

  @inlinable public static func softplus(_ x: Vector) -> Vector {
    eachLane(x) { ($0 > 0 || $0.isNaN ? $0 : 0) + libraryLog1p(libraryExp(-Swift.abs($0))) }
  }

  @inlinable public static func normalCDF(_ x: Vector) -> Vector {
    eachLane(x) { 0.5 * libraryErfc(-$0 * 0.5.squareRoot()) }
  }

  @inlinable public static func silu(_ x: Vector) -> Vector {
    eachLane(x) {
      // Into the subnormal numbers in the last step only.
      if $0 < -700 { return Swift.max($0, -2000) * libraryExp(0.5 * $0) * libraryExp(0.5 * $0) }
      let decay = libraryExp(-Swift.abs($0))
      return $0 * (($0 < 0 ? decay : 1) / (1 + decay))
    }
  }
}
