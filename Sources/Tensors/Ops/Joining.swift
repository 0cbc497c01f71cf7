extension Tensor {
  /// Concatenates tensors along an axis (0-based); the other extents must agree.
  ///
  /// Number types are promoted.
  ///
  /// - Throws: `ArgumentError` for no tensors; `AxisError`; `ShapeError`; `AllocationError`.
  public static func concatenated(_ tensors: [Tensor], axis: Int) throws -> Tensor {
    guard let first = tensors.first else {
      throw ArgumentError("tensors", mustBe: "at least one", got: "none")
    }
    try first.check(axis: axis, op: "cat")
    var shape = first.shape
    shape[axis] = 0
    for tensor in tensors {
      var other = tensor.shape
      guard other.count == shape.count else {
        throw ShapeError(op: "cat", lhs: first.shape, rhs: other, reason: "differ in rank")
      }
      other[axis] = shape[axis]
      guard other == shape else {
        throw ShapeError(
          op: "cat", lhs: first.shape, rhs: tensor.shape,
          reason: "differ on another axis than the one to join")
      }
      let (sum, overflow) = shape[axis].addingReportingOverflow(tensor.shape[axis])
      guard !overflow else { throw AllocationError(bytes: nil) }
      shape[axis] = sum
    }
    let dtype = tensors.reduce(first.dtype) { $0.promoted(with: $1.dtype) }
    let result = try Tensor(unwritten: shape, count: checkedCount(shape), dtype: dtype)
    var starts: [Int] = []
    var start = 0
    for tensor in tensors {
      let source = tensor.dtype == dtype ? tensor : try tensor.unrecordedCopy(as: dtype)
      source.assign(
        to: result.view(
          tensor.shape, result.strides, offset: start * result.strides[axis]))
      starts.append(start)
      start += tensor.shape[axis]
    }
    if let tape = tensors.lazy.compactMap(\.tape).first {
      tape.record(
        result,
        zip(tensors, starts).map { tensor, start in
          (
            tensor,
            {
              try $0.narrowed(axis: axis, from: start, length: tensor.shape[axis])
                .converted(to: tensor.dtype)
            }
          )
        })
    }
    return result
  }

  /// Stacks tensors of one shape along a new axis (0-based, up to the rank).
  ///
  /// - Throws: as `concatenated`.
  public static func stacked(_ tensors: [Tensor], axis: Int) throws -> Tensor {
    for tensor in tensors where tensor.shape != tensors[0].shape {
      throw ShapeError(
        op: "stack", lhs: tensors[0].shape, rhs: tensor.shape, reason: "differ")
    }
    return try concatenated(tensors.map { try $0.unsqueezed(axis: axis) }, axis: axis)
  }
}
