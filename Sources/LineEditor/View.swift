/// Turns an editor's state into a screen, scrolled so that the cursor is visible.
package struct View: Sendable {
  /// The prompts of the first line and of the other lines.
  package var prompt: String
  package var continuation: String
  package var columns: Int
  package var rows: Int
  /// The first visible row of the text.
  private var top = 0

  package init(prompt: String = "> ", continuation: String = ">> ", columns: Int, rows: Int) {
    (self.prompt, self.continuation) = (prompt, continuation)
    (self.columns, self.rows) = (max(columns, 1), max(rows, 1))
  }

  /// The text with its colours, hint, menu and search.
  package mutating func screen(of editor: Editor) -> Screen {
    let buffer = editor.text.buffer
    let text = buffer.text
    let offset = buffer.textBeforeCursor.utf8.count
    var flow = Flow(columns: columns)
    var styles = editor.language.styles(of: text)
    for bracket in editor.language.brackets(in: text, at: offset) {
      styles = styles.overlaid(bracket..<bracket + 1, .match)
    }
    if let search = editor.search, !search.query.isEmpty, !search.isFailing {
      styles = styles.overlaid(offset..<offset + search.query.utf8.count, .match)
    }
    let cursor = put(buffer, styles, into: &flow)
    if let hint = editor.hint {
      let lines = hint.split(separator: "\n", omittingEmptySubsequences: false)
      flow.put(String(lines[0]) + (lines.count > 1 ? " …" : ""), .hint)
    }
    let below = rowsBelow(editor)
    let height = max(1, rows - below.count)
    top = min(top, max(flow.rows.count - height, 0))
    top = min(max(top, cursor.row - height + 1), cursor.row)
    let shown = flow.rows[top..<min(top + height, flow.rows.count)]
    var screen = Screen()
    screen.rows = Array((shown + below).prefix(rows))
    screen.cursor = .init(row: cursor.row - top, column: cursor.column)
    return screen
  }

  /// The whole text alone, with the cursor at its end: what remains on the terminal after it was
  /// submitted.
  package func finalScreen(of editor: Editor) -> Screen {
    var buffer = editor.text.buffer
    buffer.move(.end)
    var flow = Flow(columns: columns)
    var screen = Screen()
    screen.cursor = put(buffer, editor.language.styles(of: buffer.text), into: &flow)
    screen.rows = flow.rows
    return screen
  }

  /// Lays out the text and returns the cursor's position.
  private func put(
    _ buffer: TextBuffer, _ styles: [StyledRange], into flow: inout Flow
  ) -> Screen.Place {
    var cursor = Screen.Place(row: 0, column: 0)
    var (offset, next) = (0, 0)
    for (number, line) in buffer.lines.enumerated() {
      if number > 0 { flow.breakRow() }
      flow.put(number == 0 ? prompt : continuation, .prompt)
      flow.tabOrigin = flow.width
      for (column, character) in line.enumerated() {
        if number == buffer.cursor.line, column == buffer.cursor.column {
          cursor = flow.place(for: character)
        }
        while next < styles.count, styles[next].range.upperBound <= offset { next += 1 }
        let isStyled = next < styles.count && styles[next].range.lowerBound <= offset
        flow.put(character, isStyled ? styles[next].style : .plain)
        offset += character.utf8.count
      }
      if number == buffer.cursor.line, line.count == buffer.cursor.column { cursor = flow.place() }
      offset += 1
    }
    return cursor
  }

  /// The search or the menu.
  private func rowsBelow(_ editor: Editor) -> [[Screen.Cell]] {
    guard rows > 1 else { return [] }
    if let search = editor.search {
      let title = search.isFailing ? "no such block: " : "search: "
      return [row([(title, search.isFailing ? .error : .detail), (search.query, .plain)])]
    }
    guard let menu = editor.menu else { return [] }
    let candidates = menu.completions.candidates
    let height = max(1, min(8, rows / 2))
    let first = max(0, min(menu.selected - height / 2, candidates.count - height))
    let visible = candidates[first..<min(first + height, candidates.count)]
    let widest = visible.map { $0.text.reduce(0) { $0 + $1.displayWidth } }.max() ?? 0
    var below = visible.indices.map { index in
      let candidate = candidates[index]
      let width = candidate.text.reduce(0) { $0 + $1.displayWidth }
      let padding = String(repeating: " ", count: widest - width + 1)
      return row([
        (" \(candidate.text)\(padding)", index == menu.selected ? .selection : .plain),
        (" \(candidate.detail)", .detail),
      ])
    }
    if candidates.count > height, rows > height + 2 {
      below.append(row([(" \(menu.selected + 1) of \(candidates.count)", .detail)]))
    }
    return below
  }

  /// One row, cut at the edge of the window.
  private func row(_ parts: [(text: String, style: Style)]) -> [Screen.Cell] {
    var flow = Flow(columns: columns)
    for (text, style) in parts {
      for character in text where flow.rows.count == 1 {
        flow.put(character == "\n" || character == "\t" ? " " : character, style)
      }
    }
    return flow.rows[0]
  }
}

extension [StyledRange] {
  /// With another style over a range.
  fileprivate func overlaid(_ range: Range<Int>, _ style: Style) -> [StyledRange] {
    var result: [StyledRange] = []
    for part in self {
      let before =
        part.range
        .lowerBound..<Swift.max(
          Swift.min(part.range.upperBound, range.lowerBound), part.range.lowerBound)
      let after =
        Swift.min(
          Swift.max(part.range.lowerBound, range.upperBound), part.range.upperBound)..<part.range
        .upperBound
      if !before.isEmpty { result.append(StyledRange(before, part.style)) }
      if !after.isEmpty { result.append(StyledRange(after, part.style)) }
    }
    let place = result.firstIndex { $0.range.lowerBound >= range.upperBound } ?? result.count
    result.insert(StyledRange(range, style), at: place)
    return result
  }
}
