import LineEditor
import LuaBindings
import LuaSyntax

/// Lua in the prompt's editor; the interpreter decides whether a block is complete.
struct LuaLanguage: LuaTextLanguage {
  let interpreter: Interpreter

  func isComplete(_ text: String) -> Bool { completeness(of: text) != .incomplete }

  /// Whether a text can run, needs more lines, or does not compile.
  enum Completeness: String { case complete, incomplete, invalid }

  func completeness(of text: String) -> Completeness {
    if isCommand(text) { return .complete }
    let state = interpreter.state
    let top = state.top
    defer { state.top = top }
    if (try? interpreter.load("return \(text)", name: "=stdin")) != nil { return .complete }
    do throws(LuaFailure) {
      try interpreter.load(
        text.hasPrefix("=") ? "return \(text.dropFirst())" : text, name: "=stdin")
      return .complete
    } catch {
      if interpreter.returningLastExpression(text) != text { return .complete }
      return error.isIncompleteChunk && !PythonHabit.isLine(text) ? .incomplete : .invalid
    }
  }

  /// Whether it is a command of the console and not Lua.
  private func isCommand(_ text: String) -> Bool {
    text.first { !$0.isWhitespace }.map { "?%$".contains($0) } ?? false
  }
}

extension Interpreter {
  /// The text with its lines unchanged; if its last statement is an expression, that is returned.
  func returningLastExpression(_ text: String, prefix: String = "return ") -> String {
    let top = state.top
    defer { state.top = top }
    guard !loadExpression(text, name: "=?"),
      let changed = LuaText(text).returningLastExpression(prefix: prefix),
      (try? load(changed, name: "=?")) != nil
    else { return text }
    return changed
  }
}

extension LuaLanguage {
  func completions(in text: String, at offset: Int) -> Completions {
    let lua = LuaText(text)
    if let command = commandCompletions(in: text, at: offset) { return command }
    switch lua.completionContext(at: offset) {
    case .none: return Completions()
    case .string(let range, let place):
      let typed = String(decoding: lua.bytes[range], as: UTF8.self)
      let choices = (place.map { interpreter.choices(at: $0) } ?? []).compactMap { choice in
        choice.name.first == "\""
          ? Completions.Candidate(
            String(choice.name.dropFirst().dropLast()), detail: choice.detail) : nil
      }
      guard choices.isEmpty else { return choose(choices, over: range, in: lua) }
      return Completions(range, FilePaths.completions(of: typed))
    case .name(let range): return choose(names, over: range, in: lua)
    case .option(let place, let keys, let range):
      let options = interpreter.options(at: place)
      guard !options.isEmpty else { return value(at: place, over: range, in: lua) }
      let free = options.filter { !keys.contains($0.name) }
      var completions = choose(
        free.map { .init("\($0.name)=", detail: $0.detail) }, over: range, in: lua)
      completions.areOptions = !completions.candidates.isEmpty
      return completions
    case .value(let place, let range): return value(at: place, over: range, in: lua)
    case .member(let path, let isMethod, let range):
      let members = interpreter.members(of: path, methodsOnly: isMethod)
      return choose(candidates(members), over: range, in: lua)
    }
  }

  /// Completes commands after `%`, and paths after `$` and after commands that take one.
  private func commandCompletions(in text: String, at offset: Int) -> Completions? {
    let before = String(decoding: Array(text.utf8)[..<offset], as: UTF8.self)
    let words = before.split(separator: " ", omittingEmptySubsequences: false)
    guard let first = words.first, let last = words.last else { return nil }
    let range = (offset - last.utf8.count)..<offset
    if first.hasPrefix("%"), words.count == 1 {
      let fitting = ConsoleCommand.all.filter { "%\($0.name)".hasPrefix(first) }
      let candidates = fitting.map {
        Completions.Candidate("%\($0.name)", detail: $0.summary)
      }
      return Completions(range, candidates.sorted { $0.text < $1.text })
    }
    guard words.count > 1, first.hasPrefix("$") || ["%run", "%save"].contains(first) else {
      return nil
    }
    return Completions(range, FilePaths.completions(of: String(last)))
  }

  /// The values that are valid there, even before the opening quote is typed. Any name, if there
  /// are no known values.
  private func value(
    at place: ArgumentPlace, over range: Range<Int>, in lua: LuaText
  ) -> Completions {
    let typed = String(decoding: lua.bytes[range], as: UTF8.self)
    let choices = interpreter.choices(at: place).filter { choice in
      choice.name.hasPrefix(typed) || choice.name.dropFirst().hasPrefix(typed)
    }
    guard choices.isEmpty else {
      return Completions(range, choices.map { .init($0.name, detail: $0.detail) })
    }
    return choose(names, over: range, in: lua)
  }

  private var names: [Completions.Candidate] {
    candidates(interpreter.members(of: ["_G"]))
      + LuaLexer.keywords.map { .init($0, detail: "keyword") }
  }

  /// The candidates that are valid names.
  private func candidates(_ names: [LiveName]) -> [Completions.Candidate] {
    names.compactMap { name in
      let tokens = LuaLexer.tokens(in: Array(name.name.utf8))
      guard tokens.count == 1, tokens[0].kind == .name else { return nil }
      return .init(name.name, detail: name.detail)
    }
  }

  private func choose(
    _ candidates: [Completions.Candidate], over range: Range<Int>, in lua: LuaText
  ) -> Completions {
    let typed = String(decoding: lua.bytes[range], as: UTF8.self)
    let fitting = candidates.filter { $0.text.hasPrefix(typed) }
    return Completions(range, fitting.sorted { $0.text < $1.text })
  }
}
