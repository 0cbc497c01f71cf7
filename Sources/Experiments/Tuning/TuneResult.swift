import Learning
import Tensors

/// What a tuner has found, on the fresh seeds and the rows that its search never saw.
public struct TuneResult: Sendable {
  public let question: TuneQuestion
  /// The control, the points that were judged, and the baselines, on fresh seeds.
  public internal(set) var rows: [SweepRow] = []
  /// The point that keeps all bounds and has the least of the measure; nil without one. Where the
  /// control keeps the bounds too, it has less of the measure than the control: the interval of the
  /// change is below 0.
  public internal(set) var best: SweepRow?
  /// Without a best one, of the points that keep the bounds the one that has the least of the measure;
  /// without any, the point that comes nearest to the bounds.
  public internal(set) var nearest: SweepRow?
  /// Why `nearest` is not the best.
  public internal(set) var failures: [Failure] = []
  /// The baselines that keep all bounds and have less of the measure than `best`, on the mean; with the
  /// p-value of a one-sided paired test against it, adjusted by Holm's method. Without a best one they
  /// are compared with the control if it keeps the bounds, else with nothing.
  public internal(set) var better: [(row: SweepRow, p: Double?)] = []
  /// Of the search, on its own seeds: the points that no other beats in all measures of the question.
  public internal(set) var front: [SweepRow] = []
  /// How many points the search tried.
  public internal(set) var tried = 0
  /// Trials that all this took, those that a store had among them; and the seconds of their training.
  public internal(set) var trials = 0
  public internal(set) var seconds = 0.0
  /// Whether the budget ended the search.
  public internal(set) var isOutOfBudget = false
  /// False when it was stopped.
  public internal(set) var isComplete = false

  /// What a point does not keep.
  public struct Failure: Sendable {
    public let measure: String
    /// "rmse ≤ +2.4 %", or "noise.X8 < the control's" for the measure to be made small.
    public let wanted: String
    /// How far the measure is beyond it: percentage points of what is relative to the control, else the
    /// measure's own units. Of the measure to be made small, the mean may be below 0.
    public let by: Estimate
  }

  init(_ question: TuneQuestion) { self.question = question }

  /// The measures of the question, and the RMSE.
  public var measures: [String] {
    var names = [question.minimise]
    for name in question.bounds.map(\.measure) + ["rmse"] where !names.contains(name) {
      names.append(name)
    }
    return names
  }
}

extension Bound {
  /// How far a row's mean is beyond the bound, with the interval: percentage points of a relative one,
  /// else the measure's own units. nil for a row without the measure.
  func excess(of row: SweepRow) -> Estimate? {
    switch limit {
    case .absolute(let value): row.estimates[measure]?.map { $0 - value }
    case .relative(let percent): row.changes[measure]?.percent.map { $0 - percent }
    }
  }

  func holds(for row: SweepRow) -> Bool { excess(of: row).map { $0.mean <= 0 } ?? false }

  /// Whether the control, which has this row, keeps it.
  func holds(forControl row: SweepRow) -> Bool {
    if case .relative(let percent) = limit { return percent >= 0 }
    return holds(for: row)
  }
}

extension TuneQuestion {
  /// The change of the measure against the control, in % or, where that is 0, in its own units.
  func change(of row: SweepRow, against control: SweepRow) -> Estimate? {
    if let change = row.changes[minimise] { return change.percent }
    guard let own = row.values[minimise], let other = control.values[minimise] else { return nil }
    let differences = own.sorted { $0.key < $1.key }.compactMap { seed, value in
      other[seed].map { value - $0 }
    }
    return try? Estimate(of: differences)
  }

