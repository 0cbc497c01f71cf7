import Foundation
import Testing

/// Ctrl-C in a function that training calls and that catches every error.
@Suite(.timeLimit(.minutes(10))) struct TrainingInterruptTests {
  private static let beginning = """
    local lai = require "lai"
    local function press() io.popen("kill -INT $PPID"):close() end
    local data = lai.synthetic.line{n = 100}
    local net = lai.mlp{inputs = 1, hidden = {4}}
    local x = lai.ones(3)
    local calls = 0

    """

  /// Trainings that call `f` again and again, and do not end by themselves.
  static let trainings = [
    "lai.train{model = net, data = data, epochs = 1e9, on_epoch = f}",
    """
    lai.train{model = net, data = data, epochs = 1e9, validation = data,
      metrics = {own = function() f() return 1 end}}
    """,
    """
    lai.train{model = net, data = data, epochs = 1e9,
      loss = lai.loss.custom(function(y, target) f() return (y - target):square():mean() end)}
    """,
    """
    lai.train{model = net, data = data, epochs = 1e9, batch = 100, optimizer = lai.lbfgs{},
      loss = lai.loss.custom(function(y, target) f() return (y - target):square():mean() end)}
    """,
    """
    lai.train{parameters = x, data = data, epochs = 1e9,
      step = function(p) f() return p:square():sum() end}
    """,
    """
    lai.resume(lai.train{model = net, data = data, epochs = 1, seed = 1},
      {data = data, epochs = 1e9, on_epoch = f})
    """,
  ]
  /// The same of train_all, of which the first run ends.
  static let pools = [
    """
    lai.train_all({{model = net, data = data, epochs = 1}, {model = net, data = data, epochs = 1},
      {model = net, data = data, epochs = 1e9}}, {on_run = f, workers = 1})
    """,
    """
    lai.train_all({{model = net, data = data, epochs = 1}, {model = net, data = data, epochs = 1e9}},
      {on_epoch = f, workers = 1})
    """,
  ]

  private func outcome(of script: String) async throws -> Outcome {
    try await Folder().lai(["-e", Self.beginning + script])
  }

  @Test("one press ends the run, though its error is caught", arguments: trainings + pools)
  func request(training: String) async throws {
    let outcome = try await outcome(
      of: """
        local function f()
          calls = calls + 1
          if calls == 2 then
            press()
            assert(not pcall(lai.jacobian(function(x) return x:outer(x) end), x))
            assert(not pcall(lai.jacobian(function(x) return x:outer(x) end), x))
          end
        end
        local run = \(training)
        if type(run) == "table" then run = run[#run] end
        print(run.outcome, calls)
        -- The script goes on as if nothing had happened.
        print(lai.jacobian(function(x) return x:outer(x) end)(x).shape[1])
        """)
    #expect(outcome.output == "stopped\t2\n3\n", "\(outcome)")
    #expect(outcome.status == 0 && outcome.errors.contains("stopped after"), "\(outcome)")
  }

  @Test("an error of the request that is not caught ends the run too", arguments: trainings)
  func uncaught(training: String) async throws {
    let outcome = try await outcome(
      of: """
        local function f()
          calls = calls + 1
          if calls == 2 then press() lai.jacobian(function(x) return x:outer(x) end)(x) end
        end
        local run = \(training)
        print(run.outcome, run.problem, calls)
        """)
    #expect(outcome.output == "stopped\tnil\t2\n" && outcome.status == 0, "\(outcome)")
  }

  @Test("two presses end the command, whatever pcall catches", arguments: trainings)
  func insistence(training: String) async throws {
    let outcome = try await outcome(
      of: """
        local function f()
          while true do pcall(function() press() press() while true do end end) end
        end
        while true do
          pcall(function() local run = \(training) end)
          print("goes on")
        end
        """)
    #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.errors.contains("interrupted!"), "\(outcome)")
  }

  @Test("two presses in a function of train_all lose no run", arguments: pools)
  func pool(training: String) async throws {
    let outcome = try await outcome(
      of: """
        local function f()
          calls = calls + 1
          if calls < 2 then return end
          while true do pcall(function() press() press() while true do end end) end
        end
        local runs = \(training)
        print(runs[1].outcome, runs[#runs].outcome, calls)
        """)
    #expect(outcome.output == "finished\tstopped\t2\n" && outcome.status == 0, "\(outcome)")
    #expect(outcome.errors.contains("once more within 2 s ends all"), "\(outcome)")
  }

  @Test("a press within an inner training ends the outer one") func nested() async throws {
    let outcome = try await outcome(
      of: """
        local run = lai.train{model = net, data = data, epochs = 1e9, on_epoch = function()
          calls = calls + 1
          local inner = lai.train{model = net, data = data, epochs = 1e9, on_epoch = press}
          assert(inner.outcome == "stopped" and #inner.history == 1)
          assert(#lai.train{model = net, data = data, epochs = 1e9}.history == 0)
        end}
        print(run.outcome, #run.history, calls)
        """)
    #expect(outcome.output == "stopped\t1\t1\n" && outcome.status == 0, "\(outcome)")
  }

  @Test("two presses before Lua could answer the first end the command") func unanswered()
    async throws
  {
    let outcome = try await outcome(
      of: """
        pcall(function() io.popen("sleep 0.2; kill -INT $PPID; sleep 0.2; kill -INT $PPID"):close() end)
        print("goes on")
        """)
    #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome)")
  }
}
