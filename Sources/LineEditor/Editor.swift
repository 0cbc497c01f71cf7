/// The editor of one block at a time: keys in; text, and what the caller has to do, out.
package struct Editor {
  /// What the caller has to do after a key.
  package enum Outcome: Equatable, Sendable {
    /// Only show the new screen.
    case edited
    /// The block is submitted. It stays in the editor until `restart`.
    case submit(String)
    /// The block was discarded.
    case interrupt
    case endOfInput
    /// Clear the window and draw everything again.
    case redraw
    case suspend
  }

  package internal(set) var text = EditedText()
  package internal(set) var history: History
  package let language: any Language
  var navigation: Navigation?
  package internal(set) var search: Search?
  package internal(set) var menu: Menu?

  package init(language: any Language, history: History = History()) {
    self.language = language
    self.history = history
  }

  /// Starts an empty block. History and kill ring stay.
  package mutating func restart() {
    text.restart()
    (navigation, search, menu) = (nil, nil, nil)
  }

  package mutating func handle(_ key: Key) -> Outcome {
    if search != nil, let outcome = handleInSearch(key) { return outcome }
    if menu != nil, let outcome = handleInMenu(key) { return outcome }
    switch key {
    case .scalar(let scalar, []):
      change { $0.type(String(scalar)) }
      realignLine()
    case .paste(let pasted): change { $0.paste(pasted) }
    default:
      if let command = Self.keymap[key] { return perform(command) }
    }
    return .edited
  }

  /// Changes the text, which ends navigation of the history.
  mutating func change(_ body: (inout EditedText) -> Void) {
    body(&text)
    navigation = nil
  }

  /// The rest of the newest history entry that begins like this block, while the cursor is at its
  /// end.
  package var hint: String? {
    let buffer = text.buffer
    guard search == nil, menu == nil, navigation == nil, buffer.cursor == buffer.target(of: .end)
    else { return nil }
    return history.continuation(of: buffer.text)
  }

  private mutating func perform(_ command: Command) -> Outcome {
    switch command {
    case .move(let motion):
      text.move(motion)
      navigation = nil
    case .moveOrAccept(let motion):
      if let hint {
        let accepted = motion == .wordRight ? firstWord(of: hint) : hint
        change { $0.paste(accepted) }
      } else {
        text.move(motion)
        navigation = nil
      }
    case .delete(let motion): change { $0.delete(motion) }
    case .kill(let motion): change { $0.kill(motion) }
    case .yank: change { $0.yank() }
    case .yankPop: change { $0.yankPop() }
    case .undo: change { $0.undo() }
    case .redo: change { $0.redo() }
    case .transpose: change { $0.transpose() }
    case .newLine: insertLine()
    case .enter: return enter()
    case .previous: previous()
    case .next: next()
    case .first: first()
    case .last: last()
    case .search: search = Search(found: nil, before: text.buffer)
    case .complete: complete()
    case .interrupt:
      change { $0.become(TextBuffer()) }
      return .interrupt
    case .deleteOrEnd:
      if text.buffer.isEmpty { return .endOfInput }
      change { $0.delete(.right) }
    case .redraw: return .redraw
    case .suspend: return .suspend
    }
    return .edited
  }

  private func firstWord(of hint: String) -> String {
    var buffer = TextBuffer(hint)
    buffer.move(.start)
    buffer.move(.wordRight)
    return buffer.textBeforeCursor
  }

  private mutating func enter() -> Outcome {
    let block = text.buffer.text
    let isBlank = block.allSatisfy(\.isWhitespace)
    guard isBlank || language.isComplete(block) else {
      insertLine()
      return .edited
    }
    history.add(block)
    return .submit(block)
  }

  private mutating func insertLine() {
    let blanks = language.indentation(after: text.buffer.textBeforeCursor)
    change { $0.paste("\n" + String(repeating: " ", count: blanks)) }
  }

  /// Reindents a line that only closes a block, such as `end`, to where the block began.
  private mutating func realignLine() {
    let buffer = text.buffer
    let (row, column) = (buffer.cursor.line, buffer.cursor.column)
    let line = buffer.lines[row]
    let blanks = line.prefix { $0 == " " }.count
    guard row > 0, column == line.count, blanks > 0, blanks < column else { return }
    let before = buffer.lines[..<row].map { String($0) }.joined(separator: "\n")
    guard blanks == language.indentation(after: before) else { return }
    let wanted = language.indentation(of: String(line[blanks...]), after: before)
    guard wanted != blanks else { return }
    text.replace(
      .init(row, 0), .init(row, column),
      with: String(repeating: " ", count: wanted) + String(line[blanks...]))
  }
}
