import Kernels
import Tensors

/// A step with Adam on random data, to be timed.
public final class StepTimer {
  private let step: TrainingStep<Float>
  private let state: OptimizerState<Float>
  private let loss: PreparedObjective<Float>
  private let x: [Float]
  private let y: [Float]
  private let rows: Int

  /// Throws: `AllocationError`, `ArgumentError`.
  public init(
    features: Int, width: Int, layers: Int, batch: Int, activation: Activation, loss: Objective
  ) throws {
    var generator = RandomGenerator(seed: 1)
    let net = try MLP(
      inputs: features, hidden: Array(repeating: width, count: layers), activation: activation,
      using: &generator)
    step = try net.step(rows: batch, as: Float.self)
    state = try OptimizerState(.standard, count: step.parameterCount)
    self.loss = try PreparedObjective(loss, count: features)
    rows = batch
    x = (0..<(batch * features)).map { _ in Float(generator.normal()) }
    y = (0..<batch).map { _ in Float(generator.normal()) }
  }

  /// Takes so many steps and returns the last loss.
  @discardableResult public func run(_ steps: Int) -> Double {
    var value = 0.0
    Kernels.flushingDenormals {
      for _ in 0..<steps {
        value = step.gradients(x: x, y: y, rows: rows, loss: loss).value
        state.update(step.parameters, gradients: step.gradients, rateFactor: 1)
      }
    }
    return value
  }
}
