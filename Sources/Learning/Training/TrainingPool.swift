import Dispatch
import Synchronization
import Tensors

/// Who watches several runs side by side; asked on the thread that waits for them.
public protocol PoolControl {
  func shouldStop() -> Bool
  /// Epochs that are done, of all runs together.
  mutating func progress(done: Int, of total: Int)
}

extension Training {
  /// What the workers share.
  private final class Pool: TrainingControl, Sendable {
    let isStopped = Atomic<Bool>(false)
    let epochsDone = Atomic<Int>(0)
    let next = Atomic<Int>(0)
    let results: Mutex<[Result<TrainingJob.Result, any Error>?]>

    init(count: Int) { results = Mutex(Array(repeating: nil, count: count)) }

    func shouldStop() -> Bool { isStopped.load(ordering: .relaxed) }
    func epochEnded(_ report: EpochReport) -> Bool {
      epochsDone.add(1, ordering: .relaxed)
      return true
    }

    /// Takes jobs until none is left.
    func work(_ jobs: [TrainingJob]) {
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < jobs.count else { return }
        let result = Result { try jobs[index].run(self) }
        results.withLock { $0[index] = result }
      }
    }
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
  }

  /// Trains copies of models side by side. Results are in the order of the jobs and the same, bit
  /// for bit, for any number of workers: no run knows of the others.
  ///
  /// With a loss among them that only this thread may call, all are done here one after the other.
  /// Throws: the first job's error, in their order, after all have ended.
  public static func runAll(
    _ jobs: [(job: TrainingJob, model: MLP)], workers: Int, control: inout some PoolControl
  ) throws -> [Run] {
    guard workers >= 1 else { throw ArgumentError("workers", mustBe: ">= 1", got: workers) }
    let pool = Pool(count: jobs.count)
    let group = DispatchGroup()
    let all = jobs.map(\.job)
    let total = all.reduce(0) { $0 + $1.epochs }
    guard all.allSatisfy(\.isConcurrent) else {
      let serial = SerialControl(control, total: total)
      defer { control = serial.control }
      return try jobs.map { try Run($0.job.run(serial), of: $0.model, options: $0.job.options) }
    }
    for _ in 0..<min(workers, jobs.count) {
      DispatchQueue.global().async(group: group) { pool.work(all) }
    }
    while group.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
      if control.shouldStop() { pool.isStopped.store(true, ordering: .relaxed) }
      control.progress(done: pool.epochsDone.load(ordering: .relaxed), of: total)
    }
    let results = pool.results.withLock { $0 }
    return try zip(jobs, results).map { job, result in
      try Run(result!.get(), of: job.model, options: job.job.options)
    }
  }
}
