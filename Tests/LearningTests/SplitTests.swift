import Learning
import Tensors
import Testing

/// Batches large enough to be cut in halves.
@Suite struct SplitTests {
  /// Of several blocks.
  private let validation: Dataset

  init() throws {
    var generator = RandomGenerator(seed: 6)
    let x = try Tensor((0..<(1500 * 3)).map { _ in generator.normal() }, shape: [1500, 3])
    validation = try Dataset(x: x, y: x.sum(axis: 1))
  }

  private func job(_ loss: Objective, alpha: Double, batch: Int, rows: Int) throws -> (
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
    return (
      try TrainingJob(options, model: net, data: Dataset(x: x, y: y), validation: validation), net
    )
  }

  /// Alone, helped by another thread, among others: the same bits.
  @Test(arguments: [(300, 128), (300, 130), (777, 256), (515, 257), (300, 127)])
  func sameBitsForAnyThreads(rows: Int, batch: Int) throws {
    for (loss, alpha) in [
      (Objective.mse, 0.0), (try Objective.lai(LaiLoss(lambda: .uniform(0.1))), 0.4),
      (try .mae + .penalty(Penalty("input_gradient")) + .penalty(Penalty("l1")), 0.7),
    ] {
      let one = try job(loss, alpha: alpha, batch: batch, rows: rows)
      let alone = try Training.run(one.0, model: one.1)
      let errors = try alone.model(validation.x) - validation.y!
      let mean = try (errors * errors).mean().item()
      #expect(abs(alone.history.last!.validationRMSE! - mean.squareRoot()) < 1e-6)
      let other = try job(.residual(.mae), alpha: 0, batch: batch, rows: rows)
      for workers in [1, 2, 3] {
        var control = Silent()
        let runs = try Training.runAll([one, other, one], workers: workers, control: &control)
        for run in [runs[0], runs[2]] {
          #expect(
            try run.model.parameters.elements(as: Float.self)
              == alone.model.parameters.elements(as: Float.self))
          #expect(run.history == alone.history)
        }
      }
    }
  }

  private static let losses: [Objective] = [
    .residual(.mse), .residual(.mae), .lai(try! LaiLoss(lambda: .uniform(0.1))),
    .lai(try! LaiLoss(base: .mae, lambda: .uniform(0.5), norm: .l1)),
    .lai(try! LaiLoss(lambda: .uniform(0.2), norm: .elastic(mix: 0.3), detach: .residual)),
    .lai(try! LaiLoss(lambda: .uniform(0.2), reduction: .sample)),
    .lai(try! LaiLoss(lambda: .uniform(0.2), detach: .slope)),
    try! .mse + 0.2 * .penalty(Penalty("jacobian")) + .penalty(Penalty("l2", ["weight": 0.1])),
    try! .residual(Residual("huber")) + 0.1 * .penalty(Penalty("double_backprop"))
      + .lai(LaiLoss(lambda: .uniform(0.3))),
  ]

  /// One step down the halves' gradient is one down the whole batch's.
  @Test(arguments: [128, 129, 143, 144, 200, 256, 301], losses)
  func halvesAreTheWhole(rows: Int, loss: Objective) throws {
    try compare(rows: rows, loss, alpha: 1)
  }

  @Test(arguments: losses) func severalOutputs(loss: Objective) throws {
    try compare(rows: 200, outputs: 3, loss, alpha: 1)
  }

  /// The norm is that of the halves' sum.
  @Test(arguments: losses) func clippedHalves(loss: Objective) throws {
    try compare(rows: 200, loss, alpha: 1, clip: 0.01)
  }

  /// Lai rows, then the others: either, both or none in halves.
  @Test(arguments: [0.1, 0.4, 0.5, 0.8], losses) func points(alpha: Double, loss: Objective) throws
  {
    for rows in [200, 400] { try compare(rows: rows, loss, alpha: alpha, sample: .points) }
  }

  /// The change of all parameters by one step of gradient descent with rate 1, beside what the
  /// fast step gives for all rows at once. Rows are the same where only some take the Lai loss.
  private func compare(
    rows: Int, outputs: Int = 1, _ loss: Objective, alpha: Double, sample: LaiSample = .batches,
    clip: Double? = nil
  ) throws {
    var generator = RandomGenerator(seed: 7)
    let net = try MLP(
      inputs: 3, hidden: [20, 9], outputs: outputs, activation: .named("tanh"), dtype: .float64,
      using: &generator)
    var (x, y): ([Double], [Double]) = ([], [])
    for row in 0..<rows {
      x += sample == .points && row > 0 ? Array(x[..<3]) : (0..<3).map { _ in generator.normal() }
      y +=
        sample == .points && row > 0
        ? Array(y[..<outputs]) : (0..<outputs).map { _ in generator.normal() }
    }
    var options = TrainingOptions()
    (options.epochs, options.batch, options.alpha) = (1, rows, alpha)
    (options.loss, options.sample, options.clip) = (loss, sample, clip)
    options.optimizer = try .sgd(learningRate: 1)
    let data = try Dataset(
      x: Tensor(x, shape: [rows, 3], dtype: .float64),
      y: Tensor(y, shape: [rows, outputs], dtype: .float64))
    let run = try Training.run(TrainingJob(options, model: net, data: data), model: net)

    let step = try TrainingStep<Double>(
      sizes: net.sizes, activation: net.activation, maximumRows: rows)
    let start = try net.parameters.elements(as: Double.self)
    step.parameters.update(from: start, count: start.count)
    let chosen = loss != loss.base ? Int(alpha * Double(rows)) : 0
    var base = 0.0
    if chosen > 0 {
      let result = try step.gradients(
        x: x, y: y, rows: chosen,
        objective: try PreparedObjective<Double>(loss, inputs: 3, outputs: outputs),
        weight: Double(chosen) / Double(rows))
      base += result.base * Double(chosen) / Double(rows)
      #expect(abs(try #require(run.history[0].laiLoss) - result.value) < 1e-12 * result.value)
    }
    if chosen < rows {
      let share = Double(rows - chosen) / Double(rows)
      base +=
        try share
        * step.gradients(
          x: x, y: y, rows: rows - chosen,
          objective: try PreparedObjective<Double>(loss.base, inputs: 3, outputs: outputs),
          weight: share,
          accumulate: chosen > 0
        ).base
    }
    #expect(abs(run.history[0].baseLoss - base) < 1e-12)
    let gradients = (0..<start.count).map { step.gradients[$0] }
    let norm = gradients.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let scale = clip.map { min(1, $0 / norm) } ?? 1
    let expected = zip(start, gradients).map { $0 - scale * $1 }
    let largest = zip(expected, run.model.parameters.doubles).map { abs($0 - $1) }
      .max()!
    #expect(largest < 1e-12 * max(1, norm))
  }

  /// A batch that is too small for halves, after one in halves: nothing of that is left.
  @Test(arguments: losses) func thePartialBatchStandsAlone(loss: Objective) throws {
    var generator = RandomGenerator(seed: 9)
    let net = try MLP(
      inputs: 3, hidden: [20, 9], activation: .named("tanh"), dtype: .float64, using: &generator)
    let row = (0..<3).map { _ in generator.normal() }
    let x = (0..<148).flatMap { _ in row }
    let y = [Double](repeating: 2, count: 148)
    var options = TrainingOptions()
    (options.epochs, options.batch, options.alpha, options.loss) = (1, 128, 1, loss)
    options.optimizer = try .sgd(learningRate: 0.01)
    let data = try Dataset(
      x: Tensor(x, shape: [148, 3], dtype: .float64),
      y: Tensor(y, shape: [148], dtype: .float64))
    let run = try Training.run(TrainingJob(options, model: net, data: data), model: net)

    let step = try TrainingStep<Double>(
      sizes: net.sizes, activation: net.activation, maximumRows: 148)
    let start = try net.parameters.elements(as: Double.self)
    step.parameters.update(from: start, count: start.count)
    let prepared = try PreparedObjective<Double>(loss, inputs: 3, outputs: 1)
    for rows in [128, 20] {
      _ = try step.gradients(x: x, y: y, rows: rows, objective: prepared)
      for index in start.indices { step.parameters[index] -= 0.01 * step.gradients[index] }
    }
    for (index, value) in try run.model.parameters.elements(as: Double.self).enumerated() {
      #expect(abs(value - step.parameters[index]) < 1e-12)
    }
  }

  /// A weight that no gradient reaches, too small for a normal number: 0 after an update, in either
  /// half of the parameters, in halves of the batch and alone.
  @Test(arguments: [64, 128]) func denormalsEndInTraining(batch: Int) throws {
    let net = try MLP(inputs: 3, hidden: [20, 9], activation: .named("tanh"))
    let weights = try net.parameters.mutableBase(as: Float.self)
    for index in 0..<net.parameters.count { weights[index] = .leastNormalMagnitude / 4 }
    var options = TrainingOptions()
    (options.epochs, options.batch, options.alpha) = (1, batch, 0)
    let data = try Dataset(x: Tensor(zeros: [batch, 3]), y: Tensor(zeros: [batch]))
    let run = try Training.run(TrainingJob(options, model: net, data: data), model: net)
    #expect(try run.model.parameters.elements(as: Float.self).allSatisfy { $0 == 0 })
  }

  /// Rows in blocks that cores share, beside each alone.
  @Test(arguments: [DType.float32, .float64], [1, 2]) func evaluation(dtype: DType, outputs: Int)
    throws
  {
    var generator = RandomGenerator(seed: 8)
    let net = try MLP(
      inputs: 3, hidden: [60, 70], outputs: outputs, activation: .named("tanh"), dtype: dtype,
      using: &generator)
    let rows = 4001
    let x = try Tensor(
      (0..<(rows * 3)).map { _ in generator.normal() }, shape: [rows, 3], dtype: dtype)
    let predictions = try net(x).elements(as: Double.self)
    let slopes = try net.inputGradient(x).elements(as: Double.self)
    let tolerance = dtype == .float32 ? 0 : 1e-14
    for row in [0, 1, 511, 512, 1024, 1999, 2000, 2047, 2048, 2049, 3583, 3584, 4000] {
      let one = try x.selected(axis: 0, index: row)
      let prediction = try net(one).elements(as: Double.self)
      let slope = try net.inputGradient(one).elements(as: Double.self)
      for (index, value) in prediction.enumerated() {
        #expect(abs(predictions[row * outputs + index] - value) <= tolerance)
      }
      for (index, value) in slope.enumerated() {
        #expect(abs(slopes[row * outputs * 3 + index] - value) <= tolerance)
      }
    }
  }

  private struct Silent: PoolControl {
    func shouldStop() -> Bool { false }
    func progress(done: Int, of total: Int) {}
  }
}
