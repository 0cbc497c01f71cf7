import Kernels

extension Tensor {
  /// The matrix product, as NumPy's: matrices along the last two axes, the axes before them
  /// broadcast; a vector counts as a row on the left, as a column on the right; two vectors give a
  /// scalar.
  ///
  /// - Throws: `ShapeError` for a scalar and when the shapes do not agree; `AllocationError`.
  public func matmul(_ other: Tensor) throws -> Tensor {
    guard rank >= 1, other.rank >= 1 else {
      throw ShapeError(
        op: "matmul", lhs: shape, rhs: other.shape, reason: "must have at least one axis each")
    }
    let inner = (shape[rank - 1], other.shape[Swift.max(0, other.rank - 2)])
    guard inner.0 == inner.1 else {
      throw ShapeError(
        op: "matmul", lhs: shape, rhs: other.shape,
        reason: "do not agree (\(inner.0) and \(inner.1))")
    }
    if rank == 1, other.rank == 1 { return try dot(other) }
    for extent in shape + other.shape where extent > Int(Int32.max) {  // the BLAS counts in 32 bits
      throw ShapeError(
        op: "matmul", lhs: shape, rhs: other.shape, reason: "are too long (above \(Int32.max))")
    }
    if rank == 1 {
      return try unsqueezed(axis: 0).matrixProduct(other).squeezed(axis: other.rank - 2)
    }
    if other.rank == 1 {
      return try matrixProduct(other.unsqueezed(axis: 1)).squeezed(axis: rank - 1)
    }
    return try matrixProduct(other)
  }

  /// Both must have two axes or more, and the inner extents must agree.
  private func matrixProduct(_ other: Tensor) throws -> Tensor {
    let dtype = dtype.promoted(with: other.dtype)
    let a = self.dtype == dtype ? self : try unrecordedCopy(as: dtype)
    let b = other.dtype == dtype ? other : try other.unrecordedCopy(as: dtype)
    let result = try Tensor.unrecordedProduct(a, b)
    guard let tape = tape(with: other) else { return result }
    tape.record(
      result,
      self,
      {
        try $0.matmul(other.transposed(other.rank - 2, other.rank - 1))
          .summed(to: self.shape).converted(to: self.dtype)
      },
      other,
      {
        try self.transposed(self.rank - 2, self.rank - 1).matmul($0)
          .summed(to: other.shape).converted(to: other.dtype)
      })
    return result
  }

  private static func unrecordedProduct(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let (rows, columns) = (a.shape[a.rank - 2], b.shape[b.rank - 1])
    if a.rank == 2, b.rank == 2 {
      let result =
        try a.shape[1] == 0
        ? Tensor(zeros: [rows, columns], dtype: a.dtype)
        : Tensor(
          unwritten: [rows, columns], count: checkedCount([rows, columns]), dtype: a.dtype)
      try multiply(a, b, into: result)
      return result
    }
    let batch = try broadcastShape(
      Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)), op: "matmul")
    let result = try Tensor(zeros: batch + [rows, columns], dtype: a.dtype)
    let left = a.view(
      batch + a.shape.suffix(2), a.strides(broadcastTo: batch + a.shape.suffix(2)))
    let right = b.view(
      batch + b.shape.suffix(2), b.strides(broadcastTo: batch + b.shape.suffix(2)))
    func matrix(_ x: Tensor, _ offset: Int) -> Tensor {
      x.view(Array(x.shape.suffix(2)), Array(x.strides.suffix(2)), offset: x.offset + offset)
    }
    let strides = [left, right, result].map { Array($0.strides.dropLast(2)) }
    let nest = LoopNest(batch, strides[0], strides[1], strides[2])
    try nest.forEachRun { offsets in
      for place in 0..<nest.count {
        let offset = offsets &+ nest.steps &* SIMD4(repeating: place)
        try multiply(
          matrix(left, offset[0]), matrix(right, offset[1]), into: matrix(result, offset[2]))
      }
    }
    return result
  }

  private static func multiply(_ a: Tensor, _ b: Tensor, into result: Tensor) throws {
    try a.dtype.dispatch { try multiply(a, b, into: result, as: $0) }
  }

  private static func multiply<S: TensorScalar>(
    _ a: Tensor, _ b: Tensor, into result: Tensor, as type: S.Type
  ) throws {
    guard result.count > 0, a.shape[1] > 0 else { return }
    try SystemMemory.prepareBLAS()
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
  /// - Throws: `ShapeError` unless both are vectors of one length; `AllocationError`.
  public func dot(_ other: Tensor) throws -> Tensor {
    guard rank == 1, other.rank == 1, shape == other.shape else {
      throw ShapeError(
        op: "dot", lhs: shape, rhs: other.shape, reason: "are not vectors of the same length")
    }
    let dtype = dtype.promoted(with: other.dtype)
    let a = self.dtype == dtype ? self : try unrecordedCopy(as: dtype)
    let b = other.dtype == dtype ? other : try other.unrecordedCopy(as: dtype)
    func product<S: TensorScalar>(as type: S.Type) -> Double {
      defer { withExtendedLifetime((a, b)) {} }
      return Double(
        Kernels.dot(
          a.base(as: S.self), a.strides[0], b.base(as: S.self), b.strides[0], a.count))
    }
    let result = try Tensor.scalar(dtype.dispatch { product(as: $0) }, dtype: dtype)
    if let tape = tape(with: other) {
      tape.record(
        result,
        self, { try ($0 * other).converted(to: self.dtype) },
        other, { try ($0 * self).converted(to: other.dtype) })
    }
    return result
  }

  /// The matrix aᵢ bⱼ of two vectors.
  ///
  /// - Throws: `ShapeError` unless both are vectors; `AllocationError`.
  public func outer(_ other: Tensor) throws -> Tensor {
    guard rank == 1, other.rank == 1 else {
      throw ShapeError(op: "outer", lhs: shape, rhs: other.shape, reason: "are not two vectors")
    }
    return try unsqueezed(axis: 1) * other
  }
}

/// A matrix in the BLAS's form: rows or columns of neighbouring elements, at a fixed distance.
private struct Matrix<S: TensorScalar> {
  let tensor: Tensor
  let distance: Int
  let isTransposed: Bool
  var base: UnsafePointer<S> { UnsafePointer(tensor.base(as: S.self)) }

  init(_ x: Tensor) throws {
    let (rows, columns) = (x.shape[0], x.shape[1])
    // The stride of an axis of extent 1 has no meaning.
    let down = rows == 1 ? columns : x.strides[0]
    let across = columns == 1 ? 1 : x.strides[1]
    let limit = Int(Int32.max)
    if across == 1, down >= columns, down <= limit {
      (tensor, distance, isTransposed) = (x, down, false)
    } else if rows == 1 || down == 1, across >= rows, across <= limit {
      (tensor, distance, isTransposed) = (x, across, true)
    } else {
      (tensor, distance, isTransposed) = (try x.unrecordedCopy(), columns, false)
    }
  }
}
