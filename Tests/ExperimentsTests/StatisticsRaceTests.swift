import Platform
import Tensors
import Testing

@testable import Experiments

@Suite struct StatisticsRaceTests {
  @Test func dropsWhatIsWorse() throws {
    let best = [0.30, 0.35, 0.28, 0.31, 0.33]
    let race = try Race([
      bySeed(zip(best, [1.20, 1.22, 1.19, 1.21, 1.18]).map(*)), bySeed(best),
      bySeed(zip(best, [1.02, 0.99, 1.03, 0.98, 1.01]).map(*)),
    ])
    #expect(race.best == 1 && race.seeds == [1, 2, 3, 4, 5] && race.survivors == [1, 2])
    #expect(race.standings[1] == Race.Standing(verdict: .best, change: nil))
    // The p-values of the one-sided tests, times 2 and times 1.
    let changes = race.standings.map(\.change)
    #expect(race.standings[0].verdict == .worse(p: 2 * changes[0]!.test.pAbove!))
    #expect(race.standings[2].verdict == .notWorse(p: changes[2]!.test.pAbove!))
    #expect(isNear(changes[0]?.percent.mean, 19.99167, 1e-5))
  }

  @Test func keepsAllBeforeFiveCommonSeeds() throws {
    let race = try Race([
      bySeed([1, 1.1, 1.2, 1.1]), bySeed([9, 9.1, 9.5, 9.6, 9.9]), [2: 1, 3: 1, 4: 1, 9: 1],
    ])
    #expect(race.survivors == [0, 1, 2] && race.seeds == [2, 3, 4] && race.best == 2)
    #expect(race.standings.allSatisfy { $0.verdict == .tooFewSeeds })
    // Four are too few, however clear they are.
    let four = try Race([bySeed([1, 1.1, 1.2, 1.1]), bySeed([9, 9.1, 9.5, 9.6])])
    #expect(four.survivors == [0, 1])
    let strangers = try Race([[1: 1], [2: 1]])
    #expect(strangers.best == nil && strangers.survivors == [0, 1] && strangers.seeds.isEmpty)
    let single = try Race([[1: 1], [1: 2]])
    #expect(single.best == 0 && single.survivors == [0, 1])
  }

  @Test func equalValuesAndValuesThatAreNotPositive() throws {
    let same = bySeed([1, 2, 3, 4, 5])
    let equal = try Race([same, same])
    #expect(equal.best == 0 && equal.standings[1].verdict == .notWorse(p: 0.5))
    // Worse by the same amount for each seed.
    let shifted = try Race([same, same.mapValues { $0 - 5 }])
    #expect(shifted.best == 1 && shifted.standings[0].verdict == .worse(p: 0))
    #expect(shifted.standings[0].change?.scale == .difference)
    // No change in percent of 0.
    let zero = try Race([same, same.mapValues { _ in 0 }])
    #expect(zero.best == 1 && zero.survivors == [1] && zero.standings[0].change == nil)
    #expect(try Race([same]).standings == [Race.Standing(verdict: .best, change: nil)])
  }

  @Test func errors() throws {
    #expect(throws: ArgumentError("candidates", mustBe: "at least one", got: 0)) { try Race([]) }
    #expect(throws: ArgumentError.self) { try Race([[1: 1]], significance: 0) }
    #expect(throws: ArgumentError("the value of seed 1", mustBe: "finite", got: Double.nan)) {
      try Race([[1: 1], [1: .nan]])
    }
    // A seed that is not common does not matter.
    #expect(try Race([[1: 1], [1: 2, 2: .nan]]).best == 0)
  }

  /// Six candidates, of which all are equal, or only the first is the best; runs of one seed have
  /// a common part. The first is dropped in 5 % of races at most; candidates that are worse by four
  /// standard deviations are dropped.
  @Test(arguments: [false, true]) func keepsTheBest(othersAreWorse: Bool) throws {
    var generator = RandomGenerator(seed: 17)
    let races = 500
    var (bestDropped, othersDropped) = (0, 0)
    for _ in 0..<races {
      let common = (0..<6).map { _ in exp(0.3 * generator.normal()) }
      let race = try Race(
        (0..<6).map { candidate in
          let change = othersAreWorse && candidate > 0 ? 0.08 : 0
          return bySeed(common.map { $0 * exp(change + 0.02 * generator.normal()) })
        })
      if race.standings[0].isDropped { bestDropped += 1 }
      othersDropped += race.standings[1...].count(where: \.isDropped)
    }
    #expect(Double(bestDropped) / Double(races) < 0.05)
    let share = Double(othersDropped) / Double(5 * races)
    #expect(othersAreWorse ? share > 0.98 : share < 0.05)
  }
}
