import Kernels

extension LinearAlgebra {
  /// A = Q R with orthonormal columns in Q and an upper triangle R, by reflections.
  ///
  /// With k = min(m, n), `a` is [.., m, n], Q [.., m, k], R [.., k, n] (NumPy's "reduced"). The
  /// diagonal of R may be negative, as LAPACK's.
  ///
  /// Throws: `ShapeError`, `AllocationError`.
  public static func qr(_ a: Tensor) throws -> (q: Tensor, r: Tensor) {
    try checkMatrix(a, op: "qr")
    let results = try forEachMatrix(of: a, op: "qr") { a in
      switch a.dtype {
      case .float32: try qr(a, as: Float.self)
      case .float64: try qr(a, as: Double.self)
      }
    }
    return (results[0], results[1])
  }

  private static func qr<S: TensorScalar>(_ a: Tensor, as type: S.Type) throws -> [Tensor] {
    let (m, n) = (a.shape[0], a.shape[1])
    let k = Swift.min(m, n)
    let r = try Tensor(zeros: [k, n], dtype: a.dtype)
    guard k > 0 else { return [try Tensor(zeros: [m, 0], dtype: a.dtype), r] }
    // What LAPACK sees is Aᵀ = L Qᵀ, and L and Qᵀ are R and Q in row-major order.
    let factors = try scratch(a)
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
    let q = Tensor(
      storage: factors.storage, dtype: a.dtype, shape: [m, k], strides: [n, 1], offset: 0)
    return [try scratch(q), r]
  }
}
