import CLai

extension Interpreter {
  /// The value of an expression, or the first result of a chunk.
  ///
  /// - Parameters:
  ///   - source: "1 + 1", or a chunk with a `return`.
  ///   - type: The wanted type of the value; `LuaValue` for any.
  ///   - name: The source's name in errors.
  ///
  /// - Throws: `LuaFailure` as `run` does, and when the value has another type.
  public func evaluate<Value: LuaConvertible>(
    _ source: String, as type: Value.Type = Value.self, name: String = "=(swift)"
  ) throws(LuaFailure) -> Value {
    try use { () throws(LuaFailure) in
      let first = state.top + 1
      do throws(LuaFailure) {
        try load("return \(source)", name: name)
      } catch {
        guard error.reason == .syntax else { throw error }
        try load(source, name: name)
      }
      try call(arguments: 0)
      return try result(at: first, of: "the script")
    }
  }

  /// Calls a global function.
  ///
  /// - Throws: `LuaFailure` as `run` does, and when the first result has another type.
  public func call<each Argument: LuaConvertible, Value: LuaConvertible>(
    _ function: String, _ arguments: repeat each Argument, as type: Value.Type = Value.self
  ) throws(LuaFailure) -> Value {
    try use { () throws(LuaFailure) in
      let first = state.top + 1
      try state.pushGlobal(function)
      var values: [LuaValue] = []
      for argument in repeat each arguments { values.append(argument.luaValue) }
      for value in values { try push(value) }
      try call(arguments: Int32(values.count))
      return try result(at: first, of: function)
    }
  }

  /// Sets a global variable.
  ///
  /// - Throws: `LuaFailure` when there is not enough memory.
  public func set(_ name: String, to value: some LuaConvertible) throws(LuaFailure) {
    try use { () throws(LuaFailure) in
      try push(value.luaValue)
      try state.setGlobal(name)
    }
  }

  /// Registers a Swift function as a global function in Lua. An error that it throws is an error in
  /// Lua, prefixed with its name. It must neither use this interpreter nor keep a reference to it.
  ///
  /// - Throws: `LuaFailure` when there is not enough memory.
  public func register<each Argument: LuaConvertible, Result: LuaConvertible>(
    _ name: String, _ body: @escaping (repeat each Argument) throws -> Result
  ) throws(LuaFailure) {
    try register(
      HostFunction(name) { given in
        var arguments = HostFunction.Arguments(given)
        return try body(repeat arguments.next((each Argument).self)).luaValue
      })
  }

  /// The same for a function without a result.
  public func register<each Argument: LuaConvertible>(
    _ name: String, _ body: @escaping (repeat each Argument) throws -> Void
  ) throws(LuaFailure) {
    try register(
      HostFunction(name) { given in
        var arguments = HostFunction.Arguments(given)
        try body(repeat arguments.next((each Argument).self))
        return nil
      })
  }

  private func register(_ function: HostFunction) throws(LuaFailure) {
    try use { () throws(LuaFailure) in
      try state.push(function)
      try state.setGlobal(function.name)
    }
  }

  /// Runs `body` and leaves the stack as it was. A function of the host must not call the
  /// interpreter that called it, because a coroutine may be running.
  func use<Result>(_ body: () throws(LuaFailure) -> Result) throws(LuaFailure) -> Result {
    guard !isRunning else { throw LuaFailure("the interpreter is in a call") }
    let top = state.top
    defer { state.top = top }
    return try body()
  }

  private func push(_ value: LuaValue) throws(LuaFailure) {
    do { try state.push(value) } catch { throw LuaFailure(error) }
  }

  private func result<Value: LuaConvertible>(
    at index: Int32, of source: String
  ) throws(LuaFailure) -> Value {
    do {
      if let value = Value.from(try state.value(at: index)) { return value }
    } catch {
      throw LuaFailure(error)
    }
    throw LuaFailure(
      "the value of \(source) must be of type \(Value.self) (got \(state.account(of: index)))")
  }
}

extension LuaFailure {
  /// An error thrown by Swift; a `LuaFailure` is passed on.
  fileprivate init(_ error: any Error) {
    if let failure = error as? LuaFailure {
      self = failure
    } else {
      self.init("\(error)")
    }
  }
}
