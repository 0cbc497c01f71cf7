import Foundation
import Testing

/// Ctrl-C in Lua code that the prompts run themselves, outside blocks: endless metamethods. The
/// prompt returns and the session is kept.
@Suite(.timeLimit(.minutes(10))) struct MetamethodInterruptTests {
  /// Endless code: it reports its start on standard output. The stubborn kind catches errors with
  /// `pcall` and continues.
  private static let world = """
    kept = 5
    function spin() io.write("sp", "ins\\n") while true do end end
    function insist() io.write("sp", "ins\\n") while true do pcall(function() while true do end end) end end
    slow = setmetatable({1}, {__tostring = function() spin() end})
    stubborn = setmetatable({}, {__tostring = function() insist() end})
    """

  /// Endless blocks, the number of presses of Ctrl-C, and what is shown then.
  static let blocks: [(block: String, presses: Int, shown: String)] = [
    ("slow", 1, "interrupted!"), ("stubborn", 2, "interrupted!"),
    ("{1, {slow}}", 1, "interrupted!"),
    ("{x = {stubborn}}", 2, "interrupted!"), ("slow, stubborn", 1, "interrupted!"),
    ("? slow", 1, "interrupted!"), ("? stubborn", 2, "interrupted!"),
    ("%who", 1, "interrupted!"),
    ("print(slow)", 1, "interrupted!"), ("error(slow)", 1, "interrupted!"),
    ("error(stubborn)", 2, "interrupted!"),
    ("for _ in pairs(setmetatable({}, {__pairs = spin})) do end", 1, "interrupted!"),
    ("#setmetatable({}, {__len = spin})", 1, "interrupted!"),
    ("setmetatable({}, {__index = spin}).x", 1, "interrupted!"),
    ("setmetatable({}, {__concat = spin}) .. 1", 1, "interrupted!"),
    ("do local x <close> = setmetatable({}, {__close = spin}) end", 1, "interrupted!"),
    (
      "do local x <close> = setmetatable({}, {__close = spin}) error('first') end", 1,
      "interrupted!"
    ),
    ("%time slow", 1, "interrupted!"), ("%run slow.lua", 1, "interrupted!"),
    // Numbers as keys of a table.
    (
      "debug.setmetatable(0, {__tostring = function() debug.setmetatable(0, nil) spin() end}) and {[0.5] = 1}",
      1, "interrupted!"
    ),
  ]

  private func terminal(_ arguments: [String] = []) throws -> PseudoTerminal {
    let folder = try Folder(["world.lua": Self.world, "slow.lua": "spin()"])
    let terminal = try PseudoTerminal(["-i", "world.lua"] + arguments, in: folder, columns: 100)
    #expect(terminal.wait(for: "1> "))
    return terminal
  }

  /// Presses Ctrl-C when it has started, and waits for the next prompt.
  private func interrupt(
    _ terminal: PseudoTerminal, _ block: String, presses: Int, until shown: String
  ) -> Bool {
    guard terminal.type(block + "\r", until: "spins") else { return false }
    for _ in 1..<presses {
      Thread.sleep(forTimeInterval: 0.2)
      terminal.type("\u{3}")
    }
    Thread.sleep(forTimeInterval: 0.1)
    return terminal.type("\u{3}", until: shown) && terminal.wait(for: "> ")
  }

  @Test func thePromptComesBack() throws {
    let terminal = try terminal()
    #expect(terminal.ask("mine = slow"))
    for (block, presses, shown) in Self.blocks {
      #expect(
        interrupt(terminal, block, presses: presses, until: shown), "\(block): \(terminal.plain)")
      #expect(
        terminal.type("kept + 1\r", until: "6\r\n"), "behind \(block): \(terminal.plain)")
      #expect(terminal.wait(for: "> "))
    }
  }

  @Test func promptsOfTheUsersOwn() throws {
    let terminal = try terminal()
    let loop =
      "setmetatable(_G, {__index = function(_, name) if name == '_PROMPT' then spin() end end});"
    for (setting, presses, removal) in [
      ("_PROMPT = slow", 1, "_PROMPT = nil"), ("_PROMPT = stubborn", 2, "_PROMPT = nil"),
      ("_PROMPT2 = slow", 1, "_PROMPT2 = nil"), (loop, 1, "setmetatable(_G, nil);"),
    ] {
      #expect(
        interrupt(terminal, setting, presses: presses, until: "interrupted!"),
        "\(setting): \(terminal.plain)")
      #expect(terminal.ask(removal))
      #expect(terminal.type("kept + 1\r", until: "6\r\n"), "\(setting): \(terminal.plain)")
      #expect(terminal.wait(for: "> "))
    }
  }

  /// In the editor Ctrl-C is a key: no Lua code may run there.
  @Test func completionRunsNothing() throws {
    let terminal = try terminal()
    #expect(
      terminal.ask(
        "trap = setmetatable({real = 7}, {__index = spin, __pairs = spin, __len = spin, __tostring = spin});"
      ))
    terminal.type("trap[1].\t\u{3}#trap.\t\u{3}")
    #expect(terminal.type("trap.re\t + kept\r", until: "12\r\n"))
    #expect(!terminal.plain.contains("spins"))
  }

  @Test func aFinaliserEndsTheProgramAtTheThirdPress() throws {
    let terminal = try terminal()
    #expect(terminal.type("setmetatable({}, {__gc = spin}) collectgarbage()\r", until: "spins"))
    terminal.type("\u{3}")
    Thread.sleep(forTimeInterval: 0.2)
    #expect(terminal.type("\u{3}", until: "once more ends the program"))
    terminal.type("\u{3}")
    #expect(terminal.ending() != 0)
    #expect(terminal.isCooked)
  }

  /// A prompt on a pipe, which presses Ctrl-C itself.
  @Test func onAPipe() async throws {
    let world = """
      kept = 5
      function spin() io.popen("kill -INT $PPID"):close() while true do end end
      slow = setmetatable({}, {__tostring = spin})
      """
    for block in [
      "slow", "print(slow)", "error(slow)", "_PROMPT = slow\n_PROMPT = nil",
      "print = spin\n1\nprint = io.write", "_PROMPT2 = slow\nkept = (\n5)\n_PROMPT2 = nil",
    ] {
      let outcome = try await Folder().lai(["-e", world, "-i"], input: "\(block)\nkept + 1\n")
      #expect(outcome.status == 0 && outcome.output.contains("6"), "\(block): \(outcome)")
    }
  }

  @Test func aKernelGoesOn() throws {
    let kernel = try KernelProcess()
    _ = try kernel.execute(Self.world)
    _ = try kernel.execute(
      """
      drawn = setmetatable({}, {__svg = function() spin() end, __tostring = function() return 'drawn' end})
      trap = setmetatable({real = 7}, {__index = spin, __pairs = spin, __tostring = spin})
      framed = setmetatable({}, {__html = function() insist() end})
      """)
    let requests: [(kind: String, code: String, presses: Int)] = [
      ("execute", "slow", 1), ("execute", "stubborn", 2), ("execute", "drawn", 1),
      ("execute", "framed", 2),
      ("execute", "? slow", 1), ("execute", "%who", 1), ("inspect", "slow", 1),
      ("inspect", "stubborn", 2),
      ("inspect", "stubborn(slow", 1),
    ]
    for (kind, code, presses) in requests {
      let before = try kernel.printed().count
      kernel.send(kernel.request(kind, code))
      let end = Date() + 20
      while try kernel.printed().count == before, Date() < end {
        Thread.sleep(forTimeInterval: 0.01)
      }
      for _ in 1...presses {
        Thread.sleep(forTimeInterval: 0.2)
        kill(kernel.process.processIdentifier, SIGINT)
      }
      let answer = try kernel.answer()
      if kind == "execute" {
        #expect(answer.error?.contains("interrupted!") == true, "\(code): \(answer)")
      } else {
        #expect(answer.done.text == nil, "\(code): \(answer)")
      }
      #expect(try kernel.execute("kept + 1").result == "6")
    }
    #expect(try kernel.ask(kernel.request("complete", "trap.")).done.matches == ["real"])
    #expect(try kernel.ask(kernel.request("is_complete", "trap.x")).done.state == "complete")
  }
}
