import LuaBindings

/// A random Lua program that uses all of `lai`: functions, methods, properties and operators.
/// Arguments are made from the annotations of the records and are mostly valid.
///
/// The same seed makes the same program. Sizes are a few elements, or too many for any machine;
/// numbers of rounds are small. `lai.args` with --help is left out because it ends the process.
struct RandomProgram {
  /// Values to try for any argument.
  private static let junk = [
    "nil", "true", "false", "0", "1", "-1", "2.5", "-0.0", "1e300", "-1/0", "0/0", "1 << 45",
    "-1 << 40", "math.maxinteger", "math.mininteger", "2^53", "2^63", "''", "'text'", "'1'",
    "'\\xff\\0'", "{}", "{1, 2}", "{{1}, {2}}", "{{1, 2}, {3}}", "{[1] = {}}", "{x = 1}", "loop",
    "type", "failing", "file", "coroutine.create(type)", "coroutine.yield", "_G", "lai",
    "odd", "('x'):rep(300)", "{n = 1, 2, 'x'}", "{'a', 'b'}", "{1e300, 0/0}", "deep",
  ]
  /// More elements than any memory holds.
  private static let giants = [
    "1 << 40", "1 << 53", "1 << 61", "1 << 62", "math.maxinteger", "math.maxinteger // 4",
    "math.maxinteger // 8", "(1 << 61) - 1", "(1 << 60) - 1",
  ]
  /// Arguments whose size costs time or threads.
  private static let rounds: Set = [
    "epochs", "pretrain", "max_iter", "repeats", "patience", "workers", "order", "every", "history",
  ]

  private(set) var text = ""
  private var random: SeededGenerator

  init(seed: UInt64, folder: String) {
    random = SeededGenerator(state: seed &* 0x9E37_79B9_7F4A_7C15)
    var lines = [RandomProgram.prelude(folder: folder)]
    for _ in 0..<(5 + random.below(30)) { lines.append(statement(depth: 0)) }
    lines.append("restore()")
    text = lines.joined(separator: "\n")
  }

  /// `try(slot, f)` keeps the result of f in v[slot], or its error.
  private static func prelude(folder: String) -> String {
    """
    local lai, v, own, folder = require "lai", {}, {}, "\(folder)"
    notes = {}
    local file <close> = io.tmpfile()
    local function failing() error("user! failing", 0) end
    local loop = {1} loop[2] = loop
    local deep = 1 for i = 1, 300 do deep = {deep} end
    local odd = setmetatable({}, {__index = function() error("user! index", 0) end,
      __len = function() return 1 << 40 end, __tostring = function() return 1 end})
    local function fits(x)
      if type(x) ~= "userdata" then return not (type(x) == "string" and #x > 1e5) end
      local done, shape = pcall(function() return x.shape end)
      local count = 1
      if done and type(shape) == "table" then for _, n in ipairs(shape) do count = count * n end end
      return count >= 0 and count < 2000 and (not shape or #shape < 9)
    end
    local function keep(slot, done, ...)
      if not done then notes[#notes + 1] = type((...)) == "string" and (...) or nil return end
      for i = 1, math.min(3, (select("#", ...))) do
        local x = select(i, ...)
        if x ~= nil and fits(x) then v[(slot + i - 2) % 12 + 1] = x end
      end
    end
    local function try(slot, f, ...) keep(slot, pcall(f, ...)) end
    local function method(object, name, ...)
      local f = object[name]
      if type(f) ~= "function" then return f end
      return f(object, ...)
    end
    local function disguise(object, other, body)
      if type(object) ~= "userdata" or io.type(object) then return end
      own[object] = own[object] or debug.getmetatable(object)
      debug.setmetatable(object, debug.getmetatable(other))
      try(1, body)
      debug.setmetatable(object, own[object])
    end
    local function restore()
      for object, metatable in pairs(own) do debug.setmetatable(object, metatable) end
      collectgarbage("restart")
    end
    v[1], v[2] = lai.randn(3, 3), lai.mlp{inputs = 3, hidden = {2}}
    v[3] = lai.synthetic.friedman1{n = 8}
    v[4], v[5], v[6] = lai.loss.lai{lambda = 0.1}, lai.adam(), lai.generator(1)
    v[7], v[8] = lai.ones(3), lai.standardize(v[3])
    v[9] = lai.train{model = lai.mlp{inputs = 10, hidden = {2}}, data = v[3], epochs = 1}
    v[10], v[11] = lai.optim.adam(lai.ones(2)), lai.grad(function(x) return x:square():sum() end)
    """
  }

