import CLai
import LuaBindings
import Testing

@Suite("Boundary: objects") struct BoundaryObjectTests {
  let interpreter: Interpreter

  init() throws {
    interpreter = try Interpreter()
    try interpreter.run("lai = require 'lai' g = lai.generator(1) mt = debug.getmetatable(g)")
  }

  @Test func metatableIsHidden() throws {
    #expect(try interpreter.value(of: "return getmetatable(g)") == "false")
    #expect(try interpreter.error(of: "setmetatable(g, {})") != nil)
  }

  @Test("a foreign value in our metatable is refused") func foreignUserdata() throws {
    let message = try interpreter.error(
      of: "local f = io.tmpfile() debug.setmetatable(f, mt) return f:uniform()")
    #expect(message?.hasSuffix("uniform: self must be a lai.Generator (got a userdata)") == true)
  }

  @Test("our object in a foreign metatable is refused there") func foreignMetatable() throws {
    // Its own metatable is restored at the end: nothing else releases the object.
    let refused = try interpreter.value(
      of: """
        local o = lai.generator(2)
        debug.setmetatable(o, debug.getmetatable(io.stdout))
        local done = pcall(function() o:read() end)
        debug.setmetatable(o, mt)
        return not done
        """)
    #expect(refused == "true")
  }

  @Test("an object of another class is refused") func otherClass() throws {
    let message = try interpreter.error(of: "mt.__index(g, 'uniform')(lai.json)")
    #expect(message?.contains("uniform: self must be a lai.Generator (got a table)") == true)
  }

  @Test("a function with another upvalue calls another function or none") func upvalues() throws {
    for value in ["-1", "1e9", "1 << 62", "'text'", "nil", "{}", "0.5", "3"] {
      _ = try interpreter.value(
        of: """
          local f = lai.generator
          local name = debug.setupvalue(f, 1, \(value))
          return (pcall(f, 1))
          """)
    }
    let message = try interpreter.value(
      of: """
        debug.setupvalue(lai.generator, 1, 1e9)
        return select(2, pcall(lai.generator, 1))
        """)
    #expect(message.contains("function must be one of lai's"))
  }

  @Test("__index with other upvalues raises at worst") func indexUpvalues() throws {
    for value in ["nil", "1", "'text'", "{}", "print", "g"] {
      for upvalue in 1...3 {
        let fresh = try Interpreter()
        try fresh.run(
          """
          g = require("lai").generator(1)
          local index = debug.getmetatable(g).__index
          debug.setupvalue(index, \(upvalue), \(value))
          pcall(function() return g.uniform end)
          pcall(function() return g.nothing end)
          """)
      }
    }
  }

  @Test("finalisers are harmless, twice and on anything") func finalisers() throws {
    let before = lai_live_objects()
    try interpreter.run(
      """
      local o = lai.generator(2)
      mt.__gc(o) mt.__gc(o) mt.__close(o)
      for _, v in ipairs{1, "a", {}, print, io.stdout} do mt.__gc(v) mt.__close(v) end
      mt.__gc()
      """)
    #expect(lai_live_objects() == before)
  }

  @Test("a closed object says so") func useAfterClose() throws {
    let message = try interpreter.error(
      of: "local kept do local o <close> = lai.generator(2) kept = o end return kept:uniform()")
    #expect(message?.hasSuffix("self must be a lai.Generator (got a closed object)") == true)
    #expect(
      try interpreter.error(
        of: "local o = lai.generator(2) mt.__gc(o) return tostring(o)")?.contains("closed") == true)
  }

  @Test("a resurrected object is closed, not freed memory") func resurrection() throws {
    try interpreter.run(
      """
      local holder = setmetatable({lai.generator(7)}, {__gc = function(t) back = t[1] end})
      holder = nil
      collectgarbage() collectgarbage()
      """)
    #expect(try interpreter.value(of: "return type(back)") == "userdata")
    _ = try interpreter.value(of: "return (pcall(back.uniform, back))")
  }

  @Test("the state's end releases every object") func closing() throws {
    let before = lai_live_objects()
    do {
      let other = try Interpreter()
      try other.run("lai = require 'lai' t = {} for i = 1, 100 do t[i] = lai.generator(i) end")
      #expect(lai_live_objects() == before + 100)
    }
    #expect(lai_live_objects() == before)
  }

  @Test("every function survives every kind of argument") func junkArguments() throws {
    try interpreter.run(
      """
      local data = lai.synthetic.line{n = 6}
      local net = lai.mlp{inputs = 1, hidden = {2}}
      local run = lai.train{model = net, data = data, epochs = 1}
      local objects = {g, lai.ones(2, 3), lai.tensor(1), net, lai.loss.lai{lambda = 0.1}, data,
        lai.standardize(data), lai.adam(), lai.schedule.cosine(), run,
        lai.probe.smoothness(net, data.x), lai.probe.noise(net, data.x)}
      local function collect(t, found, seen)
        seen[t] = true
        for name, v in pairs(t) do
          -- save and store write files where the tests run.
          if type(v) == "function" and name ~= "args" and name ~= "save" and name ~= "store" then
            found[#found + 1] = v
          elseif type(v) == "table" and not seen[v] then
            collect(v, found, seen)
          end
        end
      end
      local functions = {}
      collect(lai, functions, {})
      local general = #functions
      for _, object in ipairs(objects) do
        local class = debug.getmetatable(object)
        local _, methods = debug.getupvalue(class.__index, 1)
        local _, properties = debug.getupvalue(class.__index, 2)
        for _, t in ipairs{class, methods, properties} do
          -- Finalisers would close the objects that the others need.
          for name, f in pairs(t) do
            if type(f) == "function" and name ~= "__gc" and name ~= "__close" and name ~= "save" then
              functions[#functions + 1] = f
            end
          end
        end
      end
      local values = {nil, true, false, 0, 1, -1, 2.5, 1e300, -1/0, 0/0, math.maxinteger,
        math.mininteger, "", "text", "1", {}, {1, 2}, {{1}, {2}}, {[1] = {}}, {x = 1}, print,
        io.stdout, coroutine.create(print), setmetatable({}, {__index = error}), n = 24}
      for _, object in ipairs(objects) do
        values.n = values.n + 1
        values[values.n] = object
      end
      tried = 0
      for place, f in ipairs(functions) do
        pcall(f)
        for i = 1, values.n do
          pcall(f, values[i])
          -- A third of the pairs: every value is first and second for every function.
          for j = 1 + (i + place) % 3, values.n, 3 do
            pcall(f, values[i], values[j])
            tried = tried + 1
          end
        end
        for _, object in ipairs(objects) do
          for i = 1, values.n do pcall(f, object, values[i], values[(i * 7) % values.n + 1]) end
        end
      end
      """)
    #expect(Int(try interpreter.value(of: "return tried"))! > 100_000)
  }
}
