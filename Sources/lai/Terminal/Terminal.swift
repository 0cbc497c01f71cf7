import CTerminal
import LineEditor
import LuaBindings
import Platform

/// The editor at a terminal: reads bytes from standard input and writes screens to standard output.
final class Terminal: BlockReader {
  private(set) var editor: Editor
  private var view = View(columns: 80, rows: 24)
  private var writer = ScreenWriter(columns: 80)
  private var decoder = KeyDecoder()
  /// Keys that were typed after the one that submitted a block.
  private var keys: ArraySlice<Key> = []
  private let usesColour: Bool
  private var historyFile: HistoryFile?

  /// Whether there is a terminal that supports the editor.
  static var isPresent: Bool {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, let name = getenv("TERM") else {
      return false
    }
    return !["", "dumb"].contains(String(cString: name))
  }

  init(language: any Language) {
    historyFile = Self.historyPath.map { HistoryFile(path: $0) }
    if let file = historyFile, let obstacle = file.obstacle {
      complain("no history is kept: '\(file.path)' \(obstacle), not a regular file\n")
      historyFile = nil
    }
    editor = Editor(language: language, history: historyFile?.load() ?? History())
    usesColour = getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
  }

  /// $LAI_HISTORY, else lai/history in the user's state folder; nil without either.
  private static var historyPath: String? {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    return variable("LAI_HISTORY") ?? variable("XDG_STATE_HOME").map { "\($0)/lai/history" }
      ?? variable("HOME").map { "\($0)/.local/state/lai/history" }
  }

  /// Reads a block until Enter; nil at the end of the input.
  func readBlock(prompt: String, continuation: String) -> String? {
    fflush(nil)
    guard terminal_begin() else { return nil }
    defer { terminal_end() }
    (view.prompt, view.continuation) = (prompt.withoutColours, continuation.withoutColours)
    editor.restart()
    let newest = editor.history.entries.last
    measure()
    // Keeps output without a final line break: a full row of blanks wraps to a new row unless the
    // cursor is in the first column.
    send(String(repeating: " ", count: view.columns) + "\r\u{1b}[K")
    while true {
      while let key = keys.popFirst() {
        switch editor.handle(key) {
        case .edited, .interrupt: break
        case .redraw:
          send("\u{1b}[H\u{1b}[2J")
          measure()
        case .suspend: suspend()
        case .submit(let block):
          finish()
          if editor.history.entries.last == block, block != newest { keep(block) }
          return block
        case .endOfInput:
          finish()
          terminal_leave()
          return nil
        }
      }
      send(writer.show(view.screen(of: editor)))
      guard waitForKeys() else {
        finish()
        terminal_leave()
        return nil
      }
    }
  }

  /// Appends a block to the history on disk.
  private func keep(_ block: String) {
    guard let file = historyFile, !file.append(block) else { return }
    complain("no history is kept from here on: cannot write '\(file.path)'\n")
    historyFile = nil
  }

  /// Waits until there are keys or something to redraw. Returns false when the terminal is gone.
  private func waitForKeys() -> Bool {
    switch Int(terminal_wait(Int32(decoder.patience ?? -1))) {
    case TERMINAL_TIMEOUT: keys += decoder.flush()
    case TERMINAL_INPUT: return readKeys()
    case TERMINAL_RESIZED: resize()
    case TERMINAL_INTERRUPTED:
      // Like the key itself, it leaves an open paste.
      decoder = KeyDecoder()
      keys.append(.control("c"))
    case TERMINAL_SUSPENDED: suspend()
    case TERMINAL_CONTINUED: resume()
    default: return false
    }
    return true
  }

  private func readKeys() -> Bool {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(STDIN_FILENO, &bytes, bytes.count)
    if count < 0 { return errno == EINTR || errno == EAGAIN }
    keys += decoder.decode(bytes[..<count])
    return count > 0
  }

  var width: Int {
    var (columns, rows): (Int32, Int32) = (80, 24)
    terminal_size(&columns, &rows)
    return Int(columns)
  }

  private func measure() {
    var (columns, rows): (Int32, Int32) = (80, 24)
    terminal_size(&columns, &rows)
    (view.columns, view.rows) = (Int(columns), Int(rows))
    writer = ScreenWriter(columns: view.columns, usesColour: usesColour)
  }

  private func resize() {
    var (columns, rows): (Int32, Int32) = (80, 24)
    terminal_size(&columns, &rows)
    send(writer.erase(columns: Int(columns)))
    measure()
  }

  /// Ctrl-Z: restores the terminal for the shell, and shows the block again afterwards.
  private func suspend() {
    send(writer.show(view.screen(of: editor)) + writer.finish())
    terminal_end()
    terminal_suspend()
    _ = terminal_begin()
    measure()
  }

  /// Redraws after a stop of which the program was not notified.
  private func resume() {
    terminal_end()
    _ = terminal_begin()
    send("\r\n")
    measure()
  }

  /// Leaves the whole block on the terminal as text, without hints.
  private func finish() {
    let screen = view.finalScreen(of: editor)
    // Rows above the window can only be written anew.
    if screen.rows.count > view.rows { send(writer.erase()) }
    send(writer.show(screen) + writer.finish())
  }

  private func send(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = write(STDOUT_FILENO, rest.baseAddress, rest.count)
        if count < 0, errno != EINTR, errno != EAGAIN { return }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(count, 0)))
      }
    }
  }
}

extension String {
  /// Without colours, because the editor has its own.
  fileprivate var withoutColours: String { replacing(#/\u{1b}\[[0-9;]*m/#, with: "") }
}
