import Charts
import Learning
import Tensors

/// One series of lai.plot.
enum PlotSeries {
  private enum Form: String, CaseIterable {
    case line, points, bars, band, errors, histogram, heatmap, contour, surface, text, vline, hline
  }

  private static let form = Option(
    "kind", Kind.choice(Form.allCases.map(\.rawValue)), default: "line",
    "What it is drawn as. line, points and bars take y, and x; errors also errors, or low and high; band takes low and high; histogram values; heatmap, contour and surface z; text takes texts; vline an x, hline a y."
  )
  private static let x = Option(
    "x", Kind<PlotPositions>.positions.optional, "Places on the x axis; 1, 2, … if left out.")
  private static let y = Option("y", Kind<[Double]>.plotted.optional, "Values.")
  private static let z = Option(
    "z", Kind<Tensor>.tensorLike.optional, "Values [rows][columns], over y and x.")
  private static let errors = Option(
    "errors", Kind<[Double]>.plotted.optional, "Half-lengths of error bars, also of bars.")
  private static let low = Option(
    "low", Kind<[Double]>.plotted.optional, "Lower ends of a band or of error bars.")
  private static let high = Option("high", Kind<[Double]>.plotted.optional, "Upper ends.")
  private static let values = Option(
    "values", Kind<[Double]>.plotted.optional, "Numbers that a histogram counts.")
  private static let bins = Option(
    "bins", Kind<Int>.integer("between 1 and 10000", in: 1...10_000).optional,
    "Bins of a histogram; NumPy's \"auto\" if left out.")
  private static let levels = Option(
    "levels", Kind<[Double]>.plotted.optional, "Levels of contours.")
  private static let texts = Option(
    "texts", Kind<String>.string.list().optional, "Texts at x and y.")
  private static let name = Option("name", Kind<String>.string, default: "", "In the legend.")
  private static let color = Option(
    "color", Kind<Style.ColorChoice>.color.optional,
    "\"#rrggbb\", or the place in the list of colours, from 1.")
  private static let dash = Option(
    "dash", Kind.choice(Dash.allCases.map(\.rawValue)), default: "solid", "Of lines.")
  private static let marker = Option(
    "marker", Kind.choice(Marker.allCases.map(\.rawValue)).optional, "Of points.")
  private static let tooltips = Option(
    "tooltips", Kind<String>.string.list(), default: [],
    "Texts under the pointer, one per point, in SVG.")

  static let records = [
    form.record, x.record, y.record, z.record, errors.record, low.record, high.record,
    values.record, bins.record, levels.record, texts.record, name.record, color.record, dash.record,
    marker.record, tooltips.record,
  ]

  /// A line over 1, 2, ….
  static func line(_ y: [Double]) throws -> Mark {
    try .line(x: y.indices.map { Double($0 + 1) }, y: y)
  }

  /// A tensor or a list of numbers; nil for what is neither.
  static func numbers(_ state: LuaState, _ index: Int32) throws -> [Double]? {
    if let tensor = state.object(at: index, as: Tensor.self) {
      guard tensor.rank <= 1 || tensor.rank == 2 && tensor.shape[1] == 1 else {
        throw ArgumentError("", mustBe: "[n] or [n][1]", got: "a tensor of shape \(tensor.shape)")
      }
      return try tensor.elements(as: Double.self)
    }
    guard state.type(at: index) == .table, state.rawLength(at: index) > 0 else { return nil }
    state.getIndex(1, of: index)
    let isNumber = state.type(at: -1) == .number
    state.pop()
    guard isNumber else { return nil }
    return try Kind<Double>.number.list().read(state, index)
  }

  /// The marks of a series.
  ///
  /// - names: Texts that are places of the x axis, with those of the series before.
  static func marks(
    _ state: LuaState, _ index: Int32, _ names: inout [String]
  ) throws -> [Mark] {
    if let y = try numbers(state, index) { return [try line(y)] }
    var known = names
    let marks = try OptionTable.nested(state, index, records) { try Self.marks($0, &known) }
    guard let marks else {
      throw ArgumentError(
        "", mustBe: "a series: a table, or a list or tensor of numbers",
        got: state.account(of: index))
    }
    names = known
    return marks
  }

