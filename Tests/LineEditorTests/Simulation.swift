@testable import LineEditor

/// A language for tests: brackets enclose blocks, lines inside are indented, a few words complete.
struct BracketLanguage: Language {
  static let words = ["print", "printf", "pairs", "local", "lai", "中文字"]

  private func depth(_ text: String) -> Int {
    text.reduce(0) { $1 == "(" ? $0 + 1 : $1 == ")" ? $0 - 1 : $0 }
  }

  func isComplete(_ text: String) -> Bool { depth(text) <= 0 }
  func indentation(after text: String) -> Int { max(0, 2 * depth(text)) }
  func indentation(of line: String, after text: String) -> Int {
    max(0, 2 * depth(text) - (line.hasPrefix(")") ? 2 : 0))
  }
  func styles(of text: String) -> [StyledRange] {
    Array(text.utf8).enumerated().filter { (48...57).contains($0.element) }
      .map { StyledRange($0.offset..<$0.offset + 1, .number) }
  }
  func brackets(in text: String, at offset: Int) -> [Int] {
    let bytes = Array(text.utf8)
    return [offset, offset - 1].filter {
      bytes.indices.contains($0) && [40, 41].contains(bytes[$0])
    }
    .prefix(1).map(\.self)
  }
  func completions(in text: String, at offset: Int) -> Completions {
    let before = Array(text.utf8.prefix(offset))
    let start = before.lastIndex { $0 == 32 || $0 == 10 || $0 == 40 }.map { $0 + 1 } ?? 0
    let typed = String(decoding: before[start...], as: UTF8.self)
    let found = Self.words.filter { $0.hasPrefix(typed) }
    return Completions(start..<offset, found.map { .init($0, detail: "word") })
  }
}

/// The editor with a simulated terminal.
struct Simulation {
  var editor: Editor
  var view: View
  var writer: ScreenWriter
  var terminal: VirtualTerminal
  var decoder = KeyDecoder()
  var outcomes: [Editor.Outcome] = []

  init(columns: Int = 20, rows: Int = 6, history: [String] = [], limit: Int = 10_000) {
    editor = Editor(language: BracketLanguage(), history: History(history, limit: limit))
    view = View(prompt: "> ", continuation: ". ", columns: columns, rows: rows)
    writer = ScreenWriter(columns: columns)
    terminal = VirtualTerminal(columns: columns, rows: rows)
    terminal.feed(writer.show(view.screen(of: editor)))
  }

  /// Bytes as a terminal sends them.
  mutating func type(_ bytes: some Sequence<UInt8>) {
    for key in decoder.decode(bytes) { press(key) }
    for key in decoder.flush() { press(key) }
  }

  mutating func press(_ key: Key) {
    let outcome = editor.handle(key)
    switch outcome {
    case .submit:
      let screen = view.finalScreen(of: editor)
      if screen.rows.count > view.rows { terminal.feed(writer.erase()) }
      terminal.feed(writer.show(screen) + writer.finish())
      editor.restart()
    case .redraw:
      terminal.feed("\u{1b}[H\u{1b}[2J")
      writer = ScreenWriter(columns: view.columns)
    default: break
    }
    if outcome != .edited { outcomes.append(outcome) }
    terminal.feed(writer.show(view.screen(of: editor)))
  }

  mutating func resize(columns: Int) {
    terminal.resize(columns: columns)
    terminal.feed(writer.erase(columns: columns))
    view.columns = columns
    terminal.feed(writer.show(view.screen(of: editor)))
  }

  /// The bytes of a text with names of keys such as <C-a>, <M-f> and <Up>.
  static func bytes(_ notation: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = notation[...]
    while let first = rest.first {
      if first == "<", let end = rest.firstIndex(of: ">"), end > rest.index(after: rest.startIndex),
        let key = named(String(rest[rest.index(after: rest.startIndex)..<end]))
      {
        bytes += key
        rest = rest[rest.index(after: end)...]
      } else {
        bytes += Array(String(first).utf8)
        rest = rest.dropFirst()
      }
    }
    return bytes
  }

  private static let names: [String: String] = [
    "Up": "\u{1b}[A", "Down": "\u{1b}[B", "Right": "\u{1b}[C", "Left": "\u{1b}[D",
    "Home": "\u{1b}[H", "End": "\u{1b}[F", "Del": "\u{1b}[3~", "PgUp": "\u{1b}[5~",
    "PgDn": "\u{1b}[6~", "S-Tab": "\u{1b}[Z", "Tab": "\t", "Enter": "\r", "BS": "\u{7f}",
    "M-BS": "\u{1b}\u{7f}", "M-Enter": "\u{1b}\r", "C-Left": "\u{1b}[1;5D",
    "C-Right": "\u{1b}[1;5C", "C-Home": "\u{1b}[1;5H", "C-End": "\u{1b}[1;5F", "Esc": "\u{1b}",
    "paste": "\u{1b}[200~", "/paste": "\u{1b}[201~", "acute": "\u{301}", "M-<": "\u{1b}<",
    "M-gt": "\u{1b}>",
  ]

  private static func named(_ name: String) -> [UInt8]? {
    if let bytes = names[name] { return Array(bytes.utf8) }
    guard name.count == 3, let last = name.last?.asciiValue else { return nil }
    if name.hasPrefix("C-") { return [last & 0x1f] }
    return name.hasPrefix("M-") ? [0x1b, last] : nil
  }
}
