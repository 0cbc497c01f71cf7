import Kernels

extension BinaryOp {
  /// Every elementwise function of two tensors.
  public static let all: [BinaryOp] = [
    add, sub, mul, div, pow, maximum, minimum, gt, ge, lt, le, eq, ne,
  ]

  public static let add = BinaryOp(
    "add", "x + y with broadcasting.",
    domain: -2...2, float: Kernels.add, double: Kernels.add,
    vjp: ({ $0.cotangent }, { $0.cotangent }))
  public static let sub = BinaryOp(
    "sub", "x - y with broadcasting.",
    domain: -2...2, float: Kernels.subtract, double: Kernels.subtract,
    vjp: ({ $0.cotangent }, { try -$0.cotangent }))
  public static let mul = BinaryOp(
    "mul", "x * y, elementwise, with broadcasting.",
    domain: -2...2, float: Kernels.multiply, double: Kernels.multiply,
    vjp: ({ try $0.cotangent * $0.y }, { try $0.cotangent * $0.x }),
    exponent: { $0 == nil ? 2 : nil })
  public static let div = BinaryOp(
    "div", "x / y with broadcasting.",
    domain: 0.2...2, float: Kernels.divide, double: Kernels.divide,
    vjp: ({ try $0.cotangent / $0.y }, { try -($0.cotangent * $0.result / $0.y) }))
  public static let pow = BinaryOp(
    "pow", "x to the power y with broadcasting: NaN for a negative x with a non-integer y.",
    domain: 0.2...2, float: Kernels.power, double: Kernels.power,
    vjp: powVJP(0, 0), exponent: { $0 })
  public static let maximum = BinaryOp(
    "maximum", "The larger of x and y, elementwise; NaN if one of them is NaN.",
    domain: -2...2, float: Kernels.maximum, double: Kernels.maximum,
    vjp: (
      { try $0.cotangent * share($0.x, $0.y) },
      { try $0.cotangent * share($0.y, $0.x) }
    ))
  public static let minimum = BinaryOp(
    "minimum", "The smaller of x and y, elementwise; NaN if one of them is NaN.",
    domain: -2...2, float: Kernels.minimum, double: Kernels.minimum,
    vjp: (
      { try $0.cotangent * share($0.y, $0.x) },
      { try $0.cotangent * share($0.x, $0.y) }
    ))
  public static let gt = BinaryOp(
    "gt", "1 where x > y, else 0.",
    domain: -2...2, float: Kernels.greater, double: Kernels.greater,
    vjp: nil)
  public static let ge = BinaryOp(
    "ge", "1 where x >= y, else 0.",
    domain: -2...2, float: Kernels.greaterOrEqual, double: Kernels.greaterOrEqual,
    vjp: nil)
  public static let lt = BinaryOp(
    "lt", "1 where x < y, else 0.",
    domain: -2...2, float: Kernels.less, double: Kernels.less,
    vjp: nil)
  public static let le = BinaryOp(
    "le", "1 where x <= y, else 0.",
    domain: -2...2, float: Kernels.lessOrEqual, double: Kernels.lessOrEqual,
    vjp: nil)
  public static let eq = BinaryOp(
    "eq", "1 where x equals y, else 0; NaN is not equal to anything.",
    domain: -2...2, float: Kernels.equal, double: Kernels.equal,
    vjp: nil)
  public static let ne = BinaryOp(
    "ne", "1 where x differs from y, else 0; NaN differs from everything.",
    domain: -2...2, float: Kernels.notEqual, double: Kernels.notEqual,
    vjp: nil)

  /// ∂ʲ⁺ᵏ xʸ / ∂xʲ ∂yᵏ as one function: as a product of factors it would be 0 · ∞ at x = 0.
  private static func powDerivative(_ j: Int, _ k: Int) -> BinaryOp {
    BinaryOp(
      "pow", "A derivative of pow.", domain: 0.2...2,
      float: {
        Kernels.powerDerivative($0, $1, $2, $3, $4, $5, byBase: j, byExponent: k)
      },
      double: {
        Kernels.powerDerivative($0, $1, $2, $3, $4, $5, byBase: j, byExponent: k)
      },
      vjp: powVJP(j, k))
  }

  private static func powVJP(_ j: Int, _ k: Int) -> (x: VJP, y: VJP) {
    (
      { try $0.cotangent * powDerivative(j + 1, k)($0.x, $0.y) },
      { try $0.cotangent * powDerivative(j, k + 1)($0.x, $0.y) }
    )
  }

  /// 1 where x > y, ½ where they are equal, else 0; NaN if one of them is.
  private static let share = BinaryOp(
    "share", "The part of x in the larger of x and y.",
    domain: -2...2, float: Kernels.share, double: Kernels.share, vjp: nil)
}

