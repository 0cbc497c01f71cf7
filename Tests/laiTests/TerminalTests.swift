import Foundation
import Testing

/// The editor at a terminal, from the first prompt to the last.
@Suite(.timeLimit(.minutes(3))) struct TerminalTests {
  @Test func startsAnswersAndEnds() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    #expect(terminal.output.contains("\u{1b}[?2004h"))
    #expect(!terminal.isCooked)
    #expect(terminal.type("20 + 22\r", until: "42\r\n"))
    #expect(terminal.wait(for: "> "))
    terminal.type("\u{4}")
    #expect(terminal.ending() == 0)
    #expect(terminal.isCooked)
    #expect(terminal.output.contains("\u{1b}[?2004l"))
  }

  @Test func aBlockGoesOnUntilItIsComplete() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("for i = 1, 3 do\r", until: ">>   "))
    #expect(terminal.type("io.write(i * 7, ' ')\rend\r", until: "7 14 21"))
  }

  @Test func historyLastsAndRecallsBlocks() throws {
    let folder = try Folder()
    let first = try PseudoTerminal(in: folder)
    #expect(first.wait(for: "> "))
    #expect(first.type("if true then\rprint('one' .. 'two')\rend\r", until: "onetwo\r\n"))
    #expect(first.wait(for: "onetwo\r\n2> "))
    first.type("\u{4}")
    #expect(first.ending() == 0)
    #expect(
      try String(contentsOf: folder.url.appending(path: "history"), encoding: .utf8)
        == "if true then\\n  print('one' .. 'two')\\nend\n")
    let second = try PseudoTerminal(in: folder)
    #expect(second.wait(for: "> "))
    #expect(second.type("\u{1b}[A\r", until: "onetwo\r\n2> "))
    #expect(second.type("\u{12}one\r", until: "onetwo\r\n"))
  }

  @Test func aPasteRunsOnceAsOneBlock() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    let lines = (1...300).map { "x\($0) = \($0)" }
    terminal.type("\u{1b}[200~\(lines.joined(separator: "\n"))\nprint('sum', x1 + x300)\u{1b}[201~")
    #expect(terminal.type("\r", until: "sum\t301"))
  }

  @Test func completionInsertsAndAsks() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("answer_to_all = 42\r", until: "\r\n2> "))
    #expect(terminal.type("answer_\t + 1\r", until: "43\r\n3> "))
    #expect(terminal.type("string.re\t", until: "reverse"))
    #expect(terminal.type("\u{1b}[B\r('abc')\r", until: "cba"))
  }

  @Test func completionKnowsLiveObjectsAndOptions() throws {
    let terminal = try PseudoTerminal(in: Folder(["a file.csv": ""]), columns: 100)
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("x = lai.ones(3)\r", until: "\r\n2> "))
    #expect(terminal.type("x:squa\t():sum()\r", until: " 3\r\n"))
    #expect(terminal.wait(for: "float32]\r\n3> "))
    #expect(terminal.type("lai.train{epo\t", until: "epochs="))
    #expect(terminal.type("\u{3}#'a f\t'\r", until: "10\r\n"))
  }

  @Test func theWindowMayChange() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("x = 'abcdefghijklmnopqrstuvwxyz'", until: "z"))
    terminal.resize(columns: 20, rows: 10)
    #expect(terminal.type("", until: "abcdefghijkl"))
    #expect(terminal.type("\r#x\r", until: "26\r\n"))
  }

  @Test func controlCThrowsTheBlockAway() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("kept = 5\r", until: "\r\n2> "))
    #expect(terminal.type("while true do", until: "do"))
    #expect(terminal.type("\u{3}kept + 1\r", until: "6\r\n3> "))
    // A signal from elsewhere is the same.
    #expect(terminal.type("junk(", until: "("))
    kill(try #require(terminal.program), SIGINT)
    Thread.sleep(forTimeInterval: 0.3)
    #expect(terminal.type("kept + 2\r", until: "7\r\n"))
  }

  @Test func controlCStopsWhatRuns() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("print('go' .. 'es') while true do end\r", until: "goes"))
    #expect(terminal.type("\u{3}", until: "interrupted!"))
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("6 * 7\r", until: "42\r\n"))
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGQUIT, SIGABRT]) func aSignalLeavesTheTerminalAsItWas(
    _ signal: Int32
  ) throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    #expect(!terminal.isCooked)
    kill(try #require(terminal.program), signal)
    #expect(terminal.ending() == signal)
    #expect(terminal.isCooked)
    #expect(terminal.output.contains("\u{1b}[?2004l"))
  }

  @Test func exitLeavesTheTerminalAsItWas() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    terminal.type("os.exit(3)\r")
    #expect(terminal.ending() == 3)
    #expect(terminal.isCooked)
  }

  @Test func outputThatEndsNoLineStays() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("io.write('half') _ = nil\r", until: "half"))
    #expect(terminal.type("1 + 1\r", until: "2\r\n"))
  }

  @Test func aDumbTerminalReadsLines() throws {
    for name in ["dumb", ""] {
      let terminal = try PseudoTerminal(in: Folder(), environment: ["TERM": name])
      #expect(terminal.wait(for: "> "))
      #expect(terminal.isCooked)
      #expect(terminal.type("20 + 22\n", until: "42\r\n"))
      #expect(!terminal.output.contains("\u{1b}"))
    }
  }

  @Test func coloursCanBeOff() throws {
    let terminal = try PseudoTerminal(in: Folder(), environment: ["NO_COLOR": "1"])
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("local x = 1\r", until: "1"))
    #expect(!terminal.output.contains(/\u{1b}\[[0-9;]*3[0-9]m/))
  }

  @Test func aCloseOfTheTerminalEnds() throws {
    let folder = try Folder()
    var terminal: PseudoTerminal? = try PseudoTerminal(in: folder)
    #expect(terminal?.wait(for: "> ") == true)
    let program = try #require(terminal?.program)
    terminal = nil
    let end = Date() + 10
    while kill(program, 0) == 0, Date() < end { Thread.sleep(forTimeInterval: 0.05) }
    #expect(kill(program, 0) != 0)
  }
}
