import CLai
import Tensors

/// A Swift type in Lua.
package struct LuaClass: Sendable {
  /// "lai.Tensor"
  package let name: String
  package let summary: String
  package let properties: [LuaFunction]
  package let methods: [LuaFunction]
  /// By metamethod, "__add" and so on. Every class has `__tostring`.
  let metamethods: [(key: String, function: LuaFunction)]
  /// Called for keys that are neither a method nor a property.
  let index: LuaFunction
  /// Called for assignments, which no object accepts.
  let assignment: LuaFunction
  private let type: ObjectIdentifier
  /// The Swift value of an object of this class.
  let value: @Sendable (AnyObject) -> Any

  var typePointer: UnsafeRawPointer { UnsafeRawPointer(bitPattern: UInt(bitPattern: type))! }

  /// Every function of the class, in the order of their numbers.
  var functions: [LuaFunction] {
    methods + properties + metamethods.map(\.function) + [index, assignment]
  }

  init<Value: LuaRepresentable & CustomStringConvertible>(
    _ type: Value.Type, _ summary: String, properties: [LuaFunction] = [],
    methods: [LuaFunction] = [], metamethods: KeyValuePairs<String, LuaFunction> = [:],
    index: LuaFunction? = nil, assignment: LuaFunction? = nil
  ) {
    self.type = ObjectIdentifier(type)
    value = { Value.fromLuaObject($0) }
    name = "lai.\(Value.luaName)"
    self.summary = summary
    // Lua passes its own operands and keys to these.
    func asLuaCalls(_ function: LuaFunction) -> LuaFunction {
      var function = function
      function.mostArguments = nil
      return function
    }
    self.properties = properties.map(asLuaCalls)
    self.methods = methods
    let describe = LuaFunction(
      "tostring", "The text that print shows.", Parameter("self", Kind<Value>.object, "")
    ) { $0.luaText }
    self.metamethods =
      [("__tostring", asLuaCalls(describe))]
      + metamethods.map { (key: $0.key, function: asLuaCalls($0.value)) }
    let known = (methods + properties).map(\.name)
    self.index = index ?? .unknownField(of: Value.luaName, known: known)
    self.assignment = assignment ?? .refusedAssignment(of: Value.luaName)
  }
}

extension LuaFunction {
  /// The function called for unknown keys of a class.
  static func unknownField(of owner: String, known: [String]) -> LuaFunction {
    LuaFunction(
      owner, "", reading: [], returns: "nil",
      body: { state in
        throw UnknownField(
          name: state.string(at: 2) ?? state.account(of: 2), known: known, owner: owner)
      })
  }
}

extension LuaFunction {
  /// The function called for assignments to a field.
  static func refusedAssignment(of owner: String) -> LuaFunction {
    LuaFunction(owner, "", reading: [], returns: "nil") { state in
      throw RefusedAssignment(key: state.account(of: 2))
    }
  }
}

struct RefusedAssignment: Error, CustomStringConvertible {
  let key: String
  var advice = ""
  var description: String { "field \(key) cannot be assigned\(advice)" }
}

struct UnknownField: Error, CustomStringConvertible {
  let name: String
  let known: [String]
  /// The class, for names of other libraries.
  var owner = ""
  var description: String {
    let hint = ForeignNames.hint(for: name, of: owner) ?? known.hint(for: name)
    return "no field or method '\(name)'\(hint)"
  }
}

extension LuaState {
  /// Makes the metatable of a class. Its functions are numbered from `first`.
  func open(
    _ record: LuaClass, numberedFrom first: Int, allowing libraries: Interpreter.Libraries
  ) throws {
    try reserve(8)
    var number = first
    func set(_ function: LuaFunction, as key: String, of table: Int32) throws(LuaFailure) {
      try push(function, number: number, allowing: libraries)
      number += 1
      try setField(key, of: table)
    }
    try newTable(record: record.metamethods.count + 7)
    let metatable = top
    try newTable(record: record.methods.count)
    for method in record.methods { try set(method, as: method.name, of: metatable + 1) }
    try newTable(record: record.properties.count)
    for property in record.properties {
      try set(property, as: property.name, of: metatable + 2)
    }
    for (key, function) in record.metamethods { try set(function, as: key, of: metatable) }
    try check(lai_push_function(pointer, Int64(number)))
    try check(lai_push_class_index(pointer))
    try setField("__index", of: metatable)
    try check(lai_push_function(pointer, Int64(number) + 1))
    try setField("__newindex", of: metatable)
    try push(record.name)
    try setField("__name", of: metatable)
    try check(lai_set_metatable(pointer, record.typePointer))
  }
}
