import Foundation
import Tensors
import Testing

@testable import Learning

/// A pool that takes jobs as they come, stops single runs and shares rows.
@Suite struct PoolTests {
  /// Notes what it hears; may end runs.
  private struct Listener: PoolControl {
    var reports: [Int: [EpochReport]] = [:]
    var ended: [Int: Run] = [:]
    var lastTotal = 0
    /// The last epoch of the run at a place.
    var last: [Int: Int] = [:]
    var hearsEpochs = true
    var onEpoch: (Int) -> Void = { _ in }

    func shouldStop() -> Bool { false }
    mutating func progress(done: Int, of total: Int) { lastTotal = total }
    mutating func epochEnded(_ report: EpochReport, at place: Int) -> Bool {
      reports[place, default: []].append(report)
      onEpoch(place)
      return report.epoch < last[place] ?? .max
    }
    mutating func ended(_ run: Run, at place: Int) -> Bool {
      ended[place] = run
      return true
    }
  }

  private func problems(_ count: Int) throws -> [Problem] {
    let problem = try Problem()
    return (0..<count).map { index in problem.changed { $0.seed = UInt64(index) } }
  }

  /// Its parameters, state and model cannot be copied when it ends.
  @Test func aRunWithoutMemoryForItsResultLeavesTheOthers() throws {
    let problems = try problems(2)
    let alone = try problems[0].run()
    let jobs = try problems.map { (job: try $0.job(), model: $0.model) }
    // Of the thread that waits
    final class Hoard { var blocks: [Storage] = [] }
    let hoard = Hoard()
    var control = Listener()
    control.onEpoch = { place in
      var count = place == 1 ? 1 << 20 : 0
      while count > 0 {
        if let block = try? Storage(count: count, dtype: .float32) {
          hoard.blocks.append(block)
        } else {
          count /= 2
        }
      }
    }
    let budget = MemoryBudget(limit: 32 << 20, used: 0) {}
    let runs = try MemoryBudget.with(budget) {
      try TrainingPool(workers: 1).run(jobs, control: &control)
    }
    #expect(runs[0].weights == alone.weights)
    #expect(runs[1].outcome == .failed && runs[1].error is AllocationError)
    #expect(runs[1].weights == problems[1].model.parameters.doubles)
    withExtendedLifetime(hoard) {}
  }

  @Test(arguments: [1, 2, 5]) func jobsAreMadeWhenWorkersAreFree(workers: Int) throws {
    let problems = try problems(9)
    let alone = try problems.map { try $0.run() }
    // What has been made and what has ended, of the thread that waits.
    final class Ledger { var (made, ended) = (0, 0) }
    let ledger = Ledger()
    struct Counting: PoolControl {
      let ledger: Ledger
      func shouldStop() -> Bool { false }
      func progress(done: Int, of total: Int) {}
      func ended(_ run: Run, at place: Int) -> Bool {
        ledger.ended += 1
        return true
      }
    }
    let jobs = problems.lazy.map { problem in
      ledger.made += 1
      #expect(ledger.made - ledger.ended <= workers)
      return (job: try! problem.job(), model: problem.model)
    }
    var control = Counting(ledger: ledger)
    let runs = try TrainingPool(workers: workers).run(jobs, control: &control)
    #expect(ledger.made == 9 && ledger.ended == 9)
    #expect(runs.map(\.weights) == alone.map(\.weights))
    #expect(runs.map(\.history) == alone.map(\.history))
  }

