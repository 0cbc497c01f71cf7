/// The content of a window: rows of cells, none wider than the window, and the cursor.
package struct Screen: Equatable, Sendable {
  package struct Cell: Equatable, Sendable {
    package var character: Character
    /// Columns: 1 or 2.
    package var width: Int
    package var style: Style
  }

  package struct Place: Equatable, Sendable {
    package var row: Int
    package var column: Int
  }

  package internal(set) var rows: [[Cell]] = [[]]
  package internal(set) var cursor = Place(row: 0, column: 0)
}

/// Lays characters out in rows of a given number of columns.
struct Flow {
  let columns: Int
  private(set) var rows: [[Screen.Cell]] = [[]]
  /// Used columns of the last row.
  private(set) var width = 0
  /// The column from which tab stops count.
  var tabOrigin = 0

  init(columns: Int) { self.columns = columns }

  mutating func breakRow() {
    rows.append([])
    width = 0
  }

  /// The position of the next character, if it is one column wide.
  mutating func place() -> Screen.Place {
    if width >= columns { breakRow() }
    return Screen.Place(row: rows.count - 1, column: width)
  }

  /// The position of the next character.
  mutating func place(for character: Character) -> Screen.Place {
    if width + min(character.displayWidth, columns) > columns { breakRow() }
    return place()
  }

  /// Lays out a text. A line break begins a new row.
  mutating func put(_ text: String, _ style: Style) {
    for character in text {
      if character.isNewline { breakRow() } else { put(character, style) }
    }
  }

  mutating func put(_ character: Character, _ style: Style) {
    let width = character.displayWidth
    if width == 0 { return putInvisible(character, style) }
    if !character.isASCII, joinsLast(character) { return putInvisible(character, style) }
    if width > columns { return put(Screen.Cell(character: "?", width: 1, style: style)) }
    put(Screen.Cell(character: character, width: width, style: style))
  }

  /// Whether a terminal would combine it with the cell before.
  private func joinsLast(_ character: Character) -> Bool {
    guard let last = rows[rows.count - 1].last else { return false }
    return "\(last.character)\(character)".count == 1
  }

  private mutating func put(_ cell: Screen.Cell) {
    if width + cell.width > columns { breakRow() }
    rows[rows.count - 1].append(cell)
    width += cell.width
  }

  /// Shows characters without a width: a tab as spaces, controls as ^X, others as <200b>.
  private mutating func putInvisible(_ character: Character, _ style: Style) {
    let scalar = character.unicodeScalars.first!
    switch scalar.value {
    case 9:
      let blanks = 4 - (width + 4 * columns - tabOrigin) % 4
      for _ in 0..<blanks { put(Screen.Cell(character: " ", width: 1, style: style)) }
    case 0..<0x20: put("^\(Character(Unicode.Scalar(scalar.value + 0x40)!))", style)
    case 0x7f: put("^?", style)
    default:
      let category = scalar.properties.generalCategory
      if category == .nonspacingMark || category == .spacingMark {
        return put(Screen.Cell(character: "\u{25cc}\(character)".first!, width: 1, style: style))
      }
      for scalar in character.unicodeScalars {
        put("<\(String(scalar.value, radix: 16))>", style)
      }
    }
  }
}
