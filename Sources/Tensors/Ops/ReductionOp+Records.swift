import Kernels

extension ReductionOp {
  /// Every reduction.
  public static let all: [ReductionOp] = [
    sum, mean, variance, standardDeviation, median, min, max, argmin, argmax, norm,
  ]

  public static let sum = ReductionOp(
    "sum", "The sum of all elements or along an axis.",
    .values(float: Kernels.sum, double: Kernels.sum),
    vjp: { try $0.cotangent.expanded(to: $0.x.shape) })
  public static let mean = ReductionOp(
    "mean", "The mean of all elements or along an axis.",
    .values(float: Kernels.mean, double: Kernels.mean),
    vjp: { try ($0.cotangent / $0.count).expanded(to: $0.x.shape) })
  public static let variance = ReductionOp(
    "var", "The variance (divisor n, ddof 0) of all elements or along an axis.",
    .values(float: Kernels.variance, double: Kernels.variance),
    vjp: { try $0.cotangent * (2 / $0.count) * ($0.x - mean($0)) })
  public static let standardDeviation = ReductionOp(
    "std", "The standard deviation (divisor n, ddof 0) of all elements or along an axis.",
    .values(float: Kernels.standardDeviation, double: Kernels.standardDeviation),
    vjp: {
      let radius = try Radius(of: $0.x - mean($0), axis: $0.axis, $0.result, scale: 1 / $0.count)
      return try radius.gradient($0.cotangent)
    },
    rootVJP: { try $0.cotangent * (2 / $0.count) * ($0.x - mean($0)) })
  public static let min = ReductionOp(
    "min", "The smallest of all elements or along an axis; NaN if there is a NaN.",
    acceptsEmpty: false,
    .values(float: Kernels.smallest, double: Kernels.smallest),
    vjp: { try $0.cotangent * share($0) })
  public static let max = ReductionOp(
    "max", "The largest of all elements or along an axis; NaN if there is a NaN.",
    acceptsEmpty: false,
    .values(float: Kernels.largest, double: Kernels.largest),
    vjp: { try $0.cotangent * share($0) })
  public static let argmin = ReductionOp(
    "argmin", "The place of the first smallest of all elements or along an axis.",
    acceptsEmpty: false,
    .places(float: Kernels.indexOfSmallest, double: Kernels.indexOfSmallest),
    vjp: nil)
  public static let argmax = ReductionOp(
    "argmax", "The place of the first largest of all elements or along an axis.",
    acceptsEmpty: false,
    .places(float: Kernels.indexOfLargest, double: Kernels.indexOfLargest),
    vjp: nil)
  public static let norm = ReductionOp(
    "norm", "The Euclidean norm of all elements or along an axis; its gradient at 0 is 0.",
    .values(float: Kernels.norm, double: Kernels.norm),
    vjp: {
      try Radius(of: $0.x, axis: $0.axis, $0.result, scale: 1).gradient($0.cotangent)
    },
    rootVJP: { try $0.cotangent * ($0.x * 2) })

  private static func mean(_ c: Context) throws -> Tensor {
    try c.x.mean(axis: c.axis, keepDimensions: true)
  }

  /// Each element's share of the derivative of an extreme: equal extremes share it evenly.
  private static func share(_ c: Context) throws -> Tensor {
    let mask = try c.x.eq(c.result)
    return try mask / mask.sum(axis: c.axis, keepDimensions: true)
  }
}

extension Tensor {
  /// Σ x, in double precision; 0 for no elements.
  ///
  /// - Throws: `AxisError`; `AllocationError`.
  public func sum(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.sum(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// Σ x / n; NaN for no elements.
  ///
  /// - Throws: `AxisError`; `AllocationError`.
  public func mean(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.mean(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// Σ (x − mean)² / n: divisor n, NumPy's default.
  ///
  /// - Throws: `AxisError`; `AllocationError`.
  public func variance(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.variance(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// The root of `variance`.
  ///
  /// - Throws: `AxisError`; `AllocationError`.
  public func standardDeviation(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.standardDeviation(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// The smallest element; NaN if there is a NaN.
  ///
  /// - Throws: `AxisError`; `ShapeError` without an element to choose from; `AllocationError`.
  public func min(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.min(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// The largest element; NaN if there is a NaN.
  ///
  /// - Throws: `AxisError`; `ShapeError` without an element to choose from; `AllocationError`.
  public func max(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.max(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// The 0-based place of the first smallest element, or of the first NaN; float64.
  ///
  /// - Throws: `AxisError`; `ShapeError` without an element to choose from; `AllocationError`.
  public func argmin(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.argmin(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// The 0-based place of the first largest element, or of the first NaN; float64.
  ///
  /// - Throws: `AxisError`; `ShapeError` without an element to choose from; `AllocationError`.
  public func argmax(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.argmax(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// √Σ x².
  ///
  /// - Throws: `AxisError`; `AllocationError`.
  public func norm(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.norm(self, axis: axis, keepDimensions: keepDimensions)
  }
}
