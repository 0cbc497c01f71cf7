import Tensors
import Testing

/// Gradients and second gradients compared with central differences in float64. Squares remove
/// arbitrary signs, and functions of symmetric matrices get symmetric ones.
@Suite("Derivatives of linear algebra") struct LinearAlgebraDerivativeTests {
  private static func random(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
    var generator = RandomGenerator(seed: seed)
    return try Tensor.randomNormal(shape, dtype: .float64, using: &generator)
  }

  /// Random matrices with 3 added to the diagonal.
  private static func good(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
    try random(shape, seed: seed) + Tensor.eye(shape.last!, dtype: .float64) * 3
  }

  private static func symmetric(_ x: Tensor) throws -> Tensor {
    try x + x.transposed(x.rank - 2, x.rank - 1)
  }

  private static func positive(_ x: Tensor) throws -> Tensor {
    try x.matmul(x.transposed(x.rank - 2, x.rank - 1)) + Tensor.eye(x.shape.last!, dtype: .float64)
  }

  struct Function: Sendable, CustomTestStringConvertible {
    let name: String
    /// Shapes of the variables; a square first one gets a large diagonal.
    let shapes: [[Int]]
    let body: @Sendable ([Tensor]) throws -> [Tensor]
    var testDescription: String { "\(name) \(shapes)" }
  }

  static let equations: [Function] =
    [
      [[3, 3], [3]], [[3, 3], [3, 2]], [[2, 3, 3], [3]], [[3, 3], [2, 3, 1]],
      [[2, 2, 2], [2, 2, 1]],
      [[1, 1], [1]], [[0, 0], [0, 2]], [[2, 0, 0], [0]],
    ].flatMap { shapes in
      [
        Function(name: "solve", shapes: shapes) { [try LinearAlgebra.solve($0[0], $0[1])] },
        Function(name: "lower triangle", shapes: shapes) {
          [try LinearAlgebra.solveTriangular($0[0], $0[1])]
        },
        Function(name: "upper triangle", shapes: shapes) {
          [try LinearAlgebra.solveTriangular($0[0], $0[1], upper: true)]
        },
        Function(name: "lower triangle with ones", shapes: shapes) {
          [try LinearAlgebra.solveTriangular($0[0], $0[1], unitDiagonal: true)]
        },
        Function(name: "upper triangle with ones", shapes: shapes) {
          [try LinearAlgebra.solveTriangular($0[0], $0[1], upper: true, unitDiagonal: true)]
        },
      ]
    }

  static let squares: [Function] = [[1, 1], [3, 3], [2, 2, 2], [0, 0]].flatMap { shape in
    [
      Function(name: "inv", shapes: [shape]) { [try LinearAlgebra.inv($0[0])] },
      Function(name: "det", shapes: [shape]) { [try LinearAlgebra.det($0[0])] },
      Function(name: "slogdet", shapes: [shape]) {
        let (sign, logarithm) = try LinearAlgebra.slogdet($0[0])
        return [sign, logarithm]
      },
      Function(name: "cholesky", shapes: [shape]) {
        [try LinearAlgebra.cholesky(positive($0[0]))]
      },
      Function(name: "upper cholesky", shapes: [shape]) {
        [try LinearAlgebra.cholesky(positive($0[0]), upper: true)]
      },
      Function(name: "eigh", shapes: [shape]) {
        let (values, vectors) = try LinearAlgebra.eigh(symmetric($0[0]))
        return [values, try vectors * vectors]
      },
      Function(name: "eigvalsh", shapes: [shape]) {
        [try LinearAlgebra.eigvalsh(symmetric($0[0]))]
      },
    ]
  }

  static let rectangles: [Function] = [
    [1, 1], [3, 3], [4, 2], [2, 4], [2, 3, 2], [2, 2, 3], [3, 0],
  ].flatMap {
    shape in
    [
      Function(name: "qr", shapes: [shape]) {
        let (q, r) = try LinearAlgebra.qr($0[0])
        return [q, r]
      },
      Function(name: "svd", shapes: [shape]) {
        let (u, s, vt) = try LinearAlgebra.svd($0[0])
        let weights = try (s.unsqueezed(axis: s.rank - 1) + 1).log()
        return [s, try u * u, try vt * vt, try (u * weights).matmul(vt)]
      },
      Function(name: "svdvals", shapes: [shape]) { [try LinearAlgebra.svdvals($0[0])] },
      Function(name: "pinv", shapes: [shape]) { [try LinearAlgebra.pinv($0[0])] },
    ]
  }

  static let leastSquares: [Function] = [
    [[4, 2], [4]], [[4, 2], [4, 2]], [[2, 4], [2]], [[2, 4], [2, 3]], [[3, 3], [3]],
    [[3, 0], [3]],
  ].map { shapes in
    Function(name: "lstsq", shapes: shapes) {
      let found = try LinearAlgebra.lstsq($0[0], $0[1])
      return [found.solution, found.residuals, found.singularValues]
    }
  }

  @Test(arguments: equations + squares + rectangles + leastSquares)
  func gradients(function: Function) throws {
    let x = try function.shapes.enumerated().map { index, shape in
      index == 0 && shape.suffix(2).first == shape.last
        ? try Self.good(shape, seed: 11) : try Self.random(shape, seed: UInt64(index + 7))
    }
    try Derivative.check(at: x, order: 2, tolerance: 1e-5, of: function.body)
  }

