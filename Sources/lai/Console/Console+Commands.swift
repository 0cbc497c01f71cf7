import LuaBindings
import LuaSyntax
import Tensors

/// A command of the console: `%name argument`.
struct ConsoleCommand: Sendable {
  let name: String
  let argument: String
  let summary: String
  let run: @Sendable (Console, String) -> Void

  static let all = [
    ConsoleCommand(name: "help", argument: "", summary: "what the prompt understands") {
      console, _ in console.showConsoleHelp()
    },
    ConsoleCommand(name: "tb", argument: "", summary: "the last error with its whole traceback") {
      console, _ in console.showTraceback()
    },
    ConsoleCommand(name: "time", argument: "code", summary: "runs code and shows the time it took")
    {
      console, code in console.time(code)
    },
    ConsoleCommand(
      name: "timeit", argument: "code", summary: "runs code again and again: the median time"
    ) { console, code in console.timeRepeatedly(code) },
    ConsoleCommand(name: "who", argument: "", summary: "your global variables") {
      console, _ in console.showVariables()
    },
    ConsoleCommand(name: "reset", argument: "", summary: "removes your global variables") {
      console, _ in console.removeVariables()
    },
    ConsoleCommand(
      name: "run", argument: "file arguments", summary: "runs a script; its globals stay"
    ) { console, words in console.runFile(words) },
    ConsoleCommand(
      name: "save", argument: "file [blocks]",
      summary: "writes the session as a script that replays it, or blocks such as 1-3 5 as they are"
    ) { console, words in console.save(words.shellWords) },
  ]
}

extension Console {
  func perform(command text: Substring) {
    let name = String(text.prefix { !$0.isWhitespace })
    let argument = text.dropFirst(name.count).trimmed
    guard let command = ConsoleCommand.all.first(where: { $0.name == name }) else {
      let names = ConsoleCommand.all.map(\.name)
      return complain(
        "no command '%\(name)'\(names.hint(for: name)); there are "
          + names.map { "%\($0)" }.joined(separator: ", ") + "\n")
    }
    if argument.isEmpty, !command.argument.isEmpty {
      return complain("%\(name) needs \(command.argument): \(command.summary)\n")
    }
    if !argument.isEmpty, command.argument.isEmpty {
      return complain("%\(name) takes no argument (got '\(argument)'): \(command.summary)\n")
    }
    command.run(self, argument)
  }

  func showConsoleHelp() {
    var rows = [("code", "runs; an expression shows its value, unless it ends with ;")]
    rows += [("_  _3", "the newest value, and that of block 3")]
    rows += [("? name", "help on a function, a class, a variable, a keyword; ? alone lists all")]
    rows += [("?? words", "looks for words in the help")]
    rows += ConsoleCommand.all.map { ("%\($0.name) \($0.argument)", $0.summary) }
    rows += [("$ command", "runs a command of the shell; $ cd changes the folder here")]
    let keys = [
      ("Tab", "completes; again, a menu"), ("Up, Ctrl-R", "earlier blocks"),
      ("Alt-Enter", "another line"), ("Ctrl-C", "stops what runs, or throws the block away"),
      ("Ctrl-D", "ends"),
    ]
    let width = (rows + keys).map(\.0.count).max() ?? 0
    print((rows + keys).map { "  \($0.0.padded(to: width))  \($0.1)" }.joined(separator: "\n"))
  }

  func showTraceback() {
    guard let lastFailure else { return print("no error so far") }
    let report = ErrorReport(lastFailure, width: reader.width, ink: ink, sources: sources)
    complain(report.long + "\n")
  }

  func time(_ code: String) {
    guard let cost = run(code) else { return }
    print(ink.grey("wall \(cost.wall.text), processor \(Duration.seconds(cost.processor).text)"))
  }

