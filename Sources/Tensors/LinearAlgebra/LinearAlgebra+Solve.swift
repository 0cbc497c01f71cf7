import Kernels

extension LinearAlgebra {
  /// X with A X = B, by LU factors with row exchanges.
  ///
  /// `a` is [.., n, n]; `b` is a vector [n] or [.., n, k]; X has B's shape, its leading axes
  /// broadcast with A's.
  ///
  /// - Throws: `SingularMatrixError` when a pivot is exactly 0; `ShapeError`; `AllocationError`.
  public static func solve(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try withColumns(a, b, op: "solve") { a, b in
      let factors = try LUFactors(a)
      try factors.checkRegular(op: "solve")
      return try solve(a, factors, transposed: false, b)
    }
  }

  /// X with A X = B or Aᵀ X = B. The factors serve the derivatives too.
  private static func solve(
    _ a: Tensor, _ factors: LUFactors, transposed: Bool, _ b: Tensor
  ) throws -> Tensor {
    let n = Int32(factors.order)
    func run<S: TensorScalar>(as type: S.Type) throws -> Tensor {
      try withColumns(of: b, factors.matrices, op: "solve", as: S.self) { matrix, columns, x in
        let info = try factors.pivots.withUnsafeBufferPointer { pivots in
          try S.preparedLAPACK.getrs(
            transposed ? Letter.n : Letter.t, n, columns,
            factors.matrices.base(as: S.self) + matrix, pivots.baseAddress! + matrix / Int(n), x)
        }
        precondition(info == 0)
      }
    }
    let x = try a.dtype == .float32 ? run(as: Float.self) : run(as: Double.self)
    func vjp(_ cotangent: Tensor) throws -> Tensor {
      try solve(a, factors, transposed: !transposed, cotangent)
    }
    return x.recorded(
      from: a,
      {
        let z = try vjp($0)
        return try -(transposed ? x.matmul(z.mT) : z.matmul(x.mT)).summed(to: a.shape)
      },
      b, { try vjp($0).summed(to: b.shape) })
  }

  /// X with T X = B for a triangle T: the lower or the upper one of `a`. The other one is not read,
  /// nor, with `unitDiagonal`, the diagonal, which counts as ones.
  ///
  /// Shapes as for `solve`.
  ///
  /// - Throws: as `solve`; a pivot is an element of the diagonal.
  public static func solveTriangular(
    _ a: Tensor, _ b: Tensor, upper: Bool = false, unitDiagonal: Bool = false
  ) throws -> Tensor {
    try solveTriangular(a, b, upper: upper, unitDiagonal: unitDiagonal, orNaN: false)
  }

  /// As `solveTriangular`, but NaN where a matrix is singular, for the derivatives of a batch.
  static func solveTriangularOrNaN(_ a: Tensor, _ b: Tensor, upper: Bool) throws -> Tensor {
    try solveTriangular(a, b, upper: upper, unitDiagonal: false, orNaN: true)
  }

  private static func solveTriangular(
    _ a: Tensor, _ b: Tensor, upper: Bool, unitDiagonal: Bool, orNaN: Bool
  ) throws -> Tensor {
    try withColumns(a, b, op: "solve_triangular") { a, b in
      let x =
        try a.dtype.dispatch { try solveTriangles(a, b, upper, unitDiagonal, orNaN, as: $0) }
      func vjp(_ cotangent: Tensor) throws -> Tensor {
        try solveTriangular(
          a.mT, cotangent, upper: !upper, unitDiagonal: unitDiagonal, orNaN: orNaN)
      }
      return x.recorded(
        from: a,
        {
          let gradient = try -vjp($0).matmul(x.mT).summed(to: a.shape)
          return upper
            ? try gradient.upperTriangle(offset: unitDiagonal ? 1 : 0)
            : try gradient.lowerTriangle(offset: unitDiagonal ? -1 : 0)
        },
        b, { try vjp($0).summed(to: b.shape) })
    }
  }

