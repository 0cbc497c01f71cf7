extension MarkDrawing {
  mutating func addLyingBars(
    _ mark: ResolvedMark, _ ys: [Double], _ lengths: [Double], _ errors: Mark.Errors?, number: Int
  ) {
    var rects: [Rect] = []
    var tooltips: [String] = []
    var bars: [(Int, Double)] = []
    for index in ys.indices where yScale.accepts(ys[index]) && xScale.accepts(lengths[index]) {
      let (top, bottom) = sides(at: ys[index], number)
      let (base, end) = (
        xScale.isLog ? xScale.start : xScale.place(0), xScale.place(lengths[index])
      )
      bars.append((index, top / 2 + bottom / 2))
      // A bar of no length is not drawn.
      guard base != end else { continue }
      let rect = Rect(min(base, end), top, max(base, end), bottom)
      guard let part = rect.intersection(plot) else { continue }
      rects.append(part)
      if !mark.mark.tooltips.isEmpty { tooltips.append(mark.mark.tooltips[index]) }
    }
    guard !bars.isEmpty else { return }
    items.append(
      .init(
        role: .lyingBar, shape: .rectangles(rects), fill: mark.paint,
        stroke: Stroke(paint: Paint(.background), width: 0.5, series: mark.series),
        tooltips: tooltips))
    guard let errors else { return }
    let whisker = ResolvedMark(mark: mark.mark, paint: Paint(.text), series: nil)
    for (index, y) in bars {
      let ends = errors.ends(lengths[index], index)
      guard ends.low.isFinite, ends.high.isFinite, xScale.accepts(ends.high) else { continue }
      guard plot.minY <= y, y <= plot.maxY else { continue }
      let (low, high) = (xScale.clampedPlace(ends.low), xScale.place(ends.high))
      add(whisker, line: [Point(low, y), Point(high, y)])
      let cap = layout.metrics.capWidth
      guard cap > 0, !layout.metrics.isTerminal else { continue }
      for x in [low, high] where plot.minX <= x && x <= plot.maxX {
        add(whisker, line: [Point(x, y - cap), Point(x, y + cap)])
      }
    }
  }

  /// The upper and the lower side of a bar. In a terminal it fills a row: the first mark's is the row
  /// of the name, or the one above.
  private func sides(at y: Double, _ number: Int) -> (top: Double, bottom: Double) {
    let slots = layout.extents.lyingSlots
    guard layout.metrics.isTerminal else {
      // The first mark lies highest.
      let ends = slots.ends(at: y, mark: slots.count - 1 - number)
      let (start, end) = (yScale.clampedPlace(ends.0), yScale.clampedPlace(ends.1))
      return (min(start, end), max(start, end))
    }
    let ends = slots.ends(at: y)
    let (start, end) = (yScale.clampedPlace(ends.0), yScale.clampedPlace(ends.1))
    let height = abs(end - start)
    let gap = max(0, ((height - Double(slots.count)) / 2).rounded(.up))
    let top = (min(start, end) + gap).rounded() + Double(number)
    return (top, top + 1)
  }
}
