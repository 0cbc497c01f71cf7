extension Editor {
  /// A position in the history, among the entries that begin with `prefix`.
  struct Navigation {
    let prefix: String
    let draft: TextBuffer
    var index: Int
  }

  /// Moves up a line, or to the previous block of the history.
  mutating func previous() {
    if text.buffer.cursor.line > 0 { return text.move(.up) }
    var walk =
      navigation
      ?? Navigation(
        prefix: text.buffer.textBeforeCursor, draft: text.buffer, index: history.entries.count)
    guard
      let index = history.older(than: walk.index, prefix: walk.prefix, not: text.buffer.text)
    else { return }
    walk.index = index
    recall(walk)
  }

  /// Moves down a line, or to the next block of the history, and after the newest one to the draft.
  mutating func next() {
    let buffer = text.buffer
    if buffer.cursor.line < buffer.lines.count - 1 { return text.move(.down) }
    guard var walk = navigation else { return }
    if let index = history.newer(than: walk.index, prefix: walk.prefix, not: buffer.text) {
      walk.index = index
      recall(walk)
    } else {
      text.become(walk.draft)
      navigation = nil
    }
  }

  /// Moves to the beginning of the block, or to the oldest block of the history.
  mutating func first() {
    if text.buffer.cursor != TextBuffer.Position() { return text.move(.start) }
    guard !history.entries.isEmpty else { return }
    recall(Navigation(prefix: "", draft: navigation?.draft ?? text.buffer, index: 0))
    text.move(.start)
  }

  /// Moves to the end of the block, or back to the draft.
  mutating func last() {
    if text.buffer.cursor != text.buffer.target(of: .end) { return text.move(.end) }
    guard let walk = navigation else { return }
    text.become(walk.draft)
    navigation = nil
  }

  private mutating func recall(_ walk: Navigation) {
    text.become(TextBuffer(history.entries[walk.index]))
    navigation = walk
  }

  /// An incremental search through the history.
  package struct Search {
    package internal(set) var query = ""
    /// The index of the entry that is shown.
    var found: Int?
    /// The text before the search began.
    let before: TextBuffer
    package internal(set) var isFailing = false
  }

  /// Handles a key during a search. Nil for a key that ends the search and then has its usual
  /// effect.
  mutating func handleInSearch(_ key: Key) -> Outcome? {
    guard let now = search else { return nil }
    switch key {
    case .scalar(let scalar, []):
      look(for: now.query + String(scalar), upTo: now.found ?? history.entries.count - 1)
    case .paste(let pasted):
      look(for: now.query + pasted, upTo: now.found ?? history.entries.count - 1)
    case .special(.backspace, []), .control("h", []):
      look(for: String(now.query.dropLast()), upTo: history.entries.count - 1)
    case .control("r", []), .special(.up, []):
      look(for: now.query, upTo: (now.found ?? history.entries.count) - 1)
    case .control("s", []), .special(.down, []):
      let found = now.found.flatMap { history.entry(containing: now.query, from: $0 + 1) }
      show(found, for: now.query)
    case .control("g", []), .control("c", []):
      text.become(now.before)
      search = nil
    case .special(.escape, _): search = nil
    default:
      search = nil
      return nil
    }
    return .edited
  }

  private mutating func look(for query: String, upTo index: Int) {
    guard !query.isEmpty else {
      search?.query = ""
      search?.isFailing = false
      search?.found = nil
      if let before = search?.before { text.become(before) }
      return
    }
    show(index < 0 ? nil : history.entry(containing: query, upTo: index), for: query)
  }

  private mutating func show(_ found: Int?, for query: String) {
    search?.query = query
    search?.isFailing = found == nil
    guard let found else { return }
    search?.found = found
    let entry = history.entries[found]
    var buffer = TextBuffer(entry)
    buffer.moveCursor(to: buffer.position(at: entry.offset(of: query) ?? 0))
    text.become(buffer)
  }
}
