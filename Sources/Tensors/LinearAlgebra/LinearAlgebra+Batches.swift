extension LinearAlgebra {
  /// The results of `body` for each matrix of a batch, stacked. Operands of two axes are one
  /// matrix; otherwise the leading axes are broadcast against each other.
  ///
  /// Nothing is recorded.
  ///
  /// - Throws: `ShapeError` when they do not broadcast; what `body` does; `AllocationError`.
  static func forEachMatrix(
    of operands: [Tensor], op: String, _ body: ([Tensor]) throws -> [Tensor]
  ) throws -> [Tensor] {
    let operands = operands.map { $0.detached() }
    if operands.allSatisfy({ $0.rank == 2 }) { return try body(operands) }
    let batch = try operands.map { Array($0.shape.dropLast(2)) }
      .reduce([]) { try broadcastShape($0, $1, op: op) }
    let count = try Tensor.checkedCount(batch)
    guard count > 0 else {
      // Only the shapes matter, and unit matrices have all solutions and factors.
      return try body(operands.map { try unit($0.shape.suffix(2), dtype: $0.dtype) })
        .map { try Tensor(zeros: batch + $0.shape, dtype: $0.dtype) }
    }
    if operands.allSatisfy({ $0.count == 0 }) {
      // One is enough, as all are equal.
      return try body(
        operands.map { try Tensor(zeros: Array($0.shape.suffix(2)), dtype: $0.dtype) }
      )
      .map { try $0.expanded(to: batch + $0.shape).copy() }
    }
    let flat = try operands.map { x in
      try x.expanded(to: batch + x.shape.suffix(2)).reshaped([count] + x.shape.suffix(2))
    }
    let results = try (0..<count).map { index in
      try body(flat.map { try $0.selected(axis: 0, index: index) })
    }
    return try results[0].indices.map { place in
      try Tensor.stacked(results.map { $0[place] }, axis: 0).reshaped(
        batch + results[0][place].shape)
    }
  }

  /// As for several operands, with one.
  static func forEachMatrix(
    of a: Tensor, op: String, _ body: (Tensor) throws -> [Tensor]
  ) throws -> [Tensor] {
    try forEachMatrix(of: [a], op: op) { try body($0[0]) }
  }

  /// Ones on the diagonal of a matrix that need not be square.
  private static func unit(_ shape: ArraySlice<Int>, dtype: DType) throws -> Tensor {
    let result = try Tensor(zeros: Array(shape), dtype: dtype)
    for i in 0..<(shape.min() ?? 0) { try result.set(1, at: [i, i]) }
    return result
  }
}
