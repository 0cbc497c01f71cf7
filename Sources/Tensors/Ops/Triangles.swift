extension Tensor {
  /// The lower triangle of matrices (the last two axes), zeros above; `offset` diagonals more.
  ///
  /// - Throws: `ShapeError` for a rank below 2; `AllocationError`.
  public func lowerTriangle(offset: Int = 0) throws -> Tensor {
    try triangle(op: "tril") { row, column in column - row <= offset }
  }

  /// The upper triangle of matrices (the last two axes), zeros below; `offset` diagonals fewer.
  ///
  /// - Throws: `ShapeError` for a rank below 2; `AllocationError`.
  public func upperTriangle(offset: Int = 0) throws -> Tensor {
    try triangle(op: "triu") { row, column in column - row >= offset }
  }

  private func triangle(op: String, _ isKept: (Int, Int) -> Bool) throws -> Tensor {
    guard rank >= 2 else { throw ShapeError(op: op, lhs: shape, reason: "is not a matrix") }
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    var mask: [Double] = []
    for row in 0..<rows { for column in 0..<columns { mask.append(isKept(row, column) ? 1 : 0) } }
    return try .choose(
      Tensor(mask, shape: [rows, columns], dtype: dtype), self, .scalar(0, dtype: dtype))
  }

  /// The diagonal of a matrix, a view; or the square matrix that has a vector on its diagonal.
  ///
  /// - Throws: `ShapeError` for other ranks; `AllocationError`.
  public func diagonal() throws -> Tensor {
    switch rank {
    case 1: return try onDiagonal(rows: shape[0], columns: shape[0])
    case 2:
      let (rows, columns) = (shape[0], shape[1])
      return view([Swift.min(rows, columns)], [strides[0] + strides[1]]).recorded(from: self) {
        try $0.onDiagonal(rows: rows, columns: columns)
      }
    default:
      throw ShapeError(op: "diag", lhs: shape, reason: "is neither a vector nor a matrix")
    }
  }

  /// Zeros with this vector on the diagonal.
  private func onDiagonal(rows: Int, columns: Int) throws -> Tensor {
    let result = try Tensor(zeros: [rows, columns], dtype: dtype)
    assign(to: result.view(shape, [columns + 1]))
    return result.recorded(from: self) { try $0.diagonal() }
  }
}
