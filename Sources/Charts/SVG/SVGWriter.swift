/// The elements of a scene.
struct SVGWriter {
  private var body = ""
  private var rules = SVGRules()

  static func text(of scene: Scene, _ chart: Chart) -> String {
    var writer = SVGWriter()
    let (width, height) = (coordinateText(scene.width), coordinateText(scene.height))
    let background = writer.look(Paint(.background))
    for item in scene.items { writer.add(item) }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      width="\(width)" height="\(height)" role="img" aria-label="\(escaped(label(of: chart)))" \
      class="lai-chart lai-\(chart.theme.rawValue)" style="max-width:100%;height:auto">
      <style>
      \(writer.rules.text(chart.theme))</style>
      <rect width="\(width)" height="\(height)"\(background)/>
      \(writer.body)</svg>

      """
  }

  /// For readers who do not see the picture.
  private static func label(of chart: Chart) -> String {
    let title = cleaned(chart.title)
    if !title.isEmpty { return title }
    let titles = chart.panels.map { panel in
      if !panel.title.isEmpty { return panel.title }
      let (x, y) = (panel.xAxis.label, panel.yAxis.label)
      return x.isEmpty || y.isEmpty ? x + y : "\(y) over \(x)"
    }.filter { !$0.isEmpty }
    return titles.isEmpty ? "chart" : cleaned(titles.joined(separator: "; "))
  }

  private mutating func add(_ item: Scene.Item) {
    switch item.shape {
    case .polyline(let points):
      let isLine = item.role != .mark
      let edges = isLine ? " shape-rendering=\"crispEdges\"" : ""
      element("path", "d=\"\(SVGWriter.path(points))\"" + look(nil, item.stroke) + edges)
    case .polygon(let points):
      element("path", "d=\"\(SVGWriter.path(points))Z\"" + look(item.fill))
    case .rectangles(let rects):
      guard !rects.isEmpty else { return }
      body += "<g\(look(item.fill, item.stroke))>\n"
      for (index, rect) in rects.enumerated() {
        element("rect", SVGWriter.attributes(rect), tooltip(item, index))
      }
      body += "</g>\n"
    case .markers(let points, let marker, let radius):
      let marker = marker ?? .circle
      let isLine = marker == .cross || marker == .plus
      let stroke = item.fill.map { Stroke(paint: $0, width: 1.6) }
      // A colour of its own may be that of the background.
      var outline: Stroke?
      if case .own? = item.fill?.source { outline = Stroke(paint: Paint(.text), width: 0.75) }
      body += "<g\(isLine ? look(nil, stroke) : look(item.fill, outline))>\n"
      for (index, point) in points.enumerated() {
        let (name, attributes) = SVGWriter.marker(marker, point, radius)
        element(name, attributes, tooltip(item, index))
      }
      body += "</g>\n"
    case .raster(let raster): add(raster)
    case .text(let text): add(text, item.fill ?? Paint(.text))
    }
  }

  private mutating func element(_ name: String, _ attributes: String, _ title: String? = nil) {
    if let title {
      body += "<\(name) \(attributes)><title>\(escaped(title))</title></\(name)>\n"
    } else {
      body += "<\(name) \(attributes)/>\n"
    }
  }

  private func tooltip(_ item: Scene.Item, _ index: Int) -> String? {
    item.tooltips.isEmpty || item.tooltips[index].isEmpty ? nil : item.tooltips[index]
  }

  /// The attributes that say how an item is drawn.
  private mutating func look(_ fill: Paint?, _ stroke: Stroke? = nil) -> String {
    let colors = rules.attributes(fill: fill, stroke: stroke?.paint)
    guard let stroke else { return colors }
    let dash =
      switch stroke.dash {
      case .solid: ""
      case .dashed: " stroke-dasharray=\"6 4\""
      case .dotted: " stroke-dasharray=\"1.5 3\""
      case .dashDot: " stroke-dasharray=\"7 3 1.5 3\""
      }
    return colors + " stroke-width=\"\(coordinateText(stroke.width))\" stroke-linejoin=\"round\""
      + dash
  }

  private mutating func add(_ text: Scene.Text, _ paint: Paint) {
    let size = text.role.fontSize
    let (x, y) = (coordinateText(text.place.x), coordinateText(text.place.y))
    var attributes = "x=\"\(x)\" y=\"\(coordinateText(text.place.y + 0.35 * size))\""
    attributes += " font-size=\"\(coordinateText(size))\"" + look(paint)
    if text.anchor != .start { attributes += " text-anchor=\"\(text.anchor.rawValue)\"" }
    if text.angle != 0 {
      attributes += " transform=\"rotate(-\(coordinateText(text.angle)) \(x) \(y))\""
    }
    let whole = text.whole.map { "<title>\(escaped($0))</title>" } ?? ""
    body += "<text \(attributes)>\(whole)\(escaped(text.string))</text>\n"
  }

  /// Neighbours of equal colour share an element.
  private mutating func add(_ raster: Scene.Raster) {
    body += "<g shape-rendering=\"crispEdges\">\n"
    let columns = raster.x.count - 1
    for row in 0..<max(0, raster.y.count - 1) {
      var start = 0
      while start < columns {
        let value = raster.values[row * columns + start]
        let color = value.isNaN ? nil : Palette.scale(value)
        var end = start + 1
        while end < columns {
          let next = raster.values[row * columns + end]
          guard color == (next.isNaN ? nil : Palette.scale(next)) else { break }
          end += 1
        }
        if let color {
          let (y0, y1) = (raster.y[row], raster.y[row + 1])
          let rect = Rect(raster.x[start], min(y0, y1), raster.x[end], max(y0, y1))
          element("rect", SVGWriter.attributes(rect) + " fill=\"\(color.hex)\"")
        }
        start = end
      }
    }
    body += "</g>\n"
  }
}

extension SVGWriter {
  static func path(_ points: [Point]) -> String {
    var path = ""
    for (index, point) in points.enumerated() {
      path += (index == 0 ? "M" : "L") + coordinateText(point.x) + " " + coordinateText(point.y)
    }
    return path
  }

  /// Sizes follow from rounded corners, so that neighbours touch.
  static func attributes(_ rect: Rect) -> String {
    func hundredths(_ value: Double) -> Int { Int((value * 100).rounded()) }
    func text(_ hundredths: Int) -> String { Decimal(hundredths, exponent: -2).shortest }
    let (x, y) = (hundredths(rect.minX), hundredths(rect.minY))
    return "x=\"\(text(x))\" y=\"\(text(y))\" width=\"\(text(hundredths(rect.maxX) - x))\" "
      + "height=\"\(text(hundredths(rect.maxY) - y))\""
  }

  static func marker(
    _ marker: Marker, _ point: Point, _ radius: Double
  ) -> (name: String, attributes: String) {
    if marker == .circle {
      return (
        "circle",
        "cx=\"\(coordinateText(point.x))\" cy=\"\(coordinateText(point.y))\" "
          + "r=\"\(coordinateText(radius))\""
      )
    }
    let path = marker.outlines(around: point, radius: radius).map {
      SVGWriter.path($0) + (marker == .cross || marker == .plus ? "" : "Z")
    }.joined()
    return ("path", "d=\"\(path)\"")
  }
}

extension Marker {
  /// Closed polygons, or for a cross and a plus lines.
  func outlines(around centre: Point, radius: Double) -> [[Point]] {
    func polygon(_ corners: [(Double, Double)]) -> [Point] {
      corners.map { centre.moved($0.0 * radius, $0.1 * radius) }
    }
    switch self {
    case .circle:
      // For renderers without circles.
      return [
        polygon([
          (1, 0), (0.81, 0.59), (0.31, 0.95), (-0.31, 0.95), (-0.81, 0.59), (-1, 0),
          (-0.81, -0.59), (-0.31, -0.95), (0.31, -0.95), (0.81, -0.59),
        ])
      ]
    case .square: return [polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])]
    case .triangle: return [polygon([(0, -1.15), (1.05, 0.75), (-1.05, 0.75)])]
    case .diamond: return [polygon([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])]
    case .cross: return [polygon([(-1, -1), (1, 1)]), polygon([(-1, 1), (1, -1)])]
    case .plus: return [polygon([(-1.2, 0), (1.2, 0)]), polygon([(0, -1.2), (0, 1.2)])]
    case .star:
      return [
        polygon([
          (0, -1.6), (0.38, -0.52), (1.52, -0.49), (0.61, 0.2), (0.94, 1.29), (0, 0.64),
          (-0.94, 1.29), (-0.61, 0.2), (-1.52, -0.49), (-0.38, -0.52),
        ])
      ]
    }
  }
}

/// Text of XML. Characters that XML does not allow become U+FFFD.
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n": result.unicodeScalars.append(scalar)
    case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{fffe}"..."\u{ffff}": result += "\u{fffd}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