  // MARK: Statements

  private mutating func slot() -> String { "\(1 + random.below(12))" }
  private mutating func value() -> String { "v[\(slot())]" }

  private mutating func attempt(_ expression: String) -> String {
    "try(\(slot()), function() return \(expression) end)"
  }

  private mutating func block(depth: Int) -> String {
    (0..<(1 + random.below(4))).map { _ in statement(depth: depth + 1) }.joined(separator: "\n")
  }

  private mutating func statement(depth: Int) -> String {
    switch random.below(depth < 3 ? 40 : 28) {
    case 0..<14: return functionCall()
    case 14..<22: return methodCall()
    case 22..<25: return attempt(operation())
    case 25..<27: return attempt("\(value())(\(arguments(1 + random.below(3))))")
    case 27:
      return random.pick([
        "collectgarbage()", "collectgarbage('step')", "collectgarbage('generational')",
        "collectgarbage('incremental')", "collectgarbage('stop')", "collectgarbage('restart')",
      ])
    case 28..<30:
      return "try(\(slot()), function() local c <close> = \(value()) \(block(depth: depth)) end)"
    case 30..<33:
      return """
        do local c = coroutine.wrap(function(...) \(block(depth: depth))
        coroutine.yield(\(value())) \(block(depth: depth)) end)
        try(\(slot()), c, \(value())) \(random.below(2) == 0 ? "try(1, c)" : "") end
        """
    case 33..<35:
      return "disguise(\(value()), \(value()), function() \(block(depth: depth)) end)"
    case 35..<37: return "try(\(slot()), function() \(block(depth: depth)) end)"
    case 37:
      return """
        try(\(slot()), function()
        debug.sethook(function() debug.sethook() error("user! hook", 0) end, "", \(20 + random.below(200)))
        \(block(depth: depth)) debug.sethook() end)
        """
    case 38: return "pcall(function() getmetatable('').__index = string end)"
    default:
      return """
        try(\(slot()), function() local m = debug.getmetatable(\(value()))
        return m.\(random.pick(["__index", "__tostring", "__add", "__gc", "__close", "__call"]))\
        (\(value()), \(argument(annotation: "string", name: "key"))) end)
        """
    }
  }

  private mutating func functionCall() -> String {
    let function = random.pick(LuaModule.shared.functions)
    let list = arguments(of: function).joined(separator: ", ")
    return attempt("lai.\(function.name)(\(list))")
  }

  private mutating func methodCall() -> String {
    let record = random.pick(LuaModule.shared.classes)
    // Half of them on tensors, which have most methods.
    let owner = random.below(2) == 0 ? LuaModule.shared.classes[0] : record
    let members = owner.methods + owner.properties
    guard !members.isEmpty else { return attempt("tostring(\(value()))") }
    let member = random.pick(members)
    let receiver = random.below(8) == 0 ? value() : object(owner.name)
    let list = arguments(of: member, isMethod: true).joined(separator: ", ")
    return attempt("method(\(receiver), '\(member.name)'\(list.isEmpty ? "" : ", " + list))")
  }

  private mutating func operation() -> String {
    let (a, b) = (any(), any())
    return random.pick([
      "\(a) + \(b)", "\(a) - \(b)", "\(a) * \(b)", "\(a) / \(b)", "\(a) ^ \(b)", "-(\(a))",
      "#(\(a))", "\(a) == \(b)", "\(a) < \(b)", "\(a) .. \(b)", "\(a) // \(b)", "(\(a))[\(b)]",
      "tostring(\(a))", "(\(a))(\(b))", "table.concat({tostring(\(a))})",
      "(function(t) t.key = \(b) end)(\(a))", "ipairs(\(a))", "next(\(a))",
    ])
  }

  // MARK: Arguments

  private mutating func any() -> String {
    switch random.below(4) {
    case 0: value()
    case 1: tensor()
    case 2: number()
    default: random.pick(RandomProgram.junk)
    }
  }

