import Learning
import Platform
import Tensors
import Testing

@testable import Experiments

@Suite struct StatisticsSeedsNeededTests {
  /// SciPy: t = stats.t.ppf(1 − α/2, n − 1); δ = d*np.sqrt(n)
  /// stats.nct.sf(t, n − 1, δ) + np.nan_to_num(stats.nct.cdf(−t, n − 1, δ))
  @Test(
    arguments: [
      (1, 5, 0.05, 0.40138991737179536), (0.5, 10, 0.05, 0.29317560651407687),
      (2, 3, 0.05, 0.47074943127843494), (-3, 2, 0.05, 0.26077071422910975),
      (0.1, 1000, 0.05, 0.8847890988907141), (5, 4, 0.001, 0.3850274967885244),
      (0, 6, 0.05, 0.05),
    ])
  func powerAgreesWithSciPy(effect: Double, n: Int, significance: Double, expected: Double) {
    let power = Statistics.pairedPower(effect: effect, n: n, significance: significance)
    #expect(abs(power - expected) < 1e-8)
  }

  /// Of two pairs, with a shift as large as a large t, Z does not matter: P(|W| < 1) for normal W,
  /// math.erf(0.5**0.5). Student's t for α = 1e-6 and one degree of freedom is 2/(πα).
  @Test func powerOfAStrictTest() {
    let power = Statistics.pairedPower(
      effect: 2e6 / Double.pi / 2.0.squareRoot(), n: 2, significance: 1e-6)
    #expect(abs(power - 0.6826894921370859) < 1e-7)
  }

  /// The least n with that power at least 0.8 at α = 0.05, and at least 0.95 at 0.01, for
  /// d = abs(np.log1p(percent/100))/deviation. The first is statsmodels' TTestPower().solve_power(
  /// effect_size=d, alpha=0.05, power=0.8), rounded up: 10.09, 3.60, 3.47, 2.54, 200.1, 7136.6, ….
  @Test(
    arguments: [
      (2, 0.02, 11, 22), (5, 0.02, 4, 7), (-5, 0.02, 4, 7), (10, 0.02, 3, 5), (1, 0.05, 201, 454),
      (1, 0.3, 7137, 16197), (0.5, 0.03, 286, 648), (50, 0.1, 3, 5),
    ])
  func seedsAgreeWithSciPy(percent: Double, deviation: Double, usual: Int, strict: Int) throws {
    #expect(try Statistics.seedsNeeded(toSee: percent, deviation: deviation) == usual)
    #expect(
      try Statistics.seedsNeeded(
        toSee: percent, deviation: deviation, power: 0.95, significance: 0.01) == strict)
  }

  @Test func theApproximationContinuesTheExactNumbers() throws {
    // 1e5 and a bit more seeds: ((1.959964 + 0.841621)/d)² + 1.92.
    let d = 2.8015852 / (1e5 + 500).squareRoot()
    let percent = 100 * d
    let n = try Statistics.seedsNeeded(toSee: percent, deviation: 1, scale: .difference)
    #expect(n > 100_000)
    #expect(Statistics.pairedPower(effect: d, n: n + 2, significance: 0.05) > 0.8)
    #expect(Statistics.pairedPower(effect: d, n: n - 2, significance: 0.05) < 0.8)
  }

  @Test func endsAndErrors() throws {
    #expect(try Statistics.seedsNeeded(toSee: 1, deviation: 0) == 2)
    #expect(try Statistics.seedsNeeded(toSee: 1, deviation: 1e-300) == 2)
    #expect(try Statistics.seedsNeeded(toSee: -150, deviation: 0.1, scale: .difference) == 2)
    // Two pairs are few for a strict test, however large the change.
    #expect(try Statistics.seedsNeeded(toSee: 50, deviation: 0.01, significance: 1e-12) > 4)
    #expect(try Statistics.seedsNeeded(toSee: 1, deviation: 1, power: 1e-3) == 2)
    for percent in [0, -100, -150, .nan, .infinity, 1e-12] {
      #expect(throws: ArgumentError.self) {
        try Statistics.seedsNeeded(toSee: percent, deviation: 0.1)
      }
    }
    for deviation in [-1, .nan, .infinity] {
      #expect(throws: ArgumentError.self) {
        try Statistics.seedsNeeded(toSee: 1, deviation: deviation)
      }
    }
    for value in [0, 1, .nan] {
      #expect(throws: ArgumentError.self) {
        try Statistics.seedsNeeded(toSee: 1, deviation: 1, power: value)
      }
      #expect(throws: ArgumentError.self) {
        try Statistics.seedsNeeded(toSee: 1, deviation: 1, significance: value)
      }
    }
  }

  /// With so many seeds the change is seen in 80 % of experiments.
  @Test func seesTheChangeAsOftenAsItSays() throws {
    var generator = RandomGenerator(seed: 11)
    let first = try PairedChange(
      of: bySeed([1.01, 1.03, 0.98, 1.02]), against: bySeed([1, 1, 1, 1]))
    let n = try first.seedsNeeded(toSee: 3)!
    let deviation = first.deviation!
    let seen = try (0..<1_000).count { _ in
      let values = (0..<n).map { _ in 1.03 * exp(deviation * generator.normal()) }
      return try PairedChange(of: bySeed(values), against: bySeed(values.map { _ in 1 })).p! <= 0.05
    }
    let exact = Statistics.pairedPower(
      effect: log(1.03) / deviation, n: n, significance: 0.05)
    #expect(exact >= 0.8)
    #expect(abs(Double(seen) / 1_000 - exact) < 0.03)
  }
}
