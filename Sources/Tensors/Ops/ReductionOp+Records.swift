import Kernels

extension ReductionOp {
  /// Every reduction.
  public static let all: [ReductionOp] = [
    sum, mean, variance, standardDeviation, min, max, argmin, argmax, norm,
  ]

  public static let sum = ReductionOp(
    "sum", "The sum, of all or along an axis.",
    .values(float: Kernels.sum, double: Kernels.sum))
  public static let mean = ReductionOp(
    "mean", "The mean, of all or along an axis.",
    .values(float: Kernels.mean, double: Kernels.mean))
  public static let variance = ReductionOp(
    "var", "The variance, divided by n (ddof 0), of all or along an axis.",
    .values(float: Kernels.variance, double: Kernels.variance))
  public static let standardDeviation = ReductionOp(
    "std", "The standard deviation, divided by n (ddof 0), of all or along an axis.",
    .values(float: Kernels.standardDeviation, double: Kernels.standardDeviation))
  public static let min = ReductionOp(
    "min", "The smallest element, of all or along an axis; NaN when there is one.",
    acceptsEmpty: false,
    .values(float: Kernels.smallest, double: Kernels.smallest))
  public static let max = ReductionOp(
    "max", "The largest element, of all or along an axis; NaN when there is one.",
    acceptsEmpty: false,
    .values(float: Kernels.largest, double: Kernels.largest))
  public static let argmin = ReductionOp(
    "argmin", "The place of the first smallest element, of all or along an axis.",
    acceptsEmpty: false,
    .places(float: Kernels.indexOfSmallest, double: Kernels.indexOfSmallest))
  public static let argmax = ReductionOp(
    "argmax", "The place of the first largest element, of all or along an axis.",
    acceptsEmpty: false,
    .places(float: Kernels.indexOfLargest, double: Kernels.indexOfLargest))
  public static let norm = ReductionOp(
    "norm", "The Euclidean norm, of all or along an axis.",
    .values(float: Kernels.norm, double: Kernels.norm))
}

// Each throws `AxisError`, `AllocationError` and, without an element to choose from, `ShapeError`.
extension Tensor {
  /// Σ x, in double precision; 0 for no elements.
  public func sum(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.sum(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// Σ x / n; NaN for no elements.
  public func mean(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.mean(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// Σ (x − mean)² / n: ddof 0, as NumPy's default.
  public func variance(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.variance(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// The root of `variance`.
  public func standardDeviation(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.standardDeviation(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// The smallest; NaN when there is one.
  public func min(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.min(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// The largest; NaN when there is one.
  public func max(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.max(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// The 0-based place of the first smallest, or of the first NaN; float64.
  public func argmin(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.argmin(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// The 0-based place of the first largest, or of the first NaN; float64.
  public func argmax(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.argmax(self, axis: axis, keepDimensions: keepDimensions)
  }
  /// √Σ x².
  public func norm(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.norm(self, axis: axis, keepDimensions: keepDimensions)
  }
}
