import CLai

/// A Swift function in Lua: its code and its documentation in one record.
package struct LuaFunction: Sendable {
  /// The name in errors: "loss.lai".
  package let name: String
  package let summary: String
  package let parameters: [ParameterRecord]
  /// The types of the results, in LuaLS's notation.
  package let returns: String
  /// Further text for the help page: a formula, units, the source.
  package let details: String
  /// Lua code that runs as it stands, with `lai` bound.
  package let example: String
  /// Pushes the results and returns their number.
  let body: @Sendable (LuaState) throws -> Int32
  /// What the host must allow for this function to exist.
  package let needs: Interpreter.Libraries
  /// The most arguments that it accepts, including its object; more are an error. nil if it reads
  /// them itself, or if Lua determines the arguments.
  var mostArguments: Int32?

  /// A function that reads the stack itself, for arguments that typed parameters cannot describe.
  init(
    _ name: String, _ summary: String, reading parameters: [ParameterRecord], returns: String,
    details: String = "", example: String = "", needs: Interpreter.Libraries = [],
    body: @escaping @Sendable (LuaState) throws -> Int32
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.returns = returns
    self.details = details
    self.example = example
    self.body = body
    self.needs = parameters.contains(where: \.isPath) ? needs.union(.files) : needs
  }
}

// One initialiser per number of parameters: a single one with a parameter pack would make calls
// five times slower.
extension LuaFunction {
  /// A function without parameters.
  init<Result: LuaPushable>(
    _ name: String, _ summary: String,
    returns: String = "", details: String = "", example: String = "",
    body: @escaping @Sendable () throws -> Result
  ) {
    self.init(
      name, summary, reading: [], returns: returns.isEmpty ? Result.luaAnnotation : returns,
      details: details, example: example
    ) { try body().push(to: $0) }
    mostArguments = 0
  }

  /// A function of one typed parameter.
  init<A, Result: LuaPushable>(
    _ name: String, _ summary: String, _ a: Parameter<A>,
    returns: String = "", details: String = "", example: String = "",
    body: @escaping @Sendable (A) throws -> Result
  ) {
    self.init(
      name, summary, reading: [a.record], returns: returns.isEmpty ? Result.luaAnnotation : returns,
      details: details, example: example
    ) { try body(a.read($0, 1)).push(to: $0) }
    mostArguments = 1
  }

  /// A function of two typed parameters.
  init<A, B, Result: LuaPushable>(
    _ name: String, _ summary: String, _ a: Parameter<A>, _ b: Parameter<B>,
    returns: String = "", details: String = "", example: String = "",
    body: @escaping @Sendable (A, B) throws -> Result
  ) {
    self.init(
      name, summary, reading: [a.record, b.record],
      returns: returns.isEmpty ? Result.luaAnnotation : returns,
      details: details, example: example
    ) { try body(a.read($0, 1), b.read($0, 2)).push(to: $0) }
    mostArguments = 2
  }

  /// A function of three typed parameters.
  init<A, B, C, Result: LuaPushable>(
    _ name: String, _ summary: String, _ a: Parameter<A>, _ b: Parameter<B>, _ c: Parameter<C>,
    returns: String = "", details: String = "", example: String = "",
    body: @escaping @Sendable (A, B, C) throws -> Result
  ) {
    self.init(
      name, summary, reading: [a.record, b.record, c.record],
      returns: returns.isEmpty ? Result.luaAnnotation : returns,
      details: details, example: example
    ) { try body(a.read($0, 1), b.read($0, 2), c.read($0, 3)).push(to: $0) }
    mostArguments = 3
  }

  /// A function of four typed parameters.
  init<A, B, C, D, Result: LuaPushable>(
    _ name: String, _ summary: String, _ a: Parameter<A>, _ b: Parameter<B>, _ c: Parameter<C>,
    _ d: Parameter<D>,
    returns: String = "", details: String = "", example: String = "",
    body: @escaping @Sendable (A, B, C, D) throws -> Result
  ) {
    self.init(
      name, summary, reading: [a.record, b.record, c.record, d.record],
      returns: returns.isEmpty ? Result.luaAnnotation : returns,
      details: details, example: example
    ) { try body(a.read($0, 1), b.read($0, 2), c.read($0, 3), d.read($0, 4)).push(to: $0) }
    mostArguments = 4
  }
}

/// More arguments than a function accepts. They would be lost.
struct SurplusArguments: Error, CustomStringConvertible {
  let most: Int
  let given: Int
  var description: String {
    let wanted = most == 0 ? "no arguments" : most == 1 ? "1 argument" : "\(most) arguments"
    return "takes \(wanted) (got \(given))"
  }
}
