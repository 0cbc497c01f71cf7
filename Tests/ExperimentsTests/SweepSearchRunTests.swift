import Learning
import Tensors
import Testing

@testable import Experiments

@Suite("Sweep: searches") struct SweepSearchRunTests {
  private func search(_ kind: Search, _ bounds: [Bound] = []) throws -> SweepSearch {
    SweepSearch(
      kind, in: try Space([Dimension("alpha", .range(low: 0, high: 1))]), seed: 5,
      minimise: "rmse", bounds: bounds)
  }

  private func point(_ proposal: Proposal) throws -> SweepPoint {
    guard case .number(let alpha) = proposal[0] else { throw SweepWatch.Interruption() }
    var recipe = try tinyRecipe(alpha: alpha)
    recipe.training.loss = .lai(try LaiLoss(lambda: .uniform(0.01)))
    return SweepPoint(
      settings: [.init("alpha", .number(alpha))], recipe: recipe, proposal: proposal)
  }

  /// Runs a search in a store until it ends or the watch stops it; its outcome, and what was trained.
  private func run(
    _ kind: Search, workers: Int, in store: (any TrialStore)? = nil, stoppingAfter limit: Int = .max
  ) throws -> (outcome: [String: Sweep.Outcome], points: [Proposal], trained: Int) {
    let sweep = try tinySweep([], in: store ?? SQLiteStore()) { $0.workers = workers }
    var watch = SweepWatch()
    watch.stops = { $0.measured.count >= limit }
    let bounds = [Bound("own", .relative(percent: 10))]
    try sweep.run(search(kind, bounds), control: &watch) { try point($0) }
    return (try sweep.outcome(), sweep.points.compactMap(\.proposal), watch.measured.count)
  }

  @Test(arguments: [
    Search.sobol(trials: 4), .tpe(trials: 6, round: 2, start: 2), .random(trials: 3),
  ])
  func theSameForAnyNumberOfWorkers(kind: Search) throws {
    let one = try run(kind, workers: 1)
    #expect(one.outcome.values.allSatisfy { $0.state == .done })
    for workers in [2, 4] {
      let other = try run(kind, workers: workers)
      #expect(other.outcome == one.outcome && other.points == one.points)
    }
    // Stopped in the middle of a round, and begun again.
    let store = try SQLiteStore()
    let part = try run(kind, workers: 2, in: store, stoppingAfter: 4)
    #expect(part.trained >= 4)
    let rest = try run(kind, workers: 2, in: store)
    #expect(rest.outcome == one.outcome && rest.points == one.points)
    #expect(part.trained + rest.trained == one.trained)
    #expect(try run(kind, workers: 2, in: store).trained == 0)
  }

  /// The proposals of a round are those that the search makes of the means so far.
  @Test func aRoundFollowsFromTheResultsBefore() throws {
    let kind = Search.tpe(trials: 8, round: 4, start: 4)
    let sweep = try tinySweep([], seeds: [1, 2], in: SQLiteStore())
    var watch = SweepWatch()
    let search = try search(kind, [Bound("own", .absolute(0.5))])
    try sweep.run(search, control: &watch) { try point($0) }
    let rows = try sweep.rows().filter { $0.point.proposal != nil }
    #expect(rows.count == 8)
    let observations = rows[..<4].map { row in
      // own is 1 and the control's too.
      Observation(
        proposal: row.point.proposal!, value: row.estimates["rmse"]!.mean, violations: [0.5])
    }
    let proposals = try kind.proposals(
      round: 1, in: search.space, seed: 5, after: observations)
    #expect(rows[4...].map(\.point.proposal) == proposals)
    let first = try kind.proposals(round: 0, in: search.space, seed: 5)
    #expect(rows[..<4].map(\.point.proposal) == first)
  }

  @Test func pointsOfWhichATrialFailsCountAsFailed() throws {
    let kind = Search.tpe(trials: 6, round: 2, start: 2)
    let sweep = try tinySweep([], seeds: [1, 2], in: SQLiteStore())
    var watch = SweepWatch()
    watch.measure = { run, _ in
      run.options.seed == 2 && run.options.alpha > 0.5 && run.options.alpha < 1 ? .nan : 1
    }
    try sweep.run(search(kind), control: &watch) { try point($0) }
    let rows = try sweep.rows()
    #expect(rows.count == 7 && rows.contains { $0.failed == 1 })
    let failed = try #require(rows[1...2].first { $0.failed == 1 } ?? rows.first { $0.failed == 1 })
    #expect(failed.n == 1 && failed.estimates["rmse"] != nil)
  }

  @Test func measuresThatAreNotTakenAreErrors() throws {
    let sweep = try tinySweep([], in: SQLiteStore())
    var watch = SweepWatch()
    var other = try search(.sobol(trials: 2), [Bound("noise.X4", .absolute(1))])
    #expect(throws: ArgumentError.self) {
      try sweep.run(other, control: &watch) { try point($0) }
    }
    other = try search(.sobol(trials: 2))
    other.minimise = "var"
    #expect(throws: ArgumentError.self) {
      try sweep.run(other, control: &watch) { try point($0) }
    }
    #expect(watch.measured.isEmpty)
  }
}
