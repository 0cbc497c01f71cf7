import Testing

@testable import Charts

@Suite struct LayoutTests {
  private func scene(_ panel: Panel) -> Scene { SVGRenderer().scene(Chart(panels: [panel])) }

  private func lines(_ scene: Scene) -> [[Point]] {
    scene.items.compactMap { item in
      if item.role == .mark, case .polyline(let points) = item.shape { points } else { nil }
    }
  }

  private func texts(_ scene: Scene) -> [String] {
    scene.items.compactMap { item in
      if case .text(let text) = item.shape { text.string } else { nil }
    }
  }

  @Test func valuesThatAreNotFiniteAreGaps() throws {
    let y: [Double] = [1, 2, .nan, 3, 4, .infinity, 5, -.infinity, 6, 7]
    let scene = scene(Panel(marks: [try .line(x: (0..<10).map(Double.init), y: y)]))
    #expect(lines(scene).map(\.count) == [2, 2, 2])
    // A point between two gaps is drawn as one.
    let lonely = scene.items.compactMap { item -> Int? in
      if item.role == .mark, case .markers(let points, _, _) = item.shape { points.count } else { nil }
    }
    #expect(lonely == [1])
    // Infinities do not widen an axis.
    let extents = PanelExtents(Panel(marks: [try .line(x: [0, .infinity, 1], y: [1, 2, 3])]))
    #expect(extents.x.high == 1 && extents.y.high == 3 && extents.y.low == 1)
  }

  @Test func valuesThatAreNotPositiveAreGapsOfALogAxis() throws {
    let panel = Panel(
      yAxis: Axis(scale: .log),
      marks: [try .line(x: [0, 1, 2, 3, 4, 5], y: [1, 10, 0, 10, 100, -5])])
    #expect(lines(scene(panel)).map(\.count) == [2, 2])
    #expect(PanelExtents(panel).y.low == 1)
  }

  @Test func panelsWithoutDataSaySo() throws {
    let nan = [Double.nan, .nan]
    let grid = try Grid(x: [0, 1], y: [0, 1], values: nan + nan)
    let empty = try Grid(x: [], y: [], values: [])
    let marks: [Mark] = [
      try .line(x: [], y: []), try .points(x: nan, y: nan), try .bars(x: [1, 2], heights: nan),
      try .band(x: [1, 2], low: nan, high: nan), .heatMap(grid), .heatMap(empty), .contour(grid),
      .surface(empty), try .errorBars(x: nan, y: nan, errors: .symmetric([1, 1])),
      try .text([], x: [], y: []), .verticalRule(x: .nan), .horizontalRule(y: .infinity),
    ]
    for mark in marks {
      #expect(texts(scene(Panel(marks: [mark]))) == ["no data"], "\(mark.geometry)")
      let text = TerminalRenderer(width: 30).render(Chart(panels: [Panel(marks: [mark])]))
      #expect(text.contains("no data"))
    }
    #expect(texts(scene(Panel(marks: []))) == ["no data"])
    // Data outside of the limits.
    let outside = Panel(xAxis: try Axis(from: 5, to: 6), marks: [try .line(x: [0, 1], y: [0, 1])])
    #expect(texts(scene(outside)).contains("no data"))
    #expect(!texts(scene(Panel(marks: [try .points(x: [1], y: [1])]))).contains("no data"))
  }

  @Test func nothingIsDrawnOutsideOfTheLimits() throws {
    let x = (0...20).map(Double.init)
    let grid = try Grid(x: x, y: x) { $0 * $1 }
    let panel = Panel(
      xAxis: try Axis(from: 5.2, to: 11.7), yAxis: try Axis(from: 4.1, to: 9.3),
      marks: [
        .heatMap(grid), .contour(grid), try .line(x: x, y: x), try .points(x: x, y: x),
        try .bars(x: x, heights: x, errors: .symmetric(x)),
        try .band(x: x, low: x.map { $0 - 5 }, high: x.map { $0 + 1 }),
        try .errorBars(x: x, y: x, errors: .symmetric(x)), .verticalRule(x: 100),
        try .text(x.map { "\($0)" }, x: x, y: x),
      ])
    for scene in [scene(panel), TerminalRenderer().scene(Chart(panels: [panel]))] {
      let plot = scene.plots[0]
      let border = Rect(plot.minX - 1e-6, plot.minY - 1e-6, plot.maxX + 1e-6, plot.maxY + 1e-6)
      var count = 0
      for item in scene.items where item.role == .mark {
        for point in item.points {
          // The scale of colours is beside the plot.
          guard point.x <= plot.maxX + 0.9 else { continue }
          #expect(border.contains(point), "\(item)")
          count += 1
        }
      }
      #expect(count > 50)
    }
  }

