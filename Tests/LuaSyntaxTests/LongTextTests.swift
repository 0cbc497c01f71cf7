import LineEditor
import LuaSyntax
import Testing

/// Blocks longer than anybody types; `scripts/bench typing` times them.
@Suite struct LongTextTests {
  private struct Lua: Language {
    func isComplete(_ text: String) -> Bool { false }
    func indentation(after text: String) -> Int { LuaText(text).indentation }
    func indentation(of line: String, after text: String) -> Int {
      LuaText(text).indentation(of: line)
    }
    func styles(of text: String) -> [StyledRange] { LuaText(text).styles }
    func brackets(in text: String, at offset: Int) -> [Int] { LuaText(text).brackets(at: offset) }
  }

  @Test func aPasteIsOneBlockOfAllItsLines() {
    var editor = Editor(language: Lua())
    let text = String(
      repeating: "  local value = math.sin(x * 2) + t[\"name\"] -- a comment\n", count: 5_000)
    var decoder = KeyDecoder()
    for key in decoder.decode("\u{1b}[200~\(text)\u{1b}[201~".utf8) { _ = editor.handle(key) }
    #expect(editor.text.buffer.lines.count == 5_001)
    #expect(LuaText(text).styles.count > 5_000)
  }
}
