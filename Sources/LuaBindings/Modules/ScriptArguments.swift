import CLai
import Foundation
import Platform
import Tensors

/// `lai.args`: a script's own options.
enum ScriptArguments {
  /// An option of a script.
  struct Entry {
    var value: JSON
    var help = ""
    /// What it may be; anything of the value's type if there are none.
    var choices: [JSON] = []
  }

  /// Pushes a table of the options' values, under the names of their defaults.
  static func read(_ state: LuaState) throws -> Int32 {
    guard try state.isTable(at: 1, named: "defaults") else {
      throw ArgumentError("defaults", mustBe: "a table", got: state.account(of: 1))
    }
    guard case .object(let defaults) = try state.json(at: 1) else {
      throw ArgumentError("defaults", mustBe: "a table of names and defaults", got: "a list")
    }
    guard state.isNil(at: 2) || state.type(at: 2) == .string else {
      throw ArgumentError("description", mustBe: "a string", got: state.account(of: 2))
    }
    var entries: [String: Entry] = [:]
    for (name, value) in defaults { entries[name] = try entry(name, value) }
    let words = try commandLine(of: state)
    if words.contains("--help") {
      print(try help(entries, state.string(at: 2)))
      Interpreter.checkOutput()
      exit(EXIT_SUCCESS)
    }
    do {
      return try JSON.object(parse(words, entries)).push(to: state)
    } catch {
      let text = "\(luaText(of: error)); --help lists the options"
      lai_note_usage_error(text)
      throw UsageError(description: text)
    }
  }

  private struct UsageError: Error, CustomStringConvertible { let description: String }

  /// A default, or a table of default, help and choices.
  private static func entry(_ name: String, _ value: JSON) throws -> Entry {
    guard case .object(let fields) = value else { return Entry(value: value) }
    if let unknown = fields.keys.sorted().first(where: { !known.contains($0) }) {
      throw UnknownOption(name: unknown, known: known)
    }
    guard let fallback = fields["default"] else {
      throw ArgumentError(
        "defaults.\(name)", mustBe: "a default, or a table with default, help and choices",
        got: "a table without default")
    }
    var entry = Entry(value: fallback)
    if let help = fields["help"] {
      guard case .string(let text) = help else {
        throw ArgumentError("defaults.\(name).help", mustBe: "a string", got: try help.text())
      }
      entry.help = text
    }
    if let choices = fields["choices"] {
      guard case .array(let list) = choices, list.contains(fallback) else {
        throw ArgumentError(
          "defaults.\(name).choices", mustBe: "a list that has the default", got: try choices.text()
        )
      }
      entry.choices = list
    }
    return entry
  }
  private static let known = ["default", "help", "choices"]

  private static func help(_ entries: [String: Entry], _ description: String?) throws -> String {
    let width = (entries.keys.map(\.count).max() ?? 0) + 2
    let lines = try entries.sorted { $0.key < $1.key }.map { name, entry in
      let value = try text(of: entry.value)
      let choices = try entry.choices.map { try text(of: $0) }.joined(separator: ", ")
      let option = "--\(name)".padding(toLength: width, withPad: " ", startingAt: 0)
      return "  \(option)  \(entry.help.isEmpty ? "" : entry.help + " ")"
        + (choices.isEmpty ? "" : "One of \(choices). ")
        + (value.isEmpty ? "" : "(default \(value))")
    }
    return (description.map { "\($0)\n" } ?? "") + "options:\n" + lines.joined(separator: "\n")
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
  static func parse(_ words: [String], _ entries: [String: Entry]) throws -> [String: JSON] {
    var values = entries.mapValues(\.value)
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
      guard let entry = entries[name] else {
        throw UnknownOption(name: "--" + name, known: entries.keys.map { "--" + $0 })
      }
      if case .bool = entry.value, given == nil {
        values[name] = .bool(true)
        continue
      }
      guard let text = given ?? rest.popFirst() else {
        throw MissingOption(name: "--" + name, wanted: "a value after it")
      }
      let value = try self.value(text, like: entry.value, named: "--" + name)
      guard entry.choices.isEmpty || entry.choices.contains(value) else {
        throw ArgumentError(
          "--" + name,
          mustBe: "one of "
            + (try entry.choices.map { try self.text(of: $0) }).joined(separator: ", "),
          got: "'\(text)'")
      }
      values[name] = value
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
    if case .string(let text) = value { return text }
    guard case .array(let list) = value else { return try value.text() }
    return try list.map { try $0.text() }.joined(separator: ",")
  }
}
