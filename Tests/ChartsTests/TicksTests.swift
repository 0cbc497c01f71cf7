import Testing

@testable import Charts

@Suite struct TicksTests {
  /// The range, the largest number of ticks, and their labels.
  @Test(arguments: [
    (0.0, 1.0, 6, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (0, 1, 5, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
    (0, 10, 5, ["0.0", "2.5", "5.0", "7.5", "10.0"]),
    (0, 100, 5, ["0", "25", "50", "75", "100"]),
    (-1, 1, 3, ["-1", "0", "1"]),
    (0.1, 0.3, 3, ["0.1", "0.2", "0.3"]),
    (3, 97, 4, ["20", "40", "60", "80"]),
    (3, 97, 3, ["25", "50", "75"]),
    (0, 2e7, 5, ["0", "5e6", "1e7", "1.5e7", "2e7"]),
    (0, 4e-5, 5, ["0", "1e-5", "2e-5", "3e-5", "4e-5"]),
    (1_000_000, 1_000_004, 5, ["1000000", "1000001", "1000002", "1000003", "1000004"]),
    (-3e-3, 1e-3, 5, ["-0.003", "-0.002", "-0.001", "0.000", "0.001"]),
    (0, 120_000, 4, ["0", "50000", "100000"]),
    (0, 1, 1, ["0"]),
    (-1.7e308, 1.7e308, 5, ["-1e308", "0", "1e308"]),
  ])
  func linear(low: Double, high: Double, count: Int, labels: [String]) {
    let ticks = LinearTicks(low...high, atMost: count).ticks
    #expect(ticks.labels == labels)
    #expect(ticks.values.allSatisfy { low...high ~= $0 })
    #expect(ticks.values == labels.map { Double($0)! })
  }

  @Test func linearTicksOfNoRange() {
    #expect(LinearTicks(2...2, atMost: 5).values.isEmpty)
  }

  @Test(arguments: [
    (1.0, 1000.0, 6, ["1", "10", "100", "1000"]),
    (0.001, 1, 6, ["0.001", "0.01", "0.1", "1"]),
    (1e-3, 1e6, 20, (-3...6).map { "1e\($0)" }),
    (1e-3, 1e6, 5, ["1e-2", "1e0", "1e2", "1e4", "1e6"]),
    // 12 decades or more are thinned.
    (1e-6, 1e6, 20, ["1e-6", "1e-4", "1e-2", "1e0", "1e2", "1e4", "1e6"]),
    (1e-300, 1e300, 7, ["1e-300", "1e-200", "1e-100", "1e0", "1e100", "1e200", "1e300"]),
    // Fewer than two powers of ten.
    (2, 9, 6, ["2", "5"]),
    (0.15, 30, 6, ["1", "10"]),
    (0.3, 6, 6, ["0.5", "1", "2", "5"]),
    (3.1, 4.2, 5, ["3.25", "3.5", "3.75", "4"]),
  ])
  func log(low: Double, high: Double, count: Int, labels: [String]) {
    let ticks = LogTicks(low...high, atMost: count).ticks
    #expect(ticks.labels == labels)
    #expect(ticks.values == labels.map { Double($0)! })
  }

  @Test func minorTicksOfLessThanThreeDecades() {
    let ticks = LogTicks(1...100, atMost: 5).ticks
    #expect(
      ticks.minor == [2, 3, 4, 5, 6, 7, 8, 9, 20, 30, 40, 50, 60, 70, 80, 90])
    #expect(LogTicks(1...1000, atMost: 5).ticks.minor.isEmpty)
  }

  @Test(arguments: [
    (0.1, "0.1"), (-2.5, "-2.5"), (1234.5678, "1235"), (0, "0"), (1e-9, "1e-9"),
    (123_456_789, "1.235e8"), (.infinity, "inf"), (.nan, "nan"), (1.0 / 3, "0.3333"),
  ])
  func shortTexts(number: Double, text: String) {
    #expect(shortText(number) == text)
  }

  @Test(arguments: [
    (0.0, "0"), (1.005, "1"), (-0.004, "0"), (12.345, "12.35"), (-3.5, "-3.5"), (640, "640"),
    (1e300, "0"),
  ])
  func coordinates(number: Double, text: String) {
    #expect(coordinateText(number) == text)
  }
}
