import Testing

/// A command line and its expected outcome.
struct CommandLineCase: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  let input: String
  let environment: [String: String]
  let output: String
  /// Texts expected on standard error, in this order; if empty, standard error must be empty.
  let errors: [String]
  let status: Int32

  init(
    _ arguments: String..., input: String = "", environment: [String: String] = [:],
    output: String = "", errors: [String] = [], status: Int32 = 0
  ) {
    self.arguments = arguments
    self.input = input
    self.environment = environment
    self.output = output
    self.errors = errors
    self.status = status
  }

  var testDescription: String { "\(arguments) \(input) \(environment)" }

  static let files = [
    "fails.lua": "local function index(x)\n  x = nil\n  return x.y\nend\nindex(1)\n",
    // The arguments after the program's name.
    "arguments.lua": """
    local first = 0
    while arg[first - 2] do first = first - 1 end
    for i = first, #arg do print(i, arg[i]) end
    print(select("#", ...), ...)
    """,
    "hello.lua": "#!/usr/bin/lai\nprint('hello', ...)\n",
    "module.lua": "return {name = ...}",
  ]

  func check() async throws {
    let outcome = try await Folder(Self.files).lai(
      arguments, input: input, environment: environment)
    let notice = /Lua 5\.4\.\d+  Copyright \(C\) 1994-\d+ Lua\.org, PUC-Rio/
    #expect(outcome.output.replacing(notice, with: "COPYRIGHT") == output)
    #expect(outcome.status == status, "\(outcome)")
    if errors.isEmpty { #expect(outcome.errors.isEmpty) }
    var rest = outcome.errors[...]
    for text in errors {
      let found = rest.firstRange(of: text)
      #expect(found != nil, "'\(text)' is missing in\n\(outcome.errors)")
      if let found { rest = rest[found.upperBound...] }
    }
  }
}

private let usage = """
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

  """

/// The command line of the stock interpreter: the reference manual of Lua 5.4, §7.
@Suite(.timeLimit(.minutes(10)))
struct CommandLineTests {
  static let code = [
    CommandLineCase("-e", "print(1)", output: "1\n"),
    CommandLineCase("-eprint(2)", "-e", "print(3)", output: "2\n3\n"),
    CommandLineCase("-e", "return 5"),
    CommandLineCase("-e", "io.stderr:write('e') io.write('o')", output: "o", errors: ["e"]),
    CommandLineCase("-e", "x = 1", "-e", "print(x)", output: "1\n"),
    CommandLineCase("-e", "print(lai == require 'lai')", output: "true\n"),
    CommandLineCase("-e", "print(tostring(lai):sub(1, 10))", output: "{\n  adam =\n"),
    CommandLineCase("-e", "lai = 5", "-e", "print(lai)", output: "5\n"),
    CommandLineCase("-e", "print(require 'lai' == require 'lai')", output: "true\n"),
    CommandLineCase("-W", "-e", "warn('careful')", errors: ["Lua warning: careful\n"]),
    CommandLineCase("-e", "warn('silent')"),
  ]

  static let modules = [
    CommandLineCase("-l", "math"),
    CommandLineCase("-l", "module", "-e", "print(module.name)", output: "module\n"),
    CommandLineCase("-lm=module", "-e", "print(m.name, module)", output: "module\tnil\n"),
    CommandLineCase("-l", "lai", "-e", "print(type(lai.generator))", output: "function\n"),
    CommandLineCase(
      "-l", "nosuch", errors: ["lai: module 'nosuch' not found:\n\tno field package.preload"],
      status: 1),
  ]

  static let scripts = [
    CommandLineCase("hello.lua", "a b", "", output: "hello\ta b\t\n"),
    CommandLineCase(
      "arguments.lua", "a", "-b", output: "0\targuments.lua\n1\ta\n2\t-b\n2\ta\t-b\n"),
    CommandLineCase(
      "-W", "-e", "x = 1", "arguments.lua", "a",
      output: "-3\t-W\n-2\t-e\n-1\tx = 1\n0\targuments.lua\n1\ta\n1\ta\n"),
    CommandLineCase(
      "--", "arguments.lua", "-v", output: "-1\t--\n0\targuments.lua\n1\t-v\n1\t-v\n"),
    CommandLineCase(
      "-e", "print(arg[0]:sub(-3), arg[1], #arg, arg[-1])", output: "lai\t-e\t2\tnil\n"),
    CommandLineCase("-", "a", input: "print(arg[0], ...)", output: "-\ta\n"),
    CommandLineCase(input: "print('from', 'stdin', ...)", output: "from\tstdin\n"),
    CommandLineCase("-e", "print(io.read())", input: "a line\n", output: "a line\n"),
    CommandLineCase("nosuch.lua", errors: ["lai: cannot open nosuch.lua"], status: 1),
    CommandLineCase("--", "-", errors: ["lai: cannot open -"], status: 1),
  ]

  static let versions = [
    CommandLineCase("-v", output: "COPYRIGHT\n"),
    CommandLineCase("-v", "-e", "print(1)", output: "COPYRIGHT\n1\n"),
    CommandLineCase("-v", "hello.lua", output: "COPYRIGHT\nhello\n"),
    CommandLineCase("-i", output: "COPYRIGHT\n> \n"),
  ]

