import Learning
import Tensors

/// Student's t test of differences against 0.
public struct PairedTTest: Sendable, Equatable {
  /// How many pairs there are.
  public let n: Int
  /// The mean difference divided by its standard error; nil for a single pair. 0 if all differences
  /// are 0, and ±∞ if all are the same other number.
  public let t: Double?

  /// The two-sided p-value: 1 if all differences are 0, and 0 if all are the same other number.
  public var p: Double? { t.map { min(1, 2 * cumulative(-$0.magnitude)) } }

  /// The one-sided p-value: small if the differences are above 0. It is ½ if all are 0.
  public var pAbove: Double? { t.map { cumulative(-$0) } }

  /// - Throws: `ArgumentError` for no differences, and for one that is not finite.
  public init(_ differences: [Double]) throws {
    if let wrong = differences.first(where: { !$0.isFinite }) {
      throw ArgumentError("a difference", mustBe: "finite", got: wrong)
    }
    let (mean, standardError) = try Statistics.meanAndStandardError(differences)
    n = differences.count
    // 0/0 is the test of no differences at all.
    t = standardError.map { mean == 0 ? 0 : mean / $0 }
  }

  /// The test of measure − control, paired by seed. Seeds that only one of them has are left out.
  ///
  /// - Throws: `ArgumentError` if no seed is common, and for a value that is not finite.
  public init(of measure: [UInt64: Double], against control: [UInt64: Double]) throws {
    let samples = try PairedSamples([measure, control])
    try self.init(zip(samples.values[0], samples.values[1]).map { $0 - $1 })
  }

  private func cumulative(_ t: Double) -> Double {
    Statistics.studentCDF(t, degreesOfFreedom: Double(n - 1))
  }
}

/// Samples of one measure on the seeds that all of them have.
struct PairedSamples {
  /// In increasing order, so that sums have the same bits in every process.
  let seeds: [UInt64]
  /// [sample][seed]
  let values: [[Double]]

  /// - Throws: `ArgumentError` if no seed is common, and for a value that is not finite.
  init(_ samples: [[UInt64: Double]]) throws {
    let seeds = Self.commonSeeds(samples)
    guard !seeds.isEmpty else {
      throw ArgumentError("samples", mustBe: "of at least one common seed", got: "none")
    }
    values = try samples.map { sample in
      try seeds.map { seed in
        let value = sample[seed] ?? .nan
        guard value.isFinite else {
          throw ArgumentError("the value of seed \(seed)", mustBe: "finite", got: value)
        }
        return value
      }
    }
    self.seeds = seeds
  }

  static func commonSeeds(_ samples: [[UInt64: Double]]) -> [UInt64] {
    guard let first = samples.first else { return [] }
    return first.keys.filter { seed in samples.allSatisfy { $0[seed] != nil } }.sorted()
  }

  /// Ratios if every value is above 0.
  var scale: PairedChange.Scale {
    values.allSatisfy { $0.allSatisfy { $0 > 0 } } ? .ratio : .difference
  }
}
