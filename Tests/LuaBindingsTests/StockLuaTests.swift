import Foundation
import Testing

/// `require "lai"` in the interpreter that Debian calls lua5.4; scripts/test installs it.
@Suite(.timeLimit(.minutes(10)), .enabled(if: StockLua.program != nil, "there is no lua5.4"))
struct StockLuaTests {
  @Test(arguments: SpecTests.names) func spec(name: String) throws {
    let lua = try StockLua()
    let specs = SpecTests.directory
    let outcome = try lua.run([
      "-e", SpecTests.settings(), "-e", "dofile '\(specs.appending(path: "prelude.lua").path)'",
      specs.appending(path: name).path,
    ])
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func theModuleIsThere() throws {
    let outcome = try StockLua().run([
      "-e", "local lai = require 'lai'; print(lai.randn(2, 2)); print(require 'lai' == lai)",
    ])
    #expect(outcome.status == 0)
    #expect(outcome.output.hasSuffix("[lai.Tensor 2x2 float32]\ntrue\n"), "\(outcome.output)")
  }

  @Test func errorsNameTheUsersLine() throws {
    let outcome = try StockLua().run(["-e", "require 'lai'.train{lamda = 1}"])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("(command line):1: train: unknown option 'lamda'"))
  }

  @Test func itEndsInEveryWay() throws {
    for ending in ["", "os.exit(0, true)", "os.exit(0)", "collectgarbage()", "x = lai.randn(1e6)"] {
      let outcome = try StockLua().run(["-e", "lai = require 'lai' y = lai.eye(9) \(ending)"])
      #expect(outcome.status == 0, "\(ending): \(outcome.output)")
    }
  }

  /// Stock Lua's own Ctrl-C: training returns the run so far, other loops end with an error.
  @Test(arguments: [
    ("lai.train{model = lai.mlp{inputs = 10, hidden = {64}}, epochs = 1e9, data = d}", "false"),
    ("lai.optim.adam{}; while true do end", "false"),
    // The loss is interrupted; this is not an error of its own. The second run does not begin.
    (
      """
      lai.train_all{{model = lai.mlp{inputs = 10}, data = d,
        loss = lai.loss.custom(function() while true do end end)},
        {model = lai.mlp{inputs = 10}, data = d, epochs = 1e9}}
      """, "false"
    ),
    // A callback that catches the error does not swallow the press.
    (
      """
      lai.train{model = lai.mlp{inputs = 10}, data = d, epochs = 1e9, on_epoch = function()
        pcall(function() local start = os.clock() while os.clock() < start + 1 do end end) end}
      """, "false"
    ),
  ]) func controlCEndsWhatRuns(_ loop: String, finished: String) throws {
    let lua = try StockLua()
    let process = try lua.start([
      "-e",
      "lai = require 'lai' d = lai.synthetic.friedman1{n = 500} io.write('ready') io.flush() "
        + "pcall(function() local run = \(loop) end) print('after')",
    ])
    // All other tests may run in parallel.
    func wait(until isDone: () throws -> Bool) rethrows {
      let end = Date() + 60
      while try !isDone(), Date() < end { Thread.sleep(forTimeInterval: 0.05) }
    }
    try wait { try lua.output().contains("ready") }
    Thread.sleep(forTimeInterval: 0.3)
    kill(process.processIdentifier, SIGINT)
    wait { !process.isRunning }
    #expect(!process.isRunning)
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    #expect(try lua.output().contains("after"))
  }
}

/// A folder with lai.so, in which stock Lua is started.
private final class StockLua {
  static let program = ["/usr/bin/lua5.4", "/usr/local/bin/lua5.4", "/opt/homebrew/bin/lua5.4"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(filePath: $0) }
  /// Built beside the test bundle.
  static let library = Bundle.main.bundleURL.appending(path: "libLaiModule.so")

  private let folder = FileManager.default.temporaryDirectory.appending(path: "lai-so-\(UUID())")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "lai.so"), withDestinationURL: Self.library)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func start(_ arguments: [String]) throws -> Process {
    let output = folder.appending(path: "output")
    try Data().write(to: output)
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("LUA_") && $0.key != "ASAN_OPTIONS" }
      .merging(["LUA_CPATH": folder.appending(path: "?.so").path]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = process.standardOutput
    // The child inherits this thread's signal mask, and threads of thread pools block SIGINT.
    var (interrupt, before) = (sigset_t(), sigset_t())
    sigemptyset(&interrupt)
    sigaddset(&interrupt, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &interrupt, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
    return process
  }

  func output() throws -> String {
    try String(contentsOf: folder.appending(path: "output"), encoding: .utf8)
  }

  func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = try start(arguments)
    process.waitUntilExit()
    return (process.terminationStatus, try output())
  }
}
