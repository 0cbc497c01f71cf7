import Platform

/// One format for all numbers of a tensor, so that they line up: whole numbers without a point,
/// else up to four decimals, else exponents, where four decimals would hide a number.
struct NumberFormat {
  private let decimals: Int
  private let hasExponent: Bool

  init(_ values: [Double]) {
    let sizes = values.filter { $0.isFinite && $0 != 0 }.map { abs($0) }
    let largest = sizes.max() ?? 0
    let smallest = sizes.min() ?? 0
    if largest < 1e7 && sizes.allSatisfy({ $0 == $0.rounded() }) {
      (decimals, hasExponent) = (0, false)
      return
    }
    let hasExponent = largest >= 1e5 || largest < 1e-3 || largest / smallest > 1e5
    var most = 3
    if !hasExponent {
      // Four significant digits of the largest number, and no more than a Float has.
      let exponent = Int(log10(largest).rounded(.down))
      most = exponent < 0 ? 3 - exponent : min(4, 6 - exponent)
    }
    self.hasExponent = hasExponent
    decimals = sizes.map { NumberFormat.decimalsNeeded($0, most, hasExponent) }.max() ?? 0
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
    // No number in this format is longer: without an exponent they are below 10⁷.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { buffer in
      let length = withVaList([Int32(decimals), value]) {
        vsnprintf(buffer.baseAddress, buffer.count, hasExponent ? "%.*e" : "%.*f", $0)
      }
      return String(
        decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }
}
