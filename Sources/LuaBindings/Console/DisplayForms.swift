import CLai

extension Interpreter {
  /// The drawings of a value, by media type: the results of its metafields `__svg` and `__html`,
  /// functions of the value such as `__tostring`. A result of nil is no drawing.
  ///
  /// - Throws: `LuaFailure` when such a function fails.
  package func displayForms(_ index: Int32) throws(LuaFailure) -> [String: String] {
    let (top, index) = (state.top, state.absolute(index))
    defer { state.top = top }
    return try interruptibly { () throws(LuaFailure) in try forms(of: index) }
  }

  private func forms(of index: Int32) throws(LuaFailure) -> [String: String] {
    guard (try? state.reserve(6)) != nil, lai_push_metatable(state.pointer, index),
      state.type(at: -1) == .table
    else { return [:] }
    let metatable = state.top
    var forms: [String: String] = [:]
    for (field, type) in [("__svg", "image/svg+xml"), ("__html", "text/html")] {
      guard try state.getField(field, of: metatable) != .nil else { continue }
      state.pushValue(index)
      try state.call(arguments: 1, results: 1)
      if state.type(at: -1) == .string { forms[type] = state.string(at: -1) }
      state.top = metatable
    }
    return forms
  }
}
