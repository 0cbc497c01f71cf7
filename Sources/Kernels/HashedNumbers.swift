/// A key of random numbers that have no state: number i of a key is a hash of both, so any thread can
/// take any of them in any order (counter-based, as in Salmon et al., "Parallel random numbers: as
/// easy as 1, 2, 3", 2011).
public struct HashKey: Sendable, Equatable {
  public let bits: UInt64

  @inlinable public init(_ bits: UInt64) { self.bits = bits }

  /// The key of the part with this number, unrelated to those of other parts.
  @inlinable @inline(__always) public func part(_ index: UInt64) -> HashKey {
    // SplitMix64's generator at this index.
    var z = bits &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return HashKey(z ^ (z >> 31))
  }

  @inlinable @inline(__always) public func part(_ index: Int) -> HashKey {
    part(UInt64(truncatingIfNeeded: index))
  }

  /// Uniform on all 32-bit numbers.
  @inlinable public func number(_ index: Int) -> UInt32 {
    var x = low &+ UInt32(truncatingIfNeeded: index) &* HashKey.increment
    x ^= x >> 16
    x = x &* HashKey.firstFactor
    x = (x ^ (x >> 15)) &+ high
    x = x &* HashKey.secondFactor
    return x ^ (x >> 16)
  }

  @inlinable @inline(__always) var low: UInt32 { UInt32(truncatingIfNeeded: bits) }
  @inlinable @inline(__always) var high: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }
  // The factors are those of Wellons' "lowbias32". The other half of the key comes in between, so
  // that keys whose first halves are close do not give each other's numbers.
  @inlinable @inline(__always) static var increment: UInt32 { 0x9E37_79B9 }
  @inlinable @inline(__always) static var firstFactor: UInt32 { 0x7FEB_352D }
  @inlinable @inline(__always) static var secondFactor: UInt32 { 0x846C_A68B }
}

/// A vector's worth of a key's numbers.
public protocol HashedVectors: VectorMath {
  /// 0 where the key's number, from `index` on, is below the threshold; `scale` elsewhere.
  static func hashedMask(
    _ key: HashKey, from index: Int, threshold: UInt32, scale: Self
  ) -> Vector
}

extension Float: HashedVectors {
  @inlinable @inline(__always)
  static func numbers(_ key: HashKey, from index: Int) -> SIMD16<UInt32> {
    let steps = SIMD16<UInt32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    let first = key.low &+ UInt32(truncatingIfNeeded: index) &* HashKey.increment
    var x = SIMD16(repeating: first) &+ steps &* SIMD16(repeating: HashKey.increment)
    x ^= x &>> 16
    x = x &* SIMD16(repeating: HashKey.firstFactor)
    x = (x ^ (x &>> 15)) &+ SIMD16(repeating: key.high)
    x = x &* SIMD16(repeating: HashKey.secondFactor)
    return x ^ (x &>> 16)
  }

  @inlinable @inline(__always)
  public static func hashedMask(
    _ key: HashKey, from index: Int, threshold: UInt32, scale: Float
  ) -> Vector {
    // Vectors of whole numbers without a sign would be compared one by one.
    choose(
      Vector(repeating: scale), where: uniform(numbers(key, from: index)),
      exceeds: Vector(repeating: Float(threshold &>> 9) * 0x1p-23), else: Vector())
  }

  /// Uniform on (0, 1): the middles of 2²³ parts, from the numbers' upper bits.
  @inlinable @inline(__always) static func uniform(_ numbers: SIMD16<UInt32>) -> Vector {
    let bits = (numbers &>> 9) | SIMD16(repeating: 0x3F80_0000)
    return unsafeBitCast(bits, to: Vector.self) - (1 - 0x1p-24)
  }

  /// Standard normal numbers, of two uniform ones each (Box and Muller, 1958); up to 5.8.
  @inlinable @inline(__always)
  static func normals(_ key: HashKey, from index: Int) -> Vector {
    let u = uniform(numbers(key.part(0), from: index))
    let radius = squareRoot(logOfNormal(u, exponentShift: Vector()) * -2)
    // cos 2πv = sin w with w = 2π(|v − ½| − ¼), |w| ≤ π/2.
    let v = uniform(numbers(key.part(1), from: index))
    let w = (magnitude(of: v - 0.5) - 0.25) * (2 * .pi)
    let z = w * w
    var p = Vector(repeating: -1 / 39_916_800)
    p = horner(p, z, 1 / 362_880)
    p = horner(p, z, -1 / 5040)
    p = horner(p, z, 1 / 120)
    p = horner(p, z, -1 / 6)
    return radius * w.addingProduct(p * z, w)
  }
}

extension Double: HashedVectors {
  @inlinable @inline(__always)
  public static func hashedMask(
    _ key: HashKey, from index: Int, threshold: UInt32, scale: Double
  ) -> Vector {
    var result = Vector(repeating: scale)
    for lane in 0..<Vector.scalarCount where key.number(index &+ lane) < threshold {
      result[lane] = 0
    }
    return result
  }
}

