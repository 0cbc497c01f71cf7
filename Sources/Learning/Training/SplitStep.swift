import Kernels
import Tensors

enum BatchSplit {
  /// Batches from this many rows on are cut: below, meeting costs what two threads gain.
  static let leastRows = 128
}

/// Gradients, updates and validation of a run. Larger batches are taken in two halves, first of the
/// rows and then of the parameters, one of which an idle thread may do. The gradients are the halves'
/// sum in any case: the same bits, whoever does it.
///
/// Caches that lie apart make dear what the threads exchange: half of the gradients, and of the new
/// parameters. So each gathers its rows and packs the weights for itself.
final class SplitStep<S: TensorScalar> {
  let step: TrainingStep<S>
  private let first: Half
  /// nil when no batch is large enough.
  private let second: Half?
  /// Asked of every batch: apart, so that none counts references to the objectives.
  private let isWhole: (base: Bool, chosen: Bool)
  private let parts: (base: Int, chosen: Int)
  private let sumCount: Int
  private let optimizer: OptimizerState<S>
  private let clip: Double?
  private let centralizes: Bool
  private let held: TrainingRows<S>?
  private let memory: Workspace<S>
  /// Of the validation rows
  private let predictions: UnsafeMutablePointer<S>
  /// The parameters before the last update.
  private let before: UnsafeMutablePointer<S>
  /// Of the objective's terms, over both halves
  private let sums: UnsafeMutablePointer<S>
  /// Batches trained before this one, which the noise depends on; set before each batch.
  var batchNumber: UInt64 = 0
  private let seed: UInt64
  /// Rows of the batch whose gradients wait.
  private var rowsTaken = 0
  /// Whether the second half's gradients are part of the sum.
  private var hasSecond = false
  private let desk: Crew.Desk?
  private let crew: Crew?

  /// - Throws: `AllocationError`.
  init(_ plan: TrainingPlan<S>, optimizer: OptimizerState<S>, batch: Int, crew: Crew?) throws {
    (held, seed) = (plan.held, plan.options.seed)
    let (base, chosen) = (try plan.prepareBase(), try plan.prepareChosen())
    isWhole = (base.isWhole, chosen?.isWhole == true)
    sumCount = max(base.sumCount, chosen?.sumCount ?? 0)
    let outputs = plan.sizes[plan.sizes.count - 1]
    parts = (base.parts(outputs: outputs), chosen?.parts(outputs: outputs) ?? 0)
    (self.optimizer, clip) = (optimizer, plan.options.clip)
    centralizes = optimizer.optimizer.centralizes
    let isSplit = batch >= BatchSplit.leastRows
    let hasMasks = plan.noise?.dropout != nil
    step = try TrainingStep(
      sizes: plan.sizes, activation: plan.activation,
      maximumRows: !isSplit || isWhole.base || isWhole.chosen
        ? batch : max(BatchSplit.leastRows, SplitStep.firstRows(batch)),
      parametersOf: nil, hasMasks: hasMasks)
    let count = step.parameterCount
    let outcomes = plan.held?.y.count ?? 0
    memory = try Workspace(counts: [count, sumCount, outcomes])
    (before, sums) = (memory.take(count), memory.take(sumCount))
    predictions = memory.take(outcomes)
    let middle = isSplit ? (count / 2 + 15) / 16 * 16 : count
    first = try Half(step, of: step, plan, optimizer, 0..<min(middle, count), before)
    second =
      isSplit
      ? try Half(
        TrainingStep(
          sizes: plan.sizes, activation: plan.activation, maximumRows: batch / 2,
          parametersOf: step, hasMasks: hasMasks),
        of: step, plan, optimizer, min(middle, count)..<count, before)
      : nil
    self.crew = crew
    // Whoever helps may look at the desk a little longer than this is there; what is offered is.
    desk =
      crew == nil
      ? nil : second.map { second in Crew.Desk { [unowned(unsafe) second] in second.perform() } }
    if let desk { crew?.add(desk) }
  }

  deinit { if let desk { crew?.remove(desk) } }

  /// At least half of them, in whole tiles of the products.
  private static func firstRows(_ rows: Int) -> Int { ((rows + 1) / 2 + 15) / 16 * 16 }

