import CLai
import Learning
import LuaSyntax

/// Limits on how much of a value the prompt shows.
package struct DisplayLimits: Sendable {
  /// The deepest nesting of tables.
  package var depth = 6
  /// Entries per table.
  package var entries = 100
  /// Entries of all tables together.
  package var total = 1_000
  /// Bytes of a string, and of a string inside a table.
  package var text = 2_000
  package var innerText = 200
  /// Whether numbers have four significant digits, or all of them.
  package var roundsNumbers = false
  /// The most keys that are read in order to sort them.
  package var keys = 10_000

  package init() {}

  init(depth: Int, entries: Int, total: Int) {
    (self.depth, self.entries, self.total) = (depth, entries, total)
  }
}

extension Interpreter {
  /// A value as the prompt shows it: readable and of limited length. The only Lua code that runs is
  /// `__tostring`; its error becomes part of the text.
  ///
  /// - Throws: `LuaFailure` when there is no memory, or on Ctrl-C.
  package func display(
    _ index: Int32, width: Int, limits: DisplayLimits = DisplayLimits()
  ) throws(LuaFailure) -> String {
    try interruptibly { () throws(LuaFailure) -> String in
      try state.display(index, width: width, limits: limits)
    }
  }
}

extension LuaState {
  /// The same for a state without an interpreter.
  func display(
    _ index: Int32, width: Int, limits: DisplayLimits
  ) throws(LuaFailure) -> String {
    let top = self.top
    defer { self.top = top }
    var display = Display(state: self, limits: limits)
    return try display.node(at: absolute(index), depth: 0).text(width: width)
  }
}

/// Called from C for error objects, see lai.h.
@_cdecl("lai_push_error_content")
public func pushErrorContent(_ pointer: OpaquePointer, _ index: Int32) -> Bool {
  let state = LuaState(pointer)
  let top = state.top
  guard (try? state.reserve(20)) != nil, !state.isNil(at: index) else { return false }
  let limits = DisplayLimits(depth: 3, entries: 20, total: 50)
  guard let text = try? state.display(index, width: 100, limits: limits), text != "{}",
    (try? state.push(text)) != nil
  else {
    state.top = top
    return false
  }
  return true
}

extension String {
  /// The most informative line of a text.
  package var inOneLine: String {
    let lines = split(whereSeparator: \.isNewline)
    guard lines.count > 1 else { return self }
    // The last line of a tensor's text has its shape and type.
    return lines.last!.hasPrefix("[lai.") ? String(lines.last!) : "\(lines[0]) …"
  }
}

/// Reads a value and its contents.
private struct Display {
  let state: LuaState
  let limits: DisplayLimits
  /// The tables that enclose the current one.
  var path: [UnsafeRawPointer] = []
  var count = 0
  /// The names of functions in loaded modules.
  var functionNames: [UnsafeRawPointer: String]?

  init(state: LuaState, limits: DisplayLimits) { (self.state, self.limits) = (state, limits) }

  mutating func node(at index: Int32, depth: Int) throws(LuaFailure) -> DisplayNode {
    guard (try? state.reserve(12)) != nil else { return .leaf("…") }
    switch state.type(at: index) {
    case .number where limits.roundsNumbers && !state.isInteger(at: index):
      return .leaf(Table.shortNumber(state.number(at: index)!))
    case .string:
      return .leaf(string(at: index, limit: depth == 0 ? limits.text : limits.innerText))
    case .function: return .leaf(try function(at: index))
    case .thread:
      return .leaf("coroutine (\(String(cString: lai_thread_status(state.pointer, index))))")
    case .table:
      let form = try state.resultForm(of: index)
      let isPlain = form == .plain || form != nil && depth > 0
      if isPlain { return try table(at: index, depth: depth) }
      guard try hasMetafield("__tostring", index) else { return try table(at: index, depth: depth) }
      return .leaf(try description(of: index, depth: depth))
    default: return .leaf(try description(of: index, depth: depth))
    }
  }

  private func string(at index: Int32, limit: Int) -> String {
    let bytes = state.bytes(at: index)!
    let literal = LuaLiteral.string(bytes, limit: limit)
    return bytes.count <= limit ? literal : "\(literal)… (\(bytes.count) bytes)"
  }

  /// The result of `tostring`; inside a table, one line of it.
  private func description(of index: Int32, depth: Int) throws(LuaFailure) -> String {
    var text: String
    do throws(LuaFailure) {
      text = try state.describe(index)
    } catch {
      if error.reason == .interrupted { throw error }
      return "<error in __tostring: \(error.message.prefix { !$0.isNewline })>"
    }
    guard depth > 0 else { return text }
    return text.inOneLine
  }

  private func hasMetafield(_ name: String, _ index: Int32) throws(LuaFailure) -> Bool {
    let top = state.top
    defer { state.top = top }
    guard lai_push_metatable(state.pointer, index), state.type(at: -1) == .table else {
      return false
    }
    return try state.getField(name, of: -1) != .nil
  }

  // MARK: Tables

