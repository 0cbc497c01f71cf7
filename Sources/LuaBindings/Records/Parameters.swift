import CLai
import Tensors

/// The documentation of a parameter or an option.
package struct ParameterRecord: Sendable {
  package let name: String
  package let annotation: String
  package let isOptional: Bool
  package let defaultText: String?
  package let summary: String
  /// The keys of a table of options.
  package let options: [ParameterRecord]
  /// Whether it names a file.
  var isPath = false
  /// The possible values, as Lua literals; empty if there are others.
  var choices: [String] = []
  /// The keys of tables of options inside this list or among variadic arguments.
  var entryOptions: [ParameterRecord] = []

  /// The documentation of such a table.
  var entry: ParameterRecord? {
    guard !entryOptions.isEmpty else { return nil }
    return ParameterRecord(
      name: "[1]", annotation: "table", isOptional: false, defaultText: nil, summary: "",
      options: entryOptions)
  }

  /// The same with another default, required or optional.
  func with(default defaultText: String?, isOptional: Bool) -> ParameterRecord {
    ParameterRecord(
      name: name, annotation: annotation, isOptional: isOptional, defaultText: defaultText,
      summary: summary, options: options, isPath: isPath, choices: choices,
      entryOptions: entryOptions)
  }

  /// The same with the keys of its table.
  func with(options: [ParameterRecord]) -> ParameterRecord {
    ParameterRecord(
      name: name, annotation: annotation, isOptional: isOptional, defaultText: defaultText,
      summary: summary, options: options, isPath: isPath, choices: choices,
      entryOptions: entryOptions)
  }

  /// The same, but optional.
  var asOptional: ParameterRecord { with(default: defaultText, isOptional: true) }
}

/// A positional parameter of a Lua function.
struct Parameter<Value>: Sendable {
  let name: String
  let kind: Kind<Value>
  let summary: String
  var options: [ParameterRecord] = []
  /// The keys of each table in a list of tables of options.
  private let entryOptions: [ParameterRecord]

  init(
    _ name: String, _ kind: Kind<Value>, _ summary: String, entries: [ParameterRecord] = []
  ) {
    (self.name, self.kind, self.summary, entryOptions) = (name, kind, summary, entries)
  }

  /// The argument at a position of the stack.
  @inline(__always)
  func read(_ state: LuaState, _ index: Int32) throws -> Value {
    try kind.value(in: state, at: index, named: name)
  }

  var record: ParameterRecord {
    ParameterRecord(
      name: name, annotation: kind.annotation, isOptional: kind.isOptional, defaultText: nil,
      summary: summary, options: options, isPath: kind.isPath, choices: kind.choices,
      entryOptions: entryOptions)
  }
}

/// One key in a table of options.
struct Option<Value>: Sendable {
  let name: String
  let kind: Kind<Value>
  let fallback: (@Sendable () -> Value)?
  let summary: String
  private let defaultText: String?

  /// A required option, unless its kind is optional.
  init(_ name: String, _ kind: Kind<Value>, _ summary: String) {
    (self.name, self.kind, self.summary) = (name, kind, summary)
    (fallback, defaultText) = (nil, nil)
  }

  /// An option with a default.
  init(_ name: String, _ kind: Kind<Value>, default value: Value, _ summary: String)
  where Value: Sendable {
    (self.name, self.kind, self.summary) = (name, kind, summary)
    fallback = { value }
    defaultText =
      switch value {
      case let text as String: "\"\(text)\""
      case let texts as [String]: "{" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "}"
      case let numbers as [Double]:
        "{" + numbers.map { numberText("\($0)") }.joined(separator: ", ") + "}"
      default: numberText("\(value)")
      }
  }

  var record: ParameterRecord {
    ParameterRecord(
      name: name, annotation: kind.annotation,
      isOptional: kind.isOptional || fallback != nil, defaultText: defaultText,
      summary: summary, options: [], isPath: kind.isPath, choices: kind.choices)
  }
}

/// A table of options on the stack, whose keys have been checked.
struct OptionTable {
  let state: LuaState
  /// nil when no table was given.
  let index: Int32?

  /// Whether the option was given.
  func contains<Value>(_ option: Option<Value>) throws -> Bool {
    guard let index else { return false }
    defer { state.pop() }
    return try state.getField(option.name, of: index) != .nil
  }

  /// The value of an option, or its default.
  ///
  /// Values that were read stay on the stack, so that functions among them stay alive.
  func callAsFunction<Value>(_ option: Option<Value>) throws -> Value {
    try state.reserve(4)
    if let index { try state.getField(option.name, of: index) } else { state.pushNil() }
    if state.isNil(at: -1) {
      if let fallback = option.fallback { return fallback() }
      if !option.kind.isOptional {
        throw MissingOption(name: option.name, wanted: option.kind.wanted)
      }
    }
    return try option.kind.value(in: state, at: state.top, named: option.name)
  }
}

struct MissingOption: Error, CustomStringConvertible {
  let name: String
  let wanted: String
  var description: String { "option '\(name)' is missing (\(wanted))" }
}

struct UnknownOption: Error, CustomStringConvertible {
  let name: String
  let known: [String]
  var description: String {
    let hint = ForeignNames.hint(forOption: name, known: known) ?? known.hint(for: name)
    return "unknown option '\(name)'\(hint)"
  }
}

extension Parameter where Value == OptionTable {
  /// A table of options. It is optional if all of its options are.
  static func options(_ records: ParameterRecord...) -> Parameter { options(records) }

  /// - takesList: Whether the table may also hold a list, which the caller reads.
  static func options(_ records: [ParameterRecord], takesList: Bool = false) -> Parameter {
    let names = records.map(\.name)
    let required = records.contains { !$0.isOptional }
    let kind = Kind<OptionTable>(
      "a table of options", annotation: "table", isOptional: !required
    ) { state, index in
      if state.isNil(at: index) && !required { return OptionTable(state: state, index: nil) }
      guard try state.isTable(at: index, naming: names) else { return nil }
      try state.forEachPair(of: index) { key, _ in
        let name = state.string(at: key)
        if let name, names.contains(name) { return }
        if takesList, state.type(at: key) == .number, state.integer(at: key) != nil { return }
        throw UnknownOption(name: name ?? state.account(of: key), known: names)
      }
      return OptionTable(state: state, index: index)
    }
    var parameter = Parameter("options", kind, "")
    parameter.options = records
    return parameter
  }
}

extension OptionTable {
  /// Reads a table of options that is an option itself; nil for no table. Errors say which key of it
  /// is meant.
  static func nested<Value>(
    _ state: LuaState, _ index: Int32, _ records: [ParameterRecord], takesList: Bool = false,
    _ read: (OptionTable) throws -> Value
  ) throws -> Value? {
    let names = records.map(\.name)
    guard try state.isTable(at: index, naming: takesList ? [] : names) else { return nil }
    do {
      let options = Parameter<OptionTable>.options(
        records.map(\.asOptional), takesList: takesList)
      return try read(options.read(state, index))
    } catch let error as ArgumentError {
      let dot = error.name.isEmpty || error.name.hasPrefix("[") ? "" : "."
      throw ArgumentError("\(dot)\(error.name)", mustBe: error.wanted, got: error.got)
    } catch let error as UnknownOption {
      throw ArgumentError(
        "", mustBe: "a table of " + names.joined(separator: ", "), got: "\(error)")
    } catch let error as MissingOption {
      throw ArgumentError(".\(error.name)", mustBe: error.wanted, got: "none")
    }
  }
}
