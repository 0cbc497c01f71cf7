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
  private let noise: PreparedNoise?
  /// x with its noise.
  private let noisyX: Workspace<Float>
  private let noisy: UnsafeMutablePointer<Float>

  /// - Throws: `AllocationError`, `ArgumentError`.
  public init(
    features: Int, width: Int, layers: Int, batch: Int, activation: Activation, loss: Objective,
    noise: ForwardNoise = .none
  ) throws {
    var generator = RandomGenerator(seed: 1)
    let net = try MLP(
      inputs: features, hidden: Array(repeating: width, count: layers), activation: activation,
      using: &generator)
    step = try net.step(rows: batch, hasMasks: noise.dropout > 0, as: Float.self)
    state = try OptimizerState(.standard, count: step.parameterCount)
    objective = try PreparedObjective(loss, inputs: features, outputs: 1, rows: batch)
    try step.reserve(for: objective)
    rows = batch
    x = (0..<(batch * features)).map { _ in Float(generator.normal()) }
    y = (0..<batch).map { _ in Float(generator.normal()) }
    self.noise = try PreparedNoise(noise, x: x, sizes: net.sizes, features: nil, seed: 1)
    noisyX = try Workspace(counts: [x.count])
    noisy = noisyX.take(x.count)
  }

  /// Takes so many steps and returns the last loss.
  @discardableResult public func run(_ steps: Int) -> Double {
    var value = 0.0
    Kernels.flushingDenormals {
      for _ in 0..<steps {
        value = gradients().value
        state.update(step.parameters, gradients: step.gradients, rateFactor: 1)
      }
    }
    return value
  }

  private func gradients() -> StepResult {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        var batch = BatchRows(
          x: x.baseAddress!, y: y.baseAddress!, count: rows, total: rows, start: 0, places: nil)
        if let noise {
          noisy.update(from: x.baseAddress!, count: x.count)
          step.place.batch += 1
          step.disturb(noisy, batch, noise, objective)
          batch = BatchRows(
            x: UnsafePointer(noisy), y: batch.y, count: rows, total: rows, start: 0, places: nil)
        }
        return step.gradients(batch, objective, 1, false)
      }
    }
  }
}
