import Kernels
import Tensors

/// The loop of Lai Training over raw rows. Nothing is allocated a batch.
final class TrainingLoop<S: TensorScalar> {
  private let options: TrainingOptions
  private let rows: TrainingRows<S>
  private let hasChoice: Bool
  private let hasValidation: Bool
  /// Epochs that are done, and the seconds that those before this loop took.
  private var done = 0
  private var earlier = 0.0
  private let split: SplitStep<S>
  private let step: TrainingStep<S>
  private let optimizer: OptimizerState<S>
  /// Rows of all batches but perhaps the last.
  private let batch: Int
  private var batches: Int { (rows.count + batch - 1) / batch }

  private var order: [Int]
  private var shuffling: RandomGenerator
  private var choice: LaiChoice
  /// The rows of the batch, in the order in which they are taken.
  private var taken: [Int]
  private var watch: DivergenceWatch

  private let clock = ContinuousClock()
  private var history: [EpochReport] = []
  private var best: Best?

  /// The best epoch so far, and its parameters.
  fileprivate struct Best: Sendable {
    let report: EpochReport
    let parameters: [S]
  }

  /// - crew: threads that take halves of batches when they are idle.
  init(_ plan: TrainingPlan<S>, crew: Crew?) throws {
    (options, rows) = (plan.options, plan.rows)
    (hasChoice, hasValidation) = (plan.hasChoice, plan.held != nil)
    batch = min(options.batch, rows.count)
    optimizer = try OptimizerState(options.optimizer, count: plan.start.count)
    split = try SplitStep(plan, optimizer: optimizer, batch: batch, crew: crew)
    step = split.step
    step.parameters.update(from: plan.start, count: plan.start.count)
    order = Array(0..<rows.count)
    taken = Array(repeating: 0, count: batch)
    shuffling = RandomGenerator(seed: options.seed, stream: .shuffle)
    choice = LaiChoice(alpha: options.alpha, seed: options.seed)
    watch = DivergenceWatch(targets: rows.y, base: options.base)
  }

  /// What a run has come to; another goes on from there to the same bits.
  struct Snapshot: Sendable {
    fileprivate let parameters: [S]
    fileprivate let optimizer: StoredOptimizer
    fileprivate let order: [Int]
    fileprivate let shuffling: RandomGenerator
    fileprivate let watch: DivergenceWatch
    fileprivate let history: [EpochReport]
    fileprivate let best: Best?
    fileprivate let seconds: Double
  }

  func restore(_ snapshot: Snapshot) throws {
    step.parameters.update(from: snapshot.parameters, count: step.parameterCount)
    try optimizer.restore(snapshot.optimizer)
    (order, shuffling) = (snapshot.order, snapshot.shuffling)
    (watch, history) = (snapshot.watch, snapshot.history)
    (done, earlier) = (history.count, snapshot.seconds)
    if options.earlyStopping != nil { best = snapshot.best }
  }

  /// The first stage alone, as far as it comes.
  ///
  /// Throws: as `run`, whatever is to be done on divergence.
  func pretrain(_ control: any TrainingControl) throws -> Snapshot {
    let start = clock.now
    // Runs with early stopping and others may share it.
    _ = try runEpochs(control, until: options.pretrain, since: start, keepsBest: hasValidation)
    return Snapshot(
      parameters: parameters(step.parameters), optimizer: optimizer.stored, order: order,
      shuffling: shuffling, watch: watch, history: history, best: best,
      seconds: seconds(since: start))
  }

  /// Throws: `DivergenceError`, and what the control throws.
  func run(_ control: any TrainingControl) throws -> TrainingJob.Result {
    let start = clock.now
    var outcome = Run.Outcome.finished
    var ending: (any Error)?
    do {
      outcome = try runEpochs(
        control, until: options.pretrain + options.epochs, since: start,
        keepsBest: options.earlyStopping != nil)
    } catch var error as DivergenceError {
      guard options.onDivergence == .stop || control.outcome(after: error) != nil else {
        throw error
      }
      error.action = .stop
      (outcome, ending) = (.diverged, error)
    } catch {
      guard let end = control.outcome(after: error) else { throw error }
      (outcome, ending) = (end, end == .stopped ? nil : error)
    }
    let final = best?.parameters ?? parameters(step.parameters)
    return TrainingJob.Result(
      parameters: final.map { Double($0) }, history: history, outcome: outcome,
      error: ending, seconds: seconds(since: start))
  }

