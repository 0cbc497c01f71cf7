/// Commands that paint a scene. Data are in files of their own; texts are in single quotes, within
/// which gnuplot replaces nothing.
struct GnuplotScript {
  /// By name, within the folder.
  private(set) var files: [(name: String, text: String)] = []
  private(set) var text = ""
  private let folder: String
  private let scale: Double
  private var plots: [String] = []
  private(set) var palette = Palette.light

  init(folder: String, scale: Double) {
    self.folder = folder
    self.scale = max(0.5, min(8, scale))
  }

  mutating func write(
    _ scene: Scene, _ palette: Palette, _ format: GnuplotRenderer.Format, to output: String
  ) {
    self.palette = palette
    setTerminal(scene, format)
    text += "set output \(quoted(output))\nset encoding utf8\nset multiplot\n"
    text +=
      "set margins 0,0,0,0\nset origin 0,0\nset size 1,1\nunset border\nunset tics\nunset key\n"
    text += "unset colorbox\nset xrange [0:\(scene.width)]\nset yrange [\(scene.height):0]\n"
    text += "set object 1 rectangle from graph 0,0 to graph 1,1 behind fillstyle solid noborder "
    text += "fillcolor rgb '\(palette.background.hex)'\n"
    let replaced = scene.surfaces.map(\.items)
    for (index, item) in scene.items.enumerated()
    where !replaced.contains(where: { $0.contains(index) }) { add(item) }
    // A plot of nothing shows the labels.
    text += "plot \((plots.isEmpty ? ["NaN notitle"] : plots).joined(separator: ", \\\n  "))\n"
    for surface in scene.surfaces { add(surface, scene) }
    text += "unset multiplot\nset output\n"
  }

  /// The terminal of Cairo, if there is one.
  private mutating func setTerminal(_ scene: Scene, _ format: GnuplotRenderer.Format) {
    func has(_ name: String) -> String { "strstrt(' '.GPVAL_TERMINALS.' ', ' \(name) ') > 0" }
    let font = "font 'DejaVu Sans,12'"
    switch format {
    case .png:
      let size =
        "size \(Int((scene.width * scale).rounded())),\(Int((scene.height * scale).rounded()))"
      // 12 points are 16 pixels, and fonts are given in pixels of CSS.
      text += """
        if (\(has("pngcairo"))) {
        set terminal pngcairo \(size) fontscale \(scale * 0.75) linewidth \(scale) dashlength 3 rounded \
        \(font) noenhanced
        } else { if (\(has("png"))) {
        set terminal png truecolor \(size) fontscale \(scale * 0.75) linewidth \(scale) dashlength 3 rounded \
        noenhanced
        } else {
        exit error 'this gnuplot has no terminal for PNG files'
        }}

        """
    case .pdf:
      let size = "size \(scene.width / 96)in,\(scene.height / 96)in"
      text += """
        if (\(has("pdfcairo"))) {
        set terminal pdfcairo \(size) fontscale 0.75 linewidth 1 dashlength 3 rounded \(font) noenhanced
        } else {
        exit error 'this gnuplot has no terminal for PDF files (pdfcairo)'
        }

        """
    }
  }

  mutating func append(_ commands: String) { text += commands }

  // MARK: Items

  private mutating func add(_ item: Scene.Item) {
    switch item.shape {
    case .polyline(let points):
      guard let stroke = item.stroke else { return }
      plot(lines(points), "with lines \(line(stroke))")
    case .polygon(let points):
      guard let paint = item.fill else { return }
      plot(lines(points), "with filledcurves closed \(fill(paint))")
    case .rectangles(let rects):
      guard let paint = item.fill, !rects.isEmpty else { return }
      let rows = rects.map { "\($0.minX) \($0.minY) \($0.minX) \($0.maxX) \($0.minY) \($0.maxY)\n" }
      plot(rows.joined(), "using 1:2:3:4:5:6 with boxxyerror \(fill(paint))")
    case .markers(let points, let marker, let radius):
      guard let paint = item.fill, paint.source != .transparent else { return }
      add(points, marker ?? .circle, radius, paint)
    case .raster(let raster):
      var rows = ""
      let columns = raster.x.count - 1
      for row in 0..<max(0, raster.y.count - 1) {
        for column in 0..<columns {
          let value = raster.values[row * columns + column]
          guard !value.isNaN else { continue }
          let color = Palette.scale(value)
          let number = Int(color.red) << 16 | Int(color.green) << 8 | Int(color.blue)
          let (x, y) = (raster.x[column], raster.y[row])
          rows += "\(x) \(y) \(x) \(raster.x[column + 1]) \(y) \(raster.y[row + 1]) \(number)\n"
        }
      }
      guard !rows.isEmpty else { return }
      // The border closes the seams between neighbours.
      let style = "linewidth 0.5 linecolor rgb variable fillstyle solid"
      plot(rows, "using 1:2:3:4:5:6:7 with boxxyerror \(style)")
    case .text(let string): add(string, item.fill ?? Paint(.text))
    }
  }

