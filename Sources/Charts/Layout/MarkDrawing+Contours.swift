extension MarkDrawing {
  /// Lines with their levels written on them or, in front of a heat map, in black and white.
  mutating func addContours(_ mark: ResolvedMark, _ grid: Grid, _ levels: [Double]) {
    var labels: [Rect] = []
    var labelItems: [Scene.Item] = []
    for level in levels where level.isFinite {
      var paint: Paint?
      if let colors = layout.extents.colors, mark.mark.style.color == nil {
        paint = Paint(.own(colors.place(level) < 0.6 ? Color(0xFFFFFF) : Color(0x1F2328)))
      }
      var longest: [Point] = []
      for line in Contours(grid, level: level).lines {
        let points = line.filter { xScale.accepts($0.x) && yScale.accepts($0.y) }
          .map { Point(xScale.place($0.x), yScale.place($0.y)) }
        guard points.count > 1 else { continue }
        add(mark, line: points, paint: paint)
        if points.count > longest.count { longest = points }
      }
      if layout.extents.colors == nil {
        labelItems += label(shortText(level), on: longest, avoiding: &labels)
      }
    }
    items += labelItems
  }

  /// A text on the line where it covers no other one; nothing if there is no such place.
  private func label(
    _ text: String, on line: [Point], avoiding labels: inout [Rect]
  ) -> [Scene.Item] {
    let metrics = layout.metrics
    let margin = metrics.isTerminal ? 1.0 : 3
    let halfWidth = metrics.width(text, .annotation) / 2 + margin
    let halfHeight = metrics.lineHeight(.annotation) / 2
    for share in [0.5, 0.25, 0.75, 0.1, 0.9, 0.35, 0.65] {
      guard line.count >= 4 else { break }
      var place = line[Int(Double(line.count - 1) * share)]
      if metrics.isTerminal {
        place = Point(place.x.rounded(.down) + 0.5, place.y.rounded(.down) + 0.5)
      }
      let box = Rect(
        place.x - halfWidth, place.y - halfHeight, place.x + halfWidth, place.y + halfHeight)
      guard let visible = box.intersection(plot), visible == box,
        !labels.contains(where: { $0.intersection(box) != nil })
      else { continue }
      labels.append(box)
      let label = layout.text(text, place, .middle, .annotation)
      guard !metrics.isTerminal else { return [label] }
      let back = Scene.Item(
        role: .mark, shape: .rectangles([box]), fill: Paint(.background, opacity: 0.85))
      return [back, label]
    }
    return []
  }
}
