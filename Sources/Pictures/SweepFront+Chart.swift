import Charts
import Experiments
import Tensors

extension SweepFront {
  /// The front in its measures: with more than two of them, a panel for each pair.
  ///
  /// - Throws: `ArgumentError` for a front of one measure, and as `chart(_:_:)`.
  public func chart() throws -> Chart {
    guard measures.count > 1 else {
      throw ArgumentError(
        "measures", mustBe: "two, as in front:plot('rmse', 'var')", got: "a front of one")
    }
    let pairs = measures.indices.flatMap { first in
      measures.indices.dropFirst(first + 1).map { (measures[first], measures[$0]) }
    }
    return Chart(panels: try pairs.map { try panel($0, $1) })
  }

  /// Two measures of the front against each other: its points as a line with intervals, the control and
  /// all baselines, and, faint, what the points were chosen from.
  ///
  /// - Throws: `ArgumentError` if no row has both measures.
  public func chart(_ x: String, _ y: String) throws -> Chart {
    Chart(panels: [try panel(x, y)])
  }

  private func panel(_ x: String, _ y: String) throws -> Panel {
    let pair = MeasurePair(x, y)
    try pair.check(rows + all)
    let points = (
      front: rows.filter { $0.point.kind == .point },
      all: all.filter { row in
        row.point.kind == .point && (freshSeeds > 0 || !rows.contains { $0.place == row.place })
      }
    )
    let judged =
      freshSeeds == 0
      ? ""
      : ", \(freshSeeds) fresh seed\(freshSeeds == 1 ? "" : "s")\(isOnTestRows ? ", test rows" : "")"
    let searched = freshSeeds == 0 ? "" : ", sweep's seeds"
    let beaten = (
      all: points.all.filter { isBeaten($0, in: pair.names, isFresh: false) },
      front: points.front.filter { isBeaten($0, in: pair.names, isFresh: freshSeeds > 0) }
    )
    // What is judged on fresh seeds is in front of the rest, and a cross in front of its point.
    var marks = try pair.means(
      points.all, name: "points\(freshSeeds == 0 ? " beaten by others" : searched)",
      style: PairStyle.faint)
    marks += try pair.means(beaten.all, name: "beaten by a baseline", style: PairStyle.beaten)
    marks += try pair.marks(
      points.front, name: "front\(judged)", style: PairStyle.points, isJoined: true)
    marks += try pair.references(references) { row in
      row.point.label + (isFresh(row) ? "" : searched)
    }
    marks += try pair.means(
      beaten.front, name: beaten.all.isEmpty ? "beaten by a baseline" : "",
      style: PairStyle.beaten)
    return pair.panel(marks)
  }
}
