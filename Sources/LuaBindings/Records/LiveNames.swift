import CLai
import LuaSyntax

/// A name for the prompt's completion.
package struct LiveName: Equatable, Sendable {
  package let name: String
  package let detail: String
}

/// Resolves names without running any Lua code: neither metamethods nor getters.
extension Interpreter {
  /// The names after a path such as `lai.loss` or `runs[1].model`; after a colon, only those of
  /// functions.
  package func members(of path: [PathStep], methodsOnly: Bool = false) -> [LiveName] {
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
    case .table(let record):
      return methodsOnly
        ? [] : record.fields.map { LiveName(name: $0.name, detail: $0.summary) }
    case .list, .function: return []
    case .value:
      let records = recordsByName(in: path)
      return (try? fields(methodsOnly: methodsOnly, records: records)) ?? []
    }
  }

  /// The options of the table at a place of a call; empty if none are known.
  package func options(at place: ArgumentPlace) -> [LiveName] {
    (argument(at: place)?.options ?? []).map { option in
      let fallback = option.defaultText.map { " = \($0)" } ?? ""
      return LiveName(
        name: option.name, detail: "\(option.annotation)\(fallback)  \(option.summary)")
    }
  }

  /// The possible values at a place of a call, as Lua literals; empty if others are possible.
  package func choices(at place: ArgumentPlace) -> [LiveName] {
    guard let record = argument(at: place) else { return [] }
    return record.choices.map { choice in
      let isDefault = choice == record.defaultText || choice == "\"\(record.defaultText ?? "")\""
      return LiveName(name: choice, detail: isDefault ? "default" : "")
    }
  }

  /// The documentation of the argument at a place of a call.
  private func argument(at place: ArgumentPlace) -> ParameterRecord? {
    guard let parameters = function(at: place)?.parameters else { return nil }
    let index = place.argument + (place.isMethod ? 1 : 0)
    var record = index < parameters.count ? parameters[index] : nil
    if record == nil || record?.name == "..." {
      record = parameters.first { $0.name == "..." }?.entry
    }
    for step in place.steps {
      switch step {
      case .name(let name): record = record?.options.first { $0.name == name }
      case .entry: record = record?.entry
      case .result: return nil
      }
    }
    return record
  }

  /// The record of our function at a place of a call, whatever its name.
  private func function(at place: ArgumentPlace) -> LuaFunction? {
    let (path, top) = (place.function, state.top)
    defer { state.top = top }
    guard (try? state.reserve(Int32(clamping: path.count + 20))) != nil,
      case .name(let last)? = path.last
    else { return nil }
    if path.count > 1, case .object(let owner)? = try? resolve(path.dropLast()) {
      return owner.methods.first { $0.name == last }
    }
    state.top = top
    guard case .value? = try? resolve(path), state.top > top else { return nil }
    return functionOnTop()
  }

  /// The record of the function on the top, if it is a function of the module.
  private func functionOnTop() -> LuaFunction? {
    guard state.type(at: -1) == .function, let pointer = lai_to_pointer(state.pointer, -1),
      let name = (try? FunctionNames(in: state))?.names[pointer], name.hasPrefix("lai.")
    else { return nil }
    return LuaModule.shared.functions.first { $0.name == name.dropFirst(4) }
  }

  /// "d:describe()" for the text of an expression that is a method and does not call it, such as
  /// `d.describe`; nil for others.
  package func call(ofMethod text: String) -> String? {
    let path = text.trimmingPrefix(while: \.isWhitespace).split(
      separator: ".", omittingEmptySubsequences: false
    ).map { String($0.reversed().drop(while: \.isWhitespace).reversed()) }
    let top = state.top
    defer { state.top = top }
    guard path.count > 1, path.allSatisfy(LuaLiteral.isName),
      (try? state.reserve(Int32(clamping: path.count + 20))) != nil,
      case .object(let owner)? = try? resolve(path.dropLast()),
      let method = owner.methods.first(where: { $0.name == path.last })
    else { return nil }
    return "\(path.dropLast().joined(separator: ".")):\(method.signature)"
  }

  enum Target {
    /// One of our objects.
    case object(LuaClass)
    /// A table returned by one of our functions; known only by its record.
    case table(LuaTableRecord)
    /// A list whose entries have a type, in LuaLS's notation; known only by that type.
    case list(of: String)
    /// A function with result types; known only by these, or one of ours.
    case function(returning: String)
    /// Any other value, on the top of the stack.
    case value
  }

  /// Follows a path of names from the globals.
  func resolve(_ path: some Collection<String>) throws -> Target? {
    try resolve(path.map { PathStep.name($0) })
  }

  /// Follows a path from the globals. A property of an object leads to the type in its record; an
  /// unknown position leads to the first entry.
  func resolve(_ path: some Collection<PathStep>) throws -> Target? {
    guard case .name(let first)? = path.first else { return nil }
    try state.pushGlobal(first)
    var target = targetOnTop()
    for step in path.dropFirst() {
      switch (target, step) {
      case (.object(let record), .name(let name)):
        guard let next = Self.target(of: name, in: record) else { return nil }
        target = next
      case (.object(let record), .result):
        guard let call = record.metamethods.first(where: { $0.key == "__call" }),
          let next = Self.target(ofType: call.function.returns)
        else { return nil }
        target = next
      case (.function(let types), .result):
        guard let next = Self.target(ofType: types) else { return nil }
        target = next
      case (.value, .result):
        guard let types = functionOnTop()?.returns, let next = Self.target(ofType: types) else {
          return nil
        }
        target = next
      case (.table(let record), .name(let name)):
        guard let field = record.fields.first(where: { $0.name == name }),
          let next = Self.target(ofType: field.annotation)
        else { return nil }
        target = next
      case (.list(let type), .entry):
        guard let next = Self.target(ofType: type) else { return nil }
        target = next
      case (.value, .name(let name)):
        guard try pushField(name) else { return nil }
        target = targetOnTop()
      case (.value, .entry(let position)):
        guard state.type(at: -1) == .table else { return nil }
        state.getIndex(position ?? 1, of: -1)
        target = targetOnTop()
      default: return nil
      }
    }
    return target
  }

  private static func target(of name: String, in record: LuaClass) -> Target? {
    if let property = record.properties.first(where: { $0.name == name }) {
      return target(ofType: property.returns)
    }
    return record.methods.first { $0.name == name }.map {
      .function(returning: $0.returns == "self" ? record.name : $0.returns)
    }
  }

  /// The target described by a type in LuaLS's notation; of several types, the first.
  private static func target(ofType types: String) -> Target? {
    var type = types.prefix { $0 != "," }
    if type.hasSuffix("?") { type = type.dropLast() }
    if type.hasSuffix("[]") {
      type = type.dropLast(2)
      if type.hasPrefix("("), type.hasSuffix(")") { type = type.dropFirst().dropLast() }
      return .list(of: String(type))
    }
    if let record = LuaModule.shared.classes.first(where: { $0.name == type }) {
      return .object(record)
    }
    return LuaModule.shared.tables.first { $0.name == type }.map { .table($0) }
  }

  private func targetOnTop() -> Target {
    guard let type = lai_object_type(state.pointer, -1),
      let record = LuaModule.shared.classes.first(where: { $0.typePointer == type })
    else { return .value }
    return .object(record)
  }

  /// The most names offered.
  private static let mostFields = 10_000

  /// The longest chain of base classes; a longer one is a cycle.
  private static let deepestInheritance = 8

  /// Pushes a field of the table on the top, or of its `__index` tables.
  private func pushField(_ name: String) throws -> Bool {
    for _ in 0..<Self.deepestInheritance {
      guard state.type(at: -1) == .table else { return false }
      if try state.getField(name, of: -1) != .nil { return true }
      state.pop()
      guard try replaceByIndex() else { return false }
    }
    return false
  }

  /// Replaces the value on the top by its `__index`, if that is a table.
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
            names.count < Self.mostFields, seen.insert(name).inserted,
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

  /// The records of the functions in a table of the module.
  private func recordsByName(in path: [PathStep]) -> [String: LuaFunction] {
    let names = path.compactMap { step in if case .name(let name) = step { name } else { nil } }
    guard names.count == path.count, names.first == "lai" else { return [:] }
    let prefix = names.dropFirst().map { "\($0)." }.joined()
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
