import Dispatch
import Foundation
import Synchronization
import Tensors

/// Who watches several runs side by side; asked on the thread that waits for them.
public protocol PoolControl {
  func shouldStop() -> Bool
  /// Epochs that are done, of all runs together.
  mutating func progress(done: Int, of total: Int)
  /// The run of the job at this place, from 0, has finished, diverged or failed; runs
  /// that were stopped are not reported. False stops the others. It cannot throw, so that no error
  /// loses the runs that have ended.
  mutating func ended(_ run: Run, at place: Int) -> Bool
  /// Whether the others go on after an error in one of them; they are stopped if not.
  func goesOn(after error: any Error) -> Bool
}

extension PoolControl {
  public func ended(_ run: Run, at place: Int) -> Bool { true }
  public func goesOn(after error: any Error) -> Bool { true }
}

extension Training {
  /// What the workers share.
  private final class Pool: TrainingControl, Sendable {
    private let isStopped = Atomic<Bool>(false)
    let epochsDone = Atomic<Int>(0)
    /// Jobs whose run has ended and has not been reported.
    private let news = Mutex<[Int]>([])
    let results: Mutex<[Result<TrainingJob.Result, any Error>?]>
    /// What each job goes on from, where pre-training was done for it.
    let starts: Mutex<[TrainingState?]>

    init(count: Int) {
      results = Mutex(Array(repeating: nil, count: count))
      starts = Mutex(Array(repeating: nil, count: count))
    }

    func shouldStop() -> Bool { isStopped.load(ordering: .relaxed) }
    func stop() { isStopped.store(true, ordering: .relaxed) }
    func epochEnded(_ report: EpochReport) -> Bool {
      epochsDone.add(1, ordering: .relaxed)
      return true
    }
    /// No run that any thread may take calls what can be interrupted.
    func outcome(after error: any Error) -> Run.Outcome? { .failed }

    func takeNews() -> [Int] {
      news.withLock { news in
        defer { news = [] }
        return news
      }
    }

    /// Pre-trains for the jobs of a group. One that fails leaves it to each of them to fail.
    func pretrain(_ jobs: [TrainingJob], _ group: [Int], _ crew: Crew) {
      let control = GroupControl(pool: self, runs: group.count)
      do {
        let start = try jobs[group[0]].pretrain(control, crew: crew)
        starts.withLock { starts in for index in group { starts[index] = start } }
      } catch {
        epochsDone.subtract(control.counted.load(ordering: .relaxed), ordering: .relaxed)
      }
    }

    func run(_ jobs: [TrainingJob], _ index: Int, _ crew: Crew) {
      let start = starts.withLock { starts in
        defer { starts[index] = nil }
        return starts[index]
      }
      let result = Result { try jobs[index].run(self, after: start, crew: crew) }
      results.withLock { $0[index] = result }
      news.withLock { $0.append(index) }
    }
  }

  /// Watches a pre-training that several runs share.
  private final class GroupControl: TrainingControl, Sendable {
    let counted = Atomic<Int>(0)
    private let pool: Pool
    private let runs: Int

    init(pool: Pool, runs: Int) { (self.pool, self.runs) = (pool, runs) }

    func shouldStop() -> Bool { pool.shouldStop() }
    func epochEnded(_ report: EpochReport) -> Bool {
      counted.add(runs, ordering: .relaxed)
      pool.epochsDone.add(runs, ordering: .relaxed)
      return true
    }
  }

  /// The jobs, by their numbers, that begin with the same pre-training as another.
  private static func groups(_ jobs: [TrainingJob]) -> [[Int]] {
    var groups: [[Int]] = []
    for (index, job) in jobs.enumerated() {
      let place = groups.firstIndex { job.plan.sharesPretraining(with: jobs[$0[0]].plan) }
      if let place { groups[place].append(index) } else { groups.append([index]) }
    }
    return groups.filter { $0.count > 1 }
  }

  /// On the thread that waits: makes runs of results, and tells the control what happens.
  private struct Watcher<Control: PoolControl> {
    var control: Control
    let jobs: [(job: TrainingJob, model: MLP)]
    /// Epochs of all.
    let total: Int
    private(set) var runs: [Run?]

    init(_ control: Control, _ jobs: [(job: TrainingJob, model: MLP)]) {
      (self.control, self.jobs) = (control, jobs)
      total = jobs.reduce(0) { $0 + $1.job.epochs }
      runs = Array(repeating: nil, count: jobs.count)
    }

    /// False stops the others.
    mutating func take(_ result: TrainingJob.Result, at place: Int) throws -> Bool {
      let (job, model) = jobs[place]
      let run = try Run(result, of: job, model: model)
      runs[place] = run
      return run.outcome == .stopped || control.ended(run, at: place)
    }

