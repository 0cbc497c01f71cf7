import Dispatch
import Foundation
import Synchronization
import Tensors

/// Who watches several runs side by side; asked on the thread that waits for them.
public protocol PoolControl {
  func shouldStop() -> Bool
  /// Epochs that are done, of all runs together.
  mutating func progress(done: Int, of total: Int)
  /// A run, from 0, has just diverged or failed.
  mutating func wentBad(run: Int, _ outcome: Run.Outcome, _ problem: any Error)
  /// Whether the others go on after an error.
  func goesOn(after error: any Error) -> Bool
}

extension PoolControl {
  public func wentBad(run: Int, _ outcome: Run.Outcome, _ problem: any Error) {}
  public func goesOn(after error: any Error) -> Bool { true }
}

extension Training {
  /// What the workers share.
  private final class Pool: TrainingControl, Sendable {
    let isStopped = Atomic<Bool>(false)
    let epochsDone = Atomic<Int>(0)
    /// Runs that went bad and have not been told of.
    private let news = Mutex<[(run: Int, outcome: Run.Outcome, problem: any Error)]>([])
    let results: Mutex<[Result<TrainingJob.Result, any Error>?]>
    /// What each job goes on from, where pre-training was done for it.
    let starts: Mutex<[(any Sendable)?]>

    init(count: Int) {
      results = Mutex(Array(repeating: nil, count: count))
      starts = Mutex(Array(repeating: nil, count: count))
    }

    func shouldStop() -> Bool { isStopped.load(ordering: .relaxed) }
    func epochEnded(_ report: EpochReport) -> Bool {
      epochsDone.add(1, ordering: .relaxed)
      return true
    }
    /// No run that any thread may take calls what can be interrupted.
    func keeps(_ error: any Error) -> Bool { true }

    func tell(_ control: inout some PoolControl) {
      let runs = news.withLock { news in
        defer { news = [] }
        return news
      }
      for (run, outcome, problem) in runs { control.wentBad(run: run, outcome, problem) }
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
      if case .success(let result) = result, let problem = result.problem {
        news.withLock { $0.append((index, result.outcome, problem)) }
      }
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

  /// Gives the numbers below `count` to so many workers, and watches them. Those for whom there is
  /// none help the others.
  private static func share(
    _ count: Int, _ workers: Int, _ pool: Pool, _ total: Int, _ control: inout some PoolControl,
    _ body: @escaping @Sendable (Int, Crew) -> Void
  ) {
    guard count > 0 else { return }
    let (next, ended) = (Counter(), Counter())
    let crew = Crew()
    let group = DispatchGroup()
    let budget = MemoryBudget.current
    for _ in 0..<threads(for: count, workers) {
      DispatchQueue.global().async(group: group) {
        while true {
          let index = next.value.add(1, ordering: .relaxed).oldValue
          guard index < count else { return crew.help() }
          MemoryBudget.with(budget) { body(index, crew) }
          if ended.value.add(1, ordering: .relaxed).newValue == count { crew.close() }
        }
      }
    }
    while group.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
      if control.shouldStop() { pool.isStopped.store(true, ordering: .relaxed) }
      pool.tell(&control)
      control.progress(done: pool.epochsDone.load(ordering: .relaxed), of: total)
    }
    pool.tell(&control)
  }

  /// More than there are cores would only wait for each other's halves.
  private static func threads(for count: Int, _ workers: Int) -> Int {
    min(workers, max(count, ProcessInfo.processInfo.activeProcessorCount))
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  /// A pool's control watching its runs one after the other.
  private final class SerialControl<Control: PoolControl>: TrainingControl {
    var control: Control
    private let total: Int
    private var done = 0

    init(_ control: Control, total: Int) { (self.control, self.total) = (control, total) }

    func shouldStop() -> Bool { control.shouldStop() }
    func epochEnded(_ report: EpochReport) -> Bool {
      done += 1
      control.progress(done: done, of: total)
      return true
    }
    func keeps(_ error: any Error) -> Bool { control.goesOn(after: error) }

    func run(_ jobs: [TrainingJob]) throws -> [TrainingJob.Result] {
      try jobs.enumerated().map { index, job in
        let result = try job.run(self)
        if let problem = result.problem { control.wentBad(run: index, result.outcome, problem) }
        return result
      }
    }
  }

  /// Trains copies of models side by side. Results are in the order of the jobs and the same, bit
  /// for bit, for any number of workers: no run knows of the others, but those that begin with the
  /// same pre-training go on from one.
  ///
  /// With a loss among them that only this thread may call, all are done here one after the other.
  /// A job that an error ends gives back what it has come to, and the others go on. Throws: the
  /// first job's error, in their order, if none of them has another end, or for a `DivergenceError`
  /// that its options ask for; that of the control. Runs on other threads have ended then.
  public static func runAll(
    _ jobs: [(job: TrainingJob, model: MLP)], workers: Int, control: inout some PoolControl
  ) throws -> [Run] {
    guard workers >= 1 else { throw ArgumentError("workers", mustBe: ">= 1", got: workers) }
    let pool = Pool(count: jobs.count)
    let all = jobs.map(\.job)
    let total = all.reduce(0) { $0 + $1.epochs }
    guard all.allSatisfy(\.isConcurrent) else {
      let serial = SerialControl(control, total: total)
      defer { control = serial.control }
      return try runs(of: jobs, serial.run(all))
    }
    let groups = groups(all)
    share(groups.count, workers, pool, total, &control) { pool.pretrain(all, groups[$0], $1) }
    share(all.count, workers, pool, total, &control) { pool.run(all, $0, $1) }
    return try runs(of: jobs, pool.results.withLock { $0 }.map { try $0!.get() })
  }

  private static func runs(
    of jobs: [(job: TrainingJob, model: MLP)], _ results: [TrainingJob.Result]
  ) throws -> [Run] {
    if let problem = results.first?.problem, results.allSatisfy({ $0.outcome == .failed }) {
      throw problem
    }
    return try zip(jobs, results).map { job, result in
      try Run(result, of: job.model, options: job.job.options)
    }
  }
}
