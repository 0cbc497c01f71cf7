import Foundation
import Testing

/// `lai --kernel` without Jupyter.
@Suite(.timeLimit(.minutes(10))) struct KernelTests {
  /// Code to execute, and the result shown for the last block.
  static let results: [(cells: [String], result: String?)] = [
    (["6 * 7"], "42"), (["1, nil, 'x'"], "1\tnil\t\"x\""), (["7;"], nil), (["x = 3"], nil),
    (["local x = 3 return x"], "3"), (["5", "_ + 1", "_1 * _2"], "30"), (["", "_ == nil"], "true"),
    (["lai.ones(2, 2)"], " 1  1\n 1  1\n[lai.Tensor 2x2 float32]"), (["%time 6 * 7", "_1"], "42"),
    (["x = 3\nx"], "3"), (["x = {}\nx.y = 2 -- set\nx.y\n  + 1"], "3"), (["x = 1\nx;"], nil),
    (["for i = 1, 2 do x = i end\nmath.max(x,\n  1)"], "2"), (["x = 3\nx = x\n-1", "x"], "2"),
    (["x = 1\nprint(x)"], nil), (["{a = {1, 2}}"], "{a = {1, 2}}"), (["'é😀\\n'"], "\"é😀\\n\""),
    (["io.read()"], "nil"),
    (["error('no')", "1 + 1"], "2"),
    (["lai.ones(2), 'and'"], " 1  1\n[lai.Tensor 2 float32]\n\"and\""),
  ]

  @Test(arguments: results) func shows(_ cells: [String], result: String?) throws {
    let kernel = try KernelProcess()
    var answer: KernelProcess.Answer?
    for (position, code) in cells.enumerated() {
      answer = try kernel.execute(code, number: position + 1)
    }
    #expect(answer?.result == result)
    #expect(answer?.done.status == "ok")
  }

  static let errors: [(code: String, lines: String)] = [
    (
      "x = 1\nnothing.here()",
      "[7]:2: attempt to index a nil value (global 'nothing')\n  2 | nothing.here()\n      ^^^^^^^"
    ),
    ("x = = 3", "[7]:1: unexpected symbol near '='\n  1 | x = = 3\n          ^"),
    ("error('two\\n\\nlines', 0)", "two\nlines"), ("%run none.lua", "cannot open none.lua"),
    ("%time error('slow', 0)", "slow"),
    ("setmetatable({}, {__svg = function() error('bad', 0) end})", "bad"),
  ]

  @Test(arguments: errors) func tellsErrors(_ code: String, lines: String) throws {
    let kernel = try KernelProcess()
    let answer = try kernel.execute(code, number: 7)
    #expect(answer.done.status == "error")
    #expect(answer.error?.hasPrefix(lines) == true, "\(answer)")
    #expect(try kernel.execute("_VERSION").result == "\"Lua 5.4\"")
    #expect(try kernel.printed(to: "errors").isEmpty)
  }

  @Test func drawsValuesThatCanBeDrawn() throws {
    let kernel = try KernelProcess()
    _ = try kernel.execute(
      """
      plot = setmetatable({}, {
        __svg = function(self) return '<svg>' .. self.name .. '</svg>' end,
        __html = function() return nil end, __tostring = function() return 'a plot' end})
      plot.name = 'p'
      """)
    let answer = try kernel.execute("plot, 5")
    #expect(answer.events.map(\.event) == ["display", "result", "done"])
    #expect(answer.events[0].data == ["text/plain": "a plot", "image/svg+xml": "<svg>p</svg>"])
    #expect(answer.result == "5")
    let chart = try kernel.execute("lai.plot{{1, 4, 9}, title = 'squares'}").events[0].data
    #expect(chart?["image/svg+xml"]?.hasPrefix("<svg") == true)
    #expect(chart?["text/plain"]?.contains("squares") == true)
    let table = try kernel.execute("lai.synthetic.line{n = 9}:describe()").events[0].data
    #expect(table?["text/html"]?.contains("<th>mean</th>") == true)
  }

  @Test func streamsWhileACellRuns() throws {
    let kernel = try KernelProcess()
    // The cell ends only when it is told that its line was seen.
    kernel.send(
      kernel.request(
        "execute",
        "io.write('first\\n') repeat until io.open('seen') io.stderr:write('second') print('third')"
      ))
    let end = Date() + 20
    while try kernel.printed() != "first\n", Date() < end { Thread.sleep(forTimeInterval: 0.01) }
    #expect(try kernel.printed() == "first\n")
    try kernel.write("", to: "seen")
    #expect(try kernel.answer().done.status == "ok")
    // Complete before the end is reported.
    #expect(try kernel.printed() == "first\nthird\n")
    #expect(try kernel.printed(to: "errors") == "second")
    _ = try kernel.execute("io.write('without end')")
    #expect(try kernel.printed().hasSuffix("without end"))
    _ = try kernel.execute("? lai.loss.mse")
    #expect(try kernel.printed().contains("Mean squared error"))
    _ = try kernel.execute("$ echo from the shell")
    #expect(try kernel.printed().hasSuffix("from the shell\n"))
  }

  @Test func completes() throws {
    let kernel = try KernelProcess()
    let examples: [(code: String, cursor: Int, start: Int, end: Int, match: String)] = [
      ("x = lai.los", 11, 8, 11, "loss"), ("é = '😀' .. lai.los y", 18, 15, 18, "loss"),
      ("lai.train{ep", 12, 10, 12, "epochs="), ("%ru", 3, 0, 3, "%run"), ("str", 3, 0, 3, "string"),
    ]
    for example in examples {
      let done = try kernel.ask(
        kernel.request("complete", example.code, ["cursor": example.cursor])
      ).done
      #expect(done.start == example.start && done.end == example.end, "\(example)")
      #expect(done.matches?.contains(example.match) == true, "\(example): \(done)")
    }
    #expect(try kernel.ask(kernel.request("complete", "-- x", ["cursor": 4])).done.matches == [])
  }

  @Test func inspects() throws {
    let kernel = try KernelProcess()
    _ = try kernel.execute(
      "function twice(n)\n  return 2 * n\nend slow = setmetatable({}, "
        + "{__tostring = function() while true do end end})")
    let examples: [(code: String, cursor: Int, text: String?)] = [
      ("lai.loss.mse()", 10, "lai.loss.mse()"), ("lai.loss.mse(", 13, "lai.loss.mse()"),
      ("y = twice(3)", 6, "return 2 * n"), ("nothing", 3, nil), ("", 0, nil),
      ("string.rep('x', tostring(nothing", 32, "tostring("),
    ]
    for example in examples {
      let done = try kernel.ask(
        kernel.request("inspect", example.code, ["cursor": example.cursor])
      ).done
      #expect(done.status == "ok" && (done.text == nil) == (example.text == nil), "\(example)")
      #expect(done.text?.contains(example.text ?? "") ?? true, "\(example): \(done)")
    }
    kernel.send(kernel.request("inspect", "slow"))
    Thread.sleep(forTimeInterval: 0.3)
    kill(kernel.process.processIdentifier, SIGINT)
    #expect(try kernel.answer().done.status == "ok")
  }

  @Test func knowsWhatIsComplete() throws {
    let kernel = try KernelProcess()
    let examples: [(code: String, state: String, indent: String)] = [
      ("x = 1", "complete", ""), ("for i = 1, 2 do", "incomplete", "  "),
      ("f(", "incomplete", "  "), ("= = x", "invalid", ""), ("x = 1 end", "invalid", ""),
      ("for i in range(3):", "invalid", ""), ("x = 3\nx", "complete", ""),
      ("? print", "complete", ""), ("%time f(", "complete", ""), ("", "complete", ""),
    ]
    for example in examples {
      let done = try kernel.ask(kernel.request("is_complete", example.code)).done
      #expect(done.state == example.state, "\(example)")
      if example.state == "incomplete" { #expect(done.indent == example.indent) }
    }
  }

  @Test func keepsNothingOfASilentRequest() throws {
    let kernel = try KernelProcess()
    _ = try kernel.execute("5", number: 1)
    #expect(try kernel.executeSilently("x = 7 return 6").result == "6")
    #expect(try kernel.executeSilently("8").done.status == "ok")
    #expect(try kernel.executeSilently("error 'no'").done.status == "error")
    #expect(
      try kernel.execute("_ .. ' ' .. _1 .. ' ' .. x, _0, _2").result == "\"5 5 7\"\tnil\tnil")
    #expect(try kernel.execute("_ + 0").done.status == "error")
    #expect(
      try kernel.ask(#"{"request": "execute", "code": "", "silent": 1}"#).done.status == "invalid")
  }

  @Test func interruptsKeepTheSession() throws {
    let kernel = try KernelProcess()
    _ = try kernel.execute("kept = 5")
    // Between cells SIGINT has no effect.
    for _ in 1...5 { kill(kernel.process.processIdentifier, SIGINT) }
    let loop = try kernel.interrupt("while true do end")
    #expect(loop.done.status == "error" && loop.error?.hasPrefix("interrupted!\n  1 | ") == true)
    let twice = try kernel.interrupt(
      "while true do pcall(function() while true do end end) end", presses: 2)
    #expect(twice.done.status == "error" && twice.error?.contains("interrupted!") == true)
    let training = try kernel.interrupt(
      "return lai.train{model=lai.mlp{inputs=1}, data=lai.synthetic.line{n=100}, epochs=1e9}")
    #expect(training.done.status == "ok")
    #expect(training.result?.contains("epochs, stopped") == true)
    let text = try kernel.execute("error('interrupted!')")
    #expect(text.error?.contains("^") == true, "an error of the script's, with its mark")
    #expect(try kernel.execute("kept").result == "5")
  }

  static let malformed = [
    "", "{", "nonsense", "[]", "3", "{}", #"{"request": "execute"}"#, "{\"request\": \"\u{0}\"}",
    #"{"request": "dance", "code": ""}"#, #"{"request": "execute", "code": 1}"#,
    #"{"request": "execute", "code": "x = 1", "number": -1}"#,
    #"{"request": "execute", "code": "\ud800"}"#, #"{"code": "x"}"#,
    #"{"request": "complete", "code": "abc", "cursor": 4}"#,
    #"{"request": "inspect", "code": "abc", "cursor": -1}"#,
    #"{"request": "inspect", "code": "abc", "cursor": 0.5}"#,
    String(repeating: "[", count: 100_000),
  ]

  @Test func survivesWhatMakesNoSense() throws {
    let kernel = try KernelProcess()
    for line in Self.malformed {
      let done = try kernel.ask(line).done
      #expect(done.status == "invalid" && done.message?.isEmpty == false, "\(line.prefix(100))")
    }
    #expect(try kernel.execute("x").result == "nil")
    #expect(
      try kernel.execute(String(repeating: "-", count: 1_000_000) + "\nreturn 7").result == "7")
  }

  @Test func endsWithTheOtherSide() throws {
    let idle = try KernelProcess()
    _ = try idle.execute("setmetatable({}, {__gc = function() print 'closed' end});")
    idle.hangUp()
    #expect(idle.ends(seconds: 10) && idle.process.terminationStatus == 0)
    #expect(try idle.printed() == "closed\n")
    let busy = try KernelProcess()
    busy.send(busy.request("execute", "while true do pcall(error) end"))
    busy.hangUp()
    #expect(busy.ends(seconds: 20))
  }

  @Test func startsLikeAnyOther() async throws {
    let folder = try Folder(["before.lua": "y = arg[1]"])
    let kernel = try KernelProcess(["-e", "x = 6", "before.lua", "seven"], in: folder)
    #expect(kernel.hello.banner?.hasPrefix("lai ") == true)
    #expect(try kernel.execute("x, y, lai ~= nil").result == "6\t\"seven\"\ttrue")
    let outcome = try await Folder().lai(["--kernel"])
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(
      outcome.errors.hasSuffix(
        "lai: --kernel needs a socket as standard input; Jupyter starts it\n"))
  }

  @Test("long work sends its progress, if the client asks for it") func progress() throws {
    let kernel = try KernelProcess()
    let code = """
      data = lai.synthetic.friedman1{n = 50, seed = 1}
      function run(epochs)
        lai.train{model = lai.mlp{inputs = 10, hidden = {4}}, data = data, validation = data, epochs = epochs,
          loss = lai.loss.lai{lambda = 0.1}, on_epoch = function()
            local finish = os.clock() + 0.05
            while os.clock() < finish do end
          end}
      end
      run(30)
      """
    func events(_ code: String, asking: Bool) throws -> [KernelProcess.Event] {
      let request = kernel.request("execute", code)
      kernel.send(asking ? request.dropLast() + ", \"progress\": true}" : request)
      return try kernel.answer(seconds: 60).events.dropLast()
    }
    let reports = try events(code, asking: true)
    #expect(reports.count >= 3 && reports.allSatisfy { $0.event == "progress" && $0.id == 1 })
    #expect(reports.dropLast().allSatisfy { $0.state == "running" })
    let last = try #require(reports.last)
    #expect(last.state == "done" && last.svg == nil && last.rows == nil)
    let text = try #require(last.text)
    #expect(text.contains(/^100 %  \d+ s  epoch 30  validation RMSE/), "\(text)")
    #expect(reports.contains { $0.svg?.hasPrefix("<svg") == true && $0.rows?.count == 7 })
    // A client that does not ask gets none, nor does one after lai.progress.
    #expect(try events("run(14)", asking: false).isEmpty)
    #expect(try events("lai.progress('off') run(14)", asking: true).isEmpty)
  }
}
