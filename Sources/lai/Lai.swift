import LuaBindings
import Platform

/// The program: a Lua 5.4 interpreter with the module `lai`.
@main
struct Lai {
  static func main() {
    Interpreter.keepFreedMemory()
    // At a limit on file sizes, writing then fails as on a full disk.
    signal(SIGXFSZ, SIG_IGN)
    // The raw bytes: Swift's own arguments have invalid UTF-8 replaced.
    let arguments = (0..<Int(CommandLine.argc)).map { position in
      CommandLine.unsafeArgv[position].map {
        Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
      } ?? []
    }
    let program =
      arguments.first.flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) } ?? "lai"
    let options: CommandLineOptions
    do throws(CommandLineOptions.Problem) {
      options = try CommandLineOptions(arguments)
    } catch {
      switch error {
      case .unrecognized(let option):
        complain("\(program): unrecognized option '\(option)'\n")
      case .needsArgument(let option): complain("\(program): '\(option)' needs argument\n")
      }
      complain(CommandLineOptions.usage(program: program))
      exit(EXIT_FAILURE)
    }
    if options.showsHelp {
      print(CommandLineOptions.usage(program: program), terminator: "")
      return
    }
    if options.showsBuild {
      print(buildDescription)
      return
    }
    if options.showsTypes {
      print(LuaModule.shared.stubs, terminator: "")
      return
    }
    let succeeded: Bool
    do {
      let interpreter = try Interpreter(ignoringEnvironment: options.ignoresEnvironment)
      var session = Session(
        interpreter: interpreter, arguments: arguments, program: program, options: options)
      succeeded = session.run()
    } catch {
      complain("\(program): \(error)\n")
      succeeded = false
    }
    exit(succeeded ? EXIT_SUCCESS : EXIT_FAILURE)
  }

  static let buildDescription =
    "lai \(laiVersion), \(luaVersion), built for \(builtFor), BLAS kernels \(kernelName)"
}
