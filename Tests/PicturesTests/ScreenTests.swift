import Charts
import Tensors
import Testing

@testable import Experiments
@testable import Learning
@testable import Pictures

/// What every object draws in a terminal, from values written by hand: no training, so that the screens
/// are the same on all machines.
@Suite struct ScreenTests {
  // MARK: Runs

  private struct HandMadeRun: TrainingReport {
    let history: [EpochReport]
    let seconds = 1.5
    let outcome = Run.Outcome.finished
    let error: (any Error)? = nil
    let options = TrainingOptions()
    let state: TrainingState? = nil
  }

  private func epoch(
    _ number: Int, _ stage: EpochReport.Stage, base: Double, lai: Double?, validation: Double?,
    rate: Double = 0.01
  ) -> EpochReport {
    EpochReport(
      epoch: number, stage: stage, baseLoss: base, laiLoss: lai, laiRatio: nil,
      laiCount: lai == nil ? 0 : 12, validationRMSE: validation, validationLoss: nil, metrics: [:],
      learningRate: rate, seconds: 0)
  }

  @Test func runs() throws {
    let history = (1...12).map { number -> EpochReport in
      let (n, isFirst) = (Double(number), number <= 4)
      return epoch(
        number, isFirst ? .pretrain : .train, base: 64 / (n * n), lai: isFirst ? nil : 8 / n,
        validation: 2 + abs(n - 9) / 2, rate: number <= 8 ? 0.01 : 0.001)
    }
    try Screens.check(HandMadeRun(history: history).chart(title: "A run"), "run")
  }

  /// One epoch, equal values, values that are not finite, and no validation.
  @Test func oddRuns() throws {
    let single = HandMadeRun(history: [
      epoch(1, .train, base: 1, lai: nil, validation: 2)
    ])
    let equal = HandMadeRun(
      history: (1...3).map { epoch($0, .train, base: 1, lai: nil, validation: 2) })
    let broken = HandMadeRun(
      history: [1, .nan, .infinity, 4, 1e12].enumerated().map { place, value in
        epoch(place + 1, .train, base: value, lai: nil, validation: place == 0 ? .nan : value)
      })
    let blind = HandMadeRun(
      history: (1...2).map { epoch($0, .train, base: Double($0), lai: nil, validation: nil) })
    let charts = try [single, equal, broken, blind].map { try $0.chart() }
    #expect(charts.map(\.panels.count) == [2, 2, 2, 1])
    try Screens.check(Chart(panels: charts.flatMap(\.panels)), "run-odd")
    #expect(throws: ArgumentError.self) { try HandMadeRun(history: []).chart() }
  }

  // MARK: Sweeps

  private func row(
    _ kind: SweepPoint.Kind, _ place: Int, _ name: String?,
    settings: [SweepPoint.Setting] = [], _ means: [String: (Double, Double)]
  ) -> SweepRow {
    let point = SweepPoint(kind, name: name, settings: settings, recipe: Recipe())
    let estimates = means.mapValues { mean, half in
      Estimate(
        mean: mean, low: half.isNaN ? nil : mean - half, high: half.isNaN ? nil : mean + half, n: 3)
    }
    return SweepRow(
      place: place, point: point, n: 3, failed: 0, pruned: 0, asked: 3, estimates: estimates,
      changes: [:], warning: nil, values: [:], searched: nil)
  }

