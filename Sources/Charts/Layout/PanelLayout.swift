/// The places of all that a panel shows, within a width and about a height.
struct PanelLayout {
  static let bandOpacity = 0.22

  let panel: Panel
  let metrics: LayoutMetrics
  let marks: [ResolvedMark]
  let extents: PanelExtents
  let width: Double
  private let wantedHeight: Double

  /// Between the frame and the plot.
  private(set) var left = 0.0
  private(set) var right = 0.0
  private(set) var plotHeight = 0.0
  private var top = 0.0
  private var bottom = 0.0

  private(set) var titleLines: [String] = []
  private(set) var xLabelLines: [String] = []
  private(set) var yLabelLines: [String] = []
  private(set) var xLabels: XLabels
  private(set) var yTicks = Ticks(values: [], labels: [])
  private(set) var colorTicks = Ticks(values: [], labels: [])
  private(set) var keyLines: [String] = []
  private(set) var legend: LegendLayout

  /// The height of the plot is at least so much that the panel has the wanted height.
  init(_ panel: Panel, width: Double, height: Double, _ metrics: LayoutMetrics) {
    (self.panel, self.width, wantedHeight, self.metrics) = (panel, width, height, metrics)
    marks = ResolvedMark.resolve(panel)
    extents = PanelExtents(panel)
    legend = LegendLayout(panel.legend == .hidden ? [] : marks, width: width, metrics)
    let scale = Scale(extents.xDomain, isLog: panel.xAxis.scale == .log, from: 0, to: width)
    xLabels = XLabels(panel.xAxis, scale, frame: 0...width, metrics)
    fit()
  }

  var height: Double { top + plotHeight + bottom }

  /// A narrow terminal has no room for these.
  private var hasAxisLabels: Bool { !metrics.isTerminal || width >= 20 }
  var hasColorBar: Bool {
    extents.colors != nil && (metrics.isTerminal ? width >= 30 : width >= 160)
  }
  /// Whether an axis has values at all.
  var hasXTicks: Bool { !extents.x.isEmpty || panel.xAxis.limits != nil || panel.xAxis.hasNames }
  var hasYTicks: Bool { !extents.y.isEmpty || panel.yAxis.limits != nil || panel.yAxis.hasNames }

  /// The plot, if the frame starts at 0, 0.
  var plot: Rect { Rect(left, top, width - right, top + plotHeight) }

  var xScale: Scale {
    Scale(extents.xDomain, isLog: panel.xAxis.scale == .log, from: plot.minX, to: plot.maxX)
  }
  var yScale: Scale {
    Scale(extents.yDomain, isLog: panel.yAxis.scale == .log, from: plot.maxY, to: plot.minY)
  }

  /// Distances between the frame and the plot.
  struct Insets {
    var left = 0.0
    var right = 0.0
    var top = 0.0
    var bottom = 0.0

    func union(_ other: Insets) -> Insets {
      Insets(
        left: max(left, other.left), right: max(right, other.right), top: max(top, other.top),
        bottom: max(bottom, other.bottom))
    }
  }

  var insets: Insets { Insets(left: left, right: right, top: top, bottom: bottom) }

  /// What bars that lie need; nil without any.
  private var heightOfLyingBars: Double? {
    let marks = extents.lyingSlots.count
    guard marks > 0 else { return nil }
    let domain = extents.yDomain
    let names = max(1, (domain.upperBound - domain.lowerBound).rounded())
    guard case .category = panel.yAxis.scale, names < 10_000 else { return nil }
    guard metrics.isTerminal else { return names * (Double(marks) * 12 + 10) }
    // A row between the names, where that does not make the panel much too high.
    let rows = Double(marks) * names
    return rows + names <= 48 ? rows + names : rows
  }

  /// Computes all places anew with at least these insets.
  mutating func fit(_ smallest: Insets = Insets()) {
    let fixed = heightOfLyingBars
    plotHeight = max(metrics.smallestPlot.height, fixed ?? wantedHeight * 0.7)
    if metrics.isTerminal { plotHeight = plotHeight.rounded() }
    var smallest = smallest
    // The width of labels depends on the height and the height on labels.
    for _ in 0..<6 {
      fitSides(smallest)
      fitTopAndBottom(smallest)
      let next = max(metrics.smallestPlot.height, fixed ?? wantedHeight - top - bottom)
      let isWhole = xLabels.shortfall <= 0 || left > width / 3
      if next == plotHeight, isWhole { break }
      if !isWhole { smallest.left = left + xLabels.shortfall + 1 }
      plotHeight = next
    }
    let used = left
    fitSides(smallest)
    left = max(left, used)
    fitTopAndBottom(smallest)
  }

