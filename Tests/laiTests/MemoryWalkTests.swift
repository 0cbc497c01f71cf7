import Foundation
import Testing

/// Limits from too small to enough: each gives a result or an error in Lua, and the script goes on.
@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status"))
)
struct MemoryWalkTests {
  private static let scripts = [
    "train": """
    lai.train{model = wide(1), data = data, validation = data, epochs = 1}
    """,
    "train, float64": """
    lai.train{
      model = lai.mlp{inputs = 8, hidden = {700, 700}, dtype = "float64"}, data = data, epochs = 1}
    """,
    "train, points": """
    local x = lai.randn(200000, 4)
    local many = lai.dataset(x, x:sum(2))
    lai.train{
      model = lai.mlp{inputs = 4, hidden = {4}}, data = many, validation = many, epochs = 1,
      batch = 4096, alpha = 0.5, sample = "points", loss = lai.loss.lai{lambda = 1}}
    """,
    "train, L-BFGS": """
    lai.train{model = wide(1), data = data, epochs = 1, batch = 50, optimizer = lai.lbfgs{max_iter = 2}}
    """,
    "train, scripted": """
    lai.train{
      parameters = {lai.randn(8, 200000)}, data = data, epochs = 1,
      step = function(p, x, y) return (x:matmul(p[1]):sum(2, {keepdims = true}) - y):square():mean() end}
    """,
    "train_all, 1 worker": "lai.train_all(jobs(), {workers = 1})",
    "train_all, 4 workers": "lai.train_all(jobs(), {workers = 4})",
    "states": """
    lai.train{model = wide(1), data = data, epochs = 1, checkpoint = "w.state"}
    lai.resume("w.state", {data = data})
    """,
    "csv": """
    local f = io.open("w.csv", "w")
    f:write("a,b,c\\n", ("1.5,2.5,3.5\\n"):rep(200000))
    f:close()
    lai.csv("w.csv", {target = "c"})
    """,
    "grad": "lai.grad(function(a) return (a * a):tanh():sum() end)(lai.randn(2000000))",
    "linalg": "local a = lai.randn(900, 900) lai.linalg.solve(a, a)",
    "save and load": """
    lai.save("w.npz", {a = lai.randn(3000000)})
    lai.load("w.npz")
    """,
    "nested tables": "lai.randn(1000000):totable()",
    "Lua's own": "local t = {} for i = 1, 1e7 do t[i] = i end",
    "small tensors": "local t = {} for i = 1, 100000 do t[i] = lai.zeros(2) end",
  ]

  @Test(arguments: scripts.keys.sorted())
  func walk(_ name: String) async throws {
    let folder = try Folder()
    let start = try await run(folder, "print(io.open('/proc/self/statm'):read('n'))", limit: nil)
    let pages = try #require(Int(start.output.dropLast()), "\(start)")
    let base = pages * 4
    let script = """
      local lai = require "lai"
      print(pcall(function()
        local x = lai.randn(50, 8)
        local data = lai.dataset(x, x:sum(2))
        local function wide(seed) return lai.mlp{inputs = 8, hidden = {800, 800}, seed = seed} end
        local function jobs()
          local list = {}
          for i = 1, 4 do
            list[i] = {model = wide(i), data = data, validation = data, epochs = 1, seed = i}
          end
          return list
        end
        \(Self.scripts[name]!)
      end))
      local sum = 0
      for i = 1, 100 do sum = sum + lai.ones(10):sum():item() end
      print(sum)
      """
    var failures = 0
    for extra in [8, 12, 20, 30, 45, 70, 110, 180, 900] {
      let outcome = try await run(folder, script, limit: base + extra << 10)
      #expect(outcome.status == 0, "\(extra) MB: \(outcome)")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.last == "1000.0", "\(extra) MB: \(outcome)")
      let isError = lines.first?.hasPrefix("false\t") == true
      if isError {
        #expect(lines[0].contains("not enough memory"), "\(extra) MB: \(outcome)")
        failures += 1
      }
      #expect(extra < 900 || !isError, "\(extra) MB: \(outcome)")
    }
    #expect(failures > 0)
  }

  private func run(_ folder: Folder, _ script: String, limit: Int?) async throws -> Outcome {
    let limit = limit.map { "ulimit -v \($0);" } ?? ""
    return try await folder.run(
      URL(filePath: "/bin/sh"),
      ["-c", "\(limit) exec \"$0\" -e \"$1\"", Place.program.path(), script])
  }
}
