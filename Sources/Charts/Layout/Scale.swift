import Platform

/// Places on a line segment of the scene for the values of an axis.
struct Scale: Equatable {
  let isLog: Bool
  /// The values at both ends.
  let domain: ClosedRange<Double>
  /// The places of both ends.
  let start: Double
  let end: Double
  private let low: Double
  private let factor: Double
  /// Keeps differences of very large numbers finite.
  private let shrink: Double

  init(_ domain: ClosedRange<Double>, isLog: Bool, from start: Double, to end: Double) {
    (self.domain, self.isLog, self.start, self.end) = (domain, isLog, start, end)
    let low = isLog ? log10(domain.lowerBound) : domain.lowerBound
    let high = isLog ? log10(domain.upperBound) : domain.upperBound
    shrink = (high - low).isFinite ? 1 : 0.25
    self.low = low * shrink
    factor = (end - start) / (high * shrink - low * shrink)
  }

  /// Whether a value has a place, inside or outside of the domain.
  @inline(__always)
  func accepts(_ value: Double) -> Bool { value.isFinite && (!isLog || value > 0) }

  /// The place of a value that the scale accepts.
  @inline(__always)
  func place(_ value: Double) -> Double {
    let place = start + ((isLog ? log10(value) : value) * shrink - low) * factor
    // Far outside; differences between such places must be finite.
    return max(-1e9, min(1e9, place))
  }

  /// As `place`, for values that may lie below every positive one.
  func clampedPlace(_ value: Double) -> Double {
    isLog && value <= 0 ? start : place(value)
  }
}

/// The range of values that an axis must show.
struct Extent: Equatable {
  private(set) var low = Double.infinity
  private(set) var high = -Double.infinity

  var isEmpty: Bool { low > high }

  @inline(__always)
  mutating func include(_ value: Double) {
    if value < low { low = value }
    if value > high { high = value }
  }

  /// The domain of an axis: the limits that are set, else the extent with margins.
  ///
  /// - Parameter margins: whether the low and the high end have a margin of 4 % of the extent.
  func domain(of axis: Axis, margins: (low: Bool, high: Bool)) -> ClosedRange<Double> {
    if let limits = axis.limits { return limits }
    switch axis.scale {
    case .category(let names):
      return min(-0.5, low)...max(0.5, Double(names.count) - 0.5, high)
    case .linear:
      guard !isEmpty else { return 0...1 }
      let span = high - low
      guard span > max(abs(low), abs(high)) * 1e-12, span > 1e-300 else {
        let half = max(abs(low) < 1e-290 ? 1 : abs(low) / 10, 1e-290)
        return clamp(low - half)...clamp(high + half)
      }
      let margin = high * 0.04 - low * 0.04
      return clamp(margins.low ? low - margin : low)...clamp(margins.high ? high + margin : high)
    case .log:
      guard !isEmpty else { return 1...10 }
      let (start, end) = (log10(low), log10(high))
      guard end - start > 1e-9 else {
        return clampPositive(low / 10.0.squareRoot())...clampPositive(high * 10.0.squareRoot())
      }
      let factor = pow(10, (end - start) * 0.04)
      return clampPositive(
        margins.low ? low / factor : low)...clampPositive(
          margins.high ? high * factor : high)
    }
  }

  private func clamp(_ value: Double) -> Double {
    max(-.greatestFiniteMagnitude, min(.greatestFiniteMagnitude, value))
  }

  private func clampPositive(_ value: Double) -> Double {
    max(.leastNonzeroMagnitude, min(.greatestFiniteMagnitude, value))
  }
}