  /// The gradients of an objective, which wait for `update`, on rows of the data.
  ///
  /// - isChosen: whether the rows take the objective, not its base.
  /// - accumulate: adds to the gradients that wait.
  /// - Throws: as `TrainingStep.gradients`.
  func gradients(
    _ rows: UnsafeBufferPointer<Int>, isChosen: Bool, weight: S = 1, accumulate: Bool = false
  ) throws -> StepResult {
    if !accumulate { (hasSecond, rowsTaken) = (false, 0) }
    let place = BatchPlace(seed: seed, batch: batchNumber, firstRow: rowsTaken)
    rowsTaken += rows.count
    if isChosen {
      step.clearAboveKink()
      second?.step.clearAboveKink()
    }
    let isWhole = isChosen ? isWhole.chosen : isWhole.base
    guard let second, rows.count >= BatchSplit.leastRows, !isWhole else {
      return try first.take(rows, at: place, isChosen: isChosen, weight, accumulate)
    }
    let middle = SplitStep.firstRows(rows.count)
    first.begin(rows, 0..<middle, at: place, isChosen: isChosen, weight, accumulate)
    second.begin(
      rows, middle..<rows.count, at: place, isChosen: isChosen, weight, accumulate && hasSecond)
    hasSecond = true
    var result = StepResult(value: 0, base: 0)
    for part in 0..<(isChosen ? parts.chosen : parts.base) {
      let work = Half.Work.gradients(part: part, sums: UnsafePointer(sums))
      share(second, work, work)
      for index in 0..<sumCount { sums[index] = step.sums[index] + second.step.sums[index] }
      result.value += first.result.own + second.result.own + first.result.shared
      result.base += first.result.base + second.result.base
    }
    return result
  }

  /// Adds how many slopes of the last rows that took the objective are above the kink, per feature.
  func addAboveKink(to counts: inout [Int]) {
    for (index, count) in step.aboveKink.enumerated() { counts[index] += count }
    guard let other = second?.step.aboveKink else { return }
    for (index, count) in other.enumerated() { counts[index] += count }
  }

  /// The gradients that wait, in one place.
  @discardableResult func joinedGradients() -> UnsafeMutablePointer<S> {
    if hasSecond, let second {
      Kernels.add(second.step.gradients, to: step.gradients, count: step.parameterCount)
      hasSecond = false
    }
    return step.gradients
  }

  /// One update with the gradients that wait; whether all parameters are finite after it.
  func update(rateFactor: Double) -> Bool {
    if clip != nil || centralizes { joinedGradients() }
    let adds = hasSecond
    if let clip {
      let norm = Kernels.squaredNorm(step.gradients, step.parameterCount).squareRoot()
      if norm > clip {
        Kernels.scale(step.gradients, by: S(clip / norm), count: step.parameterCount)
      }
    }
    if centralizes { step.layout.centralize(step.gradients) }
    optimizer.beginUpdate(rateFactor: rateFactor)
    let own = UnsafePointer(step.gradients)
    guard let second else {
      first.perform(.update(gradients: own, added: nil))
      return first.isFinite
    }
    let other = UnsafePointer(second.step.gradients)
    share(
      second, .update(gradients: own, added: adds ? other : nil),
      .update(gradients: adds ? other : own, added: adds ? own : nil))
    return first.isFinite && second.isFinite
  }

  /// Root mean squared error over the validation rows and outputs; nil without any.
  func validationRMSE() -> Double? {
    guard let held else { return nil }
    let blocks = (held.count + MLP.blockRows - 1) / MLP.blockRows
    let half = (blocks + 1) / 2 * MLP.blockRows
    let middle = second == nil ? held.count : min(half, held.count)
    let work = Half.Work.predict(held, 0..<middle, into: predictions)
    if let second, middle < held.count {
      share(second, work, .predict(held, middle..<held.count, into: predictions))
    } else {
      first.perform(work)
    }
    let sum = Kernels.squaredDistance(predictions, held.y, held.y.count)
    return (sum / Double(held.y.count)).squareRoot()
  }

  /// The predictions that the last `validationRMSE` made, [rows][outputs].
  var validationPredictions: UnsafeBufferPointer<S> {
    UnsafeBufferPointer(start: predictions, count: held?.y.count ?? 0)
  }

  /// Takes the last update back.
  func restore() { step.parameters.update(from: before, count: step.parameterCount) }

  /// Returns when both halves have done their work, the second perhaps on another thread.
  private func share(_ second: Half, _ work: Half.Work, _ others: Half.Work) {
    second.work = others
    let isOffered = crew?.isWaiting == true
    (first.isAlone, second.isAlone) = (!isOffered, !isOffered)
    if isOffered { desk?.offer() }
    first.perform(work)
    if isOffered, let desk { desk.finish() } else { second.perform() }
  }

  /// A half of the rows and of the parameters. Whoever took it from the desk is alone with it until
  /// it is done.
  private final class Half: @unchecked Sendable {
    enum Work {
      case nothing
      case gradients(part: Int, sums: UnsafePointer<S>)
      case update(gradients: UnsafePointer<S>, added: UnsafePointer<S>?)
      case predict(TrainingRows<S>, Range<Int>, into: UnsafeMutablePointer<S>)
    }
    let step: TrainingStep<S>
    /// Of the first half
    private let owner: TrainingStep<S>
    let x: UnsafeMutablePointer<S>
    let y: UnsafeMutablePointer<S>
    /// Works in blocks that do not depend on the batch.
    private let evaluation: TrainingStep<S>?
    private let memory: Workspace<S>
    private let data: TrainingRows<S>
    // Of its own, as are its closures: those of both halves would be counted on one cache line.
    private let base: PreparedObjective<S>
    private let chosen: PreparedObjective<S>?
    private let noise: PreparedNoise?
    private let optimizer: OptimizerState<S>
    private let parameters: Range<Int>
    private let before: UnsafeMutablePointer<S>

