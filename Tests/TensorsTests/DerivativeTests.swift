import Foundation
import Tensors
import Testing

@Suite("Derivatives") struct DerivativeTests {
  private func scalar(_ value: Double) throws -> Tensor { try .scalar(value, dtype: .float64) }

  private func gradient(_ x: Tensor, _ f: (Tensor) throws -> Tensor) throws -> Tensor {
    try Derivative.valueAndGradients(at: [x]) { try f($0[0]) }.gradients[0]
  }

  @Test("x³ to the fifth order") func orders() throws {
    func derivative(_ order: Int, _ x: Tensor) throws -> Tensor {
      if order == 0 { return try x * x * x }
      return try gradient(x) { try derivative(order - 1, $0) }
    }
    let wanted = [8.0, 12, 12, 6, 0, 0]
    for (order, value) in wanted.enumerated() {
      #expect(try derivative(order, scalar(2)).item() == value)
    }
  }

  @Test("tanh⁗ is its polynomial") func fourthOrder() throws {
    func derivative(_ order: Int, _ x: Tensor) throws -> Tensor {
      order == 0 ? try x.tanh() : try gradient(x) { try derivative(order - 1, $0) }
    }
    let t = Foundation.tanh(0.4)
    let wanted = (1 - t * t) * (16 * t - 24 * t * t * t)
    #expect(abs(try derivative(4, scalar(0.4)).item() - wanted) < 1e-12)
  }

  @Test("no confusion of a variable with an outer one") func confusion() throws {
    // d/dx [x · d/dy (x + y)] = 1
    let result = try gradient(scalar(3)) { x in
      try x * gradient(scalar(2)) { y in try x + y }
    }
    #expect(try result.item() == 1)
    // d/dx [x · d/dy (x·y²)] at y = x: d/dx (x · 2x·x) = 6x²
    let second = try gradient(scalar(3)) { x in
      try x * gradient(x) { y in try x * y * y }
    }
    #expect(try second.item() == 54)
  }

  @Test("a function that does not depend on x has gradient 0") func independent() throws {
    let x = try Tensor.ones([2, 3])
    #expect(try gradient(x) { _ in try Tensor.scalar(5) }.values == [0, 0, 0, 0, 0, 0])
    #expect(try gradient(x) { try $0.detached().sum() }.values == [0, 0, 0, 0, 0, 0])
    #expect(try gradient(x) { try Tensor.scalar($0.sum().item()) }.shape == [2, 3])
  }

  @Test("float32 stays float32, and mixed types come back in theirs") func types() throws {
    let x = try Tensor([1.0, 2], shape: [2], dtype: .float32)
    let y = try Tensor([3.0, 4], shape: [2], dtype: .float64)
    let (value, gradients) = try Derivative.valueAndGradients(at: [x, y]) {
      try ($0[0] * $0[1]).sum()
    }
    #expect(value.dtype == .float64 && gradients.map(\.dtype) == [.float32, .float64])
    #expect(gradients[0].values == [3, 4] && gradients[1].values == [1, 2])
  }

