import Learning
import Tensors
import Testing

@Suite struct MetricTests {
  /// Of a run without any step, whose network is 0 but for its biases.
  private func metrics(
    biases: [Double], targets: [[Double]], _ names: [String] = MetricRecord.all.map(\.name)
  ) throws -> [String: Double] {
    let net = try MLP(
      inputs: 1, outputs: biases.count, activation: .named("identity"), dtype: .float64)
    try net.setBiases([Tensor(biases, shape: [biases.count], dtype: .float64)])
    let data = try Dataset(
      x: Tensor(zeros: [targets.count, 1], dtype: .float64),
      y: Tensor(targets.flatMap { $0 }, shape: [targets.count, biases.count], dtype: .float64))
    var options = TrainingOptions()
    (options.epochs, options.metrics) = (1, names)
    options.optimizer = try Optimizer("sgd", ["lr": 1e-300])
    let run = try Training.run(
      TrainingJob(options, model: net, data: data, validation: data), model: net)
    return run.metrics
  }

  /// sklearn.metrics on y = [[1, 0], [2, 2], [6, 1]] and predictions [2, 1]: r2_score,
  /// mean_absolute_error, root of mean_squared_error; by hand: errors [1, 0, -4], [1, -1, 0].
  @Test func values() throws {
    let got = try metrics(biases: [2, 1], targets: [[1, 0], [2, 2], [6, 1]])
    #expect(abs(got["mae"]! - 7.0 / 6) < 1e-15)
    #expect(abs(got["rmse"]! - (19.0 / 6).squareRoot()) < 1e-15)
    #expect(got["max_error"] == 4)
    // Spreads of 14 and 2 about the means 3 and 1.
    #expect(abs(got["r2"]! - ((1 - 17.0 / 14) + (1 - 2.0 / 2)) / 2) < 1e-15)
    // Constant targets.
    #expect(try metrics(biases: [2], targets: [[2], [2]], ["r2"]) == ["r2": 1])
    #expect(try metrics(biases: [3], targets: [[2], [2]], ["r2"]) == ["r2": 0])
    #expect(try metrics(biases: [3], targets: [[2], [2]], []).isEmpty)
  }

  @Test func errors() throws {
    let problem = try Problem()
    #expect(
      message { _ = try problem.changed { $0.metrics = ["rmsd"] }.run() }
        == "metrics must be names such as 'rmse', 'mae', 'r2', 'max_error' (got 'rmsd')")
    #expect(
      message { _ = try problem.changed { $0.metrics = ["r2", "r2"] }.run() }
        .contains("'r2' twice"))
    var options = problem.options
    options.metrics = ["r2"]
    #expect(
      message { _ = try TrainingJob(options, model: problem.model, data: problem.data) }
        == "validation must be given for metrics (got none)")
  }

  /// Measures the model, and how often it was asked.
  private final class Measuring: TrainingControl {
    var models: [[Double]] = []
    func shouldStop() -> Bool { false }
    func metrics(_ model: () throws -> TrainedModel) throws -> [String: Double] {
      guard case .network(let net) = try model() else { return [:] }
      models.append(net.parameters.doubles)
      return ["first": models.last![0], "odd": .nan]
    }
    func epochEnded(_ report: EpochReport) -> Bool { true }
  }

  @Test("a control's own metrics see the model of each epoch") func custom() throws {
    let problem = try Problem()
    let control = Measuring()
    let run = try problem.run(control)
    #expect(control.models.count == 5 && control.models.last == run.weights)
    #expect(run.history.map { $0.metrics["first"] } == control.models.map { $0[0] })
    #expect(run.metrics["first"] == run.weights[0] && run.metrics["odd"]!.isNaN)
    // Nothing else changes.
    #expect(try problem.run().weights == run.weights)
  }

  @Test("a schedule of the second stage alone") func phases() throws {
    let whole = Schedule.cosine(floor: 0.2)
    let second = Schedule.cosine(floor: 0.2, phase: .train)
    for epoch in 0..<10 {
      #expect(
        second.factor(epoch: epoch, of: 14, pretrain: 4)
          == (epoch < 4 ? 1 : whole.factor(epoch: epoch - 4, of: 10)))
      #expect(whole.factor(epoch: epoch, of: 14, pretrain: 4) == whole.factor(epoch: epoch, of: 14))
    }
    let steps = Schedule.step(every: 2, factor: 0.5, phase: .train)
    #expect(
      (0..<7).map { steps.factor(epoch: $0, of: 7, pretrain: 3) } == [1, 1, 1, 1, 1, 0.5, 0.5])
    let problem = try Problem().changed { ($0.pretrain, $0.epochs, $0.schedule) = (3, 4, steps) }
    let rates = try problem.run().history.map { $0.learningRate / 1e-3 }
    #expect(rates == [1, 1, 1, 1, 1, 0.5, 0.5])
  }

  @Test("runs with different schedules of the second stage share their pre-training") func shared()
    throws
  {
    let problem = try Problem(rows: 60).changed { ($0.pretrain, $0.epochs) = (2, 2) }
    let others = [
      problem, problem.changed { $0.schedule = .step(every: 1, factor: 0.5, phase: .train) },
      problem.changed { ($0.schedule, $0.epochs) = (.cosine(floor: 0, phase: .train), 3) },
    ]
    struct Quiet: PoolControl {
      var epochs = 0
      func shouldStop() -> Bool { false }
      mutating func progress(done: Int, of total: Int) { epochs = done }
    }
    var control = Quiet()
    let runs = try Training.runAll(
      others.map { (try $0.job(), $0.model) }, workers: 2, control: &control)
    for (run, problem) in zip(runs, others) { #expect(try run.weights == problem.run().weights) }
  }

  @Test("the divergence threshold is that of residuals") func threshold() throws {
    let problem = try Problem().changed {
      $0.optimizer = try Optimizer("adam", ["lr": 20])
      $0.epochs = 30
    }
    #expect(try problem.run().outcome == .finished)
    #expect(throws: DivergenceError.self) {
      _ = try problem.changed { $0.divergenceThreshold = 2 }.run()
    }
    #expect(
      message { _ = try problem.changed { $0.divergenceThreshold = 1 }.run() }
        == "divergence_threshold must be > 1 (got 1)")
  }
}
