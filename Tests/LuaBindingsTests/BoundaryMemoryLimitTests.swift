import CLai
import Learning
import LuaBindings
import Tensors
import Testing

@Suite("Boundary: memory limit", .timeLimit(.minutes(10))) struct BoundaryMemoryLimitTests {
  static let limit = 32 << 20

  private func interpreter(limit: Int = limit) throws -> Interpreter {
    try Interpreter(limits: .init(memory: limit), libraries: .sandboxed)
  }

  static let hoards = [
    "local t = {} while true do t[#t + 1] = {} end",
    "local t = {} while true do t[#t + 1] = lai.zeros(1000) end",
    "local t = {} while true do t[#t + 1] = lai.zeros(1) end",
    "local t = {} while true do t[#t + 1] = lai.zeros(1e6) end",
    "local t = {} while true do t[#t + 1] = lai.mlp{inputs = 100, hidden = {100, 100}} end",
    "local t = {} while true do t[#t + 1] = lai.synthetic.friedman1{n = 1000} end",
    "local t = {} while true do t[#t + 1] = coroutine.create(print) end",
    "local s = 'x' while true do s = s .. s end",
    "string.rep('x', 1 << 30)", "('x'):rep(1e8)",
    "local t = {} for i = 1, 1e8 do t[i] = i end",
    "local function f() return 1 + f() end while true do f() end",
    "lai.zeros(1e8)", "lai.ones(1e5, 1e5)", "lai.eye(1e5)", "lai.randn(1e9)",
    "lai.mlp{inputs = 1e4, hidden = {1e4}}",
    "local x = lai.ones(3000) x:outer(x)",
    "local x = lai.ones(2, 2) while true do x = lai.cat{x, x} end",
    "lai.grad(function(x) while true do x = x:tanh() end end)(lai.ones(1e5))",
    "lai.train{model = lai.mlp{inputs = 10, hidden = {400, 400}}, "
      + "data = lai.synthetic.friedman1{n = 20000}, epochs = 1, batch = 20000}",
    "local job = {model = lai.mlp{inputs = 10, hidden = {400, 400}}, batch = 20000, "
      + "data = lai.synthetic.friedman1{n = 20000}, epochs = 1} lai.train_all{job, job}",
  ]

  @Test("too much memory is an error, and nothing remains", arguments: hoards)
  func hoard(script: String) throws {
    // Smaller, so that it is soon reached.
    let limit = Self.limit / 2
    let interpreter = try interpreter(limit: limit)
    try interpreter.run("lai.manual_seed(1)")
    let living = lai_live_objects()
    let budget = try #require(interpreter.budget)
    let failure = #expect(throws: LuaFailure.self) { try interpreter.run(script) }
    // A stack overflow is another error, before the limit.
    if failure?.message.contains("overflow") != true {
      #expect(failure?.reason == .memory, "\(failure?.message ?? "")")
      #expect(failure?.message.contains("not enough memory") == true)
    }
    #expect(budget.usedBytes <= limit)
    #expect(try interpreter.isIntact())
    interpreter.collectGarbage()
    interpreter.collectGarbage()
    #expect(lai_live_objects() == living)
    #expect(budget.usedBytes < 4 << 20, "\(budget.usedBytes)")
  }

  @Test("a script may catch it and go on") func caught() throws {
    let interpreter = try interpreter()
    let message: String = try interpreter.evaluate("select(2, pcall(lai.zeros, 1e8))")
    #expect(message == "(swift):1: zeros: not enough memory (381 MB asked for, the limit is 32 MB)")
    #expect(
      try interpreter.evaluate("select(2, pcall(string.rep, 'x', 1e8))") == "not enough memory")
    #expect(interpreter.reason(of: "pcall(lai.zeros, 1e8) error('another')") == .script)
    #expect(
      interpreter.reason(of: "while true do pcall(lai.zeros, 1e8) break end") == nil)
  }

  @Test(
    "garbage is freed before anything is refused",
    arguments: [
      "for i = 1, 3000 do lai.zeros(250000) end",
      "for i = 1, 30 do lai.zeros(5e6) end",
      "local kept = lai.zeros(4e6) for i = 1, 100 do lai.zeros(3e6) end",
      "for i = 1, 200 do local t = {} for j = 1, 100 do t[j] = lai.zeros(1000) end t.t = t end",
      "for i = 1, 50 do local t = {lai.zeros(1e6)} t[2] = t string.rep('x', 1e7) end",
      "collectgarbage('stop') for i = 1, 300 do lai.zeros(250000) end",
      "for i = 1, 300 do ('x'):rep(1e6 + i) end",
      "coroutine.wrap(function() for i = 1, 60 do lai.zeros(1e6):tanh() end end)()",
      "lai.grad(function(x) for i = 1, 60 do lai.zeros(1e6) end return x:sum() end)(lai.ones(9))",
    ])
  func temporaries(script: String) throws {
    let interpreter = try interpreter()
    #expect(throws: Never.self) { try interpreter.run(script) }
  }

  @Test("objects kept by the host count, and closing frees everything") func end() throws {
    var interpreter: Interpreter? = try interpreter()
    let budget = try #require(interpreter?.budget)
    #expect(budget.usedBytes > 40_000)
    try interpreter?.run("t = {} for i = 1, 100 do t[i] = lai.zeros(1000) end")
    var tensor: Tensor? = try interpreter?.evaluate("lai.ones(1e6)")
    _ = interpreter?.reason(of: "x = lai.zeros(1e9)")
    interpreter = nil
    #expect((4_000_000..<4_100_000).contains(budget.usedBytes))
    #expect(tensor?.count == 1_000_000)
    tensor = nil
    #expect(budget.usedBytes == 0)
  }

  @Test("other interpreters are not counted") func others() throws {
    let interpreter = try interpreter()
    let before = try #require(interpreter.budget).usedBytes
    let other = try Interpreter()
    try other.run("x = lai.zeros(2e7)")
    let own = try Tensor(zeros: [20_000_000])
    #expect(interpreter.budget?.usedBytes == before)
    #expect(try interpreter.isIntact())
    withExtendedLifetime((own, other)) {}
  }

  @Test(
    "a limit below what Lua needs is a failure of the initializer", arguments: [1, 20_000, 40_000])
  func tooLittle(limit: Int) throws {
    let failure = #expect(throws: LuaFailure.self) {
      _ = try Interpreter(limits: .init(memory: limit))
    }
    #expect(failure?.reason == .memory)
  }

  @Test("any limit at all: no crash, nothing left") func everyLimit() throws {
    let living = lai_live_objects()
    for limit in stride(from: 30_000, through: 900_000, by: 3_001) {
      guard
        let interpreter = try? Interpreter(limits: .init(memory: limit), libraries: .sandboxed)
      else { continue }
      let budget = try #require(interpreter.budget)
      do throws(LuaFailure) {
        try interpreter.run(
          """
          local net = lai.mlp{inputs = 1, hidden = {8}}
          local t = {}
          for i = 1, 200 do t[i] = lai.ones(i) + i end
          lai.train{model = net, data = lai.synthetic.line{n = 50}, epochs = 2}
          lai.grad(function(x) return x:tanh():square():sum() end)(t[100])
          """)
      } catch {
        #expect(error.reason == .memory, "\(limit): \(error)")
      }
      #expect(budget.usedBytes <= limit)
    }
    #expect(lai_live_objects() == living)
  }
}
