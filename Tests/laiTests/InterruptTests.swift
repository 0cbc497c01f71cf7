import Foundation
import Testing

/// Ctrl-C where it hurts: a script presses it itself, through a child that signals its parent.
@Suite(.timeLimit(.minutes(2))) struct InterruptTests {
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

  @Test("inside a step in Lua, and in on_epoch") func callbacks() async throws {
    let output = try await output(
      of: """
        local calls = 0
        local data = lai.synthetic.line{n = 100}
        local run = lai.train{parameters = x, data = data, epochs = 1e9, batch = 50, step = function(p)
          calls = calls + 1
          if calls == 4 then press() end
          return p:square():sum()
        end}
        print(run.outcome, #run.history, run.parameters:get(1) < 1)
        local run = lai.train{model = lai.mlp{inputs = 1}, data = data, epochs = 1e9,
          on_epoch = function(e) if e.epoch == 3 then press() end end}
        print(run.outcome, #run.history)
        local ok, message = pcall(lai.train, {model = lai.mlp{inputs = 1}, data = data, epochs = 1e9,
          on_epoch = function(e) press() press() while true do end end})
        print(ok, message:match("interrupted!"))
        print(lai.grad(square)(x):sum():item())
        """)
    #expect(output == "stopped\t2\ttrue\nstopped\t3\nfalse\tinterrupted!\n6.0\n")
  }
}
