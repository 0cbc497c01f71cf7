import CLai
import Charts
import Learning
import Pictures
import Tensors

/// lai.plot and lai.landscape.
enum PlotModule {
  private static let title = Option("title", .string, default: "", "Above the picture.")
  private static let xLabel = Option("xlabel", .string, default: "", "Below the x axis.")
  private static let yLabel = Option("ylabel", .string, default: "", "Beside the y axis.")
  private static let xScale = Option(
    "xscale", Kind.choice(["linear", "log"]), default: "linear", "Of the x axis.")
  private static let yScale = Option(
    "yscale", Kind.choice(["linear", "log"]), default: "linear", "Of the y axis.")
  private static let xLimits = Option(
    "xlim", Kind<Double>.finite.list(atLeast: 2).optional, "{first, last} of the x axis.")
  private static let yLimits = Option(
    "ylim", Kind<Double>.finite.list(atLeast: 2).optional, "{first, last} of the y axis.")
  private static let legend = Option(
    "legend", Kind.boolean, default: true, "Whether the names of the series are listed.")
  private static let panelRecords = [
    title.record, xLabel.record, yLabel.record, xScale.record, yScale.record, xLimits.record,
    yLimits.record, legend.record,
  ]

  private static let panels = Option(
    "panels", Kind<Panel>.panel.list(atLeast: 1).optional,
    "Several pairs of axes, each a table of series and of the options above.")
  private static let columns = Option(
    "columns", .integer(atLeast: 1), default: 1, "Panels beside each other; the terminal has one.")
  private static let theme = Option(
    "theme", Kind.choice(Theme.allCases.map(\.rawValue)), default: "automatic",
    "Of the background: automatic is the reader's preference in SVG, what the terminal says, else light."
  )
  private static let file = Option(
    "file", Kind<String>.path.optional, "Where to save it, as chart:save does.")

  static let functions = [
    LuaFunction(
      "plot", "A picture of series of numbers, drawn when it is printed.",
      reading: [
        ParameterRecord(
          name: "series", annotation: "lai.Tensor|table", isOptional: false, defaultText: nil,
          summary:
            "A list of series with options beside them, or the numbers of one line: lai.plot(y), lai.plot(x, y).",
          options: panelRecords + [panels.record, columns.record, theme.record, file.record],
          entryOptions: PlotSeries.records)
      ], returns: "lai.Chart",
      details: """
        A series is a list or tensor of numbers, which is a line over 1, 2, …, or a table. Texts as x
        name the places of bars. NaN is a gap.
        The prompt and print draw with characters, Jupyter as SVG; chart:save(path) writes .svg,
        .png, .pdf or .txt. PNG and PDF need gnuplot (Debian's gnuplot-nox).
        The keys of a series are

        """ + aligned(PlotSeries.records.map { ($0.name, $0.summary) }, width: 84),
      example: """
        local x = lai.linspace(0, 6, 50)
        print(lai.plot{{x = x, y = x:sin(), name = "sin"}, {kind = "points", x = x, y = x:cos(), name = "cos"},
                       title = "Waves", xlabel = "x"})
        print(lai.plot(x, x:sin()))
        """
    ) { state in try LuaObject(plot(state)).push(to: state) },
    LuaFunction(
      "landscape", "A loss of straight lines over slope and intercept, for data of one feature.",
      Parameter<OptionTable>.options(
        loss.record, data.record, slope.record, intercept.record, points.record),
      details: """
        landscape:plot() draws it with its minimum: as a map, and in .png and .pdf files as a surface.
        Source: the paper's Appendix A.
        """,
      example: """
        local data = lai.synthetic.line{slope = 3, intercept = 4, noise = 8, width = 2, n = 100}
        local l = lai.landscape{loss = lai.loss.lai{base = "mae", lambda = 1}, data = data, points = 21}
        print(l.minimum.slope, l.minimum.intercept)
        """
    ) { options in
      let count = try options(points)
      return LuaObject(
        try Landscape(
          options(loss), options(data), slopes: axis(options(slope), count, "slope"),
          intercepts: axis(options(intercept), count, "intercept"),
          label: label(options(loss))))
    },
  ]

  private static let loss = Option("loss", Kind<Objective>.loss, "A loss.")
  private static let data = Option(
    "data", Kind<Dataset>.object, "Data of one feature and one target.")
  private static let slope = Option(
    "slope", Kind<Double>.finite.list(atLeast: 2), default: [-8, 8], "{first, last} slope.")
  private static let intercept = Option(
    "intercept", Kind<Double>.finite.list(atLeast: 2), default: [-8, 16],
    "{first, last} intercept.")
  private static let points = Option(
    "points", .integer("between 2 and 1000", in: 2...1000), default: 97,
    "Values along each axis.")

