import Synchronization
import Tensors
import Testing

@testable import LuaBindings

/// Functions of Lua in states of their own, for workers.
@Suite("Copied functions", .timeLimit(.minutes(10))) struct CopiedFunctionTests {
  private enum Fate { case copied, notCopied, refused, failed, stopped }

  /// What becomes of the function that a chunk returns, when a copy of it is called twice.
  private func fate(
    of source: String, in interpreter: Interpreter? = nil, isStopped: Bool = false
  ) throws -> Fate {
    let interpreter = try interpreter ?? Interpreter()
    let state = interpreter.state
    try interpreter.load(source, name: "@copied.lua")
    try interpreter.call(arguments: 0)
    defer { state.top = 0 }
    guard let function = FunctionReader.copy(of: state, at: state.top) else { return .notCopied }
    let x = try Tensor([1, 2, 3, 4], shape: [2, 2])
    state.pushValue(-1)
    for _ in 0..<3 { try state.push(object: x) }
    let expected = try? { () throws -> Tensor? in
      try state.call(arguments: 3, results: 1)
      return state.object(at: -1, as: Tensor.self)
    }()
    do {
      let instance = try FunctionInstance(function, shouldStop: { isStopped })
      for _ in 0..<2 {
        let value = try instance(x, x, x)
        #expect(try value.item() == expected?.item())
      }
      return .copied
    } catch is CopyRefusal {
      return .refused
    } catch is CancellationError {
      return .stopped
    } catch {
      return .failed
    }
  }

  @Test(arguments: [
    "return function(y) return y:sum() end",
    "local lai = require 'lai' return function(y) return lai.tensor({1, 2}):sum() + lai.linalg.det(y) end",
    "local l = lai.linalg return function(y) return l.det(y) + require('lai').ones(2):sum() end",
    "local a, b, c, d = nil, true, 3, 2 ^ 53 + 0.5 return function(y) return y:sum() * c + (b and d or a) end",
    "local w = lai.tensor{3, 4} return function(y) return (y * w):sum() end",
    "local t = {1, 2, {x = 'k', k = 3}} return function(y) return y:sum() * t[3][t[3].x] + #t end",
    "local t = {5, 6} return function(y) for i, v in pairs(t) do y = y * v ^ i end return y:sum() end",
    "local t = {} t.t = t return function(y) return t.t.t == t and y:sum() or nil end",
    "delta = 3 return function(y) return y:sum() * delta end",
    "function helper(y) return y * delta end delta = 2 return function(y) return helper(y):sum() end",
    "local floor, huge = math.floor, math.huge return function(y) return y:sum() * floor(2.5) + math.min(huge, 1) end",
    "local function f(n) if n == 0 then return 1 end return n * f(n - 1) end return function(y) return y:sum() * f(5) end",
    // Two functions with one variable, which one changes for the other during a call.
    """
    local n = 1
    local function scaled(y) return y * n end
    return function(y) n = 7 local result = scaled(y):sum() n = 1 return result end
    """,
    "local g = lai.grad(function(y) return y:square():sum() end) return function(y) return g(y):sum() end",
    "return function(y) return lai.grad(function(y) return y:square():sum() end)(y):sum() end",
    "local relu = lai.zeros(1).relu return function(y) return relu(y):sum() end",
    "local loss = lai.loss.lai{lambda = 0.1} return function(y) return loss:factor(y):sum() end",
    "return function(y) local ok = pcall(error, 'x') return ok and y or y:sum() end",
    "return function(y) return y:sum() * tonumber(('%d'):format(3)) * #string.rep('x', 2) end",
    "local G = _G return function(y) return y:sum() * G.math.pi end",
    "return function(y) local t = {} for i = 1, 3 do t[i] = i end table.insert(t, 4) return y:sum() * #t end",
    "return function(y) local z = y:clone() z:fill_(2) return z:sum() end",
  ])
  func pureFunctionsAreCopied(source: String) throws {
    #expect(try fate(of: source) == .copied)
  }

  @Test(arguments: [
    // Writing what outlives the call, also with the old values' types.
    "local calls = 0 return function(y) calls = calls + 1 return y:sum() end",
    "local t = {1} return function(y) t[1] = t[1] + 1 return y:sum() end",
    "local t = {1} return function(y) t.x = 1 return y:sum() end",
    "local t = {1, 2} return function(y) t[2] = nil return y:sum() end",
    "local t = {2, 1} return function(y) table.sort(t) return y:sum() end",
    "local w = lai.ones(2) return function(y) w:fill_(0) return y:sum() end",
    "local w = lai.ones(2) return function(y) pcall(w.fill_, w[1], 0) return y:sum() end",
    "n = 1 return function(y) n = 1 return y:sum() end",
    "return function(y) fresh = 1 return y:sum() end",
    "return function(y) math.mine = 1 return y:sum() end",
    "return function(y) lai.mine = 1 return y:sum() end",
    "return function(y) pcall(function() fresh = 1 end) return y:sum() end",
    // Reading what is not the function's own.
    "return function(y) print('') return y:sum() end",
    "return function(y) pcall(print, '') return y:sum() end",
    "return function(y) io.write('') return y:sum() end",
    "return function(y) return y:sum() + os.time() * 0 end",
    "return function(y) return y:sum() + math.random() * 0 end",
    "return function(y) return y:sum() + lai.rand(1) * 0 end",
    "return function(y) pcall(lai.rand, 1) return y:sum() end",
    "return function(y) return y:sum() * #coroutine.wrap(function() coroutine.yield('x') end)() end",
    "return function(y) return unknown == nil and y:sum() end",
    "stream = io.stdout return function(y) return y:sum() * (stream and 1 or 2) end",
    "return function(y) return y:sum() * #require('string').rep('x', 2) end",
    "local t = {b = 1, a = 2} return function(y) for _, v in pairs(t) do y = y * v end return y:sum() end",
    "return function(y) for _ in pairs(_G) do end return y:sum() end",
    "return function(y) return y:sum() * #getmetatable('').__index.rep('x', 2) end",
    // What the script has made of the libraries.
    "math.twice = function(x) return 2 * x end return function(y) return y:sum() * math.twice(2) end",
    "string.twice = function(s) return s .. s end return function(y) return y:sum() * #('x'):twice() end",
    "math.sqrt = function(x) return x end return function(y) return y:sum() * math.sqrt(4) end",
    "lai.zeros = lai.ones return function(y) return lai.zeros(2):sum() end",
  ])
  func othersAreRefused(source: String) throws {
    #expect(try fate(of: source) == .refused)
  }

  @Test(arguments: [
    "local f = io.stdout return function(y) return f and y:sum() end",
    "local p = print return function(y) return p and y:sum() end",
    "local g = lai.generator(1) return function(y) return g and y:sum() end",
    "local t = setmetatable({}, {}) return function(y) return t and y:sum() end",
    "local c = coroutine.create(function() end) return function(y) return c and y:sum() end",
    "local t = {} for i = 1, 1001 do t[i] = i end return function(y) return y:sum() * #t end",
    "local t = {} local u = t for i = 1, 200 do u[1] = {} u = u[1] end return function(y) return t and y:sum() end",
    "local w = lai.zeros(5e6) return function(y) return w and y:sum() end",
    "local train = lai.train return function(y) return train and y:sum() end",
    "return print", "return math.floor",
  ])
  func someCannotBeCopied(source: String) throws {
    #expect(try fate(of: source) == .notCopied)
  }

  @Test(arguments: [
    "return function(y) error({}) end", "return function(y) return y.z.w end",
    "return function(y) return 3 end",
  ])
  func errorsAreErrors(source: String) throws { #expect(try fate(of: source) == .failed) }

  @Test(arguments: [
    "while true do end", "while true do pcall(function() while true do end end) end",
    "while true do pcall(error) end",
    "lai.jacobian(function(x) return x:outer(x) end)(lai.ones(700))",
  ])
  func copiesStop(body: String) throws {
    let interpreter = try Interpreter()
    let source = "return function(y) \(body) return y:sum() end"
    try interpreter.load(source, name: "@copied.lua")
    try interpreter.call(arguments: 0)
    let function = try #require(
      FunctionReader.copy(of: interpreter.state, at: interpreter.state.top))
    final class Counter: Sendable { let value = Atomic<Int>(0) }
    let asked = Counter()
    let instance = try FunctionInstance(function) {
      asked.value.add(1, ordering: .relaxed).newValue > 50
    }
    let x = try Tensor([1, 2], shape: [2, 1])
    #expect(throws: CancellationError.self) { _ = try instance(x, x, x) }
  }

  @Test("with limits of the host nothing is copied") func limits() throws {
    let limits: [Interpreter.Limits] = [
      .init(memory: 64 << 20), .init(instructions: 1_000_000), .init(time: .seconds(100)),
    ]
    for limits in limits {
      let interpreter = try Interpreter(limits: limits)
      // Within a call, as training is.
      let runs: String = try interpreter.evaluate(
        """
        (function()
          local data, net = lai.synthetic.line{n = 40}, lai.mlp{inputs = 1, hidden = {2}}
          local loss = lai.loss.custom(function(y, target) return (y - target):square():mean() end)
          local job = {model = net, data = data, loss = loss, epochs = 2}
          local runs = lai.train_all{job, job}
          return runs[1].outcome .. " " .. runs[2].outcome
        end)()
        """)
      #expect(runs == "finished finished")
    }
  }

  @Test("many copies leave nothing on the stack") func many() throws {
    let interpreter = try Interpreter()
    try interpreter.load(
      "local w = lai.ones(1000) return function(y) return (y:sum() * w):sum() end", name: "@c")
    try interpreter.call(arguments: 0)
    let state = interpreter.state
    let x = try Tensor([1, 2], shape: [2, 1])
    for _ in 0..<200 {
      let function = try #require(FunctionReader.copy(of: state, at: state.top))
      _ = try FunctionInstance(function, shouldStop: { false })(x, x, x)
    }
    #expect(state.top == 1)
  }
}
