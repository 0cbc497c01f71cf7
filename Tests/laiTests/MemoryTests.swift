import Foundation
import Testing

/// What the whole process takes, measured where no other test runs beside it.
@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status"))
)
struct MemoryTests {
  /// Runs a script with `lai` and `memory(name)`, in KB, and returns the number it prints.
  private func number(printedBy script: String) async throws -> Int {
    let beginning = """
      local lai = require "lai"
      local function memory(name)
        for line in io.lines("/proc/self/status") do
          local size = line:match("^" .. name .. ":%s+(%d+)")
          if size then return tonumber(size) end
        end
      end

      """
    let outcome = try await Folder().lai(["-e", beginning + script])
    #expect(outcome.status == 0, "\(outcome)")
    return try #require(Int(outcome.output.dropLast()), "\(outcome)")
  }

  @Test func aMillionErrorsLeaveNothing() async throws {
    let growth = try await number(
      printedBy: """
        local function fail(times)
          for i = 1, times do
            pcall(lai.generator, "x")
            pcall(lai.generator(1).uniform)
          end
          collectgarbage()
        end
        fail(1000)
        local before = memory("VmRSS")
        fail(500000)
        print(memory("VmRSS") - before)
        """)
    #expect(growth < 10 << 10)
  }

  @Test func aMillionSmallOperationsStaySmall() async throws {
    let peak = try await number(
      printedBy: """
        local x = lai.randn(4)
        for i = 1, 1000000 do local y = x * 2 end
        print(memory("VmHWM"))
        """)
    #expect(peak < 100 << 10)
  }

  /// Every second one fails in the middle of an inner derivative.
  @Test func derivativesLeaveNothing() async throws {
    let growth = try await number(
      printedBy: """
        local x = lai.randn(4)
        local function failing(x)
          return lai.grad(function(x) return x:tanh():matmul(lai.ones(3)) end)(x)
        end
        local function take(times)
          for i = 1, times do
            lai.value_and_grad(function(x) return lai.grad(function(y) return (y * x):tanh():sum() end)(x):sum() end)(x)
            pcall(lai.grad(failing), x)
          end
          collectgarbage()
        end
        take(1000)
        local before = memory("VmRSS")
        take(50000)
        x:fill_(1)
        print(memory("VmRSS") - before)
        """)
    #expect(growth < 10 << 10)
  }

  /// Three gigabytes in total: Lua's collector must learn of memory that it does not see.
  @Test func temporariesAreCollected() async throws {
    let growth = try await number(
      printedBy: """
        local before = memory("VmHWM")
        local x = lai.ones(512, 512)
        for i = 1, 3000 do local y = x + i end
        print(memory("VmHWM") - before)
        """)
    #expect(growth < 100 << 10)
  }

  /// A run's buffers are those of one that has ended. With an alignment that the allocator is asked
  /// for, each run left holes that no other fitted in: a megabyte or more.
  @Test func runsOneAfterAnotherTakeTheRoomOfOne() async throws {
    let growth = try await number(
      printedBy: """
        local data = lai.synthetic.friedman1{n = 4096, seed = 1}
        local net = lai.mlp{inputs = 10, hidden = {32, 32}, seed = 1}
        local function train(times)
          local list = {}
          for i = 1, times do
            list[i] = {model = net, data = data, epochs = 1, batch = 4096, loss = lai.loss.lai{lambda = 0.1}}
          end
          lai.train_all(list, {workers = 1})
          list = nil
          collectgarbage()
        end
        train(10)
        local before = memory("VmRSS")
        train(100)
        print(memory("VmRSS") - before)
        """)
    #expect(growth < 20 << 10)
  }

  /// In Lua's generational mode it would grow at every explicit collection.
  @Test func explicitCollectionsLeaveNothing() async throws {
    let growth = try await number(
      printedBy: """
        local x = lai.randn(4)
        local before = memory("VmRSS")
        for i = 1, 1000000 do
          local y = x * 2
          if i % 100000 == 0 then collectgarbage() end
        end
        print(memory("VmRSS") - before)
        """)
    #expect(growth < 10 << 10)
  }

  /// Blocks of these sizes are not mapped one by one: malloc keeps their memory.
  @Test("freed tensors go back to the system", arguments: [1000, 25000, 1_000_000])
  func returned(size: Int) async throws {
    let growth = try await number(
      printedBy: """
        collectgarbage()
        local before = memory("VmRSS")
        local kept = {}
        for i = 1, 100000000 // \(size) do kept[i] = lai.ones(\(size)) end
        local last = lai.ones(\(size)) -- pins the end of the heap
        assert(memory("VmRSS") - before > 390000)
        kept = nil
        collectgarbage()
        print(memory("VmRSS") - before + 0 * #last.shape)
        """)
    #expect(growth < 30 << 10)
  }

  /// With a limit set by the shell.
  private func lai(_ limit: String, _ script: String) async throws -> Outcome {
    try await Folder().run(
      URL(filePath: "/bin/sh"),
      [
        // The parent may ignore the signals of limits, as Python does.
        "-c", "ulimit \(limit); exec env --default-signal=XFSZ \"$0\" -l lai -e \"$1\"",
        Place.program.path(), script,
      ])
  }

  @Test(
    "an array for which there is no room is an error",
    arguments: [
      "much:totable()", "much:sort(1)", "much:topk(1, 1)", "much:masked(much)",
      "lai.zeros(2):index(1, much)", "net(much:unsqueeze(2))",
      "lai.probe.noise(net, much:unsqueeze(2))",
      "lai.probe.smoothness(net, much:unsqueeze(2))",
      "lai.probe.partial_dependence(net, much:unsqueeze(2), {feature = 1})",
      "lai.train{model = lai.mlp{inputs = 10}, data = lai.synthetic.friedman1{n = 14000000}, epochs = 1}",
      "lai.standardize(lai.synthetic.friedman1{n = 14000000})",
      "local f = io.open('a.csv', 'w') f:write('a,b\\n', ('1,2\\n'):rep(2e7)) f:close() lai.csv('a.csv', {missing = 'mean', comment = '#'})",
    ])
  func noRoom(call: String) async throws {
    // A view that needs no memory itself.
    let outcome = try await lai(
      "-v 1300000",
      "much = lai.zeros(1):expand{2e8} net = lai.mlp{inputs = 1} "
        + "print(pcall(function() \(call) end))")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.hasPrefix("false\t(command line):1: "), "\(outcome)")
    #expect(outcome.output.contains("not enough memory"), "\(outcome)")
  }

  @Test("a file too large for the shell's limit is an error and leaves nothing")
  func fileLimit() async throws {
    let outcome = try await lai(
      "-f 16",
      """
      print(pcall(lai.save, 'a.npy', lai.ones(100000)))
      print(io.popen('ls'):read('a'))
      """)
    #expect(outcome.status == 0 && outcome.output.contains("a.npy': file too large"), "\(outcome)")
    #expect(!outcome.output.contains(".part"))
  }
}
