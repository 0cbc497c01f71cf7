import Kernels

extension LinearAlgebra {
  /// A = Q R with orthonormal columns in Q and an upper triangle R, by reflections.
  ///
  /// With k = min(m, n), `a` is [.., m, n], Q [.., m, k], R [.., k, n] (NumPy's "reduced"). The
  /// diagonal of R may be negative, as LAPACK's.
  ///
  /// Throws: `ShapeError`, `AllocationError`; its derivative `DerivativeError` for m < n and
  /// `SingularMatrixError` for columns that depend on each other.
  public static func qr(_ a: Tensor) throws -> (q: Tensor, r: Tensor) {
    try checkMatrix(a, op: "qr")
    let results = try forEachMatrix(of: a, op: "qr") { a in
      switch a.dtype {
      case .float32: try qr(a, as: Float.self)
      case .float64: try qr(a, as: Double.self)
      }
    }
    let (q, r) = (results[0], results[1])
    return (
      q.recorded(from: a) { try vjp($0, $0.mT.matmul(-q), q, r) },
      r.recorded(from: a) { try vjp(nil, r.matmul($0.mT), q, r) }
    )
  }

  /// (Q̄ + Q copyltu(M)) R⁻ᵀ with M = R R̄ᵀ − Q̄ᵀ Q, copyltu copying the lower triangle to the upper
  /// (Seeger, Hetzel, Dai, Lawrence, "Auto-differentiating linear algebra", arXiv 1710.08717).
  private static func vjp(_ qCotangent: Tensor?, _ m: Tensor, _ q: Tensor, _ r: Tensor) throws
    -> Tensor
  {
    guard r.shape[r.rank - 2] == r.shape[r.rank - 1] else {
      throw DerivativeError(op: "qr of a matrix with more columns than rows")
    }
    let lower = try m.lowerTriangle()
    var sum = try q.matmul(lower + m.lowerTriangle(offset: -1).mT)
    if let qCotangent { sum = try sum + qCotangent }
    return try solveTriangular(r, sum.mT, upper: true, op: "the derivative of qr").mT
  }

  private static func qr<S: TensorScalar>(_ a: Tensor, as type: S.Type) throws -> [Tensor] {
    let (m, n) = (a.shape[0], a.shape[1])
    let k = Swift.min(m, n)
    let r = try Tensor(zeros: [k, n], dtype: a.dtype)
    guard k > 0 else { return [try Tensor(zeros: [m, 0], dtype: a.dtype), r] }
    // What LAPACK sees is Aᵀ = L Qᵀ, and L and Qᵀ are R and Q in row-major order.
    let factors = try a.unrecordedCopy()
    let tau = try unwritten(k, dtype: a.dtype)
    let base = factors.base(as: S.self)
    defer { withExtendedLifetime((factors, tau)) {} }
    var info = try withWorkspace(S.self) {
      S.lapack.gelqf(Int32(n), Int32(m), base, tau.base(as: S.self), $0, $1)
    }
    precondition(info == 0)
    for row in 0..<k {
      let start = row * n + row
      Kernels.copy(base + start, 1, r.base(as: S.self) + start, n - row)
    }
    info = try withWorkspace(S.self) {
      S.lapack.orglq(
        Int32(k), Int32(m), Int32(k), base, Int32(n), tau.base(as: S.self), $0, $1)
    }
    precondition(info == 0)
    guard n > k else { return [factors, r] }
    return [try factors.view([m, k], [n, 1]).unrecordedCopy(), r]
  }
}
