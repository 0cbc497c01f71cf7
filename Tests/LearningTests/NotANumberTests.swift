import Kernels
import Tensors
import Testing

@testable import Learning

/// A comparison with NaN is false: NaN must not become a number on the way.
@Suite struct NotANumberTests {
  @Test("residuals", arguments: Residual.records.map(\.name))
  func residuals(name: String) throws {
    func check<S: TensorScalar>(_ type: S.Type) throws {
      let kernel = try Residual(name).kernel(for: S.self)
      // A vector, and some behind it.
      var y = [S](repeating: 1, count: S.Vector.scalarCount + 3)
      let places = [2, y.count - 1]
      for place in places { y[place] = .nan }
      var (value, first) = (y, y)
      let sum = kernel(y, y.map { _ in 0 }, &value, &first, nil, y.count)
      #expect(sum.isNaN)
      for place in y.indices {
        #expect(value[place].isNaN == places.contains(place), "f at \(place)")
        #expect(first[place].isNaN == places.contains(place), "f′ at \(place)")
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test("a prediction", arguments: Residual.records.map(\.name), [DType.float32, .float64])
  func prediction(name: String, dtype: DType) throws {
    let net = try MLP(inputs: 1, hidden: [], activation: .named("tanh"), dtype: dtype)
    let x = try Tensor([1, .nan], shape: [2, 1], dtype: dtype)
    let y = try Tensor([0, 0], shape: [2, 1], dtype: dtype)
    let residual = try Residual(name)
    let losses: [Objective] = [
      .residual(residual), .lai(try LaiLoss(base: residual, lambda: .uniform(0.1))),
      .lai(
        try LaiLoss(
          base: residual, lambda: .uniform(2), norm: .elastic(mix: 0.5), reduction: .sample)),
    ]
    for loss in losses {
      let result = try loss.gradients(net, x, y)
      #expect(result.value.isNaN, "\(loss)")
      #expect(result.biases[0].doubles[0].isNaN, "\(loss)")
      #expect(result.weights[0].doubles[0].isNaN, "\(loss)")
    }
  }

  @Test("the factor of the Lai loss", arguments: [0.1, 1, 3.0], [true, false])
  func factor(lambda: Double, isSquared: Bool) {
    func check<S: TensorScalar>(_ type: S.Type) {
      let factor = LaiFactor<S>(lambda: S(lambda), isSquared: isSquared)
      let result = factor.evaluate(S.Vector(repeating: .nan))
      #expect(result.value[0].isNaN && result.derivative[0].isNaN)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test("norms of slopes", arguments: [RowNorm.l1, .l2, .linf], 0..<3)
  func norms(norm: RowNorm, place: Int) {
    func check<S: TensorScalar>(_ type: S.Type) {
      // Two rows of three features; the first row has a NaN.
      var k: [S] = [1, 1, -2, 2, 3, -3]
      k[2 * place] = .nan
      var (norms, ties, v): ([S], [S], [S]) = ([0, 0], [0, 0], [0, 0])
      Kernels.rowNorms(
        k, norm, weights: [1, 1, 1], features: 3, stride: 2, into: &norms, ties: &ties, count: 2)
      #expect(norms[0].isNaN && norms[1].isFinite)
      k.withUnsafeBufferPointer {
        Kernels.rowNormSlopes(
          $0.baseAddress! + 2 * place, norm, weight: 1, norm: norms, ties: ties, outer: [1, 1],
          into: &v, adds: false, count: 2)
      }
      #expect(v[0].isNaN && v[1].isFinite)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test("penalties") func penalties() {
    func check<S: TensorScalar>(_ type: S.Type) {
      let x: [S] = [.nan, 1]
      for isSquared in [true, false] {
        var v: [S] = [0, 0]
        let sum = Kernels.slopePowers(
          x, isSquared: isSquared, weight: 1, into: &v, adds: false, count: 2)
        #expect(sum.isNaN && v[0].isNaN && v[1].isFinite)
        var (outer, u): ([S], [S]) = ([0, 0], [0, 0])
        let value = Kernels.lossSlopes(
          norm: [1, 1], isSquareGiven: false, isSquared: isSquared, first: x, second: [1, 1],
          weight: 1, outer: &outer, u: &u, count: 2)
        #expect(value.isNaN && outer[0].isNaN && u[0].isNaN && u[1].isFinite)
      }
      for (l1, l2) in [(1, 0), (0, 1)] as [(S, S)] {
        var gradients: [S] = [0, 0]
        let value = Kernels.weightPenalty(
          x, l1: l1, l2: l2, weight: 1, into: &gradients, count: 2)
        #expect(value.isNaN && gradients[0].isNaN && gradients[1].isFinite)
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test("a finite difference along the gradient", arguments: ["l1", "l2", "linf"])
  func difference(norm: String) throws {
    let net = try MLP(inputs: 2, hidden: [3], activation: .named("tanh"), dtype: .float64)
    let x = try Tensor([1, .nan, 1, 2], shape: [2, 2], dtype: .float64)
    let y = try Tensor([0, 0], shape: [2, 1], dtype: .float64)
    let loss =
      try 0 * Objective.mae
      + .penalty(Penalty("input_gradient", ["norm": .text(norm), "steps": 0.1]))
    let result = try loss.gradients(net, x, y)
    #expect(result.value.isNaN)
    for gradients in result.weights + result.biases {
      #expect(gradients.doubles.contains { $0.isNaN })
    }
  }
}
