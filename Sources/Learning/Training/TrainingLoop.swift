import Tensors

/// The loop of training, of networks and scripted models alike: epochs of shuffled mini-batches, and
/// what is done after each epoch. Nothing is allocated per batch.
final class TrainingLoop<Step: BatchStep> {
  /// The result of a run: outcome, error and state.
  struct Ending {
    /// Of the best epoch with early stopping, else the last ones that are finite.
    let parameters: [StoredTensor]
    let progress: TrainingProgress
    let outcome: Run.Outcome
    let error: (any Error)?
    /// nil when training cannot go on from here: the run has diverged.
    let state: TrainingState?
  }

  private let options: TrainingOptions
  private let step: Step
  /// What a state needs to know beside options, progress, parameters and optimizer.
  private let origin: TrainingOrigin
  private var batches: Int { (step.rowCount + step.batch - 1) / step.batch }

  private var order: [Int]
  private var shuffling: RandomGenerator
  /// The rows of the batch, in the order in which they are taken.
  private var taken: [Int]
  /// nil without a Lai loss.
  private var kinks: KinkCounts?

  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  /// Seconds that training took before this loop.
  private let earlier: Double
  /// Where the checkpoint was last written: shuffles and batches.
  private var written: (Int, UInt64)?

  /// - Throws: `AllocationError`.
  init(
    _ options: TrainingOptions, _ step: Step, _ origin: TrainingOrigin,
    from progress: TrainingProgress
  ) throws {
    (self.options, self.step, self.origin) = (options, step, origin)
    try AllocationError.check(step.rowCount, bytesEach: 2 * MemoryLayout<Int>.stride)
    order = Array(0..<step.rowCount)
    taken = Array(repeating: 0, count: step.batch)
    kinks = try KinkCounts(options.loss, origin.network)
    shuffling = RandomGenerator(seed: options.seed, stream: .shuffle)
    for _ in 0..<progress.shuffles { shuffling.shuffle(&order) }
    start = clock.now
    earlier = progress.seconds
  }

  /// Trains to the end of both stages.
  ///
  /// - Throws: `DivergenceError`, and what the step and the control throw.
  func run(from start: TrainingProgress, _ control: any TrainingControl) throws -> Ending {
    var progress = start
    var outcome = Run.Outcome.finished
    var ending: (any Error)?
    var state: TrainingState?
    do {
      try writeCheckpoint(progress)
      outcome = try advance(
        &progress, until: options.pretrain + options.epochs,
        keepsBest: options.earlyStopping != nil, control)
      try writeCheckpoint(progress)
      state = try makeState(progress)
    } catch var error as DivergenceError {
      guard options.onDivergence == .stop || control.outcome(after: error) != nil else {
        throw error
      }
      error.action = .stop
      (outcome, ending) = (.diverged, error)
    } catch {
      // The error is what matters, not whether the state can be written.
      try? writeCheckpoint(progress)
      guard let end = control.outcome(after: error) else { throw error }
      (outcome, ending) = (end, end == .stopped ? nil : error)
      state = try? makeState(progress)
    }
    progress.seconds = seconds
    let final = options.earlyStopping == nil ? nil : progress.best?.parameters
    return try Ending(
      parameters: final ?? step.parameters(), progress: progress, outcome: outcome, error: ending,
      state: state)
  }

  /// Trains until so many epochs are done.
  ///
  /// - keepsBest: Whether the parameters of the best epoch are kept.
  /// - Throws: as `run`, whatever is to be done on divergence.
  func advance(
    _ progress: inout TrainingProgress, until end: Int, keepsBest: Bool,
    _ control: any TrainingControl
  ) throws -> Run.Outcome {
    if isExhausted(progress) { return .earlyStopped }
    while progress.history.count < end {
      let epoch = progress.history.count
      let stage = epoch < options.pretrain ? EpochReport.Stage.pretrain : .train
      let factor = options.rateFactor(epoch: epoch)
      guard try runEpoch(&progress, stage, rateFactor: factor, control) else { return .stopped }
      let report = try finishEpoch(
        &progress, stage, rateFactor: factor, keepsBest: keepsBest, control)
      if !(try control.epochEnded(report)) { return .stopped }
      if isExhausted(progress) { return .earlyStopped }
      if let checkpoint = options.checkpoint, (epoch + 1) % checkpoint.every == 0 {
        try writeCheckpoint(progress)
      }
    }
    return .finished
  }

