import LuaBindings
import Platform

/// The program: a Lua 5.4 interpreter with the module `lai`.
@main
struct Lai {
  static func main() {
    Interpreter.keepFreedMemory()
    Interpreter.prepareProcess()
    // The raw bytes: Swift's own arguments have invalid UTF-8 replaced.
    let arguments = (0..<Int(CommandLine.argc)).map { position in
      CommandLine.unsafeArgv[position].map {
        Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
      } ?? []
    }
    let program =
      arguments.first.flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) } ?? "lai"
    if let complaint = stackComplaint {
      complain("\(program): \(complaint)\n")
      exit(EXIT_FAILURE)
    }
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
      Interpreter.write(Array(LuaModule.shared.stubs.utf8))
      return
    }
    if options.showsReference {
      Interpreter.write(Array("\(LuaModule.shared.reference)\n".utf8))
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
    if !succeeded { Interpreter.noteReportedError() }
    exit(succeeded ? EXIT_SUCCESS : EXIT_FAILURE)
  }

  /// What is wrong with the limit on the stack; nil if it leaves room for 200 nested calls between
  /// Lua and C, the most that Lua allows, and for training.
  private static var stackComplaint: String? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0,
      limit.rlim_cur < leastStack
    else { return nil }
    return "the stack is limited to \(limit.rlim_cur >> 10) KB, and at least "
      + "\(leastStack >> 10) KB are needed; first run: ulimit -s 8192"
  }

  /// Bytes.
  private static let leastStack: rlim_t = 1 << 20

  static let buildDescription =
    "lai \(laiVersion), \(luaVersion), built for \(builtFor), BLAS kernels \(kernelName)"
}
