import Foundation
import Learning
import Tensors
import Testing

@testable import Experiments

@Suite("Sweep: measures and rows") struct SweepMeasuresTests {
  private func values(_ scaling: Scaling, test: Dataset? = nil) throws -> [String: Double] {
    var options = SweepOptions()
    options.seeds = [1]
    options.measures.metrics = ["rmse", "mae", "r2", "max_error"]
    options.measures.noise = Measures.Noise()
    let sweep = try Sweep(SweepData(tinyData(), test: test), options, store: SQLiteStore())
    try sweep.add(tinyPoint(0.5) { $0.scaling = scaling })
    try sweep.run()
    return try #require(try sweep.outcome().values.first?.measures)
  }

  /// Everything again by hand: targets scaled, predictions scaled back.
  @Test func measuresOfAScaledTargetAreInItsOwnUnits() throws {
    var scaling = Scaling()
    scaling.target = true
    let found = try values(scaling)
    let (train, held) = try tinyData().split(validation: 0.2, seed: 1)
    let scaler = try Scaler(fitting: train)
    let targets = try train.y!.elements(as: Double.self)
    let mean = targets.reduce(0, +) / Double(targets.count)
    let deviation =
      (targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(targets.count)).squareRoot()
    let y = targets.map { ($0 - mean) / deviation }
    #expect(deviation > 2)
    var generator = RandomGenerator(seed: 1, stream: .weights)
    let net = try MLP(inputs: 10, hidden: [4], activation: .named("tanh"), using: &generator)
    var options = try tinyRecipe().training
    options.seed = 1
    let scaled = try scaler.transform(train)
    let data = try Dataset(
      x: scaled.x, y: Tensor(y, shape: train.y!.shape, dtype: .float32), names: scaled.names)
    let run = try Training.run(
      TrainingJob(options, model: net, data: data), model: net, control: Unattended())
    let x = try scaler.transform(held).x
    let predictions = try run.model(x).elements(as: Double.self).map { $0 * deviation + mean }
    let actual = try held.y!.elements(as: Double.self)
    let errors = zip(predictions, actual).map { $0 - $1 }
    let count = Double(errors.count)
    let squares = errors.reduce(0) { $0 + $1 * $1 }
    let centre = actual.reduce(0, +) / count
    let total = actual.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    func isNear(_ name: String, _ value: Double) {
      #expect(abs(found[name]! - value) < 1e-5 * abs(value), "\(name)")
    }
    isNear("rmse", (squares / count).squareRoot())
    isNear("mae", errors.reduce(0) { $0 + abs($1) } / count)
    isNear("max_error", errors.map(abs).max()!)
    isNear("r2", 1 - squares / total)
    let smoothness = try Probe.smoothness(run.model, x)
    isNear("var", smoothness.number("variance")! * deviation * deviation)
    isNear("slope.X4", smoothness.column("mean_slope")![3] * deviation)
    isNear("slope_p95.X4", smoothness.column("slope_p95")![3] * deviation)
    let noise = try Probe.noise(
      run.model, x, ["sigma": .number(1), "repeats": .integer(4), "seed": .integer(1)])
    isNear("noise.X4", noise.column("sensitivity")![3] * deviation)
  }

  /// Errors are taken on test rows with targets, slopes and noise on any.
  @Test func testRowsAreJudged() throws {
    let other = try Synthetic.friedman1(count: 25, noise: 0.5, seed: 8)
    let inputs = try Dataset(x: other.x, y: nil, names: other.names)
    let (plain, tested, probed) = try (
      values(Scaling()), values(Scaling(), test: other), values(Scaling(), test: inputs)
    )
    #expect(plain["rmse"] == probed["rmse"] && plain["rmse"] != tested["rmse"])
    #expect(plain["var"] != probed["var"] && probed["var"] == tested["var"])
    #expect(probed["noise.X4"] == tested["noise.X4"] && plain["noise.X4"] != probed["noise.X4"])
  }

  @Test func minMaxScalingUsesTheTrainingRowsAlone() throws {
    let data = try SweepData(tinyData())
    var recipe = try tinyRecipe()
    recipe.scaling.features = .minmax
    let rows = try data.rows(recipe, seed: 4)
    let (train, held) = try tinyData().split(validation: 0.2, seed: 4)
    func columns(_ data: Dataset) throws -> [[Double]] {
      let elements = try data.x.elements(as: Double.self)
      return (0..<10).map { column in
        stride(from: column, to: elements.count, by: 10).map { elements[$0] }
      }
    }
    let (before, after) = try (columns(train), columns(rows.train))
    let (heldBefore, heldAfter) = try (columns(held), columns(rows.validation))
    for column in 0..<10 {
      let (least, largest) = (before[column].min()!, before[column].max()!)
      #expect(abs(after[column].min()!) < 1e-6 && abs(after[column].max()! - 1) < 1e-6)
      for (was, became) in zip(
        before[column] + heldBefore[column], after[column] + heldAfter[column])
      {
        #expect(abs(became - (was - least) / (largest - least)) < 1e-5)
      }
    }
    recipe.scaling.features = .none
    let unscaled = try data.rows(recipe, seed: 4)
    #expect(try columns(unscaled.train) == before && unscaled.scaler == nil)
    recipe.scaling.features = .standard
    let standard = try columns(data.rows(recipe, seed: 4).train)
    for column in standard {
      let mean = column.reduce(0, +) / Double(column.count)
      let square = column.reduce(0) { $0 + $1 * $1 } / Double(column.count)
      #expect(abs(mean) < 1e-6 && abs(square - 1) < 1e-5)
    }
  }

  @Test func seedsFixTheSplitForAllPoints() throws {
    let data = try SweepData(tinyData())
    let one = try tinyRecipe(alpha: 0.25)
    var two = try tinyRecipe(alpha: 1, epochs: 5)
    two.hidden = [7]
    func rows(_ recipe: Recipe, _ seed: UInt64) throws -> [Double] {
      try data.rows(recipe, seed: seed).validation.x.elements(as: Double.self)
    }
    #expect(try rows(one, 1) == rows(two, 1) && rows(one, 1) != rows(one, 2))
  }

  @Test func aConstantTargetAndAConstantFeatureAreScaled() throws {
    let x = try Tensor((0..<20).flatMap { [Double($0), 7] }, shape: [20, 2], dtype: .float32)
    let y = try Tensor([Double](repeating: 3, count: 20), shape: [20, 1], dtype: .float32)
    let data = try SweepData(
      Dataset(x: x, y: y, names: ColumnNames(features: ["a.b", "rmse"], target: nil)))
    var options = SweepOptions()
    options.measures.noise = Measures.Noise(features: ["rmse", "a.b"])
    let sweep = try Sweep(data, options, store: SQLiteStore())
    try sweep.add(
      tinyPoint(1) {
        $0.scaling.target = true
        $0.scaling.features = .minmax
      })
    try sweep.run()
    let row = try sweep.rows()[0]
    #expect(row.n == 5 && row.estimates["noise.rmse"]?.mean == 0)
    // Names with dots, and one that is a measure's.
    for name in ["noise.a.b", "slope.rmse", "noise.rmse", "rmse"] {
      #expect(try sweep.measure(named: name) == name)
    }
    #expect(try sweep.measure(named: "noise.X1") == "noise.a.b")
    #expect(throws: ArgumentError.self) { try sweep.measure(named: "noise") }
    #expect(throws: ArgumentError.self) { try sweep.measure(named: "") }
  }
}
