import Tensors
import Testing

@testable import Learning

/// How runs end: by a control, early, or not having begun.
@Suite struct TrainingEndTests {
  @Test func controlEndsTheRun() throws {
    let problem = try Problem()
    let untouched = RecordingControl()
    let whole = try problem.run(untouched)
    #expect(untouched.batches == 25)
    #expect(untouched.epochs == whole.history)

    let byEpoch = RecordingControl()
    byEpoch.lastEpoch = 3
    let three = try problem.run(byEpoch)
    #expect(three.outcome == .stopped)
    #expect(three.history == Array(whole.history[..<3]))

    let byBatch = RecordingControl()
    byBatch.lastBatch = 12
    let part = try problem.run(byBatch)
    #expect(part.outcome == .stopped)
    #expect(part.history == Array(whole.history[..<2]))
    #expect(part.weights != problem.model.parameters.doubles)
    #expect(part.weights != whole.weights)

    let atOnce = RecordingControl()
    atOnce.lastBatch = 0
    let nothing = try problem.run(atOnce)
    #expect(nothing.weights == problem.model.parameters.doubles)
    #expect(nothing.history.isEmpty)
    #expect(!nothing.description.isEmpty)

    struct Refusal: Error {}
    final class Refusing: TrainingControl {
      func shouldStop() -> Bool { false }
      func epochEnded(_ report: EpochReport) throws -> Bool { throw Refusal() }
    }
    #expect(throws: Refusal.self) { _ = try problem.run(Refusing()) }
  }

  @Test func noEpochsAtAll() throws {
    let problem = try Problem().changed {
      $0.epochs = 0
      $0.pretrain = 0
    }
    let run = try problem.run()
    #expect(run.history.isEmpty)
    #expect(run.weights == problem.model.parameters.doubles)
  }

  @Test func earlyStoppingGivesTheBestModel() throws {
    // Without noise-free targets and with a large rate, the validation error soon rises.
    let problem = try Problem(rows: 20, hidden: [32]).changed {
      $0.pretrain = 0
      $0.epochs = 400
      $0.loss = .residual(.mse)
      $0.optimizer = try .adam(learningRate: 3e-2)
      $0.earlyStopping = try EarlyStopping(patience: 7)
    }
    let run = try problem.run()
    #expect(run.outcome == .earlyStopped)
    let errors = run.history.map { $0.validationRMSE! }
    let best = errors.firstIndex(of: errors.min()!)!
    #expect(errors.count == best + 8)
    let shorter = try problem.changed {
      $0.epochs = best + 1
      $0.earlyStopping = nil
    }.run()
    #expect(shorter.weights == run.weights)
    let demanding = try problem.changed {
      $0.earlyStopping = try EarlyStopping(patience: 2, minimumImprovement: 100)
    }.run()
    #expect(demanding.history.count == 3)
  }

  @Test func earlyStoppingWatchesTheLastStage() throws {
    // λ = 100 multiplies the loss by about 100 and makes the fit worse than pre-training left it.
    let problem = try Problem(rows: 100).changed {
      $0.pretrain = 60
      $0.epochs = 4
      $0.alpha = 1
      $0.optimizer = try .adam(learningRate: 1e-2)
      $0.loss = .lai(try LaiLoss(lambda: .uniform(1e-3)))
      $0.earlyStopping = try EarlyStopping(patience: 3)
    }
    let run = try problem.run()
    let pretrained = try problem.changed {
      $0.epochs = 0
      $0.earlyStopping = nil
    }.run()
    #expect(run.history.count > 60)
    #expect(run.weights != pretrained.weights)
  }

  // MARK: The model that comes back

  /// A problem whose validation RMSE soon rises, with patience that never runs out.
  private func overfitting(onDivergence: DivergenceAction = .error) throws -> Problem {
    try Problem(rows: 20, hidden: [32]).changed {
      $0.pretrain = 0
      $0.epochs = 60
      $0.loss = .residual(.mse)
      $0.optimizer = try .adam(learningRate: 3e-2)
      $0.earlyStopping = try EarlyStopping(patience: 1000)
      $0.onDivergence = onDivergence
    }
  }

