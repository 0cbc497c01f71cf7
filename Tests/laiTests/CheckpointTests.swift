import Foundation
import Testing

/// The real program, killed in the middle of training: what the last checkpoint holds goes on to the
/// same bits as a run that was never killed.
@Suite(.timeLimit(.minutes(10))) struct CheckpointTests {
  /// Trains to the end, from the file if there is one.
  private static func script(_ options: String) -> String {
    """
    local lai = require "lai"
    local all = lai.synthetic.friedman1{n = 120, noise = 1, seed = 1}
    local data, valid = all:split{validation = 0.2, seed = 1}
    local file = arg[1]
    local f = io.open(file)
    local run
    local calls, last = 0, tonumber(arg[2])
    local function kill()
      calls = calls + 1
      if calls == last then io.popen("kill -KILL $PPID"):close() end
    end
    if f then
      f:close()
      run = lai.resume(file, {data = data, validation = valid, on_epoch = kill})
    else
      run = lai.train{model = lai.mlp{inputs = 10, hidden = {8}}, data = data, validation = valid,
        loss = lai.loss.lai{lambda = 0.1}, alpha = 0.3, batch = 16, pretrain = 40, epochs = 200,
        checkpoint = file, checkpoint_every = 3, on_epoch = kill, \(options)}
    end
    local sums = {}
    for _, w in ipairs(run.model:weights()) do sums[#sums + 1] = ("%a"):format(w:sum():item()) end
    print(run.outcome, #run.history, run.best_epoch, table.concat(sums, " "))
    """
  }

  @Test(arguments: [
    ("sample = 'points'", "finished\t240"),
    ("patience = 120, schedule = lai.schedule.cosine{floor = 0.5}", "finished\t240"),
  ])
  func killed(options: String, end: String) async throws {
    let folder = try Folder(["train.lua": Self.script(options)])
    let whole = try await folder.lai(["train.lua", "whole"])
    #expect(whole.status == 0 && whole.output.hasPrefix(end), "\(whole)")
    for epoch in ["50", "41", "77"] {
      let killed = try await folder.lai(["train.lua", "killed", epoch])
      #expect(killed.status != 0 && killed.output.isEmpty, "\(killed)")
    }
    let last = try await folder.lai(["train.lua", "killed"])
    #expect(last.output == whole.output, "\(last)")
  }

  @Test("Ctrl-C writes the state in the middle of an epoch") func interrupted() async throws {
    let folder = try Folder([
      "train.lua": """
      local lai = require "lai"
      local data = lai.synthetic.line{n = 400, noise = 0.1, seed = 1}
      local calls, last = 0
      local function step(p, x, y)
        calls = calls + 1
        if calls == last then io.popen("kill -INT $PPID"):close() end
        return (x * p - y):square():mean()
      end
      local function options()
        return {step = step, parameters = lai.ones(1), data = data, epochs = 4, batch = 20}
      end
      local whole = lai.train(options())
      do  -- one press only: a second one within two seconds would end the program
        calls, last = 0, 33
        local o = options()
        o.checkpoint = "run.state"
        local part = lai.train(o)
        last = nil
        local run = lai.resume("run.state", {data = data, step = step})
        assert(part.outcome == "stopped" and #part.history < 4)
        assert(calls == 80 and run.parameters:item() == whole.parameters:item())
      end
      print("done")
      """
    ])
    let outcome = try await folder.lai(["train.lua"])
    #expect(outcome.output == "done\n", "\(outcome)")
  }
}
