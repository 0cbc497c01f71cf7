import Learning
import Testing

@Suite struct StatisticsTests {
  @Test(
    "Student's table",
    arguments: [
      (1, 12.706204736174694), (2, 4.302652729749462), (3, 3.182446305283708),
      (4, 2.7764451051977934), (9, 2.2621571628540993), (30, 2.0422724563012378),
      (120, 1.9799304050824402), (.infinity, 1.959963984540054),
    ])
  func quantiles(degreesOfFreedom: Double, expected: Double) {
    let t = Statistics.studentQuantile(0.975, degreesOfFreedom: degreesOfFreedom)
    #expect(abs(t - expected) < 1e-10 * expected)
    #expect(Statistics.studentQuantile(0.025, degreesOfFreedom: degreesOfFreedom) == -t)
  }

  /// SciPy: stats.t.cdf(t, df)
  @Test(
    arguments: [
      (-2.5, 4, 0.03338327240599407), (-12, 2, 0.00343646683857923), (0.3, 7, 0.6135549747989328),
      (-40, 9, 9.491499224669911e-12), (1.7, 1, 0.8307469726696672),
      (-6, 300, 2.838219546179577e-09), (-3, .infinity, 0.0013498980316300954),
    ])
  func cumulativeProbabilities(t: Double, degreesOfFreedom: Double, expected: Double) {
    let got = Statistics.studentCDF(t, degreesOfFreedom: degreesOfFreedom)
    #expect(abs(got - expected) < 1e-10 * expected)
    let other = Statistics.studentCDF(-t, degreesOfFreedom: degreesOfFreedom)
    #expect(abs(got + other - 1) < 1e-14)
    let back = Statistics.studentQuantile(expected, degreesOfFreedom: degreesOfFreedom)
    if expected > 1e-4 { #expect(abs(back - t) < 1e-9 * abs(t)) }
  }

  @Test(arguments: [1, 5, 1e7, .infinity]) func cumulativeProbabilitiesAtTheEnds(nu: Double) {
    #expect(Statistics.studentCDF(0, degreesOfFreedom: nu) == 0.5)
    #expect(Statistics.studentCDF(-.infinity, degreesOfFreedom: nu) == 0)
    #expect(Statistics.studentCDF(.infinity, degreesOfFreedom: nu) == 1)
    #expect(Statistics.studentCDF(-1e200, degreesOfFreedom: nu) < 1e-100)
    #expect(Statistics.studentCDF(1e200, degreesOfFreedom: nu) == 1)
    #expect(Statistics.studentCDF(.nan, degreesOfFreedom: nu).isNaN)
    #expect(Statistics.studentCDF(1, degreesOfFreedom: 0).isNaN)
  }

  @Test func closedFormsAndEnds() {
    // One degree of freedom is Cauchy's, two are p/√(2p(1 − p)) about the middle.
    for p in [0.5, 0.6, 0.9, 0.999, 0.9999999] {
      let two = (2 * p - 1) / (2 * p * (1 - p)).squareRoot()
      let got = Statistics.studentQuantile(p, degreesOfFreedom: 2)
      #expect(abs(got - two) <= 1e-7 * abs(two))
    }
    // Far out, the normal quantile and two terms of Cornish and Fisher's expansion.
    let z = 1.959963984540054
    for nu in [1e4, 1e5, 1e8] {
      let first = z * (z * z + 1) / (4 * nu)
      let second = z * (5 * z * z * z * z + 16 * z * z + 3) / (96 * nu * nu)
      let got = Statistics.studentQuantile(0.975, degreesOfFreedom: nu)
      #expect(abs(got - (z + first + second)) < 1e-10)
    }
    #expect(Statistics.studentQuantile(1, degreesOfFreedom: 3) == .infinity)
    #expect(Statistics.studentQuantile(0, degreesOfFreedom: 3) == -.infinity)
    #expect(Statistics.studentQuantile(1.5, degreesOfFreedom: 3).isNaN)
    #expect(Statistics.studentQuantile(0.9, degreesOfFreedom: 0).isNaN)
    // No step where the approximation takes over.
    let below = Statistics.studentQuantile(0.975, degreesOfFreedom: 1e6 - 1)
    let above = Statistics.studentQuantile(0.975, degreesOfFreedom: 1e6 + 1)
    #expect(abs(below - above) < 1e-8)
  }

  @Test func intervals() throws {
    let interval = try Statistics.interval([1, 2, 3, 4, 5])
    #expect(interval.mean == 3)
    // 2.776 · √2.5 / √5
    #expect(abs(interval.halfWidth! - 1.9632431614775122) < 1e-9)
    #expect(try Statistics.interval([7]).halfWidth == nil)
    #expect(throws: (any Error).self) { _ = try Statistics.interval([]) }
    #expect(throws: (any Error).self) { _ = try Statistics.interval([1], confidence: 1) }
    // Out of the range of sums and squares.
    for value in [1e308, 0.1, 0, -Double.leastNonzeroMagnitude * 2000] {
      let equal = try Statistics.interval([value, value, value])
      #expect(equal.mean == value && equal.halfWidth == 0)
    }
    let near = try Statistics.interval([1, 2, 3])
    let subnormal = Double.leastNormalMagnitude / 256
    for (offset, unit) in [(0, 1e300), (0, 1e-300), (0, subnormal), (1e9, 1), (-1e15, 1)] {
      let far = try Statistics.interval([1, 2, 3].map { $0 * unit + offset })
      #expect(abs(far.mean - (near.mean * unit + offset)) <= 1e-12 * unit)
      #expect(abs(far.halfWidth! / unit - near.halfWidth!) < 1e-12)
    }
    let wide = try Statistics.interval([-1.7e308, 1.7e308])
    #expect(wide.mean == 0 && wide.halfWidth == .infinity)
    // s/√n is √2.5/√5.
    let (mean, standardError) = try Statistics.meanAndStandardError([1, 2, 3, 4, 5])
    #expect(mean == 3 && abs(standardError! - 0.5.squareRoot()) < 1e-15)
    #expect(try Statistics.meanAndStandardError([7]).standardError == nil)
    // What is not finite.
    let alone = try Statistics.interval([.infinity])
    #expect(alone.mean == .infinity && alone.halfWidth == nil)
    #expect(try Statistics.interval([.nan]).mean.isNaN)
    let infinite = try Statistics.interval([1, .infinity, 2])
    #expect(infinite.mean == .infinity && infinite.halfWidth!.isNaN)
    #expect(try Statistics.interval([.infinity, -.infinity]).mean.isNaN)
    let paired = try Statistics.pairedInterval([11, 22, 33], minus: [10, 20, 30])
    #expect(paired.mean == 2)
    #expect(abs(paired.halfWidth! - 4.302652729749462 / 3.0.squareRoot()) < 1e-9)
    #expect(throws: (any Error).self) { _ = try Statistics.pairedInterval([1], minus: []) }
  }
}
