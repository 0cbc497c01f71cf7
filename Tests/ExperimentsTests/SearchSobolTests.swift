import Tensors
import Testing

@testable import Experiments

@Suite struct SearchSobolTests {
  /// SciPy 1.17: qmc.Sobol(6, scramble=False).random(8).
  @Test func agreesWithSciPy() throws {
    let expected = [
      [0, 0, 0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5], [0.75, 0.25, 0.25, 0.25, 0.75, 0.75],
      [0.25, 0.75, 0.75, 0.75, 0.25, 0.25], [0.375, 0.375, 0.625, 0.875, 0.375, 0.125],
      [0.875, 0.875, 0.125, 0.375, 0.875, 0.625], [0.625, 0.125, 0.875, 0.625, 0.625, 0.875],
      [0.125, 0.625, 0.375, 0.125, 0.125, 0.375],
    ]
    let sequence = try SobolSequence(dimensions: 6, seed: nil)
    for (index, point) in expected.enumerated() { #expect(sequence[UInt32(index)] == point) }
  }

  /// SciPy 1.17: points 1000 to 1002 of qmc.Sobol(64, scramble=False), five of the dimensions.
  @Test func agreesWithSciPyInTheLastDimension() throws {
    let expected = [
      [0.2197265625, 0.0966796875, 0.5224609375, 0.5166015625, 0.4462890625],
      [0.7197265625, 0.5966796875, 0.0224609375, 0.0166015625, 0.9462890625],
      [0.9697265625, 0.3466796875, 0.7724609375, 0.7666015625, 0.6962890625],
    ]
    let sequence = try SobolSequence(dimensions: 64, seed: nil)
    for (index, values) in expected.enumerated() {
      let point = sequence[UInt32(1000 + index)]
      #expect([0, 1, 20, 51, 63].map { point[$0] } == values)
    }
    #expect(throws: ArgumentError.self) { _ = try SobolSequence(dimensions: 65, seed: nil) }
  }

  /// In all dimensions one point an interval; the first two together also one in each rectangle of
  /// an area of 1/256.
  @Test(arguments: [0, 1, UInt64.max]) func scrambledPointsAreStratified(_ seed: UInt64) throws {
    let sequence = try SobolSequence(dimensions: 64, seed: seed)
    for start in [0, 256] as [UInt32] {
      let points = (0..<256).map { sequence[start + $0] }
      for dimension in 0..<64 {
        #expect(Set(points.map { Int($0[dimension] * 256) }).count == 256)
      }
      for power in 0...8 {
        let (rows, columns) = (Double(1 << power), Double(1 << (8 - power)))
        let cells = Set(points.map { [Int($0[0] * rows), Int($0[1] * columns)] })
        #expect(cells.count == 256)
      }
    }
  }

  /// A scrambled point is uniform over the seeds: mean 1/2, variance 1/12; standard errors 0.0065
  /// and 0.0017.
  @Test func scramblingIsUniformOverSeeds() throws {
    for index in [0, 1, 5] as [UInt32] {
      let values = try (0..<2000).map {
        try SobolSequence(dimensions: 2, seed: UInt64($0))[index][1]
      }
      let mean = values.reduce(0, +) / 2000
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2000
      #expect(abs(mean - 0.5) < 0.03)
      #expect(abs(variance - 1 / 12) < 0.008)
    }
  }

  @Test func noPointComesTwice() throws {
    let space = try Space([
      Dimension("a", .choices(3)), Dimension("b", .range(low: 1, high: 5, isInteger: true)),
    ])
    for trials in [10, 15, 100] {
      let points = try Search.sobol(trials: trials).proposals(round: 0, in: space, seed: 2)
      #expect(points.count == min(trials, 15))
      #expect(Set(points).count == points.count)
    }
    // Values that the sequence hardly meets.
    let skew = try Space([Dimension("x", .range(low: 1, high: 3000, isLog: true, isInteger: true))])
    #expect(
      Set(try Search.sobol(trials: 3000).proposals(round: 0, in: skew, seed: 1)).count == 3000)
    let one = try Space([Dimension("x", .choices(1))])
    #expect(try Search.sobol(trials: 5).proposals(round: 0, in: one, seed: 1) == [[.choice(0)]])
  }

  @Test func dependsOnTheSeedAndNothingElse() throws {
    let space = try Space((0..<3).map { Dimension("\($0)", .range(low: 0, high: 1)) })
    let points = try Search.sobol(trials: 32).proposals(round: 0, in: space, seed: 5)
    #expect(try Search.sobol(trials: 32).proposals(round: 0, in: space, seed: 5) == points)
    #expect(try Search.sobol(trials: 32).proposals(round: 0, in: space, seed: 6) != points)
    #expect(
      try Search.sobol(trials: 64).proposals(round: 0, in: space, seed: 5).prefix(32)[...]
        == points[...])
  }
}
