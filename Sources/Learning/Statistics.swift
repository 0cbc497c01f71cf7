import Platform
import Tensors

/// A mean and its confidence interval.
public struct MeanInterval: Sendable, Equatable {
  public let mean: Double
  /// Half the width of the confidence interval; nil for a single value, which has none.
  public let halfWidth: Double?
}

/// Means over seeds, with confidence intervals.
public enum Statistics {
  /// The mean of values and the half-width t·s/√n of its confidence interval, with s the standard
  /// deviation (divisor n − 1) and t Student's quantile for n − 1 degrees of freedom.
  ///
  /// Equal values have a half-width of exactly 0. Neither sums nor squares overflow. With a NaN
  /// among the values both are NaN; with an infinity the half-width is NaN.
  ///
  /// - Throws: `ArgumentError` for no values, and for a confidence outside (0, 1).
  public static func interval(_ values: [Double], confidence: Double = 0.95) throws
    -> MeanInterval
  {
    guard confidence > 0, confidence < 1 else {
      throw ArgumentError(
        "confidence", mustBe: "between 0 and 1, both excluded", got: confidence)
    }
    let (mean, standardError) = try meanAndStandardError(values)
    let t = studentQuantile(0.5 + confidence / 2, degreesOfFreedom: Double(values.count - 1))
    return MeanInterval(mean: mean, halfWidth: standardError.map { t * $0 })
  }

  /// The mean of values and its standard error s/√n, with s the standard deviation (divisor n − 1);
  /// the error of a single value is nil.
  ///
  /// Equal values have an error of exactly 0. Neither sums nor squares overflow. With a NaN among
  /// the values both are NaN; with an infinity the error is NaN.
  ///
  /// - Throws: `ArgumentError` for no values.
  public static func meanAndStandardError(_ values: [Double]) throws
    -> (mean: Double, standardError: Double?)
  {
    guard !values.isEmpty else { throw ArgumentError("values", mustBe: "at least one", got: 0) }
    let n = Double(values.count)
    guard values.allSatisfy(\.isFinite) else {
      return (values.reduce(0, +), values.count > 1 ? .nan : nil)
    }
    guard values.count > 1 else { return (values[0], nil) }
    // Divided by a power of two near the largest, against overflow. The mean is computed from the
    // distances to the first value: exact where all are equal.
    let largest = values.reduce(0) { max($0, $1.magnitude) }
    let exponent = largest > 0 ? Int(largest.exponent) : 0
    let scaled = values.map { Double(sign: .plus, exponent: -exponent, significand: $0) }
    let mean = scaled[0] + scaled.reduce(0) { $0 + ($1 - scaled[0]) } / n
    let squares = scaled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let standardError = (squares / (n - 1)).squareRoot() / n.squareRoot()
    return (
      Double(sign: .plus, exponent: exponent, significand: mean),
      Double(sign: .plus, exponent: exponent, significand: standardError)
    )
  }

  /// The interval of the differences a − b, pair by pair.
  ///
  /// - Throws: `ArgumentError` for lists of different lengths, and as `interval`.
  public static func pairedInterval(
    _ a: [Double], minus b: [Double], confidence: Double = 0.95
  ) throws -> MeanInterval {
    guard a.count == b.count else {
      throw ArgumentError("b", mustBe: "as long as a (\(a.count))", got: b.count)
    }
    return try interval(zip(a, b).map { $0 - $1 }, confidence: confidence)
  }

  /// The quantile of Student's t for this probability, with 1 … ∞ degrees of freedom; ∞ gives the
  /// normal quantile. NaN outside 0 ≤ probability ≤ 1.
  public static func studentQuantile(_ probability: Double, degreesOfFreedom: Double) -> Double {
    guard probability >= 0, probability <= 1, degreesOfFreedom > 0 else { return .nan }
    if probability == 0.5 { return 0 }
    if probability < 0.5 {
      return -studentQuantile(1 - probability, degreesOfFreedom: degreesOfFreedom)
    }
    if probability == 1 { return .infinity }
    let tail = 1 - probability
    var high = 1.0
    while studentTail(high, degreesOfFreedom) > tail && high < 1e300 { high *= 2 }
    // Bisection until the ends are neighbouring numbers: fast enough, and always right.
    var low = high == 1 ? 0 : high / 2
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { return middle }
      if studentTail(middle, degreesOfFreedom) > tail { low = middle } else { high = middle }
    }
  }

  /// P(T ≤ t) for Student's t with 1 … ∞ degrees of freedom; ∞ gives the normal distribution.
  /// Small probabilities keep their digits, so P(T > t) is the value at −t. NaN for a NaN and for
  /// no degrees of freedom.
  public static func studentCDF(_ t: Double, degreesOfFreedom: Double) -> Double {
    guard !t.isNaN, degreesOfFreedom > 0 else { return .nan }
    if t.isInfinite { return t > 0 ? 1 : 0 }
    // The square of a larger t would overflow.
    let tail = studentTail(min(t.magnitude, 1e150), degreesOfFreedom)
    return t > 0 ? 1 - tail : tail
  }

  /// P(T > t) for t ≥ 0: half the regularised incomplete beta function I(ν/(ν + t²); ν/2, ½).
  static func studentTail(_ t: Double, _ degreesOfFreedom: Double) -> Double {
    // Where ln Γ would cancel: the normal approximation, wrong by 1/ν² (Abramowitz and Stegun
    // 26.7.8).
    if degreesOfFreedom > 1e6 {
      let quarter = 1 / (4 * degreesOfFreedom)
      return 0.5 * erfc(t * (1 - quarter) / (2 + 4 * quarter * t * t).squareRoot())
    }
    let nu = degreesOfFreedom
    let square = t * t
    return 0.5 * incompleteBeta(nu / (nu + square), square / (nu + square), nu / 2, 0.5)
  }

  /// I(x; a, b) with y = 1 − x given too, so that neither loses digits.
  private static func incompleteBeta(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    if x < (a + 1) / (a + b + 2) { return betaFraction(x, y, a, b) }
    return 1 - betaFraction(y, x, b, a)
  }

  /// I by the continued fraction of DLMF 8.17.22, which converges fast left of the mean, evaluated
  /// from the front (Lentz's method).
  private static func betaFraction(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    let front = exp(a * log(x) + b * log(y) + logGammaRatio(a, b)) / a
    let tiny = 1e-300
    var c = 1.0
    var d = 1 / max(tiny, 1 - (a + b) * x / (a + 1))
    var fraction = d
    for index in 1...10_000 {
      let m = Double(index)
      for numerator in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 + numerator * d
        c = 1 + numerator / c
        if abs(d) < tiny { d = tiny }
        if abs(c) < tiny { c = tiny }
        d = 1 / d
        fraction *= c * d
      }
      if abs(c * d - 1) < 1e-16 { break }
    }
    return front * fraction
  }

  /// ln Γ(a + b) − ln Γ(a) − ln Γ(b).
  private static func logGammaRatio(_ a: Double, _ b: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign)
  }
}
