import Foundation
import Platform
import Tensors

/// A network's predictions and slopes for many rows, in blocks that the cores share.
final class Evaluator<S: TensorScalar> {
  /// One per thread, with the first one's parameters.
  private let steps: [TrainingStep<S>]

  /// For up to this many rows at once.
  ///
  /// - Throws: `AllocationError`.
  init(_ net: MLP, rows: Int) throws {
    let step = try net.step(rows: min(rows, MLP.blockRows), as: S.self)
    // Waking a thread for less than some 50 µs of work costs more than it saves.
    let worthwhile = (rows * step.parameterCount) >> 22
    let blocks = (rows + MLP.blockRows - 1) / MLP.blockRows
    let threads = min(ProcessInfo.processInfo.activeProcessorCount, worthwhile, blocks)
    steps =
      try [step]
      + (1..<max(1, threads)).map { _ in
        try TrainingStep(
          sizes: net.sizes, activation: net.activation, maximumRows: step.maximumRows,
          parametersOf: step)
      }
  }

  /// Predictions [rows][outputs].
  func predict(x: UnsafePointer<S>, rows: Int, into y: UnsafeMutablePointer<S>) {
    nonisolated(unsafe) let (x, y) = (x, y)
    share(rows) { step, part in
      step.predict(
        x: x + part.lowerBound * step.inputs, rows: part.count,
        into: y + part.lowerBound * step.outputs)
    }
  }

  /// Slopes ∂ŷ/∂x [rows][outputs][inputs].
  func inputGradients(x: UnsafePointer<S>, rows: Int, into k: UnsafeMutablePointer<S>) {
    nonisolated(unsafe) let (x, k) = (x, k)
    share(rows) { step, part in
      step.inputGradients(
        x: x + part.lowerBound * step.inputs, rows: part.count,
        into: k + part.lowerBound * step.outputs * step.inputs)
    }
  }

  /// Whole blocks for each thread but the last, so that a row's result does not depend on the
  /// threads.
  private func share(_ rows: Int, _ body: @Sendable (TrainingStep<S>, Range<Int>) -> Void) {
    nonisolated(unsafe) let steps = steps
    let blocks = (rows + MLP.blockRows - 1) / MLP.blockRows
    let part = (blocks + steps.count - 1) / steps.count * MLP.blockRows
    WorkerThread.share(steps.count) { index in
      let start = min(index * part, rows)
      body(steps[index], start..<min(start + part, rows))
    }
  }
}
