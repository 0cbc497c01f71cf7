import Kernels
import Tensors

/// A step with Adam on random data, to be timed.
public final class StepTimer {
  private let step: TrainingStep<Float>
  private let state: OptimizerState<Float>
  private let objective: PreparedObjective<Float>
  private let x: [Float]
  private let y: [Float]
  private let rows: Int

  /// - Throws: `AllocationError`, `ArgumentError`.
  public init(
    features: Int, width: Int, layers: Int, batch: Int, activation: Activation, loss: Objective
  ) throws {
    var generator = RandomGenerator(seed: 1)
    let net = try MLP(
      inputs: features, hidden: Array(repeating: width, count: layers), activation: activation,
      using: &generator)
    step = try net.step(rows: batch, as: Float.self)
    state = try OptimizerState(.standard, count: step.parameterCount)
    objective = try PreparedObjective(loss, inputs: features, outputs: 1, rows: batch)
    try step.reserve(for: objective)
    rows = batch
    x = (0..<(batch * features)).map { _ in Float(generator.normal()) }
    y = (0..<batch).map { _ in Float(generator.normal()) }
  }

  /// Takes so many steps and returns the last loss.
  @discardableResult public func run(_ steps: Int) -> Double {
    var value = 0.0
    Kernels.flushingDenormals {
      for _ in 0..<steps {
        value = x.withUnsafeBufferPointer { x in
          y.withUnsafeBufferPointer { y in
            let batch = BatchRows(
              x: x.baseAddress!, y: y.baseAddress!, count: rows, total: rows, start: 0, places: nil)
            return step.gradients(batch, objective, 1, false).value
          }
        }
        state.update(step.parameters, gradients: step.gradients, rateFactor: 1)
      }
    }
    return value
  }
}
