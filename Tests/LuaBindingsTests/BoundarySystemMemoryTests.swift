import Foundation
import LuaBindings
import Synchronization
import Tensors
import Testing

/// Bytes that are allocated, beside those from before `start`; the address sanitizer counts them.
private enum Heap {
  static let live = Atomic<Int>(0)
  /// What the limit is at the moment.
  static let limit = Atomic<Int>(16 << 20)

  private typealias Hook = @convention(c) (UnsafeMutableRawPointer?, Int) -> Void
  private typealias FreeHook = @convention(c) (UnsafeMutableRawPointer?) -> Void
  private typealias Install = @convention(c) (Hook, FreeHook) -> Int32
  private typealias Size = @convention(c) (UnsafeMutableRawPointer?) -> Int

  private static func function<F>(_ name: String, as type: F.Type) -> F? {
    dlsym(nil, name).map { unsafeBitCast($0, to: type) }
  }
  private static let install = function(
    "__sanitizer_install_malloc_and_free_hooks", as: Install.self)
  private static let size = function("__sanitizer_get_allocated_size", as: Size.self)

  /// Whether the address sanitizer is there.
  static let isCounted = install != nil

  static func start() {
    // Made before the hooks, which must not allocate.
    live.store(0, ordering: .relaxed)
    precondition(limit.load(ordering: .relaxed) > 0 && size != nil)
    _ = install?(
      { _, bytes in Heap.live.add(bytes, ordering: .relaxed) },
      { block in
        guard let block, let size = Heap.size else { return }
        Heap.live.subtract(size(block), ordering: .relaxed)
      })
    SystemMemory.substitute = { limit.load(ordering: .relaxed) - live.load(ordering: .relaxed) }
    // The reserve is a quarter of what is left at first: 4 MB.
    _ = SystemMemory.take(1)
  }
}

/// As `MemoryWalkTests`, whose `ulimit -v` the address sanitizer cannot live with: each limit, from
/// too small to enough, gives a result or an error in Lua, and the script goes on.
@Suite(
  "Boundary: memory of the system", .timeLimit(.minutes(10)),
  .enabled(if: Heap.isCounted, "MemoryWalkTests does it without the address sanitizer"))
struct BoundarySystemMemoryTests {
  private static let scripts = [
    "train": "lai.train{model = wide(1), data = data, validation = data, epochs = 1}",
    "train, float64": """
    lai.train{
      model = lai.mlp{inputs = 8, hidden = {200, 200}, dtype = "float64"}, data = data, epochs = 1}
    """,
    "train, L-BFGS": """
    lai.train{
      model = lai.mlp{inputs = 8, hidden = {200, 200}}, data = data, epochs = 1, batch = 50,
      optimizer = lai.lbfgs{max_iter = 2}}
    """,
    "train, scripted": """
    lai.train{
      parameters = {lai.randn(8, 50000)}, data = data, epochs = 1,
      step = function(p, x, y) return (x:matmul(p[1]):sum(2, {keepdims = true}) - y):square():mean() end}
    """,
    "train_all, 1 worker": "lai.train_all(jobs(), {workers = 1})",
    "train_all, 4 workers": "lai.train_all(jobs(), {workers = 4})",
    "csv": """
    local path = os.tmpname()
    local f = io.open(path, "w")
    f:write("a,b,c\\n", ("1.5,2.5,3.5\\n"):rep(25000))
    f:close()
    local ok, e = pcall(lai.csv, path, {target = "c"})
    os.remove(path)
    if not ok then error(e, 0) end
    """,
    "grad": "lai.grad(function(a) return (a * a):tanh():sum() end)(lai.randn(200000))",
    "linalg": "local a = lai.randn(200, 200) lai.linalg.solve(a, a)",
    "save and load": """
    local path = os.tmpname() .. ".npz"
    local ok, e = pcall(function()
      lai.save(path, {a = lai.randn(400000)})
      lai.load(path)
    end)
    os.remove(path)
    if not ok then error(e, 0) end
    """,
    "states": """
    local path = os.tmpname()
    local ok, e = pcall(function()
      lai.train{model = wide(1), data = data, epochs = 1, checkpoint = path}
      lai.resume(path, {data = data})
    end)
    os.remove(path)
    if not ok then error(e, 0) end
    """,
  ]

  @Test(arguments: scripts.keys.sorted())
  func walk(_ name: String) async throws {
    await #expect(processExitsWith: .success) { [name = name as String] in
      Heap.start()
      try #require(SystemMemory.isLimited)
      let script = try #require(Self.scripts[name])
      var outcomes: [String] = []
      // Beside the reserve.
      for extra in [1, 3, 9, 400] {
        Heap.limit.store(.max / 2, ordering: .relaxed)
        let interpreter = try Interpreter()
        interpreter.collectGarbage()
        Heap.limit.store(
          Heap.live.load(ordering: .relaxed) + (4 + extra) << 20, ordering: .relaxed)
        let call = Result<String, any Error> {
          try interpreter.evaluate(
            """
            (function()
              local ok, problem = pcall(function()
                local x = lai.randn(50, 8)
                local data = lai.dataset(x, x:sum(2))
                local function wide(seed)
                  return lai.mlp{inputs = 8, hidden = {300, 300}, seed = seed}
                end
                local function jobs()
                  local list = {}
                  for i = 1, 4 do
                    list[i] = {model = wide(i), data = data, validation = data, epochs = 1, seed = i}
                  end
                  return list
                end
                \(script)
              end)
              collectgarbage()
              local sum = 0
              for i = 1, 100 do sum = sum + lai.ones(10):sum():item() end
              assert(sum == 1000)
              return ok and "done" or tostring(problem)
            end)()
            """)
        }
        // A throw is an error behind the first one: the script has not gone on.
        let outcome = (try? call.get()) ?? "raised \(call)"
        #expect(
          outcome == "done"
            || outcome.contains("not enough memory") && !outcome.hasPrefix("raised"),
          "\(extra) MB: \(outcome)")
        outcomes.append(outcome)
      }
      #expect(outcomes.last == "done")
      #expect(outcomes.contains { $0 != "done" }, "no limit is too small")
    }
  }
}
