import LineEditor

/// Lua for the editor, as far as the text alone tells. Conforming types add `isComplete`.
package protocol LuaTextLanguage: Language {}

extension LuaTextLanguage {
  package func indentation(after text: String) -> Int { LuaText(text).indentation }
  package func indentation(of line: String, after text: String) -> Int {
    LuaText(text).indentation(of: line)
  }
  package func styles(of text: String) -> [StyledRange] { LuaText(text).styles }
  package func brackets(in text: String, at offset: Int) -> [Int] {
    LuaText(text).brackets(at: offset)
  }
}
