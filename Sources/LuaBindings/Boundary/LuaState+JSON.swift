import Tensors

/// A table that JSON cannot say.
struct UnrepresentableValue: Error, CustomStringConvertible {
  let description: String
}

extension LuaState {
  /// How deep tables may lie in one another; a table that contains itself lies deeper.
  private static var deepest: Int { 200 }

  /// The value at an index as JSON. A table with keys 1…n is an array, as is an empty one; all
  /// other keys must be strings.
  func json(at index: Int32, depth: Int = 0) throws -> JSON {
    switch type(at: index) {
    case .none, .nil: return .null
    case .boolean: return .bool(boolean(at: index))
    case .number:
      if let whole = integer(at: index) { return .integer(whole) }
      return .number(number(at: index)!)
    case .string: return .string(string(at: index)!)
    case .table:
      guard depth < LuaState.deepest else {
        throw UnrepresentableValue(description: "tables nest too deep, or contain themselves")
      }
      _ = try isTable(at: index, named: "value")
      return try tableJSON(at: absolute(index), depth: depth + 1)
    default:
      throw UnrepresentableValue(description: "JSON has no \(account(of: index).dropFirst(2))")
    }
  }

  private func tableJSON(at index: Int32, depth: Int) throws -> JSON {
    let count = rawLength(at: index)
    var hasPositions = false
    var object: [String: JSON] = [:]
    try forEachPair(of: index) { key, value in
      if let name = string(at: key) {
        object[name] = try json(at: value, depth: depth)
      } else {
        guard let position = integer(at: key), (1...max(1, count)).contains(position), count > 0
        else {
          throw UnrepresentableValue(
            description: "a table's keys must be strings, or 1 to n (got \(account(of: key)))")
        }
        hasPositions = true
      }
    }
    if object.isEmpty {
      return .array(
        try (0..<count).map { position in
          getIndex(position + 1, of: index)
          defer { pop() }
          return try json(at: top, depth: depth)
        })
    }
    guard !hasPositions else {
      throw UnrepresentableValue(description: "a table with both names and positions has no JSON")
    }
    return .object(object)
  }
}

extension JSON: LuaPushable {
  package static var luaAnnotation: String { "any" }

  /// null becomes nil, so that an object's null field is absent.
  @discardableResult
  package func push(to state: LuaState) throws -> Int32 {
    try state.reserve(4)
    switch self {
    case .null: state.pushNil()
    case .bool(let value): state.push(value)
    case .integer(let value): state.push(value)
    case .number(let value): state.push(value)
    case .string(let value): try state.push(value)
    case .array(let values):
      try state.newTable(list: values.count)
      for (index, value) in values.enumerated() {
        try value.push(to: state)
        try state.setIndex(index + 1, of: -2)
      }
    case .object(let fields):
      try state.newTable(record: fields.count)
      for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
        try state.push(key)
        try value.push(to: state)
        try state.set(table: -3)
      }
    }
    return 1
  }
}
