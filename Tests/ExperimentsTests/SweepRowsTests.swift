import Learning
import Tensors
import Testing

@testable import Experiments

/// Rows of results that were written by hand. Numbers from SciPy 1.17: mean ± stats.t.ppf(0.975, n − 1)
/// · std(ddof = 1)/√n of the values, of ln(a/control), or of (a − control)/|mean of the control|.
@Suite("Sweep: rows") struct SweepRowsTests {
  private func sweep() throws -> Sweep {
    let sweep = try tinySweep([0.25, 0.75], seeds: [1, 2, 3], in: SQLiteStore())
    let control: [(Double, Double)] = [(1, -1), (2, 2), (4, 5)]
    let first: [(Double, Double)] = [(1.1, 0), (2.4, 2), (4.2, 7)]
    var results: [(point: Int, seed: UInt64, measures: [String: Double])] = []
    for (place, values) in [control, first].enumerated() {
      for (index, (rmse, own)) in values.enumerated() {
        results.append((place, UInt64(index + 1), ["rmse": rmse, "own": own]))
      }
    }
    results += [(2, 1, ["rmse": 0.9, "own": 1]), (2, 2, [:]), (2, 3, ["rmse": 4.4, "own": 3])]
    try sweep.store(results)
    return sweep
  }

  private func isNear(_ found: Estimate?, _ mean: Double, _ low: Double, _ high: Double) {
    for (a, b) in [(found?.mean, mean), (found?.low, low), (found?.high, high)] {
      #expect(abs((a ?? .nan) - b) < 1e-9 * max(1, abs(b)))
    }
  }

  @Test func meansAndChangesArePairedBySeed() throws {
    let rows = try sweep().rows()
    #expect(rows.map(\.n) == [3, 3, 2] && rows.map(\.failed) == [0, 0, 1])
    #expect(rows.map(\.asked) == [3, 3, 3] && rows.map(\.place) == [0, 1, 2])
    #expect(rows[0].changes.isEmpty)
    isNear(rows[1].estimates["rmse"], 2.566666666666667, -1.300405224861212, 6.433738558194546)
    let change = try #require(rows[1].changes["rmse"])
    isNear(change.percent, 11.494747954535, -5.783086103925896, 31.94105291070538)
    #expect(abs(change.p! - 0.10867229911715215) < 1e-10)
    // Seed 2 has no pair.
    isNear(rows[2].estimates["rmse"], 2.65, -19.585858288305715, 24.88585828830572)
    isNear(
      rows[2].changes["rmse"]?.percent, -0.501256289337997, -72.1936740348118, 256.0340913932388)
    #expect(rows[2].changes["rmse"]?.n == 2)
    // Of a measure that is not > 0, the difference.
    isNear(rows[1].estimates["own"], 3, -5.956685895029597, 11.956685895029597)
    let difference = try #require(rows[1].changes["own"])
    isNear(difference.percent, 50, -74.20688558751651, 174.20688558751652)
    #expect(abs(difference.p! - 0.22540333075851665) < 1e-10)
  }

  @Test func otherSeedsAreRowsOfTheirOwn() throws {
    let sweep = try sweep()
    try sweep.store([(1, 9, ["rmse": 5, "own": 1]), (0, 9, ["rmse": 4, "own": 1])])
    let row = try sweep.rows(seeds: [9])[1]
    #expect(row.n == 1 && row.estimates["rmse"]?.mean == 5 && row.estimates["rmse"]?.low == nil)
    #expect(abs(row.changes["rmse"]!.percent.mean - 25) < 1e-12)
    #expect(row.changes["rmse"]!.p == nil)
    #expect(try sweep.rows()[1].estimates["rmse"]!.n == 3)
  }

  @Test func theFrontHasWhatNoOtherBeatsInAll() throws {
    let sweep = try tinySweep([0.125, 0.25, 0.5, 0.75], seeds: [1], in: SQLiteStore())
    let values = [(1.0, 9.0), (2, 4), (3, 3), (3, 4), (1, 9)]
    try sweep.store(
      values.enumerated().map { ($0, 1, ["rmse": $1.0, "own": $1.1]) })
    // 3 is beaten by 2; 0 and 4 are equal.
    #expect(try sweep.front(["rmse", "own"]).map(\.place) == [0, 4, 1, 2])
    #expect(try sweep.front(["own", "rmse"]).map(\.place) == [2, 1, 0, 4])
    #expect(try sweep.front(["own"]).map(\.place) == [2])
    #expect(throws: ArgumentError.self) { try sweep.front(["owl"]) }
    // A point without results is none.
    try sweep.add(tinyPoint(1))
    #expect(try sweep.front(["own"]).map(\.place) == [2])
  }

  @Test func measuresAreFoundByName() throws {
    let sweep = try tinySweep([], in: SQLiteStore()) {
      $0.measures.smoothness = true
      $0.measures.noise = Measures.Noise(features: ["X4", "X5"])
    }
    #expect(sweep.measureNames.count == 1 + 1 + 20 + 2 + 1)
    #expect(try sweep.measure(named: "slope.X10") == "slope.X10")
    for (name, hint) in [("rmsee", " (did you mean 'rmse'?)"), ("noise.X6", nil), ("slope", nil)] {
      let problem = #expect(throws: ArgumentError.self) { try sweep.measure(named: name) }
      #expect(
        problem?.wanted.hasPrefix(
          "one that the sweep takes: rmse, var, slope.…, slope_p95.…, noise.X4, noise.X5, own")
          == true)
      if let hint { #expect(problem?.wanted.hasSuffix(hint) == true) }
    }
  }
}
