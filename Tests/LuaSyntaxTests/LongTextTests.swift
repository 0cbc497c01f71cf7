import LineEditor
import LuaSyntax
import Testing

/// Very long blocks. `scripts/bench typing` times them.
@Suite struct LongTextTests {
  private struct Lua: LuaTextLanguage {
    func isComplete(_ text: String) -> Bool { false }
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

  @Test func completionInTablesWithoutEnd() {
    let text = "lai.train" + String(repeating: "{", count: 20_000)
    _ = LuaText(text).completionContext(at: text.utf8.count)
  }
}
