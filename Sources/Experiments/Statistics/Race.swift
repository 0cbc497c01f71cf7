import Learning
import Tensors

/// A look at a race: which candidates stay, judged on paired seeds, and which are dropped.
///
/// The smaller the measure the better. The present best is the candidate with the lowest mean over
/// the seeds that all candidates have; of logarithms if every value is above 0, so of ratios. Each
/// other one is compared with it by a one-sided paired t test on the same seeds. The p-values are
/// adjusted by Holm's method over these tests; at most the significance, and the candidate is
/// dropped. With fewer than five common seeds nobody is.
///
/// The truly best of k candidates is dropped with a probability of about the significance at most:
/// each other one looks better by that much with significance/(k − 1). Of six equal ones, 3.4 % of
/// looks on six seeds drop a given one, and 16 % drop any. Every further look errs anew: for several
/// looks in a race, divide the significance by their number.
public struct Race: Sendable, Equatable {
  /// Why a candidate stays or goes. p-values are adjusted.
  public enum Verdict: Sendable, Equatable {
    case best
    /// Stays: not shown to be worse than the best.
    case notWorse(p: Double)
    /// Dropped.
    case worse(p: Double)
    /// Stays: there are fewer than `leastSeeds` common seeds.
    case tooFewSeeds
  }

  public struct Standing: Sendable, Equatable {
    public let verdict: Verdict
    /// Against the best, in percent; nil for the best itself, without a common seed, and where the
    /// best has a mean of 0.
    public let change: PairedChange?

    public var isDropped: Bool {
      if case .worse = verdict { true } else { false }
    }
  }

  /// Nobody is dropped on fewer common seeds.
  public static let leastSeeds = 5

  /// The common seeds, on which the candidates are compared.
  public let seeds: [UInt64]
  /// The place of the present best; the first of equals. Nil without a common seed.
  public let best: Int?
  /// Of each candidate, in their order.
  public let standings: [Standing]

  /// The places of the candidates that stay.
  public var survivors: [Int] { standings.indices.filter { !standings[$0].isDropped } }

  /// Judges candidates by their values, by seed. A candidate with few seeds holds up the others, so
  /// dropped ones must not be given again.
  ///
  /// - Throws: `ArgumentError` for no candidates, for a value of a common seed that is not finite,
  ///   and for a significance outside (0, 1).
  public init(_ candidates: [[UInt64: Double]], significance: Double = 0.05) throws {
    guard !candidates.isEmpty else {
      throw ArgumentError("candidates", mustBe: "at least one", got: 0)
    }
    guard significance > 0, significance < 1 else {
      throw ArgumentError(
        "significance", mustBe: "between 0 and 1, both excluded", got: significance)
    }
    guard !PairedSamples.commonSeeds(candidates).isEmpty else {
      (seeds, best) = ([], nil)
      standings = candidates.map { _ in Standing(verdict: .tooFewSeeds, change: nil) }
      return
    }
    let samples = try PairedSamples(candidates)
    let scale = samples.scale
    // Against the first candidate, the mean of the differences has the order of the means.
    let means = try samples.values.map { values in
      try Statistics.meanAndStandardError(
        zip(values, samples.values[0]).map(scale.difference)
      ).mean
    }
    let best = means.indices.reduce(0) { means[$1] < means[$0] ? $1 : $0 }
    let tests = try samples.values.enumerated().map { place, values in
      place == best
        ? nil : try PairedTTest(zip(values, samples.values[best]).map(scale.difference))
    }
    let adjusted = try Holm.adjusted(tests.map { $0?.pAbove })
    standings = adjusted.enumerated().map { place, p in
      // Fails where the best has a mean of 0.
      let change =
        place == best
        ? nil
        : try? PairedChange(
          of: samples.values[place], against: samples.values[best], scale: scale)
      let verdict: Verdict =
        if samples.seeds.count < Self.leastSeeds {
          .tooFewSeeds
        } else if let p {
          p <= significance ? .worse(p: p) : .notWorse(p: p)
        } else {
          .best
        }
      return Standing(verdict: verdict, change: change)
    }
    (seeds, self.best) = (samples.seeds, best)
  }
}
