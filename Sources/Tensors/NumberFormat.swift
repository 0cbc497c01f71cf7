import Platform

/// One format for all numbers of a tensor, so that they line up: whole numbers without a point,
/// else up to four decimals; exponents, as in NumPy, from 10⁸ on, below 10⁻⁴, and where the
/// decimals would hide a small number beside a large one.
struct NumberFormat {
  private let decimals: Int
  private let hasExponent: Bool

  init(_ values: [Double], _ dtype: DType) {
    let sizes = values.filter { $0.isFinite && $0 != 0 }.map { abs($0) }
    let largest = sizes.max() ?? 0
    let smallest = sizes.min() ?? 0
    if largest < 1e8 && sizes.allSatisfy({ $0 == $0.rounded() }) {
      (decimals, hasExponent) = (0, false)
      return
    }
    // Four decimals, more for small numbers, and no more than a Float has.
    let exponent = Int(log10(largest).rounded(.down))
    var most = exponent < 0 ? 3 - exponent : 4
    if dtype == .float32, exponent > 2 { most = exponent == 6 ? 1 : max(0, 6 - exponent) }
    let hidesSmall =
      largest > 1000 * smallest
      && sizes.contains { NumberFormat.loses($0, decimals: most, share: 0.5) }
    hasExponent = largest >= 1e8 || smallest < 1e-4 || hidesSmall
    if hasExponent { most = 3 }
    let isScientific = hasExponent
    decimals = sizes.map { NumberFormat.decimalsNeeded($0, most, isScientific) }.max() ?? 0
  }

  /// Whether rounding to so many decimals changes a number by more than a share of it.
  private static func loses(_ value: Double, decimals: Int, share: Double) -> Bool {
    let unit = pow(10, -Double(decimals))
    return abs((value / unit).rounded() * unit - value) > share * value
  }

  func text(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    return NumberFormat.text(value, decimals, hasExponent)
  }

  /// Decimals that are left when trailing zeros are dropped.
  private static func decimalsNeeded(_ value: Double, _ most: Int, _ hasExponent: Bool) -> Int {
    let digits = text(value, most, hasExponent).prefix { $0 != "e" }
    return max(0, most - digits.reversed().prefix { $0 == "0" }.count)
  }

  private static func text(_ value: Double, _ decimals: Int, _ hasExponent: Bool) -> String {
    // No number in this format is longer: without an exponent they are below 10⁸.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { buffer in
      let length = withVaList([Int32(decimals), value]) {
        vsnprintf(buffer.baseAddress, buffer.count, hasExponent ? "%.*e" : "%.*f", $0)
      }
      return String(
        decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }
}
