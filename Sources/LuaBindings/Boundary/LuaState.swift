import CLai
import Tensors

/// A borrowed Lua thread: a thin, typed layer over lai.h.
///
/// The methods that throw are the protected twins. The others never raise in Lua.
package struct LuaState {
  package let pointer: OpaquePointer

  package init(_ pointer: OpaquePointer) { self.pointer = pointer }

  // MARK: Stack

  package var top: Int32 {
    get { lai_top(pointer) }
    nonmutating set { lai_set_top(pointer, newValue) }
  }
  package func pop(_ count: Int32 = 1) { lai_pop(pointer, count) }
  package func absolute(_ index: Int32) -> Int32 { lai_absolute(pointer, index) }
  package func pushValue(_ index: Int32) { lai_push_value(pointer, index) }
  package func remove(_ index: Int32) { lai_remove(pointer, index) }
  package func insert(_ index: Int32) { lai_insert(pointer, index) }

  /// Makes room for `count` more values on the stack.
  package func reserve(_ count: Int32) throws(StackError) {
    guard lai_reserve(pointer, count) else { throw StackError() }
  }

  // MARK: Reading

  package func type(at index: Int32) -> LuaType {
    LuaType(rawValue: lai_type(pointer, index)) ?? .none
  }
  package func typeName(at index: Int32) -> String { type(at: index).name }
  package func isNil(at index: Int32) -> Bool { lai_type(pointer, index) <= 0 }
  /// Whether two values are equal, without metamethods.
  package func isSame(_ a: Int32, _ b: Int32) -> Bool { lai_raw_equal(pointer, a, b) }
  package func boolean(at index: Int32) -> Bool { lai_to_boolean(pointer, index) }

  package func number(at index: Int32) -> Double? {
    var value = 0.0
    return lai_to_number(pointer, index, &value) ? value : nil
  }

  package func integer(at index: Int32) -> Int? {
    var value: Int64 = 0
    return lai_to_integer(pointer, index, &value) ? Int(value) : nil
  }

  /// Whether the value has Lua's integer subtype, not just an integral value.
  package func isInteger(at index: Int32) -> Bool { lai_is_integer(pointer, index) }

  package func bytes(at index: Int32) -> UnsafeRawBufferPointer? {
    var length = 0
    guard let start = lai_to_string(pointer, index, &length) else { return nil }
    return UnsafeRawBufferPointer(start: start, count: length)
  }

  package func string(at index: Int32) -> String? {
    bytes(at: index).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The string at an index; nil for a value that is not a string.
  ///
  /// - Throws: `ArgumentError` without an argument name for bytes that are not UTF-8.
  package func text(at index: Int32) throws -> String? {
    guard let bytes = bytes(at: index) else { return nil }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var place = 0
    while case .valid(let scalar) = parser.parseScalar(from: &rest) { place += scalar.count }
    let byte = String(bytes[place], radix: 16, uppercase: true)
    throw ArgumentError("", mustBe: "UTF-8 text", got: "the byte 0x\(byte) at \(place + 1)")
  }

  package func rawLength(at index: Int32) -> Int { Int(lai_raw_length(pointer, index)) }

  // MARK: Tables (raw)

  /// Pushes t[n].
  @discardableResult
  package func getIndex(_ n: Int, of table: Int32) -> LuaType {
    LuaType(rawValue: lai_raw_get_index(pointer, table, Int64(n))) ?? .none
  }

  /// Pushes t[key].
  @discardableResult
  package func getField(_ key: String, of table: Int32) throws(LuaFailure) -> LuaType {
    try check(lai_get_field(pointer, table, key))
    return type(at: -1)
  }

  /// t[key] = the value on the top, which is popped.
  package func setField(_ key: String, of table: Int32) throws(LuaFailure) {
    try check(lai_set_field(pointer, table, key))
  }

  /// t[key] = value for the two on the top, which are popped.
  package func set(table: Int32) throws(LuaFailure) { try check(lai_set(pointer, table)) }

  package func setIndex(_ n: Int, of table: Int32) throws(LuaFailure) {
    try check(lai_set_index(pointer, table, Int64(n)))
  }

  package func newTable(list: Int = 0, record: Int = 0) throws(LuaFailure) {
    try check(lai_new_table(pointer, Int32(clamping: list), Int32(clamping: record)))
  }

  /// Calls `body` with the stack positions of each key and value of a table; both are popped.
  package func forEachPair(of table: Int32, _ body: (_ key: Int32, _ value: Int32) throws -> Void)
    throws
  {
    try reserve(4)
    let table = absolute(table)
    lai_push_nil(pointer)
    while true {
      var found = false
      try check(lai_next(pointer, table, &found))
      guard found else { return }
      let value = top
      try body(value - 1, value)
      top = value - 1
    }
  }

  // MARK: Pushing

  package func pushNil() { lai_push_nil(pointer) }
  package func push(_ value: Bool) { lai_push_boolean(pointer, value) }
  package func push(_ value: Double) { lai_push_number(pointer, value) }
  package func push(_ value: Int) { lai_push_integer(pointer, Int64(value)) }

  package func push(_ value: String) throws(LuaFailure) {
    var value = value
    let status = value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { lai_push_string(pointer, $0.baseAddress, $0.count) }
    }
    try check(status)
  }

  package func push(bytes: [UInt8]) throws(LuaFailure) {
    let status = bytes.withUnsafeBytes {
      lai_push_string(pointer, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
    try check(status)
  }

  package func push(numbers: [Double]) throws(LuaFailure) {
    try check(lai_push_numbers(pointer, numbers, Int64(numbers.count)))
  }

  // MARK: Globals (raw)

  /// Pushes a global variable.
  package func pushGlobal(_ name: String) throws(LuaFailure) {
    try check(lai_push_globals(pointer))
    try getField(name, of: -1)
    remove(-2)
  }

  /// Pops a value into a global variable.
  package func setGlobal(_ name: String) throws(LuaFailure) {
    try check(lai_push_globals(pointer))
    insert(-2)
    try setField(name, of: -2)
    pop()
  }

  // MARK: Running Lua code: internal, because the program must use Interruptible.swift

  /// Pushes a global variable as a script sees it.
  func pushVisibleGlobal(_ name: String) throws(LuaFailure) {
    try check(lai_get_global(pointer, name))
  }

  /// Pops a value into a global variable as a script would.
  func setVisibleGlobal(_ name: [UInt8]) throws(LuaFailure) {
    try check(lai_set_global(pointer, name.map { CChar(bitPattern: $0) } + [0]))
  }

  /// Calls the function below the arguments on the stack; -1 results for all.
  func call(arguments: Int32, results: Int32) throws(LuaFailure) {
    try check(lai_call(pointer, arguments, results))
  }

  /// The result of `tostring` for a value.
  func describe(_ index: Int32) throws(LuaFailure) -> String {
    try check(lai_push_description(pointer, index))
    defer { pop() }
    // `__tostring` may return a number.
    return string(at: -1) ?? (integer(at: -1).map { "\($0)" } ?? number(at: -1).map { "\($0)" })
      ?? ""
  }
}

/// Lua's stack is full.
package struct StackError: Error, CustomStringConvertible {
  package var description: String { "Lua's stack overflows" }
}

/// The types of Lua values.
package enum LuaType: Int32 {
  case none = -1
  case `nil`, boolean, lightUserdata, number, string, table, function, userdata, thread

  package var name: String {
    self == .none ? "nothing" : String(cString: lai_type_name(rawValue))
  }
}

extension Int {
  /// Constants of lai.h are imported as `Int`, statuses as `Int32`.
  package var status: Int32 { Int32(self) }
}
