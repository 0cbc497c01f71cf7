import Kernels

extension Tensor {
  /// The element at 0-based indices, one per axis.
  ///
  /// - Throws: `ShapeError` for the wrong number of indices, `IndexError` for one outside its axis.
  public func value(at indices: [Int]) throws -> Double {
    let place = try position(of: indices, op: "get")
    switch dtype {
    case .float32: return Double(base(as: Float.self)[place])
    case .float64: return base(as: Double.self)[place]
    }
  }

  /// Writes one element; views of the same storage see it.
  ///
  /// - Throws: as `value(at:)`; `RecordedError` while a derivative needs the old one;
  ///   `SharedElementsError` for a tensor with several elements at one place in memory.
  public func set(_ value: Double, at indices: [Int]) throws {
    let place = try position(of: indices, op: "set")
    try checkWritable(op: "set")
    switch dtype {
    case .float32: base(as: Float.self)[place] = Float(value)
    case .float64: base(as: Double.self)[place] = value
    }
  }

  private func position(of indices: [Int], op: String) throws -> Int {
    guard indices.count == rank else {
      throw ShapeError(
        op: op, lhs: shape, reason: "takes \(rank) indices, not \(indices.count)")
    }
    var position = 0
    for (axis, index) in indices.enumerated() {
      guard index >= 0, index < shape[axis] else {
        throw IndexError(op: op, axis: axis, index: index, extent: shape[axis])
      }
      position += index * strides[axis]
    }
    return position
  }

  /// The value of a tensor of one element.
  ///
  /// - Throws: `ShapeError` when there are more or none.
  public func item() throws -> Double {
    guard count == 1 else {
      throw ShapeError(op: "item", lhs: shape, reason: "does not hold exactly one element")
    }
    return try value(at: [Int](repeating: 0, count: rank))
  }

  /// Writes one value everywhere.
  ///
  /// - Throws: as `set`.
  public func fill(with value: Double) throws {
    try checkWritable(op: "fill")
    func fill<S: TensorScalar>(as type: S.Type) {
      let nest = LoopNest(shape, strides)
      let target = base(as: S.self)
      nest.forEachRun { Kernels.fill(S(value), target + $0[0], nest.steps[0], nest.count) }
    }
    dtype.dispatch { fill(as: $0) }
  }

  /// A new tensor of the same elements, row major, in the given number type.
  ///
  /// - Throws: `AllocationError`.
  public func copy(as dtype: DType? = nil) throws -> Tensor {
    let result = try unrecordedCopy(as: dtype)
    let original = self.dtype
    return result.recorded(from: self) { try $0.converted(to: original) }
  }

  /// The same, as a constant for derivatives.
  func unrecordedCopy(as dtype: DType? = nil) throws -> Tensor {
    let result = try Tensor(unwritten: shape, count: count, dtype: dtype ?? self.dtype)
    gather(into: result.storage.bytes, as: result.dtype)
    result.isByRow = isByRow
    return result
  }

  /// This tensor when it already has the number type, else a copy.
  ///
  /// - Throws: `AllocationError`.
  public func converted(to dtype: DType) throws -> Tensor {
    dtype == self.dtype ? self : try copy(as: dtype)
  }

  /// This tensor when its elements lie in row-major order without gaps, else a copy that does.
  ///
  /// - Throws: `AllocationError`.
  public func contiguous() throws -> Tensor { isContiguous ? self : try copy() }

  /// Writes the elements of another tensor of the same shape over these.
  ///
  /// Derivatives by `other` are carried on, unless a view shares this tensor's memory: its numbers
  /// would count as constants.
  ///
  /// - Throws: `ShapeError`; as `set`; `LostDerivativeError` when there are such views.
  public func assign(_ other: Tensor) throws {
    guard other.shape == shape else {
      throw ShapeError(op: "copy", lhs: shape, rhs: other.shape, reason: "differ")
    }
    try checkWritable(op: "copy")
    if other.tape != nil, !ownsStorage { throw LostDerivativeError(op: "copy") }
    // A copy, in case the two overlap.
    let isApart = other.storage !== storage && other.dtype == dtype
    (isApart ? other : try other.unrecordedCopy(as: dtype)).assign(to: self)
    _ = recorded(from: other) { try $0.converted(to: other.dtype) }
  }
}
