import Foundation
import Testing

/// The editor at a terminal, from the first prompt to the last.
@Suite(.timeLimit(.minutes(10))) struct TerminalTests {
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

  @Test("a history that is no regular file is left alone, with one line; the prompt works")
  func historyIsAPipe() throws {
    let folder = try Folder()
    let pipe = folder.url.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    let terminal = try PseudoTerminal(in: folder, environment: ["LAI_HISTORY": pipe])
    #expect(terminal.wait(for: "pipe' is a named pipe, not a regular file\r\n"))
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("6 * 7\r", until: "42\r\n2> "))
    terminal.type("\u{4}")
    #expect(terminal.ending() == 0)
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

  /// Where Tab is pressed, a part of the menu, and the text that is inserted if there is only one
  /// candidate.
  static let completions: [(typed: String, shown: [String], hidden: String)] = [
    ("lai.csv('f', {", ["columns=", "drop=", "id="], ""),
    ("lai.csv('f', {t", ["target=", "thousands="], ""),
    ("lai.csv('f', {columns = {'x'}, ", ["drop=", "keep="], "columns="),
    ("lai.probe.noise(net, x, {", ["repeats=", "sigma="], ""),
    ("lai.train_all({{", ["alpha=", "batch="], ""), ("d:split{", ["seed=", "validation="], ""),
    ("lai.train{optimizer = lai.adam{", ["lr="], "epochs"),
    ("lai.train{\r  epochs = 3, -- a remark\r", ["alpha=", "batch="], "epochs="),
    ("lai.mlp{activation = ", ["\"identity\"", "\"gelu\""], ""),
    ("lai.mlp{activation = \"", ["identity", "gelu"], "\"gelu\""),
    ("lai.csv('f', {missing = ", ["\"drop\"", "\"mean\""], ""),
    ("lai.loss.lai{norm = '", ["elastic", "l1"], ""),
    ("run.history[1].", ["base_loss", "epoch"], ""),
    ("run.history[#run.history].validation_r", ["validation_rmse"], ""),
    ("lai.csv('f', {}):split{", ["seed=", "validation="], ""),
    ("runs[1].model.", ["activation", "apply"], ""), ("runs[1].model:sa", ["save"], ""),
  ]

  @Test func completionKnowsWhatNestedTablesTake() throws {
    let terminal = try PseudoTerminal(in: Folder(), columns: 100)
    #expect(terminal.wait(for: "> "))
    #expect(terminal.ask("d = lai.synthetic.line{n = 20}"))
    #expect(terminal.ask("run = lai.train{model = lai.mlp{inputs = 1}, data = d, epochs = 1}"))
    #expect(terminal.ask("runs = {run}"))
    for (typed, shown, hidden) in Self.completions {
      terminal.type("\u{c}" + typed)
      #expect(terminal.type("\t", until: shown[0]), "\(typed): \(terminal.plain)")
      for text in shown { #expect(terminal.wait(for: text), "\(typed): \(terminal.plain)") }
      #expect(hidden.isEmpty || !terminal.plain.contains(hidden), "\(typed): \(terminal.plain)")
      _ = terminal.type("\u{3}\u{3}kept = 1\r", until: "\r\n")
      #expect(terminal.type("kept + 4\r", until: "5\r\n"))
    }
    #expect(
      terminal.type(
        "lai.mlp{inputs = 2, activation = \"ge\t\"}.activation\r", until: "\"gelu\"\r\n"))
    #expect(terminal.wait(for: "> "))
    #expect(
      terminal.type("lai.mlp{inputs = 2, activation = ge\t}.activation\r", until: "\"gelu\"\r\n"))
  }

  /// Mouse reports and replies of the terminal.
  static let reports = [
    "]11;rgb:0000/1111/2222\u{7}", "]52;c;YWJj\u{1b}\\", "P1$r0m\u{1b}\\", "_Gi=31;OK\u{1b}\\",
    "^text\u{1b}\\", "Xtext\u{1b}\\", "[M !!", "[<0;10;20M", "[32;10;20M", "[[A", "[[E", "OP",
    "[24;80R", "[?62;22c", "[I", "[97;5u", "[27;5;97~", "[?2026;2$y",
  ]

  @Test func reportsTypeNothing() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    for report in Self.reports.map({ "\u{1b}" + $0 }) {
      #expect(terminal.type(report + "20 +" + report + " 22\r", until: "\r\n42\r\n"), "\(report)")
    }
    // An unfinished sequence ends after a short silence.
    for report in ["]0;lost", "[M ", "[1;", "["] {
      terminal.type("40 +\u{1b}" + report)
      Thread.sleep(forTimeInterval: 0.6)
      #expect(terminal.type(" 4\r", until: "\r\n44\r\n"), "\(report): \(terminal.plain)")
    }
  }

  @Test func aPasteWithoutItsEndIsLeft() throws {
    let terminal = try PseudoTerminal(in: Folder())
    #expect(terminal.wait(for: "> "))
    terminal.type("\u{1b}[200~lost\r")
    Thread.sleep(forTimeInterval: 0.2)
    #expect(terminal.type("\u{3}20 + 22\r", until: "\r\n42\r\n"))
    terminal.type("\u{1b}[200~lost")
    #expect(terminal.type("\u{1b}[200~20 + \u{1b}[201~23\r", until: "\r\n43\r\n"))
    // Also by a signal.
    terminal.type("\u{1b}[200~lost")
    Thread.sleep(forTimeInterval: 0.2)
    kill(try #require(terminal.program), SIGINT)
    Thread.sleep(forTimeInterval: 0.2)
    #expect(terminal.type("20 + 24\r", until: "\r\n44\r\n"))
  }

  @Test func aLinkedHistoryStaysLinked() throws {
    let folder = try Folder(["real": String(repeating: "x = 1\n", count: 13_000)])
    let link = folder.url.appending(path: "history").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real")
    let terminal = try PseudoTerminal(in: folder)
    #expect(terminal.wait(for: "> "))
    #expect(terminal.type("20 + 22\r", until: "42\r\n"))
    #expect(terminal.wait(for: "> "))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real")
    let lines = try String(contentsOfFile: link, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 10_001 && lines.last == "20 + 22")
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
    // A signal from another process has the same effect.
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
