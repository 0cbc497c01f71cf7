/// How positions along one direction of a panel follow from numbers.
public struct Axis: Sendable, Equatable {
  public enum Scale: Sendable, Equatable {
    case linear
    /// Decimal logarithm. Values that are not positive are gaps.
    case log
    /// Names at the positions 0, 1, …; a position between two whole numbers is between two names.
    case category([String])
  }

  /// The text beside the axis, with the unit if there is one; empty for none.
  public var label: String
  public let scale: Scale
  /// The first and the last value that are shown; nil for those of the data and a margin of 4 %.
  public let limits: ClosedRange<Double>?

  /// An axis that shows all of its data.
  public init(label: String = "", scale: Scale = .linear) {
    (self.label, self.scale, self.limits) = (label, scale, nil)
  }

  /// An axis that shows what is between two values.
  ///
  /// - Throws: `ChartError.invalidLimits` if these are not finite and increasing, or not positive on
  ///   a log axis.
  public init(
    label: String = "", scale: Scale = .linear, from low: Double, to high: Double
  ) throws(ChartError) {
    guard low.isFinite, high.isFinite, low < high, scale != .log || low > 0 else {
      throw ChartError.invalidLimits(axis: label, low: low, high: high, isLog: scale == .log)
    }
    (self.label, self.scale, self.limits) = (label, scale, low...high)
  }

  /// With limits that were checked before.
  init(label: String, scale: Scale, unchecked limits: ClosedRange<Double>?) {
    (self.label, self.scale, self.limits) = (label, scale, limits)
  }
}
