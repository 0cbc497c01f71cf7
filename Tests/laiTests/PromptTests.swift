import Testing

/// The prompt on a pipe: nothing is echoed, so a line's result follows its prompt.
@Suite(.timeLimit(.minutes(5)))
struct PromptTests {
  /// What is typed, and standard output after the greeting.
  static let sessions: [(typed: String, shown: String)] = [
    ("1 + 1\n", "> 2\n> \n"),
    ("= 2\n", "> 2\n> \n"),
    ("1, nil, 'x'\n", "> 1\tnil\tx\n> \n"),
    ("nil\n", "> nil\n> \n"),
    ("x = 5\nx\n", "> > 5\n> \n"),
    ("print()\n", "> \n> \n"),
    ("for i = 1, 2 do\nprint(i)\nend\n", "> >> >> 1\n2\n> \n"),
    ("text = [[\nabc\n]]\n#text\n", "> >> >> > 4\n> \n"),
    ("local x = 3\nx\n", "> > nil\n> \n"),
    ("return 7\n", "> 7\n> \n"),
    ("print 'no newline'", "> no newline\n> \n"),
    ("_PROMPT, _PROMPT2 = '$ ', '+ '\nx = {\n1}\n#x\n", "> $ + $ 1\n$ \n"),
    ("lai ~= nil\n", "> true\n> \n"),
    ("tostring = nil\n1\n", "> > 1\n> \n"),
  ]

  @Test(arguments: sessions) func answers(_ typed: String, shown: String) async throws {
    let outcome = try await Folder().lai(["-i"], input: typed)
    let parts = outcome.output.split(
      separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    #expect(parts[0].hasPrefix("Lua 5.4"))
    #expect(parts.last! == shown)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.status == 0)
  }

  /// An error is told on standard error, and the prompt goes on with what it had.
  static let mistakes: [(typed: String, complaint: String)] = [
    ("error('bad')", "stdin:1: bad\nstack traceback:\n"),
    ("nothing.here", "stdin:1: attempt to index a nil value (global 'nothing')\n"),
    ("syntax error here", "stdin:1: syntax error near 'error'\n"),
    ("= =", "stdin:1: unexpected symbol near '='\n"),
    ("goto nowhere", "stdin:1: no visible label 'nowhere'"),
    ("lai.generator('x')", "stdin:1: generator: seed must be"),
    ("error(setmetatable({}, {__tostring = function() return 'own' end}))", "own\n"),
  ]

  @Test(arguments: mistakes) func survives(_ typed: String, complaint: String) async throws {
    let outcome = try await Folder().lai(["-i"], input: "kept = 'kept'\n\(typed)\nkept\n")
    #expect(outcome.errors.contains(complaint))
    #expect(outcome.output.hasSuffix("> kept\n> \n"))
    #expect(outcome.status == 0)
  }

  @Test func aChunkThatNeverEndsIsAnError() async throws {
    let outcome = try await Folder().lai(["-i"], input: "for i = 1, 2 do\n")
    #expect(outcome.errors.contains("near <eof>"))
    #expect(outcome.status == 0)
  }

  @Test func exitLeavesWithItsCode() async throws {
    let outcome = try await Folder().lai(["-i"], input: "os.exit(4)\nprint('never')\n")
    #expect(outcome.status == 4)
    #expect(!outcome.output.contains("never"))
  }

  @Test func comesAfterTheScript() async throws {
    let folder = try Folder(["set.lua": "x = 'from ' .. ..."])
    let outcome = try await folder.lai(["-i", "-e", "y = 1", "set.lua", "me"], input: "x, y\n")
    #expect(outcome.output.hasSuffix("> from me\t1\n> \n"))
  }
}
