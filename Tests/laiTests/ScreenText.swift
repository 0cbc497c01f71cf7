/// The content of a terminal's screen after some output. Supports what programs use that only
/// write.
struct ScreenText {
  private let columns: Int
  private var rows: [[Character]]
  private var (row, column) = (0, 0)
  private var kept = (0, 0)
  /// Whether the cursor is at the edge and waits for the next character. Any movement clears this.
  private var isAtEdge = false

  init(_ output: String, columns: Int, rows: Int) {
    self.columns = columns
    self.rows = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    var rest = Array(output.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\r": moveTo(row, 0)
      case "\n": moveDown()
      case "\u{1b}": take(&rest)
      case _ where scalar.value >= 32: put(Character(scalar))
      default: break
      }
    }
  }

  /// The rows without trailing blanks, without the empty ones.
  var lines: [String] {
    rows.map { row in
      var row = row
      while row.last == " " { row.removeLast() }
      return String(row)
    }.filter { !$0.isEmpty }
  }

  private mutating func take(_ rest: inout ArraySlice<Unicode.Scalar>) {
    switch rest.popFirst() {
    case "D": moveDown()
    case "M": moveTo(max(row - 1, 0), column)
    case "7": kept = (row, column)
    case "8": moveTo(kept.0, kept.1)
    case "[":
      var parameters = ""
      while let next = rest.popFirst() {
        if !(0x30...0x3f).contains(next.value) {
          if next == "K" { erase(from: parameters == "2" ? 0 : column) }
          if next == "J" { eraseRest() }
          return
        }
        parameters.unicodeScalars.append(next)
      }
    default: break
    }
  }

  private mutating func erase(from start: Int) {
    for place in start..<columns { rows[row][place] = " " }
  }

  private mutating func eraseRest() {
    erase(from: column)
    for place in (row + 1)..<max(row + 1, rows.count) {
      rows[place] = Array(repeating: " ", count: columns)
    }
  }

  private mutating func moveTo(_ row: Int, _ column: Int) {
    (self.row, self.column, isAtEdge) = (row, column, false)
  }

  private mutating func moveDown() {
    isAtEdge = false
    row += 1
    if row < rows.count { return }
    row -= 1
    rows.removeFirst()
    rows.append(Array(repeating: " ", count: columns))
  }

  private mutating func put(_ character: Character) {
    if isAtEdge {
      column = 0
      moveDown()
    }
    rows[row][column] = character
    isAtEdge = column == columns - 1
    column = min(column + 1, columns - 1)
  }
}