  private mutating func arguments(_ count: Int) -> String {
    (0..<count).map { _ in any() }.joined(separator: ", ")
  }

  private mutating func arguments(of function: LuaFunction, isMethod: Bool = false) -> [String] {
    if function.name == "train" && random.below(4) > 0 { return [training()] }
    if function.name == "train_all" && random.below(4) > 0 {
      return ["{\(training()), \(training())}", "{workers = \(1 + random.below(2))}"]
    }
    var parameters = function.parameters[...]
    if isMethod { parameters = parameters.dropFirst(parameters.first?.name == "self" ? 1 : 0) }
    var list: [String] = []
    for parameter in parameters {
      if parameter.isOptional && random.below(3) == 0 {
        list.append("nil")
      } else if !parameter.options.isEmpty && random.below(10) > 0 {
        list.append(options(parameter.options))
      } else if parameter.name == "..." {
        list += (0..<random.below(4)).map { _ in size() }
      } else {
        list.append(argument(annotation: parameter.annotation, name: parameter.name))
      }
    }
    return list
  }

  private mutating func options(_ records: [ParameterRecord]) -> String {
    var fields: [String] = []
    for record in records where !record.isOptional || random.below(3) == 0 {
      fields.append(
        "\(record.name) = \(argument(annotation: record.annotation, name: record.name))")
    }
    if random.below(30) == 0 { fields.append("nonsense = 1") }
    return "{\(fields.joined(separator: ", "))}"
  }

  /// Options of a run that usually succeeds.
  private mutating func training() -> String {
    var fields: [String: String] = [
      "epochs": "\(1 + random.below(2))", "batch": "\(1 + random.below(4))",
    ]
    if random.below(4) == 0 {
      fields["data"] = "lai.synthetic.line{n = 6}"
      fields["step"] = closure()
      fields["parameters"] = random.below(2) == 0 ? "lai.randn(1)" : "{lai.randn(1), lai.ones(1)}"
    } else {
      fields["data"] = "lai.synthetic.friedman1{n = \(1 + random.below(8))}"
      fields["model"] = "lai.mlp{inputs = 10, hidden = {\(1 + random.below(3))}}"
    }
    let run = LuaModule.shared.functions.first { $0.name == "train" }!
    for record in run.parameters[0].options where random.below(6) == 0 {
      fields[record.name] = argument(annotation: record.annotation, name: record.name)
    }
    let texts = fields.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    return "{\(texts.joined(separator: ", "))}"
  }

  /// A value of the annotated kind, most of the time.
  private mutating func argument(annotation: String, name: String) -> String {
    if RandomProgram.rounds.contains(name) {
      return random.below(9) == 0 ? "-1" : "\(random.below(3))"
    }
    // No other text for a path: files would be left where the tests run.
    if name == "path" {
      return random.below(12) == 0
        ? number()
        : "folder .. '/file\(random.below(3)).' .. '\(random.pick(["npy", "npz", "safetensors", "csv", "txt"]))'"
    }
    if random.below(12) == 0 { return any() }
    if annotation.contains("\"") && random.below(8) > 0 {
      let names = annotation.split(separator: "|").filter { $0.hasPrefix("\"") }
      return random.pick(names.map(String.init))
    }
    if annotation.contains("function") && random.below(6) > 0 { return closure() }
    if annotation.contains("lai.Tensor") {
      if annotation.contains("[]") && random.below(3) > 0 {
        return "{\((0..<random.below(4)).map { _ in tensor() }.joined(separator: ", "))}"
      }
      return random.below(5) == 0 ? number() : tensor()
    }
    if annotation.hasPrefix("lai.") { return object(annotation) }
    if annotation.contains("[]") && annotation.contains("integer") {
      return "{\((0..<random.below(4)).map { _ in size() }.joined(separator: ", "))}"
    }
    if annotation.contains("[]") && annotation.contains("number") && random.below(2) == 0 {
      return "{\((0..<random.below(4)).map { _ in number() }.joined(separator: ", "))}"
    }
    if annotation.contains("integer") { return name == "n" ? size() : "\(random.below(9) - 3)" }
    if annotation.contains("number") { return number() }
    if annotation.contains("boolean") { return random.pick(["true", "false"]) }
    if annotation.contains("string") {
      return random.pick(["'x'", "'mean'", "'[1, {\"a\": null}]'", "'[[[[1e999'", "'shape'", "''"])
    }
    return any()
  }