    var work = Work.nothing
    /// Whether no other thread does the other half.
    var isAlone = true
    private(set) var result = PartResult()
    private(set) var isFinite = true

    // Of the batch at hand.
    private var rows = UnsafeBufferPointer<Int>(start: nil, count: 0)
    private var part = 0..<0
    private var isChosen = false
    private var weight: S = 1
    private var accumulates = false

    init(
      _ step: TrainingStep<S>, of owner: TrainingStep<S>, _ plan: TrainingPlan<S>,
      _ optimizer: OptimizerState<S>,
      _ parameters: Range<Int>, _ before: UnsafeMutablePointer<S>
    ) throws {
      (self.step, self.owner, data, self.optimizer) = (step, owner, plan.rows, optimizer)
      (self.parameters, self.before, noise) = (parameters, before, plan.noise)
      (base, chosen) = (try plan.prepareBase(), try plan.prepareChosen())
      try step.reserve(for: base)
      if let chosen { try step.reserve(for: chosen) }
      evaluation = try plan.held.map { held in
        try TrainingStep(
          sizes: plan.sizes, activation: plan.activation,
          maximumRows: min(held.count, MLP.blockRows), parametersOf: step)
      }
      let rows = step.maximumRows
      memory = try Workspace(counts: [rows * step.inputs, rows * step.outputs])
      (x, y) = (memory.take(rows * step.inputs), memory.take(rows * step.outputs))
    }

    /// - part: of the rows.
    func begin(
      _ rows: UnsafeBufferPointer<Int>, _ part: Range<Int>, at place: BatchPlace, isChosen: Bool,
      _ weight: S, _ accumulates: Bool
    ) {
      step.place = place
      step.place.firstRow += part.lowerBound
      (self.rows, self.part, self.isChosen) = (rows, part, isChosen)
      (self.weight, self.accumulates) = (weight, accumulates)
    }

    /// All rows of a batch, alone.
    ///
    /// - Throws: as `TrainingStep.wholeGradients`.
    func take(
      _ rows: UnsafeBufferPointer<Int>, at place: BatchPlace, isChosen: Bool, _ weight: S,
      _ accumulates: Bool
    ) throws -> StepResult {
      begin(rows, 0..<rows.count, at: place, isChosen: isChosen, weight, accumulates)
      gather()
      let (batch, objective) = (batch, isChosen ? chosen! : base)
      if let noise {
        if noise.adversarial != nil { step.prepareWeights(hasSlopes: true) }
        step.disturb(x, batch, noise, objective)
      }
      // Scripts see numbers as they are.
      if objective.isWhole {
        return try step.wholeGradients(batch, objective, weight, accumulates)
      }
      return Kernels.flushingDenormals { step.gradients(batch, objective, weight, accumulates) }
    }

    private var batch: BatchRows<S> {
      BatchRows(
        x: UnsafePointer(x), y: UnsafePointer(y), count: part.count, total: rows.count,
        start: part.lowerBound, places: rows.baseAddress! + part.lowerBound)
    }

    func perform(_ work: Work) {
      self.work = work
      perform()
    }

    func perform() {
      Kernels.flushingDenormals {
        switch work {
        case .nothing: break
        case .gradients(let part, let sums):
          let objective = isChosen ? chosen! : base
          if part == 0 { start(objective) }
          result = step.part(part, batch, objective, weight, accumulates, sums: sums)
        case .update(let gradients, let added):
          isFinite = optimizer.update(
            step.parameters, gradients: gradients, added: added, parameters, before: before,
            isShared: !isAlone)
        case .predict(let held, let rows, let predictions):
          held.x.withUnsafeBufferPointer {
            evaluation!.predict(
              x: $0.baseAddress! + rows.lowerBound * step.inputs, rows: rows.count,
              into: predictions + rows.lowerBound * step.outputs)
          }
        }
      }
    }

    /// Takes the rows and the weights, and adds the noise.
    private func start(_ objective: PreparedObjective<S>) {
      gather()
      if isAlone && step !== owner {
        step.useWeights(of: owner)
      } else {
        step.prepareWeights(hasSlopes: objective.needsSlopes || noise?.adversarial != nil)
      }
      if let noise { step.disturb(x, batch, noise, objective) }
    }

    private func gather() {
      func take(_ source: [S], _ columns: Int, into target: UnsafeMutablePointer<S>) {
        source.withUnsafeBufferPointer {
          Kernels.gatherRows(
            $0.baseAddress!, rows.baseAddress! + part.lowerBound, rows: part.count,
            columns: columns, into: target)
        }
      }
      take(data.x, step.inputs, into: x)
      take(data.y, step.outputs, into: y)
    }
  }
}
