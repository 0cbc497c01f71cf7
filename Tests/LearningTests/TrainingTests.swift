import Foundation
import Learning
import Tensors
import Testing

/// A small problem, and ways to train on it.
struct Problem {
  var options = TrainingOptions()
  let data: Dataset
  let held: Dataset
  let model: MLP

  init(rows: Int = 150, dtype: DType = .float32, hidden: [Int] = [8], seed: UInt64 = 1) throws {
    let all = try Synthetic.friedman1(count: rows + 40, noise: 0.5, seed: 11, dtype: dtype)
    (data, held) = (try all.rows(Array(0..<rows)), try all.rows(Array(rows..<rows + 40)))
    var generator = RandomGenerator(seed: seed, stream: .weights)
    model = try MLP(
      inputs: 10, hidden: hidden, activation: .named("tanh"), dtype: dtype, using: &generator)
    options.batch = 32
    options.epochs = 3
    options.pretrain = 2
    options.alpha = 0.3
    options.loss = .lai(try LaiLoss(lambda: .uniform(0.1)))
  }

  func job() throws -> TrainingJob {
    try TrainingJob(options, model: model, data: data, validation: held)
  }

  func run(_ control: any TrainingControl = Unattended()) throws -> Run {
    try Training.run(job(), model: model, control: control)
  }

  func changed(_ change: (inout TrainingOptions) throws -> Void) rethrows -> Problem {
    var copy = self
    try change(&copy.options)
    return copy
  }
}

extension Run {
  var weights: [Double] { model.parameters.doubles }
}

/// Stops where it is told to, and remembers what it heard.
final class RecordingControl: TrainingControl {
  var batches = 0
  var epochs: [EpochReport] = []
  var lastBatch = Int.max
  var lastEpoch = Int.max

  func shouldStop() -> Bool {
    batches += 1
    return batches > lastBatch
  }
  func epochEnded(_ report: EpochReport) throws -> Bool {
    epochs.append(report)
    return report.epoch < lastEpoch
  }
}

@Suite struct TrainingTests {
  @Test("α = 0 is the control run, bit for bit", arguments: LaiSample.allCases)
  func controlRun(sample: LaiSample) throws {
    for dtype in [DType.float32, .float64] {
      let problem = try Problem(dtype: dtype)
      let none = try problem.changed {
        $0.alpha = 0
        $0.sample = sample
      }.run()
      let control = try problem.changed { $0.loss = .base(.mse) }.run()
      #expect(none.weights == control.weights)
      #expect(none.history == control.history)
      #expect(none.weights != problem.model.parameters.doubles)
      // And an α that fires does something else, but only in the second stage.
      let some = try problem.changed { $0.sample = sample }.run()
      #expect(some.weights != control.weights)
      #expect(some.history[..<2] == control.history[..<2])
      #expect(some.history[2].laiCount > 0)
    }
  }

  @Test("the same seed gives the same bits, another seed others", arguments: LaiSample.allCases)
  func seeds(sample: LaiSample) throws {
    let problem = try Problem().changed { $0.sample = sample }
    let first = try problem.run()
    let second = try problem.run()
    #expect(first.weights == second.weights)
    #expect(first.history == second.history)
    #expect(try problem.changed { $0.seed = 2 }.run().weights != first.weights)
    #expect(problem.model.parameters.doubles != first.weights)
  }

  @Test func modelAndDataAreLeftAlone() throws {
    let problem = try Problem()
    let before = (problem.model.parameters.doubles, problem.data.x.doubles, problem.data.y!.doubles)
    let run = try problem.run()
    #expect(problem.model.parameters.doubles == before.0)
    #expect(problem.data.x.doubles == before.1)
    #expect(problem.data.y!.doubles == before.2)
    #expect(run.model !== problem.model)
    // Nor is an optimizer's state: the options of the first run start the second afresh.
    #expect(try problem.run().weights == run.weights)
  }

  private struct Pair: PoolControl {
    var isStopped = false
    func shouldStop() -> Bool { isStopped }
    func progress(done: Int, of total: Int) {}
  }

