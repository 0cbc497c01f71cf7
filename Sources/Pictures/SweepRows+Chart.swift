import Charts
import Experiments
import Learning
import Tensors

extension Sweep {
  /// The means of a measure with their intervals over the values of a setting: a curve for each
  /// combination of the others, and the control as a dashed line with its interval. With a measure in
  /// place of the setting, both measures of all points, the control and the baselines.
  ///
  /// - Throws: `ArgumentError` for a setting that no point has, and for a measure that is none;
  ///   `StoreError`.
  public func chart(_ setting: String, _ measure: String) throws -> Chart {
    let measure = try self.measure(named: measure)
    let rows = try rows()
    let names = rows.flatMap { $0.point.settings.map(\.name) }
    guard names.contains(setting) else {
      if let other = try? self.measure(named: setting) { return try rows.chart([other, measure]) }
      throw ArgumentError(
        "setting",
        mustBe: "a measure, or one that points differ in: "
          + Array(Set(names)).sorted().joined(separator: ", ") + names.hint(for: setting),
        got: "'\(setting)'")
    }
    return try rows.chart(over: setting, of: measure)
  }
}

extension [SweepRow] {
  /// The means of a measure with their intervals over the values of a setting that points have, and the
  /// control's.
  func chart(over setting: String, of measure: String) throws -> Chart {
    var series: [(name: String, rows: [(value: JSON, estimate: Estimate)])] = []
    for row in self where row.point.kind == .point {
      guard let value = row.point.settings.first(where: { $0.name == setting })?.value,
        let estimate = row.estimates[measure]
      else { continue }
      let name = row.point.settings.filter { $0.name != setting }
        .map { "\($0.name) \($0.value.shortText)" }.joined(separator: ", ")
      if let place = series.firstIndex(where: { $0.name == name }) {
        series[place].rows.append((value, estimate))
      } else {
        series.append((name, [(value, estimate)]))
      }
    }
    let values = series.flatMap { $0.rows.map(\.value) }
    let axis = Positions(values, label: setting)
    var marks: [Mark] = []
    for (place, (name, rows)) in series.enumerated() {
      let style = Style(color: .index(place))
      let ordered = rows.map { (x: axis.position($0.value), estimate: $0.estimate) }
        .sorted { $0.x < $1.x }
      marks.append(
        try .line(x: ordered.map(\.x), y: ordered.map(\.estimate.mean), style: style))
      marks.append(
        try .errorBars(
          x: ordered.map(\.x), y: ordered.map(\.estimate.mean),
          errors: .range(
            low: ordered.map { $0.estimate.low ?? $0.estimate.mean },
            high: ordered.map { $0.estimate.high ?? $0.estimate.mean }), name: name, style: style))
    }
    if let control = first(where: { $0.point.kind == .control })?.estimates[measure] {
      let ends = axis.ends
      if let low = control.low, let high = control.high {
        marks.insert(
          try .band(
            x: [ends.first, ends.last], low: [low, low], high: [high, high],
            style: Style(color: .muted)), at: 0)
      }
      marks.append(
        .horizontalRule(
          y: control.mean, name: "control",
          style: Style(color: .muted, dash: .dashed)))
    }
    return Chart(panels: [
      Panel(xAxis: axis.axis, yAxis: Axis(label: measure), marks: marks)
    ])
  }
}

/// The values of a setting along an axis: numbers as such, all else as names.
private struct Positions {
  let axis: Axis
  private let names: [String]
  private let numbers: [Double]

  init(_ values: [JSON], label: String) {
    numbers = values.compactMap(\.number)
    guard numbers.count < values.count || numbers.isEmpty else {
      names = []
      let (low, high) = (numbers.min()!, numbers.max()!)
      axis = Axis(label: label, scale: low > 0 && high >= 20 * low ? .log : .linear)
      return
    }
    var names: [String] = []
    for value in values where !names.contains(value.shortText) { names.append(value.shortText) }
    self.names = names
    axis = Axis(label: label, scale: .category(names))
  }

  func position(_ value: JSON) -> Double {
    if names.isEmpty { return value.number ?? .nan }
    return names.firstIndex(of: value.shortText).map(Double.init) ?? .nan
  }

  var ends: (first: Double, last: Double) {
    names.isEmpty
      ? (numbers.min() ?? 0, numbers.max() ?? 1) : (-0.4, Double(names.count) - 0.6)
  }
}

extension JSON {
  fileprivate var number: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// As a script writes it: {X4 = 0.01, default = 1}.
  var shortText: String {
    switch self {
    case .null: "nil"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): Table.shortNumber(value)
    case .string(let text): text
    case .array(let values): "{" + values.map(\.shortText).joined(separator: ", ") + "}"
    case .object(let fields):
      "{"
        + fields.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value.shortText)" }
        .joined(separator: ", ") + "}"
    }
  }
}

extension [SweepRow] {
  /// Two measures against each other, with intervals: the points, the control and each baseline as
  /// marks of their own, and the bounds of these measures as lines. A bound that is relative to the
  /// control needs the control among the rows.
  ///
  /// - Throws: `ArgumentError` for other than two measures, and if no row has both.
  public func chart(_ measures: [String], bounds: [Bound] = []) throws -> Chart {
    guard measures.count == 2 else {
      throw ArgumentError("measures", mustBe: "two: one per axis", got: measures.count)
    }
    let pair = MeasurePair(measures[0], measures[1])
    try pair.check(self)
    var marks = try pair.marks(
      filter { $0.point.kind == .point }, name: "points", style: PairStyle.points)
    marks += try pair.references(filter { $0.point.kind != .point }) { $0.point.label }
    let control = first { $0.point.kind == .control }
    for bound in bounds {
      let value = bound.value(control: control?.estimates[bound.measure]?.mean ?? .nan)
      guard value.isFinite else { continue }
      let style = Style(color: .muted, dash: .dashed, lineWidth: 1.2)
      if bound.measure == pair.x {
        marks.append(.verticalRule(x: value, name: "\(bound)", style: style))
      }
      if bound.measure == pair.y {
        marks.append(.horizontalRule(y: value, name: "\(bound)", style: style))
      }
    }
    return Chart(panels: [pair.panel(marks)])
  }
}
