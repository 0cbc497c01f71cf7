import Testing

@testable import Charts

@Suite struct ScaleTests {
  private func extent(_ values: [Double]) -> Extent {
    var extent = Extent()
    for value in values { extent.include(value) }
    return extent
  }

  private func domain(_ values: [Double], _ scale: Axis.Scale = .linear) -> ClosedRange<Double> {
    extent(values).domain(of: Axis(scale: scale), margins: (true, true))
  }

  @Test func marginsOfFourPercent() {
    #expect(domain([0, 100]) == -4...104)
    let log = domain([1, 1e25], .log)
    #expect(abs(log.lowerBound / 0.1 - 1) < 1e-12)
    #expect(abs(log.upperBound / 1e26 - 1) < 1e-12)
    #expect(extent([0, 100]).domain(of: Axis(), margins: (false, true)) == 0...104)
  }

  @Test func equalValuesGetARange() {
    #expect(domain([0]) == -1...1)
    #expect(domain([5]) == 4.5...5.5)
    #expect(domain([-20, -20]) == -22 ... -18)
    let log = domain([10], .log)
    #expect(abs(log.lowerBound - 10 / 10.0.squareRoot()) < 1e-12)
    // Differences of rounding only are none.
    #expect(domain([0.1 + 0.2, 0.3]).upperBound > 0.32)
  }

  @Test func emptyAxes() {
    #expect(domain([]) == 0...1)
    #expect(domain([], .log) == 1...10)
    #expect(domain([], .category(["a", "b"])) == -0.5...1.5)
    #expect(domain([], .category([])) == -0.5...0.5)
  }

  @Test(arguments: [
    [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude], [.leastNonzeroMagnitude],
    [.leastNonzeroMagnitude, 9 * .leastNonzeroMagnitude], [1.7e308, 1.6e308],
    [-.leastNonzeroMagnitude, .leastNonzeroMagnitude], [.leastNonzeroMagnitude, 1e300],
  ])
  func extremeValuesHavePlaces(values: [Double]) {
    for isLog in [false, true] {
      let values = isLog ? values.map { abs($0) } : values
      let domain = domain(values, isLog ? .log : .linear)
      #expect(domain.lowerBound < domain.upperBound)
      let scale = Scale(domain, isLog: isLog, from: 10, to: 20)
      for value in values {
        #expect(scale.accepts(value))
        #expect((9.9...20.1).contains(scale.place(value)), "\(value) in \(domain)")
      }
      #expect(Ticks.of(scale, atMost: 5).values.count <= 5)
    }
  }

  @Test func places() {
    let linear = Scale(0...10, isLog: false, from: 100, to: 0)
    #expect(linear.place(0) == 100 && linear.place(2.5) == 75 && linear.place(10) == 0)
    let log = Scale(1...100, isLog: true, from: 0, to: 10)
    #expect(log.place(10) == 5)
    #expect(!log.accepts(0) && !log.accepts(-1) && !log.accepts(.nan) && !log.accepts(.infinity))
    #expect(log.clampedPlace(-1) == 0)
  }

  @Test func limitsAreChecked() throws {
    #expect(try Axis(from: 1, to: 2).limits == 1...2)
    for (low, high) in [(1.0, 1.0), (2, 1), (.nan, 1), (0, .infinity)] {
      #expect(throws: ChartError.self) { try Axis(label: "x", from: low, to: high) }
    }
    #expect(
      throws: ChartError.invalidLimits(axis: "x", low: 0, high: 1, isLog: true)
    ) { try Axis(label: "x", scale: .log, from: 0, to: 1) }
  }
}
