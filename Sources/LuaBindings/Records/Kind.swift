import CLai
import Tensors

/// The kind of a parameter, an option or a list entry: how to read it and how to describe it.
struct Kind<Value>: Sendable {
  /// "a number > 0": completes "x must be …".
  let wanted: String
  /// The type in LuaLS's notation, for the stubs.
  let annotation: String
  /// Whether nil is accepted.
  let isOptional: Bool
  /// Whether it names a file.
  let isPath: Bool
  /// The possible values, as Lua literals, for completion; empty if there are too many to list.
  let choices: [String]
  /// Reads the value at an index; nil if it is not of this kind. May throw a more specific error.
  let read: @Sendable (LuaState, Int32) throws -> Value?

  init(
    _ wanted: String, annotation: String, isOptional: Bool = false, isPath: Bool = false,
    choices: [String] = [], read: @escaping @Sendable (LuaState, Int32) throws -> Value?
  ) {
    self.wanted = wanted
    self.annotation = annotation
    self.isOptional = isOptional
    self.isPath = isPath
    self.choices = choices
    self.read = read
  }

  /// Reads the value at an index. In errors, `name` is the name of the parameter or option; it also
  /// prefixes the "[2]" of a list entry and the ".w" of a table entry.
  @inline(__always)
  func value(in state: LuaState, at index: Int32, named name: String) throws -> Value {
    do {
      if let value = try read(state, index) { return value }
    } catch {
      throw placed(error, in: name)
    }
    throw ArgumentError(name, mustBe: wanted, got: state.account(of: index))
  }

  /// A place inside the parameter is prefixed with the parameter's name.
  @inline(never)
  private func placed(_ error: any Error, in name: String) -> any Error {
    guard let error = error as? ArgumentError, error.name.isPlaceInside else { return error }
    return ArgumentError(name + error.name, mustBe: error.wanted, got: error.got)
  }
}

extension String {
  /// Whether it is a place inside a parameter.
  fileprivate var isPlaceInside: Bool { isEmpty || hasPrefix("[") || hasPrefix(".") }
}

extension Kind {
  /// nil, or a value of this kind.
  var optional: Kind<Value?> {
    Kind<Value?>(
      wanted, annotation: annotation, isOptional: true, isPath: isPath, choices: choices
    ) { state, index in
      if state.isNil(at: index) { return .some(nil) }
      guard let value = try self.read(state, index) else { return nil }
      return .some(value)
    }
  }

  /// The same kind with a converted value; `transform` may throw.
  func map<Other>(_ transform: @escaping @Sendable (Value) throws -> Other) -> Kind<Other> {
    Kind<Other>(
      wanted, annotation: annotation, isOptional: isOptional, isPath: isPath, choices: choices
    ) { state, index in
      try self.read(state, index).map(transform)
    }
  }
}

extension Kind {
  /// One of two kinds; the first that fits is used.
  func or(_ other: Kind<Value>) -> Kind<Value> {
    Kind(
      "\(wanted) or \(other.wanted)", annotation: "\(annotation)|\(other.annotation)",
      isPath: isPath || other.isPath,
      choices: choices.isEmpty || other.choices.isEmpty ? [] : choices + other.choices
    ) {
      try self.read($0, $1) ?? other.read($0, $1)
    }
  }
}

extension Kind where Value == Double {
  static let number = Kind("a number", annotation: "number") { $0.number(at: $1) }

  /// A number with a condition, described as in "> 0". The condition must be false for NaN.
  static func number(
    _ wanted: String, where condition: @escaping @Sendable (Double) -> Bool
  ) -> Kind {
    Kind(wanted, annotation: "number") { state, index in
      guard let value = state.number(at: index), condition(value) else { return nil }
      return value
    }
  }

  static let positive = number("a finite number > 0") { $0 > 0 && $0.isFinite }
  static let notNegative = number("a finite number >= 0") { $0 >= 0 && $0.isFinite }
  static let fraction = number("between 0 and 1") { $0 >= 0 && $0 <= 1 }
  static let finite = number("a finite number") { $0.isFinite }
}

extension Kind where Value == Int {
  static let integer = Kind("a whole number", annotation: "integer") { $0.integer(at: $1) }

  static func integer(atLeast minimum: Int) -> Kind {
    integer("a whole number >= \(minimum)", in: minimum...Int.max)
  }

