import Foundation
import Tensors
import Testing

@testable import Learning

/// The share of slopes above the kink, and λ by name.
struct KinkTests {
  /// ŷ = 2 x₁ + 0.5 x₂ − 3 x₃: slopes are the weights, for every row.
  private func linear() throws -> MLP {
    let net = try MLP(inputs: 3, hidden: [], activation: .named("identity"), dtype: .float64)
    try net.setWeights([Tensor([2, 0.5, -3], shape: [1, 3], dtype: .float64)])
    return net
  }

  private func data(rows: Int, _ dtype: DType = .float64) throws -> Dataset {
    let x = (0..<rows * 3).map { sin(Double($0 * $0)) }
    let y = (0..<rows).map { cos(Double($0)) }
    return try Dataset(
      x: Tensor(x, shape: [rows, 3], dtype: dtype), y: Tensor(y, shape: [rows], dtype: dtype),
      features: ["a", "b", "c"])
  }

  /// Every batch takes the Lai loss, and no step is large enough to change a weight.
  private func options(_ loss: LaiLoss, sample: LaiSample = .batches) throws -> TrainingOptions {
    var options = TrainingOptions()
    (options.loss, options.alpha, options.sample) = (.lai(loss), 1, sample)
    (options.epochs, options.pretrain, options.batch) = (2, 1, 64)
    options.optimizer = try Optimizer("sgd", ["lr": 1e-300])
    return options
  }

  @Test("a line's slopes: the kink is at √λ for squares and at λ for absolute residuals")
  func line() throws {
    let net = try linear()
    let data = try data(rows: 100)
    for (base, lambda, wanted) in [
      (Residual.mse, [1, 0.36, 16], [1.0, 0, 0]), (.mse, [4.1, 0.24, 8.9], [0, 1, 1]),
      (.mae, [1, 0.36, 4], [1, 1, 0]), (.mae, [2.1, 0.6, 2.9], [0, 0, 1]),
    ] {
      let loss = try LaiLoss(base: base, lambda: .perFeature(lambda.map { .included($0) }))
      let run = try Training.run(TrainingJob(options(loss), model: net, data: data), model: net)
      #expect(run.history[0].aboveKink == nil)
      for report in run.history[1...] {
        #expect(report.aboveKink == FeatureShares(features: ["a", "b", "c"], shares: wanted))
      }
    }
    let some = try LaiLoss(lambda: .named(["b": .excluded], default: .included(5)))
    let run = try Training.run(TrainingJob(options(some), model: net, data: data), model: net)
    #expect(run.history[1].aboveKink?.byName == ["a": 0, "c": 1])
    #expect(run.history[1].aboveKink?["b"] == nil)
  }

  @Test(
    "counted one by one over the network's slopes", arguments: DType.allCases,
    [LaiSample.batches, .points])
  func network(dtype: DType, sample: LaiSample) throws {
    // Two outputs, and batches in two halves of which the last is smaller.
    var generator = RandomGenerator(seed: 1, stream: .weights)
    let net = try MLP(
      inputs: 3, hidden: [16], outputs: 2, activation: .named("tanh"), dtype: dtype,
      using: &generator)
    let rows = 333
    let x = try Tensor((0..<rows * 3).map { sin(Double($0 * $0)) }, shape: [rows, 3], dtype: dtype)
    let data = try Dataset(x: x, y: Tensor(zeros: [rows, 2], dtype: dtype))
    let slopes = try net.inputGradient(x).elements(as: Double.self)
    // Between two of the squared slopes of each feature: a third, half and two thirds are above.
    let lambda = (0..<3).map { feature in
      let squares = stride(from: feature, to: slopes.count, by: 3).map { slopes[$0] * slopes[$0] }
      let place = squares.count * (4 - feature) / 6
      return squares.sorted()[(place - 1)...place].reduce(0, +) / 2
    }
    let loss = try LaiLoss(lambda: .perFeature(lambda.map { .included($0) }))
    var options = try options(loss, sample: sample)
    options.batch = 150
    options.optimizer = try Optimizer("sgd", ["lr": 1e-30])
    let run = try Training.run(TrainingJob(options, model: net, data: data), model: net)
    let wanted = lambda.indices.map { feature in
      let above = stride(from: feature, to: slopes.count, by: 3).filter {
        slopes[$0] * slopes[$0] > lambda[feature]
      }
      return Double(above.count) / Double(2 * rows)
    }
    for (share, sixths) in zip(wanted, [2.0, 3, 4]) { #expect(abs(share - sixths / 6) < 0.01) }
    let shares = try #require(run.history[1].aboveKink).shares.map { $0! }
    for (share, wanted) in zip(shares, wanted) { #expect(abs(share - wanted) < 1.1 / 666) }
  }

  @Test("λ by name: of numbers, and of slopes in either unit") func lambdas() throws {
    let data = try data(rows: 20)
    func values(_ list: [(feature: String, lambda: PerFeature.Entry)]) -> [String: Double?] {
      Dictionary(uniqueKeysWithValues: list.map { ($0.feature, $0.lambda.value) })
    }
    #expect(
      try values(LaiLoss.lambdas(of: data, lambda: .uniform(0.1))) == [
        "a": 0.1, "b": 0.1, "c": 0.1,
      ])
    let slope = PerFeature.named(["a": .included(0.5), "b": .excluded], default: .included(2))
    #expect(try values(LaiLoss.lambdas(of: data, slope: slope)) == ["a": 0.25, "b": nil, "c": 4])
    #expect(
      try values(LaiLoss.lambdas(of: data, slope: slope, base: .mae))
        == ["a": 0.5, "b": nil, "c": 2])
    let scaler = try Scaler(
      features: ["a", "b", "c"], mean: [7, 8, 9], standardDeviation: [4, 1, 0.25])
    #expect(
      try values(LaiLoss.lambdas(of: data, slope: slope, scaler: scaler))
        == ["a": 4, "b": nil, "c": 0.25])
    #expect(throws: ArgumentError.self) { try LaiLoss.lambdas(of: data) }
    #expect(throws: ArgumentError.self) {
      try LaiLoss.lambdas(of: data, lambda: .uniform(1), scaler: scaler)
    }
    #expect(throws: UnknownFeature.self) {
      try LaiLoss.lambdas(of: data, slope: .named(["d": .included(1)], default: .excluded))
    }
    let other = try Scaler(features: ["a", "b"], mean: [0, 0], standardDeviation: [1, 1])
    #expect(throws: NameMismatch.self) {
      try LaiLoss.lambdas(of: data, slope: .uniform(1), scaler: other)
    }
  }
}
