import Foundation
import Learning
import Tensors
import Testing

@testable import Experiments

/// Whole tunes of tiny networks.
@Suite struct TunerTests {
  /// 80 rows of y = 3·X1 + X2.
  private func data(changing held: Bool = false) throws -> Dataset {
    var generator = RandomGenerator(seed: 3, stream: .data)
    var (x, y): ([Double], [Double]) = ([], [])
    for _ in 0..<80 {
      let (first, second): (Double, Double) = (generator.uniform(), generator.uniform())
      x += [first, second]
      y.append(line(first, second))
    }
    let all = try dataset(x, y)
    guard held else { return all }
    // The rows that a tuner holds out, found by their inputs, get other targets.
    let out = try all.split(validation: 0.2, seed: Tuner.holdoutSeed).validation
    let marks = Set(try out.x.elements(as: Float.self))
    for row in y.indices where marks.contains(Float(x[row + row])) { y[row] = -y[row] }
    return try dataset(x, y)
  }

  private func line(_ a: Double, _ b: Double) -> Double { 3.0 * a + b }
  private func dataset(_ x: [Double], _ y: [Double]) throws -> Dataset {
    try Dataset(
      x: Tensor(x, shape: [y.count, 2], dtype: .float32),
      y: Tensor(y, shape: [y.count, 1], dtype: .float32))
  }

  private func recipe(alpha: Double = 1) -> Recipe {
    var recipe = Recipe()
    recipe.hidden = [4]
    recipe.training.pretrain = 3
    recipe.training.epochs = 6
    recipe.training.batch = 16
    recipe.training.alpha = alpha
    return recipe
  }

  private func tuner(
    _ question: TuneQuestion, data: Dataset? = nil, budget: Int = 110, alpha: Double = 1,
    store: SQLiteStore? = nil
  ) throws -> Tuner {
    var options = TuneOptions()
    (options.budget, options.triesLevers) = (budget, false)
    var sweep = SweepOptions()
    sweep.measures.smoothness = false
    sweep.measures.noise = Measures.Noise(features: ["X1"])
    sweep.measures.custom = ["mine"]
    sweep.workers = 2
    return try Tuner(
      question, on: data ?? self.data(), control: recipe(alpha: alpha), options, sweep: sweep,
      store: store ?? SQLiteStore())
  }

  private func question(_ rmse: Double = 50) -> TuneQuestion {
    TuneQuestion(minimise: "noise.X1", bounds: [Bound("rmse", .relative(percent: rmse))])
  }

  @Test func reportsFreshSeedsAndBaselines() throws {
    let tuner = try tuner(question())
    var watch = Watch()
    try tuner.run(control: &watch)
    let result = tuner.result
    let best = try #require(result.best)
    #expect(result.isComplete && best.n == 5 && result.nearest == nil && result.failures.isEmpty)
    #expect(best.changes["rmse"]!.percent.mean <= 50)
    #expect(best.changes["noise.X1"]!.percent.mean < 0)
    // The control, X1 dropped, noise on it, the best.
    #expect(result.rows.map(\.point.kind) == [.control, .baseline, .baseline, .baseline, .point])
    #expect(result.rows.allSatisfy { $0.n == 5 && $0.failed == 0 })
    #expect(result.trials <= 110 && result.trials == watch.ran)
    let seeds = [tuner.options.searchSeeds, tuner.options.freshSeeds] + tuner.options.raceSeeds
    #expect(Set(seeds.joined()).count == seeds.joined().count)
    #expect(try tuner.model()?.scaler != nil)
    let text = "\(result)"
    #expect(text.hasPrefix("least noise.X1 with rmse ≤ +50 %\nbest: lambda = "))
    #expect(text.contains("without X1") && text.contains("fresh seeds (5)"))
  }

