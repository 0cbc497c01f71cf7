import Platform

/// What the axes of a panel must show.
struct PanelExtents {
  private(set) var x = Extent()
  private(set) var y = Extent()
  private(set) var colors: ColorScale?
  /// Of bars without edges: see `BarSlots`.
  let slots: BarSlots
  /// The same of bars that lie.
  let lyingSlots: BarSlots
  private var xMargins = true
  /// The base of bars, where the axis ends without a margin.
  private var hasBase = false
  private var hasXBase = false
  private let panel: Panel

  init(_ panel: Panel) {
    self.panel = panel
    slots = BarSlots(panel, areLying: false)
    lyingSlots = BarSlots(panel, areLying: true)
    for mark in panel.marks { include(mark) }
    let ranges = panel.marks.compactMap(\.geometry.coloredValues)
    if let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() {
      colors = ColorScale(range: low...high)
    }
  }

  var xDomain: ClosedRange<Double> {
    let (low, high) =
      xMargins ? (!(hasXBase && x.low == 0), !(hasXBase && x.high == 0)) : (false, false)
    return x.domain(of: panel.xAxis, margins: (low, high))
  }

  var yDomain: ClosedRange<Double> {
    let (low, high) =
      xMargins || hasBase ? (!(hasBase && y.low == 0), !(hasBase && y.high == 0)) : (false, false)
    return y.domain(of: panel.yAxis, margins: (low, high))
  }

  private mutating func include(_ mark: Mark) {
    let (logX, logY) = (panel.xAxis.scale == .log, panel.yAxis.scale == .log)
    @inline(__always)
    func accepts(_ value: Double, _ isLog: Bool) -> Bool { value.isFinite && (!isLog || value > 0) }
    switch mark.geometry {
    case .line(let xs, let ys), .points(let xs, let ys), .text(_, let xs, let ys, _):
      for index in xs.indices where accepts(xs[index], logX) && accepts(ys[index], logY) {
        x.include(xs[index])
        y.include(ys[index])
      }
    case .bars(let xs, let heights, let edges, let errors):
      for index in xs.indices where accepts(xs[index], logX) && accepts(heights[index], logY) {
        let ends = edges.map { ($0[index], $0[index + 1]) } ?? slots.ends(at: xs[index])
        for end in [ends.0, ends.1] where accepts(end, logX) { x.include(end) }
        y.include(logY ? heights[index] / 2 : 0)
        y.include(heights[index])
        if let ends = errors?.ends(heights[index], index) {
          for end in [ends.low, ends.high] where accepts(end, logY) { y.include(end) }
        }
        hasBase = hasBase || !logY
        if edges == nil { xMargins = false }
      }
    case .lyingBars(let ys, let lengths, let errors):
      for index in ys.indices where accepts(ys[index], logY) && accepts(lengths[index], logX) {
        let ends = lyingSlots.ends(at: ys[index])
        for end in [ends.0, ends.1] where accepts(end, logY) { y.include(end) }
        x.include(logX ? lengths[index] / 2 : 0)
        x.include(lengths[index])
        if let ends = errors?.ends(lengths[index], index) {
          for end in [ends.low, ends.high] where accepts(end, logX) { x.include(end) }
        }
        hasXBase = hasXBase || !logX
      }
    case .band(let xs, let low, let high):
      for index in xs.indices where accepts(xs[index], logX) && accepts(high[index], logY) {
        guard low[index].isFinite else { continue }
        x.include(xs[index])
        for end in [low[index], high[index]] where accepts(end, logY) { y.include(end) }
      }
    case .errorBars(let xs, let ys, let errors):
      for index in xs.indices where accepts(xs[index], logX) && accepts(ys[index], logY) {
        let ends = errors.ends(ys[index], index)
        x.include(xs[index])
        for value in [ends.low, ys[index], ends.high] where accepts(value, logY) {
          y.include(value)
        }
      }
    case .heatMap(let grid), .surface(let grid), .contour(let grid, _):
      guard grid.range != nil else { return }
      xMargins = false
      let isContour = !mark.geometry.isHeatMap
      let xs = isContour ? grid.x : Grid.edges(around: grid.x, isLog: logX)
      let ys = isContour ? grid.y : Grid.edges(around: grid.y, isLog: logY)
      for value in xs where accepts(value, logX) { x.include(value) }
      for value in ys where accepts(value, logY) { y.include(value) }
    case .verticalRule(let value): if accepts(value, logX) { x.include(value) }
    case .horizontalRule(let value): if accepts(value, logY) { y.include(value) }
    }
  }
}

/// The places of bars that have no edges: the marks of a panel share 80 % of the smallest distance
/// between two positions.
struct BarSlots {
  /// A difference, or on a log axis a ratio.
  private let spacing: Double
  private let isLog: Bool
  let count: Int

  init(_ panel: Panel, areLying: Bool) {
    let axis = areLying ? panel.yAxis : panel.xAxis
    isLog = axis.scale == .log
    var positions: [Double] = []
    var count = 0
    for mark in panel.marks {
      switch mark.geometry {
      case .bars(let x, _, nil, _) where !areLying: positions += x.filter(\.isFinite)
      case .lyingBars(let y, _, _) where areLying: positions += y.filter(\.isFinite)
      default: continue
      }
      count += 1
    }
    self.count = count
    let sorted = Array(Set(positions.filter { [isLog] in !isLog || $0 > 0 })).sorted()
    let spacings = zip(sorted, sorted.dropFirst()).map { [isLog] in isLog ? $1 / $0 : $1 - $0 }
    if case .category = axis.scale {
      spacing = 1
    } else {
      let smallest = spacings.min() ?? (isLog ? 10 : max(1, abs(sorted.first ?? 0) / 10))
      spacing = min(smallest, .greatestFiniteMagnitude)
    }
  }

  /// The ends of a whole slot.
  func ends(at x: Double) -> (Double, Double) { (place(x, -0.5), place(x, 0.5)) }

  /// The ends of the bar of the mark with a number among those without edges.
  func ends(at x: Double, mark: Int) -> (Double, Double) {
    let width = 0.8 / Double(max(1, count))
    let start = -0.4 + width * Double(mark)
    return (place(x, start), place(x, start + width))
  }

  private func place(_ x: Double, _ share: Double) -> Double {
    isLog ? x * pow(spacing, share) : x + spacing * share
  }
}
