/// The names of marks beside samples of how these look, in rows that are no wider than a width.
struct LegendLayout {
  struct Entry {
    var mark: ResolvedMark
    var lines: [String]
    var width: Double
  }

  private(set) var rows: [[Entry]] = []
  let height: Double
  /// Of the widest row.
  private(set) var width = 0.0
  private let metrics: LayoutMetrics
  private let entryGap: Double

  init(_ marks: [ResolvedMark], width: Double, _ metrics: LayoutMetrics) {
    self.metrics = metrics
    entryGap = metrics.isTerminal ? 2 : 18
    let swatch = metrics.swatchWidth + LegendLayout.textGap(metrics)
    var used = 0.0
    for mark in marks where !mark.mark.name.isEmpty {
      let lines = metrics.wrap(mark.mark.name, .legend, width: max(1, width - swatch))
      guard !lines.isEmpty else { continue }
      let entryWidth = swatch + (lines.map { metrics.width($0, .legend) }.max() ?? 0)
      let entry = Entry(mark: mark, lines: lines, width: entryWidth)
      if rows.isEmpty || used + entryGap + entryWidth > width {
        rows.append([entry])
        used = entryWidth
      } else {
        rows[rows.count - 1].append(entry)
        used += entryGap + entryWidth
      }
      self.width = max(self.width, used)
    }
    height = rows.reduce(0) { $0 + LegendLayout.height($1, metrics) }
  }

  private static func textGap(_ metrics: LayoutMetrics) -> Double { metrics.isTerminal ? 1 : 6 }

  private static func height(_ row: [Entry], _ metrics: LayoutMetrics) -> Double {
    Double(row.map(\.lines.count).max() ?? 0) * metrics.lineHeight(.legend)
      + (metrics.isTerminal ? 0 : 3)
  }

  /// The items, with the upper left corner at a place.
  func items(at corner: Point) -> [Scene.Item] {
    var items: [Scene.Item] = []
    var y = corner.y
    let lineHeight = metrics.lineHeight(.legend)
    for row in rows {
      var x = corner.x
      for entry in row {
        let swatch = Rect(x, y, x + metrics.swatchWidth, y + lineHeight)
        items += self.swatch(entry.mark, swatch)
        for (index, line) in entry.lines.enumerated() {
          let place = Point(
            swatch.maxX + LegendLayout.textGap(metrics), y + (Double(index) + 0.5) * lineHeight)
          items.append(
            Scene.Item(
              role: .label,
              shape: .text(.init(string: line, place: place, anchor: .start, role: .legend)),
              fill: Paint(.text)))
        }
        x += entry.width + entryGap
      }
      y += LegendLayout.height(row, metrics)
    }
    return items
  }

  private func swatch(_ resolved: ResolvedMark, _ rect: Rect) -> [Scene.Item] {
    let style = resolved.mark.style
    let middle = rect.minY + rect.height / 2
    let centre = Point(rect.minX + rect.width / 2, middle)
    let inset = metrics.isTerminal ? 0 : 3.0
    // A place at the right border of a cell is in the next one.
    let end = rect.maxX - (metrics.isTerminal ? metrics.resolution.x / 2 : 0)
    let box = Rect(rect.minX, rect.minY + inset, rect.maxX, rect.maxY - inset)
    func item(_ shape: Scene.Shape, fill: Paint? = nil, stroke: Stroke? = nil) -> Scene.Item {
      Scene.Item(role: .mark, shape: shape, fill: fill, stroke: stroke)
    }
    func line() -> Scene.Item {
      item(
        .polyline([Point(rect.minX, middle), Point(end, middle)]),
        stroke: resolved.stroke())
    }
    func marker(_ marker: Marker?) -> Scene.Item {
      item(
        .markers([centre], marker, radius: style.markerRadius), fill: resolved.paint,
        stroke: resolved.stroke())
    }
    switch resolved.mark.geometry {
    case .line: return [line()] + (style.marker.map { [marker($0)] } ?? [])
    case .points: return [marker(style.marker)]
    case .errorBars: return [line(), marker(style.marker)]
    case .bars, .lyingBars:
      return [item(.rectangles([box]), fill: resolved.paint, stroke: resolved.stroke())]
    case .band:
      let paint = Paint(resolved.paint.source, opacity: PanelLayout.bandOpacity)
      let corners = [
        Point(box.minX, box.minY), Point(box.maxX, box.minY), Point(box.maxX, box.maxY),
        Point(box.minX, box.maxY),
      ]
      return [item(.polygon(corners), fill: paint, stroke: resolved.stroke())]
    case .heatMap, .surface:
      let steps = metrics.isTerminal ? 3 : 6
      let edges = (0...steps).map { box.minX + box.width * Double($0) / Double(steps) }
      let values = (0..<steps).map { Double($0) / Double(steps - 1) }
      return [item(.raster(.init(x: edges, y: [box.minY, box.maxY], values: values)))]
    case .contour, .verticalRule, .horizontalRule: return [line()]
    case .text: return []
    }
  }
}
