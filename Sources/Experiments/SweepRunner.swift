import Foundation
import Learning
import Platform
import Tensors

/// Whether this thread is in the middle of a sweep, whose callbacks may run another.
private enum SweepNesting {
  @TaskLocal static var isInside = false
}

/// A trial that is to be run.
private struct PendingTrial {
  let point: Int
  let seed: UInt64
  let spec: TrialSpec
  let epochs: Int
}

/// Runs the trials of a sweep on a pool: claims them, makes their jobs, measures and stores results.
final class SweepRunner<Control: SweepControl> {
  var control: Control
  private let sweep: Sweep
  private let options: SweepOptions
  private var progress = SweepProgress()
  /// Not yet claimed, those of a seed side by side: they share its pre-training.
  private var pending: [PendingTrial]
  /// Claimed, but their jobs are not made.
  private var group: [(trial: PendingTrial, claim: TrialClaim)] = []
  /// Jobs on their way, by place in the pool.
  private var started: [Int: (trial: PendingTrial, claim: TrialClaim, rows: TrialData)] = [:]
  private var place = 0
  /// The rows of the seed at hand.
  private var rows: (seed: UInt64, scaling: Scaling, dropped: [String], data: TrialData)?
  /// Why it ended before all trials were run.
  private var problem: (any Error)?
  /// Of the last trial that failed, one line.
  private var lastProblem = ""
  private let clock = ContinuousClock()
  /// Jobs that were given up, by place in the pool.
  private var pruned = Set<Int>()
  /// The validation RMSE of the first seed's trials, by epoch of the second stage.
  private var references: [[Double]] = []
  private let isNested = SweepNesting.isInside

  init(
    _ sweep: Sweep, points: [Int], seeds: [UInt64], shard: (index: Int, count: Int)?,
    _ control: Control
  ) throws {
    (self.sweep, options, self.control) = (sweep, sweep.options, control)
    pending = try seeds.flatMap { seed in
      try points.map { point in
        PendingTrial(
          point: point, seed: seed, spec: try sweep.trial(point, seed),
          epochs: sweep.points[point].recipe.training.allEpochs)
      }
    }
    // Two points may be the same trial, such as the control and a point of the grid.
    var keys = Set<String>()
    pending = pending.filter { keys.insert($0.spec.key).inserted }
    if let (index, count) = shard {
      // In one piece: trials of a seed share their pre-training.
      let bounds = (0...count).map { $0 * pending.count / count }
      pending = Array(pending[bounds[index]..<bounds[index + 1]])
    }
  }

  func run() throws {
    let all = pending
    try writeRest()
    try sweep.store.register(all.map(\.spec), for: options.record)
    try sweep.look(at: all.map(\.spec))
    progress.total = all.count
    for trial in all {
      guard let stored = sweep.result(of: trial.point, seed: trial.seed), stored.state == .done
      else { continue }
      control.ended(
        sweep.points[trial.point], seed: trial.seed, measures: stored.result?.measures ?? [:])
    }
    while true {
      pending = all.filter { isOpen($0) }
      progress.done = all.count { sweep.state(of: $0.spec).isOver }
      progress.failed = all.count { sweep.state(of: $0.spec) == .failed }
      progress.epochs = pending.reduce(0) { $0 + $1.epochs }
      if pending.isEmpty || control.shouldStop() { return }
      let before = pending.count
      if options.pruning != nil { references = try sweep.references() }
      try train()
      if control.shouldStop() { return }
      try sweep.look(at: all.map(\.spec))
      // The rest is with other processes: theirs to finish, ours if they end.
      if all.count(where: isOpen) == before { try wait() }
    }
  }

  private func isOpen(_ trial: PendingTrial) -> Bool {
    let state = sweep.state(of: trial.spec)
    return !state.isOver
      || state == .failed && options.retriesFailed && !tried.contains(trial.spec.key)
  }
  /// Failed trials that this run has tried again.
  private var tried = Set<String>()

  private func wait() throws {
    if isNested {
      throw SweepError(
        description:
          "the other trials are run by a sweep that waits for this one: no measure or loss of a sweep "
          + "may run its trials")
    }
    for _ in 0..<10 where !control.shouldStop() { usleep(50_000) }
    control.progress(progress)
  }

  /// As many trials of a seed as are claimed at once: they share a pre-training, and other processes
  /// find some left.
  private var groupSize: Int {
    let bytes = sweep.points.map(\.recipe.parameterBytes).max() ?? 0
    let most = 8 * options.workers
    return max(1, min(most, SweepRunner.mostParameterBytes / max(1, bytes)))
  }
  private static var mostParameterBytes: Int { 256 << 20 }