  @Test func workersChangeNothing() throws {
    let problem = try Problem()
    let problems = (0..<5).map { index in
      problem.changed {
        $0.seed = UInt64(index)
        $0.alpha = Double(index) / 5
        $0.sample = index % 2 == 0 ? .batches : .points
      }
    }
    let alone = try problems.map { try $0.run() }
    for workers in [1, 2, 7] {
      var control = Pair()
      let jobs = try problems.map { (job: try $0.job(), model: $0.model) }
      let runs = try Training.runAll(jobs, workers: workers, control: &control)
      #expect(runs.map(\.weights) == alone.map(\.weights))
      #expect(runs.map(\.history) == alone.map(\.history))
    }
    var control = Pair()
    #expect(try Training.runAll([], workers: 2, control: &control).isEmpty)
    #expect(throws: ArgumentError.self) {
      _ = try Training.runAll([(problem.job(), problem.model)], workers: 0, control: &control)
    }
    let hot = try problem.changed { $0.optimizer = try .sgd(learningRate: 1e9) }
    #expect(throws: DivergenceError.self) {
      let jobs = [(job: try problem.job(), model: problem.model), (try hot.job(), hot.model)]
      _ = try Training.runAll(jobs, workers: 2, control: &control)
    }
  }

  @Test("the share of batches is exact over epochs", arguments: [0.01, 0.1, 0.35, 1])
  func shareOfBatches(alpha: Double) throws {
    let problem = try Problem(rows: 29, hidden: []).changed {
      $0.batch = 1
      $0.pretrain = 1
      $0.epochs = 100
      $0.alpha = alpha
    }
    let counts = try problem.run().history.map(\.laiCount)
    #expect(counts[0] == 0)
    #expect(counts.reduce(0, +) == Int((alpha * 2900).rounded()))
    // Even from epoch to epoch, too: the fraction is carried, not drawn.
    let few = Int(alpha * 29)
    #expect(counts[1...].allSatisfy { $0 == few || $0 == few + 1 })
  }

  @Test("the share of points is exact over batches", arguments: [0.01, 0.35, 1])
  func shareOfPoints(alpha: Double) throws {
    let problem = try Problem(rows: 100, hidden: []).changed {
      $0.sample = .points
      $0.pretrain = 0
      $0.epochs = 10
      $0.alpha = alpha
    }
    let counts = try problem.run().history.map(\.laiCount)
    #expect(counts.reduce(0, +) == Int((alpha * 1000).rounded()))
    #expect(counts.allSatisfy { abs(Double($0) - alpha * 100) <= 1 })
  }

  @Test("α of points leaves the batches of all epochs as they are") func pointsLeaveTheShuffle()
    throws
  {
    // With the only feature left out, the Lai loss is the base loss: all α must give one run, up
    // to the order of sums, unless the choice changes which rows come together.
    let plain = Loss.lai(try LaiLoss(lambda: .perFeature([nil]), norm: .l1))
    var options = TrainingOptions()
    options.loss = plain
    options.sample = .points
    options.epochs = 3
    options.batch = 4
    options.optimizer = try .sgd(learningRate: 1e-2)
    let one = try Synthetic.line(slope: 3, intercept: 4, noise: 1, count: 40, dtype: .float64)
    let line = try Line(slope: 0, intercept: 0).net
    func weights(_ alpha: Double) throws -> [Double] {
      options.alpha = alpha
      return try Training.run(TrainingJob(options, model: line, data: one), model: line).weights
    }
    let control = try weights(0)
    for alpha in [0.25, 0.5, 1] {
      for (a, b) in zip(try weights(alpha), control) { #expect(abs(a - b) < 1e-12) }
    }
  }

  @Test func thePartialBatchIsUsed() throws {
    // Five rows in batches of four: the last row alone must move the weights.
    let control = RecordingControl()
    let problem = try Problem(rows: 5, hidden: []).changed {
      $0.batch = 4
      $0.epochs = 1
      $0.pretrain = 0
      $0.loss = .base(.mse)
      $0.optimizer = try .sgd(learningRate: 0.1)
    }
    let full = try problem.run(control)
    #expect(control.batches == 2)
    let stopper = RecordingControl()
    stopper.lastBatch = 1
    #expect(try problem.run(stopper).weights != full.weights)
    // Batches larger than the data are the data.
    let whole = try problem.changed { $0.batch = 5 }.run()
    #expect(try problem.changed { $0.batch = .max }.run().weights == whole.weights)
  }

  @Test func reportsSayWhatHappened() throws {
    let problem = try Problem(dtype: .float64).changed {
      $0.alpha = 1
      $0.schedule = .step(every: 2, factor: 0.5)
    }
    let run = try problem.run()
    #expect(run.outcome == .finished)
    #expect(run.history.map(\.epoch) == [1, 2, 3, 4, 5])
    #expect(run.history.map(\.stage) == [.pretrain, .pretrain, .train, .train, .train])
    #expect(run.history.map(\.laiCount) == [0, 0, 5, 5, 5])
    #expect(run.history.map(\.learningRate) == [1e-3, 1e-3, 5e-4, 5e-4, 2.5e-4])
    #expect(run.history[1].laiRatio == nil && run.history[1].laiLoss == nil)
    let last = run.history[4]
    #expect(abs(last.laiRatio! - last.laiLoss! / last.baseLoss) < 1e-12)
    #expect(last.laiRatio! > 10.0.squareRoot() / 1.1)
    let residuals = zip(try run.model(problem.held.x).doubles, problem.held.y!.doubles)
    let rmse = (residuals.reduce(0) { $0 + pow($1.0 - $1.1, 2) } / 40).squareRoot()
    #expect(abs(last.validationRMSE! - rmse) < 1e-12)
    #expect(run.history[0].baseLoss > last.baseLoss)
    #expect(run.seconds > 0)
    let text = run.description
    #expect(text.contains("5 epochs"))
    #expect(text.split(separator: "\n").count == 7)
  }

  @Test func validationDoesNotDependOnTheBatch() throws {
    let problem = try Problem(rows: 700).changed { $0.epochs = 0 }
    let large = try Problem(rows: 1400, seed: 1).data
    for batch in [1, 7, 2000] {
      var options = problem.options
      options.batch = batch
      options.pretrain = 1
      options.optimizer = try .sgd(learningRate: 1e-30)
      let job = try TrainingJob(
        options, model: problem.model, data: problem.data, validation: large)
      let got = try Training.run(job, model: problem.model).history[0].validationRMSE!
      let residuals = zip(try problem.model(large.x).doubles, large.y!.doubles)
      let rmse = (residuals.reduce(0) { $0 + pow($1.0 - $1.1, 2) } / 1400).squareRoot()
      #expect(abs(got - rmse) < 1e-5 * rmse)
    }
  }

  @Test func trainingLearns() throws {
    let problem = try Problem(rows: 1000, hidden: [32]).changed {
      $0.pretrain = 30
      $0.epochs = 30
      $0.optimizer = try .adam(learningRate: 1e-2)
      $0.alpha = 0.05
    }
    let run = try problem.run()
    #expect(run.history.last!.validationRMSE! < 3)
    #expect(run.history.first!.validationRMSE! > 6)
  }

  @Test func controlEndsTheRun() throws {
    let problem = try Problem()
    let untouched = RecordingControl()
    let whole = try problem.run(untouched)
    #expect(untouched.batches == 25)
    #expect(untouched.epochs == whole.history)

    let byEpoch = RecordingControl()
    byEpoch.lastEpoch = 3
    let three = try problem.run(byEpoch)
    #expect(three.outcome == .stopped)
    #expect(three.history == Array(whole.history[..<3]))

    let byBatch = RecordingControl()
    byBatch.lastBatch = 12
    let part = try problem.run(byBatch)
    #expect(part.outcome == .stopped)
    #expect(part.history == Array(whole.history[..<2]))
    #expect(part.weights != problem.model.parameters.doubles)
    #expect(part.weights != whole.weights)

    let atOnce = RecordingControl()
    atOnce.lastBatch = 0
    let nothing = try problem.run(atOnce)
    #expect(nothing.weights == problem.model.parameters.doubles)
    #expect(nothing.history.isEmpty)
    #expect(!nothing.description.isEmpty)

    struct Refusal: Error {}
    final class Refusing: TrainingControl {
      func shouldStop() -> Bool { false }
      func epochEnded(_ report: EpochReport) throws -> Bool { throw Refusal() }
    }
    #expect(throws: Refusal.self) { _ = try problem.run(Refusing()) }
  }

  @Test func noEpochsAtAll() throws {
    let problem = try Problem().changed {
      $0.epochs = 0
      $0.pretrain = 0
    }
    let run = try problem.run()
    #expect(run.history.isEmpty)
    #expect(run.weights == problem.model.parameters.doubles)
  }

  @Test func earlyStoppingGivesTheBestModel() throws {
    // Without noise-free targets and with a large rate, the validation error soon rises.
    let problem = try Problem(rows: 20, hidden: [32]).changed {
      $0.pretrain = 0
      $0.epochs = 400
      $0.loss = .base(.mse)
      $0.optimizer = try .adam(learningRate: 3e-2)
      $0.earlyStopping = try EarlyStopping(patience: 7)
    }
    let run = try problem.run()
    #expect(run.outcome == .earlyStopped)
    let errors = run.history.map { $0.validationRMSE! }
    let best = errors.firstIndex(of: errors.min()!)!
    #expect(errors.count == best + 8)
    let shorter = try problem.changed {
      $0.epochs = best + 1
      $0.earlyStopping = nil
    }.run()
    #expect(shorter.weights == run.weights)
    let demanding = try problem.changed {
      $0.earlyStopping = try EarlyStopping(patience: 2, minimumImprovement: 100)
    }.run()
    #expect(demanding.history.count == 3)
  }

  @Test func earlyStoppingWatchesTheLastStage() throws {
    // λ = 100 multiplies the loss by about 100 and makes the fit worse than pre-training left it.
    let problem = try Problem(rows: 100).changed {
      $0.pretrain = 60
      $0.epochs = 4
      $0.alpha = 1
      $0.optimizer = try .adam(learningRate: 1e-2)
      $0.loss = .lai(try LaiLoss(lambda: .uniform(1e-3)))
      $0.earlyStopping = try EarlyStopping(patience: 3)
    }
    let run = try problem.run()
    let pretrained = try problem.changed {
      $0.epochs = 0
      $0.earlyStopping = nil
    }.run()
    #expect(run.history.count > 60)
    #expect(run.weights != pretrained.weights)
  }
}
