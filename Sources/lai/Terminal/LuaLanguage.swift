import LineEditor
import LuaBindings
import LuaSyntax

/// Lua as the prompt's editor sees it, with the interpreter's word on what is complete.
struct LuaLanguage: Language {
  let interpreter: Interpreter

  func isComplete(_ text: String) -> Bool {
    if text.hasPrefix("?") { return true }
    let state = interpreter.state
    let top = state.top
    defer { state.top = top }
    if (try? interpreter.load("return \(text)", name: "=stdin")) != nil { return true }
    do throws(LuaFailure) {
      try interpreter.load(
        text.hasPrefix("=") ? "return \(text.dropFirst())" : text, name: "=stdin")
      return true
    } catch {
      return !error.isIncompleteChunk
    }
  }

  func indentation(after text: String) -> Int { LuaText(text).indentation }
  func indentation(of line: String, after text: String) -> Int {
    LuaText(text).indentation(of: line)
  }
  func styles(of text: String) -> [StyledRange] { LuaText(text).styles }
  func brackets(in text: String, at offset: Int) -> [Int] { LuaText(text).brackets(at: offset) }
}