  @Test func clippedLinesMeetTheBorder() {
    let clipping = Clipping(rect: Rect(0, 0, 10, 10))
    #expect(
      clipping.polylines([Point(-5, 5), Point(5, 5), Point(5, 15), Point(8, 15), Point(8, 5)])
        == [[Point(0, 5), Point(5, 5), Point(5, 10)], [Point(8, 10), Point(8, 5)]])
    #expect(clipping.polylines([Point(-5, -5), Point(-1, 20)]).isEmpty)
    #expect(clipping.polylines([Point(-5, 5), Point(15, 5)]) == [[Point(0, 5), Point(10, 5)]])
    let triangle = clipping.polygon([Point(-5, 5), Point(5, -5), Point(5, 15)])
    let area = zip(triangle, triangle.dropFirst() + triangle.prefix(1)).reduce(0) {
      $0 + ($1.0.x * $1.1.y - $1.1.x * $1.0.y) / 2
    }
    #expect(abs(abs(area) - 50) < 1e-9)
  }

  @Test func thinningKeepsExtremes() {
    var thinning = LineThinning(columnWidth: 1)
    for index in 0..<1000 {
      let y = index == 503 ? 100.0 : index == 507 ? -100 : Double(index % 7)
      thinning.append(Point(Double(index) / 100, y))
    }
    thinning.finish()
    #expect(thinning.points.count <= 40)
    let ys = thinning.points.map(\.y)
    #expect(ys.firstIndex(of: 100)! < ys.firstIndex(of: -100)!)
    #expect(thinning.points.first == Point(0, 0) && thinning.points.last == Point(9.99, 5))
  }

  @Test func barsOfAPanelStandSideBySide() throws {
    let marks = try (0..<3).map { _ in try Mark.bars(x: [0, 1, 2], heights: [1, 2, 3]) }
    let scene = scene(Panel(xAxis: Axis(scale: .category(["a", "b", "c"])), marks: marks))
    let rects = scene.items.compactMap { item in
      if item.role == .mark, case .rectangles(let rects) = item.shape { rects } else { nil }
    }
    #expect(rects.map(\.count) == [3, 3, 3])
    for place in 0..<3 {
      #expect(abs(rects[0][place].maxX - rects[1][place].minX) < 1e-9)
      #expect(abs(rects[1][place].maxX - rects[2][place].minX) < 1e-9)
    }
    #expect(rects[2][0].maxX < rects[0][1].minX)
    // Bars start at 0, without a margin below.
    #expect(rects[0][0].maxY == scene.plots[0].maxY)
  }

  @Test func everyNameIsShownWhole() throws {
    let names = (1...12).map { "feature number \($0)" }
    let panel = Panel(
      xAxis: Axis(scale: .category(names)),
      marks: [try .bars(x: names.indices.map(Double.init), heights: names.map { _ in 1 })])
    let shown = texts(scene(panel))
    for name in names { #expect(shown.contains(name)) }
    let text = TerminalRenderer(width: 60).render(Chart(panels: [panel]))
    for name in names { #expect(text.contains(name)) }
  }

  @Test func plotsOfAColumnAndOfARowAreAligned() {
    let scene = SVGRenderer().scene(Samples.chart("oddities"))
    let plots = scene.plots
    for index in stride(from: 0, to: plots.count, by: 2) {
      #expect(plots[index].minX == plots[0].minX && plots[index + 1].maxX == plots[1].maxX)
      #expect(abs(plots[index].maxY - plots[index + 1].maxY) < 1e-9)
      #expect(abs(plots[index].minY - plots[index + 1].minY) < 1e-9)
    }
  }

  @Test func wrapping() {
    let wrapped = WrappedText(measure: { Double($0.displayWidth) })
    #expect(wrapped.lines("one two three", width: 7) == ["one two", "three"])
    #expect(wrapped.lines("a longerword b", width: 4) == ["a", "long", "erwo", "rd b"])
    #expect(wrapped.lines("漢字漢字", width: 5) == ["漢字", "漢字"])
    #expect(wrapped.lines("漢字", width: 1) == ["漢", "字"])
    #expect(wrapped.lines("  ", width: 5).isEmpty)
    #expect(wrapped.shortened("abcdef", width: 4, ellipsis: "…") == "abc…")
    #expect(wrapped.shortened("abcd", width: 4, ellipsis: "…") == "abcd")
  }
}

extension Scene.Item {
  /// The corners of its shape.
  var points: [Point] {
    switch shape {
    case .polyline(let points), .polygon(let points), .markers(let points, _, _): points
    case .rectangles(let rects):
      rects.flatMap { [Point($0.minX, $0.minY), Point($0.maxX, $0.maxY)] }
    case .raster(let raster):
      raster.x.map { Point($0, raster.y[0]) } + raster.y.map { Point(raster.x[0], $0) }
    case .text: []
    }
  }
}
