import Tensors
import Testing

@testable import Experiments

@Suite struct StatisticsPairedTTestTests {
  static let a: [UInt64: Double] = [9: 0.322, 2: 0.29, 3: 0.335, 1: 0.31, 4: 0.3]
  static let b: [UInt64: Double] = [1: 0.30, 2: 0.285, 3: 0.31, 4: 0.302, 9: 0.305]

  /// a = [0.31, 0.29, 0.335, 0.3, 0.322]; b = [0.30, 0.285, 0.31, 0.302, 0.305]
  /// SciPy: stats.ttest_rel(a, b), and with alternative = 'greater'
  @Test func agreesWithSciPy() throws {
    let test = try PairedTTest(of: Self.a, against: Self.b)
    #expect(test.n == 5)
    #expect(isNear(test.t, 2.3505561374387853))
    #expect(isNear(test.p, 0.07846766262672329))
    #expect(isNear(test.pAbove, 0.039233831313361646))
    let reversed = try PairedTTest(of: Self.b, against: Self.a)
    #expect(isNear(reversed.t, -2.3505561374387853))
    #expect(isNear(reversed.p, 0.07846766262672329))
    #expect(isNear(reversed.pAbove, 0.9607661686866383))
  }

  @Test func leavesOutSeedsWithoutAPartner() throws {
    var a = Self.a
    var b = Self.b
    (a[77], b[5]) = (1e9, .nan)
    #expect(
      try PairedTTest(of: a, against: b) == PairedTTest(of: Self.a, against: Self.b))
    #expect(throws: ArgumentError("samples", mustBe: "of at least one common seed", got: "none")) {
      try PairedTTest(of: [1: 1, 2: 2], against: [3: 1])
    }
    #expect(throws: ArgumentError.self) { try PairedTTest(of: [:], against: [:]) }
  }

  @Test func equalDifferences() throws {
    let none = try PairedTTest([0, 0, 0])
    #expect(none.t == 0 && none.p == 1 && none.pAbove == 0.5)
    let above = try PairedTTest([0.1, 0.1, 0.1])
    #expect(above.t == .infinity && above.p == 0 && above.pAbove == 0)
    let below = try PairedTTest([-0.1, -0.1])
    #expect(below.t == -.infinity && below.p == 0 && below.pAbove == 1)
    let centred = try PairedTTest([-1, 1])
    #expect(centred.t == 0 && centred.p == 1)
  }

  @Test func fewAndNonFiniteValues() throws {
    let single = try PairedTTest([3])
    #expect(single.n == 1 && single.t == nil && single.p == nil && single.pAbove == nil)
    #expect(throws: ArgumentError.self) { try PairedTTest([]) }
    #expect(throws: ArgumentError("a difference", mustBe: "finite", got: Double.nan)) {
      try PairedTTest([1, .nan])
    }
    #expect(throws: ArgumentError("the value of seed 2", mustBe: "finite", got: Double.infinity)) {
      try PairedTTest(of: [1: 1, 2: .infinity], against: [1: 1, 2: 1])
    }
    // A difference that overflows.
    #expect(throws: ArgumentError.self) {
      try PairedTTest(of: [1: 1.7e308], against: [1: -1.7e308])
    }
  }

  /// Of equal samples 5 % are below 0.05, whatever the number of pairs.
  @Test(arguments: [2, 5]) func errsAsOftenAsItSays(n: Int) throws {
    var generator = RandomGenerator(seed: 7)
    let tests = try (0..<4_000).map { _ in
      try PairedTTest((0..<n).map { _ in generator.normal() })
    }
    let share = Double(tests.count { $0.p! <= 0.05 }) / 4_000
    let oneSided = Double(tests.count { $0.pAbove! <= 0.05 }) / 4_000
    #expect((0.043...0.057).contains(share))
    #expect((0.043...0.057).contains(oneSided))
  }
}
