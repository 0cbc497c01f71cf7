import Foundation
import Learning
import Tensors
import Testing

/// One combination of what a loss and a network can be.
struct LossCase: Sendable, CustomTestStringConvertible {
  let activation: String
  let loss: Objective
  let sizes: [Int]

  var testDescription: String { "\(activation) \(sizes) \(loss)" }

  /// Every activation with every base, then every norm, reduction and number of layers and outputs.
  static let all: [LossCase] = {
    var cases: [LossCase] = []
    for activation in Activation.all.map(\.name) {
      for base in [Residual.mse, .mae] {
        for lambda in [0.2, 1.7] {
          cases.append(
            LossCase(
              activation: activation,
              loss: .lai(try! LaiLoss(base: base, lambda: .uniform(lambda))), sizes: [3, 5, 4, 1]))
        }
        cases.append(LossCase(activation: activation, loss: .residual(base), sizes: [3, 5, 4, 2]))
      }
    }
    for base in [Residual.mse, .mae] {
      for record in Norm.records {
        let norm = try! Norm(record, record.name == "elastic" ? ["mix": 0.3] : [:])
        for reduction in Reduction.allCases {
          for sizes in [[3, 1], [2, 4, 1], [3, 17, 5, 4, 1], [3, 5, 3], [3, 6, 5, 2], [2, 2]] {
            let lambda = PerFeature.named(
              ["X1": .included(0.1), "X2": .excluded], default: .included(2))
            let loss = try! LaiLoss(base: base, lambda: lambda, norm: norm, reduction: reduction)
            cases.append(LossCase(activation: "tanh", loss: .lai(loss), sizes: sizes))
          }
        }
      }
    }
    return cases
  }()

  func problem(seed: UInt64, rows: Int = 7) throws -> (net: MLP, x: Tensor, y: Tensor) {
    var generator = RandomGenerator(seed: seed)
    let net = try MLP(
      inputs: sizes[0], hidden: Array(sizes.dropFirst().dropLast()), outputs: sizes.last!,
      activation: Activation.named(activation), dtype: .float64, using: &generator)
    // Larger weights than at the start, so that slopes lie on both sides of λ.
    let parameters = try net.parameters.mutableBase(as: Double.self)
    for index in 0..<net.parameterCount { parameters[index] *= 2 }
    func normal(_ shape: [Int]) throws -> Tensor {
      try Tensor(
        (0..<shape.reduce(1, *)).map { _ in generator.normal() }, shape: shape, dtype: .float64)
    }
    return (net, try normal([rows, sizes[0]]), try normal([rows, sizes.last!]))
  }
}

@Suite struct FiniteDifferenceTests {
  @Test("gradients are the loss's finite differences", arguments: LossCase.all)
  func gradients(of lossCase: LossCase) throws {
    let (net, x, y) = try lossCase.problem(seed: 11)
    let got = flat(try lossCase.loss.gradients(net, x, y))
    let expected = try differences(net) { try lossCase.loss.value(net, x, y) }
    #expect(relativeError(got, expected) < 2e-6)
  }

  @Test("slopes are the prediction's finite differences", arguments: Activation.all.map(\.name))
  func slopes(activation: String) throws {
    let lossCase = LossCase(activation: activation, loss: .residual(.mse), sizes: [3, 5, 4, 2])
    let (net, x, _) = try lossCase.problem(seed: 5)
    let got = try net.inputGradient(x).elements(as: Double.self)
    let values = try x.mutableBase(as: Double.self)
    let h = 1e-6
    for row in 0..<7 {
      for feature in 0..<3 {
        let kept = values[row * 3 + feature]
        values[row * 3 + feature] = kept + h
        let above = try net(x).elements(as: Double.self)
        values[row * 3 + feature] = kept - h
        let below = try net(x).elements(as: Double.self)
        values[row * 3 + feature] = kept
        for output in 0..<2 {
          let expected = (above[row * 2 + output] - below[row * 2 + output]) / (2 * h)
          #expect(abs(got[(row * 2 + output) * 3 + feature] - expected) < 1e-7)
        }
      }
    }
  }

  @Test(
    "a detached path gives no gradient, the other all of its own", arguments: [Residual.mse, .mae])
  func detach(base: Residual) throws {
    func loss(_ detach: Detach?) throws -> Objective {
      .lai(try LaiLoss(base: base, lambda: .uniform(0.3), detach: detach))
    }
    for sizes in [[3, 5, 4, 1], [3, 5, 2], [3, 1]] {
      let lossCase = LossCase(activation: "tanh", loss: try loss(nil), sizes: sizes)
      let (net, x, y) = try lossCase.problem(seed: 3)
      let whole = flat(try loss(nil).gradients(net, x, y)).doubles
      let residual = flat(try loss(.residual).gradients(net, x, y)).doubles
      let slope = flat(try loss(.slope).gradients(net, x, y)).doubles
      // The two paths together are the whole.
      let sum = zip(residual, slope).map { $0 + $1 }
      #expect(relativeError(try Tensor(sum, shape: [sum.count], dtype: .float64), whole) < 1e-12)
      #expect(residual.contains { $0 != 0 } && slope.contains { $0 != 0 })
      // Only ŷ sees the last bias: without the residual's path its gradient is 0.
      #expect(residual.suffix(sizes.last!).allSatisfy { $0 == 0 })
    }
  }

  @Test("a weight scales the gradients, accumulation adds them") func weightAndAccumulation() throws
  {
    let lossCase = LossCase.all[0]
    for loss in [lossCase.loss, .residual(.mse)] {
      let (net, x, y) = try lossCase.problem(seed: 2)
      let step = try TrainingStep<Double>(
        sizes: net.sizes, activation: net.activation, maximumRows: 16)
      step.parameters.update(
        from: try net.parameters.mutableBase(as: Double.self), count: net.parameterCount)
      let inputs = try x.mutableBase(as: Double.self)
      let targets = try y.mutableBase(as: Double.self)
      let prepared = try PreparedObjective<Double>(loss, inputs: 3, outputs: 1)
      func take(_ weight: Double, _ accumulate: Bool) throws -> [Double] {
        _ = try step.gradients(
          x: inputs, y: targets, rows: 7, objective: prepared, weight: weight,
          accumulate: accumulate)
        return (0..<step.parameterCount).map { step.gradients[$0] }
      }
      let once = try take(1, false)
      let half = try take(0.5, false)
      let both = try take(2, true)
      for index in once.indices {
        #expect(abs(half[index] - once[index] / 2) < 1e-14)
        #expect(abs(both[index] - 2.5 * once[index]) < 1e-13)
      }
    }
  }
}

/// The gradient with respect to the flat parameters by central differences, in float64.
func differences(_ net: MLP, of value: () throws -> Double) throws -> [Double] {
  let parameters = try net.parameters.mutableBase(as: Double.self)
  return try (0..<net.parameterCount).map { index in
    let (kept, h) = (parameters[index], 1e-6)
    parameters[index] = kept + h
    let above = try value()
    parameters[index] = kept - h
    let below = try value()
    parameters[index] = kept
    return (above - below) / (2 * h)
  }
}

func flat(_ result: (value: Double, weights: [Tensor], biases: [Tensor])) -> Tensor {
  let elements = zip(result.weights, result.biases).flatMap { $0.doubles + $1.doubles }
  return try! Tensor(elements, shape: [elements.count], dtype: .float64)
}