  private func train() throws {
    let pool = try TrainingPool(
      workers: options.workers, ahead: min(groupSize, sweep.points.count),
      timeout: options.timeout)
    // A pool counts its jobs from 0.
    (place, pruned) = (0, [])
    var poolControl = PoolWatch(runner: self)
    defer {
      let open = started.values.map(\.claim) + group.map(\.claim)
      (started, group) = ([:], [])
      do { try sweep.store.release(open) } catch { sweep.unwritten += open.map { ($0, nil) } }
    }
    do {
      _ = try SweepNesting.$isInside.withValue(true) {
        try pool.run(Jobs(runner: self), control: &poolControl)
      }
    } catch {
      throw problem ?? error
    }
    if let problem { throw problem }
  }

  // MARK: Jobs

  private struct Jobs: Sequence, IteratorProtocol, GroupedJobs {
    let runner: SweepRunner
    var isWithinGroup: Bool { !runner.group.isEmpty }
    mutating func next() -> (job: TrainingJob, model: MLP)? { runner.next() }
  }

  private func next() -> (job: TrainingJob, model: MLP)? {
    while problem == nil {
      do {
        if group.isEmpty { try claimGroup() }
        guard !group.isEmpty else { return nil }
        let (trial, claim) = group.removeFirst()
        let point = sweep.points[trial.point]
        do {
          let rows = try rows(of: point.recipe, trial.seed)
          let job = try sweep.job(
            of: point, seed: trial.seed, rows,
            checkpoint: sweep.checkpoint(of: point, trial.spec, rows: rows.train.count))
          started[place] = (trial, claim, rows)
          place += 1
          return job
        } catch {
          try finish(
            trial, claim, .failed, TrialResult(outcome: "failed", problem: control.text(of: error)))
        }
      } catch {
        problem = error
      }
    }
    return nil
  }

  /// Claims the next trials of one seed.
  private func claimGroup() throws {
    while let first = pending.first {
      let count = pending.prefix(groupSize).prefix { $0.seed == first.seed }.count
      let chunk = Dictionary(
        uniqueKeysWithValues: pending.prefix(count).map { ($0.spec.key, $0) })
      let keys = pending.prefix(count).map(\.spec.key)
      pending.removeFirst(count)
      let claims = try sweep.store.claim(
        keys, most: count, lossLimit: options.lossLimit, retriesFailed: options.retriesFailed)
      group = claims.map { (chunk[$0.key]!, $0) }
      tried.formUnion(claims.map(\.key))
      if !group.isEmpty { return }
    }
  }

  private func rows(of recipe: Recipe, _ seed: UInt64) throws -> TrialData {
    if let rows, (rows.seed, rows.scaling, rows.dropped) == (seed, recipe.scaling, recipe.dropped) {
      return rows.data
    }
    let data = try sweep.data.rows(recipe, seed: seed)
    rows = (seed, recipe.scaling, recipe.dropped, data)
    return data
  }

  // MARK: Results

  fileprivate func ended(_ run: Run, at place: Int) -> Bool {
    guard let (trial, claim, rows) = started.removeValue(forKey: place) else { return true }
    let start = clock.now
    var result = TrialResult(
      outcome: run.outcome.rawValue, problem: run.error.map { control.text(of: $0) },
      history: run.history,
      seconds: run.seconds)
    var state = pruned.contains(place) ? TrialState.pruned : .done
    do {
      if run.error != nil {
        state = .failed
      } else if state == .done {
        result.measures = try measures(of: run, trial, rows)
        if keepsModel(of: trial) { result.model = try run.model.fileBytes() }
      }
    } catch {
      // No room for its network, on its way to the store, is no failure of the trial.
      if control.endsAll(error) || error is FileError { problem = error }
      if problem != nil || control.shouldStop() {
        // It goes back to the store, to be run again.
        started[place] = (trial, claim, rows)
        return false
      }
      (state, result.problem) = (.failed, control.text(of: error))
    }
    result.seconds += (clock.now - start) / .seconds(1)
    do {
      try finish(trial, claim, state, result)
      try checkFailures()
    } catch {
      problem = error
    }
    return problem == nil
  }

