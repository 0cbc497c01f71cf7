/// The cells of a screen with what is drawn in them.
struct TerminalCanvas {
  struct Cell {
    /// Nil where a wide character of the cell before it reaches.
    var character: Character? = " "
    var paint: Paint?
    /// Behind the character or the dots.
    var background: Paint?
    /// The dots of a braille character, in the order of their bits.
    var dots: UInt8 = 0
    /// A character that no dots replace.
    var isText = false
    var isPlot = false
  }

  let columns: Int
  let rows: Int
  let renderer: TerminalRenderer
  private(set) var cells: [Cell]

  var isASCII: Bool { renderer.charset == .ascii }
  /// Dots of a cell.
  let dotColumns: Int
  let dotRows: Int

  init(columns: Int, rows: Int, _ renderer: TerminalRenderer) {
    (self.columns, self.rows, self.renderer) = (columns, rows, renderer)
    (dotColumns, dotRows) = renderer.charset == .ascii ? (1, 1) : (2, 4)
    cells = [Cell](repeating: Cell(), count: columns * rows)
  }

  /// Within a plot, a blank between braille characters is one, too.
  mutating func markPlot(_ plot: Rect) {
    for row in clamp(plot.minY, rows)..<clamp(plot.maxY, rows) {
      for column in clamp(plot.minX, columns)..<clamp(plot.maxX, columns) {
        cells[row * columns + column].isPlot = true
      }
    }
  }

  private func clamp(_ value: Double, _ count: Int) -> Int {
    max(0, min(count, Int(max(-1e9, min(1e9, value)))))
  }

  // MARK: Setting cells

  mutating func set(_ column: Int, _ row: Int, _ character: Character, _ paint: Paint?) {
    guard 0..<columns ~= column, 0..<rows ~= row else { return }
    let index = row * columns + column
    guard !cells[index].isText else { return }
    cells[index].character = character
    cells[index].paint = paint
    cells[index].dots = 0
  }

  mutating func setBackground(_ column: Int, _ row: Int, _ paint: Paint?) {
    guard 0..<columns ~= column, 0..<rows ~= row else { return }
    cells[row * columns + column].background = paint
  }

  /// A dot, counted from the upper left; `character` stands for it where there is no braille.
  @inline(__always)
  mutating func setDot(_ x: Int, _ y: Int, _ character: Character, _ paint: Paint?) {
    guard x >= 0, y >= 0, x < columns * dotColumns, y < rows * dotRows else { return }
    let index = y / dotRows * columns + x / dotColumns
    guard !cells[index].isText else { return }
    if isASCII {
      cells[index].character = character
    } else {
      if cells[index].character == "█", renderer.colors != .none, cells[index].background == nil {
        // The dots are in front of a bar.
        cells[index].background = cells[index].paint
        cells[index].character = " "
      }
      cells[index].dots |= TerminalCanvas.bits[y % 4 * 2 + x % 2]
    }
    cells[index].paint = paint
  }

  /// Of the dots at (0, 0), (1, 0), (0, 1) and so on.
  private static let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  /// A text from a column on; what does not fit is left out.
  mutating func write(_ text: String, _ column: Int, _ row: Int, _ paint: Paint?) {
    guard 0..<rows ~= row else { return }
    var column = column
    for character in text {
      let width = character.displayWidth
      guard width > 0 else { continue }
      defer { column += width }
      guard column >= 0, column + width <= columns else { continue }
      let index = row * columns + column
      for place in index..<index + width {
        cells[place].character = nil
        cells[place].isText = true
        cells[place].dots = 0
        cells[place].paint = paint
      }
      cells[index].character = character
    }
  }
}
