import Learning
import Tensors
import Testing

/// Sums of terms, and gradients of each, by finite differences.
@Suite struct ObjectiveGradientTests {
  private static func penalty(
    _ name: String, _ options: [String: OptionValue] = [:]
  ) -> Objective { .penalty(try! Penalty(name, options)) }

  static let objectives: [Objective] = {
    let residuals: [Objective] = [
      .residual(try! Residual("huber", ["delta": 0.7])), .residual(try! Residual("logcosh")),
      .residual(try! Residual("quantile", ["q": 0.3])),
    ]
    let features: OptionValue = .features(
      .named(["X1": .included(0.5), "X2": .excluded], default: .included(3)))
    var penalties: [Objective] = [
      penalty("jacobian"), penalty("jacobian", ["power": 1, "features": features]),
      penalty("double_backprop", ["features": features]),
      penalty("l2", ["biases": true]), penalty("l1"), penalty("elastic", ["mix": 0.3]),
    ]
    for norm in ["l1", "l2", "linf"] {
      for squared in [false, true] {
        let options: [String: OptionValue] = [
          "norm": .text(norm), "squared": .boolean(squared), "features": features,
        ]
        penalties.append(penalty("input_gradient", options))
      }
    }
    let lai = residuals.map { base -> Objective in
      guard case .residual(let residual) = base.terms[0].term else { return base }
      return .lai(try! LaiLoss(base: residual, lambda: .uniform(0.4)))
    }
    let custom = Objective.custom(
      CustomLoss { prediction, target, slopes in
        try ((prediction - target).square() * 0.5).mean() + slopes.square().mean()
      })
    let combined: [Objective] = try! [
      lai[0] + 0.1 * penalty("l2") + 0.5 * residuals[0],
      lai[1] + 0.3 * penalty("jacobian") + 0.2 * penalty("double_backprop"),
      0.5 * .mse + residuals[1] + penalty("double_backprop"), 0.7 * custom + lai[0] + penalty("l1"),
      .lai(LaiLoss(lambda: .uniform(0.3), reduction: .sample))
        + .lai(LaiLoss(base: .mae, lambda: .uniform(2), norm: .l1)) + penalty("jacobian"),
    ]
    return residuals + penalties.map { residuals[1] + $0 } + lai + combined
  }()

  @Test("gradients are finite differences", arguments: objectives)
  func gradients(objective: Objective) throws {
    for (activation, sizes) in [
      ("tanh", [3, 5, 4, 1]), ("softplus", [3, 4, 5, 2]), ("gelu", [3, 2]), ("relu", [3, 6, 1]),
    ] {
      let one = LossCase(activation: activation, loss: objective, sizes: sizes)
      let (net, x, y) = try one.problem(seed: 11)
      let got = flat(try objective.gradients(net, x, y))
      let expected = try differences(net) { try objective.value(net, x, y) }
      #expect(relativeError(got, expected) < 4e-6, "\(activation) \(sizes)")
    }
  }

  @Test(arguments: [1, 2]) func sobolev(outputs: Int) throws {
    let one = LossCase(activation: "tanh", loss: .mse, sizes: [3, 5, 4, outputs])
    let (net, x, y) = try one.problem(seed: 4)
    var generator = RandomGenerator(seed: 5)
    let elements = (0..<(7 * outputs * 3)).map { _ in generator.normal() }
    let shape = outputs == 1 ? [7, 3] : [7, outputs, 3]
    let objective = try Objective.penalty(
      Penalty("sobolev", ["targets": .tensor(OptionTensor(shape: shape, elements: elements))]))
    let got = flat(try objective.gradients(net, x, y))
    let expected = try differences(net) { try objective.value(net, x, y) }
    #expect(relativeError(got, expected) < 4e-6)
    // Of itself: the network's own slopes are 0 away.
    let slopes = try net.inputGradient(x)
    #expect(try Objective.penalty(Penalty("sobolev")).value(net, x, y, slopes: slopes) < 1e-25)
  }

  @Test("values and gradients of a sum are the sums") func sums() throws {
    let terms = Self.objectives.suffix(5)
    let sum = try terms.reduce(Objective.mae) { try $0 + 0.25 * $1 }
    for sizes in [[3, 5, 4, 1], [3, 5, 4, 2]] {
      let (net, x, y) = try LossCase(activation: "tanh", loss: sum, sizes: sizes).problem(seed: 3)
      // Where no term is a function of the others' residual.
      let free = try Self.objectives.prefix(5).reduce(Objective.mae) { try $0 + 0.25 * $1 }
      let whole = try free.gradients(net, x, y)
      var value = try Objective.mae.value(net, x, y)
      var gradients = flat(try Objective.mae.gradients(net, x, y)).doubles
      for term in Self.objectives.prefix(5) {
        let one = try term.gradients(net, x, y)
        value += 0.25 * one.value
        gradients = zip(gradients, flat(one).doubles).map { $0 + 0.25 * $1 }
      }
      #expect(abs(whole.value - value) < 1e-12 * value)
      #expect(relativeError(flat(whole), gradients) < 1e-12)
    }
  }

  /// In float32 the same to its digits.
  @Test(arguments: objectives) func single(objective: Objective) throws {
    let one = LossCase(activation: "tanh", loss: objective, sizes: [3, 5, 4, 2])
    let (net, x, y) = try one.problem(seed: 6)
    let single = try MLP(
      inputs: 3, hidden: [5, 4], outputs: 2, activation: .named("tanh"), dtype: .float32)
    try single.fill(net.parameters.doubles)
    let wanted = try objective.gradients(net, x, y)
    let got = try objective.gradients(single, x.converted(to: .float32), y.converted(to: .float32))
    #expect(abs(got.value - wanted.value) < 1e-5 * wanted.value)
    #expect(relativeError(flat(got), flat(wanted).doubles) < 2e-5)
  }
}

extension MLP {
  func fill(_ values: [Double]) throws {
    for (index, value) in values.enumerated() {
      switch dtype {
      case .float32: try parameters.mutableBase(as: Float.self)[index] = Float(value)
      case .float64: try parameters.mutableBase(as: Double.self)[index] = value
      }
    }
  }
}
