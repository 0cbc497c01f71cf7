import LuaBindings
import Platform

/// The prompt of stock Lua, for input that is no terminal: lines until they make a chunk, results
/// through `print`, errors with Lua's traceback. Each line is echoed behind its prompt, as a `lua`
/// with GNU Readline does.
struct PlainPrompt {
  let interpreter: Interpreter
  private var state: LuaState { interpreter.state }

  init(interpreter: Interpreter) { self.interpreter = interpreter }

  /// Until the input ends.
  func run() {
    while let line = readLine(prompt: "_PROMPT", orElse: "> ") {
      state.top = 0
      do throws(LuaFailure) {
        try loadChunk(startingWith: line)
        try interpreter.call(arguments: 0)
        printResults()
      } catch {
        complain(state.text(of: error) + [10])
      }
    }
    state.top = 0
    print()
  }

  /// Pushes the compiled chunk: as an expression if it is one, else as statements, reading on
  /// while it only lacks its end. Lua 5.2's `=` before an expression is taken for `return`.
  private func loadChunk(startingWith line: [UInt8]) throws(LuaFailure) {
    let word = Array("return ".utf8)
    var chunk = line.first == UInt8(ascii: "=") ? word + line.dropFirst() : line
    if (try? interpreter.load(word + chunk + [UInt8(ascii: ";")], name: "=stdin")) != nil {
      return
    }
    while true {
      do throws(LuaFailure) {
        return try interpreter.load(chunk, name: "=stdin")
      } catch {
        guard error.isIncompleteChunk, let next = readLine(prompt: "_PROMPT2", orElse: ">> ")
        else { throw error }
        chunk += [10] + next
      }
    }
  }

  private func printResults() {
    do throws(LuaFailure) {
      try interpreter.printValues()
    } catch {
      complain(Array("error calling 'print' (".utf8) + state.text(of: error) + Array(")\n".utf8))
    }
  }

  /// The next line of standard input, without its end, behind a prompt; nil when there is no more.
  private func readLine(prompt global: String, orElse usual: String) -> [UInt8]? {
    print((try? interpreter.promptText(global)) ?? usual, terminator: "")
    fflush(nil)
    guard let line = Interpreter.readLine() else { return nil }
    Interpreter.write(line + [10])
    return line
  }
}

/// What both prompts need.
extension Interpreter {
  /// Pushes the compiled chunk if it can stand behind `return`, or in Lua 5.2's way behind `=`.
  func loadExpression(_ text: String, prefix: String = "return ", name: String) -> Bool {
    (try? load(prefix + (text.hasPrefix("=") ? text.dropFirst() : text[...]), name: name)) != nil
  }
}