  private mutating func size() -> String {
    random.below(25) == 0 ? random.pick(RandomProgram.giants) : "\(random.below(5))"
  }

  private mutating func number() -> String {
    random.pick(["0", "1", "2", "3", "-1", "-2", "0.5", "1e-3", "-2.5", "1e30", "0/0", "1/0", "7"])
  }

  private mutating func tensor() -> String {
    let dtype = random.pick(["", ", {dtype = 'float64'}"])
    let shape = (0..<random.below(4)).map { _ in "\(random.below(5))" }.joined(separator: ", ")
    let base = random.pick([
      value(), "lai.randn({\(shape)}\(dtype))", "lai.ones({3, 3}\(dtype))", "lai.randn(3, 3)",
      "lai.tensor({{4, 1}, {1, 3}}\(dtype))", "lai.tensor({1, 2, 3}\(dtype))", "lai.eye(3)",
      "lai.randn(4, 10)", "lai.tensor(2)", "{{1, 2, 3}, {4, 5, 6}}", "lai.zeros(2, 0)",
      "lai.zeros(1 << 20, 0)", "lai.zeros(0, 3)",
    ])
    guard random.below(3) == 0, base.hasPrefix("lai.") else { return base }
    return base
      + random.pick([
        ":t()", ":transpose(1, 2)", ":narrow(1, 1, 2)", ":select(1, 1)", ":reshape{-1}", ":clone()",
        ":unsqueeze(1)", ":expand{2, 3, 3}", ":detach()", ":gt(0)", ":flip(1)", ":diag()",
      ])
  }

  private mutating func object(_ type: String) -> String {
    let noise = random.below(2)
    switch type {
    case "lai.Tensor": return tensor()
    case "lai.MLP":
      return random.pick([
        "v[2]", "lai.mlp{inputs = 3, hidden = {2, 2}, outputs = 2}", "v[9].model",
      ])
    case "lai.Dataset":
      return random.pick(["v[3]", "lai.synthetic.line{n = 5, noise = \(noise)}"])
    case "lai.Loss":
      return random.pick([
        "v[4]", "lai.loss.mse()", "lai.loss.mae()", "lai.loss.custom(\(closure()))",
        "lai.loss.lai{lambda = {X4 = 1e-3, default = 0.1}}",
      ])
    case "lai.Optimizer": return random.pick(["v[5]", "lai.sgd{lr = 0.1}", "lai.adamw()"])
    case "lai.Generator": return random.pick(["v[6]", "lai.generator(\(random.below(9)))"])
    case "lai.Scaler": return "v[8]"
    case "lai.Schedule": return "lai.schedule.cosine()"
    case "lai.Run": return "v[9]"
    case "lai.ScriptOptimizer":
      return random.pick(["v[10]", "lai.optim.lbfgs(\(tensor()), {max_iter = 2})"])
    case "lai.ProbeResult":
      let probes = LuaModule.shared.functions.map(\.name).filter { $0.hasPrefix("probe.") }
      return "lai.\(random.pick(probes))(v[2], lai.randn(4, 3))"
    default: return value()
    }
  }

  /// A function of up to three arguments, for losses, steps and derivatives.
  private mutating func closure() -> String {
    let result = random.pick([
      "a:square():sum()", "(a * a):mean()", "a:sum()", "(a - b):square():mean()", "a", "b", "1",
      "nil", "a:exp():sum() + (c or 0)", "a:reshape{-1}:dot(a:reshape{-1})", value(), any(),
      "(a - b):square():mean() + 0.1 * c:square():mean()", "a:norm()", "a, b, c",
      "lai.grad(function(x) return (x * x * x):sum() end)(a):sum()",
    ])
    let before = random.pick([
      "", "", "", "", "\(value()) = a", "collectgarbage()", "error('user! callback', 0)",
      "error({})", "coroutine.yield(a)", "a = \(tensor())", "try(1, a.fill_, a, 2)",
      "try(\(slot()), \(value()), a)", "if a then a = a * 2 end", "own.x = nil",
    ])
    return "function(a, b, c) \(before) return \(result) end"
  }
}

/// A seeded generator, so that a failure can be reproduced.
struct SeededGenerator {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
