/// The points that no other beats, judged with seeds that had no part in choosing them, beside all that
/// they were chosen from.
public struct SweepFront: Sendable {
  /// Of which less is better.
  public let measures: [String]
  /// The control and the points of the front, baselines among them. On fresh seeds the control is the
  /// first; without, it is there only if nothing beats it.
  public let rows: [SweepRow]
  /// All points of the sweep, on its own seeds.
  public let all: [SweepRow]
  /// How many fresh seeds `rows` have; 0 for the sweep's own.
  public let freshSeeds: Int
  /// Whether `rows` are judged on test rows; else, as `all`, on each seed's validation rows.
  public let isOnTestRows: Bool

  public init(
    _ measures: [String], rows: [SweepRow], all: [SweepRow], freshSeeds: Int, isOnTestRows: Bool
  ) {
    (self.measures, self.rows, self.all) = (measures, rows, all)
    (self.freshSeeds, self.isOnTestRows) = (freshSeeds, isOnTestRows)
  }

  /// Whether a row has been trained again with seeds that did not choose it.
  public func isFresh(_ row: SweepRow) -> Bool {
    freshSeeds > 0 && rows.contains { $0.place == row.place }
  }

  /// The control and all baselines, each on fresh seeds if it has been trained with them, else on the
  /// sweep's own.
  public var references: [SweepRow] {
    all.filter { $0.point.kind != .point }.map { row in
      rows.first { $0.place == row.place } ?? row
    }
  }

  /// Whether a baseline that was judged on the same seeds as a row beats it in some measures.
  public func isBeaten(_ row: SweepRow, in measures: [String], isFresh: Bool) -> Bool {
    (isFresh ? rows : all).contains { $0.point.kind == .baseline && $0.beats(row, in: measures) }
  }
}

extension SweepRow {
  /// Whether its means are nowhere greater than another's, and somewhere less. A row without one of
  /// the measures neither beats nor is beaten.
  public func beats(_ other: SweepRow, in measures: [String]) -> Bool {
    var isLess = false
    for name in measures {
      guard let own = estimates[name]?.mean, let theirs = other.estimates[name]?.mean,
        own <= theirs
      else { return false }
      isLess = isLess || own < theirs
    }
    return isLess
  }
}