  /// "Lai MAE, λ = 1" for a Lai loss of one λ; else the loss in words.
  private static func label(_ loss: Objective) -> String {
    if loss.terms.count == 1, let lai = loss.laiLosses.first,
      case .uniform(let lambda) = lai.lambda
    {
      return "Lai \(lai.base.description.uppercased()), λ = \(numberText(lambda))"
    }
    return loss.words.text(in: .lua)
  }

  private static func axis(_ ends: [Double], _ count: Int, _ name: String) throws -> [Double] {
    guard ends.count == 2, ends[0] < ends[1] else {
      throw ArgumentError(
        name, mustBe: "{first, last} with first < last",
        got: "{\(ends.map(numberText).joined(separator: ", "))}")
    }
    return (0..<count).map { ends[0] + (ends[1] - ends[0]) * Double($0) / Double(count - 1) }
  }

  private static func plot(_ state: LuaState) throws -> Chart {
    func numbers(_ place: Int32, _ name: String) throws -> [Double]? {
      do {
        return try PlotSeries.numbers(state, place)
      } catch let error as ArgumentError {
        throw ArgumentError("\(name)\(error.name)", mustBe: error.wanted, got: error.got)
      }
    }
    if let y = try numbers(1, "series") {
      guard state.top >= 2, !state.isNil(at: 2) else {
        return Chart(panels: [Panel(marks: [try PlotSeries.line(y)])])
      }
      guard let other = try numbers(2, "y") else {
        throw ArgumentError("y", mustBe: "a list or tensor of numbers", got: state.account(of: 2))
      }
      return Chart(panels: [Panel(marks: [try .line(x: y, y: other)])])
    }
    let records = panelRecords + [panels.record, columns.record, theme.record, file.record]
    guard try state.isTable(at: 1) else {
      throw ArgumentError(
        "series", mustBe: "a list of series, or a list or tensor of numbers",
        got: state.account(of: 1))
    }
    let options = try Parameter<OptionTable>.options(records, takesList: true).read(state, 1)
    var chart = Chart(panels: [])
    if let several = try options(panels) {
      guard state.rawLength(at: 1) == 0 else {
        throw ArgumentError("panels", mustBe: "left out with a list of series", got: "both")
      }
      (chart.panels, chart.title) = (several, try options(title))
      chart.columns = try options(columns)
    } else {
      chart.panels = [try panel(options)]
    }
    chart.theme = Theme(rawValue: try options(theme))!
    if let path = try options(file) { try chart.write(to: path) }
    return chart
  }

  /// The panel of a table of series and options.
  fileprivate static func panel(_ options: OptionTable) throws -> Panel {
    let state = options.state
    guard let index = options.index else { throw MissingOption(name: "series", wanted: "a list") }
    var (marks, names): ([Mark], [String]) = ([], [])
    for place in 0..<state.rawLength(at: index) {
      try state.reserve(4)
      state.getIndex(place + 1, of: index)
      let top = state.top
      do {
        marks += try PlotSeries.marks(state, top, &names)
      } catch let error as ArgumentError {
        throw ArgumentError("[\(place + 1)]\(error.name)", mustBe: error.wanted, got: error.got)
      }
      state.top = top - 1
    }
    let isLog = (x: try options(xScale) == "log", y: try options(yScale) == "log")
    guard names.isEmpty || !isLog.x else {
      throw ArgumentError("xscale", mustBe: "left out where x are texts", got: "'log'")
    }
    return Panel(
      title: try options(title),
      xAxis: try axis(
        options(xLabel), names.isEmpty ? isLog.x ? .log : .linear : .category(names),
        options(xLimits)),
      yAxis: try axis(options(yLabel), isLog.y ? .log : .linear, options(yLimits)),
      marks: marks, legend: try options(legend) ? .automatic : .hidden)
  }

  private static func axis(
    _ label: String, _ scale: Axis.Scale, _ limits: [Double]?
  ) throws -> Axis {
    guard let limits else { return Axis(label: label, scale: scale) }
    return try Axis(label: label, scale: scale, from: limits[0], to: limits[1])
  }

  fileprivate static func nestedPanel(_ state: LuaState, _ index: Int32) throws -> Panel? {
    try OptionTable.nested(state, index, panelRecords, takesList: true, panel)
  }
}

extension Kind where Value == Panel {
  fileprivate static let panel = Kind(
    "a table of series and options", annotation: "table"
  ) { state, index in try PlotModule.nestedPanel(state, index) }
}
