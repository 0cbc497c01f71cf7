import Tensors
import Testing

@Suite("Linear algebra") struct LinearAlgebraTests {
  private func random(_ shape: [Int], _ dtype: DType = .float64, seed: UInt64 = 1) throws -> Tensor
  {
    var generator = RandomGenerator(seed: seed)
    return try Tensor.randomNormal(shape, dtype: dtype, using: &generator)
  }

  /// Random square matrices far from singular.
  private func good(_ n: Int, _ dtype: DType = .float64, seed: UInt64 = 1) throws -> Tensor {
    try random([n, n], dtype, seed: seed) + Tensor.eye(n, dtype: dtype)
      * (2 * Double(n).squareRoot())
  }

  private func positive(_ n: Int, _ dtype: DType = .float64, seed: UInt64 = 1) throws -> Tensor {
    let a = try random([n, n], dtype, seed: seed)
    return try a.matmul(a.transposed()) + Tensor.eye(n, dtype: dtype)
  }

  /// The same elements in other memory layouts.
  private func views(_ a: Tensor) throws -> [Tensor] {
    let (rows, columns) = (a.shape[0], a.shape[1])
    let wide = try Tensor.full([2 * rows, 3 * columns + 1], .nan, dtype: a.dtype)
    let gaps = try wide.sliced(axis: 0, from: 0, to: 2 * rows, step: 2)
      .sliced(axis: 1, from: 1, to: 3 * columns + 1, step: 3)
    for index in Tensor.allIndices(a.shape) { try gaps.set(a.value(at: index), at: index) }
    return [a, try a.transposed().copy().transposed(), gaps]
  }

  private func expectNear(
    _ a: Tensor, _ b: Tensor, _ tolerance: Double? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(a.shape == b.shape && a.dtype == b.dtype, sourceLocation: sourceLocation)
    let bound = tolerance ?? (a.dtype == .float32 ? 1e-3 : 1e-11)
    let distance = try (a - b).abs().sum().item()
    #expect(distance <= bound * max(1, Double(a.count)), sourceLocation: sourceLocation)
  }

  // MARK: - Identities

  @Test("A X = B in every layout", arguments: DType.allCases, [1, 2, 7, 40])
  func solving(dtype: DType, n: Int) throws {
    let (a, b) = (try good(n, dtype), try random([n, 3], dtype, seed: 2))
    for a in try views(a) {
      for b in try views(b) {
        let before = (a.values, b.values)
        let x = try LinearAlgebra.solve(a, b)
        try expectNear(a.matmul(x), b.copy())
        #expect(x.isContiguous && a.values == before.0 && b.values == before.1)
        let column = try b.selected(axis: 1, index: 1)
        try expectNear(a.matmul(LinearAlgebra.solve(a, column)), column.copy())
      }
      try expectNear(a.matmul(LinearAlgebra.inv(a)), .eye(n, dtype: dtype))
      guard n < 10 else { continue }  // the determinant is beyond float32
      let determinants = try LinearAlgebra.slogdet(a)
      try expectNear(
        determinants.sign * determinants.logabsdet.exp() / LinearAlgebra.det(a),
        .scalar(1, dtype: dtype))
    }
  }

  @Test("triangles", arguments: DType.allCases) func triangles(dtype: DType) throws {
    let (a, b) = (try good(6, dtype), try random([6, 2], dtype, seed: 2))
    let index = try Tensor.arange(stop: 6, dtype: dtype)
    let below = try index.unsqueezed(axis: 1).ge(index)
    for a in try views(a) {
      try expectNear((a * below).matmul(LinearAlgebra.solveTriangular(a, b)), b)
      let column = try b.selected(axis: 1, index: 1)
      try expectNear((a * below).matmul(LinearAlgebra.solveTriangular(a, column)), column.copy())
      let upper = try a * below.transposed()
      try expectNear(upper.matmul(LinearAlgebra.solveTriangular(a, b, upper: true)), b)
      let unit = try a * below - a * Tensor.eye(6, dtype: dtype) + Tensor.eye(6, dtype: dtype)
      try expectNear(unit.matmul(LinearAlgebra.solveTriangular(a, b, unitDiagonal: true)), b)
    }
  }

