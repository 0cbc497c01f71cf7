import Foundation
import Platform
import Tensors

/// What the waiting thread of a pool does: makes jobs, reports to the control what happens, and runs
/// what no worker may.
final class PoolWatcher<Jobs: IteratorProtocol, Control: PoolControl>: AnyWatcher
where Jobs.Element == (job: TrainingJob, model: MLP) {
  private(set) var control: Control
  private var jobs: Jobs?
  private let workers: Int
  /// Jobs that are made before there is a worker for them.
  private let ahead: Int
  private let board: PoolBoard
  private var threads: [WorkerThread] = []

  /// By place; nil once their runs have ended.
  private var entries: [PoolEntry?] = []
  /// Jobs whose run has not ended.
  private var unfinished = 0
  /// Those of them that this thread runs, in order.
  private var own: [PoolEntry] = []
  /// Epochs of all jobs so far.
  private var total = 0
  private var runs: [Run?] = []
  /// The error that ended all runs.
  private var interruption: (any Error)?

  init(_ jobs: Jobs, _ control: Control, workers: Int, ahead: Int, timeout: Duration?) {
    (self.jobs, self.control, self.workers, self.ahead) = (jobs, control, workers, ahead)
    board = PoolBoard(hearsEpochs: control.hearsEpochs, timeout: timeout)
  }

  func stop(_ place: Int) {
    if entries.indices.contains(place) { entries[place]?.stop() }
  }

  func run() throws -> [Run] {
    // Nobody works any more when this ends.
    defer {
      board.close()
      for thread in threads { thread.join() }
    }
    do {
      while true {
        try look()
        if unfinished == 0, jobs == nil { break }
        if let place = own.firstIndex(where: isNext) {
          try run(own.remove(at: place))
        } else if !board.hasEvents {
          board.wait()
        }
      }
    } catch {
      board.stop()
      throw error
    }
    let runs = runs.compactMap(\.self)
    if let interruption, runs.allSatisfy(\.history.isEmpty) { throw interruption }
    if let error = runs.first?.error, runs.allSatisfy(\.hasFailed) { throw error }
    return runs
  }

  /// Does what has come up.
  private func look() throws {
    if control.shouldStop() { board.stop() }
    let events = board.takeEvents()
    for (place, event) in events.enumerated() {
      do { try take(event) } catch {
        // Those that wait for an answer would wait for ever.
        for case .epoch(let entry, _) in events[(place + 1)...] { entry.answer(false) }
        throw error
      }
    }
    control.progress(done: board.epochsDone.load(ordering: .relaxed), of: total) {
      entries.compactMap { $0?.running }
    }
    fill()
  }

  private func take(_ event: PoolBoard.Event) throws {
    switch event {
    case .epoch(let entry, let report):
      entry.answer(!board.shouldStop && control.epochEnded(report, at: entry.place))
    case .ended(let entry, .success(let result)): try take(result, of: entry)
    case .ended(let entry, .failure(let error)):
      guard !entry.copies.isEmpty else { throw error }
      board.discount(entry)
      keep(entry)
    }
  }

  private func take(_ result: TrainingJob.Result, of entry: PoolEntry) throws {
    let run = try makeRun(result, of: entry)
    if control.keepsRuns { runs[entry.place] = run }
    entries[entry.place] = nil
    unfinished -= 1
    if run.outcome == .stopped && board.shouldStop { return }
    if !control.ended(run, at: entry.place) { board.stop() }
  }

  /// Without memory for its model the run has failed, and the others go on.
  private func makeRun(_ result: TrainingJob.Result, of entry: PoolEntry) throws -> Run {
    do { return try Run(result, of: entry.job, model: entry.model) } catch let error
      as AllocationError
    {
      return Run(
        history: result.history, model: entry.model, seconds: result.seconds, outcome: .failed,
        error: error, options: entry.job.options, state: result.state)
    }
  }

  // MARK: Jobs

  /// Makes as many jobs as there is room for; once all stop, only those that would have been made
  /// before.
  private func fill() {
    var ready: [PoolEntry] = []
    while unfinished - ahead < workers || isWithinGroup, !board.shouldStop || entries.count < ahead,
      let (job, model) = jobs?.next()
    {
      let entry = add(job, model)
      if job.isConcurrent || !entry.copies.isEmpty { ready.append(entry) } else { keep(entry) }
    }
    if !ready.isEmpty { startThreads() }
    // All at once: no worker begins before all are known whose pre-training it can share. This
    // thread runs them if the system allows no other.
    if threads.isEmpty { ready.forEach(keep) } else { board.add(ready) }
    if unfinished - ahead < workers { jobs = nil }
  }

  /// Whether the next job shares its pre-training with the last one.
  private var isWithinGroup: Bool {
    !entries.isEmpty && (jobs as? any GroupedJobs)?.isWithinGroup ?? false
  }

  private func add(_ job: TrainingJob, _ model: MLP) -> PoolEntry {
    let losses = job.customLosses.filter { !$0.isConcurrent }
    let copies = losses.compactMap { loss in loss.makeCopy().map { (loss: loss, copy: $0) } }
    let entry = PoolEntry(
      entries.count, job, model, copies: copies.count == losses.count ? copies : [])
    entries.append(entry)
    runs.append(nil)
    unfinished += 1
    total += job.epochs
    return entry
  }

  /// One for each job, and for helpers up to the number of cores, as far as the system has threads;
  /// more would only wait.
  private func startThreads() {
    let wanted = min(workers, max(unfinished, ProcessInfo.processInfo.activeProcessorCount))
    let budget = MemoryBudget.current
    while threads.count < wanted,
      let thread = WorkerThread({ [board] in MemoryBudget.with(budget) { board.work() } })
    {
      threads.append(thread)
    }
  }

  // MARK: Runs on this thread

  private func keep(_ entry: PoolEntry) {
    let place = own.firstIndex { $0.place > entry.place } ?? own.endIndex
    own.insert(entry, at: place)
  }

  /// Whether no earlier run may still need this thread: they run in their order, whenever a copy
  /// turns out not to do.
  private func isNext(_ entry: PoolEntry) -> Bool {
    board.shouldStop
      || entries[..<entry.place].allSatisfy { earlier in
        earlier.map { $0.copies.isEmpty || own.contains { $0 === earlier } } ?? true
      }
  }

  private func run(_ entry: PoolEntry) throws {
    let control = OwnControl(self, entry)
    entry.begin(within: board.timeout)
    let result = try entry.job.run(control, after: entry.start, crew: board.crew)
    if let error = control.problem { throw error }
    try take(result, of: entry)
  }

  /// Watches such a run, and the others meanwhile.
  private final class OwnControl: TrainingControl {
    private let watcher: PoolWatcher
    private let entry: PoolEntry
    /// What went wrong in looking at the others.
    private(set) var problem: (any Error)?

    init(_ watcher: PoolWatcher, _ entry: PoolEntry) {
      (self.watcher, self.entry) = (watcher, entry)
    }

    func shouldStop() -> Bool {
      if watcher.board.hasEvents { look() }
      if watcher.control.shouldStop() { watcher.board.stop() }
      return watcher.board.shouldStop || entry.shouldStop || problem != nil
    }

    func checkTime() throws { try entry.checkTime() }

    private func look() {
      do { try watcher.look() } catch { problem = error }
    }

    func epochEnded(_ report: EpochReport) -> Bool {
      watcher.board.count(entry, report)
      look()
      guard watcher.control.hearsEpochs else { return true }
      return entry.goesOn(after: report) {
        watcher.control.epochEnded(report, at: entry.place)
      }
    }

    func outcome(after error: any Error) -> Run.Outcome? {
      if watcher.control.goesOn(after: error) { return .failed }
      watcher.interruption = error
      watcher.board.stop()
      return .stopped
    }
  }
}
