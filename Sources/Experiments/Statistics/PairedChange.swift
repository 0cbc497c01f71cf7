import Learning
import Platform
import Tensors

/// The change of a measure against the control in percent, paired by seed.
public struct PairedChange: Sendable, Equatable {
  /// What is averaged over the seeds.
  public enum Scale: Sendable, Equatable {
    /// ln(measure/control), where every value is above 0. The change is 100·(exp(mean ± t·s/√n) − 1):
    /// a doubling and a halving cancel out. The mean change is that of the geometric means.
    case ratio
    /// measure − control. The change is 100·(mean ± t·s/√n)/|m|, with m the mean of the control
    /// over the same seeds, taken as exact.
    case difference

    func difference(_ value: Double, _ control: Double) -> Double {
      self == .ratio ? log(value) - log(control) : value - control
    }
  }

  public let scale: Scale
  /// The mean change and its interval in percent, over the pairs; above 0 where the measure is above
  /// the control. The interval is nil for a single pair. Infinite beyond Double's range.
  public let percent: Estimate
  /// The t test of no change, on this scale.
  public let test: PairedTTest
  /// The standard deviation (divisor n − 1) of ln(measure/control), or of (measure − control)/|m|;
  /// nil for a single pair. 0.1 is about 10 %.
  public let deviation: Double?

  /// The two-sided p-value of `test`: nil for a single pair, 1 if measure and control are equal for
  /// each seed, 0 if the change is the same other number for each seed.
  public var p: Double? { test.p }
  /// How many pairs there are.
  public var n: Int { test.n }

  /// Pairs the values by seed. Seeds that only one of the two has are left out.
  ///
  /// - Throws: `ArgumentError` if no seed is common, for a value of a common seed that is not
  ///   finite, if the control's mean is 0 where the scale is `difference` and there is a change, and
  ///   for a confidence outside (0, 1).
  public init(
    of measure: [UInt64: Double], against control: [UInt64: Double], confidence: Double = 0.95
  ) throws {
    let samples = try PairedSamples([measure, control])
    try self.init(
      of: samples.values[0], against: samples.values[1], scale: samples.scale,
      confidence: confidence)
  }

  /// Of values in the order of the same seeds.
  init(
    of values: [Double], against control: [Double], scale: Scale, confidence: Double = 0.95
  ) throws {
    let differences = zip(values, control).map(scale.difference)
    test = try PairedTTest(differences)
    let estimate = try Estimate(of: differences, confidence: confidence)
    let (_, standardError) = try Statistics.meanAndStandardError(differences)
    let deviation = standardError.map { $0 * Double(differences.count).squareRoot() }
    self.scale = scale
    switch scale {
    case .ratio:
      percent = estimate.map { 100 * expm1($0) }
      self.deviation = deviation
    case .difference:
      var unit = try Statistics.meanAndStandardError(control).mean.magnitude
      if unit == 0 {
        guard differences.allSatisfy({ $0 == 0 }) else {
          throw ArgumentError("the control's mean", mustBe: "other than 0", got: 0)
        }
        unit = 1
      }
      percent = estimate.map { 100 * ($0 / unit) }
      self.deviation = deviation.map { $0 / unit }
    }
  }

  /// How many paired seeds are needed to see a change of so many percent, if its deviation is the one
  /// seen here; nil for a single pair. A deviation from few seeds is itself uncertain: from five, the
  /// true one is 0.6 to 2.9 times as large (95 %).
  ///
  /// - Throws: `ArgumentError` as `Statistics.seedsNeeded`.
  public func seedsNeeded(
    toSee percent: Double, power: Double = 0.8, significance: Double = 0.05
  ) throws -> Int? {
    try deviation.map {
      try Statistics.seedsNeeded(
        toSee: percent, deviation: $0, scale: scale, power: power, significance: significance)
    }
  }
}
