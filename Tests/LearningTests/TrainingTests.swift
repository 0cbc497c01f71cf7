import Foundation
import Learning
import Tensors
import Testing

@Suite struct TrainingTests {
  @Test("α = 0 is the control run, bit for bit", arguments: LaiSample.allCases)
  func controlRun(sample: LaiSample) throws {
    for dtype in [DType.float32, .float64] {
      let problem = try Problem(dtype: dtype)
      let none = try problem.changed {
        $0.alpha = 0
        $0.sample = sample
      }.run()
      let control = try problem.changed { $0.loss = .residual(.mse) }.run()
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
    let jobs = [(job: try problem.job(), model: problem.model), (try hot.job(), hot.model)]
    let runs = try Training.runAll(jobs, workers: 2, control: &control)
    #expect(
      runs.map(\.outcome) == [.finished, .diverged] && runs.map(\.hasFailed) == [false, true])
    #expect(try runs[0].weights == problem.run().weights && runs[1].error is DivergenceError)
    #expect(throws: DivergenceError.self) {
      _ = try Training.runAll([jobs[1], jobs[1]], workers: 2, control: &control)
    }
  }

  /// Runs that differ after pre-training only go on from one pre-training, to the same bits.
  @Test(arguments: [DType.float32, .float64])
  func sharedPretrainingChangesNoBit(dtype: DType) throws {
    let problem = try Problem(dtype: dtype)
    let problems = try [
      problem,
      problem.changed { $0.alpha = 0 },
      problem.changed {
        $0.loss = .lai(try LaiLoss(lambda: .uniform(0.01)))
        $0.sample = .points
      },
      problem.changed { $0.epochs = 5 },
      // These begin otherwise.
      problem.changed { $0.seed = 2 },
      problem.changed { $0.pretrain = 1 },
      problem.changed { $0.clip = 0.01 },
      problem.changed { $0.loss = .lai(try LaiLoss(base: .mae, lambda: .uniform(0.1))) },
      problem.changed { $0.schedule = .cosine(floor: 0) },
      problem.changed {
        $0.schedule = .cosine(floor: 0)
        $0.epochs = 4
      },
      problem.changed {
        $0.earlyStopping = try EarlyStopping(patience: 1, minimumImprovement: 10)
      },
      problem.changed { $0.optimizer = try .sgd(learningRate: 0.01) },
      Problem(dtype: dtype, seed: 3),
      problem,
    ]
    let alone = try problems.map { try $0.run() }
    var control = Pair()
    let runs = try Training.runAll(
      problems.map { (job: try $0.job(), model: $0.model) }, workers: 3, control: &control)
    #expect(runs.map(\.weights) == alone.map(\.weights))
    #expect(runs.map(\.history) == alone.map(\.history))
    #expect(runs.map(\.outcome) == alone.map(\.outcome))
  }

  @Test func sharedPretrainingThatDivergesIsEachRunsOwn() throws {
    let hot = try Problem().changed {
      $0.optimizer = try .sgd(learningRate: 1e9)
      $0.onDivergence = .stop
    }
    var control = Pair()
    let runs = try Training.runAll(
      [hot, hot].map { (job: try $0.job(), model: $0.model) }, workers: 2, control: &control)
    let alone = try hot.run()
    #expect(runs.map(\.outcome) == [.diverged, .diverged])
    #expect(runs.allSatisfy { $0.weights == alone.weights && $0.problem == alone.problem })
  }

  private struct Listener: PoolControl {
    var isPatient = true
    var heard: [Int: Run] = [:]
    var answer = true
    func shouldStop() -> Bool { false }
    func progress(done: Int, of total: Int) {}
    mutating func ended(_ run: Run, at place: Int) -> Bool {
      #expect(heard.updateValue(run, forKey: place) == nil)
      return answer
    }
    func goesOn(after error: any Error) -> Bool { isPatient }
  }

  /// A short run and one of some seconds, so long that only the control's answer ends it in time.
  private func unequal(isConcurrent: Bool) throws -> [(job: TrainingJob, model: MLP)] {
    let short = try Problem().changed {
      guard !isConcurrent else { return }
      $0.loss = .custom(
        CustomLoss(base: .mse, isConcurrent: false) { loss, _, _ in try loss.square().mean() })
      $0.alpha = 1
    }
    let endless = try Problem().changed { $0.epochs = 200_000 }
    return try [short, endless].map { (job: try $0.job(), model: $0.model) }
  }

  @Test(arguments: [true, false]) func theControlIsToldOfEachRun(isConcurrent: Bool) throws {
    let jobs = try unequal(isConcurrent: isConcurrent)
    var control = Listener()
    let pair = try Training.runAll([jobs[0], jobs[0]], workers: 2, control: &control)
    #expect(control.heard.count == 2)
    for (place, run) in pair.enumerated() {
      #expect(control.heard[place]?.model === run.model && run.outcome == .finished)
    }
    control = Listener(answer: false)
    let runs = try Training.runAll(jobs, workers: 2, control: &control)
    #expect(runs.map(\.outcome) == [.finished, .stopped])
    // What it ended itself is no news.
    #expect(control.heard.keys.sorted() == [0])
  }

  private struct Broken: Error {}

  /// On any thread or, with a loss that only this one may call, on this.
  @Test(arguments: [true, false])
  func oneThatFailsDoesNotTakeTheOthers(isConcurrent: Bool) throws {
    let good = try Problem()
    let bad = good.changed {
      $0.loss = .custom(
        CustomLoss(base: .mse, isConcurrent: isConcurrent) { _, _, _ in throw Broken() })
      $0.alpha = 1
    }
    let jobs = try [good, bad, good].map { (job: try $0.job(), model: $0.model) }
    var control = Listener()
    let runs = try Training.runAll(jobs, workers: 2, control: &control)
    #expect(runs.map(\.outcome) == [.finished, .failed, .finished])
    #expect(try runs[0].weights == good.run().weights && runs[2].weights == runs[0].weights)
    #expect(runs[1].history.count == good.options.pretrain && runs[1].problem == "Broken()")
    #expect(runs[1].weights != good.model.parameters.doubles)
    #expect(control.heard[1]?.problem == "Broken()" && control.heard.count == 3)
    control.heard = [:]
    #expect(throws: Broken.self) {
      _ = try Training.runAll([jobs[1], jobs[1]], workers: 2, control: &control)
    }
    guard !isConcurrent else { return }
    // An error that stops the others loses none of the runs, unless there is nothing yet to lose.
    control = Listener(isPatient: false)
    let some = try Training.runAll(jobs, workers: 2, control: &control)
    #expect(some[1].outcome == .stopped && some[1].weights == runs[1].weights)
    #expect(some.allSatisfy { $0.problem == nil })
    let atOnce = bad.changed { $0.pretrain = 0 }
    let pair = try [atOnce, atOnce].map { (job: try $0.job(), model: $0.model) }
    #expect(throws: Broken.self) {
      _ = try Training.runAll(pair, workers: 2, control: &control)
    }
  }

  @Test func thePartialBatchIsUsed() throws {
    // Five rows in batches of four: the last row alone must move the weights.
    let control = RecordingControl()
    let problem = try Problem(rows: 5, hidden: []).changed {
      $0.batch = 4
      $0.epochs = 1
      $0.pretrain = 0
      $0.loss = .residual(.mse)
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
    // The RMSE is still above the target's deviation, which it says.
    #expect(text.split(separator: "\n").count == 9 && run.scaleWarnings.count == 1)
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
}
