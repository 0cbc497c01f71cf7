import Foundation
import Kernels
import Learning
import Tensors
import Testing

/// Penalties that evaluate the network at other inputs than the batch's, or along random directions.
@Suite struct ExtraPassTests {
  private struct Problem {
    let net: MLP
    let x: Tensor
    let y: Tensor
    let rows: Int
    var inputs: Int { net.inputs }
    var outputs: Int { net.outputs }

    init(_ activation: String, _ sizes: [Int], rows: Int = 7) throws {
      var generator = RandomGenerator(seed: 23)
      net = try MLP(
        inputs: sizes[0], hidden: Array(sizes[1..<(sizes.count - 1)]), outputs: sizes.last!,
        activation: .named(activation), dtype: .float64, using: &generator)
      func tensor(_ shape: [Int]) throws -> Tensor {
        try Tensor(
          (0..<shape.reduce(1, *)).map { _ in generator.normal() }, shape: shape, dtype: .float64)
      }
      let parameters = try net.parameters.mutableBase(as: Double.self)
      for index in 0..<net.parameterCount { parameters[index] *= 2 }
      (x, y, self.rows) = (try tensor([rows, sizes[0]]), try tensor([rows, sizes.last!]), rows)
    }

    /// Row i of x, moved, and y, as problems of one row.
    func row(_ i: Int, movedBy step: [Double] = [0, 0, 0]) throws -> Tensor {
      let values = zip(x.doubles[(3 * i)..<(3 * i + 3)], step).map { $0 + $1 }
      return try Tensor(values, shape: [1, 3], dtype: .float64)
    }
  }

  private static func penalty(_ name: String, _ options: [String: OptionValue]) -> Objective {
    .penalty(try! Penalty(name, options))
  }
  private static let interpolated = penalty("jacobian", ["at": "interpolated"])
  private static let projected = penalty("jacobian", ["projections": 3])
  private static let some: PerFeature = .named(
    ["X1": .included(2), "X3": .excluded], default: .included(0.5))

  private static let losses: [Objective] = [
    interpolated,
    .mse + penalty("jacobian", ["at": "interpolated", "power": 1, "features": .features(some)]),
    projected,
    .mse
      + penalty(
        "jacobian",
        ["at": "interpolated", "projections": 2, "weight": 0.3, "features": .features(some)]),
    .lai(try! LaiLoss(lambda: .uniform(0.3))) + interpolated + projected
      + penalty("jacobian", [:]) + penalty("l2", ["weight": 0.1]),
  ]

  private func flat(_ result: (value: Double, weights: [Tensor], biases: [Tensor])) -> [Double] {
    zip(result.weights, result.biases).flatMap { $0.doubles + $1.doubles }
  }

  @Test(
    "gradients are the finite differences", arguments: losses,
    [[3, 5, 4, 1], [3, 5, 4, 2], [3, 6, 3], [3, 1], [3, 2]])
  func gradients(of loss: Objective, sizes: [Int]) throws {
    for activation in sizes.count == 4 ? ["tanh", "relu", "silu"] : ["tanh"] {
      let problem = try Problem(activation, sizes)
      var masks: [[Tensor]?] = [nil]
      if sizes.count > 2 {
        masks.append(
          try problem.net.hidden.map { width in
            try Tensor(
              (0..<(7 * width)).map { $0 % 3 == 0 ? 0 : 1.5 }, shape: [7, width], dtype: .float64)
          })
      }
      for masks in masks {
        func evaluate() throws -> (value: Double, weights: [Tensor], biases: [Tensor]) {
          try loss.gradients(problem.net, problem.x, problem.y, masks: masks)
        }
        let got = flat(try evaluate())
        #expect(try errorAlongDirections(problem.net, got) { try evaluate().value } < 5e-6)
      }
    }
  }

  /// The points that the run's hash gives, computed here once more.
  private func interpolates(_ problem: Problem) -> [Double] {
    var generator = RandomGenerator(seed: 0, stream: .interpolation)
    let key = HashKey(generator.next()).part(0)
    let (x, rows) = (problem.x.doubles, problem.rows)
    return (0..<rows).flatMap { row in
      let step = Int(UInt64(key.part(0).number(row)) * UInt64(rows - 1) >> 32) + 1
      let t = Double(key.part(1).number(row)) / 4_294_967_296
      return (0..<3).map { t * x[3 * row + $0] + (1 - t) * x[(row + step) % rows * 3 + $0] }
    }
  }

