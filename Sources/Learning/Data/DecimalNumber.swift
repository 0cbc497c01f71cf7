import Tensors

/// A decimal number in a text: [+-] digits [. digits] [e [+-] digits], with digits on at least one
/// side of the point and spaces around. "inf", "nan" and hexadecimal numbers are not read.
struct DecimalNumber {
  /// Rounded to the nearest `Double` as C's strtod does; infinite beyond its range.
  let value: Double
  /// The number of bits from the first to the last set bit of an integer without a point or
  /// exponent, which a number type needs to hold it exactly. 0 for all other numbers.
  let wholeBits: Int

  /// nil for any other text. `decimal` is the mark before the decimals.
  init?(_ text: UnsafeBufferPointer<UInt8>, decimal: UInt8 = 0x2E) {
    var position = 0
    var end = text.count
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    while position < end, isSpace(text[position]) { position += 1 }
    while end > position, isSpace(text[end - 1]) { end -= 1 }
    let start = position
    guard position < end else { return nil }

    let isNegative = text[position] == 0x2D
    if isNegative || text[position] == 0x2B { position += 1 }

    // The digits as one whole number, exact as long as there are at most 19 of them.
    var mantissa: UInt64 = 0
    var significant = 0
    var digits = 0
    var exponent = 0
    func take(_ isFraction: Bool) {
      while position < end {
        let digit = text[position] &- 0x30
        guard digit < 10 else { return }
        digits &+= 1
        if significant > 0 || digit > 0 { significant &+= 1 }
        if significant <= 19 {
          mantissa = mantissa &* 10 &+ UInt64(digit)
          if isFraction { exponent &-= 1 }
        }
        position &+= 1
      }
    }
    take(false)
    let isWhole = position == end
    if position < end, text[position] == decimal {
      position += 1
      take(true)
    }
    guard digits > 0 else { return nil }

    if position < end {
      guard text[position] | 0x20 == 0x65 else { return nil }
      position += 1
      var isDown = false
      if position < end, text[position] == 0x2D || text[position] == 0x2B {
        isDown = text[position] == 0x2D
        position += 1
      }
      guard position < end else { return nil }
      var power = 0
      while position < end {
        let digit = text[position] &- 0x30
        guard digit < 10 else { return nil }
        power = min(100_000, power * 10 + Int(digit))
        position += 1
      }
      exponent += isDown ? -power : power
    }

    // Both factors are exact, so the one operation rounds correctly (Clinger, 1990).
    if significant <= 19, mantissa <= 1 << 53, abs(exponent) < exactPowers.count {
      let size = Double(mantissa)
      let value = exponent < 0 ? size / exactPowers[-exponent] : size * exactPowers[exponent]
      self.value = isNegative ? -value : value
      wholeBits = isWhole ? DecimalNumber.bits(mantissa) : 0
      return
    }
    if significant <= 19, exponent <= 0, -exponent < exactPowers.count,
      let value = DecimalNumber.nearest(mantissa, overPowerOfTen: -exponent)
    {
      self.value = isNegative ? -value : value
      wholeBits = isWhole ? DecimalNumber.bits(mantissa) : 0
      return
    }
    let rest = text[start..<end]
    var string = String(decoding: rest, as: UTF8.self)
    if decimal != 0x2E { string = string.replacing(String(UnicodeScalar(decimal)), with: ".") }
    guard let value = Double(string) else { return nil }
    self.value = value
    if !isWhole || !value.isFinite {
      wholeBits = 0
    } else if significant <= 19 {
      wholeBits = DecimalNumber.bits(mantissa)
    } else {
      wholeBits = significantBits(ofDigits: rest.drop { $0 < 0x30 })
    }
  }

  /// The `Double` nearest to mantissa · 10^−power for a power to 22; nil where that needs more
  /// digits.
  static func nearest(_ mantissa: UInt64, overPowerOfTen power: Int) -> Double? {
    if mantissa <= 1 << 53 {
      return Double(mantissa) / exactPowers[power]
    }
    #if arch(x86_64) && !os(Windows)
      // Both factors are exact in 64 bits, so the quotient is the nearest number of 64 bits. Where it
      // is not in the middle of two numbers of 53 bits, the exact quotient is on the same side.
      let quotient = Float80(mantissa) / Float80(exactPowers[power])
      guard quotient.significandBitPattern & 0x7FF != 0x400 else { return nil }
      return Double(quotient)
    #else
      return nil
    #endif
  }

  /// The number of bits from the first to the last set bit.
  private static func bits(_ whole: UInt64) -> Int {
    whole == 0 ? 0 : 64 - whole.leadingZeroBitCount - whole.trailingZeroBitCount
  }
}

/// 10⁰ … 10²², all of which a `Double` holds exactly.
private let exactPowers: [Double] = {
  var powers = [1.0]
  for _ in 1...22 { powers.append(powers.last! * 10) }
  return powers
}()
