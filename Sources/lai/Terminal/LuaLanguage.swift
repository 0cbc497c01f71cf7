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

extension LuaLanguage {
  func completions(in text: String, at offset: Int) -> Completions {
    let lua = LuaText(text)
    switch lua.completionContext(at: offset) {
    case .none: return Completions()
    case .string(let range):
      let typed = String(decoding: lua.bytes[range], as: UTF8.self)
      return Completions(range, FilePaths.completions(of: typed))
    case .name(let range), .option(_, let range):
      let names = fields(of: ["_G"]) + LuaLexer.keywords.map { .init($0, detail: "keyword") }
      return choose(names, over: range, in: lua)
    case .member(let path, _, let range): return choose(fields(of: path), over: range, in: lua)
    }
  }

  private func choose(
    _ candidates: [Completions.Candidate], over range: Range<Int>, in lua: LuaText
  ) -> Completions {
    let typed = String(decoding: lua.bytes[range], as: UTF8.self)
    let fitting = candidates.filter { $0.text.hasPrefix(typed) }
    return Completions(range, fitting.sorted { $0.text < $1.text })
  }

  /// The names in a table, read without metamethods.
  private func fields(of path: [String]) -> [Completions.Candidate] {
    let state = interpreter.state
    let top = state.top
    defer { state.top = top }
    var candidates: [Completions.Candidate] = []
    do {
      try state.pushGlobal(path[0])
      for name in path.dropFirst() {
        guard state.type(at: -1) == .table else { return [] }
        try state.getField(name, of: -1)
      }
      guard state.type(at: -1) == .table else { return [] }
      try state.forEachPair(of: -1) { key, value in
        guard state.type(at: key) == .string, let name = state.string(at: key) else { return }
        let token = LuaLexer.tokens(in: Array(name.utf8))
        guard token.count == 1, token[0].kind == .name else { return }
        candidates.append(.init(name, detail: state.typeName(at: value)))
      }
    } catch {
      return candidates
    }
    return candidates
  }
}
