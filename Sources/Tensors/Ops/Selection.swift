import Kernels

extension Tensor {
  /// Elementwise `a` where `condition` is not 0 (NaN is not 0), else `b`; all three broadcast.
  ///
  /// - Throws: `ShapeError` when the shapes do not broadcast, `AllocationError`.
  public static func choose(_ condition: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    let isByRow = condition.isByRow || a.isByRow || b.isByRow
    if isByRow {
      for (x, y) in [(condition, a), (condition, b), (a, b)] {
        try checkRows(x, y, op: "where")
      }
    }
    let shape = try broadcastShape(
      broadcastShape(a.shape, b.shape, op: "where"), condition.shape, op: "where")
    let dtype = a.dtype.promoted(with: b.dtype)
    let operands = (
      // Rounding the condition must not turn a small number into 0.
      try condition.dtype == dtype ? condition : condition.ne(0).converted(to: dtype),
      a.dtype == dtype ? a : try a.unrecordedCopy(as: dtype),
      b.dtype == dtype ? b : try b.unrecordedCopy(as: dtype)
    )
    let result = try Tensor(unwritten: shape, count: checkedCount(shape), dtype: dtype)
    func run<S: TensorScalar>(as type: S.Type) {
      let nest = LoopNest(
        shape, operands.0.strides(broadcastTo: shape), operands.1.strides(broadcastTo: shape),
        operands.2.strides(broadcastTo: shape))
      let (first, second, third) = (
        operands.0.base(as: S.self), operands.1.base(as: S.self), operands.2.base(as: S.self)
      )
      var target = result.base(as: S.self)
      nest.forEachRun { offsets in
        Kernels.choose(
          first + offsets[0], nest.steps[0], second + offsets[1], nest.steps[1],
          third + offsets[2], nest.steps[2], target, nest.count)
        target += nest.count
      }
      withExtendedLifetime(operands) {}
    }
    dtype.dispatch { run(as: $0) }
    result.isByRow = isByRow && [condition, a, b].contains { $0.isByRow && $0.shape == shape }
    if let tape = a.tape(with: b) {
      let zero = try Tensor.scalar(0, dtype: dtype)
      tape.record(
        result,
        a, { try choose(condition, $0, zero).summed(to: a.shape).converted(to: a.dtype) },
        b, { try choose(condition, zero, $0).summed(to: b.shape).converted(to: b.dtype) })
    }
    return result
  }

  /// Clamps each element to two bounds, of which one may be absent; NaN stays.
  ///
  /// - Throws: `ArgumentError` for a bound that is NaN or a lower one above the upper;
  ///   `AllocationError`.
  public func clamped(min lower: Double? = nil, max upper: Double? = nil) throws -> Tensor {
    let (lower, upper) = (lower ?? -.infinity, upper ?? .infinity)
    guard !lower.isNaN else { throw ArgumentError("min", mustBe: "a number", got: lower) }
    guard upper >= lower else {
      throw ArgumentError("max", mustBe: "at least \(numberText(lower))", got: upper)
    }
    let result =
      try isContiguous
      ? Tensor(unwritten: shape, strides: strides, count: count, dtype: dtype)
      : unrecordedCopy()
    let source = isContiguous ? self : result
    func run<S: TensorScalar>(as type: S.Type) {
      Kernels.clamp(
        source.base(as: S.self), S(lower), S(upper), result.base(as: S.self), source.count)
      withExtendedLifetime(source) {}
    }
    dtype.dispatch { run(as: $0) }
    result.isByRow = isByRow
    return result.recorded(from: self) {
      // NaN for NaN.
      try $0 * .choose(self.ne(self), self.detached(), self.ge(lower) * self.le(upper))
    }
  }
}
