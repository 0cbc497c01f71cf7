import Learning
import Tensors
import Testing

/// Batches large enough to be cut in halves.
@Suite struct SplitTests {
  private func job(_ loss: Loss, alpha: Double, batch: Int, rows: Int) throws -> (
    TrainingJob, MLP
  ) {
    var generator = RandomGenerator(seed: 5)
    let net = try MLP(inputs: 3, hidden: [20, 9], activation: .named("tanh"), using: &generator)
    let x = try Tensor((0..<(rows * 3)).map { _ in generator.normal() }, shape: [rows, 3])
    let y = try Tensor((0..<rows).map { _ in generator.normal() }, shape: [rows])
    var options = TrainingOptions()
    options.loss = loss
    options.alpha = alpha
    options.batch = batch
    options.pretrain = 1
    options.epochs = 3
    return (try TrainingJob(options, model: net, data: try Dataset(x: x, y: y)), net)
  }

  /// Alone, helped by another thread, among others: the same bits.
  @Test(arguments: [(300, 128), (300, 130), (777, 256), (515, 257), (300, 127)])
  func sameBitsForAnyThreads(rows: Int, batch: Int) throws {
    for (loss, alpha) in [
      (Loss.base(.mse), 0.0), (try Loss.lai(LaiLoss(lambda: .uniform(0.1))), 0.4),
    ] {
      let one = try job(loss, alpha: alpha, batch: batch, rows: rows)
      let alone = try Training.run(one.0, model: one.1)
      let other = try job(.base(.mae), alpha: 0, batch: batch, rows: rows)
      for workers in [1, 2, 3] {
        var control = Silent()
        let runs = try Training.runAll([one, other, one], workers: workers, control: &control)
        for run in [runs[0], runs[2]] {
          #expect(
            run.model.parameters.elements(as: Float.self)
              == alone.model.parameters.elements(as: Float.self))
          #expect(run.history.map(\.baseLoss) == alone.history.map(\.baseLoss))
        }
      }
    }
  }

  /// One step down the halves' gradient is one down the whole batch's.
  @Test(arguments: [128, 129, 143, 144, 200, 256, 301])
  func halvesAreTheWhole(rows: Int) throws {
    var generator = RandomGenerator(seed: 7)
    let net = try MLP(
      inputs: 3, hidden: [20, 9], activation: .named("tanh"), dtype: .float64, using: &generator)
    let x = try Tensor(
      (0..<(rows * 3)).map { _ in generator.normal() }, shape: [rows, 3], dtype: .float64)
    let y = try Tensor((0..<rows).map { _ in generator.normal() }, shape: [rows], dtype: .float64)
    var options = TrainingOptions()
    (options.epochs, options.batch, options.alpha) = (1, rows, 0)
    options.optimizer = try .sgd(learningRate: 1)
    let run = try Training.run(
      TrainingJob(options, model: net, data: Dataset(x: x, y: y)), model: net)

    let step = try TrainingStep<Double>(
      sizes: net.sizes, activation: net.activation, maximumRows: rows)
    let start = net.parameters.elements(as: Double.self)
    step.parameters.update(from: start, count: start.count)
    let result = step.gradients(
      x: x.elements(as: Double.self), y: y.elements(as: Double.self), rows: rows,
      loss: try PreparedLoss<Double>(.base(.mse), count: 3))
    #expect(abs(run.history[0].baseLoss - result.value) < 1e-12)
    for (index, value) in run.model.parameters.elements(as: Double.self).enumerated() {
      #expect(abs(value - (start[index] - step.gradients[index])) < 1e-12)
    }
  }

  private struct Silent: PoolControl {
    func shouldStop() -> Bool { false }
    func progress(done: Int, of total: Int) {}
  }
}
