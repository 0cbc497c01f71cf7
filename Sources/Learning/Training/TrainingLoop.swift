import Kernels
import Tensors

/// The loop of Lai Training over raw rows. Nothing is allocated a batch.
final class TrainingLoop<S: TensorScalar> {
  private let options: TrainingOptions
  private let rows: TrainingRows<S>
  private let held: TrainingRows<S>?
  private let base: PreparedLoss<S>
  private let lai: PreparedLoss<S>?
  /// Epochs that are done, and the seconds that those before this loop took.
  private var done = 0
  private var earlier = 0.0
  private let split: SplitStep<S>
  private let step: TrainingStep<S>
  /// Evaluates in blocks that do not depend on the batch.
  private let evaluation: TrainingStep<S>?
  private let optimizer: OptimizerState<S>
  private let inputs: Int
  private let outputs: Int
  /// Rows of all batches but perhaps the last.
  private let batch: Int

  private var order: [Int]
  private var shuffling: RandomGenerator
  private var choice: LaiChoice
  /// The rows of the batch, in the order in which they are taken.
  private var taken: [Int]
  private let memory: Workspace<S>
  private let x: UnsafeMutablePointer<S>
  private let y: UnsafeMutablePointer<S>
  /// The parameters before the last update.
  private let before: UnsafeMutablePointer<S>
  private let predictions: UnsafeMutablePointer<S>
  private var watch: DivergenceWatch

  private let clock = ContinuousClock()
  private var history: [EpochReport] = []

  /// - crew: threads that take halves of batches when they are idle.
  init(_ plan: TrainingPlan<S>, crew: Crew?) throws {
    (options, rows, held) = (plan.options, plan.rows, plan.held)
    (base, lai) = (plan.base, plan.lai)
    let (sizes, activation, start) = (plan.sizes, plan.activation, plan.start)
    (inputs, outputs) = (sizes[0], sizes[sizes.count - 1])
    batch = min(options.batch, rows.count)
    split = try SplitStep(sizes: sizes, activation: activation, maximumRows: batch, crew: crew)
    step = split.step
    step.parameters.update(from: start, count: start.count)
    evaluation = try held.map {
      try TrainingStep(
        sizes: sizes, activation: activation, maximumRows: min($0.count, MLP.blockRows))
    }
    optimizer = try OptimizerState(options.optimizer, count: step.parameterCount)
    order = Array(0..<rows.count)
    taken = Array(repeating: 0, count: batch)
    shuffling = RandomGenerator(seed: options.seed, stream: .shuffle)
    choice = LaiChoice(alpha: options.alpha, seed: options.seed)
    memory = try Workspace(
      counts: [
        batch * inputs, batch * outputs, start.count, (held?.count ?? 0) * outputs,
      ])
    x = memory.take(batch * inputs)
    y = memory.take(batch * outputs)
    before = memory.take(start.count)
    predictions = memory.take((held?.count ?? 0) * outputs)
    watch = DivergenceWatch(targets: rows.y, base: options.loss.base)
  }

  /// What a run has come to; another goes on from there to the same bits.
  struct Snapshot: Sendable {
    fileprivate let parameters: [S]
    fileprivate let optimizer: OptimizerState<S>.Snapshot
    fileprivate let order: [Int]
    fileprivate let shuffling: RandomGenerator
    fileprivate let watch: DivergenceWatch
    fileprivate let history: [EpochReport]
    fileprivate let seconds: Double
  }

  func restore(_ snapshot: Snapshot) {
    step.parameters.update(from: snapshot.parameters, count: step.parameterCount)
    optimizer.restore(snapshot.optimizer)
    (order, shuffling) = (snapshot.order, snapshot.shuffling)
    (watch, history) = (snapshot.watch, snapshot.history)
    (done, earlier) = (history.count, snapshot.seconds)
  }

  /// The first stage alone, as far as it comes.
  ///
  /// Throws: as `run`, whatever is to be done on divergence.
  func pretrain(_ control: any TrainingControl) throws -> Snapshot {
    let start = clock.now
    var best: (rmse: Double, epoch: Int, parameters: [S])?
    _ = try runEpochs(control, until: options.pretrain, since: start, best: &best)
    return Snapshot(
      parameters: parameters(step.parameters), optimizer: optimizer.snapshot, order: order,
      shuffling: shuffling, watch: watch, history: history, seconds: seconds(since: start))
  }

  /// Throws: `DivergenceError`, and what the control throws.
  func run(_ control: any TrainingControl) throws -> TrainingJob.Result {
    let start = clock.now
    var best: (rmse: Double, epoch: Int, parameters: [S])?
    var outcome = Run.Outcome.finished
    var problem: String?
    do {
      outcome = try runEpochs(
        control, until: options.pretrain + options.epochs, since: start, best: &best)
    } catch let error as DivergenceError where options.onDivergence == .stop {
      (outcome, problem) = (.diverged, error.description)
    }
    let final = best?.parameters ?? parameters(step.parameters)
    return TrainingJob.Result(
      parameters: final.map { Double($0) }, history: history, outcome: outcome,
      problem: problem, seconds: seconds(since: start))
  }

