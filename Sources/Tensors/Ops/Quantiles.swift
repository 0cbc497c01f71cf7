import Kernels

extension ReductionOp {
  /// The middle element, or the mean of the two in the middle.
  public static let median = quantile(
    0.5, named: "median", "The median of all elements or along an axis; NaN if there is a NaN.")

  /// The q-quantile, interpolated linearly as in NumPy; NaN if there is a NaN. `q` is between 0 and
  /// 1.
  static func quantile(
    _ q: Double, named name: String = "quantile", _ summary: String = "The q-quantile."
  ) -> ReductionOp {
    ReductionOp(
      name, summary, acceptsEmpty: false,
      .values(
        float: { Kernels.quantile(q, $0, $1, $2) }, double: { Kernels.quantile(q, $0, $1, $2) }),
      vjp: { try $0.gradient(ofQuantile: q) })
  }
}

extension ReductionOp.Context {
  /// The cotangent goes to the two elements between which the quantile lies, by their weights.
  fileprivate func gradient(ofQuantile q: Double) throws -> Tensor {
    let whole = axis == nil
    let x = try whole ? self.x.detached().reshaped([-1]) : self.x.detached()
    let axis = axis ?? 0
    let place = QuantilePlace(q, of: x.shape[axis])
    let places = try x.sorted(axis: axis).places
    // Without a known quantile there is no known gradient.
    let (result, one) = (result.detached(), try Tensor.scalar(1, dtype: x.dtype))
    var cotangent = try cotangent * Tensor.choose(result.ne(result), result, one)
    if whole { cotangent = try cotangent.reshaped([1]) }
    let gradient = try [(place.lower, 1 - place.share), (place.upper, place.share)].map {
      rank, weight in
      let chosen = try places.narrowed(axis: axis, from: rank, length: 1)
        .elements(as: Double.self).map { Int($0) }
      return try (cotangent * weight).scattered(axis: axis, to: chosen, extent: x.shape[axis])
    }
    return try (gradient[0] + gradient[1]).reshaped(self.x.shape)
  }
}

extension Tensor {
  /// The median; NaN if there is a NaN.
  ///
  /// - Throws: `AxisError`; `ShapeError` without an element to choose from; `AllocationError`.
  public func median(axis: Int? = nil, keepDimensions: Bool = false) throws -> Tensor {
    try ReductionOp.median(self, axis: axis, keepDimensions: keepDimensions)
  }

  /// The q-quantile, interpolated linearly between neighbours as in NumPy; NaN if there is a NaN.
  ///
  /// - Throws: `ArgumentError` for a q outside 0 … 1; otherwise as `median`.
  public func quantile(
    _ q: Double, axis: Int? = nil, keepDimensions: Bool = false
  ) throws -> Tensor {
    try quantile(q, axes: axis.map { [$0] }, keepDimensions: keepDimensions)
  }

  /// The same over several axes; nil for all elements.
  ///
  /// - Throws: as for one axis; `ArgumentError` for an axis named twice.
  public func quantile(_ q: Double, axes: [Int]?, keepDimensions: Bool = false) throws -> Tensor {
    guard q >= 0, q <= 1 else { throw ArgumentError("q", mustBe: "between 0 and 1", got: q) }
    let op = ReductionOp.quantile(q)
    guard let axes else { return try op(self, axis: nil, keepDimensions: keepDimensions) }
    return try op(self, axes: axes, keepDimensions: keepDimensions)
  }
}
