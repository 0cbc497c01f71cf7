/// Turns the marks of a panel into items between its axes.
struct MarkDrawing {
  let layout: PanelLayout
  let xScale: Scale
  let yScale: Scale
  let plot: Rect
  let clipping: Clipping
  var items: [Scene.Item] = []

  private init(_ layout: PanelLayout) {
    self.layout = layout
    (xScale, yScale, plot) = (layout.xScale, layout.yScale, layout.plot)
    clipping = Clipping(rect: layout.plot)
  }

  /// In drawing order: heat maps first.
  static func items(_ layout: PanelLayout) -> [Scene.Item] {
    var drawing = MarkDrawing(layout)
    for mark in layout.marks { drawing.addHeatMap(mark) }
    var (bars, lyingBars) = (0, 0)
    for mark in layout.marks { drawing.add(mark, &bars, &lyingBars) }
    return drawing.items
  }

  private mutating func add(_ mark: ResolvedMark, _ bars: inout Int, _ lyingBars: inout Int) {
    switch mark.mark.geometry {
    case .line(let x, let y): addLine(mark, x, y)
    case .points(let x, let y): addPoints(mark, x, y)
    case .bars(let x, let heights, let edges, let errors):
      addBars(mark, x, heights, edges, errors, number: bars)
      if edges == nil { bars += 1 }
    case .lyingBars(let y, let lengths, let errors):
      addLyingBars(mark, y, lengths, errors, number: lyingBars)
      lyingBars += 1
    case .band(let x, let low, let high): addBand(mark, x, low, high)
    case .errorBars(let x, let y, let errors):
      for index in x.indices where xScale.accepts(x[index]) && yScale.accepts(y[index]) {
        addErrorBar(mark, xScale.place(x[index]), errors.ends(y[index], index))
      }
      addPoints(mark, x, y)
    case .heatMap: break
    case .contour(let grid, let levels):
      addContours(mark, grid, levels ?? Contours.levels(of: grid))
    case .surface(let grid): addContours(mark, grid, Contours.levels(of: grid))
    case .text(let texts, let x, let y, let anchor): addTexts(mark, texts, x, y, anchor)
    case .verticalRule(let value):
      guard xScale.accepts(value) else { return }
      let x = xScale.place(value)
      add(mark, line: [Point(x, plot.maxY), Point(x, plot.minY)])
    case .horizontalRule(let value):
      guard yScale.accepts(value) else { return }
      let y = yScale.place(value)
      add(mark, line: [Point(plot.minX, y), Point(plot.maxX, y)])
    }
  }

  mutating func add(_ mark: ResolvedMark, line: [Point], paint: Paint? = nil) {
    for part in clipping.polylines(line) {
      items.append(.init(role: .mark, shape: .polyline(part), stroke: mark.stroke(paint)))
    }
  }

  // MARK: Lines and points

  private mutating func addLine(_ mark: ResolvedMark, _ xs: [Double], _ ys: [Double]) {
    let isLong = xs.count > 2000
    var thinning = LineThinning(columnWidth: layout.metrics.resolution.x)
    var run: [Point] = []
    var lonely: [Point] = []
    func finish(_ drawing: inout MarkDrawing) {
      if isLong {
        thinning.finish()
        run = thinning.points
        thinning = LineThinning(columnWidth: drawing.layout.metrics.resolution.x)
      }
      if run.count == 1 {
        if drawing.plot.contains(run[0]) { lonely.append(run[0]) }
      } else if run.count > 1 {
        drawing.add(mark, line: run)
      }
      run.removeAll(keepingCapacity: true)
    }
    for index in xs.indices {
      guard xScale.accepts(xs[index]), yScale.accepts(ys[index]) else {
        finish(&self)
        continue
      }
      let point = Point(xScale.place(xs[index]), yScale.place(ys[index]))
      if isLong { thinning.append(point) } else { run.append(point) }
    }
    finish(&self)
    if !lonely.isEmpty {
      // A point between two gaps has no line.
      items.append(
        .init(
          role: .mark, shape: .markers(lonely, nil, radius: mark.mark.style.lineWidth),
          fill: mark.paint, stroke: mark.stroke()))
    }
    if mark.mark.style.marker != nil {
      addPoints(mark, xs, ys)
    } else if !mark.mark.tooltips.isEmpty {
      addPoints(mark, xs, ys, paint: Paint(.transparent))
    }
  }

