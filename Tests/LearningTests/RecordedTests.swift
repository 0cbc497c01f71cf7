import Kernels
import Tensors
import Testing

@testable import Learning

/// What this room does to tensors of a derivative being taken.
@Suite("Recorded tensors in learning") struct RecordedTests {
  private func tensor(_ values: [Double], _ shape: [Int], _ dtype: DType = .float64) throws
    -> Tensor
  {
    try Tensor(values, shape: shape, dtype: dtype)
  }

  private func gradient(_ x: Tensor, _ f: (Tensor) throws -> Tensor) throws -> [Double] {
    try Derivative.valueAndGradients(at: [x]) { try f($0[0]) }.gradients[0].elements(
      as: Double.self)
  }

  @Test("scalers: the slopes are 1/deviation and the deviation") func scalers() throws {
    for dtype in DType.allCases {
      let scaler = try Scaler(
        features: ["a", "b"], mean: [1, 1e6], standardDeviation: [4, 0.5])
      let x = try tensor([1, 1e6, 3, 1e6 + 1, -2, 4], [3, 2], dtype)
      #expect(try gradient(x) { try scaler.transform($0).sum() } == [0.25, 2, 0.25, 2, 0.25, 2])
      #expect(try gradient(x) { try scaler.inverse($0).sum() } == [4, 0.5, 4, 0.5, 4, 0.5])
      let row = try x.selected(axis: 0, index: 1)
      #expect(try gradient(row) { try scaler.transform($0).square().sum() } == [0.25, 8])
      let data = try Dataset(x: x, features: ["a", "b"])
      let seen = try Derivative.valueAndGradients(at: [x]) { variables in
        let scaled = try scaler.transform(Dataset(x: variables[0], features: data.features)).x
        // The numbers are the same to the last bit.
        #expect(
          try scaled.detached().elements(as: Double.self)
            == scaler.transform(data).x.elements(as: Double.self))
        return try scaled.sum()
      }
      #expect(try seen.gradients[0].elements(as: Double.self) == [0.25, 2, 0.25, 2, 0.25, 2])
    }
  }

  @Test("rows and split hand the derivative on") func parts() throws {
    let x = try tensor([1, 2, 3, 4, 5, 6], [3, 2])
    #expect(
      try gradient(x) { try Dataset(x: $0).rows([2, 0, 2]).x.square().sum() } == [
        2, 4, 0, 0, 20, 24,
      ])
    #expect(
      try gradient(x) {
        let parts = try Dataset(x: $0, y: $0.selected(axis: 1, index: 0)).split(
          validation: 0.34, seed: 1)
        return try parts.train.x.sum() + parts.validation.x.sum() * 1 + parts.train.y!.sum()
          + parts.validation.y!.sum()
      } == [2, 1, 2, 1, 2, 1])
  }

  @Test("the factor and its derivative are the training step's", arguments: DType.allCases)
  func factor(dtype: DType) throws {
    let slopes = [0, 0.1, -0.3, 0.5, -0.5, 0.25, -0.7, 1, 2, -30, 1e5, -3e8, 1e12, -1e30]
    func check<S: TensorScalar>(_ base: Residual, _ lambda: Double, as type: S.Type) throws {
      let loss = try LaiLoss(base: base, lambda: .perFeature([.included(lambda), .excluded]))
      let k = try tensor(slopes.flatMap { [$0, $0] }, [slopes.count, 2], dtype)
      var value: [Double] = []
      let gradient = try gradient(k) {
        let g = try loss.factor($0)
        value = try g.detached().elements(as: Double.self)
        return try g.sum()
      }
      let wanted = try loss.factor(k).elements(as: Double.self)
      let tolerance = dtype == .float32 ? 1e-6 : 1e-14
      let prepared = LaiFactor<S>(lambda: S(lambda), isSquared: base == .mse)
      for (place, slope) in slopes.enumerated() {
        let exact = prepared.evaluate(S.Vector(repeating: S(slope)))
        let derivative = Double(exact.derivative[0])
        #expect(abs(value[2 * place] - wanted[2 * place]) <= tolerance * wanted[2 * place])
        #expect(
          abs(gradient[2 * place] - derivative) <= tolerance * max(1, abs(derivative)), "\(slope)")
        #expect(value[2 * place + 1] == 1 && gradient[2 * place + 1] == 0)
      }
    }
    for base in [Residual.mse, .mae] {
      for lambda in [0.01, 0.25, 0.5, 1, 4] {
        switch dtype {
        case .float32: try check(base, lambda, as: Float.self)
        case .float64: try check(base, lambda, as: Double.self)
        }
      }
    }
  }

  @Test("what works on numbers alone refuses them") func refusals() throws {
    var generator = RandomGenerator(seed: 1)
    let net = try MLP(
      inputs: 2, hidden: [3], activation: .named("tanh"), dtype: .float64, using: &generator)
    let (x, y) = (try tensor([1, 2, 3, 4, 5, 7], [3, 2]), try tensor([1, 2, 3], [3]))
    let before = try net.parameters.elements(as: Double.self)
    let loss = Objective.residual(.mse)
    _ = try Derivative.valueAndGradients(at: [x]) { variables in
      let data = try Dataset(x: variables[0], y: y)
      var weights = try net.weights.map { try $0 * 2 }
      weights[1] = try weights[1] * variables[0].sum()
      let calls: [(String, () throws -> Void)] = [
        ("scaler", { _ = try Scaler(fitting: data) }),
        ("value", { _ = try loss.value(net, variables[0], y) }),
        ("targets", { _ = try loss.gradients(net, x, variables[0].selected(axis: 1, index: 0)) }),
        ("weights", { try net.setWeights(weights) }),
        ("smoothness", { _ = try Probe.smoothness(net, variables[0]) }),
        ("noise", { _ = try Probe.noise(net, variables[0], ["repeats": 1]) }),
        ("job", { _ = try TrainingJob(TrainingOptions(), model: net, data: data) }),
        (
          "scripted",
          {
            var training = ScriptedTraining()
            training.options.epochs = 1
            _ = try training.run(variables, data: Dataset(x: x)) { p, _, _ in try p[0].sum() }
          }
        ),
        (
          "scripted on data",
          {
            var training = ScriptedTraining()
            training.options.epochs = 1
            _ = try training.run([y], data: data) { p, x, _ in try x.sum() * p[0].sum() }
          }
        ),
        (
          "step",
          {
            let optimizer = try ParameterOptimizer([x.copy()], Optimizer.standard)
            _ = try optimizer.step { try ($0[0] - variables[0]).square().sum() }
          }
        ),
      ]
      for (name, call) in calls {
        #expect(throws: LostDerivativeError.self, "\(name)") { try call() }
      }
      return try variables[0].sum()
    }
    #expect(try net.parameters.elements(as: Double.self) == before)
  }
}