  /// As often as fits into about a second, in 7 rounds.
  func timeRepeatedly(_ code: String) {
    let program = """
      local body, now, rounds = ..., os.clock, {}
      local count = 1
      local function round()
        local start = now()
        for _ = 1, count do body() end
        return now() - start
      end
      while round() < 0.1 do count = count * 2 end
      for i = 1, 7 do rounds[i] = round() / count end
      table.sort(rounds)
      return rounds[4], rounds[1], rounds[7], count
      """
    defer { number += 1 }
    blocks[number] = code
    do throws(TracedFailure) {
      do throws(LuaFailure) {
        try interpreter.load(program, name: "=(timeit)")
        if !interpreter.loadExpression(code, name: "=[\(number)]") {
          try interpreter.load(code, name: "=[\(number)]")
        }
      } catch {
        throw TracedFailure(error)
      }
      try interpreter.callExamined(arguments: 1)
    } catch {
      return report(error)
    }
    let times = (1...3).map { Duration.seconds(state.number(at: $0) ?? 0).text }
    let count = state.integer(at: 4) ?? 0
    state.top = 0
    print("\(times[0]) of processor time (\(times[1]) to \(times[2]), 7 rounds of \(count))")
  }

  /// Runs a file with arguments, separated by blanks; one with blanks inside is quoted.
  func runFile(_ text: String) {
    let words = text.shellWords
    let code = SessionScript.running(words[0], arguments: Array(words.dropFirst()))
    do throws(TracedFailure) {
      let cost = try run(file: words[0], arguments: words.dropFirst())
      script.append(code: code)
      if cost.wall >= .seconds(1) { print(ink.grey(cost.wall.text)) }
    } catch {
      if !error.isInterrupt { script.append(code: "pcall(function()\n\(code)\nend)") }
      report(error)
    }
    state.top = 0
  }

  private func run(file path: String, arguments: ArraySlice<String>) throws(TracedFailure) -> Cost {
    do throws(LuaFailure) {
      // Stays below the script on the stack: the old value of `arg`.
      try state.pushGlobal("arg")
      try state.newTable(list: arguments.count)
      for (position, argument) in ([path] + arguments).enumerated() {
        try state.push(argument)
        try state.setIndex(position, of: -2)
      }
      try state.setGlobal("arg")
      try interpreter.load(file: path)
      for argument in arguments {
        guard (try? state.reserve(1)) != nil else { break }
        try state.push(argument)
      }
    } catch {
      restoreArguments()
      throw TracedFailure(error)
    }
    defer { restoreArguments() }
    return try callMeasured(arguments: state.top - 2)
  }

  private func restoreArguments() {
    state.top = 1
    try? state.setGlobal("arg")
  }

  /// Writes the session to the file named first, or only the blocks named after it.
  func save(_ words: [String]) {
    guard !script.isEmpty else { return complain("nothing to save yet\n") }
    do {
      let text =
        words.count == 1
        ? script.text
        : try numbers(of: words.dropFirst()).map { blocks[$0]! + "\n" }.joined()
      try TextFile.write(text, to: words[0])
      let lines = text.utf8.count { $0 == 10 }
      print("saved \(lines) line\(lines == 1 ? "" : "s") to \(words[0])")
    } catch {
      complain("%save: \(error)\n")
    }
  }

  private struct BlockProblem: Error, CustomStringConvertible {
    let description: String
  }

  /// The numbers of the blocks named by words such as "1-3", "5" or "1-3,5", in order.
  private func numbers(of words: ArraySlice<String>) throws -> [Int] {
    try words.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.flatMap {
      part in
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends.last ?? nil,
        first <= last, part.allSatisfy({ $0.isNumber || $0 == "-" })
      else {
        throw BlockProblem(
          description: "'\(part)' is neither a block nor a range of blocks, such as 3 or 1-3")
      }
      let known = blocks.keys.filter { $0 > 0 }
      guard first >= known.min() ?? 1, last <= known.max() ?? 0 else {
        throw BlockProblem(
          description: "there is no block \(first < known.min() ?? 1 ? first : last); "
            + "there are \(known.min() ?? 1) to \(known.max() ?? 0)")
      }
      return try (first...last).map { number in
        guard blocks[number] != nil else {
          throw BlockProblem(description: "there is no block \(number)")
        }
        return number
      }
    }
  }
}
