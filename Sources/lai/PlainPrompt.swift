import LuaBindings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The prompt of stock Lua, for input that is no terminal: lines until they make a chunk, results
/// through `print`, errors with Lua's traceback.
struct PlainPrompt {
  let interpreter: Interpreter
  private var state: LuaState { interpreter.state }

  init(interpreter: Interpreter) { self.interpreter = interpreter }

  /// Until the input ends.
  func run() {
    while let line = interpreter.readLine(prompt: "_PROMPT", orElse: "> ") {
      state.top = 0
      do throws(LuaFailure) {
        try loadChunk(startingWith: line)
        try interpreter.call(arguments: 0)
        try printResults()
      } catch {
        complain("\(error.message)\n")
      }
    }
    state.top = 0
    print()
  }

  /// Pushes the compiled chunk: as an expression if it is one, else as statements, reading on
  /// while it only lacks its end.
  private func loadChunk(startingWith line: String) throws(LuaFailure) {
    if interpreter.loadExpression(line, name: "=stdin") { return }
    var chunk = line
    while true {
      do throws(LuaFailure) {
        return try interpreter.load(chunk, name: "=stdin")
      } catch {
        guard error.isIncompleteChunk,
          let next = interpreter.readLine(prompt: "_PROMPT2", orElse: ">> ")
        else { throw error }
        chunk += "\n" + next
      }
    }
  }

  private func printResults() throws(LuaFailure) {
    let count = state.top
    guard count > 0 else { return }
    try state.pushGlobal("print")
    state.insert(1)
    do throws(LuaFailure) {
      try interpreter.call(arguments: count)
    } catch {
      complain("error calling 'print' (\(error.message))\n")
    }
  }
}

/// What both prompts need.
extension Interpreter {
  /// The text of a global that a script may set, as in stock Lua; nil if it is not set.
  func promptText(_ global: String) -> String? {
    let top = state.top
    defer { state.top = top }
    guard (try? state.pushGlobal(global)) != nil, !state.isNil(at: -1) else { return nil }
    return try? state.describe(-1)
  }

  /// The next line of standard input behind a prompt; nil when there is no more.
  func readLine(prompt global: String, orElse usual: String) -> String? {
    print(promptText(global) ?? usual, terminator: "")
    fflush(nil)
    return Swift.readLine()
  }

  /// Pushes the compiled chunk if it can stand behind `return`, or in Lua 5.2's way behind `=`.
  func loadExpression(_ text: String, prefix: String = "return ", name: String) -> Bool {
    (try? load(prefix + (text.hasPrefix("=") ? text.dropFirst() : text[...]), name: name)) != nil
  }
}
