import Learning
import Tensors
import Testing

@testable import Experiments

@Suite struct StatisticsEstimateTests {
  /// x = [0.31, 0.29, 0.335, 0.3, 0.322]
  /// SciPy: stats.t.interval(c, 4, np.mean(x), stats.sem(x)) for c = 0.95 and 0.9
  @Test func agreesWithSciPy() throws {
    let values = [0.31, 0.29, 0.335, 0.3, 0.322]
    let estimate = try Estimate(of: values)
    #expect(isNear(estimate.mean, 0.3114))
    #expect(isNear(estimate.low, 0.28936964726337205))
    #expect(isNear(estimate.high, 0.33343035273662797))
    #expect(estimate.n == 5)
    let narrow = try Estimate(of: values, confidence: 0.9)
    #expect(isNear(narrow.low, 0.29448436331217254))
    #expect(isNear(narrow.high, 0.3283156366878275))
  }

  @Test func fewEqualAndNonFiniteValues() throws {
    #expect(throws: ArgumentError("values", mustBe: "at least one", got: 0)) {
      try Estimate(of: [])
    }
    #expect(throws: ArgumentError.self) { try Estimate(of: [1, 2], confidence: 1) }
    #expect(try Estimate(of: [7]) == Estimate(mean: 7, low: nil, high: nil, n: 1))
    #expect(try Estimate(of: [0.1, 0.1, 0.1]) == Estimate(mean: 0.1, low: 0.1, high: 0.1, n: 3))
    let diverged = try Estimate(of: [1, .nan, 2])
    #expect(diverged.mean.isNaN && diverged.low == nil && diverged.high == nil)
    let infinite = try Estimate(of: [1, .infinity, 2])
    #expect(infinite == Estimate(mean: .infinity, low: nil, high: nil, n: 3))
  }

  /// A 95 % interval has the truth in 95 % of samples: 2,000 samples, standard error 0.5 %.
  @Test(arguments: [3, 5, 10]) func coversTheTruth(n: Int) throws {
    var generator = RandomGenerator(seed: UInt64(n))
    let samples = 2_000
    var covered = 0
    for _ in 0..<samples {
      let estimate = try Estimate(of: (0..<n).map { _ in 3 + 2 * generator.normal() })
      if estimate.low! <= 3, estimate.high! >= 3 { covered += 1 }
    }
    #expect((0.935...0.965).contains(Double(covered) / Double(samples)))
  }

  /// The best of ten equal candidates looks 1.54 standard errors too good on the seeds that it was
  /// chosen by (the mean of the largest of ten normal numbers), and its interval misses the truth.
  /// On fresh seeds neither is so.
  @Test func theWinnersCurseNeedsFreshSeeds() throws {
    var generator = RandomGenerator(seed: 1)
    let (searches, n) = (1_000, 10)
    func measure() -> [Double] { (0..<n).map { _ in 1 + 0.1 * generator.normal() } }
    func sum(_ values: [Double]) -> Double { values.reduce(0, +) }
    var gain = (search: 0.0, fresh: 0.0)
    var covered = (search: 0.0, fresh: 0.0)
    for _ in 0..<searches {
      let candidates = (0..<10).map { _ in measure() }
      let winner = try Estimate(of: candidates.min { sum($0) < sum($1) }!)
      let fresh = try Estimate(of: measure())
      let standardError = 0.1 / Double(n).squareRoot()
      gain.search += (1 - winner.mean) / standardError / Double(searches)
      gain.fresh += (1 - fresh.mean) / standardError / Double(searches)
      covered.search += (winner.high! >= 1 ? 1 : 0) / Double(searches)
      covered.fresh += (fresh.low! <= 1 && fresh.high! >= 1 ? 1 : 0) / Double(searches)
    }
    #expect(abs(gain.search - 1.5388) < 0.06)
    #expect(abs(gain.fresh) < 0.1)
    #expect(covered.search < 0.85)
    #expect((0.935...0.965).contains(covered.fresh))
  }
}

/// Whether a number is the expected one up to rounding.
func isNear(_ got: Double?, _ expected: Double, _ tolerance: Double = 1e-10) -> Bool {
  got.map { abs($0 - expected) <= tolerance * max(abs(expected), 1e-3) } ?? false
}

/// Values with the seeds 1, 2, ….
func bySeed(_ values: [Double]) -> [UInt64: Double] {
  Dictionary(uniqueKeysWithValues: zip(1..., values))
}