  @Test(arguments: [1, 2, 3, 5]) func everyEpochOfEveryRunIsReported(workers: Int) throws {
    // Two share their pre-training.
    let problems = try problems(3) + [Problem().changed { $0.alpha = 1 }]
    let alone = try problems.map { try $0.run() }
    var control = Listener()
    let jobs = try problems.map { (job: try $0.job(), model: $0.model) }
    let runs = try Training.runAll(jobs, workers: workers, control: &control)
    for (place, run) in runs.enumerated() {
      #expect(run.weights == alone[place].weights)
      #expect(control.reports[place] == run.history && control.ended[place]?.model === run.model)
    }
    #expect(
      control.lastTotal == problems.reduce(0) { $0 + $1.options.pretrain + $1.options.epochs })
  }

  /// Also within a pre-training that it shares with another.
  @Test(arguments: [1, 2, 4], [1, 2, 3, 5]) func oneRunStopsAlone(epoch: Int, workers: Int) throws {
    let problem = try Problem()
    let others = problem.changed { $0.alpha = 1 }
    let stopper = RecordingControl()
    stopper.lastEpoch = epoch
    let stopped = try problem.run(stopper)
    for isConcurrent in [true, false] {
      let third = problem.changed {
        guard !isConcurrent else { return }
        $0.loss = .custom(
          CustomLoss(isConcurrent: false) { try ($0 - $1).square().mean() + $2.square().mean() })
      }
      var control = Listener(last: [1: epoch])
      let jobs = try [others, problem, third].map { (job: try $0.job(), model: $0.model) }
      let runs = try Training.runAll(jobs, workers: workers, control: &control)
      #expect(runs.map(\.outcome) == [.finished, .stopped, .finished])
      #expect(runs[1].weights == stopped.weights && runs[1].history == stopped.history)
      #expect(control.reports[1]?.count == epoch && control.reports[2] == runs[2].history)
      #expect(control.ended.count == 3, "a run that was stopped by itself is news")
    }
  }

  @Test func aPoolStopsARunByItsPlace() throws {
    let long = try Problem().changed { $0.epochs = 200_000 }
    let pool = try TrainingPool(workers: 2, ahead: 2)
    var control = Listener()
    control.onEpoch = { if $0 == 0 { pool.stop(0) } }
    let jobs = try [long, Problem()].map { (job: try $0.job(), model: $0.model) }
    let runs = try pool.run(jobs, control: &control)
    #expect(runs.map(\.outcome) == [.stopped, .finished] && control.ended.count == 2)
    #expect(throws: ArgumentError.self) { _ = try TrainingPool(workers: 0) }
    #expect(throws: ArgumentError.self) { _ = try TrainingPool(ahead: -1) }
  }

  /// A copy that does from one epoch on leaves the run to this thread; nothing is reported twice.
  @Test(arguments: [1, 2, 3, 5]) func copiesThatDoNotDoAreNotSeen(workers: Int) throws {
    struct Refusal: Error {}
    final class Calls: @unchecked Sendable { var count = 0 }
    nonisolated(unsafe) let main = Thread.current
    func loss(refusingAt limit: Int) -> Objective {
      .custom(
        CustomLoss(
          isConcurrent: false,
          makeCopy: {
            { _ in
              let calls = Calls()
              return { prediction, target, _ in
                calls.count += 1
                if calls.count > limit { throw Refusal() }
                return try (prediction - target).square().mean()
              }
            }
          },
          function: { prediction, target, _ in
            #expect(Thread.current == main)
            return try (prediction - target).square().mean()
          }))
    }
    let problem = try Problem().changed { $0.alpha = 1 }
    let batches = (150 + 31) / 32
    let problems = [0, 1, batches + 1, .max].map { limit in
      problem.changed { $0.loss = loss(refusingAt: limit) }
    }
    let alone = try problems[0].run()
    var control = Listener()
    let runs = try Training.runAll(
      (problems + [problem]).map { (job: try $0.job(), model: $0.model) }, workers: workers,
      control: &control)
    for (place, run) in runs.dropLast().enumerated() {
      #expect(run.weights == alone.weights && run.history == alone.history)
      #expect(control.reports[place] == run.history && run.outcome == .finished)
    }
    #expect(try runs[4].weights == problem.run().weights)
  }

  /// Two losses, each of which waits for the other.
  @Test func workersRunSideBySide() throws {
    let arrivals = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
    func problem(_ place: Int) throws -> Problem {
      let hasMet = Guarded(false)
      return try Problem().changed {
        ($0.pretrain, $0.epochs, $0.batch) = (0, 1, 150)
        $0.loss = .custom(
          CustomLoss(usesSlopes: false) { prediction, target, _ in
            arrivals[place].signal()
            if !hasMet.withLock({ $0 }) {
              #expect(arrivals[1 - place].wait(timeout: .now() + 5) == .success)
              hasMet.withLock { $0 = true }
            }
            return try (prediction - target).square().mean()
          })
        $0.alpha = 1
      }
    }
    var control = Listener()
    let jobs = try [problem(0), problem(1)].map { (job: try $0.job(), model: $0.model) }
    let runs = try Training.runAll(jobs, workers: 2, control: &control)
    #expect(runs.map(\.outcome) == [.finished, .finished])
  }

  /// The seconds of an epoch tell who took it.
  @Test func preTrainingIsDoneOnce() throws {
    let problem = try Problem()
    let others = [problem.changed { $0.alpha = 1 }, problem.changed { $0.seed = 2 }]
    var control = Listener()
    let jobs = try ([problem] + others).map { (job: try $0.job(), model: $0.model) }
    let runs = try Training.runAll(jobs, workers: 3, control: &control)
    let seconds = runs.map { $0.history[..<2].map(\.seconds) }
    #expect(seconds[0] == seconds[1] && seconds[0] != seconds[2])
  }

  @Test("what begins otherwise shares no pre-training")
  func strangers() throws {
    let problem = try Problem().changed { $0.divergenceThreshold = 1e6 }
    var other = problem.changed { $0.clip = 0.1 }
    let changes: [(inout TrainingOptions) throws -> Void] = [
      { $0.seed = 9 }, { $0.clip = 0.1 }, { $0.optimizer = try .sgd(learningRate: 0.01) },
      { $0.batch = 31 }, { $0.pretrain = 1 }, { $0.noise = ForwardNoise(dropout: 0.5) },
      { $0.metrics = ["r2"] }, { $0.divergenceThreshold = 1.001 },
      { $0.pretrainLoss = .residual(.mae) },
    ]
    var problems = try [problem] + changes.map { try problem.changed($0) }
    // Another start, other rows and other validation data.
    other = try Problem(seed: 2)
    problems += [other, try Problem(rows: 149)]
    func outcome(_ run: Run) -> [Double] { run.weights + run.history.flatMap { $0.metrics.values } }
    let alone = try problems.map { problem in
      var control = Listener()
      return try Training.runAll([(problem.job(), problem.model)], control: &control)
    }.map { outcome($0[0]) }
    var jobs = try problems.map { (job: try $0.job(), model: $0.model) }
    jobs.append(
      (
        try TrainingJob(
          problem.options, model: problem.model, data: problem.data, validation: problem.data),
        problem.model
      ))
    var control = Listener()
    let runs = try Training.runAll(jobs, workers: 2, control: &control)
    for (place, run) in runs.dropLast().enumerated() {
      #expect(outcome(run) == alone[place], "\(place)")
    }
    #expect(runs.last!.history[0].validationRMSE != runs[0].history[0].validationRMSE)
  }

  /// Memory that is used up while a run is taken from its worker ends all. Another run then waits for
  /// the answer to an epoch: one whose report was fetched with the end of the first, or one that
  /// reports later.
  @Test(arguments: [false, true]) func nobodyWaitsAfterAnError(isLate: Bool) throws {
    final class Stage: @unchecked Sendable {
      let gate = DispatchSemaphore(value: 0)
      let reports = DispatchSemaphore(value: 0)
      let isArmed = Guarded(false)
      /// Lets the second run come to the end of its epoch.
      func letTheOtherReport() {
        gate.signal()
        _ = reports.wait(timeout: .now() + 5)
        usleep(50_000)
      }
    }
    struct Control: PoolControl {
      let stage: Stage
      let budget: MemoryBudget
      let isLate: Bool
      var hasAnswered = false
      let hearsEpochs = true
      func shouldStop() -> Bool {
        if stage.isArmed.withLock({ $0 }) { _ = budget.take(budget.limit - budget.usedBytes) }
        return false
      }
      mutating func epochEnded(_ report: EpochReport, at place: Int) -> Bool {
        hasAnswered = true
        return true
      }
      mutating func progress(done: Int, of total: Int) {
        guard hasAnswered, !stage.isArmed.withLock({ $0 }) else { return }
        // The first run ends.
        usleep(50_000)
        if !isLate { stage.letTheOtherReport() }
        stage.isArmed.withLock { $0 = true }
      }
    }
    let stage = Stage()
    let first = try Problem().changed { ($0.pretrain, $0.epochs, $0.batch) = (0, 1, 150) }
    let second = first.changed {
      $0.alpha = 1
      $0.loss = .custom(
        CustomLoss(usesSlopes: false) { prediction, target, _ in
          _ = stage.gate.wait(timeout: .now() + 5)
          defer { stage.reports.signal() }
          return try (prediction - target).square().mean()
        })
    }
    nonisolated(unsafe) let jobs = try [first, second].map { (job: try $0.job(), model: $0.model) }
    let budget = MemoryBudget(limit: 1 << 30, used: 0) {
      // While the first run is taken.
      if isLate, stage.isArmed.withLock({ $0 }) { stage.letTheOtherReport() }
    }
    let end = DispatchSemaphore(value: 0)
    let text = Guarded("")
    DispatchQueue(label: "pool").async {
      let problem = message {
        try MemoryBudget.with(budget) {
          var control = Control(stage: stage, budget: budget, isLate: isLate)
          _ = try Training.runAll(jobs, workers: 2, control: &control)
        }
      }
      text.withLock { $0 = problem }
      end.signal()
    }
    #expect(end.wait(timeout: .now() + 20) == .success, "a run still waits for an answer")
    #expect(text.withLock { $0 }.contains("not enough memory"))
  }

  @Test("a control can ask for the runs on their way") func running() throws {
    struct Watch: PoolControl {
      var seen: [RunningJob] = []
      let hearsEpochs = true
      func shouldStop() -> Bool { false }
      mutating func progress(done: Int, of total: Int, running: () -> [RunningJob]) {
        seen += running()
      }
    }
    let problem = try Problem().changed { ($0.pretrain, $0.epochs) = (1, 4) }
    let jobs = try [problem, problem.changed { $0.epochs = 2 }].map {
      (job: try $0.job(), model: $0.model)
    }
    var control = Watch()
    _ = try Training.runAll(jobs, workers: 1, control: &control)
    for (place, epochs) in [(0, 5), (1, 3)] {
      let seen = control.seen.filter { $0.place == place }
      #expect(!seen.isEmpty && seen.allSatisfy { $0.epochs == epochs })
      #expect(seen.map(\.report.epoch).allSatisfy { (1...epochs).contains($0) })
      #expect(seen.map(\.report.epoch) == seen.map(\.report.epoch).sorted())
    }
  }

  /// Epochs of a pre-training that diverges count for nobody.
  @Test func epochsOfAFailedPreTrainingAreNotCounted() throws {
    struct Counter: PoolControl {
      var done = 0
      func shouldStop() -> Bool { false }
      mutating func progress(done: Int, of total: Int) { self.done = done }
    }
    var isTested = false
    for rate in [0.005, 0.01, 0.02, 0.05, 0.1] {
      let problem = try Problem().changed {
        ($0.pretrain, $0.divergenceThreshold) = (20, 1.2)
        $0.optimizer = try .sgd(learningRate: rate, momentum: 0.9)
      }
      let problems = [problem, problem.changed { $0.alpha = 1 }, try Problem()]
      let jobs = try problems.map { (job: try $0.job(), model: $0.model) }
      var control = Counter()
      let runs = try Training.runAll(jobs, workers: 2, control: &control)
      #expect(control.done == runs.reduce(0) { $0 + $1.history.count })
      if runs[0].outcome == .diverged, !runs[0].history.isEmpty { isTested = true }
    }
    #expect(isTested)
  }

  @Test func jobsOnTheSameDataShareTheirRows() throws {
    // Of sizes that no other test has: all of them run beside this one.
    let data = try Synthetic.friedman1(count: 231, noise: 0.5, seed: 11)
    let problem = try Problem()
    func rows(_ data: Dataset, _ model: MLP) throws -> TrainingRows<Float> {
      let job = try TrainingJob(problem.options, model: model, data: data)
      return try #require(job.plan as? TrainingPlan<Float>).rows
    }
    let first = try rows(data, problem.model)
    #expect(try rows(data, problem.model) === first)
    // Equal data from elsewhere, and views that are not contiguous.
    let other = try Dataset(
      x: data.x.transposed(0, 1).copy().transposed(0, 1), y: data.y!.copy())
    #expect(try rows(other, problem.model) === first)
    // Data that change in place are others, and the first ones stay as they are.
    let value = try other.x.elements(as: Float.self)[0]
    try other.x.set(5, at: [0, 0])
    let changed = try rows(other, problem.model)
    #expect(changed !== first && changed.x[0] == 5 && first.x[0] == value)
    // −0 is another number.
    try other.x.set(0, at: [0, 0])
    let zero = try rows(other, problem.model)
    try other.x.set(-0.0, at: [0, 0])
    #expect(try rows(other, problem.model) !== zero)
  }

  @Test func rowsEndWithTheirJobs() throws {
    weak var rows: TrainingRows<Float>?
    do {
      let problem = try Problem(rows: 77, hidden: [3])
      let job = try problem.job()
      rows = (job.plan as? TrainingPlan<Float>)?.rows
      #expect(rows != nil)
      _ = try problem.run()
    }
    #expect(rows == nil)
  }
}