  private func runEpochs(
    _ control: any TrainingControl, until end: Int, since start: ContinuousClock.Instant,
    best: inout (rmse: Double, epoch: Int, parameters: [S])?
  ) throws -> Run.Outcome {
    let total = options.pretrain + options.epochs
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
        validationRMSE: held.map(rmse), learningRate: options.optimizer.learningRate * factor,
        seconds: seconds(since: start))
      history.append(report)
      done = epoch + 1
      if !(try control.epochEnded(report)) {
        return .stopped
      }
      guard let stopping = options.earlyStopping, let rmse = report.validationRMSE,
        stage == .train || options.epochs == 0
      else { continue }
      if best == nil || rmse < best!.rmse - stopping.minimumImprovement {
        best = (rmse.isNaN ? .infinity : rmse, epoch, parameters(step.parameters))
      } else if epoch - (best?.epoch ?? 0) >= stopping.patience {
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
    let batches = (rows.count + batch - 1) / batch
    let usesLai = stage == .train && lai != nil
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
      gather(first, count, laiRows)
      try take(count, laiRows, &sums, Place(epoch: epoch + 1, batch: index + 1), rateFactor)
    }
    return sums
  }

  private struct Place {
    let epoch: Int
    let batch: Int
  }

  /// One batch, whose first `laiRows` rows take the Lai loss, and one update.
  private func take(
    _ count: Int, _ laiRows: Int, _ sums: inout Sums, _ place: Place, _ rateFactor: Double
  ) throws {
    var (value, base) = (0.0, 0.0)
    if laiRows > 0, let lai {
      let share = laiRows == count ? 1 : S(laiRows) / S(count)
      let result = try split.gradients(x: x, y: y, rows: laiRows, loss: lai, weight: share)
      value = result.value
      base = result.base
      sums.base += result.base * Double(laiRows)
      sums.lai += result.value * Double(laiRows)
      sums.laiBase += result.base * Double(laiRows)
      sums.laiRows += Double(laiRows)
      sums.laiCount += options.sample == .batches ? 1 : laiRows
    }
    if laiRows < count {
      let rest = count - laiRows
      let result = try split.gradients(
        x: x + laiRows * inputs, y: y + laiRows * outputs, rows: rest, loss: self.base,
        weight: laiRows == 0 ? 1 : S(rest) / S(count), accumulate: laiRows > 0)
      value += result.value
      base = max(base, result.base)
      sums.base += result.base * Double(rest)
    }
    if let growth = watch.growth(of: base) {
      throw divergence("the loss is \(growth) times the targets' own size", place, rateFactor)
    }
    guard value.isFinite else {
      throw divergence("the loss is \(numberText(value))", place, rateFactor)
    }
    update(rateFactor)
    guard Kernels.isFinite(step.parameters, step.parameterCount) else {
      step.parameters.update(from: before, count: step.parameterCount)
      throw divergence("a weight is not finite", place, rateFactor)
    }
  }

  private func update(_ rateFactor: Double) {
    let count = step.parameterCount
    if let clip = options.clip {
      let norm = Kernels.squaredNorm(step.gradients, count).squareRoot()
      if norm > clip { Kernels.scale(step.gradients, by: S(clip / norm), count: count) }
    }
    before.update(from: step.parameters, count: count)
    optimizer.update(step.parameters, gradients: step.gradients, rateFactor: rateFactor)
  }

  private func divergence(_ what: String, _ place: Place, _ rateFactor: Double) -> DivergenceError {
    DivergenceError(
      epoch: place.epoch, batch: place.batch, what: what,
      learningRate: options.optimizer.learningRate * rateFactor, history: history,
      parameters: parameters(step.parameters).map { Double($0) })
  }

  /// The rows of a batch, `chosen` of which come first if those are not all of them.
  ///
  /// The order of the epoch stays as it is, so that the choice of points leaves the next shuffle
  /// alone.
  private func gather(_ first: Int, _ count: Int, _ chosen: Int) {
    taken.withUnsafeMutableBufferPointer { taken in
      let taken = UnsafeMutableBufferPointer(rebasing: taken[..<count])
      order.withUnsafeBufferPointer { order in
        _ = taken.update(from: order[first..<(first + count)])
      }
      if chosen < count { choice.move(chosen, of: taken) }
      rows.x.withUnsafeBufferPointer {
        Kernels.gatherRows(
          $0.baseAddress!, taken.baseAddress!, rows: count, columns: inputs, into: x)
      }
      rows.y.withUnsafeBufferPointer {
        Kernels.gatherRows(
          $0.baseAddress!, taken.baseAddress!, rows: count, columns: outputs, into: y)
      }
    }
    fetch(first + count)
  }

  /// Asks for the rows of the batch that begins there, which lie anywhere, while the step goes on.
  private func fetch(_ first: Int) {
    let end = min(first + batch, rows.count)
    guard first < end else { return }
    order.withUnsafeBufferPointer { order in
      let indices = order.baseAddress! + first
      rows.x.withUnsafeBufferPointer {
        Kernels.fetchRows($0.baseAddress!, indices, rows: end - first, columns: inputs)
      }
      rows.y.withUnsafeBufferPointer {
        Kernels.fetchRows($0.baseAddress!, indices, rows: end - first, columns: outputs)
      }
    }
  }

  /// Root mean squared error over rows and outputs.
  private func rmse(_ held: TrainingRows<S>) -> Double {
    guard let evaluation else { return .nan }
    evaluation.parameters.update(from: step.parameters, count: step.parameterCount)
    evaluation.predict(x: held.x, rows: held.count, into: predictions)
    let sum = Kernels.squaredDistance(predictions, held.y, held.y.count)
    return (sum / Double(held.y.count)).squareRoot()
  }

  private func parameters(_ source: UnsafeMutablePointer<S>) -> [S] {
    Array(UnsafeBufferPointer(start: source, count: step.parameterCount))
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    let parts = (clock.now - start).components
    return earlier + Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}
