/// The number of bits from the first to the last set bit of an integer given in decimal digits,
/// which a number type needs to hold it exactly. 0 for zero. The time grows with the square of the
/// significant digits, so callers check first that the number is in the range of `Double`.
package func significantBits(ofDigits digits: some Sequence<UInt8>) -> Int {
  var limbs: [UInt32] = [0]
  for digit in digits {
    var carry = UInt64(digit - 0x30)
    for index in limbs.indices {
      carry += UInt64(limbs[index]) * 10
      limbs[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
  }
  guard let first = limbs.firstIndex(where: { $0 != 0 }) else { return 0 }
  let lowest = first * 32 + limbs[first].trailingZeroBitCount
  return limbs.count * 32 - limbs[limbs.count - 1].leadingZeroBitCount - lowest
}
