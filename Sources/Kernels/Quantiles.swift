/// Where a quantile lies among n sorted numbers: between the neighbours `lower` and `upper`
/// (0-based), at a share of the way. This is NumPy's method "linear".
public struct QuantilePlace: Sendable {
  public let lower: Int
  public let upper: Int
  public let share: Double

  /// `q` is between 0 and 1, and n at least 1.
  public init(_ q: Double, of n: Int) {
    let place = q * Double(n - 1)
    lower = min(max(0, Int(place)), n - 1)
    upper = min(lower + 1, n - 1)
    share = place - Double(lower)
  }

  /// The quantile, given the two neighbours. Equal neighbours are the quantile, infinities too.
  public func value(_ a: Double, _ b: Double) -> Double {
    if a == b || share == 0 { return a }
    return share < 0.5 ? a + (b - a) * share : b - (b - a) * (1 - share)
  }
}

extension Kernels {
  /// out[line] ← the q-quantile; NaN if there is a NaN. Lines must not be empty.
  @inlinable public static func quantile<S: Scalar>(
    _ q: Double, _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<S>
  ) {
    let place = QuantilePlace(q, of: lines.count)
    withUnsafeTemporaryAllocation(of: S.self, capacity: lines.count) { memory in
      var sorted = memory
      for line in 0..<lines.lines {
        let start = x + line * lines.lineStep
        var hasNaN = false
        for i in 0..<lines.count {
          let value = start[i * lines.step]
          if value.isNaN { hasNaN = true }
          sorted.initializeElement(at: i, to: value)
        }
        guard !hasNaN else {
          out[line] = .nan
          continue
        }
        sorted.sort()
        out[line] = S(place.value(Double(sorted[place.lower]), Double(sorted[place.upper])))
      }
    }
  }
}