  @Test func stoppedAndStartedAgainItHasTheSameBits() throws {
    let whole = try tuner(question())
    var watch = Watch()
    try whole.run(control: &watch)
    let store = try SQLiteStore()
    var ran = 0
    var last: Tuner?
    for stop in [1, 9, 17, 1000] {
      let part = try tuner(question(), store: store)
      var watch = Watch(stopAfter: stop)
      try part.run(control: &watch)
      ran += watch.ran
      #expect(part.result.isComplete == (stop > 40))
      last = part
    }
    #expect(ran == watch.ran)
    let (a, b) = (whole.result, try #require(last).result)
    #expect(a.rows.map(\.values) == b.rows.map(\.values) && a.best?.place == b.best?.place)
    #expect(a.front.map(\.values) == b.front.map(\.values) && a.trials == b.trials)
    #expect(a.best!.point.settings == b.best!.point.settings)
  }

  @Test func theSearchNeverSeesHeldOutRows() throws {
    let plain = try tuner(question())
    let changed = try tuner(question(), data: data(changing: true))
    for tuner in [plain, changed] {
      var watch = Watch()
      try tuner.run(control: &watch)
    }
    #expect(try plain.search.rows().map(\.values) == changed.search.rows().map(\.values))
    #expect(plain.search.points.map(\.settings) == changed.search.points.map(\.settings))
    let (a, b) = (plain.result.rows[0], changed.result.rows[0])
    #expect(a.values["rmse"] != b.values["rmse"])
  }

  @Test func saysWhichBoundFails() throws {
    let tuner = try tuner(
      TuneQuestion(minimise: "rmse", bounds: [Bound("noise.X1", .relative(percent: -99))]))
    var watch = Watch()
    try tuner.run(control: &watch)
    let result = tuner.result
    #expect(result.best == nil && result.nearest != nil)
    let failure = try #require(result.failures.first)
    #expect(failure.measure == "noise.X1" && failure.wanted == "noise.X1 ≤ −99 %")
    #expect(result.failures.count == 1 && failure.by.mean > 0 && failure.by.low != nil)
    // A network without X1 keeps it.
    #expect(result.better.map(\.row.point.name) == ["without X1"])
    #expect("\(result)".contains("noise.X1 ≤ −99 % fails by"))
    #expect("\(result)".contains("without X1 keeps the bounds"))
  }

  /// 51 rows in batches of 16, six times: 1 % of 24 batches is none, so every point is the control.
  @Test func aPointThatIsTheControlIsNotTheBest() throws {
    let tuner = try tuner(question(), alpha: 0.01)
    var watch = Watch()
    try tuner.run(control: &watch)
    let result = tuner.result
    let nearest = try #require(result.nearest)
    #expect(result.isComplete && result.best == nil)
    #expect(try tuner.model() == nil)
    #expect(nearest.values == result.rows[0].values)
    #expect(result.failures.map(\.wanted) == ["noise.X1 < the control's"])
    #expect(result.failures[0].by == Estimate(mean: 0, low: 0, high: 0, n: 5))
    // Plainer means than the Lai loss are compared with the control.
    #expect(result.better.first?.row.point.name == "without X1")
    let text = "\(result)"
    #expect(text.contains("\nfound nothing better than the control; nearest: lambda = "))
    #expect(text.contains("\n  noise.X1 +0.0 ± 0.0 %, which is not below the control's\n"))
    #expect(text.contains("\n  no batch has taken the Lai loss: alpha 0.01 of so few\n"))
    #expect(text.contains("\nwithout X1 beats the control: noise.X1 -100.0"))
  }

  @Test func whatIsNoBetterThanAControlThatKeepsTheBoundsIsNoAnswer() throws {
    let sweep = try tinySweep([0.25, 0.75, 1, 0.5], seeds: [1, 2, 3], in: SQLiteStore())
    // The control; half of it; less on the mean; half of it, with too large an error.
    let own = [[1.0, 2, 3], [0.5, 1, 1.5], [0.5, 2.5, 2.4], [0.5, 1, 1.5]]
    let errors = [1, 1.05, 1.05, 1.2]
    try sweep.store(
      own.enumerated().flatMap { place, values in
        values.enumerated().map { (place, UInt64($0 + 1), ["rmse": errors[place], "own": $1]) }
      })
    let rows = try sweep.rows()
    func failures(_ bounds: [Bound]) -> [[String]] {
      let question = TuneQuestion(minimise: "own", bounds: bounds)
      return rows[1...3].map { question.failures(of: $0, control: rows[0]).map(\.wanted) }
    }
    let (bound, less) = ("rmse ≤ +10 %", "own < the control's")
    #expect(failures([Bound("rmse", .relative(percent: 10))]) == [[], [less], [bound]])
    #expect(failures([]) == [[], [less], []])
    #expect(failures([Bound("rmse", .absolute(1.1))]) == [[], [less], ["rmse ≤ 1.1"]])
    // A control that breaks a bound is no answer: what keeps it may have more of the measure.
    let target = Bound("own", .relative(percent: -30))
    let least = TuneQuestion(minimise: "rmse", bounds: [target])
    #expect(least.failures(of: rows[1], control: rows[0]).isEmpty)
    #expect(least.failures(of: rows[2], control: rows[0]).map(\.wanted) == ["own ≤ −30 %"])
  }

  @Test func refusesQuestionsWithoutAnswer() throws {
    func problem(_ question: TuneQuestion) -> String {
      do {
        _ = try tuner(question)
        return ""
      } catch { return "\(error)" }
    }
    func bound(_ name: String, _ value: Double) -> Bound { Bound(name, .absolute(value)) }
    #expect(
      problem(TuneQuestion(minimise: "noise.X1", bounds: [bound("rmse", 1), bound("rmse", 2)]))
        == "subject.rmse must be one bound, as rmse ≤ 1 is there already (got rmse ≤ 2)")
    #expect(
      problem(TuneQuestion(minimise: "rmse", bounds: [bound("noise.X1", -1)]))
        == "subject.noise.X1 must be > 0, as noise.X1 is never less (got -1)")
    #expect(problem(TuneQuestion(minimise: "noise.X9")).hasPrefix("minimise must be one that"))
    #expect(
      problem(TuneQuestion(minimise: "r2"))
        == "minimise must be a measure of which less is better (got 'r2')")
    #expect(
      problem(TuneQuestion(minimise: "rmse", bounds: [bound("nois.X1", 1)]))
        .hasPrefix("subject.nois.X1 must be one that the sweep takes"))
    #expect(problem(TuneQuestion(minimise: "rmse", features: ["Z"])) == "unknown feature 'Z'")
    #expect(throws: ArgumentError.self) { try self.tuner(self.question(), budget: 30) }
  }

  @Test func aMeasureThatIsNotANumberEndsIt() throws {
    let tuner = try tuner(question())
    var watch = Watch(mine: .nan)
    #expect {
      try tuner.run(control: &watch)
    } throws: {
      "\($0)".hasSuffix("failed with seed 1001: the measure 'mine' must be finite (got nan)")
    }
  }
}

/// Counts trials, and stops after some.
private struct Watch: SweepControl {
  var stopAfter = Int.max
  var mine = 1.0
  private(set) var ran = 0

  init(stopAfter: Int = .max, mine: Double = 1) { (self.stopAfter, self.mine) = (stopAfter, mine) }

  func shouldStop() -> Bool { ran >= stopAfter }
  mutating func progress(_ progress: SweepProgress) {}
  mutating func failed(_ point: SweepPoint, seed: UInt64, problem: String) {}
  mutating func measure(_ run: Run, on validation: Dataset) throws -> [String: Double] {
    ran += 1
    return ["mine": mine]
  }
  func endsAll(_ error: any Error) -> Bool { false }
  func text(of error: any Error) -> String { "\(error)" }
}