  private mutating func addPoints(
    _ mark: ResolvedMark, _ xs: [Double], _ ys: [Double], paint: Paint? = nil
  ) {
    let style = mark.mark.style
    let hasTooltips = !mark.mark.tooltips.isEmpty
    var points: [Point] = []
    var tooltips: [String] = []
    var seen = xs.count > 5000 && !hasTooltips ? OccupiedCells(plot, cellSize(style)) : nil
    for index in xs.indices where xScale.accepts(xs[index]) && yScale.accepts(ys[index]) {
      let point = Point(xScale.place(xs[index]), yScale.place(ys[index]))
      guard plot.contains(point), seen?.insert(point) ?? true else { continue }
      points.append(point)
      if hasTooltips { tooltips.append(mark.mark.tooltips[index]) }
    }
    guard !points.isEmpty else { return }
    let radius = paint == nil ? style.markerRadius : max(6, style.markerRadius)
    items.append(
      .init(
        role: .mark, shape: .markers(points, style.marker, radius: radius),
        fill: paint ?? mark.paint, stroke: mark.stroke(paint), tooltips: tooltips))
  }

  /// Of the many points in such a cell one is enough.
  private func cellSize(_ style: Style) -> (x: Double, y: Double) {
    let resolution = layout.metrics.resolution
    guard !layout.metrics.isTerminal else { return resolution }
    let size = style.markerRadius.isFinite ? max(1, style.markerRadius / 2) : 1
    return (size, size)
  }

  mutating func addErrorBar(
    _ mark: ResolvedMark, _ x: Double, _ ends: (low: Double, high: Double), hasCaps: Bool = true
  ) {
    guard ends.low.isFinite, ends.high.isFinite, yScale.accepts(ends.high) else { return }
    let (low, high) = (yScale.clampedPlace(ends.low), yScale.place(ends.high))
    let cap = layout.metrics.capWidth
    guard plot.minX <= x, x <= plot.maxX else { return }
    add(mark, line: [Point(x, low), Point(x, high)])
    guard cap > 0, hasCaps else { return }
    for y in [low, high] where plot.minY <= y && y <= plot.maxY {
      add(mark, line: [Point(x - cap, y), Point(x + cap, y)])
    }
  }

  private mutating func addTexts(
    _ mark: ResolvedMark, _ texts: [String], _ xs: [Double], _ ys: [Double], _ anchor: Mark.Anchor
  ) {
    for index in texts.indices where xScale.accepts(xs[index]) && yScale.accepts(ys[index]) {
      var place = Point(xScale.place(xs[index]), yScale.place(ys[index]))
      guard plot.contains(place) else { continue }
      let string = layout.metrics.shortened(texts[index], .annotation, width: plot.width)
      let width = layout.metrics.width(string, .annotation)
      let before = anchor == .start ? 0 : anchor == .middle ? width / 2 : width
      place.x = min(max(place.x, plot.minX + before), plot.maxX - (width - before))
      let half = layout.metrics.lineHeight(.annotation) / 2
      place.y = min(max(place.y, plot.minY + half), plot.maxY - half)
      var item = layout.text(string, place, anchor, .annotation)
      item.fill = mark.paint
      if layout.extents.colors != nil, !layout.metrics.isTerminal {
        let start = place.x - before
        items.append(ground(Rect(start - 2, place.y - half, start + width + 2, place.y + half)))
      }
      items.append(item)
    }
  }
}

/// The cells of a rectangle that have a point.
private struct OccupiedCells {
  private let rect: Rect
  private let size: (x: Double, y: Double)
  private let columns: Int
  private var isOccupied: [Bool]

  init(_ rect: Rect, _ size: (x: Double, y: Double)) {
    (self.rect, self.size) = (rect, size)
    columns = Int(rect.width / size.x) + 1
    isOccupied = [Bool](repeating: false, count: columns * (Int(rect.height / size.y) + 1))
  }

  /// Returns whether the cell of the point, which must be inside, was free.
  @inline(__always)
  mutating func insert(_ point: Point) -> Bool {
    let cell =
      Int((point.y - rect.minY) / size.y) * columns + Int((point.x - rect.minX) / size.x)
    guard !isOccupied[cell] else { return false }
    isOccupied[cell] = true
    return true
  }
}
