import Foundation
import Tensors
import Testing

/// A case of Fixtures/linalg.json: NumPy's results in float64.
struct LinearAlgebraCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Golden: Decodable, Sendable {
    let shape: [Int]
    let elements: [Double]
  }

  let op: String
  let operands: [Golden]
  let results: [Golden]

  var testDescription: String {
    "\(op) \(operands.map { "\($0.shape)" }.joined(separator: " "))"
  }

  static let all: [LinearAlgebraCase] = {
    let url = Bundle.module.url(forResource: "Fixtures/linalg", withExtension: "json")!
    return try! JSONDecoder().decode([LinearAlgebraCase].self, from: Data(contentsOf: url))
  }()
}

@Suite("Linear algebra against NumPy") struct LinearAlgebraGoldenTests {
  /// The results of the operation, with arbitrary signs chosen as in the fixture.
  private func results(_ op: String, _ x: [Tensor]) throws -> [Tensor] {
    switch op {
    case "solve": return [try LinearAlgebra.solve(x[0], x[1])]
    case "solve_triangular": return [try LinearAlgebra.solveTriangular(x[0], x[1])]
    case "solve_triangular_upper":
      return [try LinearAlgebra.solveTriangular(x[0], x[1], upper: true)]
    case "solve_triangular_unit":
      return [try LinearAlgebra.solveTriangular(x[0], x[1], upper: true, unitDiagonal: true)]
    case "inv": return [try LinearAlgebra.inv(x[0])]
    case "det": return [try LinearAlgebra.det(x[0])]
    case "slogdet":
      let (sign, logarithm) = try LinearAlgebra.slogdet(x[0])
      return [sign, logarithm]
    case "cholesky": return [try LinearAlgebra.cholesky(x[0])]
    case "cholesky_upper": return [try LinearAlgebra.cholesky(x[0], upper: true)]
    case "eigh":
      let (values, vectors) = try LinearAlgebra.eigh(x[0])
      guard vectors.count > 0 else { return [values, vectors] }
      return [values, try vectors * firstRow(vectors).sign()]
    case "eigvalsh": return [try LinearAlgebra.eigvalsh(x[0])]
    case "qr":
      let (q, r) = try LinearAlgebra.qr(x[0])
      return [q, r]
    case "svd":
      let (u, s, vt) = try LinearAlgebra.svd(x[0])
      guard u.count > 0, vt.count > 0 else { return [u, s, vt] }
      let sign = try firstRow(u).sign()
      return [
        try u * sign, s, try vt * sign.transposed(sign.rank - 2, sign.rank - 1),
      ]
    case "svdvals": return [try LinearAlgebra.svdvals(x[0])]
    case "pinv": return [try LinearAlgebra.pinv(x[0])]
    case "matrix_rank": return [try LinearAlgebra.matrixRank(x[0])]
    case "lstsq":
      let found = try LinearAlgebra.lstsq(x[0], x[1])
      return [
        found.solution, found.residuals, try .scalar(Double(found.rank)), found.singularValues,
      ]
    default: throw ArgumentError("op", mustBe: "known to the test", got: op)
    }
  }

  private func firstRow(_ x: Tensor) throws -> Tensor {
    try x.narrowed(axis: x.rank - 2, from: 0, length: 1)
  }

  @Test("there are cases of everything") func cases() {
    #expect(Set(LinearAlgebraCase.all.map(\.op)).count == 17)
  }

  @Test("NumPy's values", arguments: LinearAlgebraCase.all, DType.allCases)
  func golden(expected: LinearAlgebraCase, dtype: DType) throws {
    let operands = try expected.operands.map {
      try Tensor($0.elements, shape: $0.shape, dtype: dtype)
    }
    let results = try results(expected.op, operands)
    #expect(results.count == expected.results.count)
    for (result, wanted) in zip(results, expected.results) {
      #expect(result.shape == wanted.shape)
      let size = wanted.elements.map(\.magnitude).max() ?? 1
      let tolerance = (dtype == .float32 ? 2e-4 : 1e-12) * max(1, size)
      #expect(zip(result.values, wanted.elements).allSatisfy { abs($0 - $1) <= tolerance })
    }
  }
}
