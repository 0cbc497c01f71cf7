import Kernels
import Tensors

/// Training of any model that is a function of tensors: mini-batches, an optimizer, and a function
/// of parameters and a batch whose value is to become small.
public struct ScriptedTraining {
  /// The value of a batch: a scalar of the parameters, of x [rows][inputs] and of y
  /// [rows][outputs], nil for data without targets.
  public typealias Step = (_ parameters: [Tensor], _ x: Tensor, _ y: Tensor?) throws -> Tensor

  public var epochs = 100
  /// Rows of a mini-batch; the last of an epoch may be smaller.
  public var batch = 256
  public var optimizer = Optimizer.standard
  public var schedule = Schedule.constant
  /// Largest Euclidean norm of the gradient; larger ones are scaled down.
  public var clip: Double?
  public var onDivergence = DivergenceAction.error
  /// Of shuffling.
  public var seed: UInt64 = 1

  public init() {}

  /// What it gives; the parameters are copies.
  public struct Result {
    public let parameters: [Tensor]
    public let history: [EpochReport]
    public let outcome: Run.Outcome
    public let problem: String?
    public let seconds: Double
  }

  /// Throws: `ArgumentError` for parameters that share memory; `LostDerivativeError` for those of a
  /// derivative being taken; `DivergenceError` the moment numbers go bad; what the step and the
  /// control throw.
  public func run(
    _ parameters: [Tensor], data: Dataset, control: any TrainingControl = Unattended(),
    step: @escaping Step
  ) throws -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    try ParameterOptimizer.checkApart(parameters)
    // Copies are trained, so an outer derivative would be lost.
    for parameter in parameters { try parameter.checkConstant() }
    let model = try ParameterOptimizer(parameters.map { try $0.detached().copy() }, optimizer)
    var history: [EpochReport] = []
    var outcome = Run.Outcome.finished
    var problem: String?
    var order = Array(0..<data.count)
    var shuffling = RandomGenerator(seed: seed, stream: .shuffle)
    do {
      for epoch in 0..<epochs {
        shuffling.shuffle(&order)
        model.rateFactor = schedule.factor(epoch: epoch, of: epochs)
        guard let mean = try runEpoch(epoch, order, model, data, history, control, step) else {
          outcome = .stopped
          break
        }
        let report = EpochReport(
          epoch: epoch + 1, stage: .train, baseLoss: mean, laiLoss: nil, laiRatio: nil,
          laiCount: 0, validationRMSE: nil,
          learningRate: optimizer.learningRate * model.rateFactor,
          seconds: (clock.now - start) / .seconds(1))
        history.append(report)
        if !(try control.epochEnded(report)) {
          outcome = .stopped
          break
        }
      }
    } catch let error as DivergenceError where onDivergence == .stop {
      (outcome, problem) = (.diverged, error.description)
    }
    return Result(
      parameters: model.parameters, history: history, outcome: outcome, problem: problem,
      seconds: (clock.now - start) / .seconds(1))
  }

  /// The mean value over the rows; nil when the control ended it.
  private func runEpoch(
    _ epoch: Int, _ order: [Int], _ model: ParameterOptimizer, _ data: Dataset,
    _ history: [EpochReport], _ control: any TrainingControl, _ step: @escaping Step
  ) throws -> Double? {
    var sum = 0.0
    for first in stride(from: 0, to: order.count, by: batch) {
      if control.shouldStop() { return nil }
      let rows = Array(order[first..<min(first + batch, order.count)])
      let x = try data.x.taken(axis: 0, at: rows)
      let y = try data.y?.taken(axis: 0, at: rows)
      y?.isByRow = true
      let (value, gradients) = try Derivative.valueAndGradients(at: model.parameters) {
        let value = try step($0, x, y)
        guard value.isVariable || $0.isEmpty else {
          throw ConstantObjectiveError(variables: "the parameters that the step is given")
        }
        return value
      }
      func divergence(_ what: String) -> DivergenceError {
        DivergenceError(
          epoch: epoch + 1, batch: first / batch + 1, what: what,
          learningRate: optimizer.learningRate * model.rateFactor, history: history,
          parameters: [], action: onDivergence)
      }
      let number = try value.item()
      guard number.isFinite else { throw divergence("the value is \(numberText(number))") }
      do {
        try model.update(clipped(gradients))
      } catch let error as ArgumentError {
        throw divergence("\(error)")
      }
      sum += number * Double(rows.count)
    }
    return sum / Double(order.count)
  }

  private func clipped(_ gradients: [Tensor]) throws -> [Tensor] {
    guard let clip else { return gradients }
    let norm = try gradients.reduce(0) { sum, gradient in
      try sum
        + gradient.withElements(as: Double.self) {
          $0.isEmpty ? 0 : Kernels.squaredNorm($0.baseAddress!, $0.count)
        }
    }.squareRoot()
    return norm > clip ? try gradients.map { try $0 * (clip / norm) } : gradients
  }
}
