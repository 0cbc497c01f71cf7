import Kernels

// The derivatives of views: elements that a view leaves out have the cotangent 0; the cotangents of
// an element that a view repeats are added.
extension Tensor {
  /// Zeros of a shape, with this tensor at the places of the slices: the counterpart of `sliced`.
  ///
  /// - Throws: as `sliced`; `ShapeError` when the slices give another shape; `AllocationError`.
  public func embedded(_ slices: [AxisSlice], in shape: [Int]) throws -> Tensor {
    let result = try Tensor(zeros: shape, dtype: dtype)
    let target = try result.view(slices, op: "embed")
    guard target.shape == self.shape else {
      throw ShapeError(op: "embed", lhs: self.shape, rhs: target.shape, reason: "differ")
    }
    assign(to: target)
    return result.recorded(from: self) { try $0.sliced(slices) }
  }

  /// The sum over the axes that broadcasting from `shape` to this tensor's shape has added or
  /// stretched: the counterpart of `expanded`.
  ///
  /// - Throws: `ShapeError` when `shape` does not broadcast to this tensor's; `AllocationError`.
  public func summed(to shape: [Int]) throws -> Tensor {
    if shape == self.shape { return self }
    let added = rank - shape.count
    guard added >= 0,
      shape.indices.allSatisfy({ shape[$0] == 1 || shape[$0] == self.shape[added + $0] })
    else {
      throw ShapeError(op: "sum_to", lhs: self.shape, rhs: shape, reason: "do not broadcast")
    }
    if shape.allSatisfy({ $0 == 1 }) { return try sum().reshaped(shape) }
    let stretched = shape.indices.filter { shape[$0] == 1 && self.shape[added + $0] != 1 }
    let sum = try ReductionOp.sum(
      self, axes: Array(0..<added) + stretched.map { $0 + added }, keepDimensions: true)
    return added == 0 ? sum : try sum.reshaped(shape)
  }

  /// Copies the elements into a tensor of the same shape and number type, unrecorded.
  func assign(to target: Tensor) {
    func run<S: TensorScalar>(as type: S.Type) {
      let nest = LoopNest(shape, strides, target.strides)
      let (from, to) = (base(as: S.self), target.base(as: S.self))
      nest.forEachRun { offsets in
        Kernels.copy(
          from + offsets[0], nest.steps[0], to + offsets[1], nest.steps[1], nest.count)
      }
      withExtendedLifetime((self, target)) {}
    }
    dtype.dispatch { run(as: $0) }
  }
}