  private static func solveTriangles<S: TensorScalar>(
    _ a: Tensor, _ b: Tensor, _ upper: Bool, _ unitDiagonal: Bool, _ orNaN: Bool, as type: S.Type
  ) throws -> Tensor {
    // LAPACK reads row-major matrices as their transposes; a view of a transpose is read as it is.
    let seen = try a.detached().mT
    let isColumnMajor = !a.isContiguous && seen.isContiguous
    let matrices = isColumnMajor ? seen : try a.detached().contiguous()
    let rows = b.shape[b.rank - 2]
    return try withColumns(of: b, matrices, op: "solve_triangular", as: S.self) {
      matrix, columns, x in
      let info = try S.preparedLAPACK.trtrs(
        upper == isColumnMajor ? Letter.u : Letter.l, isColumnMajor ? Letter.n : Letter.t,
        unitDiagonal ? Letter.u : Letter.n, Int32(rows), columns,
        matrices.base(as: S.self) + matrix, x)
      if info > 0, orNaN {
        Kernels.fill(.nan, x, 1, rows * Int(columns))
      } else if info > 0 {
        throw SingularMatrixError(op: "solve_triangular", pivot: Int(info))
      }
      precondition(info >= 0)
    }
  }

  // MARK: - Right sides

  /// Calls `body` with matrices of one number type; a vector `b` becomes a column.
  ///
  /// - Throws: `ShapeError` unless A is square, has as many rows as B, and the batches broadcast.
  private static func withColumns(
    _ a: Tensor, _ b: Tensor, op: String, _ body: (Tensor, Tensor) throws -> Tensor
  ) throws -> Tensor {
    try checkSquare(a, op: op)
    guard b.rank >= 1 else { throw ShapeError(op: op, lhs: b.shape, reason: "is not a vector") }
    let columns = b.rank == 1 ? try b.unsqueezed(axis: 1) : b
    try checkMatrix(columns, op: op)
    let rows = (a.shape[a.rank - 2], columns.shape[columns.rank - 2])
    guard rows.0 == rows.1 else {
      throw ShapeError(
        op: op, lhs: a.shape, rhs: b.shape, reason: "do not agree (\(rows.0) and \(rows.1))")
    }
    _ = try broadcastShape(Array(a.shape.dropLast(2)), Array(columns.shape.dropLast(2)), op: op)
    let dtype = a.dtype.promoted(with: b.dtype)
    let x = try body(a.converted(to: dtype), columns.converted(to: dtype))
    return b.rank == 1 ? try x.squeezed(axis: x.rank - 1) : x
  }

  /// Calls `body` for each matrix of B, with a copy that has its columns one behind the other,
  /// their number, and the place in `matrices`, which have no gaps, where the matrix for it begins.
  /// Returns the copies.
  ///
  /// - Throws: what `body` does; `AllocationError`.
  private static func withColumns<S: TensorScalar>(
    of b: Tensor, _ matrices: Tensor, op: String, as type: S.Type,
    _ body: (_ matrix: Int, _ columns: Int32, _ x: UnsafeMutablePointer<S>) throws -> Void
  ) throws -> Tensor {
    let (rows, columns) = (b.shape[b.rank - 2], b.shape[b.rank - 1])
    let batch = try broadcastShape(
      Array(matrices.shape.dropLast(2)), Array(b.shape.dropLast(2)), op: op)
    let shape = batch + [rows, columns]
    let result = try Tensor(unwritten: shape, count: Tensor.checkedCount(shape), dtype: S.dtype)
    guard result.count > 0 else { return result }
    let strides = (
      matrices.strides(broadcastTo: batch + [rows, rows]), b.strides(broadcastTo: shape)
    )
    // A single column needs no transposing.
    let room = columns == 1 ? nil : try unwritten(columns, rows, dtype: S.dtype)
    var target = result.base(as: S.self)
    let nest = LoopNest(batch, Array(strides.0.dropLast(2)), Array(strides.1.dropLast(2)))
    try nest.forEachRun { offsets in
      for place in 0..<nest.count {
        let starts = offsets &+ nest.steps &* SIMD4(repeating: place)
        let x = room?.base(as: S.self) ?? target
        b.view(
          [columns, rows], [strides.1[shape.count - 1], strides.1[shape.count - 2]],
          offset: b.offset + starts[1]
        ).gather(into: x, as: S.dtype)
        try body(starts[0], Int32(columns), x)
        room?.view([rows, columns], [1, rows]).gather(into: target, as: S.dtype)
        target += rows * columns
      }
    }
    withExtendedLifetime((matrices, room)) {}
    return result
  }
}
