/// The characters and escape sequences of a screen.
struct TerminalWriter {
  let canvas: TerminalCanvas
  let palette: Palette
  let renderer: TerminalRenderer
  let isDark: Bool

  /// Bright blue, red, grey, magenta; on a dark background bright blue, yellow, red, cyan. With xterm's
  /// values, these have a contrast of 3 or more and differ for the colour-blind.
  static let ansi16 = (any: [94, 31, 90, 35], dark: [94, 93, 91, 96])

  var text: String {
    (0..<canvas.rows).map { line($0) + "\n" }.joined()
  }

  private func line(_ row: Int) -> String {
    let cells = canvas.cells[row * canvas.columns..<(row + 1) * canvas.columns]
    let visible = cells.lastIndex { $0.isVisible }.map { cells[...$0] } ?? []
    // Fonts may draw a blank of braille wider or narrower than a space.
    let hasBraille = cells.contains { $0.dots != 0 }
    var line = ""
    var style = ""
    for cell in visible {
      guard let character = cell.shown(blank: hasBraille ? "\u{2800}" : " ") else { continue }
      let next = sequence(cell)
      if next != style {
        if !style.isEmpty { line += "\u{1b}[0m" }
        line += next
        style = next
      }
      line.append(character)
    }
    return style.isEmpty ? line : line + "\u{1b}[0m"
  }

  /// The escape sequence of a cell's colours; empty for the terminal's own.
  private func sequence(_ cell: TerminalCanvas.Cell) -> String {
    guard renderer.colors != .none, cell.isVisible else { return "" }
    var codes: [String] = []
    if let paint = cell.paint, let code = code(paint.source, isBackground: false) {
      codes.append(code)
    }
    if let paint = cell.background, let code = code(paint.source, isBackground: true) {
      codes.append(code)
    }
    return codes.isEmpty ? "" : "\u{1b}[\(codes.joined(separator: ";"))m"
  }

  /// Text has the terminal's own colour.
  private func code(_ source: Paint.Source, isBackground: Bool) -> String? {
    switch source {
    case .text, .mutedText, .transparent, .background: return nil
    case .axis, .grid: return renderer.colors == .ansi16 ? nil : "2"
    default: break
    }
    let color = palette.color(source)
    let layer = isBackground ? 48 : 38
    switch renderer.colors {
    case .none: return nil
    case .trueColor: return "\(layer);2;\(color.red);\(color.green);\(color.blue)"
    case .ansi256: return "\(layer);5;\(color.ansi256)"
    case .ansi16:
      if case .series(let index) = source {
        let codes = isDark ? TerminalWriter.ansi16.dark : TerminalWriter.ansi16.any
        return "\(codes[index % codes.count] + (isBackground ? 10 : 0))"
      }
      // Black or white may be the terminal's background.
      if color.isGrey { return nil }
      return "\(color.ansi16 + (isBackground ? 40 : 30))"
    }
  }
}

extension TerminalCanvas.Cell {
  var isVisible: Bool {
    dots != 0 || background != nil || (character != " " && character != nil)
  }

  /// Nil for the second half of a wide character.
  func shown(blank: Character) -> Character? {
    if dots != 0 { return Character(Unicode.Scalar(0x2800 + UInt32(dots))!) }
    guard isPlot, !isText, background == nil, character == " " else { return character }
    return blank
  }
}

extension Color {
  /// The nearest colour of the cube of 6 × 6 × 6 or of the greys of xterm.
  var ansi256: Int {
    let levels = [0, 95, 135, 175, 215, 255]
    func nearest(_ channel: UInt8) -> Int {
      levels.indices.min { abs(levels[$0] - Int(channel)) < abs(levels[$1] - Int(channel)) }!
    }
    let (r, g, b) = (nearest(red), nearest(green), nearest(blue))
    let grey = max(0, min(23, (Int(red) + Int(green) + Int(blue) - 24 + 15) / 30))
    func distance(_ red: Int, _ green: Int, _ blue: Int) -> Int {
      let (x, y, z) = (red - Int(self.red), green - Int(self.green), blue - Int(self.blue))
      return x * x + y * y + z * z
    }
    let level = 8 + 10 * grey
    return distance(level, level, level) < distance(levels[r], levels[g], levels[b])
      ? 232 + grey : 16 + 36 * r + 6 * g + b
  }

  /// 1 to 6: a bit for each channel above the middle of the darkest and the lightest one.
  fileprivate var ansi16: Int {
    let middle = (Int(max(red, green, blue)) + Int(min(red, green, blue))) / 2
    func bit(_ channel: UInt8) -> Int { Int(channel) > middle ? 1 : 0 }
    return bit(red) | bit(green) << 1 | bit(blue) << 2
  }

  fileprivate var isGrey: Bool { max(red, green, blue) - min(red, green, blue) < 32 }
}
