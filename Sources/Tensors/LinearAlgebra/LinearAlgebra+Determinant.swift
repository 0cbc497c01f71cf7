extension LinearAlgebra {
  /// A⁻¹. To solve equations, `solve` is faster and more precise.
  ///
  /// Throws: as `solve`.
  public static func inv(_ a: Tensor) throws -> Tensor {
    try inv(a, op: "inv")
  }

  private static func inv(_ a: Tensor, op: String) throws -> Tensor {
    try checkSquare(a, op: op)
    let factors = try LUFactors(a)
    try factors.checkRegular(op: op)
    let result = factors.matrices
    if factors.count > 0 {
      switch a.dtype {
      case .float32: try invert(factors, as: Float.self)
      case .float64: try invert(factors, as: Double.self)
      }
    }
    return result.recorded(from: a) { try -result.mT.matmul($0).matmul(result.mT) }
  }

  /// Turns the factors into the inverses.
  private static func invert<S: TensorScalar>(_ factors: LUFactors, as type: S.Type) throws {
    let (n, base) = (factors.order, factors.matrices.base(as: S.self))
    let info = try factors.pivots.withUnsafeBufferPointer { pivots in
      try withWorkspace(S.self) { work, length in
        for matrix in 0..<(length < 0 ? 1 : factors.count) {
          let info = S.lapack.getri(
            Int32(n), base + matrix * n * n, pivots.baseAddress! + matrix * n, work, length)
          guard info == 0 else { return info }
        }
        return 0
      }
    }
    precondition(info == 0)
  }

  /// The determinant of each matrix, [..]; 1 for a matrix without elements.
  ///
  /// Throws: `ShapeError`, `AllocationError`; its derivative `SingularMatrixError`.
  public static func det(_ a: Tensor) throws -> Tensor {
    try checkSquare(a, op: "det")
    let result = try Tensor(
      LUFactors(a).diagonals.map { product($0.elements) * $0.sign },
      shape: a.shape.dropLast(2), dtype: a.dtype)
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
    let batch = Array(a.shape.dropLast(2))
    let diagonals = try LUFactors(a).diagonals
    let sign = try Tensor(
      diagonals.map { $0.elements.reduce($0.sign) { $0 * signum($1) } }, shape: batch,
      dtype: a.dtype)
    let logarithms = try Tensor(
      diagonals.flatMap { $0.elements.map(\.magnitude) }, shape: batch + [a.shape[a.rank - 1]],
      dtype: .float64
    ).log().sum(axis: batch.count).converted(to: a.dtype)
    return (
      sign,
      logarithms.recorded(from: a) {
        try $0.asMatrices() * inv(a, op: "the derivative of slogdet").mT
      }
    )
  }

  private static func signum(_ x: Double) -> Double {
    x > 0 ? 1 : x < 0 ? -1 : x
  }

  /// The product with the exponents added apart, so that only a result out of range overflows.
  private static func product(_ elements: [Double]) -> Double {
    var (product, exponent) = (1.0, 0)
    func normalized(_ x: Double) -> Double {
      guard x.isFinite, x != 0 else { return x }
      exponent += Int(x.exponent)
      return Double(sign: x.sign, exponent: 0, significand: x.significand)
    }
    for element in elements { product = normalized(product * normalized(element)) }
    return Double(sign: .plus, exponent: exponent, significand: product)
  }
}