  private func measures(
    of run: Run, _ trial: PendingTrial, _ rows: TrialData
  ) throws -> [String: Double] {
    var values = try options.measures.values(
      of: run.model, on: rows, all: sweep.data.data, seed: trial.seed,
      shouldStop: { self.control.shouldStop() })
    if !options.measures.custom.isEmpty {
      // A copy: other trials are measured on the same rows.
      let judged = rows.judged
      values.merge(try control.measure(run, on: judged.rows(Array(0..<judged.count)))) { $1 }
    }
    if let bad = values.sorted(by: { $0.key < $1.key }).first(where: { !$0.value.isFinite }) {
      throw ArgumentError("the measure '\(bad.key)'", mustBe: "finite", got: bad.value)
    }
    return values
  }

  private func finish(
    _ trial: PendingTrial, _ claim: TrialClaim, _ state: TrialState, _ result: TrialResult
  ) throws {
    // Also without a store that can be written, the result is known.
    var shown = result
    (shown.history, shown.model) = ([], nil)
    sweep.keep(StoredTrial(spec: trial.spec, state: state, result: shown, losses: 0))
    progress.done += 1
    if state == .failed {
      progress.failed += 1
      let problem = result.problem ?? result.outcome
      // Without its traceback.
      lastProblem = String(problem.prefix { !$0.isNewline })
      control.failed(sweep.points[trial.point], seed: trial.seed, problem: problem)
    }
    if state == .done {
      control.ended(sweep.points[trial.point], seed: trial.seed, measures: result.measures)
    }
    if let rmse = result.measures["rmse"], rmse < progress.best?.rmse ?? .infinity {
      progress.best = (rmse, sweep.points[trial.point].label)
    }
    // False for a trial that another process took over: both results are the same.
    do { _ = try sweep.store.finish(claim, as: state, result) } catch {
      sweep.unwritten.append((claim, (state, result)))
      throw error
    }
    if let path = sweep.store.statePath(of: trial.spec.key) { unlink(path) }
  }

  private func keepsModel(of trial: PendingTrial) -> Bool {
    guard options.keptModels != .none else { return false }
    let point = sweep.points[trial.point]
    return options.keptModels == .all || point.kind == .control
      || point.recipe.parameterBytes <= Self.mostModelBytes
  }
  /// Of networks that are kept until it is known which points are beaten.
  private static var mostModelBytes: Int { 4 << 20 }

  /// Whether a run goes on after an epoch.
  fileprivate func goesOn(_ report: EpochReport, at place: Int) -> Bool {
    guard let pruning = options.pruning, let (trial, _, _) = started[place],
      trial.seed != options.seeds[0], sweep.points[trial.point].kind == .point,
      report.stage == .train, let rmse = report.validationRMSE
    else { return true }
    let training = sweep.points[trial.point].recipe.training
    let epoch = report.epoch - training.pretrain
    guard references.indices.contains(epoch - 1),
      pruning.endsTrial(
        rmse: rmse, epoch: epoch, of: training.epochs, others: references[epoch - 1])
    else { return true }
    pruned.insert(place)
    return false
  }

  /// Writes what an earlier run could not.
  private func writeRest() throws {
    while let (claim, end) = sweep.unwritten.first {
      if let (state, result) = end {
        _ = try sweep.store.finish(claim, as: state, result)
        if let path = sweep.store.statePath(of: claim.key) { unlink(path) }
      } else {
        try sweep.store.release([claim])
      }
      sweep.unwritten.removeFirst()
    }
  }

  private func checkFailures() throws {
    let ended = progress.done
    guard ended >= options.failuresAtFirst || ended == progress.total,
      progress.failed == ended, ended > 0
    else { return }
    throw SweepError(
      description: ended == progress.total && ended < options.failuresAtFirst
        ? "all \(ended) trials failed, the last one with: \(lastProblem)"
        : "the first \(ended) trials all failed, the last one with: \(lastProblem); "
          + "the others were not run")
  }

  // MARK: The pool

  private struct PoolWatch: PoolControl {
    let runner: SweepRunner
    var keepsRuns: Bool { false }
    var hearsEpochs: Bool { runner.options.pruning != nil }
    mutating func epochEnded(_ report: EpochReport, at place: Int) -> Bool {
      runner.goesOn(report, at: place)
    }
    func shouldStop() -> Bool { runner.problem != nil || runner.control.shouldStop() }
    mutating func progress(done: Int, of total: Int) {
      runner.progress.epochsDone = done
      runner.control.progress(runner.progress)
    }
    mutating func ended(_ run: Run, at place: Int) -> Bool { runner.ended(run, at: place) }
    func goesOn(after error: any Error) -> Bool { !runner.control.endsAll(error) }
  }
}