  private mutating func fitSides(_ smallest: Insets) {
    let line = metrics.lineHeight(.axisLabel)
    let most = width * (metrics.isTerminal ? 0.4 : 0.36)
    yTicks = hasYTicks ? findYTicks(longest: most) : Ticks(values: [], labels: [])
    var labelWidth = yTicks.labels.map { metrics.width($0, .tickLabel) }.max() ?? 0
    if labelWidth > most {
      yTicks.labels = []
      labelWidth = 0
    }
    yLabelLines =
      metrics.isTerminal || panel.yAxis.label.isEmpty
      ? [] : metrics.wrap(panel.yAxis.label, .axisLabel, width: plotHeight)
    left =
      Double(yLabelLines.count) * line + (yLabelLines.isEmpty ? 0 : metrics.gap) + labelWidth
      + (labelWidth > 0 ? metrics.gap : 0) + metrics.tickLength + metrics.axisThickness
    right = metrics.isTerminal ? 0 : 10
    if let colors = extents.colors, hasColorBar {
      colorTicks =
        colors.range.lowerBound < colors.range.upperBound
        ? LinearTicks(colors.range, atMost: yTickCount).ticks
        : Ticks(
          values: [colors.range.lowerBound], labels: [shortText(colors.range.lowerBound)])
      let longest = colorTicks.labels.map { metrics.width($0, .tickLabel) }.max() ?? 0
      right = (metrics.isTerminal ? 2 : 22) + metrics.colorBarWidth + longest
      if !metrics.isTerminal { right += metrics.tickLength }
    }
    let room = max(0, width - metrics.smallestPlot.width)
    left = min(max(left, smallest.left), room)
    right = min(max(right, smallest.right), max(0, room - left))
  }

  private mutating func fitTopAndBottom(_ smallest: Insets) {
    let plotWidth = width - left - right
    titleLines = metrics.wrap(panel.title, .panelTitle, width: width - titleStart)
    top = Double(titleLines.count) * metrics.lineHeight(.panelTitle)
    if !metrics.isTerminal { top += 6 }
    if metrics.isTerminal, hasAxisLabels {
      yLabelLines = metrics.wrap(panel.yAxis.label, .axisLabel, width: width)
      top += Double(yLabelLines.count)
    }
    let scale = Scale(
      extents.xDomain, isLog: panel.xAxis.scale == .log, from: left, to: left + plotWidth)
    xLabels = XLabels(panel.xAxis, scale, frame: 0...width, metrics)
    let middle = left + plotWidth / 2
    let labelWidth = 2 * min(middle, width - middle)
    xLabelLines =
      hasAxisLabels ? metrics.wrap(panel.xAxis.label, .axisLabel, width: labelWidth) : []
    keyLines = flow(xLabels.key)
    bottom = metrics.axisThickness + metrics.tickLength
    if hasXTicks, !xLabels.labels.isEmpty { bottom += metrics.gap / 2 + xLabels.height }
    bottom += Double(keyLines.count) * metrics.lineHeight(.tickLabel)
    bottom += Double(xLabelLines.count) * metrics.lineHeight(.axisLabel)
    if !xLabelLines.isEmpty { bottom += metrics.gap / 2 }
    bottom += legend.height
    if !legend.rows.isEmpty { bottom += metrics.gap }
    top = max(top, smallest.top)
    bottom = max(bottom, smallest.bottom)
  }

  /// Where titles start.
  var titleStart: Double { metrics.isTerminal ? 0 : left }

  private var yTickCount: Int {
    let fewest = plotHeight / metrics.lineHeight(.tickLabel) >= 5 ? 3 : 2
    return max(fewest, min(11, Int(plotHeight / metrics.rowSpacing)))
  }

  private func findYTicks(longest: Double) -> Ticks {
    let scale = Scale(
      extents.yDomain, isLog: panel.yAxis.scale == .log, from: plotHeight, to: 0)
    guard case .category(let names) = panel.yAxis.scale else {
      return Ticks.of(scale, atMost: yTickCount)
    }
    let values = names.indices.map(Double.init).filter(scale.domain.contains)
    let spacing = abs(scale.place(1) - scale.place(0))
    let step = max(1, Int((metrics.lineHeight(.tickLabel) / max(spacing, 1e-9)).rounded(.up)))
    let shown = values.enumerated().filter { $0.offset % step == 0 }.map(\.element)
    return Ticks(
      values: shown,
      labels: shown.map { metrics.shortened(names[Int($0)], .tickLabel, width: longest) })
  }

  /// Texts one after the other in lines of the panel's width.
  private func flow(_ texts: [String]) -> [String] {
    var lines: [String] = []
    for text in texts {
      if let line = lines.last, metrics.width(line + "  " + text, .tickLabel) <= width {
        lines[lines.count - 1] = line + "  " + text
      } else {
        lines += metrics.wrap(text, .tickLabel, width: width)
      }
    }
    return lines
  }
}

extension Axis {
  var hasNames: Bool {
    if case .category(let names) = scale { return !names.isEmpty }
    return false
  }
}
