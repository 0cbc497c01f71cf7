@testable import LineEditor

/// A simulated terminal that supports only what the editor uses.
struct VirtualTerminal {
  private(set) var columns: Int
  let rows: Int
  /// Nil is the second half of a wide character.
  private(set) var cells: [[Character?]]
  private(set) var row = 0
  private(set) var column = 0
  /// A character is in the last column, and the next one will wrap.
  private var isWrapping = false
  /// Rows scrolled out at the top.
  private(set) var scrolledOff: [String] = []
  /// Sequences that the terminal does not know.
  private(set) var mistakes: [String] = []
  private(set) var written = 0

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  mutating func feed(_ output: String) {
    written += output.utf8.count
    var rest = Array(output.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\r": moveTo(row, 0)
      case "\n": lineFeed()
      case "\u{1b}": takeSequence(&rest)
      default:
        let text = [scalar] + rest.prefix { !["\r", "\n", "\u{1b}"].contains($0) }
        rest = rest.dropFirst(text.count - 1)
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text)
        for character in String(view) { put(character) }
      }
    }
  }

  /// Changes the width: rows that no longer fit are wrapped; wrapped rows are not joined again.
  mutating func resize(columns newColumns: Int) {
    var (flowed, cursor): ([[Character?]], (row: Int, column: Int)) = ([], (0, 0))
    for r in 0..<rows {
      var used = cells[r].count
      while used > 0, cells[r][used - 1] == " " { used -= 1 }
      if r == row { used = max(used, min(column + 1, columns)) }
      var part: [Character?] = []
      for c in 0..<used {
        guard let character = cells[r][c] else {
          part.append(nil)
          continue
        }
        if part.count + character.displayWidth > newColumns {
          flowed.append(part)
          part = []
        }
        if r == row, c == column { cursor = (flowed.count, part.count) }
        part.append(character)
      }
      flowed.append(part)
    }
    while flowed.count > rows, flowed.count - 1 > cursor.row,
      flowed.last!.allSatisfy({ $0 == " " })
    {
      flowed.removeLast()
    }
    let gone = max(0, flowed.count - rows)
    cells = flowed.dropFirst(gone).map {
      $0 + Array(repeating: " ", count: max(0, newColumns - $0.count))
    }
    (columns, row, column, isWrapping) = (
      newColumns, max(0, cursor.row - gone), cursor.column, false
    )
  }

  private mutating func takeSequence(_ rest: inout ArraySlice<Unicode.Scalar>) {
    guard rest.popFirst() == "[" else { return mistakes.append("no CSI") }
    var parameters = ""
    while let next = rest.first, "0123456789;?".unicodeScalars.contains(next) {
      parameters.unicodeScalars.append(next)
      rest = rest.dropFirst()
    }
    let number = Int(parameters) ?? 1
    switch rest.popFirst() {
    case "A": moveTo(row - number, min(column, columns - 1))
    case "B": moveTo(row + number, min(column, columns - 1))
    case "G": moveTo(row, number - 1)
    case "H": moveTo(0, 0)
    case "m": break
    case "K": for c in column..<columns { cells[row][c] = " " }
    case "J":
      if parameters == "2" {
        for r in 0..<rows { clear(r) }
      } else {
        for c in column..<columns { cells[row][c] = " " }
        for r in row + 1..<max(rows, row + 1) { clear(r) }
      }
    case let final: mistakes.append("CSI \(parameters) \(final.map(String.init) ?? "")")
    }
  }

  private mutating func clear(_ row: Int) { cells[row] = Array(repeating: " ", count: columns) }

  private mutating func moveTo(_ row: Int, _ column: Int) {
    if !(0..<rows).contains(row) || !(0..<columns).contains(column) {
      mistakes.append("to \(row), \(column)")
    }
    self.row = min(max(row, 0), rows - 1)
    self.column = min(max(column, 0), columns - 1)
    isWrapping = false
  }

  private mutating func lineFeed() {
    isWrapping = false
    if row < rows - 1 {
      row += 1
      return
    }
    scrolledOff.append(line(0))
    cells.removeFirst()
    cells.append(Array(repeating: " ", count: columns))
  }

  private mutating func put(_ character: Character) {
    let width = character.displayWidth
    if width == 0 { return mistakes.append("control \(character.unicodeScalars.first!.value)") }
    if isWrapping || column + width > columns {
      column = 0
      lineFeed()
    }
    // Overwriting half of a wide character removes it.
    if cells[row][column] == nil { cells[row][column - 1] = " " }
    if column + width < columns, cells[row][column + width] == nil {
      cells[row][column + width] = " "
    }
    cells[row][column] = character
    if width == 2 { cells[row][column + 1] = nil }
    column += width
    if column == columns { (column, isWrapping) = (columns - 1, true) }
  }

  /// A row without trailing blanks.
  func line(_ row: Int) -> String {
    var characters = cells[row]
    while characters.last == .some(" ") { characters.removeLast() }
    return String(characters.compactMap(\.self))
  }

  /// The rows without trailing blank ones, with "|" before the cursor.
  var shown: String {
    var lines = (0..<rows).map(line)
    var before = ""
    for c in 0..<column { if let character = cells[row][c] { before.append(character) } }
    let after = lines[row].dropFirst(before.count)
    lines[row] = before + "|" + after
    while let last = lines.last, last.isEmpty { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
