import Kernels

extension Tensor {
  /// The matrix product: matrices, a matrix and a vector, or two vectors (then a scalar).
  ///
  /// Throws: `ShapeError` when the ranks are others or the inner extents differ;
  /// `AllocationError`.
  public func matmul(_ other: Tensor) throws -> Tensor {
    let dtype = dtype.promoted(with: other.dtype)
    guard 1...2 ~= rank, 1...2 ~= other.rank else {
      throw ShapeError(
        op: "matmul", lhs: shape, rhs: other.shape, reason: "must have one or two axes each")
    }
    let inner = (shape[rank - 1], other.shape[0])
    guard inner.0 == inner.1 else {
      throw ShapeError(
        op: "matmul", lhs: shape, rhs: other.shape,
        reason: "do not agree (\(inner.0) and \(inner.1))")
    }
    if rank == 1, other.rank == 1 { return try dot(other) }
    for extent in shape + other.shape where extent > Int(Int32.max) {  // as the BLAS counts
      throw ShapeError(
        op: "matmul", lhs: shape, rhs: other.shape, reason: "are too long (above \(Int32.max))")
    }
    let operands = try (converted(to: dtype), other.converted(to: dtype))
    let a = try rank == 1 ? operands.0.unsqueezed(axis: 0) : operands.0
    let b = try other.rank == 1 ? operands.1.unsqueezed(axis: 1) : operands.1
    let result = try Tensor(zeros: [a.shape[0], b.shape[1]], dtype: dtype)
    switch dtype {
    case .float32: try multiply(a, b, into: result, as: Float.self)
    case .float64: try multiply(a, b, into: result, as: Double.self)
    }
    if rank == 1 { return try result.squeezed(axis: 0) }
    return other.rank == 1 ? try result.squeezed(axis: 1) : result
  }

  private func multiply<S: TensorScalar>(
    _ a: Tensor, _ b: Tensor, into result: Tensor, as type: S.Type
  ) throws {
    guard result.count > 0, a.shape[1] > 0 else { return }
    let left = try Matrix<S>(a)
    let right = try Matrix<S>(b)
    S.matrixProduct(
      rows: a.shape[0], columns: b.shape[1], inner: a.shape[1],
      alpha: 1, left.base, lda: left.distance, transposeA: left.isTransposed,
      right.base, ldb: right.distance, transposeB: right.isTransposed,
      beta: 0, into: result.base(as: S.self), ldc: b.shape[1])
    withExtendedLifetime((left.tensor, right.tensor)) {}
  }

  /// Σ aᵢ bᵢ of two vectors, a scalar; summed in double precision.
  ///
  /// Throws: `ShapeError` unless both are vectors of one length; `AllocationError`.
  public func dot(_ other: Tensor) throws -> Tensor {
    guard rank == 1, other.rank == 1, shape == other.shape else {
      throw ShapeError(
        op: "dot", lhs: shape, rhs: other.shape, reason: "are not vectors of one length")
    }
    let dtype = dtype.promoted(with: other.dtype)
    let (a, b) = try (converted(to: dtype), other.converted(to: dtype))
    func product<S: TensorScalar>(as type: S.Type) -> Double {
      defer { withExtendedLifetime((a, b)) {} }
      return Double(
        Kernels.dot(
          a.base(as: S.self), a.strides[0], b.base(as: S.self), b.strides[0], a.count))
    }
    switch dtype {
    case .float32: return try .scalar(product(as: Float.self), dtype: dtype)
    case .float64: return try .scalar(product(as: Double.self), dtype: dtype)
    }
  }

  /// The matrix aᵢ bⱼ of two vectors.
  ///
  /// Throws: `ShapeError` unless both are vectors; `AllocationError`.
  public func outer(_ other: Tensor) throws -> Tensor {
    guard rank == 1, other.rank == 1 else {
      throw ShapeError(op: "outer", lhs: shape, rhs: other.shape, reason: "are not two vectors")
    }
    return try unsqueezed(axis: 1) * other
  }
}

/// A matrix as the BLAS takes it: rows or columns of neighbours at a fixed distance.
private struct Matrix<S: TensorScalar> {
  let tensor: Tensor
  let distance: Int
  let isTransposed: Bool
  var base: UnsafePointer<S> { UnsafePointer(tensor.base(as: S.self)) }

  init(_ x: Tensor) throws {
    let (rows, columns) = (x.shape[0], x.shape[1])
    // The stride of an axis of extent 1 says nothing.
    let down = rows == 1 ? columns : x.strides[0]
    let across = columns == 1 ? 1 : x.strides[1]
    let limit = Int(Int32.max)
    if across == 1, down >= columns, down <= limit {
      (tensor, distance, isTransposed) = (x, down, false)
    } else if rows == 1 || down == 1, across >= rows, across <= limit {
      (tensor, distance, isTransposed) = (x, across, true)
    } else {
      (tensor, distance, isTransposed) = (try x.copy(), columns, false)
    }
  }
}