  /// Why a row does not answer the question; empty if it does.
  func failures(of row: SweepRow, control: SweepRow) -> [TuneResult.Failure] {
    var failures = bounds.compactMap { bound in
      bound.excess(of: row).flatMap {
        $0.mean > 0
          ? TuneResult.Failure(measure: bound.measure, wanted: "\(bound)", by: $0) : nil
      }
    }
    // A control that breaks a bound is no answer, however little of the measure it has.
    if isAnswered(by: control), let change = change(of: row, against: control),
      !(change.high.map { $0 < 0 } ?? false)
    {
      failures.append(.init(measure: minimise, wanted: wantedOfMeasure, by: change))
    }
    return failures
  }

  var wantedOfMeasure: String { "\(minimise) < the control's" }

  /// Whether the control keeps all bounds.
  func isAnswered(by control: SweepRow) -> Bool {
    bounds.allSatisfy { $0.holds(forControl: control) }
  }
}

extension TuneResult: CustomStringConvertible {
  /// The question, what was found, and the table on fresh seeds.
  public var description: String {
    var lines = ["\(question)"] + answer
    if !rows.isEmpty {
      lines.append("")
      lines.append(
        "fresh seeds (\(rows.map(\.n).max() ?? 0)), rows that the search never saw; "
          + "means and 95 % intervals:")
      lines.append(SweepTable(rows, measures: measures).description)
    }
    return (lines + [effort]).joined(separator: "\n")
  }

  /// How much work it took, one line.
  public var effort: String {
    "\(trials) trials, " + Table.format("%.1f", seconds) + " s of training; the search tried "
      + "\(tried) points" + (isOutOfBudget ? ", which the budget ended" : "")
  }

  /// What was found, bound by bound, and the baselines that do better; a line each.
  public var answer: [String] {
    var lines: [String] = []
    if !isComplete {
      lines.append("stopped before the report; run it again with the same store to go on")
    } else if let best {
      lines.append("best: \(best.point.label)")
      lines += verdicts(best)
    } else if let nearest {
      let problem =
        !question.bounds.allSatisfy { $0.holds(for: nearest) }
        ? "no point keeps the bounds on fresh seeds"
        : nearest.n < nearest.asked
          ? "trials failed on fresh seeds" : "found nothing better than the control"
      lines.append("\(problem); nearest: \(nearest.point.label)")
      lines += verdicts(nearest)
    } else {
      lines.append("no point could be judged: all failed")
    }
    for (row, p) in better {
      let verdict =
        switch p {
        case nil: "keeps the bounds"
        case let p? where p <= 0.05: "beats \(best == nil ? "the control" : "it")"
        default: "is below \(best == nil ? "the control" : "it") on the mean"
        }
      let test = p.map { $0 < 0.001 ? " (p < 0.001)" : Table.format(" (p = %.3f)", $0) } ?? ""
      lines.append("\(row.point.label) \(verdict): \(changeText(row, question.minimise))\(test)")
    }
    return lines
  }

  private func changeText(_ row: SweepRow, _ measure: String) -> String {
    let name = measure
    if let change = row.changes[measure] { return "\(name) \(SweepTable.text(change)) %" }
    return row.estimates[measure].map { "\(name) \(SweepTable.text($0))" } ?? name
  }

  private func verdicts(_ row: SweepRow) -> [String] {
    let isBelow = !failures.contains { $0.wanted == question.wantedOfMeasure }
    var lines = [
      "  " + changeText(row, question.minimise)
        + (isBelow ? "" : ", which is not below the control's")
    ]
    if let warning = row.warning { lines.append("  \(warning)") }
    for bound in question.bounds {
      guard let excess = bound.excess(of: row) else { continue }
      let seen = changeText(row, bound.measure)
      let unit = if case .relative = bound.limit { " points" } else { "" }
      if excess.mean > 0 {
        lines.append(
          "  \(bound) fails by \(Table.number(excess.mean))\(unit): \(seen)")
      } else if excess.high.map({ $0 > 0 }) ?? true {
        lines.append("  \(bound) holds on the mean, not over the whole interval: \(seen)")
      } else {
        lines.append("  \(bound) holds: \(seen)")
      }
    }
    return lines
  }
}
