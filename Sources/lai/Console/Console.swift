import LuaBindings
import LuaSyntax
import Platform

/// The source of a console's blocks.
protocol BlockReader {
  /// Reads lines until they form a complete block; nil at the end of the input.
  func readBlock(prompt: String, continuation: String) -> String?
  /// The width of a line in columns.
  var width: Int { get }
}

/// A value in the forms in which it is shown.
struct ShownValue {
  let text: String
  /// Drawings, by media type.
  var forms: [String: String] = [:]
}

/// Receives what a console otherwise prints: the results of blocks, and their errors.
protocol ConsoleListener: AnyObject {
  func show(_ values: [ShownValue])
  func show(_ report: ErrorReport)
}

/// The interactive prompt: runs blocks, shows their values and keeps them as `_`, `_1` and so on.
/// `?` is help, `%` a command of the console, `$` a shell command.
final class Console {
  let interpreter: Interpreter
  let reader: any BlockReader
  let ink: Ink
  weak var listener: (any ConsoleListener)?
  /// The number of the current block.
  var number = 1
  /// The blocks so far, by number, for the source lines in errors.
  var blocks: [Int: String] = [:]
  var lastFailure: TracedFailure?
  var script: SessionScript
  /// The names of globals before the first block.
  var standardNames: Set<String> = []
  /// The number of the block whose value was kept last; 0 before the first one.
  var lastKept = 0
  /// Whether the results of the current block are not kept.
  private(set) var isSilent = false
  private var hasExplainedLocal = false
  /// Names that were local to a block, with its number.
  private var formerLocals: [String: Int] = [:]

  var state: LuaState { interpreter.state }

  convenience init(interpreter: Interpreter) {
    let language = LuaLanguage(interpreter: interpreter)
    self.init(
      interpreter: interpreter,
      reader: Terminal.isPresent ? Terminal(language: language) : LineReader(language: language))
  }

  init(interpreter: Interpreter, reader: any BlockReader, ink: Ink = Ink()) {
    (self.interpreter, self.reader, self.ink) = (interpreter, reader, ink)
    script = SessionScript()
    interpreter.restCollectorBetweenCalls()
    do {
      script = SessionScript(preamble: ["lai = require \"lai\"", try seedOfRandomNumbers()])
      standardNames = Set(try variables().map(\.name))
    } catch {
      complain("\(error)\n")
    }
    state.top = 0
  }

  /// Runs until the input ends.
  func run() {
    while let block = reader.readBlock(prompt: prompt, continuation: continuation) {
      state.top = 0
      perform(block)
    }
    state.top = 0
  }

  /// The same without a number and without keeping the results.
  func perform(_ block: String, silently isSilent: Bool) {
    let before = number
    self.isSilent = isSilent
    if isSilent { number = 0 }
    perform(block)
    if isSilent { number = before }
    self.isSilent = false
  }

  func perform(_ block: String) {
    let trimmed = block.drop(while: \.isWhitespace)
    switch trimmed.first {
    case nil: break
    case "?": showHelp(trimmed.dropFirst())
    case "%": perform(command: trimmed.dropFirst())
    case "$": runInShell(String(trimmed.dropFirst()))
    default: evaluate(block)
    }
  }

  func showHelp(_ text: Substring) {
    let isSearch = text.first == "?"
    let words = (isSearch ? text.dropFirst() : text).trimmed
    let width = min(reader.width - 1, 100)
    if isSearch { return print(LuaModule.shared.search(words, width: width)) }
    if words.hasPrefix("%"),
      let command = ConsoleCommand.all.first(where: { "%\($0.name)" == words })
    {
      return print("%\(command.name) \(command.argument): \(command.summary)")
    }
    let sources = sources
    do throws(LuaFailure) {
      print(try interpreter.help(for: words, width: width) { sources.text($0) })
    } catch {
      report(TracedFailure(error))
    }
  }

  // A block's number is used by its result and by its errors.
  private var prompt: String { promptText("_PROMPT", orElse: "\(number)> ") }
  private var continuation: String {
    promptText("_PROMPT2", orElse: String(repeating: ">", count: "\(number)".count) + "> ")
  }

  private func promptText(_ global: String, orElse usual: String) -> String {
    do throws(LuaFailure) {
      return try interpreter.promptText(global) ?? usual
    } catch {
      report(TracedFailure(message: "\(global): \(error.message)"))
      return usual
    }
  }

  /// Explains once what `local` means here. For each name that a block reads and that is nil, says
  /// that it was local to an earlier block, or what Python's word is in Lua.
  func explainNames(of block: String, number: Int, hasFailed: Bool) {
    let text = LuaText(block)
    let unset = text.namesRead.filter(interpreter.isUnset)
    for name in unset.sorted() {
      guard let former = formerLocals[name] else { continue }
      print(
        ink.grey(
          "\(name) was local to block \(former) and ended with it; write `\(name) = …` to keep it"))
    }
    if !hasFailed, let advice = PythonHabit.advice(onUnset: unset) { print(ink.grey(advice)) }
    let locals = text.topLevelLocals
    for name in locals { formerLocals[name] = number }
    guard !hasExplainedLocal, let name = locals.first else { return }
    hasExplainedLocal = true
    print(ink.grey("`local \(name)` ends with its block; write `\(name) = …` to keep it."))
  }

  /// A statement that reproduces the seed of `math.random`, which Lua takes from the clock.
  private func seedOfRandomNumbers() throws -> String {
    try interpreter.load(
      "return string.format('math.randomseed(%d, %d)', math.randomseed())", name: "=(lai)")
    try interpreter.call(arguments: 0)
    defer { state.top = 0 }
    return state.string(at: -1) ?? ""
  }
}

/// Reads plain lines, without an editor, until they form a complete block.
struct LineReader: BlockReader {
  let language: LuaLanguage
  var width = 80

  func readBlock(prompt: String, continuation: String) -> String? {
    var block = ""
    while let line = readLine(prompt: block.isEmpty ? prompt : continuation) {
      block += block.isEmpty ? line : "\n" + line
      if language.isComplete(block) { return block }
    }
    print()
    return block.isEmpty ? nil : block
  }

  private func readLine(prompt: String) -> String? {
    print(prompt, terminator: "")
    Interpreter.checkOutput()
    return Swift.readLine()
  }
}

/// Colours for the console's own text, if the terminal supports them and the user wants them.
struct Ink {
  private let isOn: Bool

  init(isOn: Bool = Terminal.isPresent && isatty(STDERR_FILENO) == 1 && isWanted) {
    self.isOn = isOn
  }

  static var isWanted: Bool { getenv("NO_COLOR").map { $0.pointee == 0 } ?? true }

  func red(_ text: String) -> String { paint(text, "31") }
  func grey(_ text: String) -> String { paint(text, "90") }

  private func paint(_ text: String, _ colour: String) -> String {
    isOn ? "\u{1b}[\(colour)m\(text)\u{1b}[0m" : text
  }
}

extension StringProtocol {
  /// Without blanks and line breaks at both ends.
  var trimmed: String {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
