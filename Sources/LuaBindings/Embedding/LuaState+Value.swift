import CLai

/// A value that cannot be converted between Swift and Lua.
private struct NoCounterpart: Error, CustomStringConvertible {
  let description: String
}

extension LuaState {
  /// The deepest nesting of tables. A table that contains itself exceeds it.
  private static var deepest: Int { 100 }

  /// The value at an index.
  ///
  /// - Throws: An error for functions, coroutines and tables of mixed keys.
  func value(at index: Int32, depth: Int = 0) throws -> LuaValue {
    switch type(at: index) {
    case .none, .nil: return .nil
    case .boolean: return .boolean(boolean(at: index))
    case .number:
      if lai_is_integer(pointer, index), let value = integer(at: index) { return .integer(value) }
      return .number(number(at: index)!)
    case .string: return .string(string(at: index)!)
    case .table:
      guard depth < LuaState.deepest else {
        throw NoCounterpart(description: "tables are nested too deeply or contain themselves")
      }
      _ = try isTable(at: index, named: "value")
      return try tableValue(at: absolute(index), depth: depth + 1)
    case .userdata:
      if let value = objectValue(at: index) { return .object(value) }
    case .function, .thread, .lightUserdata: break
    }
    throw NoCounterpart(description: "\(account(of: index)) has no value in Swift")
  }

  private func objectValue(at index: Int32) -> Any? {
    guard let type = lai_object_type(pointer, index),
      let record = LuaModule.shared.classes.first(where: { $0.typePointer == type }),
      let object = lai_to_object(pointer, index, type)
    else { return nil }
    return record.value(Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue())
  }

  private func tableValue(at index: Int32, depth: Int) throws -> LuaValue {
    let count = rawLength(at: index)
    var (positions, fields) = (0, [String: LuaValue]())
    try forEachPair(of: index) { key, value in
      if let name = string(at: key) {
        fields[name] = try self.value(at: value, depth: depth)
      } else if let position = integer(at: key), position >= 1, position <= count {
        positions += 1
      } else {
        throw NoCounterpart(
          description: "a table's keys must be strings, or 1 to n (got \(account(of: key)))")
      }
    }
    guard fields.isEmpty || positions == 0, positions == count || positions == 0 else {
      throw NoCounterpart(description: "a table with both names and positions, or with gaps")
    }
    if !fields.isEmpty { return .table(fields) }
    return .list(
      try (0..<positions).map { position in
        getIndex(position + 1, of: index)
        defer { pop() }
        return try value(at: top, depth: depth)
      })
  }

  /// Pushes a value.
  ///
  /// - Throws: `LuaFailure` without memory; an error for objects of types that Lua does not know.
  func push(_ value: LuaValue) throws {
    try reserve(4)
    switch value {
    case .nil: pushNil()
    case .boolean(let value): push(value)
    case .integer(let value): push(value)
    case .number(let value): push(value)
    case .string(let value): try push(value)
    case .list(let values):
      try newTable(list: values.count)
      for (index, value) in values.enumerated() {
        try push(value)
        try setIndex(index + 1, of: -2)
      }
    case .table(let fields):
      try newTable(record: fields.count)
      for (name, value) in fields {
        try push(name)
        try push(value)
        try set(table: -3)
      }
    case .object(let object):
      guard let object = object as? any LuaRepresentable else {
        throw NoCounterpart(description: "a \(Swift.type(of: object)) has no value in Lua")
      }
      try push(object: object)
    }
  }
}
