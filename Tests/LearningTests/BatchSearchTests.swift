import Foundation
import Tensors
import Testing

@testable import Learning

/// L-BFGS as the optimizer of a network.
@Suite struct BatchSearchTests {
  private func problem(rows: Int, batch: Int, dtype: DType = .float64) throws -> Problem {
    try Problem(rows: rows, dtype: dtype).changed {
      $0.optimizer = try Optimizer(.lbfgs, ["max_iter": 5])
      ($0.batch, $0.pretrain, $0.epochs) = (batch, 1, 3)
    }
  }

  /// The normal equations of y = w·x + b, solved by elimination.
  private func leastSquares(_ data: Dataset) throws -> [Double] {
    let (x, y) = (data.x.doubles, data.y!.doubles)
    let columns = data.x.shape[1]
    let rows = (0..<data.count).map { Array(x[$0 * columns..<($0 + 1) * columns]) + [1] }
    let n = columns + 1
    var a = (0..<n).map { i in
      (0..<n).map { j in rows.reduce(0) { $0 + $1[i] * $1[j] } }
        + [zip(rows, y).reduce(0) { $0 + $1.0[i] * $1.1 }]
    }
    for i in 0..<n {
      for k in 0..<n where k != i {
        let factor = a[k][i] / a[i][i]
        for j in i...n { a[k][j] -= factor * a[i][j] }
      }
    }
    return (0..<n).map { a[$0][n] / a[$0][$0] }
  }

  @Test("a linear network comes to least squares", arguments: [DType.float64, .float32])
  func linear(dtype: DType) throws {
    let data = try Synthetic.friedman1(count: 150, noise: 0.5, seed: 11, dtype: dtype)
    var generator = RandomGenerator(seed: 1, stream: .weights)
    let net = try MLP(
      inputs: 10, hidden: [], activation: .named("tanh"), dtype: dtype, using: &generator)
    var options = TrainingOptions()
    options.optimizer = try Optimizer(.lbfgs)
    (options.batch, options.epochs) = (150, 5)
    let run = try Training.run(TrainingJob(options, model: net, data: data), model: net)
    let error = try relativeError(run.model.parameters, leastSquares(data))
    #expect(error < (dtype == .float64 ? 1e-7 : 1e-3))
  }

  /// By the tape and by the network's own step: two ways to the same function.
  @Test("steps of a network are those of its parameters as tensors")
  func tape() throws {
    var problem = try problem(rows: 60, batch: 60)
    problem.options.pretrain = 0
    problem.options.loss = .mse
    let run = try problem.run()
    let net = try problem.model.clone()
    let parameters = try (net.weights + net.biases).map { try $0.copy() }
    let search = try ParameterOptimizer(parameters, problem.options.optimizer)
    let (x, y) = (problem.data.x, problem.data.y!)
    for epoch in 0..<3 {
      let value = try search.step {
        let errors = try net.predictions(weights: Array($0[..<2]), biases: Array($0[2...]), x) - y
        return try (errors * errors).mean()
      }
      #expect(abs(value - run.history[epoch].baseLoss) < 1e-9 * value)
    }
    for (own, tensor) in zip(try run.model.weights + run.model.biases, parameters) {
      #expect(relativeError(own, tensor.doubles) < 1e-8)
    }
  }

  @Test("the same bits by any number of workers, and after stops anywhere", arguments: [40, 200])
  func bits(batch: Int) throws {
    let problem = try problem(rows: 200, batch: batch, dtype: .float32)
    let alone = try problem.run()
    #expect(alone.history.last!.baseLoss < alone.history[0].baseLoss)
    for workers in [2, 3] {
      var control = Quiet()
      let runs = try Training.runAll(
        [(try problem.job(), problem.model)], workers: workers, control: &control)
      #expect(runs[0].weights == alone.weights)
    }
    // Asked in the search too: most of these stops are within a batch.
    for asked in [2, 3, 7, 12, 20] {
      let control = RecordingControl()
      control.lastBatch = asked
      var run = try problem.run(control)
      #expect(run.outcome == .stopped)
      let state = try JSONDecoder().decode(
        TrainingState.self, from: JSONEncoder().encode(run.stateToGoOn()))
      run = try Training.resume(state, data: problem.data, validation: problem.held)
      #expect(run.weights == alone.weights)
    }
  }

  private struct Quiet: PoolControl {
    func shouldStop() -> Bool { false }
    mutating func progress(done: Int, of total: Int) {}
  }

  @Test func clippingIsRefused() throws {
    let problem = try problem(rows: 20, batch: 20).changed { $0.clip = 1 }
    #expect(
      message { _ = try problem.job() }.contains(
        "clip must be left out with lbfgs, which searches along a line"))
  }
}
