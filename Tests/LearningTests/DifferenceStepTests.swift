import Tensors
import Testing

@testable import Learning

/// penalty.input_gradient with a step h: its digits in single precision, and steps that are too small.
@Suite struct DifferenceStepTests {
  private struct Problem {
    let net: MLP
    let x: Tensor
    let y: Tensor
    let masks: [Tensor]?

    /// The same numbers in any type.
    init(
      _ activation: String, _ sizes: [Int], rows: Int, seed: UInt64, hasMasks: Bool, _ dtype: DType
    ) throws {
      var generator = RandomGenerator(seed: seed)
      func numbers(_ count: Int, _ scale: Double = 1) -> [Double] {
        (0..<count).map { _ in Double(Float(scale * generator.normal())) }
      }
      func tensor(_ shape: [Int]) throws -> Tensor {
        try Tensor(numbers(shape.reduce(1, *)), shape: shape, dtype: dtype)
      }
      net = try MLP(
        inputs: sizes[0], hidden: Array(sizes[1..<(sizes.count - 1)]), outputs: sizes.last!,
        activation: .named(activation), dtype: dtype)
      try net.setParameters(numbers(net.parameterCount, 0.8))
      (x, y) = (try tensor([rows, sizes[0]]), try tensor([rows, sizes.last!]))
      masks =
        try hasMasks
        ? net.hidden.map { width in
          try Tensor(
            (0..<(rows * width)).map { _ in generator.uniform() < 0.4 ? 0 : 1.5 },
            shape: [rows, width], dtype: dtype)
        } : nil
    }
  }

  private static let residuals: [Objective] = [
    .mse, .mae, .residual(try! Residual("huber", ["delta": 0.7])),
    .residual(try! Residual("logcosh")),
  ]

  @Test(
    "float32 has the digits of float64", arguments: ["tanh", "sin", "gelu", "leaky_relu"],
    ["l2", "l1", "linf"])
  func digits(activation: String, norm: String) throws {
    for seed in 0..<24 {
      let sizes = [[3, 6, 4, 1], [3, 6, 4, 3], [3, 5, 1], [3, 2]][seed % 4]
      let penalty = try Penalty(
        "input_gradient",
        [
          "norm": .text(norm), "squared": .boolean(seed % 3 > 0), "weight": 2,
          "steps": .number([0.1, 0.01][seed % 2]),
        ])
      let loss = Self.residuals[seed / 4 % 4] + .penalty(penalty)
      func gradients(_ dtype: DType) throws -> (value: Double, all: [Double]) {
        let problem = try Problem(
          activation, sizes, rows: [1, 7, 40][seed % 3], seed: UInt64(seed),
          hasMasks: seed % 5 == 0,
          dtype)
        let result = try loss.gradients(problem.net, problem.x, problem.y, masks: problem.masks)
        return (result.value, (result.weights + result.biases).flatMap(\.doubles))
      }
      let (single, double) = (try gradients(.float32), try gradients(.float64))
      #expect(abs(single.value - double.value) <= 1e-5 * abs(double.value), "seed \(seed)")
      #expect(
        try relativeError(
          Tensor(single.all, shape: [single.all.count], dtype: .float64), double.all) < 1e-5,
        "seed \(seed)")
    }
  }

  @Test func aStepBelowTheResolutionIsRefused() throws {
    func loss(_ step: Double, _ features: OptionValue? = nil) throws -> Objective {
      var options: [String: OptionValue] = ["steps": .number(step)]
      options["features"] = features
      return .mse + .penalty(try Penalty("input_gradient", options))
    }
    for dtype in [DType.float32, .float64] {
      let net = try MLP(inputs: 2, hidden: [4], activation: .named("tanh"), dtype: dtype)
      let x = try Tensor([1, 5000, 0.5, -2000], shape: [2, 2], dtype: dtype)
      let y = try Tensor([1, 2], shape: [2, 1], dtype: dtype)
      #expect(
        message { _ = try loss(1e-6).value(net, x, y) }
          == "steps must be >= 5e-05, a share of 1e-08 of the largest |X2|, or left out, for the exact derivative (got 1e-06)"
      )
      #expect(
        message { _ = try loss(1e-6).value(net, x, y, features: ["area", "price"]) }
          == "steps must be >= 5e-05, a share of 1e-08 of the largest |price|, or left out, for the exact derivative (got 1e-06)"
      )
      // Features that do not count are not moved; weights make steps longer.
      #expect(
        message { _ = try loss(1e-6, .features(.only(["X1"]))).value(net, x, y) }
          == "nothing thrown")
      let weighted = OptionValue.features(.named(["X2": .included(100)], default: .excluded))
      #expect(message { _ = try loss(1e-6, weighted).value(net, x, y) } == "nothing thrown")
      var options = TrainingOptions()
      options.loss = try loss(1e-6)
      let data = try Dataset(x: x, y: y)
      #expect(
        message { _ = try TrainingJob(options, model: net, data: data) }.hasPrefix("steps must be"))
    }
  }

  /// The steps so small that float32's inputs do not move: the penalty is the norm, not 0.
  @Test func aSmallStepIsTheDerivative() throws {
    let problem = try Problem("tanh", [3, 5, 1], rows: 6, seed: 3, hasMasks: false, .float32)
    func value(_ options: [String: OptionValue]) throws -> Double {
      let loss = try Objective.mse + .penalty(Penalty("input_gradient", options))
      return try loss.value(problem.net, problem.x, problem.y)
        - Objective.mse.value(problem.net, problem.x, problem.y)
    }
    let (exact, difference) = (try value([:]), try value(["steps": 1e-7]))
    #expect(abs(difference - exact) < 1e-5 * exact, "\(difference), \(exact)")
  }
}
