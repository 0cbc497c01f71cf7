import CLai
import Tensors

/// A table of ours in which a name that it does not have is an error that suggests the nearest one.
/// Plain Lua would give nil: `optimizer = lai.Adam` would train with the default optimizer.
///
/// Only `__index` is set. `pairs`, `next`, `#` and `rawget` work as on any table, scripts may add
/// fields and give it another metatable, and names that begin with `_` are nil, as tools that look
/// for metafields expect.
enum GuardedTable {
  /// The `__index`, which holds what is guarded: "lai.loss", or a record's title and its fields,
  /// "EpochReport epoch stage", with blanks between.
  static let record = LuaFunction("lai", "", reading: [], returns: "nil") { state in
    try state.reserve(4)
    guard state.type(at: 2) == .string, let name = state.string(at: 2), !name.hasPrefix("_") else {
      state.pushNil()
      return 1
    }
    lai_push_closed_value(state.pointer)
    let words = (state.string(at: -1) ?? "lai").split(separator: " ").map(String.init)
    let fields = Array(words.dropFirst())
    if fields.contains(name) {
      state.pushNil()
      return 1
    }
    let hint =
      fields.isEmpty ? LuaModule.shared.hint(for: name, in: words[0]) : hint(for: name, in: fields)
    try state.push("\(words[0]): no field '\(name)'\(hint)")
    return Int32(LAI_RAISE_HERE)
  }

  /// The nearest field, or all of them.
  private static func hint(for name: String, in fields: [String]) -> String {
    let nearest = fields.hint(for: name)
    return nearest.isEmpty ? "; it has \(fields.joined(separator: ", "))" : nearest
  }
}

extension LuaModule {
  /// " (did you mean 'lai.loss.lai'?)" for a name that the table at a path such as "lai.loss" lacks:
  /// the nearest of its own, or one of another table's.
  fileprivate func hint(for name: String, in path: String) -> String {
    let names = functions.map { "lai.\($0.name)" } + ["lai.version"]
    let own = names.filter { $0.hasPrefix(path + ".") }
      .map { String($0.dropFirst(path.count + 1).prefix { $0 != "." }) }
    if let near = nearestName(to: name, in: own) { return " (did you mean '\(path).\(near)'?)" }
    let last = names.map { String($0.split(separator: ".").last!) }
    guard let near = nearestName(to: name, in: last), let place = last.firstIndex(of: near) else {
      return "; ? \(path) lists them"
    }
    return " (did you mean '\(names[place])'?)"
  }
}

extension LuaState {
  /// Guards the table on the top; `words` are its title and fields. One metatable per state serves
  /// all tables with the same words.
  func guardTable(as words: String) throws {
    try reserve(6)
    lai_push_registry(pointer)
    let key = "lai.guard " + words
    if try getField(key, of: -1) == .nil {
      pop()
      try newTable(record: 1)
      try push(words)
      try pushClosure(GuardedTable.record.name)
      try setField("__index", of: -2)
      pushValue(-1)
      try setField(key, of: -3)
    }
    remove(-2)
    lai_use_metatable(pointer, -2)
  }
}
