/// A mark with its colour chosen.
struct ResolvedMark {
  let mark: Mark
  let paint: Paint
  /// The place of its colour in the list; nil for marks that need none.
  let series: Int?

  static func resolve(_ panel: Panel) -> [ResolvedMark] {
    // Automatic colours differ from those that are asked for.
    let taken = Set(
      panel.marks.compactMap { mark -> Int? in
        if case .index(let index)? = mark.style.color { place(index) } else { nil }
      })
    var free = (0...).lazy.filter { !taken.contains($0) }.makeIterator()
    let hasHeatMap = panel.marks.contains { $0.geometry.isHeatMap }
    return panel.marks.map { mark in
      switch mark.style.color {
      case .index(let index)?:
        let series = place(index)
        return ResolvedMark(mark: mark, paint: Paint(.series(series)), series: series)
      case .own(let color)?:
        let series = mark.geometry.takesColor ? free.next()! : nil
        return ResolvedMark(mark: mark, paint: Paint(.own(color)), series: series)
      case .muted?: return ResolvedMark(mark: mark, paint: Paint(.axis), series: nil)
      case nil: break
      }
      guard mark.geometry.takesColor, !(hasHeatMap && mark.geometry.isContour) else {
        let source: Paint.Source =
          switch mark.geometry {
          case .contour, .surface, .text: .text
          default: .mutedText
          }
        return ResolvedMark(mark: mark, paint: Paint(source), series: nil)
      }
      let series = free.next()!
      return ResolvedMark(mark: mark, paint: Paint(.series(series)), series: series)
    }
  }

  /// Not negative, so that every number is a place in a list that starts again.
  private static func place(_ index: Int) -> Int {
    let count = Palette.light.series.count
    return (index % count + count) % count
  }

  func stroke(_ paint: Paint? = nil) -> Stroke {
    Stroke(
      paint: paint ?? self.paint, width: mark.style.lineWidth, dash: mark.style.dash,
      series: series)
  }
}

extension Geometry {
  /// Whether it uses up a colour of the list.
  var takesColor: Bool {
    switch self {
    case .line, .points, .bars, .lyingBars, .band, .errorBars, .contour: true
    default: false
    }
  }

  /// Whether it covers the plot with colours.
  var isHeatMap: Bool {
    switch self {
    case .heatMap, .surface: true
    default: false
    }
  }

  var isContour: Bool {
    if case .contour = self { return true }
    return false
  }

  /// The values that are shown as colours.
  var coloredValues: ClosedRange<Double>? {
    switch self {
    case .heatMap(let grid), .surface(let grid): grid.range
    default: nil
    }
  }
}

/// Places of 0 to 1 on the scale of colours.
struct ColorScale: Equatable {
  let range: ClosedRange<Double>

  func place(_ value: Double) -> Double {
    guard value.isFinite else { return .nan }
    let span = range.upperBound / 2 - range.lowerBound / 2
    guard span > 0 else { return 0.5 }
    return max(0, min(1, (value / 2 - range.lowerBound / 2) / span))
  }
}
