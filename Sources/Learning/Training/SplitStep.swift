import Kernels
import Tensors

enum BatchSplit {
  /// Batches from this many rows on are cut: below, meeting costs what two threads gain.
  static let leastRows = 128
}

/// A step whose larger batches are taken in two halves, one of which an idle thread may do. The
/// gradients are the halves' sum in any case: the same bits, whoever does it.
final class SplitStep<S: TensorScalar> {
  let step: TrainingStep<S>
  private let half: Half?
  private let desk: Crew.Desk?
  private let crew: Crew?

  /// Throws: `AllocationError`.
  init(sizes: [Int], activation: Activation, maximumRows: Int, crew: Crew?) throws {
    step = try TrainingStep(sizes: sizes, activation: activation, maximumRows: maximumRows)
    half =
      maximumRows >= BatchSplit.leastRows
      ? Half(
        try TrainingStep(
          sizes: sizes, activation: activation, maximumRows: maximumRows / 2, weightsOf: step))
      : nil
    self.crew = crew
    desk = crew == nil ? nil : half.map { half in Crew.Desk { half.perform() } }
    if let desk { crew?.add(desk) }
  }

  deinit { if let desk { crew?.remove(desk) } }

  /// At least half of them, in whole tiles of the products.
  private static func firstRows(_ rows: Int) -> Int { (rows / 2 + 15) / 16 * 16 }

  /// The gradients of any loss, into the step's; MSE and MAE in halves.
  ///
  /// Throws: as `TrainingStep.gradientsOfAny`.
  func gradients(
    x: UnsafePointer<S>, y: UnsafePointer<S>, rows: Int, loss: PreparedLoss<S>, weight: S = 1,
    accumulate: Bool = false
  ) throws -> StepResult {
    guard let half, rows >= BatchSplit.leastRows, !loss.isLai, loss.custom == nil else {
      return try step.gradientsOfAny(
        x: x, y: y, rows: rows, loss: loss, weight: weight, accumulate: accumulate)
    }
    step.prepareWeights()
    let first = SplitStep.firstRows(rows)
    let share = S(first) / S(rows)
    half.task = Half.Task(
      x: x + first * step.inputs, y: y + first * step.outputs, rows: rows - first, loss: loss,
      weight: weight * S(rows - first) / S(rows))
    let isOffered = crew?.isWaiting == true
    if isOffered { desk?.offer() }
    let result = step.baseGradients(x, y, first, loss, weight * share, accumulate)
    if isOffered, let desk { desk.finish() } else { half.perform() }
    Kernels.add(half.step.gradients, to: step.gradients, count: step.parameterCount)
    let value =
      (result.value * Double(first) + half.result.value * Double(rows - first)) / Double(rows)
    return StepResult(value: value, base: value)
  }

  /// The second half of a batch. Whoever took it from the desk is alone with it until it is done.
  private final class Half: @unchecked Sendable {
    struct Task {
      let x: UnsafePointer<S>
      let y: UnsafePointer<S>
      let rows: Int
      let loss: PreparedLoss<S>
      let weight: S
    }
    let step: TrainingStep<S>
    var task: Task?
    var result = StepResult(value: 0, base: 0)

    init(_ step: TrainingStep<S>) { self.step = step }

    func perform() {
      guard let task else { return }
      result = step.baseGradients(task.x, task.y, task.rows, task.loss, task.weight, false)
    }
  }
}
