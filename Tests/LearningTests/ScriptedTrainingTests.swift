import Foundation
import Learning
import Tensors
import Testing

/// Scripted models have the loop of networks: validation, early stopping, metrics, states.
@Suite struct ScriptedTrainingTests {
  /// Rows of y = 3x + 4 with a little noise.
  private func line(_ rows: Range<Int>) throws -> Dataset {
    let x = rows.map { Double($0 * 37 % 50) / 25 - 1 }
    let y = zip(rows, x).map { 3 * $1 + 4 + 0.1 * Double($0 * 13 % 7 - 3) }
    return try Dataset(
      x: Tensor(x, shape: [x.count, 1], dtype: .float64),
      y: Tensor(y, shape: [x.count], dtype: .float64))
  }
  private let step: ScriptedTraining.Step = { p, x, y in
    try (x * p[0] + p[1].converted(to: .float64) - y!).square().mean()
  }
  private let prediction: ScriptedTraining.Prediction = { p, x in
    try x * p[0] + p[1].converted(to: .float64)
  }
  /// Of two number types.
  private func start() throws -> [Tensor] {
    [try Tensor(zeros: [1], dtype: .float64), try Tensor(zeros: [1], dtype: .float32)]
  }
  private func training(_ optimizer: String = "adam", _ rate: Double? = 0.1) throws
    -> ScriptedTraining
  {
    var training = ScriptedTraining()
    training.options.optimizer = try Optimizer(
      optimizer, rate.map { ["lr": .number($0)] } ?? [:])
    (training.options.epochs, training.options.batch) = (6, 16)
    training.options.schedule = .cosine(floor: 0.1)
    training.prediction = prediction
    training.options.metrics = ["r2", "mae"]
    return training
  }
  private func bits(_ run: ScriptedRun) -> [UInt64] {
    run.parameters.flatMap { $0.doubles.map(\.bitPattern) }
  }

  @Test("stopped before any batch", arguments: [("adam", 0.1), ("sgd", 0.1), ("lbfgs", nil)])
  func anyBatch(optimizer: String, rate: Double?) throws {
    var training = try self.training(optimizer, rate)
    if optimizer == "adam" { training.options.earlyStopping = try EarlyStopping(patience: 2) }
    let (data, held) = (try line(0..<40), try line(40..<60))
    let whole = try training.run(start(), data: data, validation: held, step: step)
    for batch in 0...18 {
      let part = try training.run(
        start(), data: data, validation: held, control: Stop(before: batch), step: step)
      let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID())").path
      defer { try? FileManager.default.removeItem(atPath: path) }
      try #require(part.state).save(to: path)
      let run = try ScriptedTraining.resume(
        TrainingState.load(from: path), data: data, validation: held, prediction: prediction,
        step: step)
      #expect(bits(run) == bits(whole) && run.history == whole.history, "batch \(batch)")
      #expect(run.parameters.map(\.dtype) == [.float64, .float32])
    }
  }

  @Test("validation: the mean value of the step, RMSE and metrics of the predictions")
  func validation() throws {
    let (data, held) = (try line(0..<40), try line(40..<60))
    let run = try training().run(start(), data: data, validation: held, step: step)
    let last = try #require(run.history.last)
    // 20 rows in batches of 16 and 4: the mean is over rows.
    let errors = zip(held.x.doubles, held.y!.doubles).map { x, y in
      x * run.parameters[0].doubles[0] + run.parameters[1].doubles[0] - y
    }
    let square = errors.reduce(0) { $0 + $1 * $1 } / 20
    #expect(abs(last.validationLoss! - square) < 1e-12)
    #expect(abs(last.validationRMSE! - square.squareRoot()) < 1e-12)
    #expect(abs(last.metrics["mae"]! - errors.reduce(0) { $0 + abs($1) } / 20) < 1e-12)
    let mean = held.y!.doubles.reduce(0, +) / 20
    let spread = held.y!.doubles.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20
    #expect(abs(run.metrics["r2"]! - (1 - square / spread)) < 1e-12)
    #expect(run.bestEpoch == 6)
  }

  @Test("early stopping returns the parameters of the best epoch") func earlyStopping() throws {
    var training = try self.training("sgd", 1.02)
    training.options.schedule = .constant
    (training.options.epochs, training.prediction, training.options.metrics) = (50, nil, [])
    training.options.earlyStopping = try EarlyStopping(patience: 3)
    let (data, held) = (try line(0..<40), try line(40..<60))
    let run = try training.run(start(), data: data, validation: held, step: step)
    let values = run.history.map { $0.validationLoss! }
    let best = values.indices.min { values[$0] < values[$1] }! + 1
    #expect(run.outcome == .earlyStopped && run.bestEpoch == best)
    #expect(run.history.count == best + 3)
    let value = try step(run.parameters, held.x, held.y).item()
    #expect(abs(value - values[best - 1]) < 1e-12)
  }

  @Test("what does not fit is refused") func errors() throws {
    let (data, held) = (try line(0..<40), try line(40..<60))
    func failure(_ change: (inout ScriptedTraining) throws -> Void) throws -> String {
      var training = try self.training()
      try change(&training)
      return message { _ = try training.run(start(), data: data, step: step) }
    }
    #expect(try failure { $0.options.pretrain = 1 }.contains("pretrain must be 0"))
    #expect(
      try failure { $0.options.earlyStopping = try EarlyStopping(patience: 1) }
        == "validation must be given for early stopping (got none)")
    #expect(try failure { _ in }.contains("metrics must be given with predict and validation"))
    #expect(try failure { $0.options.metrics = ["r3"] }.contains("metrics must be names such as"))
    var training = try self.training()
    training.prediction = { p, x in try x.squeezed(axis: 1) * p[0] }
    #expect(
      message { _ = try training.run(start(), data: data, validation: held, step: step) }
        .hasPrefix("the value of predict must be of shape 16x1 (got 16)"))
    training.prediction = prediction
    let state = try #require(
      training.run(start(), data: data, validation: held, control: Stop(before: 4), step: step)
        .state)
    #expect(
      message { _ = try Training.resume(state, data: data, validation: held) }
        == "state must be of a network (got that of a scripted model)")
    #expect(
      message {
        _ = try ScriptedTraining.resume(state, data: data, validation: held, step: step)
      } == "predict must be given again (got none)")
  }

  @Test("a value that explodes without overflowing is divergence") func divergence() throws {
    var training = try self.training("sgd", 3)
    training.options.epochs = 400
    let (data, held) = (try line(0..<40), try line(40..<60))
    let error = try #require(throws: DivergenceError.self) {
      _ = try training.run(start(), data: data, validation: held, step: step)
    }
    #expect(error.what.hasPrefix("the value is") && error.what.hasSuffix("own size"))
    training.options.divergenceThreshold = 1.5
    let earlier = try #require(throws: DivergenceError.self) {
      _ = try training.run(start(), data: data, validation: held, step: step)
    }
    #expect((earlier.epoch, earlier.batch) < (error.epoch, error.batch))
  }
}
