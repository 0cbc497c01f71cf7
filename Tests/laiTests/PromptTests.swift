import Testing

/// The prompt on a pipe: each line is echoed after its prompt, as by stock Lua with Readline.
@Suite(.timeLimit(.minutes(10)))
struct PromptTests {
  /// What is typed, and standard output after the greeting.
  static let sessions: [(typed: String, shown: String)] = [
    ("1 + 1\n", "> 1 + 1\n2\n> \n"),
    ("= 2\n", "> = 2\n2\n> \n"),
    ("1, nil, 'x'\n", "> 1, nil, 'x'\n1\tnil\tx\n> \n"),
    ("nil\n", "> nil\nnil\n> \n"),
    ("x = 5\nx\n", "> x = 5\n> x\n5\n> \n"),
    ("print()\n", "> print()\n\n> \n"),
    ("for i = 1, 2 do\nprint(i)\nend\n", "> for i = 1, 2 do\n>> print(i)\n>> end\n1\n2\n> \n"),
    ("text = [[\nabc\n]]\n#text\n", "> text = [[\n>> abc\n>> ]]\n> #text\n4\n> \n"),
    ("local x = 3\nx\n", "> local x = 3\n> x\nnil\n> \n"),
    ("return 7\n", "> return 7\n7\n> \n"),
    ("print 'no newline'", "> print 'no newline'\nno newline\n> \n"),
    (
      "_PROMPT, _PROMPT2 = '$ ', '+ '\nx = {\n1}\n#x\n",
      "> _PROMPT, _PROMPT2 = '$ ', '+ '\n$ x = {\n+ 1}\n$ #x\n1\n$ \n"
    ),
    ("lai ~= nil\n", "> lai ~= nil\ntrue\n> \n"),
    ("tostring = nil\n1\n", "> tostring = nil\n> 1\n1\n> \n"),
    ("=(\n2)\n", "> =(\n>> 2)\n2\n> \n"),
    ("_PROMPT = {}\n_PROMPT = '$'\n", "> _PROMPT = {}\ntable: _PROMPT = '$'\n$\n"),
    (
      "setmetatable(_G, {__index = {_PROMPT = '$'}}) ;\n",
      "> setmetatable(_G, {__index = {_PROMPT = '$'}}) ;\n$\n"
    ),
  ]

  @Test(arguments: sessions) func answers(_ typed: String, shown: String) async throws {
    let outcome = try await Folder().lai(["-i"], input: typed)
    let parts = outcome.output.split(
      separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    #expect(parts[0].hasPrefix("Lua 5.4"))
    #expect(parts.last!.replacing(/table: 0x[0-9a-f]+/, with: "table: ") == shown)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.status == 0)
  }

  /// An error is reported on standard error, and the prompt continues with its state.
  static let mistakes: [(typed: String, complaint: String)] = [
    ("error('bad')", "stdin:1: bad\nstack traceback:\n"),
    ("nothing.here", "stdin:1: attempt to index a nil value (global 'nothing')\n"),
    ("syntax error here", "stdin:1: syntax error near 'error'\n"),
    ("= =", "stdin:1: unexpected symbol near '='\n"),
    ("1;", "stdin:1: unexpected symbol near '1'\n"),
    ("goto nowhere", "stdin:1: no visible label 'nowhere'"),
    ("lai.generator('x')", "stdin:1: generator: seed must be"),
    ("error(setmetatable({}, {__tostring = function() return 'own' end}))", "own\n"),
  ]

  @Test(arguments: mistakes) func survives(_ typed: String, complaint: String) async throws {
    let outcome = try await Folder().lai(["-i"], input: "kept = 'kept'\n\(typed)\nkept\n")
    #expect(outcome.errors.contains(complaint))
    #expect(outcome.output.hasSuffix("> kept\nkept\n> \n"))
    #expect(outcome.status == 0)
  }

  @Test func aChunkThatNeverEndsIsAnError() async throws {
    let outcome = try await Folder().lai(["-i"], input: "for i = 1, 2 do\n")
    #expect(outcome.errors.contains("near <eof>"))
    #expect(outcome.status == 0)
  }

  @Test func anErrorOfPrintIsToldWithoutTraceback() async throws {
    let outcome = try await Folder().lai(
      ["-i"], input: "print = function() error('worn out', 0) end\n1\nprint = nil\n2\n")
    #expect(
      outcome.errors == """
        error calling 'print' (worn out)
        error calling 'print' (attempt to call a nil value)

        """)
  }

  @Test func exitLeavesWithItsCode() async throws {
    let outcome = try await Folder().lai(["-i"], input: "os.exit(4)\nprint('never')\n")
    #expect(outcome.status == 4)
    #expect(!outcome.output.contains("never"))
  }

  @Test func comesAfterTheScript() async throws {
    let folder = try Folder(["set.lua": "x = 'from ' .. ..."])
    let outcome = try await folder.lai(["-i", "-e", "y = 1", "set.lua", "me"], input: "x, y\n")
    #expect(outcome.output.hasSuffix("> x, y\nfrom me\t1\n> \n"))
  }
}
