extension Editor {
  /// The completion menu.
  package struct Menu {
    package internal(set) var completions: Completions
    package internal(set) var selected = 0
  }

  /// Inserts what all candidates have in common; opens a menu when that is nothing.
  mutating func complete() {
    let buffer = text.buffer
    let line = buffer.lines[buffer.cursor.line][..<buffer.cursor.column]
    let before = buffer.textBeforeCursor
    let completions = language.completions(in: buffer.text, at: before.utf8.count)
    if !completions.areOptions, !buffer.isEmpty, line.allSatisfy({ $0 == " " || $0 == "\t" }) {
      return change { $0.type(String(repeating: " ", count: 2 - line.count % 2)) }
    }
    let candidates = completions.candidates
    guard let first = candidates.first else { return }
    if candidates.count == 1 { return insert(first.text, over: completions.range) }
    let common = candidates.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1.text) }
    let typed = String(
      decoding: Array(buffer.text.utf8)[completions.range.clamped(to: 0..<before.utf8.count)],
      as: UTF8.self)
    // A quote alone is not worth inserting.
    if common.utf8.starts(with: typed.utf8),
      common.utf8.dropFirst(typed.utf8.count).contains(where: { !"\"'".utf8.contains($0) })
    {
      insert(common, over: completions.range)
    } else {
      menu = Menu(completions: completions)
    }
  }

  private mutating func insert(_ candidate: String, over range: Range<Int>) {
    let buffer = text.buffer
    let (start, end) = (
      buffer.position(at: range.lowerBound), buffer.position(at: range.upperBound)
    )
    change { $0.replace(start, end, with: candidate) }
  }

  /// Handles a key while the menu is open. Nil for a key that closes the menu and then has its
  /// usual effect.
  mutating func handleInMenu(_ key: Key) -> Outcome? {
    guard let now = menu else { return nil }
    let count = now.completions.candidates.count
    switch key {
    case .special(.tab, []), .special(.down, []), .special(.right, []), .control("n", []):
      menu?.selected = (now.selected + 1) % count
    case .special(.tab, .shift), .special(.up, []), .special(.left, []), .control("p", []):
      menu?.selected = (now.selected + count - 1) % count
    case .special(.pageDown, []): menu?.selected = min(now.selected + 8, count - 1)
    case .special(.pageUp, []): menu?.selected = max(now.selected - 8, 0)
    case .special(.enter, []), .control("j", []):
      menu = nil
      insert(now.completions.candidates[now.selected].text, over: now.completions.range)
    case .special(.escape, _), .control("g", []), .control("c", []): menu = nil
    case .scalar(let scalar, []):
      change { $0.type(String(scalar)) }
      refilter()
    case .special(.backspace, []), .control("h", []):
      change { $0.delete(.left) }
      refilter()
    default:
      menu = nil
      return nil
    }
    return .edited
  }

  /// Updates the menu for the current text. Closes it when there are no candidates or when the only
  /// candidate is already typed.
  private mutating func refilter() {
    let (all, before) = (text.buffer.text, text.buffer.textBeforeCursor)
    let completions = language.completions(in: all, at: before.utf8.count)
    let typed = Array(all.utf8)[completions.range.clamped(to: 0..<before.utf8.count)]
    let isDone = completions.candidates.allSatisfy { $0.text.utf8.elementsEqual(typed) }
    menu = isDone || typed.isEmpty ? nil : Menu(completions: completions)
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
