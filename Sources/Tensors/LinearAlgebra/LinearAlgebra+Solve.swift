extension LinearAlgebra {
  /// X with A X = B, by LU factors with row exchanges.
  ///
  /// `a` is [.., n, n]; `b` is a vector [n] or [.., n, k]; X has B's shape, its leading axes
  /// broadcast with A's.
  ///
  /// Throws: `SingularMatrixError` when a pivot is exactly 0; `ShapeError`; `AllocationError`.
  public static func solve(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try withColumns(a, b, op: "solve") { a, b in
      let x = try forEachMatrix(of: [a, b], op: "solve") {
        switch b.dtype {
        case .float32: [try solveMatrix($0[0], $0[1], as: Float.self)]
        case .float64: [try solveMatrix($0[0], $0[1], as: Double.self)]
        }
      }[0]
      return x.recorded(
        from: a, { try -solve(a.mT, $0).matmul(x.mT).summed(to: a.shape) },
        b, { try solve(a.mT, $0).summed(to: b.shape) })
    }
  }

  /// X with T X = B for a triangle T: the lower one of `a`, or the upper one; the other is not
  /// read, and with `unitDiagonal` neither is the diagonal, which counts as ones.
  ///
  /// Shapes as for `solve`. Throws: as `solve`; a pivot is an element of the diagonal.
  public static func solveTriangular(
    _ a: Tensor, _ b: Tensor, upper: Bool = false, unitDiagonal: Bool = false
  ) throws -> Tensor {
    try solveTriangular(a, b, upper: upper, unitDiagonal: unitDiagonal, op: "solve_triangular")
  }

  static func solveTriangular(
    _ a: Tensor, _ b: Tensor, upper: Bool, unitDiagonal: Bool = false, op: String
  ) throws -> Tensor {
    try withColumns(a, b, op: op) { a, b in
      let x = try forEachMatrix(of: [a, b], op: op) {
        switch b.dtype {
        case .float32: [try solveTriangle($0[0], $0[1], upper, unitDiagonal, Float.self, op: op)]
        case .float64: [try solveTriangle($0[0], $0[1], upper, unitDiagonal, Double.self, op: op)]
        }
      }[0]
      func vjp(_ cotangent: Tensor) throws -> Tensor {
        try solveTriangular(a.mT, cotangent, upper: !upper, unitDiagonal: unitDiagonal, op: op)
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

  /// A⁻¹. To solve equations, `solve` is faster and more precise.
  ///
  /// Throws: as `solve`.
  public static func inv(_ a: Tensor) throws -> Tensor {
    try inv(a, op: "inv")
  }

  private static func inv(_ a: Tensor, op: String) throws -> Tensor {
    try checkSquare(a, op: op)
    let result = try forEachMatrix(of: a, op: op) { a in
      switch a.dtype {
      case .float32: [try invert(a, as: Float.self, op: op)]
      case .float64: [try invert(a, as: Double.self, op: op)]
      }
    }[0]
    return result.recorded(from: a) { try -result.mT.matmul($0).matmul(result.mT) }
  }

  /// The determinant of each matrix, [..]; 1 for a matrix without elements.
  ///
  /// Throws: `ShapeError`, `AllocationError`; its derivative `SingularMatrixError`.
  public static func det(_ a: Tensor) throws -> Tensor {
    try checkSquare(a, op: "det")
    let result = try forEachMatrix(of: a, op: "det") { a in
      [try .scalar(diagonalOfLU(a).determinant, dtype: a.dtype)]
    }[0]
    return result.recorded(from: a) {
      try ($0 * result).asMatrices() * inv(a, op: "the derivative of det").mT
    }
  }

  /// Sign and natural logarithm of the absolute value of the determinant, which may itself be too
  /// large or too small for a number; 0 and −∞ for a singular matrix.
  ///
  /// Throws: as `det`.
  public static func slogdet(_ a: Tensor) throws -> (sign: Tensor, logabsdet: Tensor) {
    try checkSquare(a, op: "slogdet")
    let results = try forEachMatrix(of: a, op: "slogdet") { a in
      let diagonal = try diagonalOfLU(a)
      return [
        try .scalar(diagonal.sign, dtype: a.dtype),
        try .scalar(diagonal.logarithm, dtype: a.dtype),
      ]
    }
    return (
      results[0],
      results[1].recorded(from: a) {
        try $0.asMatrices() * inv(a, op: "the derivative of slogdet").mT
      }
    )
  }

  // MARK: - One matrix

  /// Calls `body` with matrices of one number type, a vector `b` as a column.
  ///
  /// Throws: `ShapeError` unless A is square and has as many rows as B.
  private static func withColumns(
    _ a: Tensor, _ b: Tensor, op: String, _ body: (Tensor, Tensor) throws -> Tensor
  ) throws -> Tensor {
    try checkSquare(a, op: op)
    guard b.rank >= 1 else { throw ShapeError(op: op, lhs: b.shape, reason: "is no vector") }
    let columns = b.rank == 1 ? try b.unsqueezed(axis: 1) : b
    try checkMatrix(columns, op: op)
    let rows = (a.shape[a.rank - 2], columns.shape[columns.rank - 2])
    guard rows.0 == rows.1 else {
      throw ShapeError(
        op: op, lhs: a.shape, rhs: b.shape, reason: "do not agree (\(rows.0) and \(rows.1))")
    }
    let dtype = a.dtype.promoted(with: b.dtype)
    let x = try body(a.converted(to: dtype), columns.converted(to: dtype))
    return b.rank == 1 ? try x.squeezed(axis: x.rank - 1) : x
  }

  private static func solveMatrix<S: TensorScalar>(
    _ a: Tensor, _ b: Tensor, as type: S.Type
  ) throws -> Tensor {
    let factors = try a.unrecordedCopy()
    let pivots = try factorize(factors, as: S.self, op: "solve")
    let x = try transposedCopy(b)
    // LAPACK sees, and has factorized, the transpose of A.
    let info = S.lapack.getrs(
      Letter.t, Int32(a.shape[0]), Int32(b.shape[1]), factors.base(as: S.self), pivots,
      x.base(as: S.self))
    precondition(info == 0)
    return try transposedCopy(x)
  }

  private static func solveTriangle<S: TensorScalar>(
    _ a: Tensor, _ b: Tensor, _ upper: Bool, _ unitDiagonal: Bool, _ type: S.Type, op: String
  ) throws -> Tensor {
    let triangle = try a.unrecordedCopy()
    let x = try transposedCopy(b)
    let info = S.lapack.trtrs(
      upper ? Letter.l : Letter.u, Letter.t, unitDiagonal ? Letter.u : Letter.n,
      Int32(a.shape[0]), Int32(b.shape[1]), triangle.base(as: S.self), x.base(as: S.self))
    if info > 0 { throw SingularMatrixError(op: op, pivot: Int(info)) }
    precondition(info == 0)
    return try transposedCopy(x)
  }

  private static func invert<S: TensorScalar>(_ a: Tensor, as type: S.Type, op: String) throws
    -> Tensor
  {
    let result = try a.unrecordedCopy()
    let pivots = try factorize(result, as: S.self, op: op)
    let info = try withWorkspace(S.self) {
      S.lapack.getri(Int32(a.shape[0]), result.base(as: S.self), pivots, $0, $1)
    }
    precondition(info == 0)
    return result
  }

  /// The LU factors of a row-major matrix's transpose, in its place. Returns the row exchanges.
  private static func factorize<S: TensorScalar>(
    _ a: Tensor, as type: S.Type, op: String
  ) throws -> [Int32] {
    var pivots = [Int32](repeating: 0, count: a.shape[0])
    let info = S.lapack.getrf(Int32(a.shape[0]), a.base(as: S.self), &pivots)
    precondition(info >= 0)
    if info > 0 { throw SingularMatrixError(op: op, pivot: Int(info)) }
    return pivots
  }

  /// The diagonal of U, its sign turned for each row exchange.
  private static func diagonalOfLU(_ a: Tensor) throws -> FactorDiagonal {
    func diagonal<S: TensorScalar>(as type: S.Type) throws -> FactorDiagonal {
      let n = a.shape[0]
      let factors = try a.unrecordedCopy()
      var pivots = [Int32](repeating: 0, count: n)
      let info = S.lapack.getrf(Int32(n), factors.base(as: S.self), &pivots)
      precondition(info >= 0)
      let base = factors.base(as: S.self)
      defer { withExtendedLifetime(factors) {} }
      return FactorDiagonal(
        elements: (0..<n).map { Double(base[$0 * (n + 1)]) },
        exchanges: pivots.enumerated().count { $0 + 1 != Int($1) })
    }
    return try a.dtype == .float32 ? diagonal(as: Float.self) : diagonal(as: Double.self)
  }
}

/// The diagonal of a triangular factor, whose product is the determinant.
private struct FactorDiagonal {
  let elements: [Double]
  /// Row exchanges; each turns the sign.
  let exchanges: Int

  /// With the exponents added apart, so that only a result out of range overflows.
  var determinant: Double {
    var product = exchanges.isMultiple(of: 2) ? 1.0 : -1.0
    var exponent = 0
    func normalized(_ x: Double) -> Double {
      guard x.isFinite, x != 0 else { return x }
      exponent += Int(x.exponent)
      return Double(sign: x.sign, exponent: 0, significand: x.significand)
    }
    for element in elements { product = normalized(product * normalized(element)) }
    return Double(sign: .plus, exponent: exponent, significand: product)
  }

  var sign: Double {
    elements.reduce(exchanges.isMultiple(of: 2) ? 1 : -1) {
      $1.isNaN ? .nan : $1 == 0 ? 0 : $1 < 0 ? -$0 : $0
    }
  }

  /// Σ ln |x|. Throws: `AllocationError`.
  var logarithm: Double {
    get throws {
      try Tensor(elements.map(\.magnitude), shape: [elements.count], dtype: .float64)
        .log().sum().item()
    }
  }
}
