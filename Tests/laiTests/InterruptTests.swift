import Foundation
import Testing

/// Ctrl-C at difficult moments: a script presses it itself, through a child that signals its
/// parent.
@Suite(.timeLimit(.minutes(10))) struct InterruptTests {
  private static let beginning = """
    local lai = require "lai"
    local function press() io.popen("kill -INT $PPID"):close() end
    local x = lai.ones(3)
    local function square(x) return x:square():sum() end

    """

  private func output(of script: String) async throws -> String {
    let outcome = try await Folder().lai(["-e", Self.beginning + script])
    #expect(outcome.status == 0, "\(outcome)")
    return outcome.output
  }

  @Test("in the middle of a nested derivative: nothing stays recorded") func derivative()
    async throws
  {
    let output = try await output(
      of: """
        local function endless(x)
          return lai.grad(function(y)
            local z = (y * x):tanh()
            press()
            while true do z = z + 1 end
          end)(x):sum()
        end
        local ok, message = pcall(lai.grad(endless), x)
        print(ok, message:match("interrupted!"))
        x:fill_(2)
        print(lai.grad(square)(x):sum():item())
        """)
    #expect(output == "false\tinterrupted!\n12.0\n")
  }

  @Test("inside a custom loss: the run so far") func customLoss() async throws {
    let output = try await output(
      of: """
        local calls = 0
        local loss = lai.loss.custom(function(y, target, k)
          calls = calls + 1
          if calls == 5 then press() end
          return (y - target):square():mean()
        end)
        local run = lai.train{model = lai.mlp{inputs = 1, hidden = {4}}, loss = loss, epochs = 1e9,
          batch = 50, data = lai.synthetic.line{n = 100}}
        print(run.outcome, #run.history, calls)
        print(lai.grad(square)(x):sum():item())
        """)
    #expect(output == "stopped\t2\t5\n6.0\n")
  }

  @Test("inside a step in Lua: the run so far") func step() async throws {
    let output = try await output(
      of: """
        local calls = 0
        local run = lai.train{parameters = x, data = lai.synthetic.line{n = 100}, epochs = 1e9,
          batch = 50, step = function(p)
            calls = calls + 1
            if calls == 4 then press() end
            return p:square():sum()
          end}
        print(run.outcome, #run.history, run.parameters:get(1) < 1)
        """)
    #expect(output == "stopped\t2\ttrue\n")
  }

  @Test("in on_epoch") func callback() async throws {
    let output = try await output(
      of: """
        local data = lai.synthetic.line{n = 100}
        local run = lai.train{model = lai.mlp{inputs = 1}, data = data, epochs = 1e9,
          on_epoch = function(e) if e.epoch == 3 then press() end end}
        print(run.outcome, #run.history)
        print(lai.grad(square)(x):sum():item())
        """)
    #expect(output == "stopped\t3\n6.0\n")
  }

  private static let trainings = """
    local data = lai.synthetic.line{n = 100}
    local function train(pause)
      local run = lai.train{model = lai.mlp{inputs = 1}, data = data, epochs = 1e9,
        on_epoch = function(e) if e.epoch == 2 then os.execute("sleep " .. pause) press() end end}
      print(run.outcome, #run.history)
    end

    """

  @Test("a second training soon ended ends the command") func trainings() async throws {
    let outcome = try await Folder().lai(
      ["-e", Self.beginning + Self.trainings + "for i = 1, 5 do pcall(train, 0) end print('end')"])
    #expect(outcome.status == 1 && outcome.output == "stopped\t2\n", "\(outcome)")
    #expect(
      outcome.errors.hasPrefix(
        "stopped after 2 of 1000000000 epochs; Ctrl-C once more within 2 s ends all\n"))
    #expect(outcome.errors.contains("interrupted!"))
  }

  @Test("a training ended later returns its run too") func patience() async throws {
    let output = try await output(of: Self.trainings + "train(0) train(2.2) print('end')")
    #expect(output == "stopped\t2\nstopped\t2\nend\n")
  }

  static let loops = [
    "while true do end",
    "while true do lai.ones(3):tanh() end",
    "coroutine.wrap(function() while true do end end)()",
    "assert(coroutine.resume(coroutine.create(function() while true do end end)))",
    "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()",
    "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
    "table.sort({1, 2, 3}, function() while true do end end)",
    "local y = setmetatable({}, {__index = function() while true do end end}).x",
    "string.gsub('abc', '.', function() while true do end end)",
    "lai.jacobian(function(x) return x:outer(x) end)(lai.ones(700))",
    "lai.probe.noise(lai.mlp{inputs = 3}, lai.randn(1000, 3), {repeats = 1e7})",
    // Takes more than ten minutes if Ctrl-C is not handled.
    "lai.probe.smoothness(lai.mlp{inputs = 20, hidden = {1500, 1500}}, lai.zeros(1, 20):expand{3e6, 20})",
  ]

  @Test("one press ends a loop, which pcall can catch", arguments: loops)
  func loop(_ loop: String) async throws {
    let output = try await output(
      of: """
        io.popen("p=$PPID; (sleep 0.2; kill -INT $p) >/dev/null 2>&1 & echo"):read("l")
        local ok, message = pcall(function() \(loop) end)
        print(ok, tostring(message):match("interrupted!"))
        -- the state is intact
        print(lai.grad(square)(x):sum():item(), coroutine.wrap(function() return 7 end)())
        """)
    #expect(output == "false\tinterrupted!\n6.0\t7\n")
  }

  @Test("a second press cannot be swallowed") func insistence() async throws {
    for loop in [
      "while true do pcall(function() while true do end end) end",
      "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
      "while true do pcall(coroutine.wrap(function() while true do pcall(error) end end)) end",
    ] {
      let script =
        Self.beginning + """
          io.popen("p=$PPID; (for i in 1 2; do sleep 0.2; kill -INT $p; done) >/dev/null 2>&1 & echo")
            :read("l")
          \(loop)
          """
      let outcome = try await Folder().lai(["-e", script])
      #expect(outcome.status == 1 && outcome.errors.contains("interrupted!"), "\(outcome)")
    }
  }

  @Test("a match without end: the second press says so, the third ends the program")
  func endlessMatch() async throws {
    let script =
      Self.beginning + """
        io.popen("p=$PPID; (for i in 1 2 3; do sleep 0.2; kill -INT $p; done) >/dev/null 2>&1 & echo")
          :read("l")
        print(pcall(string.find, ("a"):rep(60), ("a-"):rep(60) .. "b"))
        """
    let outcome = try await Folder().lai(["-e", script])
    #expect(outcome.status != 0 && outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.errors == "\nno answer from C; Ctrl-C once more ends the program\n")
  }

  @Test("train_all returns every run as far as it came") func pool() async throws {
    let output = try await output(
      of: """
        local data = lai.synthetic.line{n = 100}
        local net = lai.mlp{inputs = 1, hidden = {4}}
        io.popen("p=$PPID; (sleep 0.3; kill -INT $p) >/dev/null 2>&1 & echo"):read("l")
        local runs = lai.train_all({{model = net, data = data, epochs = 1e8}, {model = net, data = data, epochs = 1e8}})
        print(runs[1].outcome, runs[2].outcome, #runs[1].history > 0)
        """)
    #expect(output == "stopped\tstopped\ttrue\n")
  }

  @Test("after Ctrl-C train_all no longer calls on_run") func callbacks() async throws {
    let output = try await output(
      of: """
        local data = lai.synthetic.line{n = 100}
        local net = lai.mlp{inputs = 1, hidden = {4}}
        local short, endless = {model = net, data = data, epochs = 1}, {model = net, data = data, epochs = 1e8}
        local calls = 0
        local runs = lai.train_all({short, short, endless}, {on_run = function(run)
          calls = calls + 1
          if calls == 1 then
            io.popen("kill -INT $PPID; sleep 0.3; echo"):read("l")
          else
            lai.probe.smoothness(run.model, data.x) -- would end with the press
          end
        end})
        print(runs[1].outcome, runs[2].outcome, runs[3].outcome, calls)
        """)
    #expect(output == "finished\tfinished\tstopped\t1\n")
  }

  @Test("Ctrl-C within a loss in Lua ends all runs of train_all") func customLosses() async throws {
    let output = try await output(
      of: """
        local data = lai.synthetic.line{n = 100}
        local net = lai.mlp{inputs = 1, hidden = {4}}
        local calls = 0
        local loss = lai.loss.custom(function() calls = calls + 1 while true do end end)
        io.popen("p=$PPID; (sleep 0.2; kill -INT $p) >/dev/null 2>&1 & echo"):read("l")
        local ok, message = pcall(lai.train_all, {{model = net, data = data, loss = loss},
          {model = net, data = data, loss = loss}, {model = net, data = data}})
        print(ok, message[1].outcome, message[2].outcome, #message[1].history, calls)
        """)
    // In copies, on workers: the first press stops them, and nothing of the script's own has changed.
    #expect(output == "true\tstopped\tstopped\t0\t0\n")
  }

  /// How a loss or on_run handles its interruption: not at all, by catching and raising it again,
  /// in a coroutine. Lua code is stopped at the second press, our own functions at the first.
  static let endless = [
    "while true do end",
    "local ok, e = pcall(function() while true do end end) error(e, 0)",
    "coroutine.wrap(function() while true do end end)()",
    "local ok, e = coroutine.resume(coroutine.create(function() while true do end end)) error(e, 0)",
    "lai.jacobian(function(x) return x:outer(x) end)(lai.ones(700))",
  ]

  @Test(
    "Ctrl-C within a loss in Lua loses no run of train_all that has come so far", arguments: endless
  )
  func customLossesInHand(endless: String) async throws {
    let output = try await output(
      of: """
        local data = lai.synthetic.line{n = 100}
        local net = lai.mlp{inputs = 1, hidden = {4}}
        local calls = 0
        local loss = lai.loss.custom(function(y, target)
          calls = calls + 1
          if calls < 2 then return (y - target):square():mean() end
          io.popen("p=$PPID; (sleep 0.2; kill -INT $p\(endless.hasPrefix("lai.") ? "" : "; sleep 0.2; kill -INT $p")) >/dev/null 2>&1 & echo"):read("l")
          \(endless)
        end)
        local runs = lai.train_all({{model = net, data = data, epochs = 3},
          {model = net, data = data, loss = loss, epochs = 3}, {model = net, data = data, epochs = 1e8}})
        print(#runs[1].history, #runs[2].history)
        for _, run in ipairs(runs) do print(run.outcome, run.problem) end
        """)
    #expect(output == "3\t1\nfinished\tnil\nstopped\tnil\nstopped\tnil\n")
  }

  @Test("Ctrl-C within on_run loses no run", arguments: endless)
  func callbackInHand(endless: String) async throws {
    let output = try await output(
      of: """
        local data = lai.synthetic.line{n = 100}
        local net = lai.mlp{inputs = 1, hidden = {4}}
        local short, long = {model = net, data = data, epochs = 1}, {model = net, data = data, epochs = 1e8}
        local calls = 0
        local runs, problem = lai.train_all({short, short, long}, {workers = 1, on_run = function()
          calls = calls + 1
          if calls < 2 then return end
          io.popen("p=$PPID; (sleep 0.2; kill -INT $p\(endless.hasPrefix("lai.") ? "" : "; sleep 0.2; kill -INT $p")) >/dev/null 2>&1 & echo"):read("l")
          \(endless)
        end})
        for _, run in ipairs(runs) do print(run.outcome, run.problem) end
        print(calls, problem:match("interrupted!$"))
        """)
    #expect(output == "finished\tnil\nfinished\tnil\nstopped\tnil\n2\tinterrupted!\n")
  }

  @Test("an error with the text of an interruption is not one, even after a caught interruption")
  func textAlone() async throws {
    let output = try await output(
      of: """
        local data = lai.synthetic.line{n = 100}
        local net = lai.mlp{inputs = 1, hidden = {4}}
        local short = {model = net, data = data, epochs = 1}
        io.popen("p=$PPID; (sleep 0.2; kill -INT $p) >/dev/null 2>&1 & echo"):read("l")
        print(pcall(function() while true do end end))
        for _, raise in ipairs{
          function() error("interrupted!") end, function() error("interrupted!", 0) end,
          function() error("train: interrupted!", 2) end,
          function() coroutine.wrap(function() error("interrupted!") end)() end,
          function() error(setmetatable({}, {__tostring = function() return "interrupted!" end})) end,
        } do
          local loss = lai.loss.custom(raise)
          local runs = lai.train_all{{model = net, data = data, loss = loss}, short}
          io.write(runs[1].outcome, " ", runs[2].outcome, ", ")
          local calls = 0
          runs = lai.train_all({short, short, short}, {on_run = function() calls = calls + 1 raise() end})
          io.write(#runs, " ", calls, ", ", tostring(pcall(lai.train, {model = net, data = data, on_epoch = raise})), "\\n")
        end
        """)
    let line = "failed finished, 3 3, false\n"
    #expect(output.hasSuffix("interrupted!\n" + String(repeating: line, count: 5)), "\(output)")
  }

  @Test("a blocking read ends") func reading() async throws {
    let output = try await output(
      of: """
        local pipe = io.popen("sleep 6; echo late")
        io.popen("p=$PPID; (sleep 0.2; kill -INT $p) >/dev/null 2>&1 & echo"):read("l")
        local start = os.time()
        print(pcall(function() local line = pipe:read("l") while true do end end))
        print(os.time() - start < 4)
        os.exit(0)
        """)
    #expect(output.hasSuffix("true\n") && output.contains("interrupted!"))
  }

  @Test("coroutines are unchanged") func coroutines() async throws {
    let output = try await output(
      of: """
        print(coroutine.resume(coroutine.create(function(a, b) return b, a end), 1, 2))
        local co = coroutine.create(function() local x = coroutine.yield(1) error({x}) end)
        print(coroutine.resume(co))
        local ok, e = coroutine.resume(co, 5)
        print(ok, e[1], coroutine.status(co), coroutine.resume(co))
        print(pcall(coroutine.resume, 3))
        print(pcall(coroutine.wrap, 3))
        print(pcall(coroutine.wrap(function() error("a") end)))
        print(pcall(coroutine.wrap(function() local c <close> = setmetatable({}, {__close = function() error("closed", 0) end}) error("a") end)))
        print(select("#", coroutine.wrap(function(...) return ... end)(nil, nil)))
        local w = coroutine.wrap(function() return 1 end) w()
        print(pcall(w))
        print(coroutine.resume(coroutine.running()))
        """)
    #expect(
      output == """
        true\t2\t1
        true\t1
        false\t5\tdead\tfalse\tcannot resume dead coroutine
        false\tbad argument #1 to 'coroutine.resume' (thread expected, got number)
        false\tbad argument #1 to 'coroutine.wrap' (function expected, got number)
        false\t(command line):12: a
        false\tclosed
        2
        false\tcannot resume dead coroutine
        false\tcannot resume non-suspended coroutine

        """)
  }
}
