import Platform
import Tensors

/// The constrained tree-structured Parzen estimator with one joint density. Observations are ranked
/// and split into a tenth of good ones, at most 25, and the rest. Of some points drawn from the density
/// of the good ones, l, the one with the largest l/g is proposed, g the density of the rest.
///
/// A point proposed in the same round counts as one of the rest (a constant liar), which keeps the
/// points of a round apart.
///
/// Sources: J. Bergstra et al., "Algorithms for hyper-parameter optimization", 2011; Optuna's
/// `TPESampler(multivariate=True, constant_liar=True, constraints_func=…)`. Unlike there, the weights
/// of observations do not depend on their order.
struct TPE {
  let space: Space
  let seed: UInt64
  /// Points before this one come from a Sobol sequence.
  let start: Int

  /// As many as in Optuna. Measured with 80 trials on six functions: 48 to 256 candidates, a share of
  /// 0.05 to 0.25 and no liar are no better, or better on some and worse on others.
  private static let candidates = 24
  private static let goodShare = 0.1
  private static let mostGood = 25

  /// The points with these indices, which make one round.
  func proposals(
    _ indices: Range<Int>, after observations: [Observation]
  ) throws -> [Proposal] {
    let (good, rest) = try split(observations)
    let likely = ParzenEstimator(good, axes: space.axes)
    var taken = Set(observations.map(\.proposal))
    // Without observations there is nothing to learn from.
    let learnt = observations.isEmpty ? indices.upperBound : max(start, indices.lowerBound)
    let sobol = indices.lowerBound..<min(learnt, indices.upperBound)
    var proposals: [Proposal] = []
    if !sobol.isEmpty {
      proposals = try SobolSequence(dimensions: space.axes.count, seed: seed)
        .points(sobol.count, from: sobol.lowerBound, in: space, taken: &taken)
    }
    var bad = try rest + proposals.map(places)
    let streams = PointStreams(seed: seed)
    for index in indices.dropFirst(sobol.count) {
      var generator = streams[index]
      let unlikely = ParzenEstimator(bad, axes: space.axes)
      guard
        let next = try best(likely, unlikely, taken: taken, using: &generator)
          ?? space.free(1, from: generator.index(below: Int.max), taken: &taken).first
      else { break }
      taken.insert(next)
      proposals.append(next)
      bad.append(try places(next))
    }
    return proposals
  }

  /// The candidate that is not taken with the largest l/g. Nil if none is free after many draws.
  private func best(
    _ likely: ParzenEstimator, _ unlikely: ParzenEstimator, taken: Set<Proposal>,
    using generator: inout RandomGenerator
  ) throws -> Proposal? {
    var best: (ratio: Double, proposal: Proposal)?
    for draw in 0..<(20 * Self.candidates) {
      if best != nil, draw >= Self.candidates { break }
      let proposal = space.point(at: likely.sample(using: &generator))
      guard !taken.contains(proposal) else { continue }
      let place = try places(proposal)
      let ratio = likely.logDensity(at: place) - unlikely.logDensity(at: place)
      if best.map({ ratio > $0.ratio }) ?? true { best = (ratio, proposal) }
    }
    return best?.proposal
  }

  private func places(_ proposal: Proposal) throws -> [Axis.Place] {
    guard proposal.count == space.axes.count else {
      throw ArgumentError(
        "observation", mustBe: "of \(space.axes.count) coordinates", got: proposal.count)
    }
    return try Swift.zip(space.axes, proposal).map { try $0.place(of: $1) }
  }

  /// The good observations and the rest. Feasible ones come first, by value; then the others by
  /// their total violation; failures are never good.
  private func split(
    _ observations: [Observation]
  ) throws -> (good: [[Axis.Place]], rest: [[Axis.Place]]) {
    let ranked = observations.map { Rank($0, seed: seed) }.sorted()
    let count = min(
      Int((Self.goodShare * Double(ranked.count)).rounded(.up)), Self.mostGood,
      ranked.count { $0.group != .failed })
    let all = try ranked.map { try places($0.proposal) }
    return (Array(all.prefix(count)), Array(all.dropFirst(count)))
  }
}

/// The order of observations, from the best. Equal ones are in an order that depends on nothing but
/// the seed and their points, and that prefers no region.
private struct Rank: Comparable {
  enum Group: Int { case feasible, infeasible, failed }

  let group: Group
  let cost: Double
  let hash: UInt64
  let proposal: Proposal

  init(_ observation: Observation, seed: UInt64) {
    proposal = observation.proposal
    let violation = observation.violations.reduce(0) { $0 + max($1, 0) }
    if let value = observation.value, value.isFinite,
      observation.violations.allSatisfy(\.isFinite)
    {
      (group, cost) = violation > 0 ? (.infeasible, violation) : (.feasible, value)
    } else {
      (group, cost) = (.failed, 0)
    }
    hash = proposal.reduce(seed) { hash, coordinate in
      let bits: UInt64 =
        switch coordinate {
        case .choice(let index): UInt64(truncatingIfNeeded: index)
        case .number(let value): (value + 0).bitPattern
        }
      var generator = RandomGenerator(seed: hash ^ bits, stream: .search)
      return generator.next()
    }
  }

  static func < (a: Self, b: Self) -> Bool {
    (a.group.rawValue, a.cost, a.hash) < (b.group.rawValue, b.cost, b.hash)
  }
}
