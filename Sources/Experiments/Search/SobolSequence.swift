import Tensors

/// Sobol's sequence in Gray-code order with the direction numbers of Joe and Kuo, under Owen's nested
/// uniform scrambling: any 2^k points that start at a multiple of 2^k have one in each of the 2^k
/// equal intervals of every dimension.
///
/// Sources: S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional
/// projections", 2008; B. Burley, "Practical hash-based Owen scrambling", 2020, with the constants of
/// N. Vegdahl, "Building a better LK hash", 2021.
struct SobolSequence {
  /// One array of 32 words for each dimension.
  private let directions: [[UInt32]]
  /// One for each dimension; nil: not scrambled.
  private let seeds: [UInt32]?

  /// - Throws: `ArgumentError` for more dimensions than there are direction numbers.
  init(dimensions: Int, seed: UInt64?) throws {
    let most = Self.polynomials.count + 1
    guard dimensions <= most else {
      throw ArgumentError(
        "dimensions", mustBe: "at most \(most) for a Sobol sequence", got: dimensions)
    }
    directions = (0..<dimensions).map(Self.directions)
    seeds = seed.map { seed in
      var generator = RandomGenerator(seed: seed, stream: .search)
      return (0..<dimensions).map { _ in UInt32(truncatingIfNeeded: generator.next() >> 32) }
    }
  }

  /// The direction numbers of a dimension, as binary fractions. With the primitive polynomial
  /// x^s + a₁x^(s-1) + … + 1: v_k = a₁v_(k-1) ⊕ … ⊕ a_(s-1)v_(k-s+1) ⊕ v_(k-s) ⊕ v_(k-s) / 2^s.
  private static func directions(_ dimension: Int) -> [UInt32] {
    // The first dimension is van der Corput's sequence.
    guard dimension > 0 else { return (0..<32).map { 1 << (31 - $0) } }
    let row = polynomials[dimension - 1]
    let (inner, start) = (row[0], row.dropFirst())
    let degree = start.count
    var directions = start.enumerated().map { $1 << (31 - UInt32($0)) }
    for k in degree..<32 {
      var word = directions[k - degree] ^ directions[k - degree] >> UInt32(degree)
      for i in 1..<max(degree, 1) where inner >> UInt32(degree - 1 - i) & 1 == 1 {
        word ^= directions[k - i]
      }
      directions.append(word)
    }
    return directions
  }

  /// Point `index`, in [0, 1) in each dimension.
  subscript(index: UInt32) -> [Double] {
    let gray = index ^ index >> 1
    return directions.indices.map { dimension in
      var (rest, word) = (gray, UInt32(0))
      while rest != 0 {
        word ^= directions[dimension][rest.trailingZeroBitCount]
        rest &= rest - 1
      }
      if let seeds { word = Self.scrambled(word, seeds[dimension]) }
      return Double(word) * 0x1p-32
    }
  }

  /// Flips each bit by a hash of the bits above it. On the reversed word every step carries upwards
  /// only, as multiplication does.
  private static func scrambled(_ word: UInt32, _ seed: UInt32) -> UInt32 {
    var x = reversed(word)
    x ^= x &* 0x3d20_adea
    x &+= seed
    x &*= seed >> 16 | 1
    x ^= x &* 0x0552_6c56
    x ^= x &* 0x53a2_2864
    return reversed(x)
  }

  private static func reversed(_ word: UInt32) -> UInt32 {
    var x = word.byteSwapped
    x = (x & 0x0f0f_0f0f) << 4 | x >> 4 & 0x0f0f_0f0f
    x = (x & 0x3333_3333) << 2 | x >> 2 & 0x3333_3333
    return (x & 0x5555_5555) << 1 | x >> 1 & 0x5555_5555
  }

  /// The next points of a space that are not taken, from point `start` of the sequence; they become
  /// taken. Where the sequence finds no more, the points that are left are counted through.
  func points(
    _ wanted: Int, from start: Int, in space: Space, taken: inout Set<Proposal>
  ) -> [Proposal] {
    let wanted = min(wanted, space.count ?? wanted)
    var points: [Proposal] = []
    var index = start
    while points.count < wanted, index < start + 8 * wanted + 64 {
      let point = space.point(at: self[UInt32(index)])
      if taken.insert(point).inserted { points.append(point) }
      index += 1
    }
    return points + space.free(wanted - points.count, from: start, taken: &taken)
  }
}