  static let environments = [
    CommandLineCase(
      "-e", "print(1)", environment: ["LUA_INIT": "print('init')"], output: "init\n1\n"),
    CommandLineCase("-E", "-e", "print(1)", environment: ["LUA_INIT": "x"], output: "1\n"),
    CommandLineCase(
      "-e", "print(1)", environment: ["LUA_INIT": "@hello.lua"], output: "hello\n1\n"),
    CommandLineCase(
      "-v", environment: ["LUA_INIT": "print('init')", "LUA_INIT_5_4": "print('5.4')"],
      output: "COPYRIGHT\n5.4\n"),
    CommandLineCase(
      "-e", "print(1)", environment: ["LUA_INIT": "error('x')"],
      errors: ["lai: LUA_INIT:1: x\nstack traceback:\n"], status: 1),
    CommandLineCase(
      "-e", "print(1)", environment: ["LUA_INIT": "x ="],
      errors: ["lai: LUA_INIT:1: unexpected symbol near <eof>\n"], status: 1),
    CommandLineCase(
      "-e", "print(1)", environment: ["LUA_INIT": "@none.lua"],
      errors: ["lai: cannot open none.lua"], status: 1),
    CommandLineCase(
      "-e", "print(package.path)", environment: ["LUA_PATH": "/here/?.lua"],
      output: "/here/?.lua\n"),
    CommandLineCase(
      "-E", "-e", "print(package.path == '/here/?.lua')", environment: ["LUA_PATH": "/here/?.lua"],
      output: "false\n"),
  ]

  static let failures = [
    CommandLineCase(
      "fails.lua",
      errors: [
        "lai: fails.lua:3: attempt to index a nil value (local 'x')\nstack traceback:\n",
        "fails.lua:3: in local 'index'\n", "fails.lua:5: in main chunk\n",
      ], status: 1),
    CommandLineCase(
      input: "\nerror('here')", errors: ["lai: stdin:2: here\nstack traceback:\n"], status: 1),
    CommandLineCase(
      "-e", "error('plain', 0)", "-e", "print('never')",
      errors: ["lai: plain\nstack traceback:\n", "(command line):1: in main chunk"], status: 1),
    CommandLineCase(
      "-e", "x =", errors: ["lai: (command line):1: unexpected symbol near <eof>\n"], status: 1),
    CommandLineCase(
      "-e", "error({})", errors: ["lai: (error object is a table value)\n"], status: 1),
    CommandLineCase("-e", "error()", errors: ["lai: (error object is a nil value)\n"], status: 1),
    CommandLineCase(
      "-e", "error(setmetatable({}, {__tostring = function() return 'own' end}))",
      errors: ["lai: own\n"], status: 1),
    CommandLineCase("-e", "os.exit(3)", status: 3),
    CommandLineCase("-e", "os.exit(true)"),
    CommandLineCase("-e", "os.exit(false)", status: 1),
    CommandLineCase("-e", "os.exit(2, true)", status: 2),
    CommandLineCase("-e", "local ok = pcall(error) print(ok)", output: "false\n"),
  ]

  @Test(arguments: code + modules + scripts) func runs(_ example: CommandLineCase) async throws {
    try await example.check()
  }

  @Test(arguments: versions + environments)
  func readsItsEnvironment(_ example: CommandLineCase) async throws { try await example.check() }

  @Test(arguments: failures) func fails(_ example: CommandLineCase) async throws {
    try await example.check()
  }

  static let misuses: [(words: [String], complaint: String)] = [
    (["-x"], "unrecognized option '-x'"),
    (["-h"], "unrecognized option '-h'"),
    (["-vv"], "unrecognized option '-vv'"),
    (["-iv"], "unrecognized option '-iv'"),
    (["-E1"], "unrecognized option '-E1'"),
    (["--nonsense"], "unrecognized option '--nonsense'"),
    (["-e", "print(1)", "-z"], "unrecognized option '-z'"),
    (["-e"], "'-e' needs argument"),
    (["-l"], "'-l' needs argument"),
    (["-e", "-v"], "'-e' needs argument"),
  ]

  @Test(arguments: misuses) func isMisused(_ words: [String], complaint: String) async throws {
    let outcome = try await Folder().lai(words)
    #expect(outcome.output.isEmpty)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("lai: \(complaint)\nusage: "))
    #expect(outcome.errors.contains(usage.dropLast()))
  }

  @Test func helpIsTheUsageOnStandardOutput() async throws {
    let outcome = try await Folder().lai(["--help"])
    #expect(outcome.output.contains(usage.dropLast()))
    #expect(outcome.output.contains("--help") && outcome.output.contains("--version"))
    #expect(outcome.errors.isEmpty)
    #expect(outcome.status == 0)
  }

  @Test("a mistake on a script's command line has no traceback, and --help lists its options")
  func scriptOptions() async throws {
    let folder = try Folder()
    let script =
      "local o = lai.args({n = {default = 1, help = 'Rows.'}, kind = {default = 'a', choices = {'a', 'b'}}}, 'Counts.')"
    let wrong = try await folder.lai(["-l", "lai", "-e", script, "/dev/null", "--zzz", "2"])
    #expect(
      wrong.errors.hasSuffix(
        "lai: (command line):1: args: unknown option '--zzz'; --help lists the options\n"))
    #expect(wrong.status == 1)
    let caught = try await folder.lai(
      ["-l", "lai", "-e", "pcall(lai.args, {}) error 'other'", "/dev/null", "--m"])
    #expect(caught.errors.contains("other\nstack traceback:"))
    let help = try await folder.lai(["-l", "lai", "-e", script, "/dev/null", "--help"])
    #expect(
      help.output == """
        Counts.
        options:
          --kind  One of a, b. (default a)
          --n     Rows. (default 1)

        """)
    #expect(help.status == 0)
  }

  @Test func versionSaysWhatItWasBuiltFrom() async throws {
    let outcome = try await Folder().lai(["--version"])
    let form = /lai \d+\.\d+\.\d+, Lua 5\.4\.\d+, built for .+, BLAS kernels .+\n/
    #expect(try form.wholeMatch(in: outcome.output) != nil)
    #expect(outcome.status == 0)
  }
}
