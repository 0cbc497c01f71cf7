import Charts
import Experiments
import Learning

/// The points of a sweep so far: the best ones, and one measure against another.
public struct SweepPicture: LivePicture, Sendable {
  private struct Point {
    let isControl: Bool
    var values: [UInt64: [String: Double]] = [:]

    func mean(_ measure: String) -> Double {
      let found = values.values.compactMap { $0[measure] }
      return found.isEmpty ? .nan : found.reduce(0, +) / Double(found.count)
    }
  }

  /// Those of the columns; the first two are the axes.
  private let measures: [String]
  /// By which points are compared: less is better.
  private let goal: String
  private let bounds: [Bound]
  private var points: [String: Point] = [:]
  private static let (mostMeasures, mostPoints) = (3, 5)

  /// Of a sweep: points are compared by their RMSE. Measures of single features come next.
  public init(measures: [String]) {
    let first = measures.contains("rmse") ? "rmse" : measures.first ?? "rmse"
    let others = measures.filter { $0 != first }
    let sorted = others.filter { $0.contains(".") } + others.filter { !$0.contains(".") }
    self.measures = [first] + sorted.prefix(Self.mostMeasures - 1)
    (goal, bounds) = (first, [])
  }

  /// Of a tuner: points that keep the bounds come first.
  public init(_ question: TuneQuestion) {
    goal = question.minimise
    bounds = question.bounds
    let bounded = bounds.map(\.measure).filter { [goal] in $0 != goal }
    measures = Array(
      (bounded.prefix(1) + [goal] + bounded.dropFirst()).prefix(Self.mostMeasures))
  }

  /// Adds a trial; the same trial may be added again.
  public mutating func add(_ point: SweepPoint, seed: UInt64, _ values: [String: Double]) {
    let label = point.label
    points[label, default: Point(isControl: point.kind == .control)].values[seed] =
      values.filter { measures.contains($0.key) || $0.key == goal }
  }

  public func rows(most: Int, _ renderer: TerminalRenderer) -> [String] {
    guard !points.isEmpty else { return [] }
    let table = table(max(0, min(Self.mostPoints, most - 2)), renderer)
    let room = most - table.count
    guard room >= 7, let chart else { return table }
    return rows(of: chart, height: 10, most: room, renderer) + table
  }

  public func notes(_ renderer: TerminalRenderer) -> [String] {
    points.isEmpty ? [] : table(Self.mostPoints, renderer)
  }

  // MARK: The table

  private func table(_ most: Int, _ renderer: TerminalRenderer) -> [String] {
    let control = points.first { $0.value.isControl }
    let others = ordered(against: control?.value).prefix(most)
    var texts = [[points.count == 1 ? "" : "best points", "n"] + measures]
    for (label, point) in (control.map { [($0.key, $0.value)] } ?? []) + others {
      texts.append(
        [label, "\(point.values.count)"] + measures.map { Table.number(point.mean($0)) })
    }
    let widths = texts[0].indices.dropFirst().map { column in
      texts.map { renderer.fitted($0[column], columns: 14).displayWidth }.max()!
    }
    let room = renderer.width - widths.reduce(0) { $0 + $1 + 2 }
    let labels = min(room, texts.map { renderer.fitted($0[0], columns: .max).displayWidth }.max()!)
    guard labels >= 4 else { return [] }
    return texts.map { row in
      renderer.fitted(row[0], columns: labels, padding: labels)
        + zip(row.dropFirst(), widths).map { text, width in
          let text = renderer.fitted(text, columns: width)
          return String(repeating: " ", count: 2 + width - text.displayWidth) + text
        }.joined()
    }
  }

  /// All but the control, the best first.
  private func ordered(against control: Point?) -> [(String, Point)] {
    points.filter { !$0.value.isControl }.map { label, point in
      let beyond = bounds.map { bound in
        control.map {
          bound.violation(point.mean(bound.measure), control: $0.mean(bound.measure))
        } ?? 0
      }
      return (label, point, max(0, beyond.max() ?? 0), point.mean(goal))
    }.filter { $0.3.isFinite }.sorted { ($0.2, $0.3, $0.0) < ($1.2, $1.3, $1.0) }
      .map { ($0.0, $0.1) }
  }

  // MARK: The chart

  /// The second measure against the first; nil with one measure or less than three points.
  public var chart: Chart? {
    guard measures.count > 1, points.count > 2 else { return nil }
    let (x, y) = (measures[0], measures[1])
    var marks: [Mark] = []
    for isControl in [false, true] {
      let shown = points.sorted { $0.key < $1.key }.filter { $0.value.isControl == isControl }
      let mark = try? Mark.points(
        x: shown.map { $0.value.mean(x) }, y: shown.map { $0.value.mean(y) },
        name: isControl ? "control" : "", style: Style(marker: isControl ? .cross : .circle),
        tooltips: shown.map(\.key))
      if let mark, !shown.isEmpty { marks.append(mark) }
    }
    if let bound = bounds.first(where: { $0.measure == x }),
      let control = points.values.first(where: \.isControl)?.mean(x), control.isFinite
    {
      marks.append(
        .verticalRule(x: bound.value(control: control), name: "bound", style: Style(dash: .dashed)))
    }
    return Chart(panels: [
      Panel(xAxis: Axis(label: x), yAxis: Axis(label: y), marks: marks)
    ])
  }
}
