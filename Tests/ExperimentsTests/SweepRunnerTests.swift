import Foundation
import Learning
import Platform
import Tensors
import Testing

@testable import Experiments

@Suite("Sweep: running", .timeLimit(.minutes(10))) struct SweepRunnerTests {
  @Test func theSameForAnyNumberOfWorkers() throws {
    let alone = try tinySweep([0.25, 0.5, 1], in: SQLiteStore()) {
      $0.workers = 1
      $0.measures.smoothness = true
      $0.measures.noise = Measures.Noise(features: ["X4"])
    }
    try alone.run()
    let outcome = try alone.outcome()
    #expect(outcome.count == 8)
    #expect(outcome.values.allSatisfy { $0.state == .done && $0.history.count == 4 })
    #expect(Set(outcome.values.map { $0.measures!["rmse"]! }).count == 8)
    for workers in [2, 4] {
      let sweep = try tinySweep([0.25, 0.5, 1], in: SQLiteStore()) {
        $0.workers = workers
        $0.measures = alone.options.measures
      }
      try sweep.run()
      #expect(try sweep.outcome() == outcome)
    }
    let parts = try tinySweep([0.25, 0.5, 1], in: SQLiteStore()) {
      $0.measures = alone.options.measures
    }
    for part in 0..<3 { try parts.run(shard: (part, 3)) }
    #expect(try parts.outcome() == outcome)
  }

  /// Split, scaled, trained and measured here, each trial alone.
  @Test func trialsThatSharePreTrainingAreThoseTrainedAlone() throws {
    let sweep = try tinySweep([0.25, 1], in: SQLiteStore())
    // These begin otherwise.
    try sweep.add(tinyPoint(0.375) { $0.training.batch = 12 })
    try sweep.add(tinyPoint(0.625) { $0.training.pretrainLoss = .residual(.mae) })
    let watch = try sweep.run()
    #expect(watch.measured.count == 10)
    let outcome = try sweep.outcome()
    for point in sweep.points {
      for seed: UInt64 in [1, 2] {
        let (train, held) = try tinyData().split(validation: 0.2, seed: seed)
        let scaler = try Scaler(fitting: train)
        var options = point.recipe.training
        options.seed = seed
        var generator = RandomGenerator(seed: seed, stream: .weights)
        let net = try MLP(
          inputs: 10, hidden: [4], activation: .named("tanh"), using: &generator)
        let job = try TrainingJob(
          options, model: net, data: scaler.transform(train),
          validation: scaler.transform(held))
        let run = try Training.run(job, model: net, control: Unattended())
        let found = try #require(outcome["\(point.label), \(seed)"])
        #expect(numbers(found.history) == numbers(run.history))
        #expect(found.measures!["own"] == 1)
        let errors = zip(
          try run.model(scaler.transform(held).x).elements(as: Double.self),
          try held.y!.elements(as: Double.self)
        ).map { ($0 - $1) * ($0 - $1) }
        let rmse = (errors.reduce(0, +) / Double(errors.count)).squareRoot()
        #expect(abs(found.measures!["rmse"]! - rmse) < 1e-12 * rmse)
      }
    }
    // Points of a seed begin with the same pre-training, which took the same time.
    let seconds = try sweep.points.indices.map { place in
      try sweep.store.history(of: sweep.trial(place, 1).key)[..<2].map(\.seconds)
    }
    #expect(seconds[0] == seconds[1] && seconds[0] == seconds[2])
    #expect(seconds[0] != seconds[3] && seconds[0] != seconds[4] && seconds[3] != seconds[4])
  }

  /// Of each epoch, what the store keeps of training.
  private func numbers(_ history: [EpochReport]) -> [[Double?]] {
    history.map { [$0.baseLoss, $0.laiLoss, $0.laiRatio, Double($0.laiCount), $0.validationRMSE] }
  }

  @Test func aWiderGridRunsWhatIsNew() throws {
    let store = try SQLiteStore()
    #expect(try tinySweep([0.5], in: store).run().measured.count == 4)
    #expect(try tinySweep([0.5], in: store).run().measured == [])
    let wider = try tinySweep([0.25, 0.5], seeds: [1, 2, 3], in: store)
    let watch = try wider.run()
    // The control's α is 0.5 too.
    #expect(watch.measured.sorted() == ["0.25 1", "0.25 2", "0.25 3", "0.5 3", "0.5 3"])
    #expect(watch.latest.done <= 9 && watch.latest.total == 9)
    #expect(try wider.rows().map(\.n) == [3, 3, 3])
    // Nothing of it depends on how it is run.
    let other = try tinySweep([0.25, 0.5], seeds: [3, 1, 2], in: store) {
      ($0.workers, $0.timeout, $0.failuresAtFirst) = (1, .seconds(60), 2)
    }
    #expect(try other.run().measured == [])
  }

  @Test func aTrialThatTwoPointsShareRunsOnce() throws {
    let sweep = try tinySweep([0.5, 0.5], in: SQLiteStore())
    #expect(try sweep.run().measured.count == 4)
    #expect(try sweep.rows().map(\.n) == [2, 2, 2])
  }

  // MARK: Failures

  struct Odd: Error, CustomStringConvertible { let description = "an odd run" }

  @Test func aTrialThatFailsLeavesTheOthers() throws {
    let watch = SweepWatch()
    watch.measure = { run, _ in
      if run.options.alpha == 0.25 { throw Odd() }
      return run.options.alpha == 1 && run.options.seed == 2 ? .nan : 1
    }
    let sweep = try tinySweep([0.25, 0.75, 1], in: SQLiteStore()) { $0.workers = 1 }
    try sweep.add(
      tinyPoint(0.125) { $0.training.optimizer = try .sgd(learningRate: 1e30) })
    try sweep.run(watch)
    #expect(try sweep.rows().map(\.n) == [2, 0, 2, 1, 0])
    #expect(try sweep.rows().map(\.failed) == [0, 2, 0, 1, 2])
    #expect(watch.failures.count == 5)
    #expect(watch.failures.contains("alpha = 0.25, 2: an odd run"))
    #expect(
      watch.failures.contains("alpha = 1, 2: the measure 'own' must be finite (got nan)"))
    let diverged = try #require(sweep.result(of: 4, seed: 1)?.result)
    #expect(diverged.outcome == "diverged" && diverged.measures.isEmpty)
    #expect(diverged.problem?.contains("the loss is") == true)
    #expect(watch.latest.failed == 5 || watch.latest.done < 10)
  }

  @Test func stopsWhenTheFirstTrialsAllFail() throws {
    let watch = SweepWatch()
    watch.measure = { _, _ in throw Odd() }
    let sweep = try tinySweep([0.25, 0.5, 0.75, 1], in: SQLiteStore()) {
      ($0.failuresAtFirst, $0.workers) = (3, 1)
    }
    let problem = #expect(throws: SweepError.self) { try sweep.run(watch) }
    // Others may have been trained when the third failed.
    let text = try #require(problem?.description)
    #expect(
      text.hasPrefix("the first ")
        && text.hasSuffix(
          " trials all failed, the last one with: \(Odd()); the others were not run")
    )
    let failed = watch.failures.count
    #expect(3...5 ~= failed)
    #expect(try states(sweep) == [.failed: failed, .waiting: 10 - failed])
    let few = try tinySweep([], seeds: [1], in: SQLiteStore())
    let whole = #expect(throws: SweepError.self) { try few.run(watch) }
    #expect(whole?.description == "all 1 trials failed, the last one with: \(Odd())")
    // One that succeeds among the first is enough.
    let mixed = SweepWatch()
    mixed.measure = { run, _ in
      if run.options.alpha == 0.25 { return 1 }
      throw Odd()
    }
    let other = try tinySweep([0.25, 0.5, 0.75, 1], seeds: [7], in: SQLiteStore()) {
      ($0.failuresAtFirst, $0.workers) = (3, 1)
    }
    try other.run(mixed)
    #expect(try states(other) == [.failed: 4, .done: 1])
  }

  @Test func failedTrialsAreTriedAgainOnRequest() throws {
    let store = try SQLiteStore()
    let failing = SweepWatch()
    failing.measure = { run, _ in
      if run.options.alpha == 0.25 { throw Odd() }
      return 1
    }
    try tinySweep([0.25], in: store).run(failing)
    #expect(try tinySweep([0.25], in: store).run().measured == [])
    let again = try tinySweep([0.25], in: store) { $0.retriesFailed = true }
    // Once, though it fails again.
    #expect(try again.run(failing).measured.count == 6)
    #expect(try again.run().measured.sorted() == ["0.25 1", "0.25 2"])
    #expect(try again.rows().map(\.n) == [2, 2])
  }

  @Test func aTimeoutFailsATrial() throws {
    let sweep = try tinySweep([0.5], seeds: [1], in: SQLiteStore()) {
      $0.timeout = .milliseconds(400)
    }
    try sweep.add(tinyPoint(0.25) { $0.training.epochs = 10_000_000 })
    // Where nothing else ends it, a stop does.
    let watch = SweepWatch()
    let end = ContinuousClock.now + .seconds(30)
    watch.stops = { _ in ContinuousClock.now > end }
    try sweep.run(watch)
    #expect(watch.failures == ["alpha = 0.25, 1: timeout: more than 0.4 s"])
    #expect(try states(sweep) == [.done: 2, .failed: 1])
  }

  // MARK: Ends

  @Test func aSweepThatIsStoppedKeepsWhatHasFinished() throws {
    for workers in [1, 3] {
      let store = try SQLiteStore()
      func sweep() throws -> Sweep {
        try tinySweep([0.25, 0.75, 1], seeds: [1, 2, 3, 4, 5, 6], in: store) {
          $0.workers = workers
        }
      }
      let stopped = try sweep()
      let watch = SweepWatch()
      watch.stops = { $0.measured.count >= 3 }
      try stopped.run(watch)
      let counts = try states(stopped)
      // Others may have been trained when it was stopped.
      let done = counts[.done] ?? 0
      #expect(3..<24 ~= done && counts == [.done: done, .waiting: 24 - done])
      #expect(try sweep().run().measured.count == 24 - done)
      #expect(try states(stopped) == [.done: 24])
    }
  }

  @Test func anErrorThatEndsAllIsThrown() throws {
    let sweep = try tinySweep([0.25, 0.75, 1], in: SQLiteStore()) { $0.workers = 1 }
    let watch = SweepWatch()
    watch.measure = { [unowned watch] _, _ in
      if watch.measured.count >= 3 { throw SweepWatch.Interruption() }
      return 1
    }
    #expect(throws: SweepWatch.Interruption.self) { try sweep.run(watch) }
    #expect(try states(sweep) == [.done: 2, .waiting: 6] && watch.failures.isEmpty)
    watch.measure = { _, _ in 1 }
    try sweep.run(watch)
    #expect(try states(sweep) == [.done: 8])
  }

  /// A measure that runs the trials of its own sweep would wait for itself.
  @Test func aSweepWithinItselfIsAnError() throws {
    let store = try SQLiteStore()
    let sweep = try tinySweep([0.25], in: store)
    let watch = SweepWatch()
    watch.measure = { _, _ in
      try tinySweep([0.25], in: store).run()
      return 1
    }
    // The inner one runs what the outer one has not begun, and then cannot go on.
    _ = try? sweep.run(watch)
    #expect(!watch.failures.isEmpty)
    #expect(watch.failures.allSatisfy { $0.contains("run by a sweep that waits for this one") })
    let other = try tinySweep([0.75], seeds: [5], in: SQLiteStore())
    watch.measure = { _, _ in
      try other.run()
      return 2
    }
    let outer = try tinySweep([0.25], in: SQLiteStore())
    try outer.run(watch)
    #expect(try outer.rows()[1].estimates["own"]?.mean == 2)
  }

  /// A measure that changes its rows changes nothing else.
  @Test func measuresGetRowsOfTheirOwn() throws {
    let watch = SweepWatch()
    watch.measure = { _, rows in
      let x = try rows.x.mutableBase(as: Float.self)
      let y = try rows.y!.mutableBase(as: Float.self)
      for index in 0..<rows.x.shape[0] { (x[index], y[index]) = (9, 9) }
      return 1
    }
    let sweep = try tinySweep([0.25, 1], in: SQLiteStore())
    try sweep.run(watch)
    let other = try tinySweep([0.25, 1], in: SQLiteStore())
    try other.run()
    #expect(try sweep.outcome() == other.outcome())
  }

  private func states(_ sweep: Sweep) throws -> [TrialState: Int] {
    let keys = try sweep.points.indices.flatMap { place in
      try sweep.seeds(of: place).map { try sweep.trial(place, $0).key }
    }
    return Dictionary(grouping: try sweep.store.trials(keys).values, by: \.state)
      .mapValues(\.count)
  }

  /// A limit on file sizes stands for a full disk. What could not be written is written by the next run
  /// of the same sweep, and no trial runs again.
  @Test func resultsThatTheStoreHadNoRoomForAreWrittenLater() async throws {
    let folder = TemporaryFolder()
    setenv(Self.variable, folder("a.db"), 1)
    await #expect(processExitsWith: .success) {
      let path = ProcessInfo.processInfo.environment["LAI_TEST_SWEEP"] ?? ""
      func limitFiles(_ bytes: rlim_t) {
        let fileSizes = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        var limit = rlimit()
        getrlimit(fileSizes, &limit)
        limit.rlim_cur = min(bytes, limit.rlim_max)
        setrlimit(fileSizes, &limit)
      }
      let sweep = try tinySweep([0.25, 0.75, 1], in: SQLiteStore(path: path)) {
        $0.keptModels = .none
      }
      let watch = SweepWatch()
      watch.measure = { [unowned watch] _, _ in
        if watch.measured.count == 3 { limitFiles(1000) }
        return 1
      }
      do {
        try sweep.run(watch)
        exit(1)
      } catch is StoreError {}
      guard try sweep.rows().map(\.n).reduce(0, +) == watch.measured.count else { exit(2) }
      limitFiles(.max)
      try sweep.run(watch)
      guard watch.measured.count == 8, Set(watch.measured).count == 8 else { exit(3) }
    }
    let again = try tinySweep([0.25, 0.75, 1], in: SQLiteStore(path: folder("a.db")))
    #expect(try again.run().measured == [])
  }

  // MARK: Lost trials

  private static let variable = "LAI_TEST_SWEEP"

  /// A process that claims a trial and dies; it is run again as often as the limit says.
  @Test func lostTrialsAreRunAgainUpToALimit() async throws {
    let folder = TemporaryFolder()
    setenv(Self.variable, folder("a.db"), 1)
    await #expect(processExitsWith: .signal(SIGKILL)) {
      let path = ProcessInfo.processInfo.environment["LAI_TEST_SWEEP"] ?? ""
      let sweep = try tinySweep([], in: SQLiteStore(path: path))
      let watch = SweepWatch()
      watch.measure = { _, _ in
        kill(getpid(), SIGKILL)
        return 1
      }
      try sweep.run(watch)
    }
    let store = try SQLiteStore(path: folder("a.db"))
    let strict = try tinySweep([], in: store) { $0.lossLimit = 0 }
    _ = try strict.run()
    let text = "its process ended before it did, 1 times"
    #expect(strict.result(of: 0, seed: 1)?.result?.problem == text)
    let kind = try tinySweep([], in: store) { $0.retriesFailed = true }
    #expect(try kind.run().measured.count == 2)
  }
}
