import Foundation
import Kernels
import Testing

/// One function of `VectorMath` beside its value in the C library's double precision.
struct VectorFunction: CustomTestStringConvertible, Sendable {
  let name: String
  let allowedUlp: Double
  let float: @Sendable (SIMD16<Float>) -> SIMD16<Float>
  let double: @Sendable (SIMD8<Double>) -> SIMD8<Double>
  let exact: @Sendable (Double) -> Double
  /// Values at −∞ and ∞.
  let limits: (Double, Double)

  var testDescription: String { name }

  static let all = [
    VectorFunction(
      name: "exp", allowedUlp: 1.5, float: Float.exp, double: Double.exp, exact: { exp($0) },
      limits: (0, .infinity)),
    VectorFunction(
      name: "expm1", allowedUlp: 1.75, float: Float.expm1, double: Double.expm1,
      exact: { expm1($0) }, limits: (-1, .infinity)),
    VectorFunction(
      name: "log", allowedUlp: 1, float: Float.log, double: Double.log, exact: { log($0) },
      limits: (.nan, .infinity)),
    VectorFunction(
      name: "log1p", allowedUlp: 1.75, float: Float.log1p, double: Double.log1p,
      exact: { log1p($0) }, limits: (.nan, .infinity)),
    VectorFunction(
      name: "tanh", allowedUlp: 2.7, float: Float.tanh, double: Double.tanh, exact: { tanh($0) },
      limits: (-1, 1)),
    VectorFunction(
      name: "sigmoid", allowedUlp: 2.5, float: Float.sigmoid, double: Double.sigmoid,
      exact: { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }, limits: (0, 1)),
    VectorFunction(
      name: "softplus", allowedUlp: 2.5, float: Float.softplus, double: Double.softplus,
      exact: { $0 > 40 ? $0 : log1p(exp($0)) }, limits: (0, .infinity)),
    VectorFunction(
      name: "sin", allowedUlp: 1.75, float: Float.sin, double: Double.sin, exact: { sin($0) },
      limits: (.nan, .nan)),
    VectorFunction(
      name: "cos", allowedUlp: 1.75, float: Float.cos, double: Double.cos, exact: { cos($0) },
      limits: (.nan, .nan)),
    VectorFunction(
      name: "normalCDF", allowedUlp: 5.5, float: Float.normalCDF, double: Double.normalCDF,
      exact: { 0.5 * erfc(-$0 / 2.0.squareRoot()) }, limits: (0, 1)),
    VectorFunction(
      name: "gelu", allowedUlp: 6, float: Float.gelu, double: Double.gelu,
      exact: { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) }, limits: (0, .infinity)),
    VectorFunction(
      name: "silu", allowedUlp: 3.5, float: Float.silu, double: Double.silu,
      exact: { $0 < 0 ? $0 * exp($0) / (1 + exp($0)) : $0 / (1 + exp(-$0)) },
      limits: (0, .infinity)),
  ]
}

/// The error of `value` in units of the last place of `exact` as a Float.
func ulpDistance(_ value: Float, _ exact: Double) -> Double {
  let rounded = Float(exact)
  if value == rounded || (value.isNaN && exact.isNaN) { return 0 }
  guard value.isFinite, rounded.isFinite else { return .infinity }
  return abs(Double(value) - exact) / Double(rounded.ulp)
}

@Suite("VectorMath") struct VectorMathTests {
  /// Calls `body` with floats of every magnitude and sign, including subnormal ones, and with
  /// closely spaced ones between −100 and 100.
  static func forEachVector(step: UInt32 = 1021, _ body: (SIMD16<Float>) -> Void) {
    body([0, -0, 1, -1, 9.01, 9.02, -9.02, 88.72, 88.73, -103.9, -104.1, 20, 20.1, -20, 8192, 10])
    let lanes = SIMD16<UInt32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    for start in stride(from: UInt32(0), to: 0x7f80_0000 - 16 * step, by: Int(16 * step)) {
      let x = unsafeBitCast(lanes &* step &+ start, to: SIMD16<Float>.self)
      body(x)
      body(-x)
    }
    for start in 0..<12_500 { body((SIMD16<Float>(lanes) + Float(16 * start)) * 0.001 - 100) }
  }

  @Test("Float is within its ulps of Double", arguments: VectorFunction.all)
  func accuracy(_ function: VectorFunction) {
    var worst = 0.0
    var place: Float = 0
    Self.forEachVector { x in
      let y = function.float(x)
      for lane in 0..<16 {
        // x times a subnormal number cannot be more exact than that number.
        let exact = function.exact(Double(x[lane]))
        if abs(exact) < Double(Float.leastNormalMagnitude * abs(x[lane])),
          abs(Double(y[lane]) - exact) <= Double(Float.leastNonzeroMagnitude * abs(x[lane]))
        {
          continue
        }
        let distance = ulpDistance(y[lane], exact)
        if distance > worst { (worst, place) = (distance, x[lane]) }
      }
    }
    #expect(worst <= function.allowedUlp, "\(worst) ulp at \(place)")
  }

  @Test("Double agrees with the formula", arguments: VectorFunction.all)
  func doubles(_ function: VectorFunction) {
    for x in stride(from: -30.0, through: 30, by: 0.37) {
      let y = function.double(SIMD8(repeating: x))[7]
      let wanted = function.exact(x)
      // x² is the factor by which erfc amplifies a rounding error of its argument.
      let tolerance = 1e-15 * max(10, x * x) * abs(wanted)
      #expect(abs(y - wanted) <= tolerance || y.isNaN && wanted.isNaN, "at \(x)")
    }
  }

  @Test("NaN and infinities", arguments: VectorFunction.all)
  func extremes(_ function: VectorFunction) {
    for (x, wanted) in [
      (-Double.infinity, function.limits.0), (.infinity, function.limits.1), (.nan, .nan),
    ] {
      let single = function.float(SIMD16(repeating: Float(x)))[3]
      let double = function.double(SIMD8(repeating: x))[3]
      #expect(single == Float(wanted) || single.isNaN && wanted.isNaN, "float \(single) at \(x)")
      #expect(double == wanted || double.isNaN && wanted.isNaN, "double \(double) at \(x)")
    }
  }

  @Test("tanh is odd and saturates exactly") func tanhShape() {
    Self.forEachVector(step: 8191) { x in
      let (y, mirrored) = (Float.tanh(x), Float.tanh(-x))
      for lane in 0..<16 {
        #expect(y[lane] == -mirrored[lane] && abs(y[lane]) <= 1)
        #expect(abs(x[lane]) < 9.02 || abs(y[lane]) == 1)
      }
    }
  }

  @Test("signed zeros are kept") func zeros() {
    for f in [Float.tanh, Float.sin, Float.expm1, Float.log1p] {
      #expect(f(SIMD16(repeating: -0.0))[0].sign == .minus)
    }
  }

  @Test("an element's result does not depend on its place", arguments: [1, 15, 16, 17, 35])
  func places(count: Int) {
    let x = (0..<count).map { Float($0) * 0.7 - 5 }
    var out = [Float](repeating: -7, count: count + 1)
    out.withUnsafeMutableBufferPointer { Kernels.tanh(x, $0.baseAddress!, count) }
    for i in 0..<count { #expect(out[i] == Float.tanh(SIMD16(repeating: x[i]))[0]) }
    #expect(out[count] == -7)
    var doubles = [Double](repeating: 0, count: count)
    doubles.withUnsafeMutableBufferPointer {
      Kernels.exp(x.map(Double.init), $0.baseAddress!, count)
    }
    #expect(doubles == x.map { exp(Double($0)) })
  }
}
