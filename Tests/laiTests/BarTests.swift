import Foundation
import Testing

/// Text without a final line break, and the progress bar beside it.
@Suite(.timeLimit(.minutes(10))) struct BarTests {
  /// Epochs that take a while: `run(epochs, on_epoch, in_loss)`.
  private static let slow = """
    local lai = require "lai"
    local data = lai.synthetic.line{n = 8, seed = 1}
    local function wait(seconds)
      local finish = os.clock() + seconds
      while os.clock() < finish do end
    end
    local function options(epochs, on_epoch, in_loss)
      return {model = lai.mlp{inputs = 1, hidden = {2}}, data = data, epochs = epochs, batch = 8, on_epoch = on_epoch,
        loss = lai.loss.custom(function(p, y)
          wait(0.05)
          if in_loss then in_loss() end
          return (p - y):square():mean()
        end)}
    end
    local function run(...) lai.train(options(...)) end

    """

  private static let columns = 40

  /// A script, and the screen after it.
  static let scripts: [(script: String, lines: [String])] = [
    ("io.write('quiet: ') run(16) io.write('done\\n')", ["quiet: done"]),
    ("print('line') run(16) print('end')", ["line", "end"]),
    (
      "io.write('dots: ') run(60, function() io.stdout:write('.') io.stdout:flush() end) print(' done')",
      ["dots: " + String(repeating: ".", count: 34), String(repeating: ".", count: 26) + " done"]
    ),
    (
      "io.stderr:write('errors: ') run(16, function(e) io.stderr:write(e.epoch % 10) end) io.stderr:write(' done\\n')",
      ["errors: 1234567890123456 done"]
    ),
    (
      "local n = 0 io.write('calls: ') run(16, nil, function() n = n + 1 if n == 13 then print(n) else io.write('-') end end) print('|')",
      ["calls: ------------13", "---|"]
    ),
    (
      "io.write('runs: ') lai.train_all({options(8), options(16)}, {on_run = function(_, i) io.write('[', i, ']') end}) print(' done')",
      ["runs: [1][2] done"]
    ),
    (
      "for i = 1, 30 do print(i) end io.write('at the bottom: ') run(16) io.write('done\\n')",
      (13...30).map(String.init) + ["at the bottom: done"]
    ),
  ]

  @Test(arguments: scripts) func textStays(_ script: String, lines: [String]) throws {
    // A picture would scroll more off the screen.
    let folder = try Folder(["script.lua": Self.slow + "lai.progress('bar') " + script])
    let terminal = try PseudoTerminal(
      ["script.lua"], in: folder, columns: UInt16(Self.columns), rows: 20)
    #expect(terminal.ending(seconds: 60) == 0)
    #expect(terminal.output.contains("╌") || terminal.output.contains(" left"), "no bar")
    let screen = ScreenText(terminal.output, columns: Self.columns, rows: 20)
    #expect(screen.lines == lines, "\(terminal.output.debugDescription)")
  }

  @Test func textStaysAtThePrompt() throws {
    let folder = try Folder(["slow.lua": Self.slow + "run_slowly = run"])
    let terminal = try PseudoTerminal(in: folder, columns: 60)
    #expect(terminal.wait(for: "1> "))
    #expect(terminal.ask("%run slow.lua"))
    terminal.output = ""
    let block = "io.write('before, ') run_slowly(16) io.write('after') x = 1"
    #expect(terminal.ask(block))
    #expect(terminal.output.contains(" left"))
    let lines = ScreenText(terminal.output, columns: 60, rows: 40).lines
    #expect(lines.contains("before, after"), "\(lines)")
    // A result or an error begins on a new line.
    #expect(terminal.ask("io.write('half') return 5"))
    #expect(terminal.plain.contains("half\r\n5\r\n"))
    #expect(terminal.ask("io.write('half') error('bad', 0)"))
    #expect(terminal.plain.contains("half\r\nbad\r\n"))
  }

  /// A script with a picture, the wide, low and narrow windows that it is shown in, and what the
  /// screen has while it runs.
  @Test(arguments: [(60, 24, true), (60, 15, false), (39, 24, false), (10, 24, false)])
  func pictureStandsBelow(columns: Int, rows: Int, hasPicture: Bool) throws {
    let script = "for i = 1, 20 do print(i) end io.write('go: ') run(200) io.write('done\\n')"
    let folder = try Folder(["script.lua": Self.slow + script])
    let terminal = try PseudoTerminal(
      ["script.lua"], in: folder, columns: UInt16(columns), rows: UInt16(rows))
    if hasPicture {
      #expect(terminal.wait(for: "└"))
      // Updated in place: there is still one axis, and the text stays.
      let shown = terminal.output.count
      while terminal.output.count == shown { _ = terminal.wait(for: "never", seconds: 0.1) }
      _ = terminal.wait(for: "never", seconds: 1)
    } else {
      #expect(terminal.wait(for: "%"))
      _ = terminal.wait(for: "never", seconds: 1.2)
    }
    let screen = ScreenText(terminal.output, columns: columns, rows: rows).lines
    #expect(screen.count { $0.contains("└") } == (hasPicture ? 1 : 0), "\(screen)")
    let place = try #require(screen.firstIndex(of: "go:"))
    #expect(screen[place - 1] == "20" && screen[place + 1].contains("%"), "\(screen)")
    #expect(screen.count - place - 1 <= max(1, rows / 2), "\(screen)")
    // Ctrl-C leaves nothing of it.
    terminal.type("\u{3}")
    #expect(terminal.ending() == 0)
    let end = ScreenText(terminal.output, columns: columns, rows: rows).lines
    #expect(end.last == "done" && !end.contains { $0.contains("└") || $0.contains("%") }, "\(end)")
  }

  @Test("what a command prints does not meet the display") func commands() throws {
    let script = "run(40, function(e) if e.epoch % 8 == 0 then os.execute('echo child') end end)"
    let folder = try Folder(["script.lua": Self.slow + script])
    let terminal = try PseudoTerminal(["script.lua"], in: folder, columns: 60, rows: 24)
    #expect(terminal.ending() == 0)
    #expect(terminal.output.contains("└"))
    let screen = ScreenText(terminal.output, columns: 60, rows: 24)
    #expect(screen.lines == Array(repeating: "child", count: 5))
  }

  @Test("the display changes no result, and lai.progress turns it off") func sameBits() throws {
    let script = """
      local train, valid = lai.synthetic.friedman1{n = 100, seed = 1}:split{validation = 0.3, seed = 1}
      local function weights(mode)
        lai.progress(mode)
        print(mode)
        local run = lai.train{model = lai.mlp{inputs = 10, hidden = {4}}, data = train, validation = valid,
          loss = lai.loss.lai{lambda = 0.1}, alpha = 0.5, dropout = 0.1, pretrain = 8, epochs = 22, batch = 16,
          on_epoch = function() wait(0.06) end}
        return lai.json.encode(run.model:weights()[1]:totable())
      end
      local plain = weights('off')
      print(plain == weights('picture') and 'same' or 'different')
      """
    let folder = try Folder(["script.lua": Self.slow + script])
    let terminal = try PseudoTerminal(["script.lua"], in: folder, columns: 80, rows: 30)
    #expect(terminal.wait(for: "picture"))
    #expect(!terminal.output.contains("%"))
    #expect(terminal.ending() == 0)
    #expect(terminal.output.contains("the kink") && terminal.output.contains("above"))
    let lines = ScreenText(terminal.output, columns: 80, rows: 30).lines
    #expect(lines.first == "off" && lines.last == "same", "\(lines)")
    #expect(!lines.contains { $0.contains("%") || $0.contains("the kink") }, "\(lines)")
  }

  @Test func dumbTerminalsHaveNoBar() throws {
    let folder = try Folder(["script.lua": Self.slow + "io.write('quiet: ') run(16) print('done')"])
    let terminal = try PseudoTerminal(
      ["script.lua"], in: folder, environment: ["TERM": "dumb"])
    #expect(terminal.ending(seconds: 60) == 0)
    #expect(terminal.output == "quiet: done\r\n")
  }
}
