import Platform

/// SHA-256 (FIPS 180-4). A package for it would take longer to build than all of this room.
package enum SHA256 {
  /// The digest of a text's UTF-8 bytes, 64 hexadecimal digits.
  package static func hexadecimal(of text: String) -> String {
    digest(Array(text.utf8)).map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants = primes(64).map { fraction(cbrt(Double($0))) }
  /// The same of the square roots of the first 8 primes.
  private static let start = primes(8).map { fraction(Double($0).squareRoot()) }

  private static func primes(_ count: Int) -> [UInt64] {
    var primes: [UInt64] = []
    var candidate: UInt64 = 2
    while primes.count < count {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes
  }

  /// The root is below 20, so a Double has more than the 35 bits wanted.
  private static func fraction(_ root: Double) -> UInt32 {
    UInt32((root - root.rounded(.down)) * 4_294_967_296)
  }

  private static func digest(_ message: [UInt8]) -> [UInt32] {
    var bytes = message + [0x80]
    bytes += Array(repeating: 0, count: (120 - bytes.count % 64) % 64)
    let bits = UInt64(message.count) * 8
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
    return stride(from: 0, to: bytes.count, by: 64).reduce(into: start) { hash, place in
      add(bytes[place..<(place + 64)], to: &hash)
    }
  }

  private static func add(_ block: ArraySlice<UInt8>, to hash: inout [UInt32]) {
    var words = (0..<16).map { index in
      block[(block.startIndex + 4 * index)...].prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<64 {
      let (a, b) = (words[index - 15], words[index - 2])
      let low = rotated(a, 7) ^ rotated(a, 18) ^ a >> 3
      let high = rotated(b, 17) ^ rotated(b, 19) ^ b >> 10
      words.append(words[index - 16] &+ low &+ words[index - 7] &+ high)
    }
    var h = hash
    for index in 0..<64 {
      let high = rotated(h[4], 6) ^ rotated(h[4], 11) ^ rotated(h[4], 25)
      let choice = h[4] & h[5] ^ ~h[4] & h[6]
      let first = h[7] &+ high &+ choice &+ constants[index] &+ words[index]
      let low = rotated(h[0], 2) ^ rotated(h[0], 13) ^ rotated(h[0], 22)
      let majority = h[0] & h[1] ^ h[0] & h[2] ^ h[1] & h[2]
      h = [first &+ low &+ majority, h[0], h[1], h[2], h[3] &+ first, h[4], h[5], h[6]]
    }
    for index in 0..<8 { hash[index] = hash[index] &+ h[index] }
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }
}
