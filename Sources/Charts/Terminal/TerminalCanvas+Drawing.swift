extension TerminalCanvas {
  mutating func draw(_ item: Scene.Item, _ palette: Palette) {
    switch (item.shape, item.role) {
    case (.polyline(let points), .xAxis): drawXAxis(points)
    case (.polyline(let points), .yAxis): drawYAxis(points)
    case (.polyline(let points), .xTick):
      set(Int(points[0].x), Int(points[0].y), isASCII ? "+" : "┬", Paint(.axis))
    case (.polyline(let points), .yTick):
      set(Int(points[0].x), Int(points[0].y), isASCII ? "+" : "┤", Paint(.axis))
    case (_, .grid), (_, .minorTick): return
    case (.polyline(let points), _): drawLine(points, item.stroke)
    case (.polygon(let points), _): fillPolygon(points, item)
    case (.rectangles(let rects), .lyingBar): for rect in rects { drawLyingBar(rect, item) }
    case (.rectangles(let rects), _): for rect in rects { drawBar(rect, item) }
    case (.markers(let points, let marker, _), _): drawMarkers(points, marker, item)
    case (.raster(let raster), _): drawRaster(raster, palette)
    case (.text(let text), _): drawText(text, item.fill)
    }
  }

  // MARK: Axes and text

  private mutating func drawXAxis(_ points: [Point]) {
    let (row, start) = (Int(points[0].y), Int(points[0].x))
    for column in start..<max(start, Int(points[1].x)) {
      set(column, row, isASCII ? "-" : "─", Paint(.axis))
    }
    set(start, row, isASCII ? "+" : "└", Paint(.axis))
  }

  private mutating func drawYAxis(_ points: [Point]) {
    let column = Int(points[0].x)
    for row in Int(points[0].y)..<max(Int(points[0].y), Int(points[1].y)) {
      set(column, row, isASCII ? "|" : "│", Paint(.axis))
    }
  }

  private mutating func drawText(_ text: Scene.Text, _ paint: Paint?) {
    let width = Double(text.string.displayWidth)
    let start =
      switch text.anchor {
      case .start: text.place.x.rounded(.down)
      case .middle: (text.place.x - width / 2).rounded()
      case .end: (text.place.x - width).rounded(.down)
      }
    write(text.string, max(0, Int(start)), Int(text.place.y.rounded(.down)), paint)
  }

  // MARK: Lines and points

  /// The dot at a place; the right and the lower border of a plot belong to its last dots.
  private func dot(_ point: Point) -> (x: Int, y: Int) {
    let x = Int((point.x * Double(dotColumns)).rounded(.down))
    let y = Int((point.y * Double(dotRows)).rounded(.down))
    if isPlot(x, y) { return (x, y) }
    if isPlot(x - 1, y) { return (x - 1, y) }
    if isPlot(x, y - 1) { return (x, y - 1) }
    return isPlot(x - 1, y - 1) ? (x - 1, y - 1) : (x, y)
  }

  private func isPlot(_ x: Int, _ y: Int) -> Bool {
    let (column, row) = (x / dotColumns, y / dotRows)
    return x >= 0 && y >= 0 && column < columns && row < rows
      && cells[row * columns + column].isPlot
  }

  /// Where there is no braille.
  private func symbol(_ series: Int?, _ points: [Point] = []) -> Character {
    if let series { return Array("*ox#@%&")[series % 7] }
    guard points.count == 2 else { return "." }
    return points[0].x == points[1].x ? "|" : points[0].y == points[1].y ? "-" : "."
  }

  /// Dots that are drawn, that are not, that are drawn, … along a line.
  private func pattern(_ stroke: Stroke) -> [Int] {
    guard !isASCII else { return [] }
    if stroke.dash == .solid, let series = stroke.series {
      return [[], [4, 2], [1, 2], [5, 2, 1, 2], [2, 2], [1, 3], [3, 2, 1, 2]][variant(series) % 7]
    }
    switch stroke.dash {
    case .solid: return []
    case .dashed: return [4, 2]
    case .dotted: return [1, 2]
    case .dashDot: return [5, 2, 1, 2]
    }
  }

  /// What a series has of its own where colours do not tell it from all others.
  private func variant(_ series: Int) -> Int {
    switch renderer.colors {
    case .none: series
    case .ansi16: series / TerminalWriter.ansi16.any.count
    case .ansi256, .trueColor: 0
    }
  }

  private mutating func drawLine(_ points: [Point], _ stroke: Stroke?) {
    guard let stroke else { return }
    let pattern = pattern(stroke)
    let length = max(1, pattern.reduce(0, +))
    let isDrawn = pattern.enumerated().flatMap { [Bool](repeating: $0 % 2 == 0, count: $1) }
    let symbol = symbol(stroke.series, points)
    var place = 0
    var last: (x: Int, y: Int)?
    for (start, end) in zip(points, points.dropFirst()) {
      let (first, second) = (dot(start), dot(end))
      let steps = max(abs(second.x - first.x), abs(second.y - first.y), 1)
      for step in 0...steps {
        let share = Double(step) / Double(steps)
        let x = first.x + Int((Double(second.x - first.x) * share).rounded())
        let y = first.y + Int((Double(second.y - first.y) * share).rounded())
        if let last, last == (x, y) { continue }
        if isDrawn.isEmpty || isDrawn[place % length] { setDot(x, y, symbol, stroke.paint) }
        place += 1
        last = (x, y)
      }
    }
  }

  private mutating func drawMarkers(_ points: [Point], _ marker: Marker?, _ item: Scene.Item) {
    guard let paint = item.fill, paint.source != .transparent else { return }
    let symbol = symbol(item.stroke?.series)
    guard let marker else {
      for point in points {
        let (x, y) = dot(point)
        setDot(x, y, symbol, paint)
      }
      return
    }
    let character: Character
    switch marker {
    case .circle: character = isASCII ? "o" : "●"
    case .square: character = isASCII ? "#" : "■"
    case .triangle: character = isASCII ? "^" : "▲"
    case .diamond: character = isASCII ? "&" : "◆"
    case .cross: character = isASCII ? "x" : "×"
    case .plus: character = "+"
    case .star: character = isASCII ? "*" : "★"
    }
    for point in points {
      let (x, y) = dot(point)
      set(
        Int((Double(x) / Double(dotColumns)).rounded(.down)),
        Int((Double(y) / Double(dotRows)).rounded(.down)), character, paint)
    }
  }

  // MARK: Areas

  /// Every fourth dot of the area, so that lines stay visible.
  private mutating func fillPolygon(_ points: [Point], _ item: Scene.Item) {
    guard let paint = item.fill, points.count > 2 else { return }
    let top = dot(Point(0, points.map(\.y).min()!)).y
    let bottom = dot(Point(0, points.map(\.y).max()!)).y
    guard top <= bottom else { return }
    let solid = Paint(paint.source)
    for y in max(0, top)...max(0, min(bottom, rows * dotRows - 1)) {
      let middle = (Double(y) + 0.5) / Double(dotRows)
      var crossings: [Double] = []
      for (index, end) in points.enumerated() {
        let start = points[index == 0 ? points.count - 1 : index - 1]
        guard (start.y <= middle) != (end.y <= middle) else { continue }
        crossings.append(start.x + (middle - start.y) / (end.y - start.y) * (end.x - start.x))
      }
      crossings.sort()
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        let first = Int((crossings[pair] * Double(dotColumns)).rounded())
        let last = Int((crossings[pair + 1] * Double(dotColumns)).rounded())
        for x in first..<max(first, last) where isASCII || (x + 2 * y) % 4 == 0 {
          setDot(x, y, ".", solid)
        }
      }
    }
  }

  private mutating func drawBar(_ rect: Rect, _ item: Scene.Item) {
    guard let paint = item.fill.map({ Paint($0.source) }) else { return }
    let first = Int(rect.minX.rounded())
    let last = max(first + 1, Int(rect.maxX.rounded()))
    let series = item.stroke?.series ?? 0
    let full: Character
    if isASCII {
      full = symbolOfBar(series)
    } else {
      full = Array("█▒▓░")[variant(series) % 4]
    }
    for row in Int(rect.minY.rounded(.down))..<max(0, Int(rect.maxY.rounded(.up))) {
      let top = max(0, rect.minY - Double(row))
      let bottom = min(1, rect.maxY - Double(row))
      let eighths = Int(((bottom - top) * 8).rounded())
      let character: Character
      if isASCII || full != "█" {
        // A bar has at least one cell.
        guard eighths >= 4 || rect.height < 0.5 else { continue }
        character = full
      } else if eighths >= 8 {
        character = full
      } else if bottom >= 1 {
        guard eighths > 0 || rect.height < 0.07 else { continue }
        character = Array("▁▂▃▄▅▆▇")[max(1, eighths) - 1]
      } else {
        // The lower end of a bar below 0.
        guard eighths > 0 else { continue }
        character = eighths >= 6 ? full : eighths >= 3 ? "▀" : "▔"
      }
      for column in first..<last { set(column, row, character, paint) }
    }
  }

  private mutating func drawLyingBar(_ rect: Rect, _ item: Scene.Item) {
    guard let paint = item.fill.map({ Paint($0.source) }) else { return }
    let series = item.stroke?.series ?? 0
    let full = isASCII ? symbolOfBar(series) : Array("█▒▓░")[variant(series) % 4]
    let row = Int((rect.minY / 2 + rect.maxY / 2).rounded(.down))
    let last = Int(rect.maxX.rounded(.up))
    for column in Int(rect.minX.rounded(.down))..<max(0, last) {
      let start = max(0, rect.minX - Double(column))
      let end = min(1, rect.maxX - Double(column))
      let eighths = Int(((end - start) * 8).rounded())
      if isASCII || full != "█" {
        guard eighths >= 4 || rect.width < 0.5 else { continue }
        set(column, row, full, paint)
      } else if eighths >= 8 {
        set(column, row, full, paint)
      } else if start == 0 {
        guard eighths > 0 || rect.width < 0.07 else { continue }
        set(column, row, Array("▏▎▍▌▋▊▉")[max(1, eighths) - 1], paint)
      } else {
        // The end of a bar below 0.
        guard eighths > 0 else { continue }
        set(column, row, eighths >= 6 ? full : eighths >= 3 ? "▐" : "▕", paint)
      }
    }
  }

  private func symbolOfBar(_ series: Int) -> Character { Array("#=%:+@o")[series % 7] }

  /// One colour for each half of a cell, or a shade for the whole one.
  private mutating func drawRaster(_ raster: Scene.Raster, _ palette: Palette) {
    guard let first = raster.x.first, let last = raster.x.last,
      let start = raster.y.first, let end = raster.y.last
    else { return }
    let (top, bottom) = (min(start, end), max(start, end))
    let hasHalves = !isASCII && (renderer.colors == .ansi256 || renderer.colors == .trueColor)
    let shades = Array(isASCII ? " .:-=%@" : " ░▒▓█")
    let columnsOfPlaces = (Int(first.rounded())..<max(Int(first.rounded()), Int(last.rounded())))
      .map { ($0, TerminalCanvas.interval(of: Double($0) + 0.5, raster.x)) }
    for row in Int(top.rounded())..<max(Int(top.rounded()), Int(bottom.rounded())) {
      func source(_ y: Double) -> Int? { TerminalCanvas.interval(of: y, raster.y) }
      let (upper, lower) = (source(Double(row) + 0.25), source(Double(row) + 0.75))
      let middle = source(Double(row) + 0.5)
      for (column, interval) in columnsOfPlaces {
        func value(_ source: Int?) -> Double? {
          guard let source, let interval else { return nil }
          let value = raster.values[source * (raster.x.count - 1) + interval]
          return value.isNaN ? nil : value
        }
        if hasHalves {
          let (above, below) = (value(upper), value(lower))
          guard above != nil || below != nil else { continue }
          if let above {
            set(column, row, "▀", Paint(.scale(above)))
            setBackground(column, row, below.map { Paint(.scale($0)) })
          } else {
            set(column, row, "▄", Paint(.scale(below!)))
          }
        } else if let value = value(middle) {
          let shade = min(shades.count - 1, Int(value * Double(shades.count)))
          let paint = renderer.colors == .none ? nil : Paint(.text)
          set(column, row, shades[shade], paint)
        }
      }
    }
  }

  /// The number of the interval between increasing or decreasing edges.
  private static func interval(of place: Double, _ edges: [Double]) -> Int? {
    guard edges.count > 1 else { return nil }
    let isIncreasing = edges[0] < edges[edges.count - 1]
    var (low, high) = (0, edges.count)
    // The first edge at or beyond the place.
    while low < high {
      let middle = (low + high) / 2
      if isIncreasing ? edges[middle] < place : edges[middle] > place {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low > 0 && low < edges.count ? low - 1 : nil
  }
}
