import Kernels

extension LinearAlgebra {
  /// Eigenvalues, ascending, and orthonormal eigenvectors, the columns of V, of a symmetric
  /// matrix: A V = V diag(w).
  ///
  /// Only the lower triangle of `a`, [.., n, n], is read. The sign of each column of V is
  /// LAPACK's choice, and so is the basis where an eigenvalue repeats.
  ///
  /// - Throws: `ArgumentError` for NaN or infinity; `ShapeError`; `ConvergenceError`;
  ///   `AllocationError`.
  public static func eigh(_ a: Tensor) throws -> (values: Tensor, vectors: Tensor) {
    let results = try eigh(a, vectors: true)
    let (values, vectors) = (results[0], results[1])
    return (
      values.recorded(from: a) { try SpectralGradient(values, vectors)($0, from: a) },
      vectors.recorded(from: a) {
        let turns = try inverseDifferences(values) * vectors.mT.matmul($0)
        let gradient = try vectors.matmul(turns).matmul(vectors.mT)
        return try (gradient + gradient.mT) * 0.5
      }
    )
  }

  /// Only the eigenvalues, ascending.
  ///
  /// - Throws: as `eigh`.
  public static func eigvalsh(_ a: Tensor) throws -> Tensor {
    try eigh(a, vectors: false)[0].recorded(from: a) {
      let (values, vectors) = try eigh(a)
      return try SpectralGradient(values, vectors)($0, from: a)
    }
  }

  /// A = U diag(s) Vᵀ with orthonormal columns in U, orthonormal rows in Vᵀ and descending s ≥ 0.
  ///
  /// With k = min(m, n), `a` is [.., m, n], U [.., m, k], s [.., k], Vᵀ [.., k, n]: NumPy's u, s,
  /// vh of `full_matrices=False`. The sign that a column of U and its row of Vᵀ share is LAPACK's
  /// choice.
  ///
  /// - Throws: as `eigh`.
  public static func svd(_ a: Tensor) throws -> (u: Tensor, s: Tensor, vt: Tensor) {
    let results = try svd(a, vectors: true)
    let (u, s, vt) = (results[0], results[1], results[2])
    return (
      u.recorded(from: a) { try vjp(u: $0, u, s, vt) },
      s.recorded(from: a) { try SpectralGradient(u, s, vt)($0, from: a) },
      // The decomposition of Aᵀ has the same values, and U and V exchanged.
      vt.recorded(from: a) { try vjp(u: $0.mT, vt.mT, s, u.mT).mT }
    )
  }

  /// The gradient by a cotangent of U alone: U (F ∘ (UᵀŪ − ŪᵀU)) S Vᵀ + (1 − UUᵀ) Ū S⁻¹ Vᵀ with
  /// Fᵢⱼ = 1 / (sⱼ² − sᵢ²) off the diagonal (Townsend, "Differentiating the singular value
  /// decomposition", 2016).
  private static func vjp(u cotangent: Tensor, _ u: Tensor, _ s: Tensor, _ vt: Tensor) throws
    -> Tensor
  {
    let product = try u.mT.matmul(cotangent)
    let turns = try inverseDifferences(s * s) * (product - product.mT)
    var gradient = try u.matmul(turns * s.asRow())
    if u.shape[u.rank - 2] > u.shape[u.rank - 1] {
      gradient = try gradient + (cotangent - u.matmul(product)) / s.asRow()
    }
    return try gradient.matmul(vt)
  }

  /// 1 / (xⱼ − xᵢ) off the diagonal, 0 on it.
  private static func inverseDifferences(_ x: Tensor) throws -> Tensor {
    let unit = try Tensor.eye(x.shape[x.rank - 1], dtype: x.dtype)
    return try (1 - unit) / (x.asRow() - x.asRow().mT + unit)
  }

  /// Only the singular values, descending.
  ///
  /// - Throws: as `eigh`.
  public static func svdvals(_ a: Tensor) throws -> Tensor {
    try svd(a, vectors: false)[0].recorded(from: a) { try singularValueVJP($0, a) }
  }

  static func singularValueVJP(_ cotangent: Tensor, _ a: Tensor) throws -> Tensor {
    let (u, s, vt) = try svd(a)
    return try SpectralGradient(u, s, vt)(cotangent, from: a)
  }

  /// The number of singular values above `tolerance` times the largest; by default that is
  /// max(m, n) times the number type's epsilon, as NumPy's.
  ///
  /// - Throws: as `eigh`; `ArgumentError` for a negative tolerance.
  public static func matrixRank(_ a: Tensor, tolerance: Double? = nil) throws -> Tensor {
    let cutoff = try cutoff(tolerance, name: "rtol", a, op: "matrix_rank")
    return try forEachMatrix(of: a, op: "matrix_rank") { a in
      let values = try svdvals(a).elements(as: Double.self)
      let limit = (values.first ?? 0) * cutoff
      return [try .scalar(Double(values.count { $0 > limit }), dtype: .float64)]
    }[0]
  }

