import Kernels

extension UnaryOp {
  /// Every elementwise function of one tensor.
  public static let all: [UnaryOp] = [
    neg, exp, log, sqrt, abs, sign, sin, cos, tanh, sigmoid, relu, softplus, gelu, silu,
  ]

  public static let neg = UnaryOp(
    "neg", "Minus x, elementwise.", domain: -2...2,
    float: Kernels.negate, double: Kernels.negate)
  public static let exp = UnaryOp(
    "exp", "e to the x, elementwise.", domain: -2...2,
    float: Kernels.exp, double: Kernels.exp)
  public static let log = UnaryOp(
    "log", "Natural logarithm, elementwise: -inf at 0, NaN below.", domain: 0.1...4,
    float: Kernels.log, double: Kernels.log)
  public static let sqrt = UnaryOp(
    "sqrt", "Square root, elementwise: NaN below 0.", domain: 0.1...4,
    float: Kernels.squareRoot, double: Kernels.squareRoot)
  public static let abs = UnaryOp(
    "abs", "Absolute value, elementwise.", domain: 0.1...3,
    float: Kernels.magnitude, double: Kernels.magnitude)
  public static let sign = UnaryOp(
    "sign", "-1, 0 or 1, elementwise.", domain: 0.1...3,
    float: Kernels.sign, double: Kernels.sign)
  public static let sin = UnaryOp(
    "sin", "Sine of x radians, elementwise.", domain: -3...3,
    float: Kernels.sin, double: Kernels.sin)
  public static let cos = UnaryOp(
    "cos", "Cosine of x radians, elementwise.", domain: -3...3,
    float: Kernels.cos, double: Kernels.cos)
  public static let tanh = UnaryOp(
    "tanh", "Hyperbolic tangent, elementwise.", domain: -2...2,
    float: Kernels.tanh, double: Kernels.tanh)
  public static let sigmoid = UnaryOp(
    "sigmoid", "1 / (1 + exp(-x)), elementwise.", domain: -4...4,
    float: Kernels.sigmoid, double: Kernels.sigmoid)
  public static let relu = UnaryOp(
    "relu", "x where it is positive, else 0.", domain: 0.1...3,
    float: Kernels.relu, double: Kernels.relu)
  public static let softplus = UnaryOp(
    "softplus", "log(1 + exp(x)), elementwise.", domain: -4...4,
    float: Kernels.softplus, double: Kernels.softplus)
  public static let gelu = UnaryOp(
    "gelu", "x times the standard normal's distribution function: the exact GELU.", domain: -4...4,
    float: Kernels.gelu, double: Kernels.gelu)
  public static let silu = UnaryOp(
    "silu", "x sigmoid(x), elementwise.", domain: -4...4,
    float: Kernels.silu, double: Kernels.silu)
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
}
