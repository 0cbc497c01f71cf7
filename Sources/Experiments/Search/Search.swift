import Tensors

/// Which points a sweep tries.
///
/// The points come in rounds. A round is a pure function of the space, the seed and the results of
/// earlier rounds: a search has no state that could be lost, and any number of workers gets the same
/// points.
public enum Search: Sendable, Equatable {
  /// All combinations; the last dimension changes fastest. Ranges need a step, or integers.
  case grid
  /// The first values of all dimensions, then the second ones, and so on.
  case zip
  /// Independent points. More trials only add points.
  case random(trials: Int)
  /// The points of a scrambled Sobol sequence, which fill the space evenly. No point comes twice; a
  /// space with fewer points than trials gives each of them once.
  case sobol(trials: Int)
  /// Points near the good ones so far, by a tree-structured Parzen estimator (`TPE`), in rounds of
  /// `round` points. The first `start` points are those of `sobol`. No point comes twice: neither
  /// among the proposals nor as a repetition of an observation.
  case tpe(trials: Int, round: Int, start: Int)

  /// The most points of a sweep.
  public static let mostPoints = 1_000_000

  /// Whether later rounds depend on the results of earlier ones.
  public var isAdaptive: Bool { if case .tpe = self { true } else { false } }

  /// The points of a round.
  ///
  /// - Parameters:
  ///   - round: Counted from 0. Grid, zip, random and Sobol have one round.
  ///   - observations: The results of all earlier rounds, in any order, and of any other points that
  ///     were tried. Only TPE uses them.
  /// - Returns: An empty array if there are no more rounds.
  /// - Throws: `ArgumentError` for options out of range, a space that the search does not take, more
  ///   than a million points (TPE: 100,000, and 1000 a round), and observations that are no points of
  ///   the space; `AllocationError`.
  public func proposals(
    round: Int, in space: Space, seed: UInt64, after observations: [Observation] = []
  ) throws -> [Proposal] {
    guard round >= 0 else { throw ArgumentError("round", mustBe: ">= 0", got: round) }
    let count = try count(in: space)
    guard round == 0 || isAdaptive else { return [] }
    if !isAdaptive {
      try AllocationError.check(count, bytesEach: 64 + 16 * space.axes.count)
    }
    switch self {
    case .grid:
      return (0..<count).map { space.point(at: $0) }
    case .zip:
      return (0..<count).map { index in space.axes.map { $0.value(index) } }
    case .random:
      let streams = PointStreams(seed: seed)
      return (0..<count).map { index in
        var generator = streams[index]
        return space.point(at: space.axes.map { _ in generator.uniform() })
      }
    case .sobol:
      var taken: Set<Proposal> = []
      return try SobolSequence(dimensions: space.axes.count, seed: seed)
        .points(count, from: 0, in: space, taken: &taken)
    case .tpe(let trials, let size, let start):
      let (first, overflows) = round.multipliedReportingOverflow(by: size)
      guard !overflows, first < trials else { return [] }
      let indices = first..<(first + min(size, trials - first))
      return try TPE(space: space, seed: seed, start: start)
        .proposals(indices, after: observations)
    }
  }

  /// How many points all rounds have, duplicates included.
  private func count(in space: Space) throws -> Int {
    switch self {
    case .grid:
      for axis in space.axes where axis.count == nil { throw Self.needsStep(axis) }
      guard let count = space.count, count <= Self.mostPoints else {
        let counts = space.axes.map { "\($0.count ?? 0)" }.joined(separator: " x ")
        throw ArgumentError("grid", mustBe: "at most \(Self.mostPoints) points", got: counts)
      }
      return count
    case .zip:
      let first = space.axes[0]
      for axis in space.axes {
        guard let count = axis.count, let wanted = first.count else {
          throw Self.needsStep(axis.count == nil ? axis : first)
        }
        guard count == wanted else {
          throw ArgumentError(
            axis.name, mustBe: "as long as \(first.name) in a zip, \(wanted) values", got: count)
        }
        guard count <= Self.mostPoints else {
          throw ArgumentError("zip", mustBe: "at most \(Self.mostPoints) points", got: count)
        }
      }
      return first.count ?? 0
    case .random(let trials), .sobol(let trials):
      return try Self.check("trials", trials, in: 1...Self.mostPoints)
    case .tpe(let trials, let size, let start):
      // The time of a point grows with the number of observations.
      let most = 100_000
      _ = try Self.check("round", size, in: 1...1000)
      _ = try Self.check("start", start, in: 0...most)
      return try Self.check("trials", trials, in: 1...most)
    }
  }

  private static func check(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws -> Int
  {
    guard range ~= value else {
      throw ArgumentError(name, mustBe: "in \(range.lowerBound)...\(range.upperBound)", got: value)
    }
    return value
  }

  private static func needsStep(_ axis: Axis) -> ArgumentError {
    ArgumentError(
      axis.name, mustBe: "a list, integers, or a range with a step in a grid or zip",
      got: "a range without a step")
  }
}

/// What a point gave that was tried.
public struct Observation: Sendable, Equatable {
  public let proposal: Proposal
  /// What is to be minimised; nil if the point failed. NaN and infinities count as failures.
  public let value: Double?
  /// One number for each constraint, <= 0 where it holds.
  public let violations: [Double]

  public init(proposal: Proposal, value: Double?, violations: [Double] = []) {
    (self.proposal, self.value, self.violations) = (proposal, value, violations)
  }
}

/// A random stream for each point of a sweep.
struct PointStreams {
  private let base: UInt64

  init(seed: UInt64) {
    var generator = RandomGenerator(seed: seed, stream: .search)
    base = generator.next()
  }

  subscript(index: Int) -> RandomGenerator {
    RandomGenerator(seed: base &+ UInt64(index), stream: .search)
  }
}