    private mutating func look(at pool: Pool) throws {
      if control.shouldStop() { pool.stop() }
      for place in pool.takeNews() {
        // One without anything to return throws at the end.
        guard case .success(let result) = pool.results.withLock({ $0[place] }) else { continue }
        if try !take(result, at: place) { pool.stop() }
      }
      control.progress(done: pool.epochsDone.load(ordering: .relaxed), of: total)
    }

    /// Gives the numbers below `count` to so many workers. Those for whom there is none help the
    /// others.
    mutating func share(
      _ count: Int, _ workers: Int, _ pool: Pool, _ body: @escaping @Sendable (Int, Crew) -> Void
    ) throws {
      guard count > 0 else { return }
      let (next, ended) = (Counter(), Counter())
      let crew = Crew()
      let group = DispatchGroup()
      let bell = DispatchSemaphore(value: 0)
      let budget = MemoryBudget.current
      for _ in 0..<threads(for: count, workers) {
        // Queues of their own have threads of their own: those of the global one, no more than there
        // are cores, would all be taken when the control starts other runs meanwhile.
        DispatchQueue(label: "lai.training").async(group: group) {
          while true {
            let index = next.value.add(1, ordering: .relaxed).oldValue
            guard index < count else { return crew.help() }
            MemoryBudget.with(budget) { body(index, crew) }
            if ended.value.add(1, ordering: .relaxed).newValue == count { crew.close() }
            bell.signal()
          }
        }
      }
      // Nobody works any more when this ends.
      defer { group.wait() }
      var rings = 0
      while rings < count {
        if bell.wait(timeout: .now() + .milliseconds(50)) == .success { rings += 1 }
        do { try look(at: pool) } catch {
          pool.stop()
          throw error
        }
      }
    }
  }

  /// More than there are cores would only wait for each other's halves.
  private static func threads(for count: Int, _ workers: Int) -> Int {
    min(workers, max(count, ProcessInfo.processInfo.activeProcessorCount))
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  /// Runs that go one after the other on the thread that watches them.
  private final class SerialControl<Control: PoolControl>: TrainingControl {
    var watcher: Watcher<Control>
    private var done = 0
    private var isStopped = false
    /// The error that ended all runs.
    private(set) var interruption: (any Error)?

    init(_ watcher: Watcher<Control>) { self.watcher = watcher }

    func shouldStop() -> Bool { isStopped || watcher.control.shouldStop() }
    func epochEnded(_ report: EpochReport) -> Bool {
      done += 1
      watcher.control.progress(done: done, of: watcher.total)
      return true
    }
    func outcome(after error: any Error) -> Run.Outcome? {
      if watcher.control.goesOn(after: error) { return .failed }
      interruption = error
      isStopped = true
      return .stopped
    }

    func run() throws {
      for place in watcher.jobs.indices {
        if try !watcher.take(watcher.jobs[place].job.run(self), at: place) { isStopped = true }
      }
    }
  }

  /// Trains copies of models side by side. Results are in the order of the jobs and the same, bit
  /// for bit, for any number of workers: no run knows of the others, but those that begin with the
  /// same pre-training go on from one.
  ///
  /// With a loss among them that only this thread may call, all are done here one after the other.
  /// A job that an error ends, a `DivergenceError` too, returns its model and history so far, and
  /// the others go on.
  ///
  /// Throws: the first job's error, in their order, if all of them have failed; an error after which
  /// the control stops the others, if no run has completed an epoch; `AllocationError`. Runs on other
  /// threads have ended then.
  public static func runAll(
    _ jobs: [(job: TrainingJob, model: MLP)], workers: Int, control: inout some PoolControl
  ) throws -> [Run] {
    guard workers >= 1 else { throw ArgumentError("workers", mustBe: ">= 1", got: workers) }
    var watcher = Watcher(control, jobs)
    defer { control = watcher.control }
    let all = jobs.map(\.job)
    var interruption: (any Error)?
    if all.allSatisfy(\.isConcurrent) {
      let pool = Pool(count: jobs.count)
      let groups = groups(all)
      try watcher.share(groups.count, workers, pool) { pool.pretrain(all, groups[$0], $1) }
      try watcher.share(all.count, workers, pool) { pool.run(all, $0, $1) }
      for result in pool.results.withLock({ $0 }) { _ = try result!.get() }
    } else {
      let serial = SerialControl(watcher)
      defer { (watcher, interruption) = (serial.watcher, serial.interruption) }
      try serial.run()
    }
    let runs = watcher.runs.map { $0! }
    if let interruption, runs.allSatisfy(\.history.isEmpty) { throw interruption }
    if let error = runs.first?.error, runs.allSatisfy(\.hasFailed) { throw error }
    return runs
  }
}
