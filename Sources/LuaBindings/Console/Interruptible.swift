import CLai

/// Everything the program does with Lua code besides `call` and `callExamined` is here and in
/// `display`, `displayForms` and `help`, so that Ctrl-C reaches every metamethod. The methods of
/// `LuaState` that run Lua code are internal to this module.
extension Interpreter {
  /// While `body` runs, Ctrl-C is an error in the Lua code that it calls. `pcall` can catch the
  /// error of the first press; the second press raises one at every step.
  func interruptibly<Result>(
    _ body: () throws(LuaFailure) -> Result
  ) throws(LuaFailure) -> Result {
    let isOutermost = beginWatching()
    defer { if isOutermost { endWatching() } }
    return try body()
  }

  /// The text of a global that scripts may set, such as stock Lua's `_PROMPT`; nil if it is not set
  /// or has no text. Runs the metamethods of `_G` and the value's `__tostring`.
  ///
  /// - Throws: `LuaFailure` on Ctrl-C.
  package func promptText(_ global: String) throws(LuaFailure) -> String? {
    let top = state.top
    defer { state.top = top }
    do throws(LuaFailure) {
      return try interruptibly { () throws(LuaFailure) -> String? in
        try state.pushVisibleGlobal(global)
        return state.isNil(at: -1) ? nil : try state.describe(-1)
      }
    } catch {
      if error.reason == .interrupted { throw error }
      return nil
    }
  }

  /// Whether a global is not set, without running Lua code. False if a metatable of `_G` could
  /// supply it.
  package func isUnset(_ global: String) -> Bool {
    let top = state.top
    defer { state.top = top }
    guard (try? state.check(lai_push_globals(state.pointer))) != nil,
      !lai_has_metatable(state.pointer, -1), (try? state.getField(global, of: -1)) != nil
    else { return false }
    return state.isNil(at: -1)
  }

  /// Prints all values on the stack with the script's own `print`, as stock Lua's prompt does, and
  /// pops them.
  ///
  /// - Throws: `LuaFailure` when that fails.
  package func printValues() throws(LuaFailure) {
    let count = state.top
    guard count > 0 else { return }
    try interruptibly { () throws(LuaFailure) in
      try state.pushVisibleGlobal("print")
      state.insert(1)
      try state.call(arguments: count, results: 0)
    }
  }

  /// Runs `name = require(module)`, as `lua -l` does.
  package func require(_ module: [UInt8], as name: [UInt8]) throws(LuaFailure) {
    let top = state.top
    defer { state.top = top }
    try interruptibly { () throws(LuaFailure) in
      try state.pushVisibleGlobal("require")
      try state.push(bytes: module)
      try call(arguments: 1)
      state.top = top + 1
      try state.setVisibleGlobal(name)
    }
  }
}
