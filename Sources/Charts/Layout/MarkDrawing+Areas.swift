extension MarkDrawing {
  mutating func addBars(
    _ mark: ResolvedMark, _ xs: [Double], _ heights: [Double], _ edges: [Double]?,
    _ errors: Mark.Errors?, number: Int
  ) {
    let isHistogram = edges != nil
    var rects: [Rect] = []
    var tooltips: [String] = []
    var bars: [(Int, Double)] = []
    for index in xs.indices where xScale.accepts(xs[index]) && yScale.accepts(heights[index]) {
      let ends =
        edges.map { ($0[index], $0[index + 1]) }
        ?? layout.extents.slots.ends(at: xs[index], mark: number)
      let (start, end) = (xScale.clampedPlace(ends.0), xScale.clampedPlace(ends.1))
      let (base, top) = (
        yScale.isLog ? yScale.start : yScale.place(0), yScale.place(heights[index])
      )
      bars.append((index, start / 2 + end / 2))
      // A bar of no height is not drawn, nor a line at its base.
      guard base != top else { continue }
      let rect = Rect(start, min(base, top), end, max(base, top))
      guard let part = rect.intersection(plot) else { continue }
      rects.append(part)
      if !mark.mark.tooltips.isEmpty { tooltips.append(mark.mark.tooltips[index]) }
    }
    if !rects.isEmpty || !bars.isEmpty {
      items.append(
        .init(
          role: .mark, shape: .rectangles(rects),
          fill: Paint(mark.paint.source, opacity: isHistogram ? 0.75 : 1),
          stroke: Stroke(paint: Paint(.background), width: 0.5, series: mark.series),
          tooltips: tooltips))
    }
    guard let errors else { return }
    let whisker = ResolvedMark(mark: mark.mark, paint: Paint(.text), series: nil)
    for (index, x) in bars {
      // In a terminal the caps would replace much of a bar.
      addErrorBar(
        whisker, x, errors.ends(heights[index], index), hasCaps: !layout.metrics.isTerminal)
    }
  }

  mutating func addBand(_ mark: ResolvedMark, _ xs: [Double], _ low: [Double], _ high: [Double]) {
    var upper: [Point] = []
    var lower: [Point] = []
    let paint = Paint(mark.paint.source, opacity: PanelLayout.bandOpacity)
    func finish(_ drawing: inout MarkDrawing) {
      var points = upper + lower.reversed()
      if upper.count == 1 {
        // A band between two gaps has a width of one unit.
        let half = drawing.layout.metrics.resolution.x / 2
        points = [
          Point(upper[0].x - half, upper[0].y), Point(upper[0].x + half, upper[0].y),
          Point(lower[0].x + half, lower[0].y), Point(lower[0].x - half, lower[0].y),
        ]
      }
      let polygon = drawing.clipping.polygon(points)
      if polygon.count > 2 {
        drawing.items.append(
          .init(role: .mark, shape: .polygon(polygon), fill: paint, stroke: mark.stroke(paint)))
      }
      upper.removeAll(keepingCapacity: true)
      lower.removeAll(keepingCapacity: true)
    }
    let column = xs.count > 2000 ? layout.metrics.resolution.x : 0
    for index in xs.indices {
      guard xScale.accepts(xs[index]), low[index].isFinite, yScale.accepts(high[index]) else {
        finish(&self)
        continue
      }
      let x = xScale.place(xs[index])
      let (bottom, top) = (yScale.clampedPlace(low[index]), yScale.place(high[index]))
      if let last = upper.last, column > 0, abs(x - last.x) < column {
        upper[upper.count - 1].y = min(last.y, top)
        lower[lower.count - 1].y = max(lower[lower.count - 1].y, bottom)
      } else {
        upper.append(Point(x, top))
        lower.append(Point(x, bottom))
      }
    }
    finish(&self)
  }

  // MARK: Grids

  mutating func addHeatMap(_ mark: ResolvedMark) {
    let grid: Grid
    switch mark.mark.geometry {
    case .heatMap(let found), .surface(let found): grid = found
    default: return
    }
    guard let colors = layout.extents.colors else { return }
    let resolution = layout.metrics.resolution
    let columns = MarkDrawing.cells(
      Grid.edges(around: grid.x, isLog: xScale.isLog), xScale, plot.minX...plot.maxX,
      smallest: resolution.x)
    let rows = MarkDrawing.cells(
      Grid.edges(around: grid.y, isLog: yScale.isLog), yScale, plot.minY...plot.maxY,
      smallest: resolution.y)
    guard !columns.indices.isEmpty, !rows.indices.isEmpty else { return }
    var values: [Double] = []
    values.reserveCapacity(columns.indices.count * rows.indices.count)
    for row in rows.indices {
      for column in columns.indices { values.append(colors.place(grid.value(column, row))) }
    }
    guard values.contains(where: { !$0.isNaN }) else { return }
    items.append(
      .init(
        role: .mark, shape: .raster(.init(x: columns.edges, y: rows.edges, values: values))))
  }

  /// The cells of one direction that are visible, and the places of their edges. Where cells are
  /// smaller than can be seen, some represent their neighbours.
  static func cells(
    _ edges: [Double], _ scale: Scale, _ range: ClosedRange<Double>, smallest: Double
  ) -> (indices: [Int], edges: [Double]) {
    var indices: [Int] = []
    var places: [Double] = []
    func clamp(_ place: Double) -> Double { max(range.lowerBound, min(range.upperBound, place)) }
    for index in edges.indices.dropLast() where scale.accepts(edges[index + 1]) {
      let (start, end) = (
        clamp(scale.clampedPlace(edges[index])), clamp(scale.place(edges[index + 1]))
      )
      guard start != end else { continue }
      if places.isEmpty { places.append(start) }
      // The last cell that starts within the smallest visible length is kept.
      if places.count > 1, abs(end - places[places.count - 2]) < smallest {
        places[places.count - 1] = end
        indices[indices.count - 1] = index
      } else {
        places.append(end)
        indices.append(index)
      }
    }
    return (indices, places)
  }
}
