import CLai

/// A name that a script could write next, for the prompt's completion.
package struct LiveName: Equatable, Sendable {
  package let name: String
  package let detail: String
}

/// What names lead to, read without running any Lua code: no metamethod, no getter.
extension Interpreter {
  /// The names behind a path such as `lai.loss` or `run.model`, those of functions only for a colon.
  package func members(of path: [String], methodsOnly: Bool = false) -> [LiveName] {
    let top = state.top
    defer { state.top = top }
    guard (try? state.reserve(Int32(clamping: path.count + 20))) != nil,
      let target = try? resolve(path)
    else { return [] }
    switch target {
    case .object(let record):
      let methods = record.methods.map { LiveName(name: $0.name, detail: $0.headline) }
      if methodsOnly { return methods }
      return record.properties.map { LiveName(name: $0.name, detail: $0.summary) } + methods
    case .value:
      let records = path.first == "lai" ? recordsByName(in: path.dropFirst()) : [:]
      return (try? fields(methodsOnly: methodsOnly, records: records)) ?? []
    }
  }

  /// The options of the table that a function takes.
  package func options(of path: [String]) -> [LiveName] {
    let top = state.top
    defer { state.top = top }
    guard (try? state.reserve(Int32(clamping: path.count + 20))) != nil, let last = path.last else {
      return []
    }
    var record: LuaFunction?
    if path.first == "lai" {
      let name = path.dropFirst().joined(separator: ".")
      record = LuaModule.shared.functions.first { $0.name == name }
    } else if case .object(let owner)? = try? resolve(path.dropLast()) {
      record = owner.methods.first { $0.name == last }
    }
    return (record?.parameters.flatMap(\.options) ?? []).map { option in
      let fallback = option.defaultText.map { " = \($0)" } ?? ""
      return LiveName(
        name: option.name, detail: "\(option.annotation)\(fallback)  \(option.summary)")
    }
  }

  enum Target {
    /// One of our objects.
    case object(LuaClass)
    /// Anything else, on the top of the stack.
    case value
  }

  /// Follows a path from the globals. A property of an object leads to what its record says.
  func resolve(_ path: some Collection<String>) throws -> Target? {
    guard let first = path.first else { return nil }
    try state.pushGlobal(first)
    var target = targetOnTop()
    for name in path.dropFirst() {
      switch target {
      case .object(let record):
        guard let property = record.properties.first(where: { $0.name == name }),
          let result = LuaModule.shared.classes.first(where: { $0.name == property.returns })
        else { return nil }
        target = .object(result)
      case .value:
        guard try pushField(name) else { return nil }
        target = targetOnTop()
      }
    }
    return target
  }

  private func targetOnTop() -> Target {
    guard let type = lai_object_type(state.pointer, -1),
      let record = LuaModule.shared.classes.first(where: { $0.typePointer == type })
    else { return .value }
    return .object(record)
  }

  /// Classes of classes: more is a circle.
  private static let deepestInheritance = 8

  /// Pushes a field of the table on the top, or of the tables that stand in for it.
  private func pushField(_ name: String) throws -> Bool {
    for _ in 0..<Self.deepestInheritance {
      guard state.type(at: -1) == .table else { return false }
      if try state.getField(name, of: -1) != .nil { return true }
      state.pop()
      guard try replaceByIndex() else { return false }
    }
    return false
  }

  /// Puts the `__index` of the value on the top in its place, if that is a table.
  private func replaceByIndex() throws -> Bool {
    guard lai_push_metatable(state.pointer, -1) else { return false }
    let type =
      state.type(at: -1) == .table ? try state.getField("__index", of: -1) : LuaType.none
    guard type == .table else { return false }
    state.insert(-3)
    state.pop(2)
    return true
  }

  private func fields(methodsOnly: Bool, records: [String: LuaFunction]) throws -> [LiveName] {
    var (names, seen): ([LiveName], Set<String>) = ([], [])
    for _ in 0..<Self.deepestInheritance {
      if state.type(at: -1) == .table {
        try state.forEachPair(of: -1) { key, value in
          guard state.type(at: key) == .string, let name = state.string(at: key),
            seen.insert(name).inserted,
            !methodsOnly || [.function, .table, .userdata].contains(state.type(at: value))
          else { return }
          let detail = records[name]?.headline ?? detail(of: value)
          names.append(LiveName(name: name, detail: detail))
        }
      }
      guard try replaceByIndex() else { break }
    }
    return names
  }

  private func recordsByName(in path: ArraySlice<String>) -> [String: LuaFunction] {
    let prefix = path.map { "\($0)." }.joined()
    let here = LuaModule.shared.functions.filter { $0.name.hasPrefix(prefix) }
    return Dictionary(here.map { (String($0.name.dropFirst(prefix.count)), $0) }) { first, _ in
      first
    }
  }

  private func detail(of index: Int32) -> String {
    switch state.type(at: index) {
    case .function, .table, .thread: state.typeName(at: index)
    case .userdata: String(state.account(of: index).dropFirst(2))
    default: state.account(of: index)
    }
  }
}