/// What is drawn for each of many things: yes, with a given probability, or no.
public struct HashedChoice: Sendable, Equatable {
  /// Numbers up to it are a yes.
  public let limit: UInt32

  /// - probability: > 0 and ≤ 1, rounded to a multiple of 2⁻²³, at least one.
  public init(probability: Double) {
    limit = UInt32(min(max((probability * 0x1p23).rounded(), 1), 0x1p23) * 512 - 1)
  }

  @inlinable public func contains(_ index: Int, _ key: HashKey) -> Bool {
    key.number(index) <= limit
  }
}

/// Dropout: each unit is 0 with a probability p, and else divided by 1 − p (Hinton et al., 2012).
public struct HashedDropout: Sendable, Equatable {
  public let threshold: UInt32
  public let scale: Double

  /// - probability: ≥ 0 and < 1, rounded to a multiple of 2⁻²³.
  public init(probability: Double) {
    threshold = UInt32(min((probability * 0x1p23).rounded(), 0x1p23 - 1) * 512)
    scale = 1 / (1 - Double(threshold) * 0x1p-32)
  }
}

extension Kernels {
  /// Multiplies rows of units, and σ′ and σ″ where there is a place for them, by the masks of a
  /// dropout. Those that follow from the units need not be there before.
  ///
  /// - key: of the layer; the mask of unit j of row i is number j of its part `firstRow` + i.
  /// - columns: also where rows begin.
  @inlinable public static func dropOut<S: Scalar, D: Derivatives>(
    _ dropout: HashedDropout, _ key: HashKey, firstRow: Int, _ derivatives: D.Type,
    units a: UnsafeMutablePointer<S>, first: UnsafeMutablePointer<S>?,
    second: UnsafeMutablePointer<S>?, rows: Int, columns: Int
  ) {
    let scale = S(dropout.scale)
    let isStored = D.self == StoredDerivatives.self
    let width = S.Vector.scalarCount
    for row in 0..<rows {
      let key = key.part(firstRow &+ row)
      let start = row &* columns
      // A closure so large would be called, not inlined.
      @inline(__always) func write(_ column: Int, _ lanes: Int) {
        let mask = S.hashedMask(key, from: column, threshold: dropout.threshold, scale: scale)
        let i = start &+ column
        let unit = load(a, i, lanes)
        if let first {
          let slope = D.first(isStored ? load(first, i, lanes) : unit, as: S.self)
          store(slope * mask, first, i, lanes)
          if let second {
            let curvature = isStored ? load(second, i, lanes) : D.second(unit, slope, as: S.self)
            store(curvature * mask, second, i, lanes)
          }
        }
        store(unit * mask, a, i, lanes)
      }
      var column = 0
      while column &+ width <= columns {
        write(column, width)
        column &+= width
      }
      if column < columns { write(column, columns &- column) }
    }
  }

  /// The same with given masks, [rows][width] without anything between the rows.
  public static func mask<S: Scalar>(
    _ masks: UnsafePointer<S>, width: Int, units a: UnsafeMutablePointer<S>,
    first: UnsafeMutablePointer<S>?, second: UnsafeMutablePointer<S>?, rows: Int, columns: Int
  ) {
    for row in 0..<rows {
      for column in 0..<width {
        let mask = masks[row * width + column]
        a[row * columns + column] *= mask
        first?[row * columns + column] *= mask
        second?[row * columns + column] *= mask
      }
    }
  }

  /// Adds noise to one feature of the chosen rows: x ← x + σε, or x(1 + σε), with ε ~ N(0, 1).
  ///
  /// The noise is the same for `Float` and `Double`, and does not depend on which rows are together.
  ///
  /// - x: the feature in the first row; the others are `columns` apart.
  /// - key: of the feature; row i has the numbers `firstRow` + i.
  @inlinable public static func addNoise<S: Scalar>(
    to x: UnsafeMutablePointer<S>, columns: Int, rows: Int, firstRow: Int, _ key: HashKey,
    _ choice: HashedChoice, sigma: S, isMultiplicative: Bool
  ) {
    let chosen = key.part(2)
    let share = SIMD16<Float>(repeating: Float((choice.limit &>> 9) &+ 1) * 0x1p-23)
    let width = 16
    var noise = SIMD16<Float>()
    withUnsafeMutablePointer(to: &noise) {
      $0.withMemoryRebound(to: Float.self, capacity: width) { noise in
        var row = 0
        while row < rows {
          let place = firstRow &+ row
          var values = Float.normals(key, from: place)
          if choice.limit < .max {
            let uniform = Float.uniform(Float.numbers(chosen, from: place))
            values = Float.choose(values, where: share, exceeds: uniform, else: SIMD16<Float>())
          }
          store(values, noise, 0, width)
          var i = row &* columns
          for lane in 0..<min(width, rows &- row) {
            x[i] += (isMultiplicative ? sigma * x[i] : sigma) * S(noise[lane])
            i &+= columns
          }
          row &+= width
        }
      }
    }
  }
}
