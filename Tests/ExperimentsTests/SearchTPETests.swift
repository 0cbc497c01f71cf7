import Platform
import Tensors
import Testing

@testable import Experiments

@Suite struct SearchTPETests {
  private static let mixed = try! Space([
    Dimension("rate", .range(low: 1e-5, high: 1, isLog: true)),
    Dimension("shift", .range(low: -2, high: 2)),
    Dimension("width", .range(low: 1, high: 64, isInteger: true)),
    Dimension("kind", .choices(4)),
  ])

  /// A bowl in three dimensions, a constant for each choice; the least value is 0.
  private static func bowl(_ point: Proposal) -> Double {
    let a = log10(point[0].number ?? .nan) + 2.5
    let b = (point[1].number ?? .nan) - 0.7
    let c = ((point[2].number ?? .nan) - 40) / 20
    let kinds = [0.6, 0, 0.9, 0.4]
    return a * a + b * b + c * c + a * b / 2 + kinds[point[3].choice ?? 0]
  }

  /// All observations of a search, by a function of the point.
  private func run(
    _ search: Search, in space: Space = mixed, seed: UInt64,
    _ observe: (Proposal) -> Observation
  ) throws -> [Observation] {
    var observations: [Observation] = []
    for round in 0... {
      let points = try search.proposals(round: round, in: space, seed: seed, after: observations)
      if points.isEmpty { break }
      observations += points.map(observe)
    }
    return observations
  }

  /// The true value of the best point of 60, noise 0.1; paired by seed.
  @Test func isBetterThanRandom() throws {
    let differences = try (0..<30).map { (seed: UInt64) -> Double in
      let best = try [Search.random(trials: 60), .tpe(trials: 60, round: 5, start: 15)].map {
        var generator = RandomGenerator(seed: seed, stream: .noise)
        return try run($0, seed: seed) { point in
          Observation(proposal: point, value: Self.bowl(point) + 0.1 * generator.normal())
        }.map { Self.bowl($0.proposal) }.min() ?? .nan
      }
      return best[0] - best[1]
    }
    let mean = differences.reduce(0, +) / 30
    let variance = differences.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 29
    // Student's t with 29 degrees of freedom: p = 0.01 on both sides.
    #expect(mean / (variance / 30).squareRoot() > 2.756)
    #expect(mean > 0.3)
  }

  /// A twentieth of the points is feasible.
  @Test func staysMoreOftenWithinConstraints() throws {
    let space = try Space((0..<4).map { Dimension("\($0)", .range(low: 0, high: 1)) })
    func feasible(_ search: Search, seed: UInt64) throws -> Int {
      try run(search, in: space, seed: seed) { point in
        let x: [Double] = point.map { $0.number ?? .nan }
        return Observation(
          proposal: point, value: x.reduce(0, +),
          violations: [0.5 - x[0] * x[1], 0.3 - x[2] * x[3]])
      }.suffix(20).count { $0.violations.allSatisfy { $0 <= 0 } }
    }
    var total = 0
    for seed in 0..<5 as Range<UInt64> {
      let count = try feasible(.tpe(trials: 60, round: 5, start: 15), seed: seed)
      #expect(try feasible(.random(trials: 60), seed: seed) < count)
      total += count
    }
    #expect(total >= 30)
  }

