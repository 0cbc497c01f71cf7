import Platform

/// Counts of values in bins of equal width, as `numpy.histogram` counts them. A bin includes its left
/// edge and not its right one; the last bin includes both.
public struct Histogram: Sendable, Equatable {
  /// How many values each bin has.
  public let counts: [Int]
  /// One more than bins, increasing.
  public let edges: [Double]
  /// How many values are not finite and thus in no bin.
  public let skipped: Int

  /// - bins: nil for as many as NumPy's rule "auto" chooses: the narrower of the bins of Sturges and
  ///   of Freedman and Diaconis, where the latter are at least half as wide as those of √n bins.
  /// - Throws: `ChartError.invalidBinCount`.
  public init(_ values: [Double], bins: Int? = nil) throws(ChartError) {
    if let bins, bins < 1 { throw ChartError.invalidBinCount(bins) }
    let finite = values.filter(\.isFinite)
    skipped = values.count - finite.count
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    let range = high - low
    let count = bins ?? Histogram.automaticCount(finite, range)
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    edges = Histogram.edges(from: low, to: high, count)
    var counts = [Int](repeating: 0, count: count)
    let scale = Double(count) / (high - low)
    for value in finite {
      var bin = min(max(0, Int((value - low) * scale)), count - 1)
      // Rounding may have missed the bin by one.
      if bin > 0, value < edges[bin] { bin -= 1 }
      if bin < count - 1, value >= edges[bin + 1] { bin += 1 }
      counts[bin] += 1
    }
    self.counts = counts
  }

  private static func edges(from low: Double, to high: Double, _ count: Int) -> [Double] {
    let step = (high - low) / Double(count)
    return (0...count).map { $0 == count ? high : Double($0) * step + low }
  }

  private static func automaticCount(_ values: [Double], _ range: Double) -> Int {
    guard range > 0, range.isFinite else { return 1 }
    let count = Double(values.count)
    let sturges = range / (log2(count) + 1)
    let squareRoot = range / count.squareRoot()
    let sorted = values.sorted()
    let quartiles = quantile(sorted, 0.75) - quantile(sorted, 0.25)
    let freedmanDiaconis = 2 * quartiles / cbrt(count)
    let width = min(max(freedmanDiaconis, squareRoot / 2), sturges)
    return max(1, Int((range / width).rounded(.up)))
  }

  /// With linear interpolation between the neighbours.
  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return sorted[index] }
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
  }
}
