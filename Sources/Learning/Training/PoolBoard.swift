import Dispatch
import Foundation
import Synchronization
import Tensors

/// What the workers of a pool and the thread that waits for them share.
final class PoolBoard: Sendable {
  enum Event {
    /// A run has done an epoch and waits for the answer.
    case epoch(PoolEntry, EpochReport)
    case ended(PoolEntry, Result<TrainingJob.Result, any Error>)
  }

  /// Jobs that begin with the same pre-training, or one job.
  private struct Task {
    var entries: [PoolEntry]
  }

  private struct State {
    var tasks: [Task] = []
    var events: [Event] = []
    /// Nobody reads events any more.
    var isClosed = false
  }

  private let state = Guarded(State())
  private let waitingTasks = Atomic<Int>(0)
  private let waitingEvents = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  private let isClosed = Atomic<Bool>(false)
  private let bell = DispatchSemaphore(value: 0)
  let epochsDone = Atomic<Int>(0)
  private let hearsEpochs: Bool
  /// Of each run, and of each pre-training that runs share.
  let timeout: Duration?
  /// Workers without a task help the others.
  let crew = Crew()

  init(hearsEpochs: Bool, timeout: Duration?) {
    (self.hearsEpochs, self.timeout) = (hearsEpochs, timeout)
  }

  var shouldStop: Bool { isStopped.load(ordering: .relaxed) }
  func stop() { isStopped.store(true, ordering: .relaxed) }

  // MARK: The waiting thread

  /// Puts jobs in line, each behind one that shares its pre-training if that has not begun.
  func add(_ entries: [PoolEntry]) {
    state.withLock { state in
      for entry in entries {
        let place = state.tasks.firstIndex {
          $0.entries[0].job.plan.sharesPretraining(with: entry.job.plan)
        }
        if let place {
          state.tasks[place].entries.append(entry)
        } else {
          state.tasks.append(Task(entries: [entry]))
        }
      }
      waitingTasks.store(state.tasks.count, ordering: .releasing)
    }
  }

  var hasEvents: Bool { waitingEvents.load(ordering: .relaxed) > 0 }

  func takeEvents() -> [Event] {
    state.withLock { state in
      defer { state.events = [] }
      waitingEvents.store(0, ordering: .relaxed)
      return state.events
    }
  }

  /// Returns when there may be something to do, or after some milliseconds.
  func wait() { _ = bell.wait(timeout: .now() + .milliseconds(50)) }

  /// Ends the workers once there are no tasks. Answers that runs wait for are no.
  func close() {
    let events = state.withLock { state in
      state.isClosed = true
      defer { state.events = [] }
      return state.events
    }
    for case .epoch(let entry, _) in events { entry.answer(false) }
    isClosed.store(true, ordering: .releasing)
    crew.close()
  }

  // MARK: The workers

  /// Does tasks, and helps others in between, until the board is closed.
  func work() {
    while true {
      if let task = take() {
        perform(task)
      } else if isClosed.load(ordering: .acquiring) {
        return
      } else {
        crew.help { self.waitingTasks.load(ordering: .acquiring) == 0 }
      }
    }
  }

  private func take() -> Task? {
    state.withLock { state in
      guard !state.tasks.isEmpty else { return nil }
      waitingTasks.store(state.tasks.count - 1, ordering: .releasing)
      return state.tasks.removeFirst()
    }
  }

  private func perform(_ task: Task) {
    guard task.entries.count > 1 else { return run(task.entries[0]) }
    pretrain(task.entries)
    state.withLock { state in
      state.tasks.insert(contentsOf: task.entries.map { Task(entries: [$0]) }, at: 0)
      waitingTasks.store(state.tasks.count, ordering: .releasing)
    }
  }

  /// Whether nobody reads events any more.
  private func post(_ event: Event) -> Bool {
    let isClosed = state.withLock { state in
      if !state.isClosed {
        state.events.append(event)
        waitingEvents.store(state.events.count, ordering: .relaxed)
      }
      return state.isClosed
    }
    bell.signal()
    return isClosed
  }