  @Test("slopes are taken between the rows of pairs", arguments: [1, 2], [1, 2])
  func interpolation(outputs: Int, power: Int) throws {
    let problem = try Problem("tanh", [3, 6, outputs], rows: 40)
    let points = interpolates(problem)
    let k = try problem.net.inputGradient(Tensor(points, shape: [40, 3], dtype: .float64)).doubles
    let expected = k.reduce(0) { $0 + pow(abs($1), Double(power)) } / 40
    let loss = Self.penalty("jacobian", ["at": "interpolated", "power": .integer(power)])
    #expect(abs(try loss.value(problem.net, problem.x, problem.y) - expected) < 1e-12 * expected)
    // Somewhere else than at the rows.
    let atRows = try Self.penalty("jacobian", ["power": .integer(power)])
      .value(problem.net, problem.x, problem.y)
    #expect(abs(atRows - expected) > 1e-3 * expected)
    // A single row has nothing to pair with.
    let one = try Problem("tanh", [3, 6, outputs], rows: 1)
    let alone = try loss.value(one.net, one.x, one.y)
    let plain = try Self.penalty("jacobian", ["power": .integer(power)])
      .value(one.net, one.x, one.y)
    #expect(abs(alone - plain) < 1e-12 * plain)
  }

  @Test("projections estimate the sum over the outputs without bias") func projections() throws {
    // All rows are the same: the mean over rows is one over draws.
    let (rows, outputs) = (5000, 4)
    let problem = try Problem("tanh", [3, 6, outputs], rows: 1)
    let row = problem.x.doubles
    let x = try Tensor((0..<rows).flatMap { _ in row }, shape: [rows, 3], dtype: .float64)
    let y = try Tensor(zeros: [rows, outputs], dtype: .float64)
    let full = try Self.penalty("jacobian", [:]).gradients(problem.net, x, y)
    for count in [1, 3] {
      let got = try Self.penalty("jacobian", ["projections": .integer(count)])
        .gradients(problem.net, x, y)
      #expect(abs(got.value - full.value) < 0.05 * full.value)
      let (a, b) = (flat(got), flat(full))
      let size = b.reduce(0) { max($0, abs($1)) }
      for (a, b) in zip(a, b) { #expect(abs(a - b) < 0.1 * size) }
    }
    // One output needs no estimate.
    let single = try Problem("tanh", [3, 6, 1])
    let exact = try Self.penalty("jacobian", [:]).value(single.net, single.x, single.y)
    #expect(try Self.projected.value(single.net, single.x, single.y) == exact)
    #expect(
      message { _ = try Penalty("jacobian", ["projections": 2, "power": 1]) }
        == "projections must be left out when power is 1 (got 2)")
  }

  /// The direction that a norm's gradient has, for slopes g of a row's loss and weights c.
  private func direction(_ g: [Double], _ c: [Double], _ norm: String) -> [Double] {
    let entries = zip(g, c).map { $0 * $1 }
    let largest = entries.map { abs($0) }.max()!
    let length = entries.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return zip(entries, c).map { entry, c in
      switch norm {
      case "l2": c * entry / length
      case "l1": c * (entry > 0 ? 1 : -1)
      default: abs(entry) == largest ? c * (entry > 0 ? 1 : -1) : 0
      }
    }
  }