  private static func marks(_ table: OptionTable, _ names: inout [String]) throws -> [Mark] {
    let form = Form(rawValue: try table(form))!
    func needed<Value>(_ option: Option<Value?>) throws -> Value {
      if let value = try table(option) { return value }
      throw ArgumentError(option.name, mustBe: "given for kind = '\(form.rawValue)'", got: "nil")
    }
    func places(_ count: Int) throws -> [Double] {
      switch try table(x) {
      case nil: return (0..<count).map { Double($0 + 1) }
      case .numbers(let numbers): return numbers
      case .names(let texts):
        return texts.map { text in
          if let place = names.firstIndex(of: text) { return Double(place) }
          names.append(text)
          return Double(names.count - 1)
        }
      }
    }
    func spread() throws -> Mark.Errors? {
      if let sizes = try table(errors) { return .symmetric(sizes) }
      let (low, high) = (try table(low), try table(high))
      guard low != nil || high != nil else { return nil }
      return .range(low: try low ?? needed(Self.low), high: try high ?? needed(Self.high))
    }
    func grid() throws -> Grid {
      let z = try needed(z)
      guard z.rank == 2 else {
        throw ArgumentError("z", mustBe: "[rows][columns]", got: "a tensor of shape \(z.shape)")
      }
      let (rows, columns) = (z.shape[0], z.shape[1])
      return try Grid(
        x: places(columns), y: table(y) ?? (0..<rows).map { Double($0 + 1) },
        values: z.elements(as: Double.self))
    }
    var style = Style(
      color: try table(color), dash: Dash(rawValue: try table(dash))!,
      marker: try table(marker).map { Marker(rawValue: $0)! })
    let (name, tips) = (try table(name), try table(tooltips))
    switch form {
    case .line:
      let y = try needed(y)
      return [try .line(x: places(y.count), y: y, name: name, style: style, tooltips: tips)]
    case .points:
      let y = try needed(y)
      return [try .points(x: places(y.count), y: y, name: name, style: style, tooltips: tips)]
    case .bars:
      let y = try needed(y)
      return [
        try .bars(
          x: places(y.count), heights: y, errors: spread(), name: name, style: style,
          tooltips: tips)
      ]
    case .errors:
      let y = try needed(y)
      let given = try spread()
      let errors = try given ?? .symmetric(needed(errors))
      return [
        try .errorBars(
          x: places(y.count), y: y, errors: errors, name: name, style: style, tooltips: tips)
      ]
    case .band:
      let low = try needed(low)
      return [
        try .band(x: places(low.count), low: low, high: needed(high), name: name, style: style)
      ]
    case .histogram:
      return [
        .histogram(try Histogram(needed(values), bins: table(bins)), name: name, style: style)
      ]
    case .heatmap: return [.heatMap(try grid(), name: name)]
    case .contour:
      style.lineWidth = 1.2
      return [.contour(try grid(), levels: try table(levels), name: name, style: style)]
    case .surface: return [.surface(try grid(), name: name)]
    case .text:
      let (texts, y) = (try needed(texts), try needed(y))
      return [try .text(texts, x: places(y.count), y: y, style: style)]
    case .vline:
      if try !table.contains(dash) { style.dash = .dashed }
      return try PlotPositions.numbers(needed(x), "x").map {
        .verticalRule(x: $0, name: name, style: style)
      }
    case .hline:
      if try !table.contains(dash) { style.dash = .dashed }
      return try needed(y).map { .horizontalRule(y: $0, name: name, style: style) }
    }
  }
}

/// Places on an axis: numbers, or texts.
enum PlotPositions {
  case numbers([Double])
  case names([String])

  static func numbers(_ positions: PlotPositions, _ name: String) throws -> [Double] {
    if case .numbers(let numbers) = positions { return numbers }
    throw ArgumentError(name, mustBe: "numbers", got: "texts")
  }
}

extension Kind where Value == PlotPositions {
  fileprivate static let positions = Kind(
    "a number, a list or tensor of numbers, or a list of strings",
    annotation: "number|number[]|lai.Tensor|string[]"
  ) { state, index in
    if let numbers = try Kind<[Double]>.plotted.read(state, index) { return .numbers(numbers) }
    return try Kind<String>.string.list(atLeast: 1).read(state, index).map { .names($0) }
  }
}

extension Kind where Value == [Double] {
  fileprivate static let plotted = Kind(
    "a number, or a list or tensor of numbers", annotation: "number|number[]|lai.Tensor"
  ) { state, index in
    if let number = state.number(at: index) { return [number] }
    if state.type(at: index) == .table, state.rawLength(at: index) == 0 { return [] }
    return try PlotSeries.numbers(state, index)
  }
}

extension Kind where Value == Style.ColorChoice {
  fileprivate static let color = Kind(
    "'#rrggbb' or a whole number >= 1", annotation: "string|integer"
  ) { state, index in
    if state.type(at: index) == .number {
      return state.integer(at: index).flatMap { $0 >= 1 ? .index($0 - 1) : nil }
    }
    guard let text = state.string(at: index), text.count == 7, text.hasPrefix("#"),
      let hex = UInt32(text.dropFirst(), radix: 16)
    else { return nil }
    return .own(Color(hex))
  }
}