  func count(_ entry: PoolEntry, _ report: EpochReport) {
    entry.note(report)
    entry.epochsDone.add(1, ordering: .relaxed)
    epochsDone.add(1, ordering: .relaxed)
  }

  /// What a run that begins again has counted.
  func discount(_ entry: PoolEntry) {
    let epochs = entry.epochsDone.exchange(0, ordering: .relaxed)
    epochsDone.subtract(epochs, ordering: .relaxed)
  }

  // MARK: Runs on a worker

  /// Pre-trains for several jobs. If it fails, each of them is left to fail.
  private func pretrain(_ entries: [PoolEntry]) {
    let control = GroupControl(self, entries)
    for entry in entries { entry.begin(within: timeout) }
    do {
      let first = entries[0]
      let start = try withCopies(
        of: first, stoppingWhen: { self.shouldStop },
        { try first.job.pretrain(control, crew: crew) })
      for entry in entries { (entry.start, entry.pretraining) = (start, control.reports) }
    } catch {
      for entry in entries {
        discount(entry)
        entry.timeout = error as? TimeoutError
      }
    }
  }

  private func run(_ entry: PoolEntry) {
    entry.begin(within: timeout)
    let result = Result {
      if let timeout = entry.timeout { return TrainingJob.Result(failedBy: timeout) }
      // A run that is to end within the pre-training that it shares goes there by itself.
      for report in entry.pretraining where !goesOn(entry, after: report) {
        entry.start = nil
        discount(entry)
        break
      }
      return try withCopies(
        of: entry, stoppingWhen: { self.shouldStop || entry.shouldStop },
        { try entry.job.run(RunControl(self, entry), after: entry.start, crew: crew) })
    }
    _ = post(.ended(entry, result))
  }

  private func withCopies<R>(
    of entry: PoolEntry, stoppingWhen shouldStop: @escaping @Sendable () -> Bool,
    _ body: () throws -> R
  ) throws -> R {
    guard !entry.copies.isEmpty else { return try body() }
    return try LossCopies.$current.withValue(
      try LossCopies(entry.copies, shouldStop: shouldStop), operation: body)
  }

  private func goesOn(_ entry: PoolEntry, after report: EpochReport) -> Bool {
    guard hearsEpochs else { return true }
    return entry.goesOn(after: report) {
      post(.epoch(entry, report)) ? false : entry.waitForAnswer()
    }
  }

  private final class RunControl: TrainingControl {
    private let board: PoolBoard
    private let entry: PoolEntry

    init(_ board: PoolBoard, _ entry: PoolEntry) { (self.board, self.entry) = (board, entry) }

    func shouldStop() -> Bool { board.shouldStop || entry.shouldStop }
    func checkTime() throws { try entry.checkTime() }
    func epochEnded(_ report: EpochReport) -> Bool {
      board.count(entry, report)
      return board.goesOn(entry, after: report)
    }
    /// A run with copies that an error ends begins again without them.
    func outcome(after error: any Error) -> Run.Outcome? {
      if entry.copies.isEmpty || error is DivergenceError || error is TimeoutError {
        return .failed
      }
      return shouldStop() ? .stopped : nil
    }
  }

  /// Watches a pre-training that several runs share.
  private final class GroupControl: TrainingControl {
    private(set) var reports: [EpochReport] = []
    private let board: PoolBoard
    private let entries: [PoolEntry]

    init(_ board: PoolBoard, _ entries: [PoolEntry]) {
      (self.board, self.entries) = (board, entries)
    }

    func shouldStop() -> Bool { board.shouldStop }
    func checkTime() throws { try entries[0].checkTime() }
    func epochEnded(_ report: EpochReport) -> Bool {
      reports.append(report)
      for entry in entries { board.count(entry, report) }
      return true
    }
  }
}
