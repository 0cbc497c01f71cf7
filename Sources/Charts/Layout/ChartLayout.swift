/// Arranges the panels of a chart.
struct ChartLayout {
  let metrics: LayoutMetrics
  /// Of the whole picture.
  let width: Double
  /// Of a panel with its title and legend; it grows where these need more.
  let panelHeight: Double

  func scene(_ chart: Chart) -> Scene {
    var scene = Scene(width: width, height: 0)
    let inner = max(1, width - 2 * metrics.margin)
    var y = metrics.margin
    let lineHeight = metrics.lineHeight(.title)
    for line in metrics.wrap(chart.title, .title, width: inner) {
      scene.items.append(
        .init(
          role: .label,
          shape: .text(
            .init(
              string: line, place: Point(metrics.margin, y + lineHeight / 2), anchor: .start,
              role: .title)), fill: Paint(.text)))
      y += lineHeight
    }
    if y > metrics.margin, !metrics.isTerminal { y += 6 }
    let columns = metrics.isTerminal ? 1 : max(1, min(chart.columns, chart.panels.count))
    let panelWidth = (inner - Double(columns - 1) * metrics.panelGap.x) / Double(columns)
    let layouts = aligned(
      chart.panels.map { PanelLayout($0, width: panelWidth, height: panelHeight, metrics) }, columns
    )
    for start in stride(from: 0, to: layouts.count, by: columns) {
      if start > 0 { y += metrics.panelGap.y }
      let row = layouts[start..<min(start + columns, layouts.count)]
      for (column, layout) in row.enumerated() {
        let x = metrics.margin + Double(column) * (panelWidth + metrics.panelGap.x)
        add(layout, at: Point(x, y), to: &scene)
      }
      y += row.map(\.height).max() ?? 0
    }
    scene.height = y + metrics.margin
    return scene
  }

  /// With the plots of each column between the same sides, and those of each row at the same height.
  private func aligned(_ layouts: [PanelLayout], _ columns: Int) -> [PanelLayout] {
    guard layouts.count > 1 else { return layouts }
    var layouts = layouts
    // The second time with the lines that labels have between those sides.
    for _ in 0..<2 {
      let insets = layouts.map(\.insets)
      for index in layouts.indices {
        let column = stride(from: index % columns, to: layouts.count, by: columns)
        let start = index / columns * columns
        let row = start..<min(start + columns, layouts.count)
        let sides = column.map { insets[$0] }.reduce(PanelLayout.Insets()) { $0.union($1) }
        let ends = row.map { insets[$0] }.reduce(PanelLayout.Insets()) { $0.union($1) }
        layouts[index].fit(
          .init(left: sides.left, right: sides.right, top: ends.top, bottom: ends.bottom))
      }
    }
    return layouts
  }

  private func add(_ layout: PanelLayout, at origin: Point, to scene: inout Scene) {
    let marks = MarkDrawing.items(layout)
    var items = layout.gridItems() + marks + layout.axisItems()
    if marks.isEmpty {
      let plot = layout.plot
      let middle = Point(plot.minX + plot.width / 2, plot.minY + plot.height / 2)
      let text = metrics.shortened("no data", .annotation, width: plot.width)
      items.append(layout.text(text, middle, .middle, .annotation))
    }
    let first = scene.items.count
    scene.items += items.map { $0.moved(origin.x, origin.y) }
    scene.plots.append(layout.plot.moved(origin.x, origin.y))
    for mark in layout.panel.marks {
      guard case .surface(let grid) = mark.geometry else { continue }
      let frame = Rect(origin.x, origin.y, origin.x + layout.width, origin.y + layout.height)
      scene.surfaces.append(
        .init(
          grid: grid, frame: frame, panel: layout.panel, items: first..<scene.items.count))
    }
  }
}

extension Point {
  func moved(_ dx: Double, _ dy: Double) -> Point { Point(x + dx, y + dy) }
}

extension Rect {
  func moved(_ dx: Double, _ dy: Double) -> Rect {
    Rect(minX + dx, minY + dy, maxX + dx, maxY + dy)
  }
}

extension Scene.Item {
  func moved(_ dx: Double, _ dy: Double) -> Scene.Item {
    var item = self
    switch shape {
    case .polyline(let points): item.shape = .polyline(points.map { $0.moved(dx, dy) })
    case .polygon(let points): item.shape = .polygon(points.map { $0.moved(dx, dy) })
    case .rectangles(let rects): item.shape = .rectangles(rects.map { $0.moved(dx, dy) })
    case .markers(let points, let marker, let radius):
      item.shape = .markers(points.map { $0.moved(dx, dy) }, marker, radius: radius)
    case .raster(let raster):
      item.shape = .raster(
        .init(x: raster.x.map { $0 + dx }, y: raster.y.map { $0 + dy }, values: raster.values))
    case .text(var text):
      text.place = text.place.moved(dx, dy)
      item.shape = .text(text)
    }
    return item
  }
}
