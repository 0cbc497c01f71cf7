/// A text of several lines, in grapheme clusters, with a cursor.
package struct TextBuffer: Equatable, Sendable {
  package struct Position: Comparable, Sendable {
    package var line = 0
    package var column = 0
    package init(_ line: Int = 0, _ column: Int = 0) { (self.line, self.column) = (line, column) }
    package static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
  }

  package enum Motion: Sendable {
    case left, right, up, down, wordLeft, wordRight, lineStart, lineEnd, start, end
    /// Over blanks, then over non-blanks.
    case blankLeft
  }

  /// Never empty; no cluster is a line break.
  package private(set) var lines: [[Character]] = [[]]
  package private(set) var cursor = Position()

  package init(_ text: String = "") { insert(text) }

  package var text: String { lines.map { String($0) }.joined(separator: "\n") }
  package var isEmpty: Bool { lines.count == 1 && lines[0].isEmpty }

  /// Inserts at the cursor and moves the cursor to the end of the insertion. CRLF and CR count as
  /// line breaks.
  package mutating func insert(_ text: String) {
    var pieces: [String.UnicodeScalarView] = [String.UnicodeScalarView()]
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      if scalar == "\r" || (scalar == "\n" && previous != "\r") {
        pieces.append(String.UnicodeScalarView())
      } else if scalar != "\n" {
        pieces[pieces.count - 1].append(scalar)
      }
      previous = scalar
    }
    let old = lines[cursor.line]
    pieces[0].insert(
      contentsOf: String(old[..<cursor.column]).unicodeScalars, at: pieces[0].startIndex)
    let behind = pieces[pieces.count - 1].count
    pieces[pieces.count - 1].append(contentsOf: String(old[cursor.column...]).unicodeScalars)
    // Grapheme clusters are computed again: a combining mark joins the character before it.
    let inserted = pieces.map { Array(String($0)) }
    lines.replaceSubrange(cursor.line...cursor.line, with: inserted)
    cursor = Position(cursor.line + inserted.count - 1, 0)
    var scalars = 0
    while scalars < behind {
      scalars += lines[cursor.line][cursor.column].unicodeScalars.count
      cursor.column += 1
    }
  }

  package mutating func move(_ motion: Motion) { cursor = target(of: motion) }

  /// The position that a motion leads to; the cursor itself at the edge of the text.
  package func target(of motion: Motion) -> Position {
    let (line, column) = (cursor.line, cursor.column)
    switch motion {
    case .left: return before(cursor) ?? cursor
    case .right: return after(cursor) ?? cursor
    case .up: return line == 0 ? cursor : Position(line - 1, min(column, lines[line - 1].count))
    case .down:
      guard line + 1 < lines.count else { return cursor }
      return Position(line + 1, min(column, lines[line + 1].count))
    case .lineStart: return Position(line, 0)
    case .lineEnd: return Position(line, lines[line].count)
    case .start: return Position()
    case .end: return Position(lines.count - 1, lines[lines.count - 1].count)
    case .blankLeft:
      var (place, isInside) = (cursor, false)
      while let next = before(place) {
        let isBlank = next.column == lines[next.line].count || lines[next.line][next.column] == " "
        if isInside && isBlank { break }
        isInside = !isBlank
        place = next
      }
      return place
    case .wordLeft:
      var (place, isInside) = (cursor, false)
      while let next = before(place) {
        let isWord = isWord(at: next)
        if isInside && !isWord { break }
        isInside = isWord
        place = next
      }
      return place
    case .wordRight:
      var (place, isInside) = (cursor, false)
      while let next = after(place) {
        let isWord = isWord(at: place)
        if isInside && !isWord { break }
        isInside = isWord
        place = next
      }
      return place
    }
  }

  /// Removes the text between the cursor and another position, and returns it.
  @discardableResult
  package mutating func remove(to other: Position) -> String {
    let (first, last) = (min(cursor, other), max(cursor, other))
    let head = lines[first.line][..<first.column]
    let tail = String(lines[last.line][last.column...])
    var removed: [String] = []
    for line in first.line...last.line {
      let from = line == first.line ? first.column : 0
      let to = line == last.line ? last.column : lines[line].count
      removed.append(String(lines[line][from..<to]))
    }
    lines.replaceSubrange(first.line...last.line, with: [Array(head)])
    cursor = first
    insert(tail)
    // The cursor stays after the text that preceded it, even if both parts became one cluster.
    cursor = Position(first.line, min(first.column, lines[first.line].count))
    return removed.joined(separator: "\n")
  }

  /// The text between the start and the cursor.
  package var textBeforeCursor: String {
    let before =
      lines[..<cursor.line].map { String($0) } + [String(lines[cursor.line][..<cursor.column])]
    return before.joined(separator: "\n")
  }

  /// The position at an offset in bytes of UTF-8, or the beginning of the cluster that contains it.
  package func position(at offset: Int) -> Position {
    var rest = offset
    for (number, line) in lines.enumerated() {
      for (column, character) in line.enumerated() {
        let size = character.utf8.count
        if rest < size { return Position(number, column) }
        rest -= size
      }
      if rest <= 0 { return Position(number, line.count) }
      rest -= 1
    }
    return Position(lines.count - 1, lines[lines.count - 1].count)
  }

  /// Moves the cursor to a position, or to the nearest one in the text.
  package mutating func moveCursor(to place: Position) {
    let line = min(max(place.line, 0), lines.count - 1)
    cursor = Position(line, min(max(place.column, 0), lines[line].count))
  }

  private func before(_ place: Position) -> Position? {
    if place.column > 0 { return Position(place.line, place.column - 1) }
    return place.line > 0 ? Position(place.line - 1, lines[place.line - 1].count) : nil
  }

  private func after(_ place: Position) -> Position? {
    if place.column < lines[place.line].count { return Position(place.line, place.column + 1) }
    return place.line + 1 < lines.count ? Position(place.line + 1, 0) : nil
  }

  private func isWord(at place: Position) -> Bool {
    guard place.column < lines[place.line].count else { return false }
    let character = lines[place.line][place.column]
    return character.isLetter || character.isNumber || character == "_"
  }
}
