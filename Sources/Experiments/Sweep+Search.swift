import Learning
import Tensors

/// How a sweep finds its points.
public struct SweepSearch: Sendable {
  public var search: Search
  public var space: Space
  public var seed: UInt64
  /// The measure that an adaptive search makes small, and what others may be.
  public var minimise: String
  public var bounds: [Bound]

  public init(
    _ search: Search, in space: Space, seed: UInt64 = 1, minimise: String = "rmse",
    bounds: [Bound] = []
  ) {
    (self.search, self.space, self.seed) = (search, space, seed)
    (self.minimise, self.bounds) = (minimise, bounds)
  }
}

extension Sweep {
  /// Runs all points that there are, then, round by round, those that a search proposes. What a round
  /// proposes depends on the results of earlier ones alone.
  ///
  /// - point: The point of a proposal.
  /// - Throws: as `run`, and what `point` throws; `ArgumentError` for measures that the sweep does not
  ///   take.
  public func run(
    _ search: SweepSearch,
    control: inout some SweepControl,
    point: (Proposal) throws -> SweepPoint
  ) throws {
    let goal = try measure(named: search.minimise)
    let bounds = try search.bounds.map { Bound(try measure(named: $0.measure), $0.limit) }
    try run(points: points.indices.filter { points[$0].proposal == nil }, control: &control)
    var round = 0
    while !control.shouldStop() {
      let observations = try observations(minimising: goal, bounds)
      let proposals = try search.search.proposals(
        round: round, in: search.space, seed: search.seed, after: observations)
      if proposals.isEmpty { return }
      let places = try proposals.map { proposal in
        try points.firstIndex { $0.proposal == proposal } ?? add(point(proposal))
      }
      try run(points: places, control: &control)
      round += 1
    }
  }

  /// What the points of the search gave, in order, means over the seeds.
  private func observations(minimising goal: String, _ bounds: [Bound]) throws -> [Observation] {
    let rows = try rows()
    let control = rows[0].estimates
    return rows.compactMap { row in
      guard let proposal = row.point.proposal else { return nil }
      // A point of which a trial failed has failed: means of other seeds would not compare.
      guard row.n == row.asked, let value = row.estimates[goal]?.mean else {
        return Observation(proposal: proposal, value: nil, violations: bounds.map { _ in 1 })
      }
      return Observation(
        proposal: proposal, value: value,
        violations: bounds.map { bound in
          bound.violation(
            row.estimates[bound.measure]!.mean, control: control[bound.measure]?.mean ?? 1)
        })
    }
  }
}
