extension Kernels {
  /// out ← ∂ʲ⁺ᵏ xʸ / ∂xʲ ∂yᵏ; at x = 0 and ∞ the limits from inside.
  ///
  /// That is Σᵢ C(k, i) fᵢ (ln x)ᵏ⁻ⁱ xʸ⁻ʲ with f₀ = y (y − 1) … (y − j + 1) and fᵢ its i-th
  /// derivative. A term whose factor fᵢ is 0 is left out, whatever the power is.
  @inlinable public static func powerDerivative<S: Scalar>(
    _ x: UnsafePointer<S>, _ xStep: Int, _ y: UnsafePointer<S>, _ yStep: Int,
    _ out: UnsafeMutablePointer<S>, _ count: Int, byBase j: Int, byExponent k: Int
  ) {
    guard count > 0 else { return }
    if k == 0 && yStep == 0 {
      let factor = fallingFactorial(y[0], j)
      let exponent = y[0] - S(j)
      if factor == 0 || exponent == 0 {
        for i in 0..<count { out[i] = factor }
      } else if exponent == 1 {
        for i in 0..<count { out[i] = factor * x[i * xStep] }
      } else if exponent == 2 {
        for i in 0..<count { out[i] = factor * (x[i * xStep] * x[i * xStep]) }
      } else {
        for i in 0..<count { out[i] = factor * S.power(x[i * xStep], exponent) }
      }
      return
    }
    if k == 0 {
      for i in 0..<count {
        let exponent = y[i * yStep]
        let factor = fallingFactorial(exponent, j)
        out[i] = factor == 0 ? 0 : factor * S.power(x[i * xStep], exponent - S(j))
      }
      return
    }
    var factors = [Double](repeating: 0, count: k + 1)
    for i in 0..<count {
      out[i] = S(
        powerDerivative(Double(x[i * xStep]), Double(y[i * yStep]), j, k, room: &factors))
    }
  }

  /// y (y − 1) … (y − j + 1)
  @inlinable static func fallingFactorial<S: Scalar>(_ y: S, _ j: Int) -> S {
    var product: S = 1
    for i in 0..<j { product *= y - S(i) }
    return product
  }

  /// One element of that, for k ≥ 1; `room` has k + 1 places.
  @usableFromInline static func powerDerivative(
    _ x: Double, _ y: Double, _ j: Int, _ k: Int, room factors: inout [Double]
  ) -> Double {
    guard x >= 0, !y.isNaN else { return .nan }
    // fᵢ, by Leibniz's rule for each factor in turn, times C(k, i).
    for i in 0...k { factors[i] = i == 0 ? 1 : 0 }
    for m in 0..<j {
      for i in stride(from: k, through: 0, by: -1) {
        factors[i] = factors[i] * (y - Double(m)) + (i > 0 ? Double(i) * factors[i - 1] : 0)
      }
    }
    var binomial = 1.0
    for i in 0...k {
      factors[i] *= binomial
      binomial *= Double(k - i) / Double(i + 1)
    }
    let exponent = y - Double(j)
    if x == 0 || x == .infinity {
      // The highest power of the logarithm that occurs.
      guard let leading = (0...k).first(where: { factors[$0] != 0 }) else { return 0 }
      let growth = x == 0 ? -exponent : exponent
      if growth < 0 { return 0 }
      if growth == 0 && leading == k { return factors[leading] }
      let isNegative = x == 0 && !(k - leading).isMultiple(of: 2)
      return (factors[leading] < 0) == isNegative ? .infinity : -.infinity
    }
    let logarithm = libraryLog(x)
    var sum = 0.0
    for i in 0...k { sum = sum * logarithm + factors[i] }
    return sum == 0 ? 0 : sum * Double.power(x, exponent)
  }
}
