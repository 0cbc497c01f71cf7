import Kernels
import Platform

/// The intervals of a histogram.
public enum HistogramBins: Sendable, Equatable {
  /// So many intervals of the same width.
  case count(Int)
  /// Intervals between these edges, which do not fall.
  case edges([Double])
  /// As many as NumPy's "auto" takes: by Freedman and Diaconis, or by Sturges if those are fewer.
  case automatic
}

extension Tensor {
  /// How many elements lie in each interval, float64, and the edges, one more than intervals. Each
  /// interval contains its lower edge; the last one also its upper. This is NumPy's histogram.
  ///
  /// - range: The first and the last edge; without it the least and the largest element.
  /// - Throws: `ArgumentError` for no intervals, edges that fall, a range that is empty, or none for
  ///   elements that are not finite; `LostDerivativeError` if a derivative being taken depends on the
  ///   tensor; `AllocationError`.
  public func histogram(
    bins: HistogramBins = .count(10), range: (lower: Double, upper: Double)? = nil
  ) throws -> (counts: Tensor, edges: Tensor) {
    try AllocationError.check(count, bytesEach: 16)
    let values = try elements(as: Double.self)
    let edges: [Double]
    switch bins {
    case .edges(let given):
      guard range == nil else {
        throw ArgumentError("range", mustBe: "left out where bins has the edges", got: "both")
      }
      edges = given
    case .count(let count):
      edges = try Tensor.edges(count, Tensor.outerEdges(values, range), dtype)
    case .automatic:
      let outer = try Tensor.outerEdges(values, range)
      let inside = values.filter { $0 >= outer.lower && $0 <= outer.upper }
      edges = try Tensor.edges(Tensor.automaticCount(inside, outer), outer, dtype)
    }
    guard edges.count > 1 else {
      throw ArgumentError("bins", mustBe: "two edges or more", got: edges.count)
    }
    // NaN does not pass either.
    guard zip(edges, edges.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw ArgumentError("bins", mustBe: "edges that do not fall", got: edges.shortText)
    }
    var counts = [Double](repeating: 0, count: edges.count - 1)
    for value in values where value >= edges[0] && value <= edges.last! {
      // The number of edges up to the value.
      var (low, high) = (0, edges.count)
      while low < high {
        let middle = (low + high) / 2
        if edges[middle] <= value { low = middle + 1 } else { high = middle }
      }
      counts[Swift.min(low, counts.count) - 1] += 1
    }
    return (
      try Tensor(counts, shape: [counts.count], dtype: .float64),
      try Tensor(edges, shape: [edges.count], dtype: dtype)
    )
  }

  /// The distinct elements, sorted, and how often each occurs, float64. All NaN are one, the last.
  ///
  /// - Throws: `LostDerivativeError` if a derivative being taken depends on the tensor;
  ///   `AllocationError`.
  public func unique() throws -> (values: Tensor, counts: Tensor) {
    try AllocationError.check(count, bytesEach: 32)
    let all = try elements(as: Double.self)
    var (values, counts): ([Double], [Double]) = ([], [])
    for value in all.filter({ !$0.isNaN }).sorted() {
      if value == values.last {
        counts[counts.count - 1] += 1
      } else {
        values.append(value)
        counts.append(1)
      }
    }
    let missing = all.count - Int(counts.reduce(0, +))
    if missing > 0 {
      values.append(.nan)
      counts.append(Double(missing))
    }
    return (
      try Tensor(values, shape: [values.count], dtype: dtype),
      try Tensor(counts, shape: [counts.count], dtype: .float64)
    )
  }

  /// The first and the last edge.
  private static func outerEdges(
    _ values: [Double], _ range: (lower: Double, upper: Double)?
  ) throws -> (lower: Double, upper: Double) {
    if let range {
      guard range.lower.isFinite, range.upper.isFinite, range.lower <= range.upper else {
        throw ArgumentError(
          "range", mustBe: "two finite numbers, the smaller one first",
          got: [range.lower, range.upper].shortText)
      }
      return range.lower < range.upper ? range : (range.lower - 0.5, range.upper + 0.5)
    }
    if let strange = values.first(where: { !$0.isFinite }) {
      throw ArgumentError(
        "range", mustBe: "given for elements that are not all finite",
        got: "none, and an element is \(numberText(strange))")
    }
    guard let least = values.min(), let largest = values.max() else { return (0, 1) }
    return least < largest ? (least, largest) : (least - 0.5, largest + 0.5)
  }

  private static func edges(
    _ count: Int, _ outer: (lower: Double, upper: Double), _ dtype: DType
  ) throws -> [Double] {
    guard count > 0 else { throw ArgumentError("bins", mustBe: ">= 1", got: count) }
    try AllocationError.check(count, bytesEach: 32)
    let step = (outer.upper - outer.lower) / Double(count)
    let edges =
      (0..<count).map { Double($0) * step + outer.lower } + [outer.upper]
    return dtype == .float32 ? edges.map { Double(Float($0)) } : edges
  }

  private static func automaticCount(
    _ values: [Double], _ outer: (lower: Double, upper: Double)
  ) -> Int {
    guard !values.isEmpty else { return 1 }
    let sorted = values.sorted()
    let n = Double(values.count)
    func quantile(_ q: Double) -> Double {
      let place = QuantilePlace(q, of: sorted.count)
      return place.value(sorted[place.lower], sorted[place.upper])
    }
    let spread = sorted.last! - sorted.first!
    // Freedman and Diaconis, with at most 2 √n intervals.
    let narrow = Swift.max(
      2 * (quantile(0.75) - quantile(0.25)) / cbrt(n), spread / n.squareRoot() / 2)
    let width = Swift.min(narrow, spread / (log2(n) + 1))
    guard width > 0 else { return 1 }
    return Int(Swift.min(((outer.upper - outer.lower) / width).rounded(.up), 1e9))
  }
}

extension [Double] {
  /// "0, 1, 0.5"
  fileprivate var shortText: String {
    prefix(6).map { numberText($0) }.joined(separator: ", ") + (count > 6 ? ", …" : "")
  }
}
