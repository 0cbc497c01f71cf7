import Testing

@testable import Charts

/// Charts of random marks with extreme values end no renderer.
@Suite struct FuzzTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private static let extremes: [Double] = [
    0, -0.0, 1, -1, 0.1, 2, 5, 1e9, .nan, .infinity, -.infinity, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e-300, 1e17, 1,
    1 + .ulpOfOne,
  ]

  @Test(arguments: 0..<12)
  func extremeValues(seed: Int) throws {
    var random = Generator(state: UInt64(seed) &* 977 &+ 3)
    for _ in 0..<20 {
      let panels = try (0..<Int.random(in: 1...3, using: &random)).map { _ in
        try panel(&random)
      }
      let chart = Chart(panels: panels, columns: Int.random(in: -1...3, using: &random))
      let width = Int.random(in: 1...90, using: &random)
      for charset in TerminalRenderer.Charset.allCases {
        let text = TerminalRenderer(width: width, colors: .ansi256, charset: charset).render(chart)
        #expect(!text.isEmpty)
      }
      let text = SVGRenderer(width: Double(width) * 10).render(chart)
      #expect(!text.contains("nan") && !text.contains("inf\""))
      _ = try Document(text)
    }
  }

  private func panel(_ random: inout Generator) throws -> Panel {
    let count = Int.random(in: 0...6, using: &random)
    func values() -> [Double] {
      (0..<count).map { _ in FuzzTests.extremes.randomElement(using: &random)! }
    }
    func scale() -> Axis.Scale {
      [.linear, .log, .category(["a", "bb", "ccc"])].randomElement(using: &random)!
    }
    var style = Style(marker: Marker.allCases.randomElement(using: &random))
    style.lineWidth = FuzzTests.extremes.randomElement(using: &random)!
    style.markerRadius = FuzzTests.extremes.randomElement(using: &random)!
    let sorted = Array(Set(values().filter(\.isFinite))).sorted()
    let grid = try Grid(x: sorted, y: sorted) { _, _ in
      FuzzTests.extremes.randomElement(using: &random)!
    }
    let histogram = try Histogram(values())
    let all: [Mark] = [
      try .line(x: values(), y: values(), name: "line", style: style),
      try .points(x: values(), y: values(), name: "points", style: style),
      try .bars(x: values(), heights: values(), errors: .symmetric(values()), name: "bars"),
      .histogram(histogram, name: "histogram"),
      try .lyingBars(y: values(), lengths: values(), errors: .symmetric(values()), name: "lying"),
      try .band(x: values(), low: values(), high: values(), name: "band"),
      try .errorBars(x: values(), y: values(), errors: .range(low: values(), high: values())),
      .heatMap(grid, name: "map"), .contour(grid, name: "contour"), .surface(grid),
      .contour(grid, levels: values()),
      try .text(values().map { _ in "text" }, x: values(), y: values()),
      .verticalRule(x: FuzzTests.extremes.randomElement(using: &random)!),
      .horizontalRule(y: FuzzTests.extremes.randomElement(using: &random)!),
    ]
    let marks = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      all.randomElement(using: &random)!
    }
    return Panel(xAxis: Axis(scale: scale()), yAxis: Axis(scale: scale()), marks: marks)
  }
}
