import Tensors
import Testing

@testable import Learning

@Suite struct ScaleWarningTests {
  func job(targets scale: Double, scalesTarget: Bool? = nil, epochs: Int = 1) throws -> (
    TrainingJob, MLP
  ) {
    let problem = try Problem(dtype: .float64)
    func data(_ data: Dataset) throws -> Dataset {
      try Dataset(x: data.x, y: data.y! * scale, target: "price")
    }
    let (train, held) = (try data(problem.data), try data(problem.held))
    var options = problem.options
    (options.loss, options.pretrain, options.epochs) = (.mse, 0, epochs)
    options.optimizer = try .sgd(learningRate: 1e-30)
    guard let scalesTarget else {
      return (
        try TrainingJob(options, model: problem.model, data: train, validation: held),
        problem.model
      )
    }
    let scaler = try Scaler(fitting: train, scalesTarget: scalesTarget)
    return (
      try TrainingJob(
        options, model: problem.model, data: scaler.transform(train),
        validation: scaler.transform(held)), problem.model
    )
  }

  @Test func spreadsFarFromOneAreWarnedOf() throws {
    // Friedman's target has a deviation of 5 here: the limits are 30 and 0.01.
    #expect(try job(targets: 1).0.scaleWarnings == [])
    #expect(try job(targets: 5).0.scaleWarnings == [])
    #expect(try job(targets: 0.01).0.scaleWarnings == [])
    for scale in [10, 1e5, 1e-3] {
      let warnings = try job(targets: scale).0.scaleWarnings
      #expect(warnings.count == 1 && warnings[0].isOfData)
      #expect(try job(targets: scale, scalesTarget: false).0.scaleWarnings.count == 1)
      #expect(try job(targets: scale, scalesTarget: true).0.scaleWarnings == [])
    }
    let text = try job(targets: 1e5).0.scaleWarnings[0].description
    #expect(text.hasPrefix("the target 'price' has a standard deviation of "))
    #expect(text.hasSuffix("scale it with Scaler(fitting: train, scalesTarget: true)"))
    #expect(ScaleWarning.targets([7.0, 7, 7], names: ["y"]) == [])
    let data = try Dataset(x: Tensor(zeros: [2, 1]), y: Tensor([0, 200], shape: [2]), target: "a")
    #expect(try ScaleWarning.targets(of: data) == [.target(name: "a", deviation: 100)])
    let scaled = try Scaler(fitting: data, scalesTarget: true).transform(data)
    #expect(try ScaleWarning.targets(of: scaled) == [])
  }

  @Test("features that are not scaled are warned of in one line") func features() throws {
    // Deviations 100, 1, 0.001 and 0.
    let rows = [100.0, 1, 0.001, 5, -100, -1, -0.001, 5]
    let found = ScaleWarning.features(rows, names: ["a", "b", "c", "d"])
    #expect(found == [.features(count: 2, name: "c", deviation: 0.001)])
    #expect(
      found[0].description
        == "the feature 'c' has a standard deviation of 0.001000 (and 1 more are "
        + "far from 1) and is not scaled: training may take very long or diverge; scale the "
        + "features with Scaler(fitting: train)")
    #expect(ScaleWarning.features([29.0, -29], names: ["a"]) == [])
    let problem = try Problem(dtype: .float64)
    let wide = try Dataset(x: problem.data.x * 1000, y: problem.data.y)
    var options = problem.options
    (options.loss, options.pretrain, options.epochs) = (.mse, 0, 1)
    let job = try TrainingJob(options, model: problem.model, data: wide)
    #expect(job.scaleWarnings.count == 1 && job.scaleWarnings[0].isOfData)
    let scaled = try TrainingJob(
      options, model: problem.model, data: Scaler(fitting: wide).transform(wide))
    #expect(scaled.scaleWarnings == [])
  }

  @Test func anErrorAboveTheDeviationIsWarnedOf() throws {
    // An untrained network against targets around 14: worse than their mean.
    let (raw, model) = try job(targets: 1)
    let run = try Training.run(raw, model: model)
    let values = try Problem(dtype: .float64).held.y!.doubles
    let mean = values.reduce(0, +) / 40
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40).squareRoot()
    guard case .error(let rmse, let found)? = run.scaleWarnings.first else {
      Issue.record("no warning")
      return
    }
    #expect(rmse == run.history[0].validationRMSE && abs(found - deviation) < 1e-12)
    #expect(run.description.contains("is above the target's own standard deviation"))
    // In original units with a scaled target, too.
    #expect(ScaleWarning.error(rmse: 1.4, targets: [1.0, 3], outputs: 1, scale: nil) != nil)
    let scale = try ColumnScale(center: [0], scale: [10], names: ["y"])
    #expect(ScaleWarning.error(rmse: 9, targets: [1.0, 3], outputs: 1, scale: scale) == nil)
    #expect(ScaleWarning.error(rmse: 11, targets: [1.0, 3], outputs: 1, scale: scale) != nil)
    #expect(ScaleWarning.error(rmse: 1, targets: [1.0, 1], outputs: 1, scale: nil) == nil)
  }
}
