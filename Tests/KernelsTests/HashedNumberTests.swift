import Foundation
import Kernels
import Testing

@Suite struct HashedNumberTests {
  /// Keys as training makes them: of a seed, a batch, a layer and a row.
  private func key(_ batch: Int, _ row: Int, layer: Int = 0) -> HashKey {
    HashKey(0x1234_5678_9ABC_DEF0).part(batch).part(layer).part(row)
  }

  /// Whether a sum of so many independent ±1 is within five standard deviations of 0.
  private func isBalanced(_ sum: Int, of count: Int) -> Bool {
    Double(abs(sum)) < 5 * Double(count).squareRoot()
  }

  @Test("numbers are uniform: every bit, and the buckets of the upper ones") func uniform() {
    var bits = [Int](repeating: 0, count: 32)
    var buckets = [Int](repeating: 0, count: 256)
    let (rows, units) = (1024, 64)
    for row in 0..<rows {
      let key = key(row / 256, row % 256)
      for unit in 0..<units {
        let number = key.number(unit)
        for bit in 0..<32 { bits[bit] += number >> bit & 1 == 1 ? 1 : -1 }
        buckets[Int(number >> 24)] += 1
      }
    }
    let count = rows * units
    for sum in bits { #expect(isBalanced(sum, of: count)) }
    // χ² with 255 degrees of freedom: mean 255, standard deviation 22.6.
    let expected = Double(count) / 256
    let chiSquare = buckets.reduce(0) { $0 + pow(Double($1) - expected, 2) / expected }
    #expect(chiSquare > 255 - 5 * 22.6 && chiSquare < 255 + 5 * 22.6)
  }

  /// Each bit beside that of a neighbour: of the next unit, row, batch and layer, and of the rows and
  /// units next but some.
  @Test("neighbours do not know of each other") func independence() {
    let (rows, units) = (256, 64)
    typealias Number = (_ batch: Int, _ row: Int, _ unit: Int) -> UInt32
    var neighbours: [(String, Number)] = []
    for step in [1, 2, 16, 63] {
      neighbours.append(("unit + \(step)", { self.key($0, $1).number($2 + step) }))
    }
    for step in [1, 2, 16, 255] {
      neighbours.append(("row + \(step)", { self.key($0, $1 + step).number($2) }))
    }
    neighbours.append(("next batch", { self.key($0 + 1, $1).number($2) }))
    neighbours.append(("next layer", { self.key($0, $1, layer: 1).number($2) }))
    neighbours.append(("row and unit exchanged", { self.key($0, $2 + 1000).number($1) }))
    for (name, other) in neighbours {
      let bits = [31, 30, 29, 16, 8, 0]
      var sums = [Int](repeating: 0, count: bits.count)
      for batch in 0..<2 {
        for row in 0..<rows {
          let key = key(batch, row)
          for unit in 0..<units {
            let difference = key.number(unit) ^ other(batch, row, unit)
            for (index, bit) in bits.enumerated() {
              sums[index] += difference >> bit & 1 == 1 ? 1 : -1
            }
          }
        }
      }
      for sum in sums { #expect(isBalanced(sum, of: 2 * rows * units), "\(name)") }
    }
  }

  @Test("one bit of a key changes half of the bits") func avalanche() {
    for bit in 0..<64 {
      var changed = 0
      for index in 0..<256 {
        let (a, b) = (HashKey(UInt64(index) << 7), HashKey(UInt64(index) << 7 ^ 1 << bit))
        changed += (a.part(3).number(index) ^ b.part(3).number(index)).nonzeroBitCount
      }
      #expect(abs(changed - 256 * 16) < 5 * 46, "bit \(bit)")  // √(256·32)/2 = 45
    }
  }

  private func masks<S: Scalar>(_ type: S.Type) {
    for probability in [0.0, 0.1, 0.5, 0.999] {
      let dropout = HashedDropout(probability: probability)
      #expect(abs(Double(dropout.threshold) - probability * 0x1p32) <= 256)
      #expect(abs(dropout.scale * (1 - Double(dropout.threshold) * 0x1p-32) - 1) < 1e-12)
      for columns in [1, 7, 16, 37] {
        let rows = 5
        var units = [S](repeating: 3, count: rows * columns)
        var first = [S](repeating: 5, count: rows * columns)
        var second = [S](repeating: -7, count: rows * columns)
        Kernels.dropOut(
          dropout, key(1, 2), firstRow: 10, StoredDerivatives.self, units: &units, first: &first,
          second: &second,
          rows: rows, columns: columns)
        for row in 0..<rows {
          for column in 0..<columns {
            let isKept = key(1, 2).part(10 + row).number(column) >= dropout.threshold
            let mask = isKept ? S(dropout.scale) : 0
            let i = row * columns + column
            #expect(units[i] == 3 * mask && first[i] == 5 * mask && second[i] == -7 * mask)
          }
        }
      }
    }
  }

  @Test("vectors are the numbers one by one, for Float and Double") func vectors() {
    masks(Float.self)
    masks(Double.self)
  }

  @Test("the share is the wanted one", arguments: [0.01, 0.1, 0.5, 0.9, 1])
  func share(probability: Double) {
    let choice = HashedChoice(probability: probability)
    #expect(abs(Double(choice.limit) + 1 - probability * 0x1p32) <= 256)
    let count = 200_000
    var chosen = 0
    for row in 0..<count where choice.contains(row, key(0, 0)) { chosen += 1 }
    let deviation = (Double(count) * probability * (1 - probability)).squareRoot()
    #expect(abs(Double(chosen) - Double(count) * probability) <= 4 * deviation)
    #expect(HashedChoice(probability: 1e-20).limit == 511)
  }

  private func noise<S: Scalar>(
    _ count: Int, _ probability: Double = 1, multiplicative: Bool = false, as type: S.Type
  ) -> [S] {
    var x = [S](repeating: 0, count: 3 * count)
    for row in 0..<count { (x[3 * row], x[3 * row + 1]) = (7, multiplicative ? 4 : 0) }
    Kernels.addNoise(
      to: &x[1], columns: 3, rows: count, firstRow: 5, key(3, 1),
      HashedChoice(
        probability: probability), sigma: 0.5, isMultiplicative: multiplicative)
    for row in 0..<count { #expect(x[3 * row] == 7 && x[3 * row + 2] == 0) }
    return (0..<count).map { x[3 * $0 + 1] }
  }

  @Test("noise is normal: moments, tails and neighbours") func normal() {
    let count = 200_000
    let x = noise(count, as: Float.self).map { Double($0) * 2 }
    #expect(x == noise(count, as: Double.self).map { $0 * 2 })
    func mean(_ power: (Double) -> Double) -> Double {
      x.reduce(0) { $0 + power($1) } / Double(count)
    }
    let deviation = 1 / Double(count).squareRoot()
    // The standard deviations of x, x², x³, x⁴ are 1, √2, √15, √96.
    #expect(abs(mean { $0 }) < 4 * deviation)
    #expect(abs(mean { $0 * $0 } - 1) < 4 * 1.414 * deviation)
    #expect(abs(mean { $0 * $0 * $0 }) < 4 * 3.873 * deviation)
    #expect(abs(mean { $0 * $0 * $0 * $0 } - 3) < 4 * 9.798 * deviation)
    for bound in [0.5, 1, 2, 3] {
      let expected = erfc(bound / 2.0.squareRoot())
      let got = mean { abs($0) > bound ? 1 : 0 }
      #expect(abs(got - expected) < 4 * (expected * (1 - expected)).squareRoot() * deviation)
    }
    for step in [1, 2, 16] {
      let product = (step..<count).reduce(0) { $0 + x[$1] * x[$1 - step] } / Double(count)
      #expect(abs(product) < 4 * deviation)
    }
  }

  @Test("a share of the rows gets noise, the others none; it may be in proportion") func parts() {
    let all = noise(1000, as: Float.self)
    let some = noise(1000, 0.3, as: Float.self)
    let chosen = some.indices.filter { some[$0] != 0 }
    #expect(abs(chosen.count - 300) < 60)
    #expect(chosen.allSatisfy { some[$0] == all[$0] })
    for (proportional, added) in zip(noise(1000, multiplicative: true, as: Float.self), all) {
      #expect(abs(proportional - 4 * (1 + added)) < 1e-5)
    }
    // Parts of a batch are the whole.
    #expect(noise(37, as: Float.self) == Array(all[..<37]))
  }

  /// In double precision, from the same numbers of the key: √(−2 ln u) cos 2πv, with u and v the
  /// middles of 2²³ parts of (0, 1).
  private func boxMuller(_ key: HashKey, _ row: Int) -> Double {
    func uniform(_ part: Int) -> Double {
      (Double(key.part(part).number(row) >> 9) + 0.5) * 0x1p-23
    }
    return (-2 * log(uniform(0))).squareRoot() * cos(2 * .pi * uniform(1))
  }

  @Test("noise is Box and Muller's, number by number, and its distribution the normal's")
  func boxMuller() {
    let count = 100_000
    let noise = noise(count, as: Double.self).map { $0 * 2 }
    var largest = 0.0
    for row in 0..<count {
      largest = max(largest, abs(noise[row] - boxMuller(key(3, 1), row + 5)))
    }
    #expect(largest < 1e-6, "\(largest)")
    // Kolmogorov and Smirnov: the largest distance from Φ is above 1.95/√n once in a thousand times.
    var distance = 0.0
    for (place, x) in noise.sorted().enumerated() {
      let below = erfc(-x / 2.0.squareRoot()) / 2
      let (low, high) = (Double(place) / Double(count), Double(place + 1) / Double(count))
      distance = max(distance, below - low, high - below)
    }
    #expect(distance < 1.95 / Double(count).squareRoot(), "\(distance)")
  }

  @Test("which rows get noise are those of the choice, whatever their noise")
  func choice() {
    let (count, choice) = (50_000, HashedChoice(probability: 0.3))
    let (all, some) = (noise(count, as: Double.self), noise(count, 0.3, as: Double.self))
    for row in 0..<count {
      #expect((some[row] != 0) == choice.contains(row + 5, key(3, 1).part(2)))
    }
    let chosen = all.indices.filter { some[$0] != 0 }
    let mean = chosen.reduce(0) { $0 + all[$1] * 2 } / Double(chosen.count)
    let square = chosen.reduce(0) { $0 + all[$1] * all[$1] * 4 } / Double(chosen.count)
    let deviation = 1 / Double(chosen.count).squareRoot()
    #expect(abs(mean) < 4 * deviation && abs(square - 1) < 4 * 1.414 * deviation)
  }
}
