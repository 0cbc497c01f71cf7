import Testing

@testable import Tensors

@Suite struct RandomGeneratorTests {
  // xoshiro256++ (Blackman and Vigna, 2018) in Python, its state from SplitMix64 of 0.
  @Test func numbersAreThoseOfXoshiro() {
    var generator = RandomGenerator(seed: 0)
    let numbers: [UInt64] = (0..<4).map { _ in generator.next() }
    #expect(
      numbers == [
        0x5317_5d61_490b_23df, 0x61da_6f3d_c380_d507, 0x5c0f_df91_ec9a_7bfc, 0x02ee_bf8c_3bbe_5e1a,
      ])
  }

  @Test("a shuffle is that of Fisher and Yates", arguments: [0, 1, 2, 3, 64, 65, 66, 129, 1000])
  func shuffle(count: Int) {
    var (generator, same) = (RandomGenerator(seed: 7), RandomGenerator(seed: 7))
    var shuffled = Array(0..<count)
    generator.shuffle(&shuffled)
    var expected = Array(0..<count)
    for i in (0..<count).reversed() where i > 0 { expected.swapAt(i, same.index(below: i + 1)) }
    #expect(shuffled == expected)
    #expect(generator.next() == same.next())
  }

  // χ² of the final places of the first of five elements: it exceeds 18.5 in 1 of 1000 cases.
  @Test func everyPlaceIsAsLikely() {
    var generator = RandomGenerator(seed: 3)
    var counts = [0, 0, 0, 0, 0]
    for _ in 0..<5000 {
      var elements = Array(0..<5)
      generator.shuffle(&elements)
      counts[elements.firstIndex(of: 0)!] += 1
    }
    #expect(counts.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 } < 18.5)
  }
}
