import CLai
import Tensors

/// Tables of ours in which an unknown name is an error that suggests the nearest name. In plain Lua
/// it would be nil: `optimizer = lai.Adam` would train with the default optimizer.
///
/// Only `__index` and `__tostring` are set. `pairs`, `next`, `#` and `rawget` work as on any table, and scripts may
/// add fields and set another metatable. Names that begin with `_` are nil, as expected by tools
/// that look for metafields.
enum GuardedTable {
  /// The `__index` function. It keeps the guarded words: "lai.loss", or a record's title and its
  /// fields, separated by blanks, such as "EpochReport epoch stage".
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

  /// Suggests the nearest field, or lists all fields.
  private static func hint(for name: String, in fields: [String]) -> String {
    let nearest = fields.hint(for: name)
    return nearest.isEmpty ? "; it has \(fields.joined(separator: ", "))" : nearest
  }
}

extension LuaModule {
  /// " (did you mean 'lai.loss.lai'?)" for a name missing in the table at a path such as
  /// "lai.loss": the nearest name in this table, or one in another table.
  fileprivate func hint(for name: String, in path: String) -> String {
    let names = functions.map { "lai.\($0.name)" } + ["lai.version"]
    if path == "lai", let hint = ForeignNames.hint(for: name, of: path) { return hint }
    let own = names.filter { $0.hasPrefix(path + ".") }
      .map { String($0.dropFirst(path.count + 1).prefix { $0 != "." }) }
    if path == "lai", let form = methodForm(name), !own.contains(where: { $0 == name }) {
      return form
    }
    if let near = nearestName(to: name, in: own) { return " (did you mean '\(path).\(near)'?)" }
    let last = names.map { String($0.split(separator: ".").last!) }
    guard let near = nearestName(to: name, in: last), let place = last.firstIndex(of: near) else {
      return "; ? \(path) lists them"
    }
    return " (did you mean '\(names[place])'?)"
  }
}

extension LuaModule {
  /// "; write x:mean()" for a function of NumPy that is a method of tensors.
  private func methodForm(_ name: String) -> String? {
    classes.first { $0.name == "lai.Tensor" }?.methods.first { $0.name == name }
      .map { "; write x:\($0.signature)" }
  }
}

extension LuaState {
  /// Guards the table on the top. `words` are its title and fields. Tables with the same words
  /// share one metatable per state.
  func guardTable(as words: String) throws {
    try setSharedMetatable("lai.guard " + words) { metatable in
      try push(words)
      try pushClosure(GuardedTable.record.name)
      try setField("__index", of: metatable)
      let isRecord = words.contains(" ")
      try push(words)
      try pushClosure((isRecord ? ResultTable.recordText : ResultTable.plainText).name)
      try setField("__tostring", of: metatable)
      try push((isRecord ? ResultTable.Form.record : .plain).rawValue)
      try setField(ResultTable.marker, of: metatable)
    }
  }
}