  /// The pseudo-inverse V diag(1/s) Uᵀ, [.., n, m]; singular values up to `tolerance` (as for
  /// `matrixRank`) times the largest count as 0.
  ///
  /// - Throws: as `matrixRank`.
  public static func pinv(_ a: Tensor, tolerance: Double? = nil) throws -> Tensor {
    let cutoff = try cutoff(tolerance, name: "rtol", a, op: "pinv")
    let result = try forEachMatrix(of: a, op: "pinv") { a in
      let (u, s, vt) = try svd(a)
      let values = try s.elements(as: Double.self)
      let limit = (values.first ?? 0) * cutoff
      let inverses = try Tensor(
        values.map { $0 > limit ? 1 / $0 : 0 }, shape: s.shape, dtype: a.dtype)
      return [try transposedCopy((u * inverses).matmul(vt))]
    }[0]
    return result.recorded(from: a) { try vjp(pinv: $0, a, result) }
  }

  /// The transpose of dP = −P dA P + P Pᵀ dAᵀ (1 − A P) + (1 − P A) dAᵀ Pᵀ P, which holds where the
  /// rank does not change (Golub, Pereyra, 1973).
  private static func vjp(pinv cotangent: Tensor, _ a: Tensor, _ p: Tensor) throws -> Tensor {
    let first = try p.mT.matmul(cotangent).matmul(p.mT)
    let second = try cotangent.mT.matmul(p).matmul(p.mT)
    let third = try p.mT.matmul(p).matmul(cotangent.mT)
    return try second - a.matmul(p.matmul(second)) + third - third.matmul(p).matmul(a) - first
  }

  /// - Throws: `ArgumentError` for a tolerance that is none.
  static func cutoff(_ tolerance: Double?, name: String, _ a: Tensor, op: String) throws -> Double {
    try checkMatrix(a, op: op)
    if let tolerance {
      guard tolerance >= 0, tolerance.isFinite else {
        throw ArgumentError(name, mustBe: "a finite number >= 0", got: tolerance)
      }
      return tolerance
    }
    let epsilon = a.dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    return Double(a.shape.suffix(2).max() ?? 0) * epsilon
  }

  // MARK: - One matrix

  private static func eigh(_ a: Tensor, vectors: Bool) throws -> [Tensor] {
    let op = vectors ? "eigh" : "eigvalsh"
    try checkSquare(a, op: op)
    try checkWorkspace(a, op: op)
    return try forEachMatrix(of: a, op: op) { a in
      try a.dtype.dispatch { try eigh(a, vectors, as: $0, op: op) }
    }
  }

  private static func eigh<S: TensorScalar>(
    _ a: Tensor, _ vectors: Bool, as type: S.Type, op: String
  ) throws -> [Tensor] {
    try checkFinite(a, name: "a")
    let n = a.shape[0]
    let basis = try a.unrecordedCopy()
    let values = try unwritten(n, dtype: a.dtype)
    var integers: [Int32] = [0]
    let info = try withWorkspace(S.self) { work, workLength in
      if workLength >= 0 { integers = [Int32](repeating: 0, count: Int(max(1, integers[0]))) }
      return try S.preparedLAPACK.syevd(
        vectors ? Letter.v : Letter.n, Letter.u, Int32(n), basis.base(as: S.self),
        values.base(as: S.self), work, workLength, &integers,
        workLength < 0 ? -1 : Int32(integers.count))
    }
    guard info == 0 else { throw ConvergenceError(op: op) }
    return vectors ? [values, try transposedCopy(basis)] : [values]
  }

  private static func svd(_ a: Tensor, vectors: Bool) throws -> [Tensor] {
    let op = vectors ? "svd" : "svdvals"
    try checkMatrix(a, op: op)
    try checkWorkspace(a, op: op)
    return try forEachMatrix(of: a, op: op) { a in
      try a.dtype.dispatch { try svd(a, vectors, as: $0, op: op) }
    }
  }

  private static func svd<S: TensorScalar>(
    _ a: Tensor, _ vectors: Bool, as type: S.Type, op: String
  ) throws -> [Tensor] {
    try checkFinite(a, name: "a")
    let (m, n) = (a.shape[0], a.shape[1])
    let k = Swift.min(m, n)
    let s = try unwritten(k, dtype: a.dtype)
    // LAPACK reads Aᵀ = V diag(s) Uᵀ; its V and Uᵀ are Vᵀ and U in row-major order.
    let u = try unwritten(vectors ? m : 0, k, dtype: a.dtype)
    let vt = try unwritten(k, vectors ? n : 0, dtype: a.dtype)
    guard k > 0 else { return vectors ? [u, s, vt] : [s] }
    let matrix = try a.unrecordedCopy()
    var integers = [Int32](repeating: 0, count: 8 * k)
    let info = try withWorkspace(S.self) {
      try S.preparedLAPACK.gesdd(
        vectors ? Letter.s : Letter.n, Int32(n), Int32(m), matrix.base(as: S.self),
        s.base(as: S.self), vt.base(as: S.self), u.base(as: S.self), $0, $1, &integers)
    }
    guard info == 0 else { throw ConvergenceError(op: op) }
    return vectors ? [u, s, vt] : [s]
  }
}
