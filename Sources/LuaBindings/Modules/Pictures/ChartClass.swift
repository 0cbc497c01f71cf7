import CLai
import CTerminal
import Charts
import Learning
import Pictures
import Platform
import Tensors

extension Chart: LuaRepresentable {
  package static let luaName = "Chart"
  private static let receiver = Parameter("self", Kind<Chart>.object, "")
  private static let width = Option(
    "width", Kind<Int>.integer("between 1 and 10000", in: 1...10_000).optional,
    "Columns of text, the terminal's or 80; units of an SVG, 640.")
  private static let height = Option(
    "height", Kind<Int>.integer("between 5 and 1000", in: 5...1000).optional,
    "Rows of each panel.")
  private static let ascii = Option(
    "ascii", Kind.boolean.optional, "Without characters beyond ASCII; by the locale if left out.")
  private static let color = Option(
    "color", Kind.boolean.optional, "Colours; those of the terminal if left out.")

  private static let shownTheme = Option(
    "theme", Kind.choice(Theme.allCases.map(\.rawValue)).optional,
    "Of the background: automatic, light or dark; the picture's own if left out.")

  fileprivate func with(_ theme: String?) -> Chart {
    var chart = self
    if let theme { chart.theme = Theme(rawValue: theme)! }
    return chart
  }

  /// Drawn with characters.
  package var luaText: String {
    var text = TerminalRenderer.forOutput().render(self)
    if text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  package static let luaClass = LuaClass(
    Chart.self, "A picture: printed with characters, saved as .svg, .png, .pdf or .txt.",
    methods: [
      LuaFunction(
        "save", "Writes the picture; its format is that of the file's extension.", receiver,
        Parameter("path", .path, "Ends in .svg, .png, .pdf or .txt."),
        Parameter<OptionTable>.options(width.record, shownTheme.record),
        example: """
          local path = os.tmpname()
          lai.plot{1, 4, 9}:save(path .. ".svg")
          os.remove(path .. ".svg")
          os.remove(path)
          """
      ) { chart, path, options in
        try chart.with(options(shownTheme)).write(
          to: path, width: options(width).map(Double.init) ?? 640)
        return LuaSelf()
      },
      LuaFunction("svg", "The picture as the text of an SVG file.", receiver) {
        SVGRenderer().render($0)
      },
      LuaFunction(
        "text", "The picture drawn with characters.", receiver,
        Parameter<OptionTable>.options(
          width.record, height.record, ascii.record, color.record, shownTheme.record),
        details: """
          A terminal is taken to be dark if the variable COLORFGBG says so, "15;0", or TERM is linux. Otherwise
          the colours of an automatic theme are readable on white and on black.
          """,
        example: "print(lai.plot{1, 4, 9}:text{width = 40, height = 10, ascii = true})"
      ) { chart, options in
        var renderer = TerminalRenderer.forOutput()
        if let width = try options(width) { renderer.width = width }
        renderer.height = try options(height)
        if let ascii = try options(ascii) { renderer.charset = ascii ? .ascii : .unicode }
        switch try options(color) {
        case true? where renderer.colors == .none: renderer.colors = .ansi16
        case false?: renderer.colors = .none
        default: break
        }
        return try renderer.render(chart.with(options(shownTheme)))
      },
    ],
    metamethods: [
      "__svg": LuaFunction("svg", "The picture in a notebook.", receiver) {
        SVGRenderer().render($0)
      }
    ])
}

extension TerminalRenderer {
  /// As wide as the terminal and in its colours, if the output is one.
  static func forOutput() -> TerminalRenderer { suiting(1) }

  /// The same for standard error.
  static func forErrors() -> TerminalRenderer { suiting(2) }

  private static func suiting(_ descriptor: Int32) -> TerminalRenderer {
    let isTerminal = lai_has_terminal() && isatty(descriptor) == 1
    var renderer = TerminalRenderer()
    if isTerminal {
      var (columns, rows): (Int32, Int32) = (80, 24)
      terminal_size(&columns, &rows)
      renderer.width = max(1, Int(columns) - 1)
    }
    func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    let terminal = value("TERM")
    if isTerminal, value("NO_COLOR").isEmpty, !["", "dumb"].contains(terminal) {
      let depth = value("COLORTERM")
      renderer.colors =
        depth == "truecolor" || depth == "24bit"
        ? .trueColor : terminal.contains("256") ? .ansi256 : .ansi16
    }
    // "15;0" is white on black; the first 7 colours and bright black are dark.
    if let last = value("COLORFGBG").split(separator: ";").last, let color = Int(last) {
      renderer.isDark = (0...6).contains(color) || color == 8
    } else {
      renderer.isDark = terminal == "linux"
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.map(value).first { !$0.isEmpty } ?? ""
    let name = locale.lowercased().filter { $0 != "-" }
    renderer.charset = name.isEmpty || name.contains("utf8") ? .unicode : .ascii
    return renderer
  }
}

extension Landscape: LuaRepresentable, CustomStringConvertible {
  package static let luaName = "Landscape"
  private static let receiver = Parameter("self", Kind<Landscape>.object, "")

  public var description: String {
    let best = minimum
    return "Landscape(\(slopes.count)x\(intercepts.count), minimum \(Table.number(best.value)) at "
      + "slope \(Table.shortNumber(best.slope)), intercept \(Table.shortNumber(best.intercept)))"
  }

  package static let luaClass = LuaClass(
    Landscape.self, "A loss over slope and intercept of straight lines.",
    properties: [
      LuaFunction("slopes", "[n]", receiver) { landscape in
        LuaObject(
          try Tensor(landscape.slopes, shape: [landscape.slopes.count], dtype: .float64))
      },
      LuaFunction("intercepts", "[m]", receiver) { landscape in
        LuaObject(
          try Tensor(landscape.intercepts, shape: [landscape.intercepts.count], dtype: .float64))
      },
      LuaFunction("values", "[intercepts][slopes]", receiver) { landscape in
        LuaObject(
          try Tensor(
            landscape.values, shape: [landscape.intercepts.count, landscape.slopes.count],
            dtype: .float64))
      },
      LuaFunction(
        "minimum", "Where it is least on the grid: slope, intercept, value.", receiver,
        returns: "{slope: number, intercept: number, value: number}"
      ) { landscape in
        let best = landscape.minimum
        return JSON.object([
          "slope": .number(best.slope), "intercept": .number(best.intercept),
          "value": .number(best.value),
        ])
      },
    ],
    methods: [
      LuaFunction("plot", "The loss with its minimum.", receiver) {
        LuaObject(Chart(panels: [try $0.panel()]))
      }
    ])
}

extension Report {
  /// Writes the page, in place of an older one.
  ///
  /// - Throws: `ArgumentError` for a name that does not end in .html; `FileError`.
  func write(to path: String) throws {
    guard path.lowercased().hasSuffix(".html") else {
      throw ArgumentError("path", mustBe: "a name that ends in .html", got: "'\(path)'")
    }
    try TextFile.write(html, to: path)
  }
}
