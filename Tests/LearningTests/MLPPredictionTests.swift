import Foundation
import Tensors
import Testing

@testable import Learning

@Suite("predictions in original units") struct MLPPredictionTests {
  /// ŷ = 1 + 2a − 3b of scaled features, with x scaled by (x − 1)/2 and (x − 5)/10, y by (y − 7)/4.
  func net(scaled: Bool = true) throws -> MLP {
    let net = try MLP(inputs: 2, activation: .named("tanh"), dtype: .float64)
    try net.setWeights([Tensor([2, -3], shape: [1, 2], dtype: .float64)])
    try net.setBiases([Tensor([1], shape: [1], dtype: .float64)])
    net.names = ColumnNames(features: ["a", "b"], target: "price")
    if scaled { try net.setScaler(scaler()) }
    return net
  }

  func scaler() throws -> Scaler {
    try Scaler(
      names: ColumnNames(features: ["a", "b"], target: "price"),
      inputs: ColumnScale(center: [1, 5], scale: [2, 10], names: ["a", "b"]),
      target: ColumnScale(center: [7], scale: [4], names: ["price"]))
  }

  func data(_ x: [Double], y: [Double]? = nil, features: [String]? = ["a", "b"]) throws -> Dataset {
    let n = x.count / (features?.count ?? 2)
    return try Dataset(
      x: Tensor(x, shape: [n, x.count / n], dtype: .float64),
      y: y.map { try Tensor($0, shape: [n], dtype: .float64) }, features: features,
      target: y == nil ? nil : "price")
  }

  @Test func bothScalesAreApplied() throws {
    let net = try net()
    // a = 3 is 1 and b = 15 is 1: (1 + 2 − 3)·4 + 7; a = 1, b = 5: 1·4 + 7.
    let x = try Tensor([3, 15, 1, 5], shape: [2, 2], dtype: .float64)
    #expect(try net.predict(x).doubles == [7, 11] && net.predict(x).shape == [2, 1])
    #expect(try net.predict(x.selected(axis: 0, index: 0)).doubles == [7])
    let raw = try data([3, 15, 1, 5])
    #expect(try net.predict(raw).doubles == [7, 11])
    // Not twice; and without a scaler not at all.
    #expect(try net.predict(scaler().transform(raw)).doubles == [7, 11])
    #expect(try self.net(scaled: false).predict(raw).doubles == [1 + 6 - 45, 1 + 2 - 15])
  }