  private func rows(_ shift: Double = 0) -> [SweepRow] {
    let lambdas: [(JSON, Double, Double)] = [
      (.number(0.001), 4.1, 0.2), (.number(0.01), 3.4, 0.5), (.number(0.1), 2.9, 1.2),
      (.integer(1), 2.7, 1.9),
      (.object(["X8": .number(0.001), "default": .bool(false)]), 2.8, 0.7),
    ]
    var rows = [row(.control, 0, "control", ["rmse": (2.6 + shift, 0.1), "noise.X8": (2, 0.1)])]
    for (place, (lambda, rmse, noise)) in lambdas.enumerated() {
      rows.append(
        row(
          .point, place + 1, nil, settings: [.init("lambda", lambda)],
          ["rmse": (rmse + shift, 0.15), "noise.X8": (noise + shift / 2, 0.1)]))
    }
    rows += [
      row(.baseline, 6, "without 経度", ["rmse": (3.1 + shift, 0.1), "noise.X8": (0, 0)]),
      row(
        .baseline, 7, "noise on 10 % of X8", ["rmse": (2.65 + shift, 0.1), "noise.X8": (1, 0.2)]),
      row(.baseline, 8, "noise on 30 % of X8", ["rmse": (3, .nan), "noise.X8": (1.5, .nan)]),
    ]
    return rows
  }

  @Test func sweepsOverASetting() throws {
    let decades = (0...12).map { power -> SweepRow in
      let lambda = JSON.number(Double("1e\(power - 9)")!)
      return row(
        .point, power + 1, nil,
        settings: [.init("lambda", lambda), .init("alpha", .number(0.1))],
        ["rmse": (Double(2 + power % 4), power == 3 ? Double.nan : 0.5)])
    }
    let control = row(.control, 0, "control", ["rmse": (3, 0.25)])
    try Screens.check(([control] + decades).chart(over: "lambda", of: "rmse"), "sweep-decades")
    // Numbers and tables are names, and points without results are left out.
    let missing = row(.point, 9, nil, settings: [.init("lambda", .number(7))], [:])
    try Screens.check((rows() + [missing]).chart(over: "lambda", of: "noise.X8"), "sweep-names")
    let one = [row(.point, 1, nil, settings: [.init("alpha", .number(0.5))], ["rmse": (2, .nan)])]
    try Screens.check(one.chart(over: "alpha", of: "rmse"), "sweep-one")
    try Screens.check([missing].chart(over: "lambda", of: "rmse"), "sweep-none")
  }

  @Test func sweepsOfTwoMeasures() throws {
    try Screens.check(rows().chart(["rmse", "noise.X8"]), "sweep-measures")
    // A tune draws its rows with the bound.
    let bound = try Bound("rmse", relative: "+10 %")
    let chart = try rows().chart(
      ["rmse", "noise.X8"], bounds: [bound, Bound("var", .absolute(1))])
    try Screens.check(chart, "tune")
    #expect(SVGRenderer().render(chart).contains("rmse ≤ +10 %"))
    #expect(throws: ArgumentError.self) { try rows().chart(["rmse", "var"]) }
    #expect(throws: ArgumentError.self) { try rows().chart(["rmse"]) }
  }

  @Test func fronts() throws {
    let all = rows()
    let fresh = rows(0.1)
    let chosen = [0, 2, 3, 5, 7].map { fresh[$0] }
    let front = SweepFront(
      ["rmse", "noise.X8"], rows: chosen, all: all, freshSeeds: 5, isOnTestRows: true)
    let chart = try front.chart()
    try Screens.check(chart, "front")
    let text = SVGRenderer().render(chart)
    #expect(text.contains(">front, 5 fresh seeds, test rows<"))
    #expect(text.contains(">noise on 10 % of X8<"), "on the front")
    #expect(text.contains(">noise on 30 % of X8, sweep&#39;s seeds<"), "not on the front")
    let own = SweepFront(
      ["rmse", "noise.X8"], rows: [all[2], all[7]], all: all, freshSeeds: 0, isOnTestRows: false)
    try Screens.check(own.chart(), "front-own-seeds")
    let three = SweepFront(
      ["rmse", "noise.X8", "rmse"], rows: [all[2]], all: all, freshSeeds: 0, isOnTestRows: false)
    #expect(try three.chart().panels.map(\.xAxis.label) == ["rmse", "rmse", "noise.X8"])
    let one = SweepFront(["rmse"], rows: [], all: all, freshSeeds: 0, isOnTestRows: false)
    #expect(throws: ArgumentError.self) { try one.chart() }
    #expect(throws: ArgumentError.self) { try front.chart("rmse", "var") }
  }

