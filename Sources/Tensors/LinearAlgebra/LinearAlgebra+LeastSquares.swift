import Kernels

/// The result of `LinearAlgebra.lstsq`, as in NumPy.
public struct LeastSquares {
  /// X, [n] or [n, k].
  public let solution: Tensor
  /// Σ (A X − B)² of each column, [1] or [k]; without elements unless m > n and A has rank n.
  public let residuals: Tensor
  /// The rank of A.
  public let rank: Int
  /// The singular values of A, descending.
  public let singularValues: Tensor
}

extension LinearAlgebra {
  /// X with the least |A X − B|², the shortest one if there are several, by singular values.
  ///
  /// `a` is [m, n], `b` [m] or [m, k]. Singular values up to `tolerance` times the largest count
  /// as 0; by default that is max(m, n) times the number type's epsilon, as NumPy's.
  ///
  /// - Throws: `ArgumentError` for NaN, infinity or a negative tolerance; `ShapeError`;
  ///   `ConvergenceError`; `AllocationError`; its derivative `DerivativeError` unless the rank is
  ///   min(m, n).
  public static func lstsq(
    _ a: Tensor, _ b: Tensor, tolerance: Double? = nil
  ) throws -> LeastSquares {
    let dtype = a.dtype.promoted(with: b.dtype)
    let (a, right) = try (a.converted(to: dtype), b.converted(to: dtype))
    let cutoff = try cutoff(tolerance, name: "rcond", a, op: "lstsq")
    guard a.rank == 2, 1...2 ~= b.rank else {
      throw ShapeError(
        op: "lstsq", lhs: a.shape, rhs: b.shape, reason: "are not a matrix and its right side")
    }
    guard a.shape[0] == b.shape[0] else {
      throw ShapeError(
        op: "lstsq", lhs: a.shape, rhs: b.shape,
        reason: "do not agree (\(a.shape[0]) and \(b.shape[0]))")
    }
    let columns = b.rank == 1 ? try right.unsqueezed(axis: 1) : right
    try checkMatrix(columns, op: "lstsq")
    let (room, overflow) = a.shape.max()!.multipliedReportingOverflow(by: columns.shape[1])
    guard !overflow, room <= Int(Int32.max) else {
      throw ShapeError(op: "lstsq", lhs: a.shape, rhs: b.shape, reason: "are too large for LAPACK")
    }
    try checkFinite(a, name: "a")
    try checkFinite(b, name: "b")
    let found = try dtype.dispatch {
      try leastSquares(a.detached(), columns.detached(), cutoff, as: $0)
    }
    let x = found.solution
    _ = x.recorded(
      from: a, { try vjp($0, a, columns, x, rank: found.rank).a },
      columns, { try vjp($0, a, columns, x, rank: found.rank).b })
    var residuals = try Tensor(zeros: [0], dtype: dtype)
    if found.rank == a.shape[1], a.shape[0] > a.shape[1] {
      let errors = try a.matmul(x) - columns
      residuals = try (errors * errors).sum(axis: 0)
    }
    return LeastSquares(
      solution: b.rank == 1 ? try x.squeezed(axis: 1) : x, residuals: residuals, rank: found.rank,
      singularValues: found.singularValues.recorded(from: a) { try singularValueVJP($0, a) })
  }

  /// From the normal equations: x = (AᵀA)⁻¹ Aᵀ b for m ≥ n, x = Aᵀ (AAᵀ)⁻¹ b for m < n, with AᵀA
  /// and AAᵀ as RᵀR of the QR factors of A and Aᵀ.
  private static func vjp(
    _ cotangent: Tensor, _ a: Tensor, _ b: Tensor, _ x: Tensor, rank: Int
  ) throws -> (a: Tensor, b: Tensor) {
    guard rank == a.shape.min() else {
      throw DerivativeError(op: "lstsq of a matrix without full rank")
    }
    let isTall = a.shape[0] >= a.shape[1]
    let r = try qr(isTall ? a : a.mT).r
    func solveNormal(_ y: Tensor) throws -> Tensor {
      try solveTriangular(r, solveTriangular(r.mT, y), upper: true)
    }
    if isTall {
      let z = try solveNormal(cotangent)
      let gradient = try a.matmul(z)
      return (try (b - a.matmul(x)).matmul(z.mT) - gradient.matmul(x.mT), gradient)
    }
    let gradient = try solveNormal(a.matmul(cotangent))
    let rest = try cotangent - a.mT.matmul(gradient)
    return (try solveNormal(b).matmul(rest.mT) - gradient.matmul(x.mT), gradient)
  }

  private static func leastSquares<S: TensorScalar>(
    _ a: Tensor, _ b: Tensor, _ cutoff: Double, as type: S.Type
  ) throws -> (solution: Tensor, rank: Int, singularValues: Tensor) {
    let (m, n, right) = (a.shape[0], a.shape[1], b.shape[1])
    let s = try unwritten(Swift.min(m, n), dtype: a.dtype)
    guard s.count > 0 else { return (try Tensor(zeros: [n, right], dtype: a.dtype), 0, s) }
    let matrix = try transposedCopy(a)
    // Each column holds one of B and then one of X, with room for the longer.
    let (length, count) = (Swift.max(m, n), Swift.max(1, right))
    let columns = try Tensor(zeros: [count, length], dtype: a.dtype)
    let (source, base) = (try transposedCopy(b), columns.base(as: S.self))
    for column in 0..<right {
      Kernels.copy(source.base(as: S.self) + column * m, 1, base + column * length, m)
    }
    var rank: Int32 = 0
    var integers: [Int32] = [0]
    let info = try withWorkspace(S.self) { work, workLength in
      if workLength >= 0 { integers = [Int32](repeating: 0, count: Int(max(1, integers[0]))) }
      return try S.preparedLAPACK.gelsd(
        Int32(m), Int32(n), Int32(count), matrix.base(as: S.self), base, s.base(as: S.self),
        S(cutoff), &rank, work, workLength, &integers)
    }
    guard info == 0 else { throw ConvergenceError(op: "lstsq") }
    withExtendedLifetime((source, matrix)) {}
    return (try columns.view([n, right], [1, length]).unrecordedCopy(), Int(rank), s)
  }
}
