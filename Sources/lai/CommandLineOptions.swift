/// The command line: the options of stock `lua` 5.4 (its manual, §7) and five more.
struct CommandLineOptions {
  /// Actions before the script, in order.
  enum Action: Equatable {
    /// -e
    case run([UInt8])
    /// -l
    case require([UInt8])
    /// -W
    case warnings
  }

  enum Problem: Error, Equatable {
    case unrecognized(String)
    case needsArgument(String)
  }

  var actions: [Action] = []
  /// -i
  var isInteractive = false
  /// -v, or -i
  var showsVersion = false
  /// -E
  var ignoresEnvironment = false
  /// --help
  var showsHelp = false
  /// --version
  var showsBuild = false
  /// --types
  var showsTypes = false
  /// --reference
  var showsReference = false
  /// --kernel
  var isKernel = false
  /// The position of the script's name among the arguments; their number if there is no script.
  var script: Int

  /// Parses all arguments, the program's name first.
  ///
  /// - Throws: `Problem` for what `lua` would not accept either.
  init(_ arguments: [[UInt8]]) throws(Problem) {
    script = arguments.count
    var i = 1
    while i < arguments.count {
      let argument = arguments[i]
      guard argument.first == UInt8(ascii: "-"), argument.count > 1 else {
        script = i
        return
      }
      let word = String(decoding: argument, as: UTF8.self)
      switch word {
      case "--":
        script = i + 1
        return
      case "--help": showsHelp = true
      case "--version": showsBuild = true
      case "--types": showsTypes = true
      case "--reference": showsReference = true
      case "--kernel": isKernel = true
      case "-E": ignoresEnvironment = true
      case "-i": (isInteractive, showsVersion) = (true, true)
      case "-v": showsVersion = true
      case "-W": actions.append(.warnings)
      default:
        let isCode = argument[1] == UInt8(ascii: "e")
        guard isCode || argument[1] == UInt8(ascii: "l") else { throw .unrecognized(word) }
        var text = Array(argument.dropFirst(2))
        if text.isEmpty {
          i += 1
          guard i < arguments.count, arguments[i].first != UInt8(ascii: "-") else {
            throw .needsArgument(word)
          }
          text = arguments[i]
        }
        actions.append(isCode ? .run(text) : .require(text))
      }
      i += 1
    }
  }

  static func usage(program: String) -> String {
    """
    usage: \(program) [options] [script [args]]
    Available options are:
      -e stat   execute string 'stat'
      -i        enter interactive mode after executing 'script'
      -l mod    require library 'mod' into global 'mod'
      -l g=mod  require library 'mod' into global 'g'
      -v        show version information
      -E        ignore environment variables
      -W        turn warnings on
      --        stop handling options
      -         stop handling options and execute stdin
      --help    show this help
      --version show what this program was built from
      --types   print the annotations for the Lua language server
      --reference
                print the records of all functions as JSON, for scripts/docs
      --kernel  serve Jupyter, which starts it through lai_kernel.py

    """
  }
}
