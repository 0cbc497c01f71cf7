import Foundation
import Tensors
import Testing

@testable import Learning

@Suite struct PartialDependenceTests {
  private let feature: OptionValue = .selection(FeatureSelection([.index(2)]))

  /// ŷ = 2 x₁ − 3 x₂ + 1
  private func linear() throws -> MLP {
    let net = try MLP(inputs: 2, activation: .named("identity"), dtype: .float64)
    try net.setWeights([Tensor([2, -3], shape: [1, 2], dtype: .float64)])
    try net.setBiases([Tensor([1], shape: [1], dtype: .float64)])
    return net
  }

  private func inputs(_ rows: Int) throws -> Tensor {
    var generator = RandomGenerator(seed: 4)
    let values = (0..<rows).flatMap { _ in [generator.normal(), generator.normal() + 2] }
    return try Tensor(values, shape: [rows, 2], dtype: .float64)
  }

  private func column(_ x: Tensor, _ place: Int) -> [Double] {
    stride(from: place, to: x.count, by: 2).map { x.doubles[$0] }
  }

  private func isNear(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-12) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test("of a linear network: w·v + the mean of the rest, with the error of the rest")
  func closedForm() throws {
    let (net, x) = (try linear(), try inputs(30))
    let found = try Probe.partialDependence(net, x, ["feature": feature, "points": 7])
    let (rest, own) = (column(x, 0).map { 1 + 2 * $0 }, column(x, 1))
    let grid = (0..<7).map { own.min()! + Double($0) / 6 * (own.max()! - own.min()!) }
    #expect(isNear(found["values"], grid) && found["values"].last == own.max()!)
    #expect(isNear(found["mean"], grid.map { rest.mean - 3 * $0 }))
    let error = (rest.variance / 29).squareRoot()
    #expect(isNear(found["standard_error"], grid.map { _ in error }))
    #expect(isNear(found["slope"], grid.map { _ in -3 }))
    #expect(found.features == ["X2"])
    #expect(found.description.hasPrefix("PartialDependence\n  X2 "))
    #expect(found.description.split(separator: "\n").count == 9)
  }

  @Test("of a sum of sines: its own term, and its slope") func sum() throws {
    // ŷ = 4 sin x₁ + 5 sin 2x₂
    let net = try MLP(inputs: 2, hidden: [2], activation: .named("sin"), dtype: .float64)
    try net.setWeights([
      Tensor([1, 0, 0, 2], shape: [2, 2], dtype: .float64),
      Tensor([4, 5], shape: [1, 2], dtype: .float64),
    ])
    let x = try inputs(40)
    let grid = [0.3, -1, 2]
    let found = try Probe.partialDependence(
      net, x,
      ["feature": feature, "grid": .tensor(OptionTensor(shape: [3], elements: grid))])
    let rest = column(x, 0).map { 4 * Foundation.sin($0) }
    #expect(found["values"] == grid)
    #expect(isNear(found["mean"], grid.map { rest.mean + 5 * Foundation.sin(2 * $0) }))
    #expect(isNear(found["slope"], grid.map { 10 * Foundation.cos(2 * $0) }))
    #expect(isNear(found["standard_error"], grid.map { _ in rest.standardError }))
  }

  @Test("in original units unless scaled ones are asked for") func units() throws {
    let (net, x) = (try linear(), try inputs(30))
    let plain = try Probe.partialDependence(net, x, ["feature": feature])
    let scaler = try Scaler(
      names: ColumnNames(),
      inputs: ColumnScale(center: [1, -4], scale: [3, 5], names: ["X1", "X2"]),
      target: ColumnScale(center: [100], scale: [7], names: ["y"]))
    let wanted: [(String, (Double) -> Double)] = [
      ("values", { -4 + 5 * $0 }), ("mean", { 100 + 7 * $0 }), ("standard_error", { 7 * $0 }),
      ("slope", { $0 * 7 / 5 }),
    ]
    let options = try OptionValues(["feature": feature], of: Probe.partialDependence.options)
    let byData = try Probe.partialDependence(net, ProbeInput(x, scaler: scaler), options)
    try net.setScaler(scaler)
    let byNet = try Probe.partialDependence(net, x, ["feature": feature])
    for (name, transform) in wanted {
      #expect(isNear(byNet[name], plain[name].map(transform)), "\(name)")
    }
    #expect(byData == byNet)
    let scaled = try Probe.partialDependence(net, x, ["feature": feature, "units": "scaled"])
    #expect(scaled == plain)
    // A grid is in the same units as what is found.
    let grid: OptionValue = .tensor(OptionTensor(shape: [1], elements: [6]))
    #expect(
      isNear(
        try Probe.partialDependence(net, x, ["feature": feature, "grid": grid])["mean"],
        [100 + 7 * (1 + 2 * column(x, 0).mean - 3 * 2)]))
  }

  @Test("quantiles of the rows, each once; a constant feature has one value") func quantiles()
    throws
  {
    let values = [0.0, 1, 0, 2, 0, 10, 0, 20, 0, 21].map { $0 }
    let x = try Tensor(values, shape: [5, 2], dtype: .float64)
    let found = try Probe.partialDependence(
      linear(), x, ["feature": feature, "points": 9, "spacing": "quantiles"])
    #expect(isNear(found["values"], [1, 1.5, 2, 6, 10, 15, 20, 20.5, 21]))
    let few = try Tensor([0, 1, 0, 1, 0, 1, 0, 3], shape: [4, 2], dtype: .float64)
    let once = try Probe.partialDependence(
      linear(), few, ["feature": feature, "points": 4, "spacing": "quantiles"])
    #expect(once["values"] == [1, 3])
    let first: OptionValue = .selection(FeatureSelection([.index(1)]))
    #expect(try Probe.partialDependence(linear(), few, ["feature": first])["values"] == [0])
  }

  @Test("one of several outputs") func outputs() throws {
    let net = try MLP(inputs: 2, outputs: 2, activation: .named("identity"), dtype: .float64)
    try net.setWeights([Tensor([2, -3, 4, 5], shape: [2, 2], dtype: .float64)])
    let x = try inputs(10)
    #expect(
      try Probe.partialDependence(net, x, ["feature": feature, "output": 2, "points": 2])["slope"]
        == [5, 5])
    func text(_ options: [String: OptionValue]) -> String {
      message { _ = try Probe.partialDependence(net, x, options) }
    }
    #expect(
      text(["feature": feature, "output": 3]) == "output must be from 1 to 2 (got 3)")
    #expect(text([:]) == "feature must be given (got none)")
    #expect(
      text(["feature": .selection(FeatureSelection(names: ["X1", "X2"]))])
        == "feature must be a feature's name or index (got {'X1', 'X2'})")
    for (shape, elements) in [([0], []), ([1, 1], [1.0])] {
      #expect(
        text([
          "feature": feature, "grid": .tensor(OptionTensor(shape: shape, elements: elements)),
        ]).hasPrefix("grid must be a list of numbers"))
    }
    #expect(
      text([
        "feature": feature,
        "grid": .tensor(OptionTensor(shape: [2], elements: [1, .infinity])),
      ]) == "grid[2] must be finite (got inf)")
  }
}
