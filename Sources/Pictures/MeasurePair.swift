import Charts
import Experiments
import Tensors

/// How rows are marked in pictures of two measures: each baseline in a colour and a shape of its own, so
/// that they differ without colours too.
enum PairStyle {
  static let points = Style(color: .index(0), marker: .circle, markerRadius: 4)
  static let control = Style(color: .index(6), marker: .square, markerRadius: 4)
  /// On top of a point.
  static let beaten = Style(color: .muted, marker: .cross, markerRadius: 5)
  /// A dot in the terminal, where other points are signs.
  static let faint = Style(color: .muted, markerRadius: 2)

  static func baseline(_ place: Int) -> Style {
    let markers: [Marker] = [.triangle, .diamond, .star, .plus]
    return Style(
      color: .index(1 + place % 5), marker: markers[place % markers.count], markerRadius: 4)
  }
}

/// The measures of the two axes.
struct MeasurePair {
  let x: String
  let y: String

  init(_ x: String, _ y: String) { (self.x, self.y) = (x, y) }

  var names: [String] { [x, y] }

  func panel(_ marks: [Mark]) -> Panel {
    Panel(xAxis: Axis(label: x), yAxis: Axis(label: y), marks: marks)
  }

  /// - Throws: `ArgumentError` if no row has both measures.
  func check(_ rows: [SweepRow]) throws {
    guard !estimates(of: rows).isEmpty else {
      throw ArgumentError(
        "measures", mustBe: "of rows that have them", got: names.joined(separator: " and "))
    }
  }

  private func estimates(of rows: [SweepRow]) -> [(row: SweepRow, x: Estimate, y: Estimate)] {
    rows.compactMap { row in
      row.estimates[x].flatMap { x in row.estimates[y].map { (row, x, $0) } }
    }.sorted { $0.x.mean < $1.x.mean }
  }

  /// The means of rows, with their intervals in both directions.
  ///
  /// - isJoined: Whether a line joins them in the order of x.
  func marks(
    _ rows: [SweepRow], name: String, style: Style, isJoined: Bool = false
  ) throws -> [Mark] {
    let found = estimates(of: rows)
    guard !found.isEmpty else { return [] }
    let means = (x: found.map(\.x.mean), y: found.map(\.y.mean))
    // The intervals of x are lines, since error bars are upright.
    var (xs, ys): ([Double], [Double]) = ([], [])
    for (_, x, y) in found {
      xs += [x.low ?? x.mean, x.high ?? x.mean, .nan]
      ys += [y.mean, y.mean, .nan]
    }
    var marks = [try Mark.line(x: xs, y: ys, style: Style(color: style.color, lineWidth: 1.2))]
    if isJoined {
      marks.append(try .line(x: means.x, y: means.y, style: Style(color: style.color)))
    }
    marks.append(
      try .errorBars(
        x: means.x, y: means.y,
        errors: .range(
          low: found.map { $0.y.low ?? $0.y.mean }, high: found.map { $0.y.high ?? $0.y.mean }),
        name: name, style: style, tooltips: found.map(\.row.point.label)))
    return marks
  }

  /// The means alone.
  func means(_ rows: [SweepRow], name: String, style: Style) throws -> [Mark] {
    let found = estimates(of: rows)
    guard !found.isEmpty else { return [] }
    return [
      try .points(
        x: found.map(\.x.mean), y: found.map(\.y.mean), name: name, style: style,
        tooltips: found.map(\.row.point.label))
    ]
  }

  /// The control and the baselines, one by one.
  func references(_ rows: [SweepRow], name: (SweepRow) -> String) throws -> [Mark] {
    var baselines = 0
    return try rows.flatMap { row in
      guard row.point.kind == .baseline else {
        return try marks([row], name: name(row), style: PairStyle.control)
      }
      defer { baselines += 1 }
      return try marks([row], name: name(row), style: PairStyle.baseline(baselines))
    }
  }
}
