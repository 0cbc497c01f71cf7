import CLai
import LuaBindings
import Tensors
import Testing

extension Interpreter {
  /// Why a chunk fails; nil if it succeeds.
  func reason(of source: String) -> LuaFailure.Reason? {
    do throws(LuaFailure) {
      try run(source)
      return nil
    } catch {
      return error.reason
    }
  }

  /// Whether the interpreter works as before.
  func isIntact() throws -> Bool {
    try evaluate("coroutine.wrap(function() return lai.ones(3):sum():item() + #('ab') end)()")
      == 5.0
  }
}

/// Instructions and time. Memory has a suite of its own.
@Suite("Boundary: limits", .timeLimit(.minutes(10))) struct BoundaryLimitTests {
  static let loops = [
    "while true do end",
    "repeat until false",
    "local function f() return f() end f()",
    "while true do pcall(function() while true do end end) end",
    "while true do pcall(pcall, error) end",
    "while true do xpcall(function() while true do end end, function(e) while true do end end) end",
    "pcall(function() while true do end end)",
    "coroutine.wrap(function() while true do end end)()",
    "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()",
    "coroutine.wrap(function() while true do pcall(function() while true do end end) end end)()",
    "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
    "while true do coroutine.wrap(function() end)() end",
    "local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end",
    "local function nest(n) if n > 0 then coroutine.wrap(nest)(n - 1) else while true do end end end nest(20)",
    "table.sort({1, 2, 3}, function() while true do end end)",
    "local x = setmetatable({}, {__index = function() while true do end end}).x",
    "string.gsub('abc', '.', function() while true do end end)",
    "print(setmetatable({}, {__tostring = function() while true do end end}))",
    "error(setmetatable({}, {__tostring = function() while true do end end}))",
    "local x <close> = setmetatable({}, {__close = function() while true do end end})",
    "local x <close> = setmetatable({}, {__close = function() while true do end end}) while true do end",
    """
    local co = coroutine.create(function()
      local x <close> = setmetatable({}, {__close = function() while true do end end})
      coroutine.yield()
    end)
    coroutine.resume(co)
    coroutine.close(co)
    """,
    """
    coroutine.wrap(function()
      local x <close> = setmetatable({}, {__close = function() while true do end end})
      while true do end
    end)()
    """,
    "load(function() while true do end end)",
    "load(coroutine.wrap(function() while true do coroutine.yield(' ') end end))",
    "while true do lai.ones(3):tanh() end",
    "lai.grad(function(x) while true do x = x + 1 end end)(lai.ones(2))",
    "while true do pcall(lai.grad(function(x) while true do end end), lai.ones(2)) end",
    """
    lai.train{model = lai.mlp{inputs = 1}, data = lai.synthetic.line{n = 9}, epochs = 1e9,
      on_epoch = function() while true do pcall(function() while true do end end) end end}
    """,
  ]

  @Test("instructions", arguments: loops) func instructions(loop: String) throws {
    let interpreter = try Interpreter(limits: .init(instructions: 100_000), libraries: .sandboxed)
    let living = lai_live_objects()
    #expect(interpreter.reason(of: loop) == .instructions)
    #expect(try interpreter.isIntact())
    #expect(interpreter.reason(of: loop) == .instructions)
    #expect(try interpreter.isIntact())
    interpreter.collectGarbage()
    #expect(lai_live_objects() == living)
  }

  @Test("time", arguments: loops) func time(loop: String) throws {
    let interpreter = try Interpreter(limits: .init(time: .milliseconds(30)))
    #expect(interpreter.reason(of: loop) == .time)
    #expect(try interpreter.isIntact())
  }

  @Test("a limit says what it is, and where") func message() throws {
    let counted = try Interpreter(limits: .init(instructions: 5000))
    let failure = #expect(throws: LuaFailure.self) {
      try counted.run("\nwhile true do end", name: "=endless")
    }
    #expect(
      failure?.message.hasPrefix("endless:2: limit of 5000 instructions exceeded\nstack") == true)
    let timed = try Interpreter(limits: .init(time: .seconds(0.25)))
    let late = #expect(throws: LuaFailure.self) { try timed.run("while true do end") }
    #expect(late?.message.contains(": time limit of 0.25 s exceeded") == true)
  }

  @Test("calls within the limits are not affected") func within() throws {
    let interpreter = try Interpreter(
      limits: .init(memory: 64 << 20, instructions: 200_000, time: .seconds(60)))
    for _ in 0..<20 {
      let sum: Int = try interpreter.evaluate(
        """
        local sum = 0
        local next = coroutine.wrap(function() for i = 1, 1000 do coroutine.yield(i) end end)
        for _ = 1, 1000 do sum = sum + next() end
        return sum
        """)
      #expect(sum == 500_500)
    }
  }

  @Test("instructions are counted, in coroutines too") func count() throws {
    /// The largest number of loops within the limit, approximately.
    func loops(_ script: String) throws -> Int {
      let interpreter = try Interpreter(limits: .init(instructions: 1_000_000))
      #expect(interpreter.reason(of: script) == .instructions)
      return try interpreter.evaluate("n")
    }
    let plain = try loops("n = 0 while true do n = n + 1 end")
    #expect((100_000...1_000_000).contains(plain))
    let long = try loops("n = 0 coroutine.wrap(function() while true do n = n + 1 end end)()")
    #expect(abs(long - plain) < plain / 10)
    // Coroutines that end before their first check.
    let short = try loops(
      "n = 0 local function f() for i = 1, 20 do n = n + 1 end end while true do coroutine.wrap(f)() end"
    )
    #expect(short < 2 * plain)
  }

  @Test(
    "Lai's own long work ends with the time",
    arguments: [
      "lai.train{model = net, data = data, epochs = 1e9}",
      "return lai.train{model = net, data = data, epochs = 1e9}",
      "lai.train{model = net, data = data, epochs = 1e9, loss = lai.loss.lai{lambda = 0.1}, alpha = 1}",
      "pcall(lai.train, {model = net, data = data, epochs = 1e9})",
      "lai.train_all{{model = net, data = data, epochs = 1e8}, {model = net, data = data, epochs = 1e8}}",
      """
      lai.train{model = net, data = data, epochs = 1e9, loss = lai.loss.custom(function(y, target, k)
        return (y - target):square():mean()
      end)}
      """,
      """
      lai.train{parameters = lai.ones(3), data = data, epochs = 1e9,
        step = function(p) return p:square():sum() end}
      """,
      "while true do pcall(lai.train, {model = net, data = data, epochs = 1e9}) end",
      "coroutine.wrap(function() lai.train{model = net, data = data, epochs = 1e9} end)()",
      "lai.jacobian(function(x) return x:outer(x) end)(lai.ones(700))",
      "lai.probe.noise(lai.mlp{inputs = 3}, lai.randn(1000, 3), {repeats = 1e7})",
    ])
  func longWork(script: String) throws {
    let interpreter = try Interpreter(
      limits: .init(time: .milliseconds(200)), libraries: .sandboxed)
    let setup = "net = lai.mlp{inputs = 1, hidden = {4}} data = lai.synthetic.line{n = 100}"
    try interpreter.run(setup)
    let start = ContinuousClock.now
    #expect(interpreter.reason(of: script) == .time)
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(try interpreter.isIntact())
    #expect(!Derivative.isBeingTaken)
  }

  @Test("a coroutine that a limit ended closes nothing, now or later") func deadCoroutines() throws
  {
    let interpreter = try Interpreter(limits: .init(instructions: 100_000), libraries: .sandboxed)
    let body = """
      function()
        local x <close> = setmetatable({}, {__close = function() while true do end end})
        while true do end
      end
      """
    #expect(
      interpreter.reason(of: "co = coroutine.create(\(body)) coroutine.resume(co)")
        == .instructions)
    #expect(interpreter.reason(of: "wrapped = coroutine.wrap(\(body)) wrapped()") == .instructions)
    for close in ["coroutine.close(co)", "wrapped()", "coroutine.resume(co) coroutine.close(co)"] {
      let message = try interpreter.error(of: close)
      #expect(message?.contains("cannot close a coroutine that a limit ended") == true)
    }
    #expect(try interpreter.isIntact())
  }

  @Test("closing otherwise is as it was") func closing() throws {
    let interpreter = try Interpreter(limits: .init(instructions: 100_000))
    #expect(
      try interpreter.evaluate(
        """
        local log = {}
        local function add(x) log[#log + 1] = tostring(x) end
        local function closer(name)
          return setmetatable({}, {__close = function(_, e) add(name .. tostring(e)) end})
        end
        local a = coroutine.create(function() local x <close> = closer "a" coroutine.yield() end)
        coroutine.resume(a)
        add(coroutine.close(a))
        local b = coroutine.create(function() local x <close> = closer "b" error("oh", 0) end)
        coroutine.resume(b)
        add(select(2, coroutine.close(b)))
        pcall(coroutine.wrap(function() local x <close> = closer "c" error("no", 0) end))
        add(select(2, pcall(coroutine.close, coroutine.running())))
        add(select(2, pcall(coroutine.close, 1)))
        return table.concat(log, ",")
        """)
        == "anil,true,boh,oh,cno,cannot close a running coroutine,"
        + "bad argument #1 to 'coroutine.close' (thread expected, got number)")
  }

  @Test(
    "C functions without end are refused",
    arguments: [
      "string.rep('', math.maxinteger)", "(''):rep(1e15, '')",
      "table.move({}, 1, 1e15, 2)", "table.move({}, math.mininteger, math.maxinteger - 1, 2, {})",
      "table.insert(setmetatable({}, {__len = function() return 1e15 end}), 1, 0)",
      "table.remove(setmetatable({}, {__len = function() return 1e15 end}), 1)",
    ])
  func endlessFunctions(call: String) throws {
    let interpreter = try Interpreter(
      limits: .init(instructions: 1_000_000), libraries: .sandboxed)
    _ = interpreter.reason(of: "return \(call)")
    #expect(try interpreter.isIntact())
  }

  @Test("limits cannot be lifted") func lifting() throws {
    let interpreter = try Interpreter(limits: .init(instructions: 100_000))
    #expect(
      try interpreter.evaluate(
        "local names = {} for k in pairs(debug) do names[#names + 1] = k end table.sort(names) "
          + "return names") == ["getinfo", "traceback"])
    for way in [
      "setmetatable({}, {__gc = function() while true do end end})",
      "getmetatable(io.stdout).__gc = function() while true do end end",
      "getmetatable('').__gc = print", "getmetatable(lai.ones(2)).__gc = print",
    ] {
      #expect(try interpreter.error(of: way) != nil)
    }
  }

  @Test("an interpreter in a function of another's has its own limits") func nested() throws {
    let outer = try Interpreter(limits: .init(memory: 64 << 20, instructions: 100_000))
    let inner = try Interpreter()
    let limited = try Interpreter(limits: .init(instructions: 1000))
    try outer.register("free") { try inner.run("for i = 1, 1e6 do end kept = lai.zeros(3e7)") }
    try outer.register("limited") { try limited.run("while true do end") }
    #expect(outer.reason(of: "free()") == nil)
    #expect(outer.reason(of: "limited()") == .script)
    #expect(outer.reason(of: "pcall(limited) while true do end") == .instructions)
    #expect(try outer.isIntact())
  }

  @Test("without limits nothing is hooked") func noHook() throws {
    let plain = try Interpreter()
    #expect(try plain.evaluate("debug.gethook() == nil") == true)
    let bounded = try Interpreter(limits: .init(memory: 64 << 20), libraries: .sandboxed)
    #expect(bounded.reason(of: "for i = 1, 1e6 do end") == nil)
  }
}
