import Kernels

extension LinearAlgebra {
  /// A = Q R with orthonormal columns in Q and an upper triangle R, by reflections.
  ///
  /// With k = min(m, n), `a` is [.., m, n], Q [.., m, k], R [.., k, n] (NumPy's "reduced"). The
  /// diagonal of R may be negative, as LAPACK's.
  ///
  /// - Throws: `ShapeError`, `AllocationError`. The derivative is NaN by a matrix whose first k
  ///   columns depend on each other.
  public static func qr(_ a: Tensor) throws -> (q: Tensor, r: Tensor) {
    try checkMatrix(a, op: "qr")
    let results = try forEachMatrix(of: a, op: "qr") { a in
      try a.dtype.dispatch { try qr(a, as: $0) }
    }
    let (q, r) = (results[0], results[1])
    let (rows, columns) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    guard rows < columns else {
      return (
        q.recorded(from: a) { try vjp($0, nil, q, r) },
        r.recorded(from: a) { try vjp(nil, $0, q, r) }
      )
    }
    // A = (X Y), R = (U V) with square X and U: X = Q U, V = QᵀY.
    func first(_ x: Tensor) throws -> Tensor {
      try x.narrowed(axis: x.rank - 1, from: 0, length: rows)
    }
    func others(_ x: Tensor) throws -> Tensor {
      try x.narrowed(axis: x.rank - 1, from: rows, length: columns - rows)
    }
    let axis = a.rank - 1
    return (
      q.recorded(from: a) {
        let zeros = try Tensor(
          zeros: a.shape.dropLast() + [columns - rows], dtype: a.dtype)
        return try .concatenated([vjp($0, nil, q, first(r)), zeros], axis: axis)
      },
      r.recorded(from: a) {
        let rest = try others($0)
        let gradient = try vjp(others(a).matmul(rest.mT), first($0), q, first(r))
        return try .concatenated([gradient, q.matmul(rest)], axis: axis)
      }
    )
  }

  /// (Q̄ + Q copyltu(M)) R⁻ᵀ with M = R R̄ᵀ − Q̄ᵀ Q, copyltu copying the lower triangle to the
  /// upper (Seeger, Hetzel, Dai, Lawrence, "Auto-differentiating linear algebra", arXiv
  /// 1710.08717).
  private static func vjp(
    _ qCotangent: Tensor?, _ rCotangent: Tensor?, _ q: Tensor, _ r: Tensor
  ) throws -> Tensor {
    var m = try Tensor(zeros: r.shape, dtype: r.dtype)
    if let rCotangent { m = try r.matmul(rCotangent.mT) }
    if let qCotangent { m = try m - qCotangent.mT.matmul(q) }
    var sum = try q.matmul(m.lowerTriangle() + m.lowerTriangle(offset: -1).mT)
    if let qCotangent { sum = try sum + qCotangent }
    return try solveTriangularOrNaN(r + singularity(of: r), sum.mT, upper: true).mT
  }

  /// [.., 1, 1]: NaN for a matrix whose triangle is singular to working precision, else 0. Rounding
  /// would hide such a triangle.
  private static func singularity(of r: Tensor) throws -> Tensor {
    let n = r.shape[r.rank - 1]
    guard n > 0 else { return try Tensor(zeros: r.shape.dropLast(2) + [1, 1], dtype: r.dtype) }
    let epsilon = r.dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    let elements = try r.detached().elements(as: Double.self)
    let marks = stride(from: 0, to: elements.count, by: n * n).map { start in
      let diagonal = (0..<n).map { Swift.abs(elements[start + $0 * (n + 1)]) }
      let isRegular = diagonal.min()! > Double(n) * epsilon * diagonal.max()!
      return isRegular ? 0 : Double.nan
    }
    return try Tensor(marks, shape: r.shape.dropLast(2) + [1, 1], dtype: r.dtype)
  }

  private static func qr<S: TensorScalar>(_ a: Tensor, as type: S.Type) throws -> [Tensor] {
    let (m, n) = (a.shape[0], a.shape[1])
    let k = Swift.min(m, n)
    let r = try Tensor(zeros: [k, n], dtype: a.dtype)
    guard k > 0 else { return [try Tensor(zeros: [m, 0], dtype: a.dtype), r] }
    // LAPACK reads Aᵀ = L Qᵀ, and L and Qᵀ are R and Q in row-major order.
    let factors = try a.unrecordedCopy()
    let tau = try unwritten(k, dtype: a.dtype)
    let base = factors.base(as: S.self)
    defer { withExtendedLifetime((factors, tau)) {} }
    var info = try withWorkspace(S.self) {
      try S.preparedLAPACK.gelqf(Int32(n), Int32(m), base, tau.base(as: S.self), $0, $1)
    }
    precondition(info == 0)
    for row in 0..<k {
      let start = row * n + row
      Kernels.copy(base + start, 1, r.base(as: S.self) + start, n - row)
    }
    info = try withWorkspace(S.self) {
      try S.preparedLAPACK.orglq(
        Int32(k), Int32(m), Int32(k), base, Int32(n), tau.base(as: S.self), $0, $1)
    }
    precondition(info == 0)
    guard n > k else { return [factors, r] }
    return [try factors.view([m, k], [n, 1]).unrecordedCopy(), r]
  }
}