  @Test("A = L Lᵀ, the lower triangle alone read", arguments: DType.allCases, [1, 3, 40])
  func choleskyFactors(dtype: DType, n: Int) throws {
    let a = try positive(n, dtype)
    for a in try views(a) {
      let l = try LinearAlgebra.cholesky(a)
      try expectNear(l.matmul(l.transposed()), a.copy())
      try expectNear(LinearAlgebra.cholesky(a, upper: true), l.transposed().copy())
    }
    if n > 1 {
      let l = try LinearAlgebra.cholesky(a)
      try a.set(.nan, at: [0, 1])
      #expect(try LinearAlgebra.cholesky(a).values == l.values)
      #expect(try LinearAlgebra.eigvalsh(positive(n, dtype)).count == n)
    }
  }

  @Test(
    "A = Q R, QᵀQ = 1, R a triangle", arguments: DType.allCases,
    [[1, 1], [5, 3], [3, 5], [40, 40], [60, 33], [33, 60]])
  func orthogonalFactors(dtype: DType, shape: [Int]) throws {
    for a in try views(random(shape, dtype)) {
      let (q, r) = try LinearAlgebra.qr(a)
      try expectNear(q.matmul(r), a.copy())
      try expectNear(q.transposed().matmul(q), .eye(shape.min()!, dtype: dtype))
      #expect(
        try Tensor.allIndices(r.shape).allSatisfy { try $0[1] >= $0[0] || r.value(at: $0) == 0 })
    }
  }

  @Test(
    "A = U diag(s) Vᵀ", arguments: DType.allCases,
    [[1, 1], [5, 3], [3, 5], [40, 40], [60, 33], [33, 60]])
  func singularValues(dtype: DType, shape: [Int]) throws {
    for a in try views(random(shape, dtype)) {
      let (u, s, vt) = try LinearAlgebra.svd(a)
      try expectNear((u * s).matmul(vt), a.copy())
      try expectNear(u.transposed().matmul(u), .eye(shape.min()!, dtype: dtype))
      try expectNear(vt.matmul(vt.transposed()), .eye(shape.min()!, dtype: dtype))
      #expect(s.values == s.values.sorted(by: >) && s.values.allSatisfy { $0 >= 0 })
      try expectNear(LinearAlgebra.svdvals(a), s)
      let inverse = try LinearAlgebra.pinv(a)
      try expectNear(a.matmul(inverse).matmul(a), a.copy())
      try expectNear(inverse.matmul(a).matmul(inverse), inverse)
      #expect(try LinearAlgebra.matrixRank(a).item() == Double(shape.min()!))
    }
  }

  @Test("A V = V diag(w)", arguments: DType.allCases, [1, 2, 5, 50])
  func eigenvalues(dtype: DType, n: Int) throws {
    let random = try random([n, n], dtype)
    for a in try views(random + random.transposed()) {
      let (w, v) = try LinearAlgebra.eigh(a)
      try expectNear(a.matmul(v), v * w)
      try expectNear(v.transposed().matmul(v), .eye(n, dtype: dtype))
      #expect(w.values == w.values.sorted())
      try expectNear(LinearAlgebra.eigvalsh(a), w)
    }
  }

  @Test("the residual of least squares is orthogonal to the columns", arguments: DType.allCases)
  func leastSquares(dtype: DType) throws {
    let b = try random([9, 2], dtype, seed: 2)
    for a in try views(random([9, 4], dtype)) {
      for b in try views(b) {
        let found = try LinearAlgebra.lstsq(a, b)
        let errors = try a.matmul(found.solution) - b
        try expectNear(a.transposed().matmul(errors), .zeros([4, 2], dtype: dtype))
        try expectNear(found.residuals, (errors * errors).sum(axis: 0))
        #expect(found.rank == 4)
        try expectNear(found.singularValues, LinearAlgebra.svdvals(a))
      }
    }
    // The singular values are 1 and 0.1.
    let a = try Tensor([1, 0, 0, 0.1], shape: [2, 2], dtype: dtype)
    #expect(try LinearAlgebra.lstsq(a, a, tolerance: 0.2).rank == 1)
    #expect(try LinearAlgebra.matrixRank(a, tolerance: 0.2).item() == 1)
    try expectNear(
      LinearAlgebra.pinv(a, tolerance: 0.2), Tensor([1.0, 0, 0, 0], shape: [2, 2], dtype: dtype))
  }

  @Test("batches are their matrices, also strided") func batches() throws {
    let a = try random([4, 2, 3, 3]).transposed(0, 1)
    let b = try random([4, 3, 2], seed: 2)
    let x = try LinearAlgebra.solve(a, b)
    let (q, r) = try LinearAlgebra.qr(a)
    #expect(x.shape == [2, 4, 3, 2] && q.shape == a.shape)
    for i in 0..<2 {
      for j in 0..<4 {
        func part(_ x: Tensor) throws -> Tensor {
          try x.selected(axis: 0, index: i).selected(axis: 0, index: j)
        }
        let matrix = try part(a)
        let right = try b.selected(axis: 0, index: j)
        #expect(
          try LinearAlgebra.solveTriangular(a.transposed(2, 3), b, upper: true).selected(
            axis: 0, index: i
          ).selected(axis: 0, index: j).values
            == LinearAlgebra.solveTriangular(matrix.transposed(), right, upper: true).values)
        #expect(
          try part(x).values == LinearAlgebra.solve(matrix, right).values)
        let factors = try LinearAlgebra.qr(matrix)
        #expect(try part(q).values == factors.q.values && part(r).values == factors.r.values)
      }
    }
  }

  @Test("float64 as soon as one is") func promotion() throws {
    let (a, b) = (try good(3, .float32), try random([3], .float64))
    #expect(try LinearAlgebra.solve(a, b).dtype == .float64)
    #expect(try LinearAlgebra.solve(a.copy(as: .float64), b.copy(as: .float32)).dtype == .float64)
    #expect(try LinearAlgebra.solve(a, b.copy(as: .float32)).dtype == .float32)
    #expect(try LinearAlgebra.solveTriangular(a, b).dtype == .float64)
    let found = try LinearAlgebra.lstsq(a, b)
    #expect(found.solution.dtype == .float64 && found.singularValues.dtype == .float64)
    #expect(try LinearAlgebra.svd(a).s.dtype == .float32)
  }

  @Test("determinants at the ends of the number range") func determinants() throws {
    let huge = try Tensor.eye(4, dtype: .float64) * 1e300
    for (i, value) in [1e300, 1e-300, -1e300, 1e-300].enumerated() {
      try huge.set(value, at: [i, i])
    }
    #expect(isNear(try LinearAlgebra.det(huge).item(), -1, 1e-12))
    let large = try Tensor.eye(400, dtype: .float64) * 1e3
    #expect(try LinearAlgebra.det(large).item() == .infinity)
    #expect(
      isNear(try LinearAlgebra.slogdet(large).logabsdet.item(), 400 * 6.907755278982137, 1e-13))
    let singular = try Tensor([1.0, 2, 2, 4], shape: [2, 2], dtype: .float64)
    #expect(try LinearAlgebra.det(singular).item() == 0)
    let (sign, logarithm) = try LinearAlgebra.slogdet(singular)
    #expect(try sign.item() == 0 && logarithm.item() == -.infinity)
    let endless = try Tensor([-.infinity, 0, 0, 1.0], shape: [2, 2], dtype: .float64)
    #expect(try LinearAlgebra.slogdet(endless).sign.item() == -1)
    let unknown = try Tensor.full([2, 2], .nan)
    #expect(try LinearAlgebra.det(unknown).item().isNaN)
    #expect(try LinearAlgebra.slogdet(unknown).sign.item().isNaN)
    #expect(try LinearAlgebra.solve(unknown, Tensor.ones([2])).values.allSatisfy(\.isNaN))
    #expect(try LinearAlgebra.qr(unknown).r.value(at: [0, 0]).isNaN)
  }

  // MARK: - Errors

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test("singular and indefinite matrices") func badMatrices() throws {
    for dtype in DType.allCases {
      let zero = try Tensor.zeros([3, 3], dtype: dtype)
      let b = try Tensor.ones([3], dtype: dtype)
      #expect(throws: SingularMatrixError(op: "solve", pivot: 1)) {
        try LinearAlgebra.solve(zero, b)
      }
      let third = try Tensor([1.0, 0, 0, 0, 1, 0, 1, 1, 0], shape: [3, 3], dtype: dtype)
      #expect(
        message { _ = try LinearAlgebra.solve(third, b) }
          == "solve: the matrix is singular (pivot 3 is 0)")
      #expect(
        message { _ = try LinearAlgebra.inv(third) } == "inv: the matrix is singular (pivot 3 is 0)"
      )
      #expect(
        message { _ = try LinearAlgebra.solveTriangular(third, b) }
          == "solve_triangular: the matrix is singular (pivot 3 is 0)")
      let indefinite = try Tensor([1.0, 2, 2, 1], shape: [2, 2], dtype: dtype)
      #expect(
        message { _ = try LinearAlgebra.cholesky(indefinite) }
          == "cholesky: the matrix is not positive definite "
          + "(its leading minor of order 2 is not positive)")
      #expect(throws: NotPositiveDefiniteError(op: "cholesky", minor: 1)) {
        try LinearAlgebra.cholesky(zero, upper: true)
      }
      try zero.set(.nan, at: [0, 1])
      #expect(throws: NotPositiveDefiniteError(op: "cholesky", minor: 1)) {
        try LinearAlgebra.cholesky(zero)
      }
    }
  }

  @Test("NaN and infinity", arguments: DType.allCases, [Double.nan, .infinity, -.infinity])
  func notFinite(dtype: DType, value: Double) throws {
    let a = try Tensor.eye(3, dtype: dtype)
    try a.set(value, at: [1, 0])
    let text = value.isNaN ? "nan" : value > 0 ? "inf" : "-inf"
    let one = try Tensor.eye(3, dtype: dtype)
    for wrong in [
      { _ = try LinearAlgebra.svd(a) }, { _ = try LinearAlgebra.svdvals(a) },
      { _ = try LinearAlgebra.eigh(a) }, { _ = try LinearAlgebra.eigvalsh(a) },
      { _ = try LinearAlgebra.pinv(a) }, { _ = try LinearAlgebra.matrixRank(a) },
      { _ = try LinearAlgebra.lstsq(a, one) }, { _ = try LinearAlgebra.cholesky(a) },
    ] {
      #expect(message(wrong) == "a must be finite (got \(text))")
    }
    #expect(message { _ = try LinearAlgebra.lstsq(one, a) } == "b must be finite (got \(text))")
  }

  @Test("shapes that do not fit") func misfits() throws {
    let vector = try Tensor.ones([3])
    let wide = try Tensor.ones([3, 4])
    let one = try Tensor.eye(3)
    let scalar = try Tensor.scalar(1)
    let messages: [(String, () throws -> Void)] = [
      ("solve: shape 3 is not a matrix", { _ = try LinearAlgebra.solve(vector, vector) }),
      ("solve: shape 3x4 is not square", { _ = try LinearAlgebra.solve(wide, vector) }),
      ("solve: shape () is not a vector", { _ = try LinearAlgebra.solve(one, scalar) }),
      (
        "solve: shapes 3x3 and 4 do not agree (3 and 4)",
        { _ = try LinearAlgebra.solve(one, Tensor.ones([4])) }
      ),
      (
        "solve: shapes 2 and 3 do not broadcast (2 and 3)",
        { _ = try LinearAlgebra.solve(Tensor.ones([2, 3, 3]), Tensor.ones([3, 3, 1])) }
      ),
      (
        "solve_triangular: shape 3x4 is not square",
        { _ = try LinearAlgebra.solveTriangular(wide, vector) }
      ),
      ("inv: shape 3x4 is not square", { _ = try LinearAlgebra.inv(wide) }),
      ("inv: shape () is not a matrix", { _ = try LinearAlgebra.inv(scalar) }),
      ("det: shape 3x4 is not square", { _ = try LinearAlgebra.det(wide) }),
      ("slogdet: shape 3x4 is not square", { _ = try LinearAlgebra.slogdet(wide) }),
      ("cholesky: shape 3x4 is not square", { _ = try LinearAlgebra.cholesky(wide) }),
      ("eigh: shape 3x4 is not square", { _ = try LinearAlgebra.eigh(wide) }),
      ("eigvalsh: shape 3 is not a matrix", { _ = try LinearAlgebra.eigvalsh(vector) }),
      ("qr: shape 3 is not a matrix", { _ = try LinearAlgebra.qr(vector) }),
      ("svd: shape 3 is not a matrix", { _ = try LinearAlgebra.svd(vector) }),
      ("svdvals: shape 3 is not a matrix", { _ = try LinearAlgebra.svdvals(vector) }),
      ("pinv: shape 3 is not a matrix", { _ = try LinearAlgebra.pinv(vector) }),
      ("matrix_rank: shape 3 is not a matrix", { _ = try LinearAlgebra.matrixRank(vector) }),
      ("lstsq: shape 3 is not a matrix", { _ = try LinearAlgebra.lstsq(vector, vector) }),
      (
        "lstsq: shapes 3x4 and () are not a matrix and its right side",
        { _ = try LinearAlgebra.lstsq(wide, scalar) }
      ),
      (
        "lstsq: shapes 1x3x3 and 3 are not a matrix and its right side",
        { _ = try LinearAlgebra.lstsq(one.unsqueezed(axis: 0), vector) }
      ),
      (
        "lstsq: shapes 3x4 and 4 do not agree (3 and 4)",
        { _ = try LinearAlgebra.lstsq(wide, Tensor.ones([4])) }
      ),
      (
        "rcond must be a finite number >= 0 (got -1)",
        { _ = try LinearAlgebra.lstsq(one, vector, tolerance: -1) }
      ),
      (
        "rtol must be a finite number >= 0 (got nan)",
        { _ = try LinearAlgebra.pinv(one, tolerance: .nan) }
      ),
    ]
    for (text, body) in messages { #expect(message(body) == text) }
  }

  @Test("sizes that LAPACK can't count") func tooLarge() throws {
    func huge(_ rows: Int, _ columns: Int) throws -> Tensor {
      try Tensor.scalar(1).expanded(to: [rows, columns])
    }
    #expect(
      message { _ = try LinearAlgebra.inv(huge(50_000, 50_000)) }
        == "inv: shape 50000x50000 is too large (above 2147483647 elements per matrix)")
    #expect(
      message { _ = try LinearAlgebra.qr(huge(3_000_000_000, 0)) }
        == "qr: shape 3000000000x0 is too large (above 2147483647 elements per matrix)")
    #expect(
      message { _ = try LinearAlgebra.eigh(huge(25_000, 25_000)) }
        == "eigh: shape 25000x25000 is too large for LAPACK's workspace")
    #expect(
      message { _ = try LinearAlgebra.svd(huge(25_000, 25_000)) }
        == "svd: shape 25000x25000 is too large for LAPACK's workspace")
    #expect(
      message { _ = try LinearAlgebra.lstsq(huge(2, 200_000), huge(2, 200_000)) }
        == "lstsq: shapes 2x200000 and 2x200000 are too large for LAPACK")
    #expect(
      message { _ = try LinearAlgebra.solve(Tensor.eye(2), huge(2, 2_000_000_000)) }
        == "solve: shape 2x2000000000 is too large (above 2147483647 elements per matrix)")
  }
}
