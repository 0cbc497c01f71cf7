import Learning
import Tensors

/// The mean of a measure over seeds, with a two-sided confidence interval.
public struct Estimate: Sendable, Equatable {
  public let mean: Double
  /// The interval's ends; nil for a single value, and where a value is NaN or infinite.
  public let low: Double?
  public let high: Double?
  /// How many values there are.
  public let n: Int

  /// mean ± t·s/√n, with s the standard deviation (divisor n − 1) and t Student's quantile for
  /// n − 1 degrees of freedom. Equal values have an interval of zero width.
  ///
  /// The mean is NaN with a NaN among the values, and infinite with an infinity.
  ///
  /// - Throws: `ArgumentError` for no values, and for a confidence outside (0, 1).
  public init(of values: [Double], confidence: Double = 0.95) throws {
    let interval = try Statistics.interval(values, confidence: confidence)
    let halfWidth = interval.halfWidth.flatMap { $0.isNaN ? nil : $0 }
    self.init(
      mean: interval.mean, low: halfWidth.map { interval.mean - $0 },
      high: halfWidth.map { interval.mean + $0 }, n: values.count)
  }

  init(mean: Double, low: Double?, high: Double?, n: Int) {
    (self.mean, self.low, self.high, self.n) = (mean, low, high, n)
  }

  /// The estimate of an increasing function of the measure, of which this is the estimate.
  func map(_ function: (Double) -> Double) -> Estimate {
    Estimate(mean: function(mean), low: low.map(function), high: high.map(function), n: n)
  }
}
