import Kernels

// The derivative of det. Where A is regular it is det A · A⁻ᵀ. Where A is singular, or nearly so,
// that is 0 · ∞, or loses its digits in further derivatives, although det is a polynomial. There,
//
//     det A = ± det(Uᵀ A V),   Uᵀ A V = (B C; D E),   det(Uᵀ A V) = det B · det(E − D B⁻¹ C)
//
// for constant rotations U and V, taken from the singular values of A so that B holds the large
// ones and the rest, S = E − D B⁻¹ C, is small. The determinant of S is computed without divisions
// by elements, so that derivatives of all orders exist and are right.
extension LinearAlgebra {
  private enum Condition { case regular, nearlySingular, notFinite }

  /// The cofactors of each matrix of a batch, of its shape. `determinants`, [..], and the diagonals
  /// of U come from the LU factors of `a`.
  static func cofactors(
    of a: Tensor, _ determinants: Tensor, _ diagonals: [[Double]]
  ) throws -> Tensor {
    let count = diagonals.count
    let values = try determinants.detached().elements(as: Double.self)
    let conditions = zip(values, diagonals).map { condition($0, $1, a.dtype) }
    if conditions.allSatisfy({ $0 == .regular }) {
      return try determinants.asMatrices() * inversesOrNaN(of: a).mT
    }
    let n = a.shape[a.rank - 1]
    let matrices = try a.reshaped([count, n, n])
    let regular = conditions.indices.filter { conditions[$0] == .regular }
    var parts = [
      try determinants.reshaped([count]).taken(axis: 0, at: regular).asMatrices()
        * inversesOrNaN(of: matrices.taken(axis: 0, at: regular)).mT
    ]
    var places = [Int](repeating: 0, count: count)
    for (index, place) in regular.enumerated() { places[place] = index }
    for place in conditions.indices where conditions[place] != .regular {
      let matrix = try matrices.selected(axis: 0, index: place)
      let part =
        conditions[place] == .notFinite
        ? try matrix * .nan : try cofactors(ofNearlySingular: matrix)
      places[place] = regular.count + parts.count - 1
      parts.append(try part.unsqueezed(axis: 0))
    }
    return try Tensor.concatenated(parts, axis: 0).taken(axis: 0, at: places).reshaped(a.shape)
  }

  private static func condition(
    _ determinant: Double, _ diagonal: [Double], _ dtype: DType
  ) -> Condition {
    guard diagonal.allSatisfy(\.isFinite) else { return .notFinite }
    let sizes = diagonal.map(\.magnitude)
    guard let largest = sizes.max(), let smallest = sizes.min() else { return .regular }
    let least =
      dtype == .float32 ? Double(Float.leastNormalMagnitude) : Double.leastNormalMagnitude
    let isInRange = determinant.isFinite && determinant.magnitude >= least
    return isInRange && smallest > smallness(dtype) * largest ? .regular : .nearlySingular
  }

  /// What counts as small compared with 1: half the digits are lost there.
  private static func smallness(_ dtype: DType) -> Double {
    (dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne).squareRoot()
  }

  /// Of one finite matrix, [n, n].
  private static func cofactors(ofNearlySingular a: Tensor) throws -> Tensor {
    // Divided by a power of two near the largest element, so that no product is out of range.
    let largest = try a.detached().abs().max().item()
    let exponent = largest > 0 ? Int(largest.exponent) : 0
    let scaled = try scaled(a, by: -exponent)
    let result = try Derivative.valueAndGradients(at: [scaled]) { try rotatedDeterminant($0[0]) }
      .gradients[0]
    return try Self.scaled(result, by: exponent * (a.shape[0] - 1))
  }

  /// a · 2ᵏ, in steps that are in the range of both number types.
  private static func scaled(_ a: Tensor, by exponent: Int) throws -> Tensor {
    var (a, rest) = (a, exponent)
    while rest != 0 {
      let step = Swift.max(-100, Swift.min(100, rest))
      a = try a * Double(sign: .plus, exponent: step, significand: 1)
      rest -= step
    }
    return a
  }

  /// det A in the form given above, smooth where A is singular.
  private static func rotatedDeterminant(_ a: Tensor) throws -> Tensor {
    let n = a.shape[0]
    if n <= 3 { return try polynomialDeterminant(a) }
    let (u, s, vt) = try svd(a.detached())
    let values = try s.elements(as: Double.self)
    let large = Swift.min(n - 1, values.count { $0 > smallness(a.dtype) * values[0] })
    guard large > 0 else { return try polynomialDeterminant(a) }
    let rotated = try u.mT.matmul(a).matmul(vt.mT)
    let upper = try rotated.narrowed(axis: 0, from: 0, length: large)
    let lower = try rotated.narrowed(axis: 0, from: large, length: n - large)
    let b = try upper.narrowed(axis: 1, from: 0, length: large)
    let c = try upper.narrowed(axis: 1, from: large, length: n - large)
    let d = try lower.narrowed(axis: 1, from: 0, length: large)
    let e = try lower.narrowed(axis: 1, from: large, length: n - large)
    let rest = try polynomialDeterminant(e - d.matmul(solve(b, c)))
    let turn = try det(u).item() * det(vt).item() < 0 ? -1.0 : 1
    return try regularDeterminant(b) * rest * turn
  }

  /// The same as `det`, with the derivative of regular matrices.
  private static func regularDeterminant(_ a: Tensor) throws -> Tensor {
    let result = try det(a.detached())
    return result.recorded(from: a) {
      try $0 * regularDeterminant(a) * inversesOrNaN(of: a).mT
    }
  }

  /// det S of a matrix by Faddeev and LeVerrier's recursion: −tr(S Mₖ)/k is the next coefficient of
  /// the characteristic polynomial. Sums and products alone, but unstable for large matrices that
  /// are not small.
  private static func polynomialDeterminant(_ s: Tensor) throws -> Tensor {
    let n = s.shape[0]
    let unit = try Tensor.eye(n, dtype: s.dtype)
    var matrix = unit
    var coefficient = try Tensor.scalar(1, dtype: s.dtype)
    for k in 1...n {
      let product = try s.matmul(matrix)
      coefficient = try product.diagonal().sum() * (-1 / Double(k))
      matrix = try product + unit * coefficient
    }
    return n.isMultiple(of: 2) ? coefficient : try -coefficient
  }
}