  @Test func columnsAreFoundByName() throws {
    let net = try net()
    #expect(try net.predict(data([15, 3], features: ["b", "a"])).doubles == [7])
    #expect(try net.predict(data([3, 15], features: nil)).doubles == [7])
    #expect(
      message { _ = try net.predict(data([3, 15], features: ["a", "c"])) }
        == "data lacks 'b', feature 2 of the network's data; add that column")
    #expect(
      message { _ = try net.predict(data([3, 15, 0], features: ["a", "b", "id"])) }
        == "data has a feature 3, 'id', that the network's data does not have; drop that column")
    #expect(throws: ShapeError.self) { _ = try net.predict(Tensor(zeros: [1, 3])) }
    #expect(
      message { _ = try net.predict(data([3, .nan])) }
        == "x in row 1, feature 'b', must be finite (got nan)")
  }

  @Test func dataOfAnotherScalerAreRefused() throws {
    let raw = try data([3, 15, 1, 5], y: [7, 12])
    let other = try Scaler(fitting: raw).transform(raw)
    #expect(
      message { _ = try net().predict(other) }
        == "data: scaled by another scaler than the network's data; fit one scaler to the training "
        + "data and apply it to all data")
    #expect(throws: ScaleMismatch.self) { _ = try net().evaluate(other) }
    #expect(throws: ScaleMismatch.self) { _ = try net(scaled: false).predict(other) }
    #expect(throws: ScaleMismatch.self) { try net().check(scale: nil) }
    try net(scaled: false).check(scale: other.scaler)
  }

  /// rmse, mae, r2 and max_error of [7, 11] against [8, 14], by hand: errors 1 and 3, mean 11.
  @Test func evaluationsAreInOriginalUnits() throws {
    let raw = try data([3, 15, 1, 5], y: [8, 14])
    for data in [raw, try scaler().transform(raw)] {
      let errors = try net().evaluate(data)
      #expect(errors.count == 2 && abs(errors.all["rmse"]! - 5.0.squareRoot()) < 1e-12)
      #expect(abs(errors.all["mae"]! - 2) < 1e-12 && abs(errors.all["max_error"]! - 3) < 1e-12)
      // 1 − (1 + 9)/(9 + 9)
      #expect(abs(errors.all["r2"]! - 8.0 / 18) < 1e-12)
      #expect(errors.outputs.map(\.name) == ["price"] && errors.outputs[0].measures == errors.all)
    }
    let text = try net().evaluate(raw).description
    #expect(text.contains("price   2.236  2.000  0.4444      3.000"))
    #expect(throws: ArgumentError.self) { _ = try net().evaluate(data([3, 15])) }
    let named = try Dataset(x: raw.x, y: raw.y, target: "cost")
    #expect(throws: NameMismatch.self) { _ = try net().evaluate(named) }
    // Several outputs, each by its name and all together.
    let two = try MLP(inputs: 1, outputs: 2, activation: .named("tanh"), dtype: .float64)
    let y = try Tensor([1, 3, -1, 3], shape: [2, 2], dtype: .float64)
    let errors = try two.evaluate(Dataset(x: Tensor(zeros: [2, 1]), y: y))
    #expect(errors.outputs.map(\.name) == ["y1", "y2"])
    #expect(errors.outputs.map { $0.measures["rmse"] } == [1, 3])
    #expect(errors.all["rmse"] == 5.0.squareRoot())
  }

  @Test func trainingKeepsScalerAndSchema() throws {
    let problem = try Problem(dtype: .float64)
    let scaler = try Scaler(fitting: problem.data, scalesTarget: true)
    var raw = problem.data
    raw.schema = DataSchema(columns: raw.features.map { .init($0, fill: 0.1) }, target: "y")
    let (data, held) = (try scaler.transform(raw), try scaler.transform(problem.held))
    var options = problem.options
    options.metrics = ["mae", "r2"]
    let run = try Training.run(
      TrainingJob(options, model: problem.model, data: data, validation: held),
      model: problem.model)
    #expect(run.model.scaler == scaler && run.model.schema == raw.schema)
    #expect(problem.model.scaler == nil)
    // The last report is the errors on the data in original units.
    let errors = try run.model.evaluate(problem.held)
    let last = run.history.last!
    #expect(abs(last.validationRMSE! - errors.all["rmse"]!) < 1e-12)
    #expect(abs(last.metrics["mae"]! - errors.all["mae"]!) < 1e-12)
    #expect(abs(last.metrics["r2"]! - errors.all["r2"]!) < 1e-12)
    let scale = scaler.target!.scale[0]
    #expect(abs(last.scaledValidationRMSE! * scale - last.validationRMSE!) < 1e-12)
    #expect(run.description.contains("losses of the scaled target, RMSE in the units of y"))
    // From its file, in any process.
    let path = NSTemporaryDirectory() + "predict-\(UUID().uuidString).safetensors"
    defer { unlink(path) }
    try run.model.save(to: path)
    let again = try MLP.load(from: path)
    #expect(again.schema == raw.schema && again.scaler == scaler)
    #expect(try again.predict(problem.held).doubles == run.model.predict(problem.held).doubles)
    #expect(try run.model.clone().schema == raw.schema)
    // So does a state.
    let state = try #require(run.state)
    let resumed = try Training.resume(state, data: data, validation: held).model
    #expect(resumed.scaler == scaler && resumed.schema == raw.schema)
  }

  @Test func scalesOfTrainingDataMustAgree() throws {
    let problem = try Problem(dtype: .float64)
    let scaler = try Scaler(fitting: problem.data, scalesTarget: true)
    let (data, held) = (try scaler.transform(problem.data), try scaler.transform(problem.held))
    func failure(_ data: Dataset, _ held: Dataset, _ model: MLP) -> String {
      message {
        _ = try TrainingJob(problem.options, model: model, data: data, validation: held)
      }
    }
    let own = try Scaler(fitting: problem.held, scalesTarget: true).transform(problem.held)
    #expect(
      failure(data, own, problem.model)
        == "validation: scaled by another scaler than data; fit one scaler to the training data and "
        + "apply it to all data")
    #expect(
      failure(data, problem.held, problem.model).hasPrefix("validation: not scaled, but data"))
    #expect(
      failure(problem.data, held, problem.model).hasPrefix("validation: scaled, but data is not"))
    let net = try problem.model.clone()
    try net.setScaler(scaler)
    #expect(failure(problem.data, problem.held, net).hasPrefix("data: in original units"))
    #expect(failure(data, held, net) == "nothing thrown")
  }
}
