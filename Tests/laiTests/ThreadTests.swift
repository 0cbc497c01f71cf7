import Foundation
import Testing

/// Where the system gives the process too few threads: a user's limit, which root does not have.
@Suite(
  .timeLimit(.minutes(10)), .serialized,
  .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/prlimit"))
)
struct ThreadTests {
  /// Runs `lai` with at most so many threads, the main one among them.
  private func outcome(
    threads: Int, of script: String, interruptedAfter seconds: Int? = nil
  ) async throws -> Outcome {
    var command = ["prlimit", "--nproc=\(threads):\(threads)", Place.program.path(), "-e", script]
    if geteuid() == 0 {
      // A user of its own: the limit counts all processes of a user.
      let user = 100_000 + Int(getpid())
      command =
        ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"] + command
    }
    if let seconds { command = ["timeout", "--foreground", "-s", "INT", "\(seconds)"] + command }
    return try await Folder().run(URL(filePath: "/usr/bin/env"), command)
  }

  @Test("training gives the same bits with every number of threads") func sameBits() async throws {
    let script = """
      local lai = require "lai"
      local data = lai.synthetic.friedman1{n = 600, seed = 1}
      local net = lai.mlp{inputs = 10, hidden = {32, 32}, seed = 2}
      local function show(run)
        print(run.outcome, #run.history, ("%a"):format(run.model(data.x):square():sum():item()))
      end
      -- Batches that a second thread helps with.
      show(lai.train{model = net, data = data, epochs = 3, batch = 300, seed = 1, alpha = 0.5,
        loss = lai.loss.lai{lambda = 0.1}})
      local list = {}
      local loss = lai.loss.custom(function(y, target) return (y - target):square():mean() end)
      for i = 1, 6 do
        list[i] = {model = net, data = data, pretrain = 2, epochs = i, batch = 64, seed = i % 3,
          loss = i > 4 and loss or nil}
      end
      for _, workers in ipairs{1, 4} do
        local heard = 0
        local runs = lai.train_all(list, {workers = workers, on_epoch = function(report, place)
          heard = heard + 1
          return not (place == 4 and report.epoch == 3)
        end})
        for _, run in ipairs(runs) do show(run) end
        print(heard)
      end
      -- Rows that the cores share.
      print(("%a"):format(net(lai.ones(20000, 10)):sum():item()))
      """
    let free = try await outcome(threads: 1000, of: script)
    #expect(free.status == 0 && free.output.split(separator: "\n").count == 16, "\(free)")
    for threads in 1...3 {
      let limited = try await outcome(threads: threads, of: script)
      #expect(limited.status == 0 && limited.output == free.output, "\(threads): \(limited)")
      #expect(limited.errors.isEmpty, "\(threads): \(limited)")
    }
  }

  @Test(
    "Ctrl-C answers at once without a second thread",
    arguments: [
      "lai.train_all({job, job, {model = net, data = data, epochs = 1}}, {workers = 4})",
      "{lai.train(job), lai.train{model = net, data = data, epochs = 0}}",
    ])
  func interruption(training: String) async throws {
    let start = ContinuousClock.now
    let outcome = try await outcome(
      threads: 1,
      of: """
        local lai = require "lai"
        local data = lai.synthetic.friedman1{n = 600, seed = 1}
        local net = lai.mlp{inputs = 10, hidden = {32, 32}, seed = 2}
        local job = {model = net, data = data, epochs = 1e8, batch = 300}
        local runs = \(training)
        print(runs[1].outcome, #runs[1].history > 0)
        """, interruptedAfter: 2)
    #expect(outcome.output == "stopped\ttrue\n", "\(outcome)")
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}
