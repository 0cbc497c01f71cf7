// Shared by the derivatives of this folder. They are written for batches, with operations that take
// the last two axes as matrices.
extension Tensor {
  /// The matrices transposed; a view.
  var mT: Tensor { get throws { try transposed(rank - 2, rank - 1) } }

  /// Vectors along the last axis as matrices of one row, which broadcast against rows.
  func asRow() throws -> Tensor { try unsqueezed(axis: rank - 1) }

  /// Numbers as matrices of one element.
  func asMatrices() throws -> Tensor { try unsqueezed(axis: rank).unsqueezed(axis: rank + 1) }

  /// This tensor, made from `x` and `y` by an operation with the given VJPs.
  func recorded(
    from x: Tensor, _ xVJP: @escaping Tape.VJP, _ y: Tensor, _ yVJP: @escaping Tape.VJP
  ) -> Tensor {
    if let tape = x.tape(with: y) { tape.record(self, x, xVJP, y, yVJP) }
    return self
  }
}
