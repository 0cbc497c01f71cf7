import Platform
import Tensors
import Testing

@testable import Experiments

@Suite struct StatisticsPairedChangeTests {
  /// l = np.log(a) − np.log(b), with a and b of StatisticsPairedTTestTests;
  /// r = stats.ttest_rel(np.log(a), np.log(b)); ci = r.confidence_interval()
  /// 100*np.expm1([l.mean(), ci.low, ci.high]), r.statistic, r.pvalue, l.std(ddof=1)
  @Test func ratiosAgreeWithSciPy() throws {
    let change = try PairedChange(
      of: StatisticsPairedTTestTests.a, against: StatisticsPairedTTestTests.b)
    #expect(change.scale == .ratio && change.n == 5 && change.percent.n == 5)
    #expect(isNear(change.percent.mean, 3.568910305071614))
    #expect(isNear(change.percent.low, -0.5299493524699834))
    #expect(isNear(change.percent.high, 7.836671560459529))
    #expect(isNear(change.test.t, 2.411099315273658))
    #expect(isNear(change.p, 0.0734672820564775))
    #expect(isNear(change.deviation, 0.03252135112897291))
  }

  /// a = [0.1, −0.2, 0.35, 0]; b = [−0.5, −0.4, 0.1, −0.3]; d = a − b; m = abs(np.mean(b))
  /// r = stats.ttest_rel(a, b); ci = r.confidence_interval()
  /// 100*d.mean()/m, 100*ci.low/m, 100*ci.high/m, r.pvalue, d.std(ddof=1)/m
  @Test func differencesAgreeWithSciPy() throws {
    let change = try PairedChange(
      of: bySeed([0.1, -0.2, 0.35, 0]), against: bySeed([-0.5, -0.4, 0.1, -0.3]))
    #expect(change.scale == .difference && change.n == 4)
    #expect(isNear(change.percent.mean, 122.72727272727272))
    #expect(isNear(change.percent.low, 18.748754094824772))
    #expect(isNear(change.percent.high, 226.7057913597207))
    #expect(isNear(change.p, 0.03297386993652402))
    #expect(isNear(change.deviation, 0.6534502622075097))
  }

  /// The scale is that of the pairs: a value of 0 without a partner does not matter.
  @Test func scaleIsThatOfThePairs() throws {
    let change = try PairedChange(of: [1: 2, 2: 1, 3: 0], against: [1: 1, 2: 2, 4: -1])
    #expect(change.scale == .ratio && change.n == 2)
    // A doubling and a halving.
    #expect(change.percent.mean == 0 && change.p == 1)
    #expect(try PairedChange(of: [1: 2, 2: 0], against: [1: 1, 2: 2]).scale == .difference)
    #expect(try PairedChange(of: [1: 2, 2: 1], against: [1: 1, 2: 0]).scale == .difference)
  }

  @Test func equalValues() throws {
    for value in [0.3, -0.3, 0] {
      let same = bySeed([value, value * 2, value])
      let change = try PairedChange(of: same, against: same)
      #expect(change.percent == Estimate(mean: 0, low: 0, high: 0, n: 3))
      #expect(change.p == 1 && change.deviation == 0)
    }
    let doubled = try PairedChange(of: bySeed([2, 2, 2]), against: bySeed([1, 1, 1]))
    #expect(isNear(doubled.percent.mean, 100) && doubled.percent.low == doubled.percent.high)
    #expect(doubled.p == 0)
  }

  @Test func fewMissingAndNonFiniteValues() throws {
    let single = try PairedChange(of: [1: 3], against: [1: 2])
    #expect(isNear(single.percent.mean, 50) && single.percent.low == nil)
    #expect(single.p == nil && single.deviation == nil)
    #expect(try single.seedsNeeded(toSee: 5) == nil)
    #expect(throws: ArgumentError.self) { try PairedChange(of: [1: 3], against: [2: 3]) }
    #expect(throws: ArgumentError.self) { try PairedChange(of: [1: .nan], against: [1: 3]) }
    #expect(throws: ArgumentError.self) { try PairedChange(of: [1: 3], against: [1: .infinity]) }
    #expect(throws: ArgumentError("the control's mean", mustBe: "other than 0", got: 0)) {
      try PairedChange(of: bySeed([1, 2]), against: bySeed([-1, 1]))
    }
    #expect(throws: ArgumentError.self) {
      try PairedChange(of: bySeed([1, 2]), against: bySeed([1, 3]), confidence: 0)
    }
  }

  /// Pairing removes what a seed does to both: values scatter by 50 %, changes by 2 %.
  @Test func coversTheTrueChange() throws {
    var generator = RandomGenerator(seed: 3)
    let changes = try (0..<1_000).map { _ in
      let control = (0..<5).map { _ in exp(0.5 * generator.normal()) }
      let values = control.map { $0 * 1.1 * exp(0.02 * generator.normal()) }
      return try PairedChange(of: bySeed(values), against: bySeed(control))
    }
    let covered = changes.count { $0.percent.low! <= 10 && $0.percent.high! >= 10 }
    #expect((0.935...0.965).contains(Double(covered) / 1_000))
    #expect(changes.count { $0.p! < 0.05 } > 990)
  }
}
