import Testing

@testable import Charts

/// The expected numbers are those of NumPy 2.4's `histogram`.
@Suite struct HistogramTests {
  @Test func countsOfBins() throws {
    let some = try Histogram([1, 2, 2, 3, 5, 5, 5, 9], bins: 4)
    #expect(some.counts == [3, 1, 3, 1])
    #expect(some.edges == [1, 3, 5, 7, 9])
    // Edges that are not exact: 0.3 is in the bin that starts with it, 0.7 below that which does.
    let tenths = try Histogram([0, 0.1, 0.2, 0.1 + 0.2, 0.7, 1.0], bins: 10)
    #expect(tenths.counts == [1, 1, 1, 1, 0, 0, 1, 0, 0, 1])
    let equal = try Histogram([3, 3, 3], bins: 3)
    #expect(equal.counts == [0, 3, 0])
    #expect(equal.edges.first == 2.5 && equal.edges.last == 3.5)
    let none = try Histogram([], bins: 5)
    #expect(none.counts == [0, 0, 0, 0, 0])
    #expect(none.edges.first == 0 && none.edges.last == 1)
  }

  @Test func automaticBins() throws {
    #expect(try Histogram([1, 2, 2, 3, 5, 5, 5, 9]).counts == [3, 1, 3, 1])
    #expect(try Histogram((0..<100).map(Double.init)).counts == [13, 12, 13, 12, 12, 13, 12, 13])
    let skewed = (1...200).map { index in
      let value = (Double(index) * 0.6180339887498949).truncatingRemainder(dividingBy: 1)
      return value * value * value
    }
    let histogram = try Histogram(skewed)
    #expect(histogram.counts == [95, 25, 18, 14, 12, 10, 9, 9, 8])
    // The quartiles are equal.
    let outlier = try Histogram([Double](repeating: 0, count: 50) + [1, 100])
    #expect(outlier.counts.count == 15)
    #expect(outlier.counts.first == 51 && outlier.counts.last == 1)
    #expect(try Histogram([7]).counts == [1])
  }

  @Test func valuesThatAreNotFiniteAreSkipped() throws {
    let histogram = try Histogram([1, .nan, 2, .infinity, -.infinity], bins: 2)
    #expect(histogram.counts == [1, 1])
    #expect(histogram.skipped == 3)
  }

  @Test func badCount() {
    #expect(throws: ChartError.invalidBinCount(0)) { try Histogram([1], bins: 0) }
  }
}
