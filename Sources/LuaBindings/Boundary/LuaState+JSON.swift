import Tensors

/// A Lua value that has no JSON form, and its place in the whole value.
struct UnrepresentableValue: Error, CustomStringConvertible {
  /// ".a[2]", to be appended to the name of the whole value.
  var place = ""
  /// The end of the sentence that begins "value.a[2] …".
  let reason: String
  var description: String {
    // The path of a table that contains itself is long.
    let place = place.count > 100 ? place.prefix(60) + "…" : place
    return "value\(place) \(reason)"
  }
}

extension LuaState {
  /// The value at an index as JSON. A table with keys 1…n is an array, as is an empty one. All keys
  /// of other tables must be strings.
  ///
  /// - Throws: `UnrepresentableValue`, also for strings that are not UTF-8, numbers that are not
  ///   finite, lists with gaps, and tables that contain themselves.
  func json(at index: Int32, depth: Int = 0) throws -> JSON {
    switch type(at: index) {
    case .none, .nil: return .null
    case .boolean: return .bool(boolean(at: index))
    case .number:
      if isInteger(at: index), let whole = integer(at: index) { return .integer(whole) }
      let value = number(at: index)!
      guard value.isFinite else {
        throw UnrepresentableValue(
          reason: "must be finite, as JSON requires (got \(account(of: index)))")
      }
      return .number(value)
    case .string: return .string(try jsonText(at: index))
    case .table:
      guard depth < JSON.deepest else {
        throw UnrepresentableValue(
          reason: "is a table that is nested too deeply or contains itself")
      }
      _ = try isTable(at: index, named: "value")
      return try tableJSON(at: absolute(index), depth: depth + 1)
    default: throw UnrepresentableValue(reason: "must not be \(account(of: index)): JSON has none")
    }
  }

  private func jsonText(at index: Int32) throws -> String {
    do {
      return try text(at: index)!
    } catch let error as ArgumentError {
      throw UnrepresentableValue(reason: "must be \(error.wanted) (got \(error.got))")
    }
  }

  private func tableJSON(at index: Int32, depth: Int) throws -> JSON {
    let count = rawLength(at: index)
    var positions = 0
    var object: [String: JSON] = [:]
    try forEachPair(of: index) { key, value in
      if type(at: key) == .string {
        let name: String
        do { name = try jsonText(at: key) } catch let error as UnrepresentableValue {
          throw UnrepresentableValue(reason: "has a key that " + error.reason)
        }
        let field = try placed(name.isWord ? ".\(name)" : "['\(name)']") {
          try json(at: value, depth: depth)
        }
        guard object.updateValue(field, forKey: name) == nil else {
          throw UnrepresentableValue(reason: "has the key '\(name)' in two forms of Unicode")
        }
      } else {
        guard let position = integer(at: key), (1...max(1, count)).contains(position), count > 0
        else {
          throw UnrepresentableValue(
            reason: "must have strings or 1 to n for keys (got \(account(of: key)))")
        }
        positions += 1
      }
    }
    guard positions == 0 || object.isEmpty else {
      throw UnrepresentableValue(
        reason: "has both names and positions, which JSON cannot represent")
    }
    guard object.isEmpty else { return .object(object) }
    return .array(
      try (0..<count).map { position in
        getIndex(position + 1, of: index)
        defer { pop() }
        return try placed("[\(position + 1)]") {
          guard positions == count || !isNil(at: top) else {
            throw UnrepresentableValue(reason: "is nil: a JSON list has no gaps")
          }
          return try json(at: top, depth: depth)
        }
      })
  }

  /// Prefixes the place of an error.
  private func placed(_ place: String, _ body: () throws -> JSON) throws -> JSON {
    do { return try body() } catch var error as UnrepresentableValue {
      error.place = place + error.place
      throw error
    }
  }
}

extension String {
  /// Whether Lua writes it as a field, t.word.
  fileprivate var isWord: Bool {
    first?.isNumber == false
      && utf8.allSatisfy {
        $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
      }
  }
}

extension JSON: LuaPushable {
  package static var luaAnnotation: String { "any" }

  /// Pushes a JSON value. null becomes nil, so a null field of an object is absent.
  @discardableResult
  package func push(to state: LuaState) throws -> Int32 {
    try push(to: state, presented: false)
  }

  /// The same; `presented` tables print readably, as results do.
  func push(to state: LuaState, presented: Bool) throws -> Int32 {
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
        _ = try value.push(to: state, presented: presented)
        try state.setIndex(index + 1, of: -2)
      }
      if presented { try state.presentTable() }
    case .object(let fields):
      try state.newTable(record: fields.count)
      for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
        try state.push(key)
        _ = try value.push(to: state, presented: presented)
        try state.set(table: -3)
      }
      if presented { try state.presentTable() }
    }
    return 1
  }
}
