import Learning
import Tensors
import Testing

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
      $0.loss = .base(.mse)
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
}
