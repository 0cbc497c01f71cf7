/// Computes what to send to a terminal so that it shows the next screen: only the differences.
///
/// A screen begins at the row of the terminal's cursor, which must be in the first column.
package struct ScreenWriter: Sendable {
  private var rows: [[Screen.Cell]] = [[]]
  /// The position of the terminal's cursor. In the column after the last one, it is about to wrap.
  private var position = Screen.Place(row: 0, column: 0)
  /// Rows, from the screen's first one, that are known to exist in the terminal.
  private var height = 1
  private let columns: Int
  private let usesColour: Bool

  package init(columns: Int, usesColour: Bool = true) {
    (self.columns, self.usesColour) = (max(columns, 1), usesColour)
  }

  /// Replaces the previous screen by another.
  package mutating func show(_ screen: Screen) -> String {
    var output = ""
    for (number, row) in screen.rows.enumerated() {
      let old = number < rows.count ? rows[number] : []
      if old != row || number >= height { write(row, over: old, at: number, into: &output) }
    }
    if rows.count > screen.rows.count {
      move(to: .init(row: screen.rows.count, column: 0), into: &output)
      output += "\u{1b}[J"
    }
    rows = screen.rows
    move(to: screen.cursor, into: &output)
    return output
  }

  /// Keeps the screen as it is and begins a new one below.
  package mutating func finish() -> String {
    var output = ""
    move(to: .init(row: rows.count - 1, column: 0), into: &output)
    self = ScreenWriter(columns: columns, usesColour: usesColour)
    return output + "\r\n"
  }

  /// Erases the screen, also after the window's width has changed: terminals then wrap lines that
  /// no longer fit onto more rows.
  package mutating func erase(columns newColumns: Int? = nil) -> String {
    let newColumns = max(newColumns ?? columns, 1)
    var up = position.row
    if newColumns < columns {
      up = rows[position.row].breaks(before: position.column, columns: newColumns)
      for row in rows[..<position.row] { up += row.breaks(before: .max, columns: newColumns) + 1 }
    }
    self = ScreenWriter(columns: newColumns, usesColour: usesColour)
    return (up > 0 ? "\u{1b}[\(up)A" : "") + "\r\u{1b}[J"
  }

  private mutating func write(
    _ row: [Screen.Cell], over old: [Screen.Cell], at number: Int, into output: inout String
  ) {
    let same = zip(row, old).prefix { $0 == $1 }.count
    let start = row[..<same].reduce(0) { $0 + $1.width }
    let width = row.reduce(0) { $0 + $1.width }
    let oldWidth = old.reduce(0) { $0 + $1.width }
    var end = row.count
    if width == oldWidth {
      while end > same, row[end - 1] == old[old.count - (row.count - end) - 1] { end -= 1 }
    }
    move(to: .init(row: number, column: start), into: &output)
    var style = Style.plain
    for cell in row[same..<end] {
      if cell.style != style {
        output += sequence(for: cell.style)
        style = cell.style
      }
      output.append(cell.character)
      position.column += cell.width
    }
    if style != .plain { output += sequence(for: .plain) }
    if oldWidth > width { output += "\u{1b}[K" }
  }

  private mutating func move(to place: Screen.Place, into output: inout String) {
    if place.row < position.row { output += "\u{1b}[\(position.row - place.row)A" }
    if place.row > position.row {
      let down = min(place.row, height - 1) - position.row
      if down > 1 { output += "\u{1b}[\(down)B" }
      if down == 1 {
        output += "\r\n"
        position.column = 0
      }
      for _ in height..<max(height, place.row + 1) {
        // Only a line feed scrolls the window.
        output += "\r\n"
        position.column = 0
      }
      height = max(height, place.row + 1)
    }
    position.row = place.row
    guard position.column != place.column else { return }
    output += place.column == 0 ? "\r" : "\u{1b}[\(place.column + 1)G"
    position.column = place.column
  }

  private func sequence(for style: Style) -> String {
    let code =
      switch style {
      case .plain: "0"
      case .keyword: usesColour ? "0;35" : "0"
      case .string: usesColour ? "0;32" : "0"
      case .number: usesColour ? "0;36" : "0"
      case .comment: usesColour ? "0;90" : "0;2"
      case .error: usesColour ? "0;31" : "0;1"
      case .prompt: usesColour ? "0;34" : "0"
      case .hint, .detail: usesColour ? "0;90" : "0;2"
      case .match: usesColour ? "0;1;33" : "0;1"
      case .selection: "0;7"
      }
    return "\u{1b}[\(code)m"
  }
}

extension [Screen.Cell] {
  /// How many times these cells wrap before a column.
  fileprivate func breaks(before column: Int, columns: Int) -> Int {
    var (count, width, place) = (0, 0, 0)
    for cell in self where place <= column {
      if width > 0, width + cell.width > columns {
        count += 1
        width = 0
      }
      width += cell.width
      place += cell.width
    }
    return place <= column && column != .max && width >= columns ? count + 1 : count
  }
}