  @Test func vjpAndJVP() throws {
    let x = try Tensor([0.3, -0.2], shape: [2], dtype: .float64)
    let matrix = try Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2], dtype: .float64)
    let f: ([Tensor]) throws -> [Tensor] = { [try matrix.matmul($0[0]).sin()] }
    let jacobian = try Derivative.jacobian(at: [x], of: f)[0][0]
    #expect(jacobian.shape == [3, 2])
    let rows: [(Double, Double)] = [(1, 2), (3, 4), (5, 6)]
    let z: [Double] = rows.map { $0.0 * 0.3 - $0.1 * 0.2 }
    let wanted = z.enumerated().flatMap { row, z in
      [cos(z) * matrix.values[2 * row], cos(z) * matrix.values[2 * row + 1]]
    }
    #expect(isNear(jacobian.values, wanted, 1e-14))
    let tangent = try Tensor([0.5, 2], shape: [2], dtype: .float64)
    let along = try Derivative.jvp(at: [x], along: [tangent], of: f).tangents[0]
    #expect(isNear(along.values, try jacobian.matmul(tangent).values, 1e-13))
    let cotangent = try Tensor([1, -1, 2], shape: [3], dtype: .float64)
    let back = try Derivative.vjp(at: [x], cotangents: { _ in [cotangent] }, of: f).gradients[0]
    #expect(isNear(back.values, try cotangent.matmul(jacobian).values, 1e-13))
    // A JVP can itself be differentiated.
    try Derivative.check(at: [x], order: 2) {
      try Derivative.jvp(at: $0, along: [tangent], of: f).tangents
    }
  }

  @Test("the Hessian of a quadratic form is its matrix, twice, symmetrised") func hessian() throws {
    let matrix = try Tensor([2.0, 1, 0, 3], shape: [2, 2], dtype: .float64)
    let x = try Tensor([0.3, -0.2], shape: [2], dtype: .float64)
    let h = try Derivative.hessian(at: [x]) { try $0[0].dot(matrix.matmul($0[0])) }
    #expect(isNear(h[0][0].values, [4, 1, 1, 6], 1e-14))
    let pairs = try Derivative.hessian(at: [x, scalar(2)]) { try $0[0].sum() * $0[1].square() }
    #expect(pairs[0][1].values == [4, 4] && isNear(pairs[1][1].values, [0.2], 1e-13))
  }

  @Test("writing to a recorded tensor is an error until the derivative is done") func writing()
    throws
  {
    let x = try Tensor.ones([2])
    let data = try Tensor.ones([2])
    _ = try gradient(x) { variable in
      let y = try variable * data
      #expect(throws: RecordedError.self) { try y.fill(with: 2) }
      #expect(throws: RecordedError.self) { try x.set(2, at: [0]) }
      #expect(throws: RecordedError.self) { try data.set(2, at: [0]) }
      try Tensor.ones([2]).fill(with: 3)
      return try y.sum()
    }
    try x.set(2, at: [0])
    try data.fill(with: 0)
  }

  @Test("errors leave nothing recorded") func errors() throws {
    struct Failure: Error {}
    let x = try Tensor.ones([2])
    #expect(throws: Failure.self) {
      try gradient(x) { outer in
        try gradient(outer) { inner in
          _ = try inner * outer
          throw Failure()
        }
      }
    }
    #expect(!x.isVariable)
    try x.fill(with: 1)
    #expect(throws: NotScalarError(shape: [2])) { try gradient(x) { $0 } }
    #expect(throws: ShapeError.self) { try gradient(x) { try $0.matmul(Tensor.ones([3])) } }
    #expect(try gradient(x) { try $0.square().sum() }.values == [2, 2])
  }

  @Test("a variable kept after its derivative is a constant") func escaped() throws {
    var kept: Tensor?
    let x = try Tensor.full([2], 3)
    _ = try gradient(x) {
      kept = try $0.square()
      return try kept!.sum()
    }
    #expect(try gradient(x) { try ($0 * kept!).sum() }.values == [9, 9])
    #expect(!kept!.isVariable)
    // The same for two inner derivatives of one outer derivative, which share a level.
    let twice = try gradient(x) { outer in
      _ = try gradient(x) {
        kept = try $0.square()
        return try kept!.sum()
      }
      let inner = try gradient(outer) { try ($0 * kept!).sum() }
      return try (inner * outer).sum()
    }
    #expect(twice.values == [9, 9])
  }

  @Test("too deep nesting is an error") func depth() throws {
    func nest(_ depth: Int, _ x: Tensor) throws -> Tensor {
      depth == 0 ? try x.sum() : try gradient(x) { try nest(depth - 1, $0).sum() }
    }
    #expect(try nest(64, scalar(1)).item() == 0)
    #expect(throws: NestingDepthError(limit: 64)) { try nest(65, scalar(1)) }
  }

  @Test("norm and std of equal elements have derivative 0, extremes share") func kinks() throws {
    let zeros = try Tensor.zeros([3], dtype: .float64)
    #expect(try gradient(zeros) { try $0.norm() }.values == [0, 0, 0])
    #expect(try gradient(zeros) { try $0.standardDeviation() }.values == [0, 0, 0])
    #expect(try gradient(zeros) { try $0.abs().sum() }.values == [0, 0, 0])
    #expect(
      isNear(try gradient(zeros) { try $0.max() }.values, [1.0 / 3, 1.0 / 3, 1.0 / 3], 1e-15))
    #expect(try gradient(zeros) { try $0.maximum(0).sum() }.values == [0.5, 0.5, 0.5])
    #expect(try gradient(zeros) { try ($0.pow(0) + $0.pow(2)).sum() }.values == [0, 0, 0])
  }

  @Test("a wrong gradient is found") func check() throws {
    let x = try Tensor([0.5, 1], shape: [2], dtype: .float64)
    #expect(throws: GradientCheckError.self) {
      try Derivative.check(at: [x]) { [try $0[0] * $0[0].detached()] }
    }
    // Right to first order only: x² with a slope taken from a constant copy.
    #expect(throws: GradientCheckError.self) {
      try Derivative.check(at: [x], order: 2) {
        [try $0[0].detached() * $0[0] * 2 - $0[0].detached().square()]
      }
    }
  }
}