  // MARK: Probes

  private func noise(_ features: [String], _ values: [Double], _ errors: [Double]) -> ProbeResult {
    ProbeResult(
      of: .noise,
      Probe.Findings(
        numbers: Probe.noise.numbers.map { _ in nil }, columns: [values, errors, nil]),
      features: features)
  }

  @Test func probes() throws {
    let few = noise(["X1", "X2", "X3"], [0.5, .nan, 0], [0.1, 0.1, 0])
    let long = noise(
      ["median income", "house age in years", "average rooms", "経度 longitude", "population"],
      [0.5, 0.25, .infinity, 0.75, 0.125], [0.1, 0.05, 0.1, 0.2, .nan])
    try Screens.check(few.chart(), "probe-few")
    try Screens.check(long.chart(), "probe-long")
    let many = noise(
      (1...30).map { "X\($0)" }, (1...30).map { Double($0 % 7) },
      [Double](repeating: 0.5, count: 30))
    #expect(SVGRenderer().render(try many.chart()).contains(">X30<"))
    try Screens.check(noise(["X1"], [2], [0.5]).chart(), "probe-one")
  }

  @Test func comparisons() throws {
    func model(
      _ name: String, _ scale: Double, _ features: [String]
    ) -> (name: String, result: ProbeResult, samples: [[Double]]) {
      let means = features.indices.map { scale * Double($0 + 1) }
      return (
        name, noise(features, means, means.map { $0 / 8 }),
        means.map { [$0 - $0 / 8, $0 + $0 / 8] }
      )
    }
    let (two, ten) = (["X1", "X2"], (1...10).map { "X\($0)" })
    let few = ProbeComparison(.noise, [model("plain", 2, two), model("Lai", 1, two)])
    try Screens.check(few.chart(), "comparison")
    let many = ProbeComparison(
      .noise, [model("plain", 2, ten), model("Lai", 1, ten), model("dropped", 0.5, ten)])
    try Screens.check(many.chart(), "comparison-many")
  }

  @Test func slices() throws {
    let slice = ProbeResult(
      of: .partialDependence,
      Probe.Findings(columns: [
        [-2, -1, 0, 1, 2], [4, 1, 0, 1, 4], [0.5, 0.25, 0.125, 0.25, 0.5], [-4, -2, 0, 2, 4],
      ]), features: ["X4"])
    try Screens.check(slice.chart(), "slice")
  }

  // MARK: Losses and data

  @Test func losses() throws {
    let loss = try LaiLoss(lambda: .named(["X4": .included(0.01)], default: .included(1)))
    try Screens.check(loss.chart(), "loss")
  }

  @Test func dataSets() throws {
    let x = try Tensor(
      [1, 5, 2, 5, 2, 5, 3, 5, 3, 5, 3, 5, 9, 5], shape: [7, 2], dtype: .float64)
    let y = try Tensor([-1.0, 0, 0, 1, 1, 2, 9], shape: [7], dtype: .float64)
    let data = try Dataset(x: x, y: y, features: ["income", "不変"], target: "price")
    try Screens.check(data.chart(), "data")
    try Screens.check(data.chart(of: "income"), "data-column")
  }

  @Test func landscapes() throws {
    let x = try Tensor([-2.0, -1, 1, 2], shape: [4, 1], dtype: .float64)
    let y = try Tensor([-2.0, 1, 7, 10], shape: [4], dtype: .float64)
    let landscape = try Landscape(
      .mse, Dataset(x: x, y: y), slopes: (0...12).map { Double($0) / 2 },
      intercepts: (0...8).map(Double.init), label: "MSE of y = 3x + 4")
    #expect(landscape.minimum.slope == 3 && landscape.minimum.intercept == 4)
    try Screens.check(Chart(panels: [landscape.panel()]), "landscape")
  }
}