  @Test func isPureAndIndependentOfTheOrder() throws {
    let search = Search.tpe(trials: 40, round: 8, start: 10)
    var observations = try Search.random(trials: 30).proposals(round: 0, in: Self.mixed, seed: 4)
      .enumerated().map { index, point in
        // Ties, failures and infeasible points among them.
        Observation(
          proposal: point, value: index % 7 == 0 ? nil : (4 * Self.bowl(point)).rounded(),
          violations: [Double(index % 3) - 1])
      }
    let points = try search.proposals(round: 3, in: Self.mixed, seed: 9, after: observations)
    #expect(points.count == 8 && Set(points).count == 8)
    var generator = RandomGenerator(seed: 1)
    for _ in 0..<5 {
      generator.shuffle(&observations)
      #expect(
        try search.proposals(round: 3, in: Self.mixed, seed: 9, after: observations) == points)
    }
    #expect(try search.proposals(round: 3, in: Self.mixed, seed: 8, after: observations) != points)
    #expect(try search.proposals(round: 5, in: Self.mixed, seed: 9, after: observations).isEmpty)
    #expect(try search.proposals(round: .max, in: Self.mixed, seed: 9).isEmpty)
  }

  @Test func startsWithSobolPoints() throws {
    let sobol = try Search.sobol(trials: 12).proposals(round: 0, in: Self.mixed, seed: 3)
    let all = try run(.tpe(trials: 17, round: 8, start: 12), seed: 3) {
      Observation(proposal: $0, value: Self.bowl($0))
    }
    #expect(all.count == 17)
    #expect(all.prefix(12).map(\.proposal) == sobol)
  }

  @Test func noPointComesTwiceInASmallSpace() throws {
    let space = try Space([
      Dimension("a", .choices(3)), Dimension("b", .range(low: 0, high: 1, step: 0.3)),
      Dimension("c", .choices(1)),
    ])
    let all = try run(.tpe(trials: 50, round: 5, start: 3), in: space, seed: 1) {
      Observation(proposal: $0, value: 1)
    }
    #expect(all.count == 12 && Set(all.map(\.proposal)).count == 12)
  }

  /// Failures, equal values, infinite ones, and ranges of 600 decades: points inside, all different.
  @Test(arguments: [nil, 1, .nan, .infinity, -.infinity, 1e308] as [Double?])
  func takesWhateverValues(_ value: Double?) throws {
    let space = try Space([
      Dimension("a", .range(low: 1e-300, high: 1e300)),
      Dimension("b", .range(low: 1e-300, high: 1e300, isLog: true)),
      Dimension("c", .range(low: 0, high: 1e15, isInteger: true)), Dimension("d", .choices(1)),
    ])
    let all = try run(.tpe(trials: 24, round: 4, start: 4), in: space, seed: 1) {
      Observation(proposal: $0, value: value, violations: [1e308, 1e308, .nan])
    }
    #expect(Set(all.map(\.proposal)).count == 24)
    for point in all.map(\.proposal) {
      #expect(point.prefix(2).allSatisfy { 1e-300...1e300 ~= $0.number ?? 0 })
      #expect(0...1e15 ~= point[2].number ?? -1)
    }
  }

  private func onLine(_ values: [(x: Double, value: Double?)], seed: UInt64) throws -> Proposal {
    let space = try Space([Dimension("x", .range(low: 0, high: 1))])
    return try Search.tpe(trials: 9, round: 1, start: 0).proposals(
      round: 0, in: space, seed: seed,
      after: values.map { Observation(proposal: [.number($0.x)], value: $0.value) })[0]
  }

  /// The best point lies in the middle, the bad ones on its right.
  @Test func avoidsBadNeighbours() throws {
    let bad: [(Double, Double)] = (1...9).map { (0.5 + 0.05 * Double($0), 1) }
    let values = [(0.5, 0)] + bad
    let left = try (0..<20).count { try onLine(values, seed: UInt64($0))[0].number ?? 1 < 0.5 }
    #expect(left >= 19)
  }

  @Test func keepsAwayFromFailures() throws {
    let away = try (0..<20).count {
      try onLine([(0.9, nil)], seed: UInt64($0))[0].number ?? 1 < 0.6
    }
    #expect(away >= 19)
  }

  /// From the first to the last point of a round, on average over seeds; without the liar 0.06.
  @Test func keepsThePointsOfARoundApart() throws {
    let space = try Space([Dimension("x", .range(low: 0, high: 1))])
    let observations = (0..<10).map {
      Observation(proposal: [.number(Double($0) / 9)], value: abs(Double($0) - 4))
    }
    let spreads = try (0..<10).map { (seed: UInt64) -> Double in
      let points = try Search.tpe(trials: 8, round: 8, start: 0)
        .proposals(round: 0, in: space, seed: seed, after: observations)
        .compactMap { $0[0].number }
      return (points.max() ?? 0) - (points.min() ?? 0)
    }
    #expect(spreads.reduce(0, +) / 10 > 0.4)
  }

  @Test(arguments: [.nan, .infinity, -.infinity] as [Double])
  func valuesThatAreNotFiniteAreFailures(_ value: Double) throws {
    let values = (0..<10).map { (Double($0) / 10, Double($0) as Double?) }
    let failure = try onLine(values + [(0.9, nil), (0.8, nil)], seed: 1)
    #expect(try onLine(values + [(0.9, value), (0.8, value)], seed: 1) == failure)
  }

  @Test func refusesObservationsOfAnotherSpace() {
    let search = Search.tpe(trials: 9, round: 3, start: 0)
    for proposal in [[.choice(0)], [.number(1), .number(1), .number(1), .choice(4)]] as [Proposal] {
      #expect(throws: ArgumentError.self) {
        _ = try search.proposals(
          round: 0, in: Self.mixed, seed: 1, after: [Observation(proposal: proposal, value: 1)])
      }
    }
  }
}
