/// The gradient U diag(c) Vᵀ of singular values with cotangents c, and of eigenvalues, for which
/// U = V and the matrix is symmetric.
///
/// Its own derivative is not taken through U and V, whose derivatives do not exist where two values
/// are equal: the sum is smooth there, and has all derivatives.
struct SpectralGradient {
  private let u: Tensor
  private let s: Tensor
  private let vt: Tensor
  private let isSymmetric: Bool

  /// Of singular values.
  init(_ u: Tensor, _ s: Tensor, _ vt: Tensor) {
    (self.u, self.s, self.vt, isSymmetric) = (u, s, vt, false)
  }

  /// Of the eigenvalues of symmetric matrices.
  init(_ values: Tensor, _ vectors: Tensor) throws {
    (u, s, vt, isSymmetric) = (vectors, values, try vectors.mT, true)
  }

  /// The cotangent of A, given that of the values, [.., k].
  func callAsFunction(_ c: Tensor, from a: Tensor) throws -> Tensor {
    let result = try (u.detached() * c.detached().asRow()).matmul(vt.detached())
    // Whether it is constant must be asked now, while everything is still being recorded.
    let isConstant = !c.isVariable
    return result.recorded(
      from: c, { try diagonal(u.mT.matmul($0).matmul(vt.mT)) },
      a, { try derivative(along: $0, c, isConstant: isConstant) })
  }

  /// The transpose of the derivative by A of the gradient, at W: with M = UᵀWV and its symmetric
  /// and antisymmetric parts, U (D⁻ ∘ sym M + D⁺ ∘ anti M) Vᵀ, D⁻ᵢⱼ = (cᵢ − cⱼ)/(sᵢ − sⱼ) and D⁺ᵢⱼ
  /// = (cᵢ + cⱼ)/(sᵢ + sⱼ), and what W has outside of U and V, times c/s.
  private func derivative(along w: Tensor, _ c: Tensor, isConstant: Bool) throws -> Tensor {
    let m = try u.mT.matmul(w).matmul(vt.mT)
    let even = try (m + m.mT) * 0.5
    var inner = try slopes(c, isConstant: isConstant) * even
    if isSymmetric { return try u.matmul(inner).matmul(vt) }
    inner = try inner + sums(c) * ((m - m.mT) * 0.5)
    var result = try u.matmul(inner).matmul(vt)
    let (rows, columns, k) = (u.shape[u.rank - 2], vt.shape[vt.rank - 1], s.shape[s.rank - 1])
    if rows > k {
      let outside = try w.matmul(vt.mT) - u.matmul(m)
      result = try result + (outside * (c / s).asRow()).matmul(vt)
    }
    if columns > k {
      let outside = try u.mT.matmul(w) - m.matmul(vt)
      result = try result + (u * (c / s).asRow()).matmul(outside)
    }
    return result
  }

  /// D⁻, 0 on the diagonal. For equal values it is 0 where their cotangents are constants and
  /// equal, and NaN otherwise.
  private func slopes(_ c: Tensor, isConstant: Bool) throws -> Tensor {
    let unit = try Tensor.eye(s.shape[s.rank - 1], dtype: s.dtype)
    let rises = try c.asRow().mT - c.asRow()
    let runs = try s.asRow().mT - s.asRow() + unit
    let none = try isConstant ? rises.eq(0) : unit.expanded(to: rises.shape)
    let safe = try Tensor.choose(runs.eq(0), .scalar(.nan, dtype: s.dtype), runs)
    return try .choose(none, .scalar(0, dtype: s.dtype), rises / safe)
  }

  /// D⁺, 0 on the diagonal and where both cotangents are 0.
  private func sums(_ c: Tensor) throws -> Tensor {
    let unit = try Tensor.eye(s.shape[s.rank - 1], dtype: s.dtype)
    return try (1 - unit) * (c.asRow().mT + c.asRow()) / (s.asRow().mT + s.asRow() + unit)
  }

  private func diagonal(_ m: Tensor) throws -> Tensor {
    let unit = try Tensor.eye(s.shape[s.rank - 1], dtype: s.dtype)
    return try (m * unit).sum(axis: m.rank - 1)
  }
}
