import LuaBindings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The prompt: reads lines until they make a chunk, or a block from the editor, runs it, prints
/// what it gives.
struct Prompt {
  let interpreter: Interpreter
  /// The editor; nil for plain lines.
  let terminal: Terminal?
  private var state: LuaState { interpreter.state }

  init(interpreter: Interpreter) {
    self.interpreter = interpreter
    terminal = Terminal.isPresent ? Terminal(language: LuaLanguage(interpreter: interpreter)) : nil
  }

  /// Until the input ends.
  mutating func run() {
    do {
      try interpreter.pushModule()
      try interpreter.state.setGlobal("lai")
    } catch {
      complain("\(error)\n")
    }
    while let line = readFirst() {
      state.top = 0
      if line.hasPrefix("?") {
        print(help(for: line.dropFirst()))
        continue
      }
      do throws(LuaFailure) {
        try loadChunk(startingWith: line)
        try interpreter.call(arguments: 0)
        try printResults()
      } catch {
        complain("\(error.message)\n")
      }
    }
    state.top = 0
    if terminal == nil { print() }
  }

  /// The text of a global that a script may set, as in stock Lua, else the usual one.
  private func text(of global: String, orElse usual: String) -> String {
    var text = usual
    if (try? interpreter.state.pushGlobal(global)) != nil {
      if !state.isNil(at: -1) { text = (try? state.describe(-1)) ?? usual }
      state.pop()
    }
    return text
  }

  /// A line, or the editor's whole block.
  private func readFirst() -> String? {
    guard let terminal else { return read(prompt: "_PROMPT", orElse: "> ") }
    // The editor has its own colours.
    let prompts = [text(of: "_PROMPT", orElse: "> "), text(of: "_PROMPT2", orElse: ">> ")]
      .map { $0.replacing(/\u{1b}\[[0-9;]*m/, with: "") }
    return terminal.readBlock(prompt: prompts[0], continuation: prompts[1])
  }

  private func read(prompt global: String, orElse usual: String) -> String? {
    if terminal != nil { return nil }
    print(text(of: global, orElse: usual), terminator: "")
    fflush(nil)
    return readLine()
  }

  /// Pushes the compiled chunk: as an expression if it is one, else as statements, reading on
  /// while it only lacks its end.
  private func loadChunk(startingWith line: String) throws(LuaFailure) {
    let line = line.hasPrefix("=") ? "return \(line.dropFirst())" : line
    if (try? interpreter.load("return \(line);", name: "=stdin")) != nil { return }
    var chunk = line
    while true {
      do throws(LuaFailure) {
        return try interpreter.load(chunk, name: "=stdin")
      } catch {
        guard error.isIncompleteChunk, let next = read(prompt: "_PROMPT2", orElse: ">> ") else {
          throw error
        }
        chunk += "\n" + next
      }
    }
  }

  private func printResults() throws(LuaFailure) {
    let count = state.top
    guard count > 0 else { return }
    try interpreter.state.pushGlobal("print")
    state.insert(1)
    try interpreter.call(arguments: count)
  }

  private func help(for name: Substring) -> String {
    LuaModule.shared.help(for: name.filter { !$0.isWhitespace })
  }
}
