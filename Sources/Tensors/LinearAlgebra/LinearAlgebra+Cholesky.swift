import Kernels

extension LinearAlgebra {
  /// The triangle L with A = L Lᵀ of a symmetric, positive definite matrix, or U = Lᵀ.
  ///
  /// Only the triangle of A on the same side is read. `a` is [.., n, n].
  ///
  /// - Throws: `NotPositiveDefiniteError`; `ArgumentError` for NaN or infinity in that triangle;
  ///   `ShapeError`; `AllocationError`.
  public static func cholesky(_ a: Tensor, upper: Bool = false) throws -> Tensor {
    try checkSquare(a, op: "cholesky")
    let factor = try forEachMatrix(of: a, op: "cholesky") { a in
      try a.dtype.dispatch { [try cholesky(a, upper, as: $0)] }
    }[0]
    return factor.recorded(from: a) { try upper ? vjp($0.mT, factor.mT) : vjp($0, factor) }
  }

  /// The symmetric part of L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, Φ taking the lower triangle and half the diagonal
  /// (Murray, "Differentiation of the Cholesky decomposition", arXiv 1602.07527).
  private static func vjp(_ cotangent: Tensor, _ l: Tensor) throws -> Tensor {
    let product = try l.mT.matmul(cotangent)
    let half = try (product.lowerTriangle() + product.lowerTriangle(offset: -1)) * 0.5
    let left = try solveTriangular(l.mT, half, upper: true)
    let both = try solveTriangular(l.mT, left.mT, upper: true)
    return try (both + both.mT) * 0.5
  }

  private static func cholesky<S: TensorScalar>(
    _ a: Tensor, _ upper: Bool, as type: S.Type
  ) throws -> Tensor {
    let result = try a.unrecordedCopy()
    let (n, base) = (a.shape[0], result.base(as: S.self))
    // LAPACK reads the transpose.
    let info = try S.preparedLAPACK.potrf(upper ? Letter.l : Letter.u, Int32(n), base)
    precondition(info >= 0)
    for row in 0..<n {
      let others = upper ? 0..<row : row + 1..<n
      Kernels.fill(0, base + row * n + others.lowerBound, 1, others.count)
    }
    // NaN and infinity anywhere reach the diagonal, unless a pivot is refused first.
    if info > 0 || !(0..<n).allSatisfy({ base[$0 * (n + 1)].isFinite }) {
      try checkFinite(a, upper, as: S.self)
    }
    if info > 0 { throw NotPositiveDefiniteError(op: "cholesky", minor: Int(info)) }
    return result
  }

  /// As `checkFinite`, for one triangle.
  private static func checkFinite<S: TensorScalar>(
    _ a: Tensor, _ upper: Bool, as type: S.Type
  ) throws {
    let base = a.base(as: S.self)
    defer { withExtendedLifetime(a) {} }
    for row in 0..<a.shape[0] {
      for column in upper ? row..<a.shape[0] : 0..<row + 1 {
        let element = base[row * a.strides[0] + column * a.strides[1]]
        guard element.isFinite else {
          throw ArgumentError("a", mustBe: "finite", got: Double(element))
        }
      }
    }
  }
}