  /// Whether early stopping ends the run here.
  private func isExhausted(_ progress: TrainingProgress) -> Bool {
    guard let stopping = options.earlyStopping, let improvement = progress.improvement else {
      return false
    }
    return progress.history.count - 1 - improvement.epoch >= stopping.patience
  }

  /// False when the control ended it.
  private func runEpoch(
    _ progress: inout TrainingProgress, _ stage: EpochReport.Stage, rateFactor: Double,
    _ control: any TrainingControl
  ) throws -> Bool {
    let epoch = progress.history.count
    let batches = batches
    let usesLai = stage == .train && step.hasChoice
    if progress.shuffles == epoch {
      shuffling.shuffle(&order)
      progress.shuffles += 1
      progress.sums = EpochSums()
      if usesLai && options.sample == .batches {
        progress.choice.chooseBatches(of: batches, alpha: options.alpha)
      }
    }
    while progress.batch < batches {
      if control.shouldStop() { return false }
      try control.checkTime()
      let index = progress.batch
      let count = min(step.batch, step.rowCount - index * step.batch)
      let draw = progress.choice.draw
      do {
        var laiRows = 0
        if usesLai {
          laiRows =
            options.sample == .points
            ? progress.choice.points(of: count, alpha: options.alpha)
            : progress.choice.contains(index) ? count : 0
        }
        step.batchNumber = progress.batches
        try take(index * step.batch, count, laiRows, &progress, rateFactor, control)
      } catch is StoppedInBatch {
        progress.choice.restore(draw)
        return false
      } catch {
        // As if the batch had not begun, for who goes on from here.
        progress.choice.restore(draw)
        throw error
      }
      progress.batch += 1
      progress.batches += 1
    }
    return true
  }

  /// The report of an epoch whose batches are done, and what follows from it.
  private func finishEpoch(
    _ progress: inout TrainingProgress, _ stage: EpochReport.Stage, rateFactor: Double,
    keepsBest: Bool, _ control: any TrainingControl
  ) throws -> EpochReport {
    let (epoch, sums) = (progress.history.count, progress.sums)
    let evaluation = try step.evaluate()
    let bad = [("RMSE", evaluation.rmse), ("value", evaluation.loss)].first {
      $1?.isFinite == false
    }
    var metrics = evaluation.metrics
    if bad == nil {
      try metrics.merge(control.metrics { try self.step.model() }) { own, _ in own }
    }
    let report = EpochReport(
      epoch: epoch + 1, stage: stage, baseLoss: sums.base / Double(step.rowCount),
      laiLoss: sums.laiRows > 0 ? sums.lai / sums.laiRows : nil,
      laiRatio: sums.laiBase > 0 ? sums.lai / sums.laiBase : nil, laiCount: sums.laiCount,
      validationRMSE: evaluation.rmse, validationLoss: evaluation.loss, metrics: metrics,
      learningRate: options.optimizer.learningRate * rateFactor, seconds: seconds,
      aboveKink: kinks?.shares(sums), scaledValidationRMSE: evaluation.scaledRMSE)
    let reports = progress.history.count
    if reports == progress.history.capacity {
      try AllocationError.check(2 * reports, bytesEach: MemoryLayout<EpochReport>.stride)
    }
    progress.history.append(report)
    progress.batch = 0
    if let bad {
      throw try divergence(
        "the validation \(bad.0) is \(numberText(bad.1!))", epoch: epoch + 1, batch: batches,
        rateFactor, progress)
    }
    if keepsBest, report.isBetter(than: progress.best?.report) {
      progress.best = BestEpoch(report: report, parameters: try step.parameters())
    }
    if let stopping = options.earlyStopping, let score = report.score,
      stage == .train || options.epochs == 0
    {
      if progress.improvement.map({ score < $0.score - stopping.minimumImprovement }) ?? true {
        progress.improvement = Improvement(score: score, epoch: epoch)
      }
    }
    return report
  }

