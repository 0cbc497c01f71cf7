import Tensors
import Testing

@testable import Experiments

@Suite struct StatisticsHolmTests {
  /// statsmodels: multipletests(p, method='holm')[1]
  @Test(
    arguments: [
      ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
      ([0.5, 0.02, 0.02, 0.9, 0.0001, 0.04], [1, 0.1, 0.1, 1, 0.0006, 0.12]),
      ([0.3], [0.3]), ([0, 1], [0, 1]), ([], []),
    ])
  func agreesWithStatsmodels(values: [Double], expected: [Double]) throws {
    let adjusted = try Holm.adjusted(values)
    #expect(adjusted.count == expected.count)
    #expect(zip(adjusted, expected).allSatisfy { isNear($0, $1) })
  }

  @Test func leavesOutMissingTests() throws {
    let adjusted = try Holm.adjusted([0.01, nil, 0.04, nil])
    #expect(adjusted == [0.02, nil, 0.04, nil])
  }

  @Test(arguments: [-0.1, 1.1, .nan, .infinity]) func refusesWhatIsNoProbability(value: Double) {
    #expect(throws: ArgumentError("a p-value", mustBe: "between 0 and 1", got: value)) {
      try Holm.adjusted([0.5, value])
    }
  }

  /// Of 8 tests without effect any is below 0.05 in at most 5 % of cases; unadjusted, in 34 %.
  @Test func keepsTheErrorOfTheFamily() throws {
    var generator = RandomGenerator(seed: 5)
    var (adjusted, plain) = (0, 0)
    for _ in 0..<5_000 {
      let values = (0..<8).map { _ in generator.uniform() }
      if try Holm.adjusted(values).contains(where: { $0 <= 0.05 }) { adjusted += 1 }
      if values.contains(where: { $0 <= 0.05 }) { plain += 1 }
    }
    #expect((0.04...0.06).contains(Double(adjusted) / 5_000))
    #expect((0.31...0.37).contains(Double(plain) / 5_000))
  }
}
