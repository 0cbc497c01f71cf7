import Learning
import Tensors
import Testing

@testable import Experiments

/// Which points baselines beat, by results that were written by hand. p-values from SciPy 1.17:
/// ttest_1samp(point − baseline, 0, alternative="greater") over common seeds, then Holm's by hand.
@Suite("Sweep: baselines and points") struct SweepBaselinesTests {
  /// The places: control 0, points 1 and 2, without X4 3, noise on 10 % 4, noise on 30 % 5.
  private func sweep(metrics: [String] = ["rmse"], noise: Bool = true) throws -> Sweep {
    let sweep = try tinySweep([0.25, 0.75], seeds: [1, 2, 3], in: SQLiteStore()) {
      $0.measures.custom = []
      $0.measures.metrics = metrics
      $0.measures.noise = noise ? Measures.Noise(features: ["X4"]) : nil
    }
    for point in try sweep.baselines(of: "X4") { try sweep.add(point) }
    let values: [(point: Int, rmse: [Double], noise: [Double])] = [
      (0, [1, 1, 1], [0.9, 0.8, 0.9]), (1, [1, 1.1, 1.2], [0.5, 0.6, 0.7]),
      (2, [0.9, 0.9, 1], [0.2, 0.3, 0.1]), (3, [1, 1, 1.2], [0, 0, 0]),
      (4, [1, 1.05], [0.45, 0.5]), (5, [1.3, 1.3, 1.3], [0.1, 0.12, 0.08]),
    ]
    try sweep.store(
      values.flatMap { point, rmse, noise in
        rmse.indices.map { (point, UInt64($0 + 1), ["rmse": rmse[$0], "noise.X4": noise[$0]]) }
      })
    return sweep
  }

  @Test func whatNeitherErrsMoreNorIsAsSensitiveBeats() throws {
    let sweep = try sweep()
    let verdict = try sweep.baselineVerdict(try sweep.rows())
    #expect(verdict.pairs == 6)
    #expect(verdict.beaten.map(\.point.place) == [1, 1])
    #expect(verdict.beaten.map(\.baseline.place) == [3, 4])
    #expect(Set(verdict.beaten.map(\.error)) == ["rmse"])
    #expect(Set(verdict.beaten.map(\.sensitivity)) == ["noise.X4"])
    // Over the seeds that both have: 1 and 2 of the second pair.
    for (entry, (error, sensitivity, p)) in zip(
      verdict.beaten,
      [(-0.1 / 3, -0.6, 0.027397834158826354), (-0.025, -0.075, 0.24417246258161784)])
    {
      #expect(abs(entry.errorDifference - error) < 1e-12)
      #expect(abs(entry.sensitivityDifference - sensitivity) < 1e-12)
      #expect(abs((entry.p ?? .nan) - p) < 1e-10)
    }
  }

  @Test func withoutAnErrorOrASensitivityNothingIsCompared() throws {
    let other = try sweep(metrics: ["r2"])
    #expect(try other.baselineVerdict(try other.rows()).pairs == 0)
    let blind = try sweep(noise: false)
    #expect(try blind.baselineVerdict(try blind.rows()).pairs == 0)
  }

  @Test func oneSeedHasNoTest() throws {
    let sweep = try sweep()
    let verdict = try sweep.baselineVerdict(try sweep.rows(seeds: [1]))
    #expect(
      verdict.beaten.map(\.baseline.place) == [3, 4] && verdict.beaten.allSatisfy { $0.p == nil })
  }
}
