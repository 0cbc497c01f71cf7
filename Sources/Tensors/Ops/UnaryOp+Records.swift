import Kernels

extension UnaryOp {
  /// Every elementwise function of one tensor.
  public static let all: [UnaryOp] = [
    neg, exp, expm1, log, log1p, sqrt, square, reciprocal, abs, sign, floor, ceil, round, sin, cos,
    tanh, sigmoid, relu, softplus, gelu, silu, normalCDF, isnan, isfinite,
  ]

  public static let neg = UnaryOp(
    "neg", "Minus x, elementwise.", domain: -2...2,
    float: Kernels.negate, double: Kernels.negate,
    vjp: { try -$0.cotangent })
  public static let exp = UnaryOp(
    "exp", "e to the x, elementwise.", domain: -2...2,
    float: Kernels.exp, double: Kernels.exp,
    vjp: { try $0.cotangent * $0.result })
  public static let log = UnaryOp(
    "log", "Natural logarithm, elementwise: -inf at 0, NaN below.", domain: 0.1...4,
    float: Kernels.log, double: Kernels.log,
    vjp: { try $0.cotangent / $0.x })
  public static let sqrt = UnaryOp(
    "sqrt", "Square root, elementwise: NaN below 0.", domain: 0.1...4,
    float: Kernels.squareRoot, double: Kernels.squareRoot,
    vjp: { try $0.cotangent / ($0.result * 2) })
  public static let abs = UnaryOp(
    "abs", "Absolute value, elementwise.", domain: 0.1...3,
    float: Kernels.magnitude, double: Kernels.magnitude,
    vjp: { try $0.cotangent * $0.x.sign() })
  public static let sign = UnaryOp(
    "sign", "-1, 0 or 1, elementwise.", domain: 0.1...3,
    float: Kernels.sign, double: Kernels.sign,
    vjp: nil)
  public static let sin = UnaryOp(
    "sin", "Sine of x radians, elementwise.", domain: -3...3,
    float: Kernels.sin, double: Kernels.sin,
    vjp: { try $0.cotangent * $0.x.cos() })
  public static let cos = UnaryOp(
    "cos", "Cosine of x radians, elementwise.", domain: -3...3,
    float: Kernels.cos, double: Kernels.cos,
    vjp: { try -($0.cotangent * $0.x.sin()) })
  public static let tanh = UnaryOp(
    "tanh", "Hyperbolic tangent, elementwise.", domain: -2...2,
    float: Kernels.tanh, double: Kernels.tanh,
    vjp: { try $0.cotangent * (1 - $0.result * $0.result) })
  public static let sigmoid = UnaryOp(
    "sigmoid", "1 / (1 + exp(-x)), elementwise.", domain: -4...4,
    float: Kernels.sigmoid, double: Kernels.sigmoid,
    vjp: { try $0.cotangent * ($0.result * (1 - $0.result)) })
  public static let relu = UnaryOp(
    "relu", "x where it is positive, else 0.", domain: 0.1...3,
    float: Kernels.relu, double: Kernels.relu,
    vjp: { try $0.cotangent * $0.x.gt(0) })
  public static let softplus = UnaryOp(
    "softplus", "log(1 + exp(x)), elementwise.", domain: -4...4,
    float: Kernels.softplus, double: Kernels.softplus,
    vjp: { try $0.cotangent * $0.x.sigmoid() })
  public static let gelu = UnaryOp(
    "gelu", "x times the standard normal's distribution function: the exact GELU.", domain: -4...4,
    float: Kernels.gelu, double: Kernels.gelu,
    vjp: { try $0.cotangent * ($0.x.normalCDF() + $0.x * normalDensity($0.x)) })
  public static let silu = UnaryOp(
    "silu", "x sigmoid(x), elementwise.", domain: -4...4,
    float: Kernels.silu, double: Kernels.silu,
    vjp: {
      let sigmoid = try $0.x.sigmoid()
      return try $0.cotangent * (sigmoid * (1 + $0.x * (1 - sigmoid)))
    })
  public static let expm1 = UnaryOp(
    "expm1", "e to the x minus 1, elementwise, exact near 0.", domain: -2...2,
    float: Kernels.expm1, double: Kernels.expm1,
    vjp: { try $0.cotangent * ($0.result + 1) })
  public static let log1p = UnaryOp(
    "log1p", "log(1 + x), elementwise, exact near 0.", domain: -0.8...3,
    float: Kernels.log1p, double: Kernels.log1p,
    vjp: { try $0.cotangent / ($0.x + 1) })
  public static let square = UnaryOp(
    "square", "x times x, elementwise.", domain: -2...2,
    float: Kernels.square, double: Kernels.square,
    vjp: { try $0.cotangent * ($0.x * 2) })
  public static let reciprocal = UnaryOp(
    "reciprocal", "1 / x, elementwise.", domain: 0.2...2,
    float: Kernels.reciprocal, double: Kernels.reciprocal,
    vjp: { try -($0.cotangent * $0.result.square()) })
  public static let floor = UnaryOp(
    "floor", "The next whole number below, elementwise.", domain: 0.1...0.9,
    float: Kernels.floor, double: Kernels.floor, vjp: nil)
  public static let ceil = UnaryOp(
    "ceil", "The next whole number above, elementwise.", domain: 0.1...0.9,
    float: Kernels.ceil, double: Kernels.ceil, vjp: nil)
  public static let round = UnaryOp(
    "round", "The nearest whole number, the even one of two, elementwise.", domain: 0.6...1.4,
    float: Kernels.round, double: Kernels.round, vjp: nil)
  public static let normalCDF = UnaryOp(
    "normal_cdf", "The standard normal's distribution function, elementwise.", domain: -3...3,
    float: Kernels.normalCDF, double: Kernels.normalCDF,
    vjp: { try $0.cotangent * normalDensity($0.x) })
  public static let isnan = UnaryOp(
    "isnan", "1 where x is NaN, else 0.", domain: -2...2,
    float: Kernels.isNaN, double: Kernels.isNaN, vjp: nil)
  public static let isfinite = UnaryOp(
    "isfinite", "0 where x is infinite or NaN, else 1.", domain: -2...2,
    float: Kernels.isFinite, double: Kernels.isFinite, vjp: nil)

