import Kernels

extension LinearAlgebra {
  /// A⁻¹. `solve` solves equations faster and more precisely.
  ///
  /// - Throws: as `solve`.
  public static func inv(_ a: Tensor) throws -> Tensor {
    try checkSquare(a, op: "inv")
    let factors = try LUFactors(a)
    try factors.checkRegular(op: "inv")
    return try inverses(of: a, factors)
  }

  /// The inverses of a batch of square matrices; all NaN for a singular one.
  static func inversesOrNaN(of a: Tensor) throws -> Tensor {
    try inverses(of: a, LUFactors(a))
  }

  private static func inverses(of a: Tensor, _ factors: LUFactors) throws -> Tensor {
    let result = factors.matrices
    if factors.count > 0 {
      try a.dtype.dispatch { try invert(factors, as: $0) }
    }
    return result.recorded(from: a) { try -result.mT.matmul($0).matmul(result.mT) }
  }

  /// Turns the factors into the inverses.
  private static func invert<S: TensorScalar>(_ factors: LUFactors, as type: S.Type) throws {
    let (n, base) = (factors.order, factors.matrices.base(as: S.self))
    let info = try factors.pivots.withUnsafeBufferPointer { pivots in
      try withWorkspace(S.self) { work, length in
        for matrix in 0..<(length < 0 ? 1 : factors.count) {
          let start = base + matrix * n * n
          if length >= 0, factors.zeroPivots[matrix] > 0 {
            Kernels.fill(.nan, start, 1, n * n)
            continue
          }
          let info = try S.preparedLAPACK.getri(
            Int32(n), start, pivots.baseAddress! + matrix * n, work, length)
          guard info == 0 else { return info }
        }
        return 0
      }
    }
    precondition(info == 0)
  }

  /// The determinant of each matrix, [..]; 1 for a matrix without elements.
  ///
  /// Its derivative is the matrix of cofactors, also where A is singular.
  ///
  /// - Throws: `ShapeError`, `AllocationError`; its derivative `ConvergenceError`.
  public static func det(_ a: Tensor) throws -> Tensor {
    try checkSquare(a, op: "det")
    let factors = try LUFactors(a)
    let diagonals = factors.diagonals
    let result = try Tensor(
      diagonals.map { product($0.elements) * $0.sign }, shape: a.shape.dropLast(2), dtype: a.dtype)
    return result.recorded(from: a) {
      try $0.asMatrices() * cofactors(of: a, result, diagonals.map(\.elements))
    }
  }

  /// The sign and the natural logarithm of the absolute value of the determinant, for determinants
  /// that are out of a number's range; 0 and −∞ for a singular matrix.
  ///
  /// - Throws: `ShapeError`, `AllocationError`. The derivative by a singular matrix is NaN.
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
      logarithms.recorded(from: a) { try $0.asMatrices() * inversesOrNaN(of: a).mT }
    )
  }

  private static func signum(_ x: Double) -> Double {
    x > 0 ? 1 : x < 0 ? -1 : x
  }

  /// The product with the exponents added separately, so that only a result out of range overflows.
  static func product(_ elements: [Double]) -> Double {
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
