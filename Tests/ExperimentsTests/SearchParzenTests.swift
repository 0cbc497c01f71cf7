import Platform
import Tensors
import Testing

@testable import Experiments

@Suite struct SearchParzenTests {
  /// Eight points: in the first dimension i mod 4 of 4 steps or (i + 1/2) / 8, in the second the
  /// choice i mod 3.
  private func estimator(steps: Bool) throws -> (ParzenEstimator, Space) {
    let space = try Space([
      Dimension("x", .range(low: 0, high: steps ? 3 : 1, isInteger: steps)),
      Dimension("y", .choices(3)),
    ])
    let points = try (0..<8).map { i in
      let x = steps ? Double(i % 4) : (Double(i) + 0.5) / 8
      return [
        try space.axes[0].place(of: .number(x)), try space.axes[1].place(of: .choice(i % 3)),
      ]
    }
    return (ParzenEstimator(points, axes: space.axes), space)
  }

  private func density(
    _ estimator: ParzenEstimator, _ space: Space, _ x: Double, _ y: Int
  ) throws -> Double {
    estimator.logDensity(at: [
      try space.axes[0].place(of: .number(x)), try space.axes[1].place(of: .choice(y)),
    ])
  }

  /// SciPy 1.17: the mean of truncnorm.pdf(u, …) · (1[c = own] + 1/9) / (1 + 3/9) over the points,
  /// with scale 0.2·8^(-1/6), and of the prior with scale 1; with steps (cdf - cdf) / width.
  @Test func agreesWithSciPy() throws {
    let (range, rangeSpace) = try estimator(steps: false)
    #expect(try abs(density(range, rangeSpace, 0.3, 2) + 1.023671730238465) < 1e-12)
    let (steps, stepSpace) = try estimator(steps: true)
    #expect(try abs(density(steps, stepSpace, 2, 2) + 0.9526082043678007) < 1e-12)
  }

  /// The sums over choices of the mean over cells, and by the midpoint rule.
  @Test func integratesToOne() throws {
    let (steps, stepSpace) = try estimator(steps: true)
    let (range, rangeSpace) = try estimator(steps: false)
    var (stepSum, rangeSum) = (0.0, 0.0)
    for y in 0..<3 {
      for x in 0..<4 { stepSum += exp(try density(steps, stepSpace, Double(x), y)) / 4 }
      for x in 0..<500 {
        rangeSum += exp(try density(range, rangeSpace, (Double(x) + 0.5) / 500, y)) / 500
      }
    }
    #expect(abs(stepSum - 1) < 1e-12)
    #expect(abs(rangeSum - 1) < 1e-5)
  }

  /// 12 cells, 8000 draws: standard errors of at most 0.004.
  @Test func drawsWithItsDensity() throws {
    for isStep in [true, false] {
      let (estimator, space) = try estimator(steps: isStep)
      var generator = RandomGenerator(seed: 1)
      var shares = Array(repeating: [0.0, 0, 0], count: 4)
      for _ in 0..<8000 {
        let place = estimator.sample(using: &generator)
        shares[Int(place[0] * 4)][Int(place[1] * 3)] += 1 / 8000
      }
      for x in 0..<4 {
        for y in 0..<3 {
          let expected =
            isStep
            ? exp(try density(estimator, space, Double(x), y)) / 4
            : try (0..<40).reduce(0) {
              $0 + exp(try density(estimator, space, (Double(x) + (Double($1) + 0.5) / 40) / 4, y))
                / 160
            }
          #expect(abs(shares[x][y] - expected) < 0.016)
        }
      }
    }
  }

  /// One point at the first of four choices: its kernel gives that (1 + 1/2) / (1 + 4/2) = 1/2 and the
  /// prior 1/4, on average 3/8. The standard error is 0.008.
  @Test func drawsTheOwnChoiceMoreOften() throws {
    let space = try Space([Dimension("y", .choices(4))])
    let estimator = ParzenEstimator([[try space.axes[0].place(of: .choice(0))]], axes: space.axes)
    var generator = RandomGenerator(seed: 1)
    let own = (0..<4000).count { _ in estimator.sample(using: &generator)[0] < 0.25 }
    #expect(abs(Double(own) / 4000 - 0.375) < 0.03)
  }
}
