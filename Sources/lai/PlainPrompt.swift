import LuaBindings
import Platform

/// The prompt of stock Lua, for input that is not a terminal: reads lines until they make a chunk,
/// shows results through `print` and errors with Lua's traceback. Each line is echoed after its
/// prompt, as by a `lua` with GNU Readline.
struct PlainPrompt {
  let interpreter: Interpreter
  private var state: LuaState { interpreter.state }

  init(interpreter: Interpreter) { self.interpreter = interpreter }

  /// Runs until the input ends.
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

  /// Pushes the compiled chunk: an expression if possible, else statements. Reads more lines while
  /// the chunk is incomplete. Lua 5.2's `=` before an expression means `return`.
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

  /// The next line of standard input, without its line break, after a prompt; nil at the end of the
  /// input.
  private func readLine(prompt global: String, orElse usual: String) -> [UInt8]? {
    print((try? interpreter.promptText(global)) ?? usual, terminator: "")
    Interpreter.checkOutput()
    guard let line = Interpreter.readLine() else { return nil }
    Interpreter.write(line + [10])
    return line
  }
}

/// What both prompts use.
extension Interpreter {
  /// Pushes the compiled chunk if it is valid after `return`; also with Lua 5.2's `=` before it.
  func loadExpression(_ text: String, prefix: String = "return ", name: String) -> Bool {
    (try? load(prefix + (text.hasPrefix("=") ? text.dropFirst() : text[...]), name: name)) != nil
  }
}
