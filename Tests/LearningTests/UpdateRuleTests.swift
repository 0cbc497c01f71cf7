import Foundation
import Tensors
import Testing

@testable import Learning

@Suite struct UpdateRuleTests {
  @Test("gradients of a large batch are centralized to the same bits by any number of workers")
  func workers() throws {
    let problem = try Problem(rows: 200).changed {
      $0.optimizer = try Optimizer(.adam, ["centralize": true])
      $0.batch = 200
      $0.clip = 0.5
    }
    let alone = try problem.run().weights
    #expect(alone != (try problem.changed { $0.optimizer = .standard }.run().weights))
    let jobs = try (0..<2).map { _ in (try problem.job(), problem.model) }
    for workers in [1, 2, 3, 5] {
      var control = Quiet()
      let runs = try Training.runAll(jobs, workers: workers, control: &control)
      #expect(runs.map { $0.weights } == [alone, alone])
    }
  }

  private struct Quiet: PoolControl {
    func shouldStop() -> Bool { false }
    mutating func progress(done: Int, of total: Int) {}
  }

  @Test("tensors of a script are centralized as a network's weights are, vectors are not")
  func scripted() throws {
    let optimizer = try Optimizer(.sgd, ["lr": 1, "centralize": true])
    for dtype in [DType.float32, .float64] {
      let (matrix, vector) = (
        try Tensor.zeros([2, 3], dtype: dtype), try Tensor.zeros([3], dtype: dtype)
      )
      let cube = try Tensor.zeros([2, 2, 2], dtype: dtype)
      let gradients = [
        try Tensor([1, 2, 6, 0, -3, 3], shape: [2, 3], dtype: dtype),
        try Tensor([1, 2, 6], shape: [3], dtype: dtype),
        try Tensor([1, 2, 3, 6, 0, 0, 0, 4], shape: [2, 2, 2], dtype: dtype),
      ]
      try ParameterOptimizer([matrix, vector, cube], optimizer).update(gradients)
      #expect(matrix.doubles == [2, 1, -3, 0, 3, -3])
      #expect(vector.doubles == [-1, -2, -6])
      #expect(cube.doubles == [2, 1, 0, -3, 1, 1, 1, -3])
      #expect(gradients[0].doubles == [1, 2, 6, 0, -3, 3])
    }
  }

  /// NumPy: for g in steps: c = .9*m + .1*g; m = .99*m + .01*g; x -= .1*(np.sign(c) + .5*x)
  @Test("every rule sees a number that is not finite", arguments: OptimizerTests.all)
  func badNumbersAreSeen(optimizer: Optimizer) throws {
    guard case .formula = optimizer.record.kind else { return }
    for bad in [Double.nan, .infinity, -.infinity] {
      for place in 0...37 {
        let state = try OptimizerState<Double>(optimizer, count: 37)
        var parameters = (0..<37).map { Double($0 + 1) }
        var gradients = [Double](repeating: 2, count: 38)
        gradients[place] = bad  // behind the end for the last place
        let isFinite = state.update(&parameters, gradients: gradients, rateFactor: 1)
        #expect(isFinite == parameters.allSatisfy(\.isFinite))
        #expect(place == 37 ? isFinite : bad.isNaN ? !isFinite : true)
      }
    }
  }

  @Test("Lion steps by the sign of its momentum")
  func lion() throws {
    let optimizer = try Optimizer(.lion, ["lr": 0.1, "weight_decay": 0.5])
    for (dtype, tolerance) in [(DType.float64, 1e-15), (.float32, 1e-7)] {
      let x = try Tensor([1, -2, 0, 4], shape: [4], dtype: dtype)
      let lion = try ParameterOptimizer([x], optimizer)
      for gradient in [[1, -3, 0, -20], [-0.01, 1, 0, 1], [-5, 2, 0, 3]] as [[Double]] {
        try lion.update([Tensor(gradient, shape: [4], dtype: dtype)])
      }
      #expect(
        relativeError(x, [0.7721250000000001, -1.8195000000000001, 0.0, 3.51475]) < tolerance)
      // No sign is to be had of an infinity: the update is taken back.
      #expect(throws: NotFiniteError.self) {
        try lion.update([Tensor([1, 1, .infinity, 1], shape: [4], dtype: dtype)])
      }
    }
  }

  @Test("an optimizer is encoded by its rule's name and its options", arguments: UpdateRule.all)
  func coding(_ rule: UpdateRule) throws {
    let optimizer = try Optimizer(rule, [rule.options[0].name: .integer(3)])
    let data = try JSONEncoder().encode(optimizer)
    #expect(try JSONDecoder().decode(Optimizer.self, from: data) == optimizer)
    #expect(try Optimizer(rule) != optimizer)
    func error(_ old: String, _ new: String) -> String {
      let text = String(decoding: data, as: UTF8.self).replacingOccurrences(of: old, with: new)
      return message { _ = try JSONDecoder().decode(Optimizer.self, from: Data(text.utf8)) }
    }
    #expect(error(rule.name, "adamz").contains("optimizer must be one of 'adam', "))
    #expect(error(rule.options[0].name, "speed").contains("speed must be one of "))
  }

  @Test("a decoded state goes on to the same bits", arguments: OptimizerTests.all)
  func snapshots(_ optimizer: Optimizer) throws {
    func check<S: TensorScalar>(_ type: S.Type) throws {
      let gradients = (0..<37).map { S($0 % 7) - 2.5 }
      var (a, b) = (gradients, gradients)
      let whole = try OptimizerState<S>(optimizer, count: 37)
      whole.update(&a, gradients: gradients, rateFactor: 1)
      b = a
      let data = try JSONEncoder().encode(whole.stored())
      let other = try OptimizerState<S>(optimizer, count: 37)
      let snapshot = try JSONDecoder().decode(StoredOptimizer.self, from: data)
      try other.restore(snapshot)
      for _ in 0..<2 {
        whole.update(&a, gradients: gradients, rateFactor: 0.5)
        other.update(&b, gradients: gradients, rateFactor: 0.5)
      }
      #expect(a == b)
      let smaller = try OptimizerState<S>(optimizer, count: 36)
      #expect(throws: ArgumentError.self) { try smaller.restore(snapshot) }
    }
    try check(Float.self)
    try check(Double.self)
  }
}
