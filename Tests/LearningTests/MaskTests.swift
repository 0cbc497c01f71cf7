import Foundation
import Learning
import Tensors
import Testing

/// A network whose hidden units are multiplied by given numbers, as dropout multiplies them.
@Suite struct MaskTests {
  private struct Problem {
    let net: MLP
    let x: Tensor
    let y: Tensor
    let masks: [Tensor]

    init(_ activation: String, _ sizes: [Int], rows: Int = 7) throws {
      var generator = RandomGenerator(seed: 17)
      net = try MLP(
        inputs: sizes[0], hidden: Array(sizes[1..<(sizes.count - 1)]), outputs: sizes.last!,
        activation: .named(activation), dtype: .float64, using: &generator)
      func tensor(_ shape: [Int], _ number: () -> Double) throws -> Tensor {
        try Tensor(
          (0..<shape.reduce(1, *)).map { _ in number() }, shape: shape, dtype: .float64)
      }
      let parameters = try net.parameters.mutableBase(as: Double.self)
      for index in 0..<net.parameterCount { parameters[index] *= 2 }
      x = try tensor([rows, sizes[0]]) { generator.normal() }
      y = try tensor([rows, sizes.last!]) { generator.normal() }
      masks = try net.hidden.map {
        try tensor([rows, $0]) { generator.uniform() < 0.3 ? 0 : 1 / 0.7 }
      }
    }
  }

  private func flat(_ result: (value: Double, weights: [Tensor], biases: [Tensor])) -> [Double] {
    zip(result.weights, result.biases).flatMap { $0.doubles + $1.doubles }
  }

  @Test("gradients are the finite differences", arguments: Activation.all.map(\.name), [1, 2])
  func gradients(activation: String, outputs: Int) throws {
    let losses: [Objective] = [
      .mse, .lai(try LaiLoss(lambda: .uniform(0.3))),
      .lai(try LaiLoss(base: .mae, lambda: .uniform(0.7), norm: .l1, reduction: .sample)),
    ]
    for sizes in [[3, 5, 4, outputs], [3, 6, outputs]] {
      let problem = try Problem(activation, sizes)
      for loss in losses {
        let got = flat(try loss.gradients(problem.net, problem.x, problem.y, masks: problem.masks))
        let error = try errorAlongDirections(problem.net, got) {
          try loss.gradients(problem.net, problem.x, problem.y, masks: problem.masks).value
        }
        #expect(error < 2e-6)
      }
    }
  }

  /// The loss of a network of tanh written out, with slopes by finite differences.
  @Test("the loss is that of the masked network", arguments: [1, 2]) func value(outputs: Int) throws
  {
    let problem = try Problem("tanh", [3, 5, 4, outputs])
    let (weights, biases) = (try problem.net.weights, try problem.net.biases)
    let masks = problem.masks.map(\.doubles)
    let (x, y, lambda) = (problem.x.doubles, problem.y.doubles, 0.3)
    func predictions(_ row: Int, _ x: [Double]) -> [Double] {
      var a = x
      for layer in weights.indices {
        let (w, b) = (weights[layer].doubles, biases[layer].doubles)
        let inputs = a
        a = b.indices.map { unit in
          let z = inputs.indices.reduce(b[unit]) { $0 + w[unit * inputs.count + $1] * inputs[$1] }
          guard layer < masks.count else { return z }
          return tanh(z) * masks[layer][row * b.count + unit]
        }
      }
      return a
    }
    var (plain, lai) = (0.0, 0.0)
    for output in 0..<outputs {
      var sums = [0.0, 0.0, 0.0]
      for row in 0..<7 {
        let input = Array(x[(row * 3)..<(row * 3 + 3)])
        let error = predictions(row, input)[output] - y[row * outputs + output]
        plain += error * error / Double(7 * outputs)
        for feature in 0..<3 {
          var (above, below) = (input, input)
          above[feature] += 1e-5
          below[feature] -= 1e-5
          let k = (predictions(row, above)[output] - predictions(row, below)[output]) / 2e-5
          sums[feature] += error * error * max(k * k, lambda) / (lambda * (1 + k * k)) / 7
        }
      }
      lai += sums.reduce(0) { $0 + $1 * $1 }.squareRoot() / Double(outputs)
    }
    func value(_ loss: Objective) throws -> Double {
      try loss.gradients(problem.net, problem.x, problem.y, masks: problem.masks).value
    }
    #expect(abs(try value(.mse) - plain) < 1e-12)
    #expect(abs(try value(.lai(LaiLoss(lambda: .uniform(lambda)))) - lai) < 1e-8 * lai)
  }

  @Test("masks of ones leave every bit as it is, where σ′ is stored without them too")
  func ones() throws {
    let problem = try Problem("sigmoid", [3, 5, 4, 1])
    let ones = try problem.masks.map { try $0 * 0 + 1 }
    let loss = Objective.lai(try LaiLoss(lambda: .uniform(0.3)))
    let plain = flat(try loss.gradients(problem.net, problem.x, problem.y))
    #expect(flat(try loss.gradients(problem.net, problem.x, problem.y, masks: ones)) == plain)
  }

  @Test("masks that do not fit are refused") func misfits() throws {
    let problem = try Problem("tanh", [3, 5, 4, 1])
    func text(_ masks: [Tensor]) -> String {
      message { _ = try Objective.mse.gradients(problem.net, problem.x, problem.y, masks: masks) }
    }
    #expect(
      text([problem.masks[0]]) == "masks must be a list of 2, one for each hidden layer (got 1)")
    #expect(
      text(problem.masks.reversed()) == "masks[1] must be of shape 7x5 (got one of 7x4)")
  }
}