  /// Row by row and output by output, by losses at the row and at the moved row.
  @Test(
    "finite differences along the gradient are those by hand", arguments: ["l2", "l1", "linf"],
    [(false, 1), (true, 1), (false, 2), (true, 2)])
  func gradientDifferences(norm: String, of kind: (squared: Bool, outputs: Int)) throws {
    let (squared, outputs) = kind
    let h = 0.05
    let c = [2, 0.5, 1]
    let problem = try Problem("tanh", [3, 5, 4, outputs])
    let loss =
      Objective.mse
      + Self.penalty(
        "input_gradient",
        [
          "steps": .number(h), "norm": .text(norm), "squared": .boolean(squared), "weight": 0.7,
          "features": .features(.perFeature(c.map { .included($0) })),
        ])
    let got = try loss.gradients(problem.net, problem.x, problem.y)
    let plain = try Objective.mse.gradients(problem.net, problem.x, problem.y)
    var value = plain.value
    var gradients = flat(plain)
    let slopes = try problem.net.inputGradient(problem.x).doubles
    let predictions = try problem.net(problem.x).doubles
    for row in 0..<7 {
      for output in 0..<outputs {
        let i = row * outputs + output
        let e = predictions[i] - problem.y.doubles[i]
        let g = (0..<3).map { 2 * e * slopes[i * 3 + $0] }
        let step = direction(g, c, norm).map { h * $0 }
        // (ŷₒ − yₒ)² of one row and output: mse with the others' targets at their predictions.
        func square(_ x: Tensor) throws -> (Double, [Double]) {
          var target = try problem.net(x).doubles
          target[output] = problem.y.doubles[i]
          let result = try Objective.mse.gradients(
            problem.net, x, Tensor(target, shape: [1, outputs], dtype: .float64))
          return (result.value * Double(outputs), flat(result).map { $0 * Double(outputs) })
        }
        let (clean, moved) = (
          try square(problem.row(row)), try square(problem.row(row, movedBy: step))
        )
        let difference = (moved.0 - clean.0) / h
        value += 0.7 / 7 * (squared ? difference * difference : difference)
        let outer = 0.7 / 7 / h * (squared ? 2 * difference : 1)
        for index in gradients.indices {
          gradients[index] += outer * (moved.1[index] - clean.1[index])
        }
      }
    }
    #expect(abs(got.value - value) < 1e-11 * value)
    for (a, b) in zip(flat(got), gradients) { #expect(abs(a - b) < 1e-10 * max(1, abs(b))) }
  }

  @Test("a small step gives the norm of the gradient", arguments: ["l2", "l1", "linf"])
  func limit(norm: String) throws {
    let problem = try Problem("tanh", [3, 5, 2])
    for squared in [false, true] {
      let options: [String: OptionValue] = ["norm": .text(norm), "squared": .boolean(squared)]
      let exact = try (.mse + Self.penalty("input_gradient", options))
        .value(problem.net, problem.x, problem.y)
      let got = try (.mse + Self.penalty("input_gradient", options.merging(["steps": 1e-6]) { $1 }))
        .value(problem.net, problem.x, problem.y)
      #expect(abs(got - exact) < 1e-4 * exact)
    }
  }

  private struct Silent: PoolControl {
    func shouldStop() -> Bool { false }
    func progress(done: Int, of total: Int) {}
  }

  @Test("the same bits for any number of workers, with noise too", arguments: [100, 300])
  func workers(batch: Int) throws {
    let data = try Synthetic.friedman1(count: 700, noise: 0.5, seed: 11)
    var generator = RandomGenerator(seed: 4, stream: .weights)
    let net = try MLP(
      inputs: 10, hidden: [20, 9], activation: .named("tanh"), using: &generator)
    var options = TrainingOptions()
    (options.epochs, options.pretrain, options.batch, options.alpha) = (3, 1, batch, 0.6)
    let loss =
      try .mse + 0.1 * Self.interpolated
      + 0.01 * Self.penalty("input_gradient", ["steps": 0.1])
    options.loss = loss
    var all = [options, options, options]
    all[1].noise = ForwardNoise(
      dropout: 0.2, adversarial: AdversarialRows(epsilon: 0.1, share: 0.3))
    all[2].sample = .points
    let jobs = try all.map { (try TrainingJob($0, model: net, data: data), net) }
    let alone = try jobs.map { try Training.run($0.0, model: net) }
    #expect(Set(alone.map(\.weights)).count == 3)
    for workers in [1, 2, 3, 5] {
      var control = Silent()
      let runs = try Training.runAll(jobs + jobs, workers: workers, control: &control)
      for (index, run) in runs.enumerated() {
        #expect(run.weights == alone[index % 3].weights)
        #expect(run.history == alone[index % 3].history)
      }
    }
  }
}
