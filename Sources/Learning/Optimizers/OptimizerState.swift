import Kernels
import Tensors

/// What an optimizer keeps for the parameters of one run: slots and the number of updates, or the
/// curvature that a search has seen.
final class OptimizerState<S: TensorScalar> {
  let optimizer: Optimizer
  private let count: Int
  /// nil for an optimizer that searches.
  private let formula: BoundFormula<S>?
  /// nil for an optimizer with a formula.
  var search: LBFGS?
  private let memory: Workspace<S>
  /// Of those that the rule has, the buffers.
  private let buffers: [UnsafeMutablePointer<S>]
  private let slots: Slots<UnsafeMutablePointer<S>>
  private let learningRate: Double
  private let weightDecay: Double
  private let isDecoupled: Bool
  private var steps = 0
  // Of the update at hand
  private var penalty: S = 0
  private var decay: S = 0

  /// - Throws: `AllocationError`.
  init(_ optimizer: Optimizer, count: Int) throws {
    (self.optimizer, self.count) = (optimizer, count)
    switch optimizer.record.kind {
    case .formula(let makers, let isDecoupled):
      formula = makers.bound(to: optimizer.options, as: S.self)
      self.isDecoupled = isDecoupled
    case .search:
      (formula, isDecoupled, search) = (nil, false, LBFGS(optimizer))
    }
    (learningRate, weightDecay) = (optimizer.learningRate, optimizer.weightDecay)
    let slotCount = formula?.slots ?? 0
    let memory = try Workspace<S>(counts: Array(repeating: count, count: slotCount))
    let buffers = (0..<slotCount).map { _ in memory.take(count) }
    (self.memory, self.buffers) = (memory, buffers)
    // Those that the rule has not are not looked at.
    let spare = UnsafeMutablePointer<S>(bitPattern: MemoryLayout<S>.alignment)!
    func buffer(_ place: Int) -> UnsafeMutablePointer<S> {
      place < buffers.count ? buffers[place] : spare
    }
    slots = Slots(buffer(0), buffer(1), buffer(2))
  }

  /// What is kept, to go on from elsewhere.
  ///
  /// - Throws: `AllocationError`.
  func stored() throws -> StoredOptimizer {
    if let search { return try search.stored() }
    return try StoredOptimizer(
      steps: steps,
      slots: buffers.map { try StoredTensor(UnsafeBufferPointer<S>(start: $0, count: count)) })
  }

  /// - Throws: `ArgumentError` for what another optimizer kept, or of other parameters.
  func restore(_ stored: StoredOptimizer) throws {
    guard search == nil else {
      try search!.restore(stored, count: count)
      return
    }
    guard (0...1 << 60).contains(stored.steps), stored.slots.count == buffers.count,
      stored.slots.allSatisfy({ $0.dtype == S.dtype && $0.count == count })
    else { throw stored.mismatch(optimizer, count: count, S.dtype) }
    for (buffer, slot) in zip(buffers, stored.slots) {
      slot.write(to: buffer)
    }
    steps = stored.steps
  }

  /// One update with the schedule's factor on the learning rate; whether all are finite after it.
  @discardableResult func update(
    _ parameters: UnsafeMutablePointer<S>, gradients: UnsafePointer<S>, rateFactor: Double
  ) -> Bool {
    beginUpdate(rateFactor: rateFactor)
    return update(parameters, gradients: gradients, 0..<count, before: nil)
  }

  /// The next update, whose parts different threads may do; for an optimizer with a formula.
  func beginUpdate(rateFactor: Double) {
    steps += 1
    let rate = learningRate * rateFactor
    formula!.begin(rate, steps)
    if isDecoupled { decay = S(rate * weightDecay) } else { penalty = S(weightDecay) }
  }

  /// The update of some of the parameters, which `before` then holds as they were; whether these are
  /// finite after it.
  ///
  /// - added: to the gradients; nil for nothing.
  /// - isShared: whether another core has read the parameters. Each line of them has to be fetched
  ///   back then, and they are written a block at a time: lines come faster with no other writes
  ///   between them.
  func update(
    _ parameters: UnsafeMutablePointer<S>, gradients: UnsafePointer<S>,
    added: UnsafePointer<S>? = nil, _ range: Range<Int>, before: UnsafeMutablePointer<S>?,
    isShared: Bool = false
  ) -> Bool {
    if let before {
      let first = range.lowerBound
      (before + first).update(from: parameters + first, count: range.count)
    }
    func update(_ start: Int, _ count: Int, into updated: UnsafeMutablePointer<S>) -> Bool {
      formula!.update(
        parameters + start, gradients + start, added.map { $0 + start }, updated,
        Slots(slots.first + start, slots.second + start, slots.third + start), count, penalty,
        decay)
    }
    guard isShared else {
      return update(range.lowerBound, range.count, into: parameters + range.lowerBound)
    }
    let length = 1024 / MemoryLayout<S>.stride
    return withUnsafeTemporaryAllocation(of: S.self, capacity: length) { block in
      var isFinite = true
      for start in stride(from: range.lowerBound, to: range.upperBound, by: length) {
        let count = min(length, range.upperBound - start)
        let isGood = update(start, count, into: block.baseAddress!)
        (parameters + start).update(from: block.baseAddress!, count: count)
        isFinite = isFinite && isGood
      }
      return isFinite
    }
  }
}