  private mutating func table(at index: Int32, depth: Int) throws(LuaFailure) -> DisplayNode {
    guard let pointer = lai_to_pointer(state.pointer, index) else { return .leaf("table") }
    if path.contains(pointer) { return .leaf("<cycle>") }
    path.append(pointer)
    defer { path.removeLast() }
    let title = try typeName(of: index)
    let length = state.rawLength(at: index)
    let keys = try Keys(of: index, in: state, list: length, limit: limits.keys)
    if depth >= limits.depth, length + keys.count > 0 { return .leaf("\(title){…}") }
    var entries: [DisplayNode.Entry] = []
    for position in 0..<min(length, limits.entries) where count < limits.total {
      count += 1
      state.getIndex(position + 1, of: index)
      entries.append(.init(label: "", value: try node(at: state.top, depth: depth + 1)))
      state.pop()
    }
    // Even beside a long list, some names are shown.
    let room = max(limits.entries - length, min(keys.count, 20))
    for key in keys.sorted.prefix(room) where count < limits.total {
      count += 1
      try key.push(to: state, table: index)
      entries.append(
        .init(label: "\(key.label) = ", value: try node(at: state.top, depth: depth + 1)))
      state.pop()
    }
    let missing = length + keys.count - entries.count
    let more = keys.isComplete ? "\(missing)" : "more than \(missing)"
    return .table(title: title, entries: entries, rest: missing > 0 ? "… \(more) more" : nil)
  }

  /// "Point " for a table whose metatable has `__name` = "Point".
  private func typeName(of index: Int32) throws(LuaFailure) -> String {
    let top = state.top
    defer { state.top = top }
    guard lai_push_metatable(state.pointer, index), state.type(at: -1) == .table,
      try state.getField("__name", of: -1) == .string, let name = state.string(at: -1)
    else { return "" }
    return "\(name) "
  }

  // MARK: Functions

  private mutating func function(at index: Int32) throws(LuaFailure) -> String {
    if functionNames == nil { functionNames = try FunctionNames(in: state).names }
    if let pointer = lai_to_pointer(state.pointer, index), let name = functionNames?[pointer] {
      return "function \(name)"
    }
    guard let function = FunctionText(at: index, in: state) else { return "function" }
    return "function (\(function.parameters.joined(separator: ", "))) \(function.place)"
  }
}

/// The keys of a table outside its list.
private struct Keys {
  struct Key {
    let label: String
    /// The order of keys: numbers first, then strings, then all others as they come.
    let order: (Int, Double, String)
    let value: LuaKey
    /// Pushes the value of this key.
    func push(to state: LuaState, table: Int32) throws(LuaFailure) { try value.push(state, table) }
  }

  /// How a key can be found again.
  enum LuaKey {
    case integer(Int)
    case number(Double)
    case bytes([UInt8])
    /// The key of the n-th pair in traversal order.
    case pair(Int)

    func push(_ state: LuaState, _ table: Int32) throws(LuaFailure) {
      switch self {
      case .integer(let value): state.push(value)
      case .number(let value): state.push(value)
      case .bytes(let value): try state.push(bytes: value)
      case .pair(let position): return try Keys.pushValue(ofPair: position, table, state)
      }
      lai_raw_get(state.pointer, table)
    }
  }

  private(set) var sorted: [Key] = []
  private(set) var isComplete = true
  var count: Int { sorted.count }

  init(of table: Int32, in state: LuaState, list: Int, limit: Int) throws(LuaFailure) {
    isComplete = try collect(from: nil, table, state, list, limit)
    // The names follow the list in traversal order: start after a long list.
    if !isComplete, list > 0, sorted.isEmpty {
      isComplete = try collect(from: list, table, state, list, limit)
    }
    sorted.sort { $0.order < $1.order }
  }

  private mutating func collect(
    from start: Int?, _ table: Int32, _ state: LuaState, _ list: Int, _ limit: Int
  ) throws(LuaFailure) -> Bool {
    let top = state.top
    defer { state.top = top }
    if let start { state.push(start) } else { state.pushNil() }
    for position in 0..<limit {
      var found = false
      try state.check(lai_next(state.pointer, table, &found))
      guard found else { return true }
      state.pop()
      if let integer = state.integer(at: -1), state.type(at: -1) == .number,
        (1...max(list, 1)).contains(integer), list > 0
      {
        continue
      }
      sorted.append(try Keys.key(at: state.top, position: start == nil ? position : -1, state))
    }
    return false
  }

  private static func key(
    at index: Int32, position: Int, _ state: LuaState
  ) throws(LuaFailure) -> Key {
    switch state.type(at: index) {
    case .number:
      let number = state.number(at: index)!
      let integer = lai_is_integer(state.pointer, index) ? state.integer(at: index) : nil
      let text = try state.describe(index)
      return Key(
        label: "[\(text)]", order: (0, number, ""),
        value: integer.map { .integer($0) } ?? .number(number))
    case .string:
      let bytes = state.bytes(at: index)!
      let text = String(decoding: bytes, as: UTF8.self)
      let label = LuaLiteral.isName(text) ? text : "[\(LuaLiteral.string(bytes, limit: 100))]"
      return Key(label: label, order: (1, 0, text), value: .bytes(Array(bytes)))
    default:
      let text =
        state.type(at: index) == .boolean ? "\(state.boolean(at: index))" : state.kind(of: index)
      return Key(label: "[\(text)]", order: (2, Double(position), ""), value: .pair(position))
    }
  }

  private static func pushValue(
    ofPair position: Int, _ table: Int32, _ state: LuaState
  ) throws(LuaFailure) {
    guard position >= 0 else { return state.pushNil() }
    state.pushNil()
    for step in 0...position {
      var found = false
      try state.check(lai_next(state.pointer, table, &found))
      guard found else { return state.pushNil() }
      if step < position { state.pop() } else { state.remove(-2) }
    }
  }
}