  /// Of the model, by its predictions.
  private func validationRMSE(_ run: Run, _ problem: Problem) throws -> Double {
    let errors = try zip(run.model(problem.held.x).doubles, problem.held.y!.doubles).map { $0 - $1 }
    return (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
  }

  private func expectBest(_ run: Run, of problem: Problem) throws {
    let errors = run.history.map { $0.validationRMSE! }
    let best = errors.firstIndex(of: errors.min()!)!
    #expect(run.bestEpoch == best + 1)
    #expect(abs(try validationRMSE(run, problem) - errors[best]) < 1e-5 * errors[best])
  }

  /// The last epoch is the best while it still falls, an earlier one later on.
  @Test(arguments: [1, 2, 5, 40])
  func withPatienceTheBestModelIfTheControlEndsTheRun(epoch: Int) throws {
    let problem = try overfitting()
    let control = RecordingControl()
    control.lastEpoch = epoch
    let run = try problem.run(control)
    #expect(run.outcome == .stopped && run.history.count == epoch)
    try expectBest(run, of: problem)
    // Between two batches of the epoch after.
    let interrupted = RecordingControl()
    interrupted.lastBatch = epoch
    let part = try problem.run(interrupted)
    #expect(part.outcome == .stopped && part.history.count == epoch)
    #expect(part.weights == run.weights)
  }

  @Test func withPatienceTheBestModelIfTheRunDivergesFailsOrFinishes() throws {
    let problem = try overfitting(onDivergence: .stop)
    let finished = try problem.run()
    #expect(finished.outcome == .finished)
    try expectBest(finished, of: problem)

    // The rate explodes in epoch 31.
    let hot = problem.changed { $0.schedule = .step(every: 30, factor: 1e12) }
    let diverged = try hot.run()
    #expect(diverged.outcome == .diverged && diverged.history.count >= 30)
    try expectBest(diverged, of: hot)
    #expect(diverged.bestEpoch! < 30)

    struct Refusal: Error {}
    final class Failing: TrainingControl {
      func shouldStop() -> Bool { false }
      func epochEnded(_ report: EpochReport) throws -> Bool {
        if report.epoch == 40 { throw Refusal() }
        return true
      }
      func outcome(after error: any Error) -> Run.Outcome? { .failed }
    }
    let failed = try problem.run(Failing())
    #expect(failed.outcome == .failed && failed.error is Refusal && failed.history.count == 40)
    try expectBest(failed, of: problem)
    #expect(failed.weights == finished.weights)
  }

  @Test func withoutPatienceTheLastModel() throws {
    let problem = try overfitting().changed { $0.earlyStopping = nil }
    let run = try problem.run()
    let last = run.history.last!.validationRMSE!
    #expect(abs(try validationRMSE(run, problem) - last) < 1e-5 * last)
    let errors = run.history.map { $0.validationRMSE! }
    #expect(run.bestEpoch == errors.firstIndex(of: errors.min()!)! + 1 && run.bestEpoch! < 60)
    let job = try TrainingJob(problem.options, model: problem.model, data: problem.data)
    #expect(try Training.run(job, model: problem.model).bestEpoch == nil)
  }

  /// min_improvement is what resets the patience; the best epoch is the best by any amount.
  @Test func theBestEpochNeedNotResetThePatience() throws {
    let problem = try overfitting().changed {
      $0.earlyStopping = try EarlyStopping(patience: 3, minimumImprovement: 100)
    }
    let run = try problem.run()
    #expect(run.outcome == .earlyStopped && run.history.count == 4 && run.bestEpoch == 4)
    try expectBest(run, of: problem)
  }

  /// The best of the stage that the run came to, alone or from a pre-training shared with others.
  @Test(arguments: [1, 25, 26, 40]) func theBestOfTheLastStage(epoch: Int) throws {
    let problem = try overfitting().changed {
      ($0.pretrain, $0.epochs) = (25, 35)
      $0.alpha = 1
      $0.loss = .lai(try LaiLoss(lambda: .uniform(1e-3)))
    }
    let control = RecordingControl()
    control.lastEpoch = epoch
    let run = try problem.run(control)
    let stage = run.history.filter { $0.stage == (epoch <= 25 ? .pretrain : .train) }
    let best = stage.min { $0.validationRMSE! < $1.validationRMSE! }!
    #expect(run.bestEpoch == best.epoch)
    #expect(
      abs(try validationRMSE(run, problem) - best.validationRMSE!) < 1e-5 * best.validationRMSE!)
  }

  /// Stopped between the stages, a run has the best of a pre-training that others began.
  @Test func sharedPretrainingKeepsItsBest() throws {
    let problem = try overfitting().changed { ($0.pretrain, $0.epochs) = (30, 5) }
    let other = problem.changed { $0.earlyStopping = nil }
    let batches = RecordingControl()
    batches.lastBatch = 30
    let alone = try problem.run(batches)
    #expect(alone.history.count == 30 && alone.bestEpoch! < 30)
    try expectBest(alone, of: problem)
    for job in [try problem.job(), try other.job()] {
      let start = try job.pretrain(Unattended())
      let atOnce = RecordingControl()
      atOnce.lastBatch = 0
      let result = try problem.job().run(atOnce, after: start)
      #expect(result.history == alone.history)
      #expect(try result.parameters?.doubles == alone.weights)
      let plain = try other.job().run(atOnce, after: start)
      #expect(try plain.parameters?.doubles != alone.weights)
    }
  }

  @Test func theTableMarksTheBestEpoch() throws {
    let problem = try overfitting()
    let run = try problem.run()
    let best = run.bestEpoch!
    let lines = run.description.split(separator: "\n")
    #expect(lines[1].hasPrefix("* best epoch \(best), validation RMSE "))
    #expect(lines[1].hasSuffix(": the model is of this epoch"))
    #expect(lines.filter { $0.hasPrefix("  \(best) * ") }.count == 1)
    #expect(lines.filter { $0.contains("*") }.count == 2)
    let last = try problem.changed { $0.earlyStopping = nil }.run()
    #expect(last.description.contains("; the model is the last epoch's\n"))
    let plain = try TrainingJob(
      problem.changed { $0.earlyStopping = nil }.options, model: problem.model, data: problem.data)
    #expect(!(try Training.run(plain, model: problem.model).description.contains("*")))
  }
}
