import Dispatch
import Synchronization

/// A job of a pool, with what workers and the waiting thread know of its run.
final class PoolEntry: @unchecked Sendable {
  let place: Int
  let job: TrainingJob
  let model: MLP
  /// Of its custom losses, for the worker that takes it. They may turn out not to do.
  let copies: [(loss: CustomLoss, copy: CustomLoss.Copy)]

  private let isStopped = Atomic<Bool>(false)
  /// The last epoch of its run; nil before the first one.
  private let latest = Guarded<EpochReport?>(nil)
  /// Epochs that count as done.
  let epochsDone = Atomic<Int>(0)

  // Of whoever runs it, one thread at a time.
  /// The state after the pre-training that it shares, and the reports of its epochs.
  var start: TrainingState?
  var pretraining: [EpochReport] = []
  /// The last epoch that was reported and after which the run goes on.
  private var heard = 0
  /// The epoch after which it was told to stop.
  private var end: Int?

  /// That of the pre-training that it shares.
  var timeout: TimeoutError?
  private var limit: Duration?
  private var deadline: ContinuousClock.Instant?

  private let bell = DispatchSemaphore(value: 0)
  private let answer = Atomic<Bool>(false)

  init(
    _ place: Int, _ job: TrainingJob, _ model: MLP,
    copies: [(loss: CustomLoss, copy: CustomLoss.Copy)]
  ) {
    (self.place, self.job, self.model, self.copies) = (place, job, model, copies)
  }

  /// Its time begins now.
  func begin(within limit: Duration?) {
    self.limit = limit
    deadline = limit.map { ContinuousClock.now + $0 }
  }

  /// - Throws: `TimeoutError`.
  func checkTime() throws {
    if let deadline, let limit, ContinuousClock.now > deadline { throw TimeoutError(limit: limit) }
  }

  func note(_ report: EpochReport) { latest.withLock { $0 = report } }
  var running: RunningJob? {
    latest.withLock { $0 }.map { RunningJob(place: place, epochs: job.epochs, report: $0) }
  }

  func stop() { isStopped.store(true, ordering: .relaxed) }
  var shouldStop: Bool { isStopped.load(ordering: .relaxed) }

  /// Whether the run goes on after an epoch, of which `ask` asks unless it was asked before.
  func goesOn(after report: EpochReport, _ ask: () -> Bool) -> Bool {
    if let end { return report.epoch < end }
    if report.epoch <= heard { return true }
    guard ask() else {
      end = report.epoch
      return false
    }
    heard = report.epoch
    return true
  }

  func waitForAnswer() -> Bool {
    bell.wait()
    return answer.load(ordering: .acquiring)
  }

  func answer(_ goesOn: Bool) {
    answer.store(goesOn, ordering: .releasing)
    bell.signal()
  }
}
