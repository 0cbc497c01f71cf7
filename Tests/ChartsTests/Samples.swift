import Charts

#if canImport(Glibc)
  import Glibc
#endif

/// Charts that together use everything, by name.
enum Samples {
  static let all: [(name: String, chart: Chart)] = {
    do { return try make() } catch { fatalError("a sample chart: \(error)") }
  }()

  static func chart(_ name: String) -> Chart { all.first { $0.name == name }!.chart }

  private static func make() throws -> [(String, Chart)] {
    let epochs = (1...60).map(Double.init)
    let training = epochs.map { 0.4 + 3 * exp(-$0 / 9) }
    let validation = epochs.map { 0.55 + 2.8 * exp(-$0 / 8) + 0.004 * $0 + 0.03 * sin($0 * 1.7) }
    let curves = Chart(
      title: "Training of a network on friedman1",
      panels: [
        Panel(
          xAxis: Axis(label: "epoch"), yAxis: Axis(label: "RMSE, in units of the target"),
          marks: [
            try .line(x: epochs, y: training, name: "training"),
            try .line(x: epochs, y: validation, name: "validation"),
            .verticalRule(x: 22, name: "best epoch"),
          ])
      ])
    let lambdas = [0.01, 0.1, 1, 10, 100]
    let sweep = Chart(
      title: "Variance of slopes",
      panels: [
        Panel(
          title: "means of 10 seeds", xAxis: Axis(label: "λ", scale: .log),
          yAxis: Axis(label: "variance", scale: .log),
          marks: [
            try .band(
              x: lambdas, low: [0.01, 0.05, 0.3, 0.8, 1], high: [0.03, 0.2, 0.9, 1.6, 2.2],
              name: "interval of 95 %", style: Style(color: .index(0))),
            try .line(
              x: lambdas, y: [0.02, 0.1, 0.5, 1.2, 1.5], name: "Lai loss",
              style: Style(color: .index(0), marker: .circle)),
            .horizontalRule(y: 1.9, name: "control"),
            try .errorBars(
              x: [0.03, 0.3, 3], y: [0.04, 0.3, 0.9],
              errors: .range(low: [0.02, 0.2, 0.7], high: [0.08, 0.5, 1.3]), name: "L2 penalty",
              style: Style(marker: .square)),
          ])
      ])
    let features = ["age", "bmi", "blood pressure", "s1", "s2", "s3", "s4", "s5 (log)", "glucose"]
    let places = features.indices.map(Double.init)
    let probes = Chart(
      title: "Sensitivity to noise",
      panels: [
        Panel(
          xAxis: Axis(scale: .category(features)), yAxis: Axis(label: "increase of the RMSE"),
          marks: [
            try .bars(
              x: places, heights: [0.1, 0.52, 0.33, 0.2, 0.15, 0.18, 0.07, 0.61, -0.08],
              errors: .symmetric([0.02, 0.05, 0.03, 0.02, 0.03, 0.02, 0.01, 0.07, 0.03]),
              name: "plain"),
            try .bars(
              x: places, heights: [0.08, 0.31, 0.2, 0.1, 0.09, 0.12, 0.05, 0.4, -0.03],
              errors: .symmetric([0.01, 0.04, 0.02, 0.02, 0.02, 0.02, 0.01, 0.05, 0.02]),
              name: "Lai loss, λ = 0.1"),
          ])
      ])
    let names = Chart(
      title: "Sensitivity of two networks",
      panels: [
        Panel(
          xAxis: Axis(label: "increase of the RMSE"),
          yAxis: Axis(
            scale: .category([
              "a name that is longer than the panel has room for, and that is cut", "経度 longitude",
              "latitude", "infinite", "nothing", "average occupancy",
            ])),
          marks: [
            try .lyingBars(
              y: [5, 4, 3, 2, 1, 0], lengths: [0.52, .nan, .infinity, 0.33, -0.08, 0.2],
              errors: .symmetric([0.05, 0.1, 0.1, 0.03, 0.03, .nan]), name: "plain",
              tooltips: ["<a>", "", "", "", "b", ""]),
            try .lyingBars(
              y: [5, 4, 3, 2, 1, 0], lengths: [0.3, 0, 0.25, 0.125, -0.2, 0.001],
              errors: .range(
                low: [0.2, -0.01, 0.2, 0.1, -0.25, 0], high: [0.45, 0.01, 0.3, 0.14, -0.15, 0.01]),
              name: "Lai loss"),
          ]),
        Panel(
          title: "from the lower end of a log axis", xAxis: Axis(label: "ms", scale: .log),
          yAxis: Axis(scale: .category(["b", "a"])),
          marks: [try .lyingBars(y: [1, 0], lengths: [1e-3, 1e9], errors: .symmetric([1, 9e8]))]),
      ], columns: 2)
    let grid = try Grid(
      x: (0...40).map { -2 + Double($0) * 0.2 }, y: (0...30).map { -1 + Double($0) * 0.2 }
    ) { ($0 - 3) * ($0 - 3) * 0.5 + ($1 - 2) * ($1 - 2) + $0 * $1 * 0.2 }
    let surface = Panel(
      title: "heat map", xAxis: Axis(label: "slope"), yAxis: Axis(label: "intercept"),
      marks: [
        .heatMap(grid, name: "loss"), .contour(grid, name: "levels of the loss"),
        try .points(
          x: [2.8], y: [1.72], name: "minimum",
          style: Style(color: .own(Color(0xFFFFFF)), marker: .star, markerRadius: 5)),
      ])
    let landscape = Chart(
      title: "Loss over slope and intercept",
      panels: [
        surface,
        Panel(
          title: "contours", xAxis: Axis(label: "slope"), yAxis: Axis(label: "intercept"),
          marks: [
            .contour(grid, levels: [1, 2, 4, 8, 16], name: "levels"),
            try .text(["minimum"], x: [2.8], y: [1.72]),
          ]),
      ], columns: 2)
    var seed: UInt64 = 7
    func random() -> Double {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(seed >> 11) / 9_007_199_254_740_992
    }
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + random() } }
    let values = (0..<500).map { _ in normal() }
    let scatterX = (0..<120).map { _ in normal() }
    let scatterY = scatterX.map { 0.8 * $0 + 0.5 * normal() }
    let describe = Chart(
      title: "Data",
      panels: [
        Panel(
          title: "histogram", xAxis: Axis(label: "residual"), yAxis: Axis(label: "count"),
          marks: [.histogram(try Histogram(values), name: "residuals")]),
        Panel(
          title: "scatter", xAxis: Axis(label: "prediction"), yAxis: Axis(label: "target"),
          marks: [
            try .points(x: scatterX, y: scatterY, name: "rows"),
            try .line(
              x: [-3, 3], y: [-3, 3], name: "identity",
              style: Style(color: .index(6), dash: .dotted)),
          ]),
      ], columns: 2)
    return [
      ("curves", curves), ("sweep", sweep), ("probes", probes), ("landscape", landscape),
      ("describe", describe), ("surface", try surfaces()), ("names", names),
      ("oddities", try oddities()),
    ]
  }

  private static func surfaces() throws -> Chart {
    let places = (0...24).map { -2 + Double($0) / 6 }
    let saddle = try Grid(x: places, y: places) { x, y in x * x - y * y + 0.3 * x }
    let bowl = try Grid(x: places, y: places) { x, y in
      x * x + y * y > 7 ? .nan : 1 + x * x / 2 + y * y
    }
    return Chart(
      title: "It's a \\surface_of `date` {/Bold x}",
      panels: [
        Panel(
          title: "saddle", xAxis: Axis(label: "slope"), yAxis: Axis(label: "intercept"),
          marks: [.surface(saddle, name: "loss")]),
        Panel(
          title: "bowl", xAxis: Axis(label: "x"), yAxis: Axis(label: "y"),
          marks: [
            .surface(bowl),
            try .points(
              x: [0], y: [0], name: "minimum",
              style: Style(color: .own(Color(0xD55E00)), marker: .diamond)),
          ]),
      ], columns: 2)
  }

  private static func oddities() throws -> Chart {
    let x = (0..<12).map(Double.init)
    let gaps: [Double] = [1, 2, .nan, 3, .nan, 4, 5, .infinity, 6, 7, -.infinity, 2]
    let decades = (-7...7).map { tenPower($0) }
    return Chart(
      title: "標題很長的圖 <with> \"quotes\" & 🎉 and a tab\there",
      panels: [
        Panel(
          title: "gaps", xAxis: Axis(label: "x"), yAxis: Axis(label: "y"),
          marks: [
            try .line(
              x: x, y: gaps, name: "中文名称 of a line",
              tooltips: x.map { "<\($0)> & \u{1}" })
          ]),
        Panel(
          title: "log axes over 14 decades", xAxis: Axis(label: "x", scale: .log),
          yAxis: Axis(label: "y", scale: .log),
          marks: [
            try .line(x: decades, y: decades.map { $0 * $0 / (1 + $0) }, name: "a curve"),
            try .points(x: [0, -1, 1], y: [1, 1, -5], name: "not on a log axis"),
          ]),
        Panel(title: "one point", marks: [try .points(x: [5], y: [7])]),
        Panel(title: "equal values", marks: [try .line(x: [1, 2, 3], y: [4, 4, 4])]),
        Panel(title: "no points", marks: [try .line(x: [], y: [])]),
        Panel(
          title: "a legend of long names",
          xAxis: Axis(
            label:
              "a label of an axis that is much too long for the width of its panel, so that it needs lines"
          ),
          yAxis: Axis(label: "another long label, beside the axis"),
          marks: try (0..<5).map { index in
            try .line(
              x: [0, 1e7], y: [Double(index), 5 - Double(index)],
              name:
                "series \(index) with a name that is longer than the panel is wide, to be wrapped")
          }),
      ], columns: 2)
  }

  private static func tenPower(_ exponent: Int) -> Double { Double("1e\(exponent)")! }
}