extension Tensor {
  /// aᵇ; NaN for a negative base with a non-integer exponent.
  ///
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public func pow(_ other: Tensor) throws -> Tensor { try BinaryOp.pow(self, other) }
  /// aᵇ; NaN for a negative base with a non-integer exponent.
  ///
  /// - Throws: `AllocationError`.
  public func pow(_ other: Double) throws -> Tensor { try BinaryOp.pow(self, other) }
  /// The larger of the two; NaN if one of them is.
  ///
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public func maximum(_ other: Tensor) throws -> Tensor { try BinaryOp.maximum(self, other) }
  /// The larger of the two; NaN if one of them is.
  ///
  /// - Throws: `AllocationError`.
  public func maximum(_ other: Double) throws -> Tensor { try BinaryOp.maximum(self, other) }
  /// The smaller of the two; NaN if one of them is.
  ///
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public func minimum(_ other: Tensor) throws -> Tensor { try BinaryOp.minimum(self, other) }
  /// The smaller of the two; NaN if one of them is.
  ///
  /// - Throws: `AllocationError`.
  public func minimum(_ other: Double) throws -> Tensor { try BinaryOp.minimum(self, other) }
  /// 1 where a > b, else 0.
  ///
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public func gt(_ other: Tensor) throws -> Tensor { try BinaryOp.gt(self, other) }
  /// 1 where a > b, else 0.
  ///
  /// - Throws: `AllocationError`.
  public func gt(_ other: Double) throws -> Tensor { try BinaryOp.gt(self, other) }
  /// 1 where a ≥ b, else 0.
  ///
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public func ge(_ other: Tensor) throws -> Tensor { try BinaryOp.ge(self, other) }
  /// 1 where a ≥ b, else 0.
  ///
  /// - Throws: `AllocationError`.
  public func ge(_ other: Double) throws -> Tensor { try BinaryOp.ge(self, other) }
  /// 1 where a < b, else 0.
  ///
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public func lt(_ other: Tensor) throws -> Tensor { try BinaryOp.lt(self, other) }
  /// 1 where a < b, else 0.
  ///
  /// - Throws: `AllocationError`.
  public func lt(_ other: Double) throws -> Tensor { try BinaryOp.lt(self, other) }
  /// 1 where a ≤ b, else 0.
  ///
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public func le(_ other: Tensor) throws -> Tensor { try BinaryOp.le(self, other) }
  /// 1 where a ≤ b, else 0.
  ///
  /// - Throws: `AllocationError`.
  public func le(_ other: Double) throws -> Tensor { try BinaryOp.le(self, other) }
  /// 1 where a = b, else 0.
  ///
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public func eq(_ other: Tensor) throws -> Tensor { try BinaryOp.eq(self, other) }
  /// 1 where a = b, else 0.
  ///
  /// - Throws: `AllocationError`.
  public func eq(_ other: Double) throws -> Tensor { try BinaryOp.eq(self, other) }
  /// 1 where a ≠ b, else 0.
  ///
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public func ne(_ other: Tensor) throws -> Tensor { try BinaryOp.ne(self, other) }
  /// 1 where a ≠ b, else 0.
  ///
  /// - Throws: `AllocationError`.
  public func ne(_ other: Double) throws -> Tensor { try BinaryOp.ne(self, other) }

  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public static func + (a: Tensor, b: Tensor) throws -> Tensor { try BinaryOp.add(a, b) }
  /// - Throws: `AllocationError`.
  public static func + (a: Tensor, b: Double) throws -> Tensor { try BinaryOp.add(a, b) }
  /// - Throws: `AllocationError`.
  public static func + (a: Double, b: Tensor) throws -> Tensor { try BinaryOp.add(a, b) }
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public static func - (a: Tensor, b: Tensor) throws -> Tensor { try BinaryOp.sub(a, b) }
  /// - Throws: `AllocationError`.
  public static func - (a: Tensor, b: Double) throws -> Tensor { try BinaryOp.sub(a, b) }
  /// - Throws: `AllocationError`.
  public static func - (a: Double, b: Tensor) throws -> Tensor { try BinaryOp.sub(a, b) }
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public static func * (a: Tensor, b: Tensor) throws -> Tensor { try BinaryOp.mul(a, b) }
  /// - Throws: `AllocationError`.
  public static func * (a: Tensor, b: Double) throws -> Tensor { try BinaryOp.mul(a, b) }
  /// - Throws: `AllocationError`.
  public static func * (a: Double, b: Tensor) throws -> Tensor { try BinaryOp.mul(a, b) }
  /// - Throws: `ShapeError` for shapes that do not broadcast; `AllocationError`.
  public static func / (a: Tensor, b: Tensor) throws -> Tensor { try BinaryOp.div(a, b) }
  /// - Throws: `AllocationError`.
  public static func / (a: Tensor, b: Double) throws -> Tensor { try BinaryOp.div(a, b) }
  /// - Throws: `AllocationError`.
  public static func / (a: Double, b: Tensor) throws -> Tensor { try BinaryOp.div(a, b) }
  public static prefix func - (x: Tensor) throws -> Tensor { try UnaryOp.neg(x) }
}