  private func runEpochs(
    _ control: any TrainingControl, until end: Int, since start: ContinuousClock.Instant,
    keepsBest: Bool
  ) throws -> Run.Outcome {
    let total = options.pretrain + options.epochs
    var improvement: (rmse: Double, epoch: Int)?
    for epoch in done..<end {
      let stage = epoch < options.pretrain ? EpochReport.Stage.pretrain : .train
      let factor = options.schedule.factor(epoch: epoch, of: total)
      guard let sums = try runEpoch(epoch, stage, rateFactor: factor, control) else {
        return .stopped
      }
      let report = EpochReport(
        epoch: epoch + 1, stage: stage, baseLoss: sums.base / Double(rows.count),
        laiLoss: sums.laiRows > 0 ? sums.lai / sums.laiRows : nil,
        laiRatio: sums.laiBase > 0 ? sums.lai / sums.laiBase : nil, laiCount: sums.laiCount,
        validationRMSE: split.validationRMSE(),
        learningRate: options.optimizer.learningRate * factor,
        seconds: seconds(since: start))
      history.append(report)
      done = epoch + 1
      if let rmse = report.validationRMSE, !rmse.isFinite {
        throw divergence(
          "the validation RMSE is \(numberText(rmse))", Place(epoch: epoch + 1, batch: batches),
          factor)
      }
      // Before the control may end the run.
      if keepsBest, report.isBetter(than: best?.report) {
        best = Best(report: report, parameters: parameters(step.parameters))
      }
      if !(try control.epochEnded(report)) {
        return .stopped
      }
      guard let stopping = options.earlyStopping, let rmse = report.validationRMSE,
        stage == .train || options.epochs == 0
      else { continue }
      if improvement == nil || rmse < improvement!.rmse - stopping.minimumImprovement {
        improvement = (rmse, epoch)
      } else if epoch - improvement!.epoch >= stopping.patience {
        return .earlyStopped
      }
    }
    return .finished
  }

  private struct Sums {
    var base = 0.0
    var lai = 0.0
    var laiBase = 0.0
    var laiRows = 0.0
    var laiCount = 0
  }

  /// nil when the control ended it.
  private func runEpoch(
    _ epoch: Int, _ stage: EpochReport.Stage, rateFactor: Double, _ control: any TrainingControl
  ) throws -> Sums? {
    shuffling.shuffle(&order)
    let usesLai = stage == .train && hasChoice
    if usesLai && options.sample == .batches { choice.chooseBatches(of: batches) }
    var sums = Sums()
    for index in 0..<batches {
      if control.shouldStop() { return nil }
      let first = index * batch
      let count = min(batch, rows.count - first)
      var laiRows = 0
      if usesLai {
        laiRows =
          options.sample == .points
          ? choice.points(of: count) : choice.contains(index) ? count : 0
      }
      let place = Place(epoch: epoch + 1, batch: index + 1)
      split.batchNumber = UInt64(epoch) * UInt64(batches) + UInt64(index)
      try take(first, count, laiRows, &sums, place, rateFactor)
    }
    return sums
  }

  private struct Place {
    let epoch: Int
    let batch: Int
  }

  /// One batch, of which `laiRows` rows take the Lai loss, and one update.
  private func take(
    _ first: Int, _ count: Int, _ laiRows: Int, _ sums: inout Sums, _ place: Place,
    _ rateFactor: Double
  ) throws {
    choose(first, count, laiRows)
    let (value, base) = try taken.withUnsafeBufferPointer { taken in
      try gradients(UnsafeBufferPointer(rebasing: taken[..<count]), laiRows, &sums)
    }
    if let growth = watch.growth(of: base) {
      throw divergence("the loss is \(growth) times the targets' own size", place, rateFactor)
    }
    guard value.isFinite else {
      throw divergence("the loss is \(numberText(value))", place, rateFactor)
    }
    guard split.update(rateFactor: rateFactor) else {
      split.restore()
      throw divergence("a weight is not finite", place, rateFactor)
    }
  }

  /// The rows of a batch into `taken`, the chosen ones first if those are not all.
  ///
  /// The order of the epoch stays as it is, so that the choice of points leaves the next shuffle
  /// alone.
  private func choose(_ first: Int, _ count: Int, _ chosen: Int) {
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
    _ rows: UnsafeBufferPointer<Int>, _ laiRows: Int, _ sums: inout Sums
  ) throws -> (value: Double, base: Double) {
    var (value, base) = (0.0, 0.0)
    let rest = rows.count - laiRows
    if laiRows > 0 {
      let result = try split.gradients(
        UnsafeBufferPointer(rebasing: rows[..<laiRows]), isChosen: true,
        weight: rest == 0 ? 1 : S(laiRows) / S(rows.count))
      value = result.value
      base = result.base
      sums.base += result.base * Double(laiRows)
      sums.lai += result.value * Double(laiRows)
      sums.laiBase += result.base * Double(laiRows)
      sums.laiRows += Double(laiRows)
      sums.laiCount += options.sample == .batches ? 1 : laiRows
    }
    if rest > 0 {
      let result = try split.gradients(
        UnsafeBufferPointer(rebasing: rows[laiRows...]), isChosen: false,
        weight: laiRows == 0 ? 1 : S(rest) / S(rows.count), accumulate: laiRows > 0)
      value += result.value
      base = max(base, result.base)
      sums.base += result.base * Double(rest)
    }
    return (value, base)
  }

  private func divergence(_ what: String, _ place: Place, _ rateFactor: Double) -> DivergenceError {
    DivergenceError(
      epoch: place.epoch, batch: place.batch, what: what,
      learningRate: options.optimizer.learningRate * rateFactor, history: history,
      parameters: parameters(step.parameters).map { Double($0) }, action: options.onDivergence)
  }

  private func parameters(_ source: UnsafeMutablePointer<S>) -> [S] {
    Array(UnsafeBufferPointer(start: source, count: step.parameterCount))
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    let parts = (clock.now - start).components
    return earlier + Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}
