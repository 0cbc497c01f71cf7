extension PanelLayout {
  /// Everything but the marks and what is behind them, if the frame starts at 0, 0.
  func axisItems() -> [Scene.Item] {
    var items = lines() + yLabelItems() + xLabelItems()
    for (index, line) in titleLines.enumerated() {
      let y = (Double(index) + 0.5) * metrics.lineHeight(.panelTitle)
      items.append(text(line, Point(titleStart, y), .start, .panelTitle))
    }
    if hasColorBar { items += colorBarItems() }
    return items
  }

  /// Lines at the ticks, behind the marks.
  func gridItems() -> [Scene.Item] {
    guard !metrics.isTerminal,
      extents.colors == nil || panel.marks.allSatisfy({ !$0.geometry.isHeatMap })
    else { return [] }
    var items: [Scene.Item] = []
    func add(_ start: Point, _ end: Point) {
      items.append(
        Scene.Item(
          role: .grid, shape: .polyline([start, end]), stroke: Stroke(paint: Paint(.grid), width: 1)
        ))
    }
    if hasXTicks, !panel.xAxis.hasNames {
      for value in xLabels.ticks {
        let x = xScale.place(value)
        add(Point(x, plot.minY), Point(x, plot.maxY))
      }
    }
    for value in yTicks.values where extents.lyingSlots.count == 0 {
      let y = yScale.place(value)
      add(Point(plot.minX, y), Point(plot.maxX, y))
    }
    return items
  }

  private func lines() -> [Scene.Item] {
    var items: [Scene.Item] = []
    func add(_ role: Scene.Role, _ start: Point, _ end: Point) {
      items.append(
        Scene.Item(
          role: role, shape: .polyline([start, end]), stroke: Stroke(paint: Paint(.axis), width: 1))
      )
    }
    let half = metrics.axisThickness / 2
    let (x, y) = (plot.minX - half, plot.maxY + half)
    add(.yAxis, Point(x, plot.minY), Point(x, y))
    add(.xAxis, Point(x, y), Point(plot.maxX, y))
    for value in hasXTicks ? xLabels.ticks : [] {
      let place = xTickPlace(value)
      add(.xTick, Point(place, y), Point(place, y + metrics.tickLength))
    }
    for value in yTicks.values {
      let place = labelRow(yScale.place(value))
      add(.yTick, Point(x, place), Point(x - metrics.tickLength, place))
    }
    guard !metrics.isTerminal else { return items }
    for value in hasXTicks ? xLabels.minor : [] {
      let place = xScale.place(value)
      add(.minorTick, Point(place, y), Point(place, y + metrics.tickLength / 2))
    }
    for value in yTicks.minor {
      let place = yScale.place(value)
      add(.minorTick, Point(x, place), Point(x - metrics.tickLength / 2, place))
    }
    return items
  }

  private func yLabelItems() -> [Scene.Item] {
    let line = metrics.lineHeight(.axisLabel)
    var items: [Scene.Item] = []
    for (index, text) in yLabelLines.enumerated() {
      let place =
        metrics.isTerminal
        ? Point(0, Double(titleLines.count + index) + 0.5)
        : Point((Double(index) + 0.5) * line, plot.minY + plot.height / 2)
      items.append(
        self.text(
          text, place, metrics.isTerminal ? .start : .middle, .axisLabel,
          angle: metrics.isTerminal ? 0 : 90))
    }
    let x = plot.minX - metrics.axisThickness - metrics.tickLength - metrics.gap
    for (value, label) in zip(yTicks.values, yTicks.labels) {
      var whole: String?
      if case .category(let names) = panel.yAxis.scale, cleaned(names[Int(value)]) != label {
        whole = names[Int(value)]
      }
      let place = Point(x, labelRow(yScale.place(value)))
      items.append(text(label, place, .end, .tickLabel, whole: whole))
    }
    return items
  }

  /// Within the plot, so that the label of its lower end is not beside the x axis.
  private func labelRow(_ place: Double) -> Double {
    metrics.isTerminal ? min(max(place.rounded(.down), plot.minY), plot.maxY - 1) + 0.5 : place
  }

  private func xTickPlace(_ value: Double) -> Double {
    let place = xScale.place(value)
    return metrics.isTerminal ? min(place, plot.maxX - 0.5) : place
  }

  private func xLabelItems() -> [Scene.Item] {
    var items: [Scene.Item] = []
    var y = plot.maxY + metrics.axisThickness + metrics.tickLength
    if hasXTicks, !xLabels.labels.isEmpty {
      y += metrics.gap / 2
      let line = metrics.lineHeight(.tickLabel)
      for label in xLabels.labels {
        for (index, string) in label.lines.enumerated() {
          let isSlanted = xLabels.angle != 0
          let place = Point(
            label.place, y + (isSlanted ? line * 0.4 : (Double(index) + 0.5) * line))
          items.append(
            text(
              string, place, isSlanted ? .end : .middle, .tickLabel, angle: xLabels.angle,
              whole: label.whole))
        }
      }
      y += xLabels.height
    }
    for line in keyLines {
      items.append(text(line, Point(0, y + 0.5), .start, .tickLabel))
      y += metrics.lineHeight(.tickLabel)
    }
    if !xLabelLines.isEmpty { y += metrics.gap / 2 }
    for line in xLabelLines {
      y += metrics.lineHeight(.axisLabel)
      let place = Point(plot.minX + plot.width / 2, y - metrics.lineHeight(.axisLabel) / 2)
      items.append(text(line, place, .middle, .axisLabel))
    }
    if !legend.rows.isEmpty { y += metrics.gap }
    let start = metrics.isTerminal ? 0 : min(plot.minX, max(0, width - legend.width))
    return items + legend.items(at: Point(start, y))
  }

  private func colorBarItems() -> [Scene.Item] {
    guard let colors = extents.colors else { return [] }
    let x = plot.maxX + (metrics.isTerminal ? 1 : 12)
    let bar = Rect(x, plot.minY, x + metrics.colorBarWidth, plot.maxY)
    let steps = metrics.isTerminal ? max(1, Int(plot.height) * 2) : 64
    let edges = (0...steps).map { bar.maxY - bar.height * Double($0) / Double(steps) }
    let values = (0..<steps).map { steps > 1 ? Double($0) / Double(steps - 1) : 0.5 }
    var items = [
      Scene.Item(
        role: .mark, shape: .raster(.init(x: [bar.minX, bar.maxX], y: edges, values: values)))
    ]
    for (value, label) in zip(colorTicks.values, colorTicks.labels) {
      let y = bar.maxY - bar.height * colors.place(value)
      let textX = bar.maxX + (metrics.isTerminal ? 1 : metrics.tickLength + 4)
      items.append(text(label, Point(textX, labelRow(y)), .start, .tickLabel))
      guard !metrics.isTerminal else { continue }
      items.append(
        Scene.Item(
          role: .minorTick,
          shape: .polyline([Point(bar.maxX, y), Point(bar.maxX + metrics.tickLength, y)]),
          stroke: Stroke(paint: Paint(.axis), width: 1)))
    }
    return items
  }

  func text(
    _ string: String, _ place: Point, _ anchor: Mark.Anchor, _ role: TextRole, angle: Double = 0,
    whole: String? = nil
  ) -> Scene.Item {
    let isMuted = role == .tickLabel
    return Scene.Item(
      role: .label,
      shape: .text(
        .init(
          string: string, place: place, anchor: anchor, role: role, angle: angle, whole: whole)),
      fill: Paint(isMuted ? .mutedText : .text))
  }
}
