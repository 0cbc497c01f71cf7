import Platform

/// A seeded stream of random numbers: xoshiro256++ (Blackman and Vigna, 2019). SplitMix64 fills its
/// state from a seed and a stream, so that the streams of one seed are independent.
public struct RandomGenerator: RandomNumberGenerator, Sendable {
  /// The use of a stream: drawing more from one does not change the others.
  public enum Stream: UInt64, Sendable {
    case general, split, weights, shuffle, alpha, noise, data
    case dropout, inputNoise, adversarial, interpolation, projection, search
  }

  @usableFromInline var state: (UInt64, UInt64, UInt64, UInt64)
  private var spareNormal: Double?

  public init(seed: UInt64, stream: Stream = .general) {
    var mix = seed &+ stream.rawValue &* 0xD1B5_4A32_D192_ED03
    func splitMix() -> UInt64 {
      mix &+= 0x9E37_79B9_7F4A_7C15
      var z = mix
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    state = (splitMix(), splitMix(), splitMix(), splitMix())
  }

  @inlinable public mutating func next() -> UInt64 {
    func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
    let result = rotate(state.0 &+ state.3, 23) &+ state.0
    let t = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= t
    state.3 = rotate(state.3, 45)
    return result
  }

  /// Uniform on [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform on 0..<bound, without bias (Lemire, 2019).
  @inlinable public mutating func index(below bound: Int) -> Int {
    Int(next(upperBound: UInt64(bound)))
  }

  /// Standard normal (Marsaglia's polar method).
  public mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let u = 2 * uniform() - 1
      let v = 2 * uniform() - 1
      let s = u * u + v * v
      guard s < 1, s > 0 else { continue }
      let scale = (-2 * log(s) / s).squareRoot()
      spareNormal = v * scale
      return u * scale
    }
  }

  /// Shuffles in place (Fisher and Yates); the order is the same on every platform.
  @inlinable public mutating func shuffle<Element>(_ elements: inout [Element]) {
    // Places are drawn ahead, since they are anywhere in memory: the processor fetches several at
    // once.
    let block = 64
    withUnsafeTemporaryAllocation(of: Int.self, capacity: block) { places in
      elements.withUnsafeMutableBufferPointer { elements in
        var last = elements.count - 1
        while last > 0 {
          let count = min(block, last)
          for k in 0..<count { places[k] = index(below: last - k + 1) }
          for k in 0..<count { elements.swapAt(last - k, places[k]) }
          last -= count
        }
      }
    }
  }
}

extension RandomGenerator: Codable, Equatable {
  public static func == (a: RandomGenerator, b: RandomGenerator) -> Bool {
    a.state == b.state && a.spareNormal?.bitPattern == b.spareNormal?.bitPattern
  }

  /// The stream from where another one was when it was encoded.
  ///
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    var words = try decoder.unkeyedContainer()
    state = (
      try words.decode(UInt64.self), try words.decode(UInt64.self), try words.decode(UInt64.self),
      try words.decode(UInt64.self)
    )
    spareNormal = words.isAtEnd ? nil : Double(bitPattern: try words.decode(UInt64.self))
  }

  /// Four words of state and, if there is one, the bits of the normal number that is left over.
  public func encode(to encoder: any Encoder) throws {
    var words = encoder.unkeyedContainer()
    for word in [state.0, state.1, state.2, state.3] { try words.encode(word) }
    if let spareNormal { try words.encode(spareNormal.bitPattern) }
  }
}