  /// One batch, of which `laiRows` rows take the Lai loss, and one update.
  private func take(
    _ first: Int, _ count: Int, _ laiRows: Int, _ progress: inout TrainingProgress,
    _ rateFactor: Double, _ control: any TrainingControl
  ) throws {
    choose(first, count, laiRows, &progress.choice)
    var sums = progress.sums
    let (value, base) = try taken.withUnsafeBufferPointer { taken in
      try gradients(UnsafeBufferPointer(rebasing: taken[..<count]), laiRows, &sums)
    }
    var fault: String?
    if let growth = progress.watch.growth(of: base) {
      fault = "the \(Step.noun) is \(growth) times the targets' own size"
    } else if !value.isFinite {
      fault = "the \(Step.noun) is \(numberText(value))"
    } else {
      fault = try step.update(rateFactor: rateFactor, control)
    }
    if let fault {
      throw try divergence(
        fault, epoch: progress.history.count + 1, batch: progress.batch + 1, rateFactor, progress)
    }
    if laiRows > 0 { kinks?.add(to: &sums, isFirst: progress.sums.laiRows == 0) }
    progress.sums = sums
  }

  /// The rows of a batch into `taken`, the chosen ones first if those are not all.
  ///
  /// The order of the epoch stays as it is, so that the choice of points leaves the next shuffle
  /// alone.
  private func choose(_ first: Int, _ count: Int, _ chosen: Int, _ choice: inout LaiChoice) {
    taken.withUnsafeMutableBufferPointer { taken in
      let taken = UnsafeMutableBufferPointer(rebasing: taken[..<count])
      order.withUnsafeBufferPointer { order in
        _ = taken.update(from: order[first..<(first + count)])
      }
      if chosen < count { choice.move(chosen, of: taken) }
    }
  }

  /// The gradients of a batch, whose first `laiRows` rows take the Lai loss; the loss, and the
  /// largest base loss of its parts.
  private func gradients(
    _ rows: UnsafeBufferPointer<Int>, _ laiRows: Int, _ sums: inout EpochSums
  ) throws -> (value: Double, base: Double) {
    var (value, base) = (0.0, 0.0)
    let rest = rows.count - laiRows
    if laiRows > 0 {
      let result = try step.gradients(
        UnsafeBufferPointer(rebasing: rows[..<laiRows]), isChosen: true, of: rows.count,
        accumulate: false)
      kinks?.take { step.addAboveKink(to: &$0) }
      value = result.value
      base = result.base
      sums.base += result.base * Double(laiRows)
      sums.lai += result.value * Double(laiRows)
      sums.laiBase += result.base * Double(laiRows)
      sums.laiRows += Double(laiRows)
      sums.laiCount += options.sample == .batches ? 1 : laiRows
    }
    if rest > 0 {
      let result = try step.gradients(
        UnsafeBufferPointer(rebasing: rows[laiRows...]), isChosen: false, of: rows.count,
        accumulate: laiRows > 0)
      value += result.value
      base = max(base, result.base)
      sums.base += result.base * Double(rest)
    }
    return (value, base)
  }

  private func divergence(
    _ what: String, epoch: Int, batch: Int, _ rateFactor: Double, _ progress: TrainingProgress
  ) throws -> DivergenceError {
    DivergenceError(
      epoch: epoch, batch: batch, what: what,
      learningRate: options.optimizer.learningRate * rateFactor, history: progress.history,
      parameters: try step.parameters().flatMap { try $0.doubles }, action: options.onDivergence)
  }

  private var seconds: Double { earlier + (clock.now - start) / .seconds(1) }

  // MARK: States

  func makeState(_ progress: TrainingProgress) throws -> TrainingState {
    var progress = progress
    progress.seconds = seconds
    return try TrainingState(
      options: options.withoutBoundFunctions, origin: origin, progress: progress,
      parameters: step.parameters(),
      optimizer: step.optimizerState())
  }

  private func writeCheckpoint(_ progress: TrainingProgress) throws {
    guard let checkpoint = options.checkpoint else { return }
    let place = (progress.shuffles, progress.batches)
    if let written, written == place { return }
    try makeState(progress).save(to: checkpoint.path)
    written = place
  }
}
