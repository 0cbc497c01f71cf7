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
    vjp: { try $0.cotangent / nonNegative($0.x) })
  public static let sqrt = UnaryOp(
    "sqrt", "Square root, elementwise: NaN below 0.", domain: 0.1...4,
    float: Kernels.squareRoot, double: Kernels.squareRoot,
    vjp: { try $0.cotangent / (nonNegative($0.result) * 2) },
    rootVJP: {
      try Tensor.choose($0.x.lt(0), .scalar(.nan, dtype: $0.x.dtype), $0.cotangent)
    })
  public static let abs = UnaryOp(
    "abs", "Absolute value, elementwise.", domain: 0.1...3,
    float: Kernels.magnitude, double: Kernels.magnitude,
    vjp: { try Kink.gradient($0.cotangent, at: $0.x) },
    rootVJP: { try $0.cotangent * ($0.x * 2) })
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
    vjp: { try $0.cotangent * logisticDensity($0.x) })
  public static let relu = UnaryOp(
    "relu", "x where it is positive, else 0.", domain: 0.1...3,
    float: Kernels.relu, double: Kernels.relu,
    vjp: { try $0.cotangent * step($0.x) })
  public static let softplus = UnaryOp(
    "softplus", "log(1 + exp(x)), elementwise.", domain: -4...4,
    float: Kernels.softplus, double: Kernels.softplus,
    vjp: { try $0.cotangent * $0.x.sigmoid() })
  public static let gelu = UnaryOp(
    "gelu", "x times the standard normal's distribution function: the exact GELU.", domain: -4...4,
    float: Kernels.gelu, double: Kernels.gelu,
    vjp: { try $0.cotangent * ($0.x.normalCDF() + normalMoment(1)($0.x)) })
  public static let silu = UnaryOp(
    "silu", "x sigmoid(x), elementwise.", domain: -4...4,
    float: Kernels.silu, double: Kernels.silu,
    vjp: { try $0.cotangent * ($0.x.sigmoid() + logisticMoment($0.x)) })
  public static let expm1 = UnaryOp(
    "expm1", "e to the x minus 1, elementwise, exact near 0.", domain: -2...2,
    float: Kernels.expm1, double: Kernels.expm1,
    vjp: { try $0.cotangent * $0.x.exp() })
  public static let log1p = UnaryOp(
    "log1p", "log(1 + x), elementwise, exact near 0.", domain: -0.8...3,
    float: Kernels.log1p, double: Kernels.log1p,
    vjp: { try $0.cotangent / nonNegative($0.x + 1) })
  public static let square = UnaryOp(
    "square", "x times x, elementwise.", domain: -2...2,
    float: Kernels.square, double: Kernels.square, exponent: 2,
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
    "round", "The nearest whole number, elementwise; the even one of two equally near.",
    domain: 0.6...1.4,
    float: Kernels.round, double: Kernels.round, vjp: nil)
  public static let normalCDF = UnaryOp(
    "normal_cdf", "The standard normal's distribution function, elementwise.", domain: -3...3,
    float: Kernels.normalCDF, double: Kernels.normalCDF,
    vjp: { try $0.cotangent * normalMoment(0)($0.x) })
  public static let isnan = UnaryOp(
    "isnan", "1 where x is NaN, else 0.", domain: -2...2,
    float: Kernels.isNaN, double: Kernels.isNaN, vjp: nil)
  public static let isfinite = UnaryOp(
    "isfinite", "0 where x is infinite or NaN, else 1.", domain: -2...2,
    float: Kernels.isFinite, double: Kernels.isFinite, vjp: nil)
}

// The functions in the derivatives. Their own derivatives consist of them again, and each term is a
// product without differences, so that the tails keep their digits in every order.
extension UnaryOp {
  /// sigmoid(x) sigmoid(−x)
  private static let logisticDensity = UnaryOp(
    "logistic_density", "The derivative of sigmoid.", domain: -4...4,
    float: Kernels.logisticDensity, double: Kernels.logisticDensity,
    vjp: { try -($0.cotangent * $0.result * ($0.x * 0.5).tanh()) })
  /// x sigmoid(x) sigmoid(−x), 0 at infinities
  private static let logisticMoment = UnaryOp(
    "logistic_moment", "x times the derivative of sigmoid.", domain: -4...4,
    float: Kernels.logisticMoment, double: Kernels.logisticMoment,
    vjp: { try $0.cotangent * (logisticDensity($0.x) - $0.result * ($0.x * 0.5).tanh()) })
  /// xᵏ exp(−x²/2) / √(2π), 0 at infinities
  private static func normalMoment(_ k: Int) -> UnaryOp {
    UnaryOp(
      "normal_moment", "x to the k times the standard normal's density.", domain: -4...4,
      float: { Kernels.normalMoment($0, $1, $2, power: k) },
      double: { Kernels.normalMoment($0, $1, $2, power: k) },
      vjp: {
        let higher = try normalMoment(k + 1)($0.x)
        if k == 0 { return try -($0.cotangent * higher) }
        return try $0.cotangent * (normalMoment(k - 1)($0.x) * Double(k) - higher)
      })
  }
  /// x, with +0 for −0 and NaN below 0: no derivatives where the function is not defined
  private static let nonNegative = UnaryOp(
    "non_negative", "x where it is not negative, else NaN.", domain: 0.1...4,
    float: Kernels.nonNegative, double: Kernels.nonNegative,
    vjp: { $0.cotangent })
  /// 1 above 0, else 0, NaN for NaN
  private static let step = UnaryOp(
    "step", "1 where x is positive, else 0.", domain: 0.1...4,
    float: Kernels.step, double: Kernels.step,
    vjp: nil)
}

