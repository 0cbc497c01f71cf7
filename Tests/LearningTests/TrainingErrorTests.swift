import Learning
import Tensors
import Testing

@Suite struct TrainingErrorTests {
  @Test("options out of range") func options() throws {
    let problem = try Problem()
    func failure(_ change: (inout TrainingOptions) throws -> Void) throws -> String {
      let changed = try problem.changed(change)
      return message { _ = try changed.run() }
    }
    #expect(try failure { $0.batch = 0 } == "batch must be >= 1 (got 0)")
    #expect(try failure { $0.epochs = -1 } == "epochs must be >= 0 (got -1)")
    #expect(try failure { $0.epochs = .max }.hasPrefix("epochs must be <= 1000000000"))
    #expect(try failure { $0.pretrain = -3 } == "pretrain must be >= 0 (got -3)")
    #expect(try failure { $0.alpha = 1.5 } == "alpha must be between 0 and 1 (got 1.5)")
    #expect(try failure { $0.alpha = -0.1 } == "alpha must be between 0 and 1 (got -0.1)")
    #expect(try failure { $0.alpha = .nan } == "alpha must be between 0 and 1 (got nan)")
    #expect(try failure { $0.clip = 0 } == "clip must be > 0 (got 0)")
    #expect(try failure { $0.schedule = .cosine(floor: 2) }.hasPrefix("floor must be"))
    #expect(try failure { $0.schedule = .step(every: 0, factor: 1) }.hasPrefix("every must be"))
    #expect(try failure { $0.schedule = .step(every: 1, factor: 0) }.hasPrefix("factor must be"))
    #expect(
      try failure {
        $0.loss = .lai(try LaiLoss(lambda: .perFeature([.included(1), .included(2)])))
      }
        == "lambda must be a list of 10 entries, one per feature (got 2)")
    #expect(
      try failure {
        $0.loss = .lai(try LaiLoss(lambda: .named(["X11": .included(1)], default: .included(1))))
      }
      .hasPrefix("unknown feature 'X11'"))
    for rate in [0, -1, Double.nan, .infinity] {
      #expect(throws: ArgumentError.self) { _ = try Optimizer.adam(learningRate: rate) }
      #expect(throws: ArgumentError.self) { _ = try Optimizer.sgd(learningRate: rate) }
    }
    #expect(throws: ArgumentError.self) { _ = try Optimizer.adam(beta1: 1) }
    #expect(throws: ArgumentError.self) { _ = try Optimizer.sgd(momentum: 1) }
    #expect(throws: ArgumentError.self) { _ = try Optimizer.sgd(weightDecay: -1) }
    #expect(throws: ArgumentError.self) { _ = try EarlyStopping(patience: 0) }
    #expect(throws: ArgumentError.self) {
      _ = try EarlyStopping(patience: 1, minimumImprovement: .nan)
    }
  }

  @Test("data that do not fit") func data() throws {
    let problem = try Problem()
    let x = problem.data.x
    func failure(_ data: Dataset, _ validation: Dataset? = nil) -> String {
      message {
        _ = try TrainingJob(
          problem.options, model: problem.model, data: data, validation: validation)
      }
    }
    func dataset(_ columns: Int, _ y: Tensor?) throws -> Dataset {
      try Dataset(x: Tensor(zeros: [150, columns]), y: y)
    }
    let y = problem.data.y!
    #expect(
      failure(try dataset(3, y)) == "data must be of 10 features, as the model takes (got 3)")
    #expect(failure(try dataset(10, nil)) == "data must be data with targets (got data without)")
    #expect(
      failure(try dataset(10, Tensor(zeros: [150, 2])))
        == "data must be of 1 targets a row, as the model gives (got 2)")
    #expect(failure(problem.data, try dataset(3, y)).hasPrefix("validation must be of 10 features"))

    var values = x.doubles
    values[10 * 4 + 2] = .nan
    let holed = try Dataset(x: Tensor(values, shape: x.shape), y: y)
    #expect(failure(holed) == "data.x in row 5, feature 'X3', must be finite (got nan)")
    #expect(failure(problem.data, holed).hasPrefix("validation.x in row 5, feature 'X3'"))
    // Finite, but not in the model's number type.
    values[10 * 4 + 2] = 1e300
    let huge = try Dataset(x: Tensor(values, shape: x.shape, dtype: .float64), y: y)
    #expect(failure(huge) == "data.x in row 5, feature 'X3', must be finite (got inf)")
    let targets = try Tensor([Double](repeating: -.infinity, count: 150), shape: [150])
    #expect(failure(try dataset(10, targets)) == "data.y in row 1 must be finite (got -inf)")

    var options = problem.options
    options.earlyStopping = try EarlyStopping(patience: 1)
    #expect(
      message { _ = try TrainingJob(options, model: problem.model, data: problem.data) }
        == "validation must be given for early stopping (got none)")
    let broken = try problem.model.clone()
    try broken.setBiases([
      Tensor([Double](repeating: .nan, count: 8), shape: [8]), Tensor([0.0], shape: [1]),
    ])
    #expect(
      message { _ = try TrainingJob(options, model: broken, data: problem.data, validation: huge) }
        .contains("finite"))
  }

  @Test(
    "a learning rate of 1e9 ends with an error that says where",
    arguments: ["tanh", "relu", "sin", "identity"])
  func divergence(activation: String) throws {
    let optimizers = [
      try Optimizer.adam(learningRate: 1e9), try .adam(learningRate: 1e9, isDecoupled: true),
      try .sgd(learningRate: 1e9), try .sgd(learningRate: 1e9, momentum: 0.9),
    ]
    for (index, optimizer) in optimizers.enumerated() {
      for dtype in [DType.float32, .float64] {
        let all = try Synthetic.friedman1(count: 100, dtype: dtype)
        var generator = RandomGenerator(seed: 1)
        let model = try MLP(
          inputs: 10, hidden: [16, 16], activation: .named(activation), dtype: dtype,
          using: &generator)
        var options = TrainingOptions()
        options.optimizer = optimizer
        options.batch = 10
        options.epochs = 20
        let job = try TrainingJob(options, model: model, data: all)
        do {
          _ = try Training.run(job, model: model)
          Issue.record("optimizer \(index) did not diverge")
        } catch let error as DivergenceError {
          #expect(error.parameters.allSatisfy { $0.isFinite })
          #expect(error.parameters.count == model.parameterCount)
          #expect(error.epoch >= 1 && error.batch >= 1 && error.batch <= 10)
          #expect(error.history.count == error.epoch - 1)
          let text = error.description
          #expect(text.contains(" in epoch \(error.epoch), batch \(error.batch) "))
          #expect(text.contains("learning rate 1000000000"))
        }
      }
    }
  }

  @Test func divergenceMayGiveBackTheLastFiniteModel() throws {
    let problem = try Problem().changed {
      $0.optimizer = try .sgd(learningRate: 1e30)
      $0.onDivergence = .stop
    }
    let run = try problem.run()
    #expect(run.outcome == .diverged)
    #expect(run.problem != nil)
    #expect(run.weights.allSatisfy { $0.isFinite })
    #expect(run.description.contains(run.problem!))
    // It has been given back already.
    #expect(!run.problem!.contains("on_divergence"))
    let error = try #require(
      throws: DivergenceError.self,
      performing: { try problem.changed { $0.onDivergence = .error }.run() })
    #expect(error.parameters == run.weights)
    #expect(error.words.text(in: notation).contains(#"; on_divergence = "stop" returns"#))
  }

  @Test func weightsThatOverflowAreTakenBack() throws {
    // The loss of the first batch is finite, and so is its gradient, but not their step.
    let problem = try Problem().changed { $0.optimizer = try .sgd(learningRate: 3e38) }
    let error = try #require(
      throws: DivergenceError.self, performing: { try problem.run() })
    #expect((error.epoch, error.batch) == (1, 1))
    #expect(error.what == "a weight is not finite")
    #expect(error.parameters == problem.model.parameters.doubles)
  }

  @Test("a gradient whose square overflows is clipped, not lost", arguments: DType.allCases)
  func clipOfLargeGradients(dtype: DType) throws {
    var generator = RandomGenerator(seed: 1, stream: .weights)
    let net = try MLP(
      inputs: 1, hidden: [], activation: .named("tanh"), dtype: dtype, using: &generator)
    let x = try Tensor((0..<8).map { Double($0) * 1e12 }, shape: [8, 1], dtype: dtype)
    let y = try Tensor((0..<8).map { Double($0) * 1e9 }, shape: [8], dtype: dtype)
    var options = TrainingOptions()
    (options.clip, options.epochs, options.pretrain) = (1, 1, 0)
    options.optimizer = try .sgd(learningRate: 0.1)
    let run = try Training.run(
      TrainingJob(options, model: net, data: Dataset(x: x, y: y)), model: net)
    // The gradient is all but along the weight; one step of length 0.1.
    let moved = run.model.parameters.doubles[0] - net.parameters.doubles[0]
    #expect(abs(abs(moved) - 0.1) < 1e-6)
  }

  @Test("a scripted step that overflows is taken back", arguments: [1, 2])
  func scriptedStop(batches: Int) throws {
    var training = ScriptedTraining()
    (training.options.epochs, training.options.batch) = (1, 8 / batches)
    training.options.onDivergence = .stop
    training.options.optimizer = try .sgd(learningRate: 1e30)
    let x = try Tensor((0..<8).map { Double($0) * 1e5 }, shape: [8, 1], dtype: .float32)
    let y = try Tensor((0..<8).map { Double($0) }, shape: [8], dtype: .float32)
    let start = try Tensor([1.0], shape: [1, 1], dtype: .float32)
    let result = try training.run([start], data: Dataset(x: x, y: y)) { parameters, x, y in
      try (x.matmul(parameters[0]) - y!).square().mean()
    }
    #expect(result.outcome == .diverged && result.problem != nil)
    #expect(result.parameters[0].doubles == [1])
  }

  @Test func smallTargetsAreNoDivergence() throws {
    for scale in [0, 1e-12, 1] {
      let all = try Synthetic.friedman1(count: 60, dtype: .float64)
      let y = try Tensor(all.y!.doubles.map { $0 * scale }, shape: [60], dtype: .float64)
      let problem = try Problem(dtype: .float64)
      for base in [Residual.mse, .mae] {
        var options = problem.options
        options.loss = .residual(base)
        let job = try TrainingJob(
          options, model: problem.model, data: Dataset(x: all.x, y: y))
        #expect(try Training.run(job, model: problem.model).outcome == .finished)
      }
    }
  }
}
