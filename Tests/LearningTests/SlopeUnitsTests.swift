import Foundation
import Tensors
import Testing

@testable import Learning

@Suite struct SlopeUnitsTests {
  /// s_x = 2 and 10, s_y = 4: a slope of 1 in original units is 0.5 and 2.5 of the network's.
  func scaler(outputs: Int = 1, scale: [Double] = [4]) throws -> Scaler {
    try Scaler(
      names: ColumnNames(),
      inputs: ColumnScale(center: [1, 5], scale: [2, 10], names: ["a", "b"]),
      target: ColumnScale(
        center: Array(repeating: 7, count: outputs), scale: scale,
        names: (0..<outputs).map { "y\($0)" }))
  }

  func lambdas(_ loss: LaiLoss, _ scaler: Scaler?) throws -> [Double?] {
    try loss.inScaledUnits(of: scaler, features: nil, inputs: 2).lambda
      .resolved(count: 2, label: "lambda").map(\.value)
  }

  @Test func lambdaGoesWithTheSquareOfTheScales() throws {
    let square = try LaiLoss(slope: .uniform(3), units: .original)
    #expect(try lambdas(square, scaler()) == [9 * 0.25, 9 * 6.25])
    let plain = try LaiLoss(base: .mae, lambda: .uniform(3), units: .original)
    #expect(try lambdas(plain, scaler()) == [1.5, 7.5])
    let some = try LaiLoss(
      lambda: .named(["X2": .included(1)], default: .excluded), units: .original)
    #expect(try lambdas(some, scaler()) == [nil, 6.25])
    // Without a scaler, and in scaled units, they are as they were.
    #expect(try lambdas(square, nil) == [9, 9])
    #expect(try lambdas(LaiLoss(lambda: .uniform(9)), scaler()) == [9, 9])
    #expect(try lambdas(square, scaler(outputs: 2, scale: [4, 4])) == [9 * 0.25, 9 * 6.25])
    #expect(throws: ArgumentError.self) {
      _ = try lambdas(square, scaler(outputs: 2, scale: [4, 5]))
    }
  }

  @Test func slopesOfANetworkInOriginalUnits() throws {
    let net = try MLP(inputs: 2, activation: .named("tanh"), dtype: .float64)
    try net.setWeights([Tensor([0.5, 2.5], shape: [1, 2], dtype: .float64)])
    let x = try Tensor([0, 0], shape: [1, 2], dtype: .float64)
    #expect(try net.inputGradient(x, units: .original).doubles == [0.5, 2.5])
    try net.setScaler(scaler())
    #expect(try net.inputGradient(x, units: .original).doubles == [1, 1])
    #expect(try net.inputGradient(x, units: .scaled).doubles == [0.5, 2.5])
    // By finite differences of predictions in original units.
    let (low, high) = (
      try Tensor([1, 5], shape: [1, 2], dtype: .float64),
      try Tensor([1, 6], shape: [1, 2], dtype: .float64)
    )
    #expect(abs(try net.predict(high).item() - net.predict(low).item() - 1) < 1e-12)
  }

  /// The same training, with λ converted by hand, has the same bits.
  @Test func trainingTakesOriginalUnits() throws {
    let problem = try Problem(dtype: .float64)
    let scaler = try Scaler(fitting: problem.data, scalesTarget: true)
    let (data, held) = (try scaler.transform(problem.data), try scaler.transform(problem.held))
    func weights(_ loss: LaiLoss) throws -> [Double] {
      var options = problem.options
      options.loss = .lai(loss)
      let job = try TrainingJob(options, model: problem.model, data: data, validation: held)
      return try Training.run(job, model: problem.model).weights
    }
    let converted = try LaiLoss.lambdas(
      of: problem.data, slope: .uniform(2), scaler: scaler)
    let own = try weights(LaiLoss(slope: .uniform(2), units: .original))
    #expect(own == (try weights(LaiLoss(lambda: .perFeature(converted.map(\.lambda))))))
    #expect(own != (try weights(LaiLoss(slope: .uniform(2)))))
    // loss.value uses the network's own scaler.
    let net = try problem.model.clone()
    try net.setScaler(scaler)
    let value = try Objective.lai(LaiLoss(slope: .uniform(2), units: .original)).value(
      net, data.x, data.y!)
    let same = try Objective.lai(LaiLoss(lambda: .perFeature(converted.map(\.lambda)))).value(
      net, data.x, data.y!)
    #expect(value == same)
  }

  @Test func filesOfOlderProgramsHaveNone() throws {
    let text = String(
      decoding: try JSONEncoder().encode(LaiLoss(lambda: .uniform(1))), as: UTF8.self)
    #expect(!text.contains("nits"))
    let loss = try LaiLoss(lambda: .uniform(1), units: .original)
    let again = try JSONDecoder().decode(LaiLoss.self, from: JSONEncoder().encode(loss))
    #expect(again == loss && again.units == .original)
    #expect(loss.description.contains("units original"))
  }
}