extension Tensor {
  /// −x.
  ///
  /// - Throws: `AllocationError`.
  public func neg() throws -> Tensor { try UnaryOp.neg(self) }
  /// eˣ.
  ///
  /// - Throws: `AllocationError`.
  public func exp() throws -> Tensor { try UnaryOp.exp(self) }
  /// ln x; −∞ at 0, NaN below.
  ///
  /// - Throws: `AllocationError`.
  public func log() throws -> Tensor { try UnaryOp.log(self) }
  /// √x; NaN below 0.
  ///
  /// - Throws: `AllocationError`.
  public func sqrt() throws -> Tensor { try UnaryOp.sqrt(self) }
  /// |x|.
  ///
  /// - Throws: `AllocationError`.
  public func abs() throws -> Tensor { try UnaryOp.abs(self) }
  /// −1, 0 or 1.
  ///
  /// - Throws: `AllocationError`.
  public func sign() throws -> Tensor { try UnaryOp.sign(self) }
  /// sin x, in radians.
  ///
  /// - Throws: `AllocationError`.
  public func sin() throws -> Tensor { try UnaryOp.sin(self) }
  /// cos x, in radians.
  ///
  /// - Throws: `AllocationError`.
  public func cos() throws -> Tensor { try UnaryOp.cos(self) }
  /// tanh x.
  ///
  /// - Throws: `AllocationError`.
  public func tanh() throws -> Tensor { try UnaryOp.tanh(self) }
  /// 1 / (1 + e⁻ˣ).
  ///
  /// - Throws: `AllocationError`.
  public func sigmoid() throws -> Tensor { try UnaryOp.sigmoid(self) }
  /// max(x, 0).
  ///
  /// - Throws: `AllocationError`.
  public func relu() throws -> Tensor { try UnaryOp.relu(self) }
  /// ln(1 + eˣ).
  ///
  /// - Throws: `AllocationError`.
  public func softplus() throws -> Tensor { try UnaryOp.softplus(self) }
  /// x Φ(x), with Φ the standard normal's distribution function.
  ///
  /// - Throws: `AllocationError`.
  public func gelu() throws -> Tensor { try UnaryOp.gelu(self) }
  /// x sigmoid(x).
  ///
  /// - Throws: `AllocationError`.
  public func silu() throws -> Tensor { try UnaryOp.silu(self) }
  /// eˣ − 1, exact near 0.
  ///
  /// - Throws: `AllocationError`.
  public func expm1() throws -> Tensor { try UnaryOp.expm1(self) }
  /// ln(1 + x), exact near 0.
  ///
  /// - Throws: `AllocationError`.
  public func log1p() throws -> Tensor { try UnaryOp.log1p(self) }
  /// x².
  ///
  /// - Throws: `AllocationError`.
  public func square() throws -> Tensor { try UnaryOp.square(self) }
  /// 1/x.
  ///
  /// - Throws: `AllocationError`.
  public func reciprocal() throws -> Tensor { try UnaryOp.reciprocal(self) }
  /// The next whole number below.
  ///
  /// - Throws: `AllocationError`.
  public func floor() throws -> Tensor { try UnaryOp.floor(self) }
  /// The next whole number above.
  ///
  /// - Throws: `AllocationError`.
  public func ceil() throws -> Tensor { try UnaryOp.ceil(self) }
  /// The nearest whole number; the even one of two equally near.
  ///
  /// - Throws: `AllocationError`.
  public func rounded() throws -> Tensor { try UnaryOp.round(self) }
  /// Φ(x) = ½ erfc(−x/√2).
  ///
  /// - Throws: `AllocationError`.
  public func normalCDF() throws -> Tensor { try UnaryOp.normalCDF(self) }
  /// 1 where x is NaN, else 0.
  ///
  /// - Throws: `AllocationError`.
  public func isNaN() throws -> Tensor { try UnaryOp.isnan(self) }
  /// 0 where x is infinite or NaN, else 1.
  ///
  /// - Throws: `AllocationError`.
  public func isFinite() throws -> Tensor { try UnaryOp.isfinite(self) }
}