  static func integer(_ wanted: String, in range: ClosedRange<Int>) -> Kind {
    Kind(wanted, annotation: "integer") { state, index in
      guard let value = state.integer(at: index), range.contains(value) else { return nil }
      return value
    }
  }
}

extension Kind where Value == UInt64 {
  /// Any whole number. Negative numbers are valid seeds too.
  static let seed = Kind("a whole number", annotation: "integer") {
    $0.integer(at: $1).map { UInt64(bitPattern: Int64($0)) }
  }
}

extension Kind where Value == Bool {
  static let boolean = Kind(
    "true or false", annotation: "boolean", choices: ["true", "false"]
  ) { state, index in
    state.type(at: index) == .boolean ? state.boolean(at: index) : nil
  }
}

extension Kind where Value == String {
  static let string = Kind("a string", annotation: "string") { try $0.text(at: $1) }
  static let path = Kind("a file's path", annotation: "string", isPath: true) { state, index in
    guard let text = try state.text(at: index) else { return nil }
    if text.isEmpty || text.utf8.contains(0) { return nil }
    guard try state.allowsFiles() else {
      throw ArgumentError("", mustBe: "left out: files are not allowed here", got: "'\(text)'")
    }
    return text
  }

  static func choice(_ names: [String]) -> Kind {
    let list = names.map { "'\($0)'" }
    let wanted =
      list.count < 2
      ? list.joined() : list.dropLast().joined(separator: ", ") + " or " + list.last!
    let choices = names.map { "\"\($0)\"" }
    return Kind(wanted, annotation: choices.joined(separator: "|"), choices: choices) {
      guard let text = $0.string(at: $1), names.contains(text) else { return nil }
      return text
    }
  }
}

extension Kind where Value: LuaRepresentable {
  /// An object of a class.
  static var object: Kind {
    Kind("a lai.\(Value.luaName)", annotation: "lai.\(Value.luaName)") { $0.object(at: $1) }
  }
}

extension Kind where Value == LuaCallable {
  /// A function. It stays on the stack while the Swift function that reads it runs.
  static let function = Kind("a function", annotation: "function") { state, index in
    state.type(at: index) == .function ? LuaCallable(state: state, index: index) : nil
  }
}

/// A Lua function on the stack; valid only while the Swift function that read it runs.
struct LuaCallable: @unchecked Sendable {
  let state: LuaState
  let index: Int32

  /// Calls the function and leaves `results` values on the stack.
  func call(results: Int32, _ arguments: any LuaPushable...) throws {
    try call(results: results, arguments)
  }

  func call(results: Int32, _ arguments: [any LuaPushable]) throws {
    try state.reserve(Int32(arguments.count) + 2)
    state.pushValue(index)
    for argument in arguments { try argument.push(to: state) }
    try state.call(arguments: Int32(arguments.count), results: results)
  }
}

extension Kind {
  /// A list of values of a kind, t[1], t[2], … up to the table's length.
  func list(atLeast minimum: Int = 0) -> Kind<[Value]> {
    Kind<[Value]>("a list, each \(wanted)", annotation: "(\(annotation))[]", isPath: isPath) {
      state, index in
      guard try state.isTable(at: index) else { return nil }
      let count = state.rawLength(at: index)
      try state.checkList(at: index, count: count)
      guard count >= minimum else { return nil }
      try state.reserve(4)
      return try (0..<count).map { position in
        state.getIndex(position + 1, of: index)
        // The entry stays on the stack below the values that reading it pushes.
        defer { state.pop() }
        let entry = state.top
        return try self.value(in: state, at: entry, named: "[\(position + 1)]")
      }
    }
  }
}

extension Kind {
  /// A list as `list` reads it, or a value that stands for a list of one.
  var oneOrList: Kind<[Value]> {
    let list = list(atLeast: 1)
    return Kind<[Value]>(
      "\(wanted), or a list of them", annotation: "\(annotation)|\(list.annotation)",
      isPath: isPath
    ) { state, index in
      state.type(at: index) == .table
        ? try list.read(state, index) : try self.read(state, index).map { [$0] }
    }
  }
}

extension Kind where Value == [String] {
  /// One name, or a list of them.
  static func names(atLeast minimum: Int = 0) -> Kind {
    let list = Kind<String>.string.list(atLeast: minimum)
    return Kind("a name or a list of names", annotation: "string|string[]") { state, index in
      state.type(at: index) == .table
        ? try list.read(state, index) : try state.text(at: index).map { [$0] }
    }
  }
}