  /// exp(−x²/2) / √(2π)
  private static func normalDensity(_ x: Tensor) throws -> Tensor {
    try (x.square() * -0.5).exp() * 0.398942280401432678
  }
}

// Each throws `AllocationError` alone.
extension Tensor {
  /// −x.
  public func neg() throws -> Tensor { try UnaryOp.neg(self) }
  /// eˣ.
  public func exp() throws -> Tensor { try UnaryOp.exp(self) }
  /// ln x; −∞ at 0, NaN below.
  public func log() throws -> Tensor { try UnaryOp.log(self) }
  /// √x; NaN below 0.
  public func sqrt() throws -> Tensor { try UnaryOp.sqrt(self) }
  /// |x|.
  public func abs() throws -> Tensor { try UnaryOp.abs(self) }
  /// −1, 0 or 1.
  public func sign() throws -> Tensor { try UnaryOp.sign(self) }
  /// sin x, in radians.
  public func sin() throws -> Tensor { try UnaryOp.sin(self) }
  /// cos x, in radians.
  public func cos() throws -> Tensor { try UnaryOp.cos(self) }
  /// tanh x.
  public func tanh() throws -> Tensor { try UnaryOp.tanh(self) }
  /// 1 / (1 + e⁻ˣ).
  public func sigmoid() throws -> Tensor { try UnaryOp.sigmoid(self) }
  /// max(x, 0).
  public func relu() throws -> Tensor { try UnaryOp.relu(self) }
  /// ln(1 + eˣ).
  public func softplus() throws -> Tensor { try UnaryOp.softplus(self) }
  /// x Φ(x), Φ being the standard normal's distribution function.
  public func gelu() throws -> Tensor { try UnaryOp.gelu(self) }
  /// x sigmoid(x).
  public func silu() throws -> Tensor { try UnaryOp.silu(self) }
  /// eˣ − 1, exact near 0.
  public func expm1() throws -> Tensor { try UnaryOp.expm1(self) }
  /// ln(1 + x), exact near 0.
  public func log1p() throws -> Tensor { try UnaryOp.log1p(self) }
  /// x².
  public func square() throws -> Tensor { try UnaryOp.square(self) }
  /// 1/x.
  public func reciprocal() throws -> Tensor { try UnaryOp.reciprocal(self) }
  /// The next whole number below.
  public func floor() throws -> Tensor { try UnaryOp.floor(self) }
  /// The next whole number above.
  public func ceil() throws -> Tensor { try UnaryOp.ceil(self) }
  /// The nearest whole number; the even one of two.
  public func rounded() throws -> Tensor { try UnaryOp.round(self) }
  /// Φ(x) = ½ erfc(−x/√2).
  public func normalCDF() throws -> Tensor { try UnaryOp.normalCDF(self) }
  /// 1 where x is NaN, else 0.
  public func isNaN() throws -> Tensor { try UnaryOp.isnan(self) }
  /// 0 where x is infinite or NaN, else 1.
  public func isFinite() throws -> Tensor { try UnaryOp.isfinite(self) }
}