  private mutating func add(_ points: [Point], _ marker: Marker, _ radius: Double, _ paint: Paint) {
    switch marker {
    case .circle:
      let rows = points.map { "\($0.x) \($0.y) \(radius)\n" }.joined()
      plot(rows, "using 1:2:3 with circles \(fill(paint))")
    case .cross, .plus:
      let rows = points.flatMap { $0.outlines(marker, radius) }.map { lines($0) }
      plot(rows.joined(separator: "\n"), "with lines \(line(Stroke(paint: paint, width: 1.6)))")
    default:
      let rows = points.flatMap { $0.outlines(marker, radius) }.map { lines($0 + $0.prefix(1)) }
      plot(rows.joined(separator: "\n"), "with filledcurves closed \(fill(paint))")
      if case .own = paint.source {
        let outline = Stroke(paint: Paint(.text), width: 0.75)
        plot(rows.joined(separator: "\n"), "with lines \(line(outline))")
      }
    }
  }

  private mutating func add(_ string: Scene.Text, _ paint: Paint) {
    let anchor =
      switch string.anchor {
      case .start: "left"
      case .middle: "center"
      case .end: "right"
      }
    text += "set label \(quoted(string.string)) at first \(string.place.x),\(string.place.y) "
    text += "\(anchor) rotate by \(string.angle) font ',\(string.role.fontSize)' noenhanced front "
    text += "textcolor rgb '\(palette.color(paint.source).hex)'\n"
  }

  private func lines(_ points: [Point]) -> String {
    points.map { "\($0.x) \($0.y)\n" }.joined()
  }

  private mutating func plot(_ data: String, _ style: String) {
    plots.append("\(quoted(file(data))) \(style) notitle")
  }

  /// Adds a file and returns its path.
  mutating func file(_ data: String) -> String {
    let name = "data\(files.count)"
    files.append((name, data))
    return folder + "/" + name
  }

  private func line(_ stroke: Stroke) -> String {
    let dash =
      switch stroke.dash {
      case .solid: "solid"
      case .dashed: "(6,4)"
      case .dotted: "(2,3)"
      case .dashDot: "(8,3,2,3)"
      }
    return "linecolor rgb '\(color(stroke.paint))' linewidth \(stroke.width) dashtype \(dash)"
  }

  private func fill(_ paint: Paint) -> String {
    "fillcolor rgb '\(color(paint))' fillstyle solid noborder"
  }

  /// "#AARRGGBB", where the first byte is how transparent it is.
  private func color(_ paint: Paint) -> String {
    let hex = palette.color(paint.source).hex.dropFirst()
    let alpha = Int(((1 - paint.opacity) * 255).rounded())
    let digits = String(alpha, radix: 16)
    return alpha == 0 ? "#\(hex)" : "#\(digits.count < 2 ? "0" : "")\(digits)\(hex)"
  }

  /// A text of one line in single quotes; one within it is doubled.
  func quoted(_ text: String) -> String {
    "'" + cleaned(text).map { $0 == "'" ? "''" : String($0) }.joined() + "'"
  }
}

extension Point {
  fileprivate func outlines(_ marker: Marker, _ radius: Double) -> [[Point]] {
    marker.outlines(around: self, radius: radius)
  }
}
