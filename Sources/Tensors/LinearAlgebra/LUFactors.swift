/// LU factors, with row exchanges, of the transposes of a batch of matrices, since LAPACK reads
/// row-major matrices as their transposes.
struct LUFactors {
  /// [.., n, n], without gaps.
  let matrices: Tensor
  /// n per matrix, from 1: the row that each row was exchanged with.
  let pivots: [Int32]
  /// For each matrix the first pivot that is 0, from 1; 0 if there is none.
  let zeroPivots: [Int]

  var order: Int { matrices.shape[matrices.rank - 1] }
  /// The number of matrices that have elements.
  var count: Int { order == 0 ? 0 : matrices.count / (order * order) }

  /// The matrices must be square.
  ///
  /// - Throws: `AllocationError`.
  init(_ a: Tensor) throws {
    let matrices = try a.unrecordedCopy()
    let n = a.shape[a.rank - 1]
    var pivots = [Int32](repeating: 0, count: n == 0 ? 0 : a.count / n)
    var zeroPivots: [Int] = []
    func factorize<S: TensorScalar>(as type: S.Type) throws {
      try pivots.withUnsafeMutableBufferPointer { pivots in
        for start in stride(from: 0, to: pivots.count, by: Swift.max(1, n)) {
          let info = try S.preparedLAPACK.getrf(
            Int32(n), matrices.base(as: S.self) + start * n, pivots.baseAddress! + start)
          precondition(info >= 0)
          zeroPivots.append(Int(info))
        }
      }
    }
    try a.dtype.dispatch { try factorize(as: $0) }
    (self.matrices, self.pivots, self.zeroPivots) = (matrices, pivots, zeroPivots)
  }

  /// - Throws: `SingularMatrixError` when a pivot is 0.
  func checkRegular(op: String) throws {
    if let pivot = zeroPivots.first(where: { $0 > 0 }) {
      throw SingularMatrixError(op: op, pivot: pivot)
    }
  }

  /// The factors of the determinants: for each matrix the diagonal of U, and −1 for each exchange
  /// of rows.
  var diagonals: [(elements: [Double], sign: Double)] {
    let n = order
    func diagonal<S: TensorScalar>(_ matrix: Int, as type: S.Type) -> [Double] {
      let base = matrices.base(as: S.self) + matrix * n * n
      return (0..<n).map { Double(base[$0 * (n + 1)]) }
    }
    if n == 0 {
      return Array(repeating: ([], 1), count: matrices.shape.dropLast(2).reduce(1, *))
    }
    return (0..<count).map { matrix in
      let exchanges = (0..<n).count { Int(pivots[matrix * n + $0]) != $0 + 1 }
      let elements =
        matrices.dtype == .float32
        ? diagonal(matrix, as: Float.self) : diagonal(matrix, as: Double.self)
      return (elements, exchanges.isMultiple(of: 2) ? 1 : -1)
    }
  }
}
