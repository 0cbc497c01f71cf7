import LineEditor
import LuaSyntax
import Testing

/// What typing costs in a release build: the key, the colours, the screen and the bytes for it.
@Suite(.serialized) struct SpeedTests {
  private struct Lua: Language {
    func isComplete(_ text: String) -> Bool { false }
    func indentation(after text: String) -> Int { LuaText(text).indentation }
    func indentation(of line: String, after text: String) -> Int {
      LuaText(text).indentation(of: line)
    }
    func styles(of text: String) -> [StyledRange] { LuaText(text).styles }
    func brackets(in text: String, at offset: Int) -> [Int] { LuaText(text).brackets(at: offset) }
  }

  private struct Typist {
    var editor = Editor(language: Lua(), history: History((0..<10_000).map { "print(\($0))\nx" }))
    var view = View(columns: 100, rows: 50)
    var writer = ScreenWriter(columns: 100)
    var decoder = KeyDecoder()

    mutating func type(_ text: String) {
      for key in decoder.decode(text.utf8) { _ = editor.handle(key) }
      _ = writer.show(view.screen(of: editor))
    }
  }

  private static let line = "  local value = math.sin(x * 2) + t[\"name\"] -- a comment\n"

  @Test func aKeyInTwoHundredLines() {
    var typist = Typist()
    typist.type("\u{1b}[200~\(String(repeating: Self.line, count: 200))\u{1b}[201~")
    let keys = ["x", " ", "=", "\r", "e", "n", "d", "\u{1b}[A", "(", "\u{7f}", "\u{1b}[D", "y"]
    let times = (0..<60).map { step in
      ContinuousClock().measure { typist.type(keys[step % keys.count]) }
    }.sorted()
    print("a key in 200 lines: \(times[30]), at most \(times[59])")
    #expect(times[30] < .milliseconds(5))
  }

  @Test func fiveThousandLinesAtOnce() {
    var typist = Typist()
    let paste = "\u{1b}[200~\(String(repeating: Self.line, count: 5_000))\u{1b}[201~"
    let time = ContinuousClock().measure { typist.type(paste) }
    print("5,000 lines pasted: \(time)")
    #expect(time < .seconds(1))
    #expect(typist.editor.text.buffer.lines.count == 5_001)
  }
}