  @Test("third derivatives of solve and cholesky") func thirdOrder() throws {
    let x = try Self.good([2, 2], seed: 3)
    try Derivative.check(at: [x, Self.random([2])], order: 3, tolerance: 1e-4) {
      [try LinearAlgebra.solve($0[0], $0[1])]
    }
    try Derivative.check(at: [x], order: 3, tolerance: 1e-4) {
      [try LinearAlgebra.cholesky(Self.positive($0[0]))]
    }
  }

  @Test("a gradient in a symmetric matrix is symmetric, whichever triangle is read")
  func symmetricGradients() throws {
    let a = try Self.positive(Self.random([3, 3]))
    let weights = try Self.random([3, 3], seed: 2)
    for function: ([Tensor]) throws -> Tensor in [
      { try (LinearAlgebra.cholesky($0[0]) * weights).sum() },
      { try (LinearAlgebra.cholesky($0[0], upper: true) * weights).sum() },
      { try (LinearAlgebra.eigh($0[0]).vectors * weights).sum() },
    ] {
      let gradient = try Derivative.valueAndGradients(at: [a], of: function).gradients[0]
      #expect(try (gradient - gradient.transposed()).abs().max().item() < 1e-12)
      let direction = try Self.symmetric(Self.random([3, 3], seed: 5))
      let h = 1e-5
      let difference = try (function([a + direction * h]) - function([a - direction * h])).item()
      #expect(abs(try (gradient * direction).sum().item() - difference / (2 * h)) < 1e-7)
    }
  }

  @Test("a matrix of low rank: the pseudo-inverse where the rank stays") func lowRank() throws {
    let factors = [try Self.random([4, 2]), try Self.random([2, 3], seed: 2)]
    try Derivative.check(at: factors, order: 2, tolerance: 1e-4) {
      [try LinearAlgebra.pinv($0[0].matmul($0[1]), tolerance: 1e-6)]
    }
  }

  @Test("number types: the gradient has the variable's") func numberTypes() throws {
    let a = try Self.good([3, 3]).copy(as: .float32)
    let b = try Self.random([3])
    let (_, gradients) = try Derivative.valueAndGradients(at: [a, b]) {
      try LinearAlgebra.solve($0[0], $0[1]).sum()
    }
    #expect(gradients.map(\.dtype) == [.float32, .float64])
    let double = try Derivative.valueAndGradients(at: [a.copy(as: .float64), b]) {
      try LinearAlgebra.solve($0[0], $0[1]).sum()
    }
    #expect(try (gradients[0] - double.gradients[0]).abs().max().item() < 1e-6)
    let (_, least) = try Derivative.valueAndGradients(at: [a, b]) {
      try LinearAlgebra.lstsq($0[0], $0[1]).solution.sum()
    }
    #expect(try (least[0] - double.gradients[0]).abs().max().item() < 1e-4)
    #expect(least.map(\.dtype) == [.float32, .float64])
  }

  @Test("what has no derivative") func undefined() throws {
    func message(at x: Tensor, _ function: (Tensor) throws -> Tensor) throws -> String {
      do {
        _ = try Derivative.valueAndGradients(at: [x]) { try function($0[0]).sum() }
        return "no error"
      } catch { return "\(error)" }
    }
    let singular = try Tensor([1.0, 2, 2, 4], shape: [2, 2], dtype: .float64)
    #expect(
      try message(at: singular) { try LinearAlgebra.lstsq($0, Tensor.ones([2])).solution }
        == "lstsq of a matrix without full rank has no derivative")
    // Not errors: the sum of equal eigenvalues has a derivative, their vectors have none.
    let unit = try Tensor.eye(2, dtype: .float64)
    let trace = try Derivative.valueAndGradients(at: [unit]) {
      try LinearAlgebra.eigvalsh($0[0]).sum()
    }
    #expect(try (trace.gradients[0] - unit).abs().max().item() < 1e-14)
    let turned = try Derivative.valueAndGradients(at: [unit]) {
      try LinearAlgebra.eigh($0[0]).vectors.sum()
    }
    #expect(turned.gradients[0].values.contains { !$0.isFinite })
    let rank = try Derivative.valueAndGradients(at: [unit]) { try LinearAlgebra.matrixRank($0[0]) }
    #expect(rank.value.values == [2] && rank.gradients[0].values == [0, 0, 0, 0])
  }

  @Test("log det and its gradient through a Cholesky factor are those of slogdet") func logDet()
    throws
  {
    let x = try Self.random([2, 4, 4])
    let (value, gradients) = try Derivative.valueAndGradients(at: [x]) {
      try LinearAlgebra.slogdet(Self.positive($0[0])).logabsdet.sum()
    }
    let other = try Derivative.valueAndGradients(at: [x]) {
      let factor = try LinearAlgebra.cholesky(Self.positive($0[0]))
      let unit = try Tensor.eye(4, dtype: .float64)
      return try (factor * unit + 1 - unit).log().sum() * 2
    }
    #expect(isNear(other.value.values, value.values, 1e-12))
    #expect(try (gradients[0] - other.gradients[0]).abs().max().item() < 1e-12)
  }
}
