import CLai
import LuaBindings
import Testing

@Suite("Boundary: sandbox", .timeLimit(.minutes(10))) struct BoundarySandboxTests {
  let interpreter: Interpreter

  init() throws { interpreter = try Interpreter(libraries: .sandboxed) }

  @Test(
    "what reaches beyond is not there",
    arguments: [
      "os", "io", "package", "require", "debug", "dofile", "loadfile", "string.dump", "('').dump",
      "arg", "select(2, load('return os, io, debug, package, require'))",
      "load('return os or io or debug or package or require')()",
      "coroutine.wrap(function() return os or io or debug end)()",
    ])
  func absent(expression: String) throws {
    #expect(try interpreter.evaluate("\(expression) == nil") == true)
  }

  @Test(
    "files are refused",
    arguments: [
      ("lai.save('x.npy', lai.ones(2))", "save: files are not allowed here"),
      ("lai.load('x.npy')", "load: files are not allowed here"),
      ("lai.csv('/etc/passwd')", "csv: files are not allowed here"),
      ("lai.mlp_load('x')", "mlp_load: files are not allowed here"),
      ("lai.mlp{inputs = 1}:save('x')", "save: files are not allowed here"),
      (
        "lai.mlp{inputs = 1}:predict('x')",
        "predict: x must be left out: files are not allowed here (got 'x')"
      ),
      ("lai.resume('x', {data = lai.synthetic.line{n = 9}})", "resume: files are not allowed here"),
      (
        "lai.train{model = lai.mlp{inputs = 1}, data = lai.synthetic.line{n = 9}, checkpoint = 'x'}",
        "train: checkpoint must be left out: files are not allowed here (got 'x')"
      ),
      (
        "lai.sweep{data = lai.synthetic.line{n = 9}, store = 'x'}",
        "sweep: store must be left out: files are not allowed here (got 'x')"
      ),
      (
        "lai.sweep{data = '/etc/passwd', target = 'x'}",
        "sweep: data must be left out: files are not allowed here (got '/etc/passwd')"
      ),
      ("lai.store('x')", "store: files are not allowed here"),
      ("lai.args{a = 1}", "args: the command line is not allowed here"),
      ("arg = {'--help'} lai.args{}", "args: the command line is not allowed here"),
    ])
  func files(call: String, message: String) throws {
    #expect(try interpreter.error(of: call) == "test:1: \(message)")
  }

  @Test("every function that takes a path is refused") func everyPath() throws {
    let records = LuaModule.shared.functions + LuaModule.shared.classes.flatMap(\.methods)
    let named = records.filter { record in
      let text = ([record.summary, record.details] + record.parameters.map(\.summary)).joined()
      return record.parameters.contains { $0.name == "path" } || text.contains(".safetensors")
    }
    #expect(named.count >= 5)
    for record in named { #expect(record.needs.contains(.files), "\(record.name)") }
  }

  @Test("binary chunks are no chunks") func binaryChunks() throws {
    let whole = try Interpreter()
    let dump = try #require(
      try whole.evaluate(
        "(string.dump(function() return 7 end):gsub('.', function(c) return '\\\\' .. c:byte() end))",
        as: String?.self))
    #expect(try interpreter.evaluate("load('\(dump)') == nil") == true)
    for call in [
      "load('\(dump)', 'x', 'b')", "load('\(dump)', 'x', 'bt', {})",
      "load(coroutine.wrap(function() coroutine.yield '\(dump)' end))",
    ] {
      #expect(
        try interpreter.evaluate("select(2, \(call)):match('attempt to load a binary chunk')")
          == "attempt to load a binary chunk", "\(call)")
    }
    #expect(interpreter.reason(of: "\u{1B}Lua") == .syntax)
    #expect(try interpreter.evaluate("load('return ...', 'x', 't', {})(8)") == 8)
    #expect(try interpreter.evaluate("load('return x', 'x', nil, {x = 9})()") == 9)
    #expect(try interpreter.evaluate("load('return x', 'x', 't', nil) ~= nil") == true)
  }

  @Test("metatables are no way out") func metatables() throws {
    #expect(try interpreter.evaluate("getmetatable('') == false") == true)
    #expect(try interpreter.evaluate("getmetatable(lai.ones(2)) == false") == true)
    #expect(try interpreter.evaluate("('x'):rep(3, ',')") == "x,x,x")
    let message = try interpreter.error(of: "setmetatable({}, {__gc = print})")
    #expect(message == "test:1: setmetatable: __gc is not allowed here")
    #expect(try interpreter.error(of: "setmetatable({}, {__gc = false})") != nil)
    #expect(try interpreter.evaluate("setmetatable({}, {__index = {x = 5}}).x") == 5)
    #expect(
      try interpreter.error(of: "setmetatable(1, {})")
        == "test:1: bad argument #1 to 'setmetatable' (table expected, got number)")
    #expect(
      try interpreter.error(of: "table.insert(nil, 1, 2)")
        == "test:1: bad argument #1 to 'insert' (table expected, got nil)")
  }

  @Test("nothing forbidden can be reached from any value") func reachable() throws {
    let names: [String] = try interpreter.evaluate(
      """
      local seen, names = {}, {}
      local function visit(value, path)
        if type(value) == "function" then names[#names + 1] = path end
        if type(value) == "table" and not seen[value] then
          seen[value] = true
          for k, v in next, value do visit(v, path .. "." .. tostring(k)) visit(k, "") end
          visit(getmetatable(value), path .. ".meta")
        end
      end
      visit(_G, "_G")
      return names
      """)
    #expect(names.count > 100)
    for word in ["dump", "dofile", "loadfile", "require", "popen", "execute", "exit", "getenv"] {
      #expect(!names.contains { $0.hasSuffix(".\(word)") })
    }
  }

  @Test("what computes is there") func present() throws {
    #expect(try interpreter.evaluate("math.max(1, #table.pack(1, 2), utf8.len('ä'))") == 2)
    #expect(try interpreter.evaluate("lai.grad(function(x) return x * x end)(3):item()") == 6.0)
    #expect(
      try interpreter.evaluate(
        "#lai.train{model = lai.mlp{inputs = 1}, data = lai.synthetic.line{n = 9}, epochs = 2}.history"
      )
        == 2)
    #expect(
      try interpreter.evaluate(
        "local t = {1, 2, 4} table.insert(t, 3, 3) table.insert(t, 5) table.remove(t, 1) "
          + "return table.concat(table.move(t, 1, 2, 3), ',')") == "2,3,2,3")
  }

  @Test("single libraries") func choices() throws {
    let some = try Interpreter(libraries: [.os, .files])
    #expect(try some.evaluate("os.time() > 0 and io == nil and debug == nil") == true)
    #expect(try some.evaluate("lai.args{a = 1}.a") == 1)
    #expect(
      try some.evaluate(
        """
        local path = os.tmpname() .. ".npy"
        lai.save(path, lai.ones(2))
        local sum = lai.load(path):sum():item()
        os.remove(path)
        return sum
        """) == 2.0)
    let io = try Interpreter(libraries: [.io, .package])
    #expect(try io.evaluate("require 'lai' == lai and getmetatable(io.stdout) == false") == true)
    #expect(try io.error(of: "lai.load('x.npy')")?.contains("files are not allowed") == true)
    #expect(try Interpreter().evaluate("debug.sethook ~= nil and io ~= nil") == true)
  }
}
