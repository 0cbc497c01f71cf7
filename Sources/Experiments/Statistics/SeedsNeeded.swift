import Learning
import Platform
import Tensors

extension Statistics {
  /// How many paired seeds a two-sided paired t test needs to see a change of so many percent with
  /// this power: the least n for which it finds the change with at least that probability.
  ///
  /// The deviation is the standard deviation of ln(measure/control), or with `difference` that of
  /// (measure − control)/|m|: see `PairedChange.deviation`. A deviation of 0 needs two seeds.
  ///
  /// Exact by the noncentral t distribution; above 100,000 seeds by Guenther's approximation
  /// ((z₁ + z₂)/d)² + z₁²/2, with z the normal quantiles of 1 − significance/2 and of the power, and
  /// d the change divided by the deviation ("Sample size formulas for normal theory t tests", 1981).
  ///
  /// - Throws: `ArgumentError` for a change that is 0 or not finite, or with `ratio` of −100 % and
  ///   below, or so small that more than 10¹⁵ seeds are needed; for a deviation that is negative or
  ///   not finite; for a power outside (0, 1) and a significance outside 1e-12 … 1.
  public static func seedsNeeded(
    toSee percent: Double, deviation: Double, scale: PairedChange.Scale = .ratio,
    power: Double = 0.8, significance: Double = 0.05
  ) throws -> Int {
    guard percent.isFinite, percent != 0, scale == .difference || percent > -100 else {
      let wanted = scale == .ratio ? "finite, above -100 and not 0" : "finite and not 0"
      throw ArgumentError("percent", mustBe: wanted, got: percent)
    }
    guard deviation >= 0, deviation.isFinite else {
      throw ArgumentError("deviation", mustBe: "at least 0 and finite", got: deviation)
    }
    guard power > 0, power < 1 else {
      throw ArgumentError("power", mustBe: "between 0 and 1, both excluded", got: power)
    }
    guard significance >= 1e-12, significance < 1 else {
      throw ArgumentError("significance", mustBe: "at least 1e-12 and below 1", got: significance)
    }
    let change = scale == .ratio ? log1p(percent / 100) : percent / 100
    let effect = (change / deviation).magnitude
    let z = studentQuantile(1 - significance / 2, degreesOfFreedom: .infinity)
    let sum = z + studentQuantile(power, degreesOfFreedom: .infinity)
    let many = sum > 0 ? (sum / effect) * (sum / effect) + z * z / 2 : 0
    guard many <= 1e15 else {
      throw ArgumentError("percent", mustBe: "visible with 1e15 seeds or fewer", got: percent)
    }
    if many > 1e5 { return Int(many.rounded(.up)) }
    func isEnough(_ n: Int) -> Bool {
      pairedPower(effect: effect, n: n, significance: significance) >= power
    }
    var enough = 2
    while !isEnough(enough) { enough *= 2 }
    var tooFew = max(1, enough / 2)
    while enough - tooFew > 1 {
      let middle = (enough + tooFew) / 2
      if isEnough(middle) { enough = middle } else { tooFew = middle }
    }
    return enough
  }

  /// The probability that a two-sided t test of n ≥ 2 pairs finds a mean difference of `effect`
  /// standard deviations: P(|Z + effect·√n| > t·S), with Z standard normal, S = √(χ²/ν),
  /// ν = n − 1, and t Student's quantile. Integrated over S by Simpson's rule.
  static func pairedPower(effect: Double, n: Int, significance: Double) -> Double {
    let nu = Double(n - 1)
    let shift = effect.magnitude * Double(n).squareRoot()
    let t = studentQuantile(1 - significance / 2, degreesOfFreedom: nu)
    var sign: Int32 = 0
    let constant = log(2) + nu / 2 * log(nu / 2) - lgamma_r(nu / 2, &sign)
    func integrand(_ s: Double) -> Double {
      let power = nu == 1 ? 0 : (nu - 1) * log(s)
      let density = exp(constant + power - nu * s * s / 2)
      let root = 0.5.squareRoot()
      return density * 0.5 * (erfc((t * s - shift) * root) + erfc((t * s + shift) * root))
    }
    // S is within ten standard deviations, and the probability falls from 1 to 0 near shift/t.
    let reach = 10 / (2 * nu).squareRoot()
    let (low, high) = (max(0, 1 - reach), 1 + reach)
    let ends = [low, (shift - 8) / t, (shift + 8) / t, high].map { min(max($0, low), high) }
    return zip(ends, ends.dropFirst()).reduce(0) { $0 + simpson(integrand, $1.0, $1.1) }
  }

  private static func simpson(
    _ function: (Double) -> Double, _ low: Double, _ high: Double
  ) -> Double {
    guard high > low else { return 0 }
    let count = 600
    let step = (high - low) / Double(count)
    let inner = (1..<count).reduce(0) { sum, index in
      sum + (index % 2 == 0 ? 2 : 4) * function(low + Double(index) * step)
    }
    return (function(low) + inner + function(high)) * step / 3
  }
}
