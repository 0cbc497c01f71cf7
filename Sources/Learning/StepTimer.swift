import Kernels
import Tensors

/// A step with Adam on random data, to be timed.
public final class StepTimer {
  private let step: TrainingStep<Float>
  private let state: OptimizerState<Float>
  private let loss: PreparedLoss<Float>
  private let x: Tensor
  private let y: Tensor
  private let rows: Int

  /// Throws: `AllocationError`, `ArgumentError`.
  public init(
    features: Int, width: Int, layers: Int, batch: Int, activation: Activation, loss: Loss
  ) throws {
    var generator = RandomGenerator(seed: 1)
    let net = try MLP(
      inputs: features, hidden: Array(repeating: width, count: layers), activation: activation,
      using: &generator)
    step = try net.step(rows: batch, as: Float.self)
    state = try OptimizerState(.standard, count: step.parameterCount)
    self.loss = try PreparedLoss(loss, count: features)
    rows = batch
    x = try Tensor(
      (0..<(batch * features)).map { _ in generator.normal() }, shape: [batch, features])
    y = try Tensor((0..<batch).map { _ in generator.normal() }, shape: [batch])
  }

  /// Takes so many steps and returns the last loss.
  @discardableResult public func run(_ steps: Int) -> Double {
    var value = 0.0
    let (x, y) = (x.base(as: Float.self), y.base(as: Float.self))
    Kernels.flushingDenormals {
      for _ in 0..<steps {
        value = step.gradients(x: x, y: y, rows: rows, loss: loss).value
        state.update(step.parameters, gradients: step.gradients, rateFactor: 1)
      }
    }
    return value
  }
}
