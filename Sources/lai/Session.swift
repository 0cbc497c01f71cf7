import LuaBindings
import Platform

/// One run of the program, with the steps of `lua`: the environment, the options, the script, the
/// prompt.
struct Session {
  let interpreter: Interpreter
  let arguments: [[UInt8]]
  let program: String
  let options: CommandLineOptions

  /// Returns whether everything succeeded.
  mutating func run() -> Bool {
    if options.showsVersion { print(Interpreter.luaCopyright) }
    let hasScript = options.script < arguments.count
    do throws(LuaFailure) {
      try makeArgumentTable()
      if !options.ignoresEnvironment { try runInitialisation() }
      for action in options.actions { try perform(action) }
      if hasScript { try runScript() }
    } catch {
      report(error)
      return false
    }
    if options.isKernel {
      return serveKernel()
    } else if options.isInteractive {
      interactively()
    } else if !hasScript && !options.showsVersion && !options.actions.contains(where: \.isRun) {
      if isatty(0) == 1 {
        print(
          "\(Lai.buildDescription)\n`lai` is bound; ? is help, %help the prompt's own; Ctrl-D ends."
        )
        interactively()
      } else {
        return runStandardInput()
      }
    }
    return true
  }

  private func report(_ failure: LuaFailure) {
    let text = interpreter.state.text(of: failure)
    // `lai x.lua | head -1` ends quietly, also where SIGPIPE is ignored.
    if Interpreter.hasClosedReader, failure.message.contains("cannot write to standard output") {
      return
    }
    complain(Array("\(program): ".utf8) + text + [10])
  }

  private func bindModule() {
    do throws(LuaFailure) {
      try interpreter.pushModule()
      try interpreter.state.setGlobal("lai")
    } catch {
      report(error)
    }
  }

  private func serveKernel() -> Bool {
    bindModule()
    guard let kernel = Kernel(interpreter: interpreter) else {
      complain("\(program): --kernel needs a socket as standard input; Jupyter starts it\n")
      return false
    }
    kernel.run()
    return true
  }

  private func interactively() {
    bindModule()
    if isatty(STDIN_FILENO) == 1 {
      Console(interpreter: interpreter).run()
    } else {
      PlainPrompt(interpreter: interpreter).run()
    }
  }

  /// The global `arg`: the script at 0, its arguments at positive indices, everything before it at
  /// negative ones.
  private func makeArgumentTable() throws(LuaFailure) {
    let zero = options.script < arguments.count ? options.script : 0
    let state = interpreter.state
    try state.newTable(list: arguments.count)
    for (position, argument) in arguments.enumerated() {
      try state.push(bytes: argument)
      try state.setIndex(position - zero, of: -2)
    }
    try interpreter.state.setGlobal("arg")
  }

  /// Runs LUA_INIT_5_4, else LUA_INIT: code, or @ and a file name.
  private func runInitialisation() throws(LuaFailure) {
    for name in ["LUA_INIT_5_4", "LUA_INIT"] {
      guard let value = getenv(name) else { continue }
      let text = Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
      if text.first == UInt8(ascii: "@") {
        try interpreter.load(file: Array(text.dropFirst()))
      } else {
        try interpreter.load(text, name: "=\(name)")
      }
      try interpreter.call(arguments: 0)
      interpreter.state.top = 0
      return
    }
  }

  private func perform(_ action: CommandLineOptions.Action) throws(LuaFailure) {
    switch action {
    case .run(let code):
      try interpreter.state.pushGlobal("lai")
      if interpreter.state.isNil(at: -1) { bindModule() }
      interpreter.state.top = 0
      try interpreter.load(code, name: "=(command line)")
      try interpreter.call(arguments: 0)
      interpreter.state.top = 0
    case .warnings: interpreter.warn("@on")
    case .require(let argument):
      var (name, module) = (argument, argument)
      if let equals = argument.firstIndex(of: UInt8(ascii: "=")) {
        name = Array(argument[..<equals])
        module = Array(argument[(equals + 1)...])
      }
      try interpreter.require(module, as: name)
    }
  }

  private func runScript() throws(LuaFailure) {
    let name = arguments[options.script]
    let isStandardInput =
      name == Array("-".utf8) && arguments[options.script - 1] != Array("--".utf8)
    if isStandardInput {
      try interpreter.load(file: nil)
    } else {
      try interpreter.load(file: name)
    }
    try interpreter.call(arguments: interpreter.pushScriptArguments())
    interpreter.state.top = 0
  }

  private func runStandardInput() -> Bool {
    do throws(LuaFailure) {
      try interpreter.load(file: nil)
      try interpreter.call(arguments: 0)
      return true
    } catch {
      report(error)
      return false
    }
  }
}

extension CommandLineOptions.Action {
  var isRun: Bool {
    if case .run = self { return true }
    return false
  }
}
