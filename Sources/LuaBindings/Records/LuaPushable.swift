import Tensors

/// What a Swift function may return to Lua.
package protocol LuaPushable: SharedMetatype {
  /// The type in LuaLS's notation, for the stubs.
  static var luaAnnotation: String { get }
  /// Pushes the value and returns the number of Lua values pushed.
  @discardableResult func push(to state: LuaState) throws -> Int32
}

extension Double: LuaPushable {
  package static var luaAnnotation: String { "number" }
  package func push(to state: LuaState) -> Int32 {
    state.push(self)
    return 1
  }
}

extension Int: LuaPushable {
  package static var luaAnnotation: String { "integer" }
  package func push(to state: LuaState) -> Int32 {
    state.push(self)
    return 1
  }
}

extension Bool: LuaPushable {
  package static var luaAnnotation: String { "boolean" }
  package func push(to state: LuaState) -> Int32 {
    state.push(self)
    return 1
  }
}

extension String: LuaPushable {
  package static var luaAnnotation: String { "string" }
  package func push(to state: LuaState) throws -> Int32 {
    try state.push(self)
    return 1
  }
}

extension Optional: LuaPushable where Wrapped: LuaPushable {
  package static var luaAnnotation: String { Wrapped.luaAnnotation + "?" }
  package func push(to state: LuaState) throws -> Int32 {
    guard let self else {
      state.pushNil()
      return 1
    }
    return try self.push(to: state)
  }
}

extension Array: LuaPushable where Element: LuaPushable {
  package static var luaAnnotation: String { "(\(Element.luaAnnotation))[]" }
  package func push(to state: LuaState) throws -> Int32 {
    if let numbers = self as? [Double] {
      try state.push(numbers: numbers)
    } else {
      try state.reserve(4)
      try state.newTable(list: count)
      for (index, element) in enumerated() {
        try element.push(to: state)
        try state.setIndex(index + 1, of: -2)
      }
    }
    try state.presentTable()
    return 1
  }
}

/// A table with string keys, inserted in the given order.
struct LuaRecord: LuaPushable {
  static var luaAnnotation: String { "table" }
  let fields: KeyValuePairs<String, any LuaPushable>

  init(_ fields: KeyValuePairs<String, any LuaPushable>) { self.fields = fields }

  func push(to state: LuaState) throws -> Int32 {
    try state.reserve(4)
    try state.newTable(record: fields.count)
    for (key, value) in fields {
      try value.push(to: state)
      try state.setField(key, of: -2)
    }
    try state.presentTable()
    return 1
  }
}

/// A type whose values are tables of named fields in Lua. Other names are errors, see
/// `GuardedTable`.
protocol LuaTabular: LuaPushable {
  static var luaTable: LuaTableType<Self> { get }
}

extension LuaTabular {
  package static var luaAnnotation: String { luaTable.record.name }

  package func push(to state: LuaState) throws -> Int32 {
    try state.reserve(4)
    try state.newTable(record: Self.luaTable.fields.count)
    for field in Self.luaTable.fields {
      try field.push(self, state)
      try state.setField(field.record.name, of: -2)
    }
    try state.guardTable(as: Self.luaTable.guardWords)
    return 1
  }
}

/// The fields of such tables, for reading, completion and stubs.
struct LuaTableType<Value>: Sendable {
  struct Field: Sendable {
    let record: LuaTableRecord.Field
    let push: @Sendable (Value, LuaState) throws -> Void

    init<Content: LuaPushable>(
      _ name: String, _ summary: String, _ content: @escaping @Sendable (Value) -> Content
    ) {
      record = .init(name: name, annotation: Content.luaAnnotation, summary: summary)
      push = { try content($0).push(to: $1) }
    }
  }

  let fields: [Field]
  let record: LuaTableRecord
  /// The words for `GuardedTable`: its name and those of its fields.
  let guardWords: String

  init(_ name: String, _ summary: String, _ fields: [Field]) {
    self.fields = fields
    guardWords = ([name] + fields.map(\.record.name)).joined(separator: " ")
    record = LuaTableRecord(name: "lai.\(name)", summary: summary, fields: fields.map(\.record))
  }
}

/// The documentation of a table of named fields.
package struct LuaTableRecord: Sendable {
  package struct Field: Sendable {
    package let name: String
    /// The type in LuaLS's notation.
    package let annotation: String
    package let summary: String
  }

  /// "lai.EpochReport"
  package let name: String
  package let summary: String
  package let fields: [Field]
}

/// Several results.
struct LuaResults: LuaPushable {
  static var luaAnnotation: String { "any" }
  let values: [any LuaPushable]

  init(_ values: any LuaPushable...) { self.values = values }

  func push(to state: LuaState) throws -> Int32 {
    try state.reserve(Int32(values.count) + 2)
    return try values.reduce(0) { try $0 + $1.push(to: state) }
  }
}

/// No result.
struct LuaNothing: LuaPushable {
  static var luaAnnotation: String { "nil" }
  func push(to state: LuaState) -> Int32 { 0 }
}

/// The value at a position of the stack, for methods that return their own receiver.
struct LuaSelf: LuaPushable {
  static var luaAnnotation: String { "self" }
  func push(to state: LuaState) -> Int32 {
    state.pushValue(1)
    return 1
  }
}

/// An object that Lua holds.
struct LuaObject<Value: LuaRepresentable>: LuaPushable {
  static var luaAnnotation: String { "lai.\(Value.luaName)" }
  let value: Value
  init(_ value: Value) { self.value = value }
  func push(to state: LuaState) throws -> Int32 {
    try state.push(object: value)
    return 1
  }
}
