import Platform
import Tensors

/// `lai.args`: a script's own options.
enum ScriptArguments {
  /// Pushes a table of the options' values, under the names of their defaults.
  static func read(_ state: LuaState) throws -> Int32 {
    guard try state.isTable(at: 1, named: "defaults") else {
      throw ArgumentError("defaults", mustBe: "a table", got: state.account(of: 1))
    }
    guard case .object(let defaults) = try state.json(at: 1) else {
      throw ArgumentError("defaults", mustBe: "a table of names and defaults", got: "a list")
    }
    let words = try commandLine(of: state)
    if words.contains("--help") {
      print("options:")
      for (name, value) in defaults.sorted(by: { $0.key < $1.key }) {
        print("  --\(name)  (default \(try text(of: value)))")
      }
      Interpreter.checkOutput()
      exit(EXIT_SUCCESS)
    }
    return try JSON.object(parse(words, defaults: defaults)).push(to: state)
  }

  /// The global `arg` from index 1 on.
  private static func commandLine(of state: LuaState) throws -> [String] {
    try state.reserve(4)
    try state.pushGlobal("arg")
    defer { state.pop() }
    guard try state.isTable(at: -1, named: "arg") else { return [] }
    let table = state.top
    return (0..<state.rawLength(at: table)).compactMap { position in
      state.getIndex(position + 1, of: table)
      defer { state.pop() }
      return state.string(at: -1)
    }
  }

  /// Converts words to values.
  ///
  /// - Throws: `UnknownOption`, `ArgumentError`.
  static func parse(_ words: [String], defaults: [String: JSON]) throws -> [String: JSON] {
    var values = defaults
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        throw ArgumentError("command line", mustBe: "--name value …", got: "'\(word)'")
      }
      var name = String(word.dropFirst(2))
      var given: String?
      if let equals = name.firstIndex(of: "=") {
        given = String(name[name.index(after: equals)...])
        name = String(name[..<equals])
      }
      name = name.replacing("-", with: "_")
      guard let fallback = defaults[name] else {
        throw UnknownOption(name: "--" + name, known: defaults.keys.map { "--" + $0 })
      }
      if case .bool = fallback, given == nil {
        values[name] = .bool(true)
        continue
      }
      guard let text = given ?? rest.popFirst() else {
        throw MissingOption(name: "--" + name, wanted: "a value after it")
      }
      values[name] = try value(text, like: fallback, named: "--" + name)
    }
    return values
  }

  private static func value(_ text: String, like fallback: JSON, named name: String) throws -> JSON
  {
    switch fallback {
    case .integer, .number:
      guard let number = number(text) else {
        throw ArgumentError(name, mustBe: "a number", got: "'\(text)'")
      }
      return number
    case .bool:
      guard let value = Bool(text) else {
        throw ArgumentError(name, mustBe: "true or false", got: "'\(text)'")
      }
      return .bool(value)
    case .array:
      return .array(
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
          guard let number = number(String(part)) else {
            throw ArgumentError(name, mustBe: "a list like 64,64", got: "'\(text)'")
          }
          return number
        })
    case .string, .null, .object: return .string(text)
    }
  }

  private static func number(_ text: String) -> JSON? {
    if let whole = Int(text) { return .integer(whole) }
    return Double(text).flatMap { $0.isFinite ? .number($0) : nil }
  }

  private static func text(of value: JSON) throws -> String {
    guard case .array(let list) = value else { return try value.text() }
    return try list.map { try $0.text() }.joined(separator: ",")
  }
}
