import LuaSyntax
import Testing

@testable import LuaBindings

/// The names that completion offers; finding them runs no Lua code.
@Suite struct LiveNameTests {
  private static let world = """
    lai = require "lai"
    calls = 0
    local function count() calls = calls + 1 return {} end
    Base = {hello = function() end, size = 3}
    Base.__index = Base
    child = setmetatable({own = 1}, Base)
    grandchild = setmetatable({deep = {er = {x = 1}}}, {__index = child})
    watched = setmetatable({seen = 1}, {__index = count, __pairs = count, __tostring = count})
    circle = {}
    setmetatable(circle, {__index = circle})
    text = "abc"
    tensor = lai.ones(2)
    data = lai.synthetic.line{n = 10}
    run = lai.train{model = lai.mlp{inputs = 1}, data = data, epochs = 1}
    runs, kept, words = {run}, {history = run.history}, {["two words"] = {inside = 1}}
    fit = lai.train
    sweep = lai.sweep{data = data, grid = {alpha = {0.1, 1}}, seeds = 1}
    front = sweep:front("rmse")
    """

  private func interpreter() throws -> Interpreter {
    let interpreter = try Interpreter()
    try interpreter.run(Self.world)
    return interpreter
  }

  @Test func saysHowAMethodIsCalled() throws {
    let interpreter = try interpreter()
    for (text, call) in [
      ("data.describe", "data:describe()"), (" run.model.save ", "run.model:save(path)"),
      ("tensor.sum", "tensor:sum([axis], [{…}])"),
    ] {
      #expect(interpreter.call(ofMethod: text) == call)
    }
    for text in ["data", "data.x", "data:describe()", "string.rep", "fit", "lai.train", "1.5", ""] {
      #expect(interpreter.call(ofMethod: text) == nil, "\(text)")
    }
    #expect(interpreter.state.top == 0)
  }

  static let cases: [(path: [PathStep], methodsOnly: Bool, has: [String], hasNot: [String])] = [
    (["_G"], false, ["print", "lai", "child", "calls"], ["hello"]),
    (["child"], false, ["own", "hello", "size"], ["seen"]),
    (["child"], true, ["hello"], ["own", "size"]),
    (["grandchild"], false, ["deep", "own", "hello"], []),
    (["grandchild", "deep", "er"], false, ["x"], []),
    (["watched"], false, ["seen"], ["own"]), (["watched", "missing"], false, [], ["seen"]),
    (["circle"], false, [], ["x"]), (["circle", "x"], false, [], ["x"]),
    (["text"], true, ["rep", "gsub"], ["print"]), (["string"], false, ["rep"], []),
    (["lai"], false, ["ones", "train", "loss", "version"], ["print"]),
    (["lai", "loss"], false, ["lai", "custom"], ["train"]),
    (["tensor"], true, ["square", "reshape"], ["shape"]),
    (["run"], false, ["model", "history"], ["square"]),
    (["run", "model"], true, ["save"], ["square"]),
    (["nothing"], false, [], ["print"]), ([], false, [], ["print"]),
    (["calls", "x"], false, [], ["x"]), (["print"], false, [], ["print"]),
    // Entries of lists: existing ones, and those described by a record.
    (["run", "history", 1], false, ["epoch", "validation_rmse", "seconds"], ["model"]),
    (["run", "history", .entry(nil)], false, ["epoch", "base_loss"], []),
    (["run", "history", 1], true, [], ["epoch"]), (["run", "history"], false, [], ["epoch"]),
    (["kept", "history", 1], false, ["epoch", "stage"], ["validation_rmse"]),
    (["runs", 1], false, ["model", "history"], []),
    (["runs", .entry(nil), "model"], true, ["save"], []),
    (["runs", 1, "model", "scaler"], false, ["mean", "std"], []),
    (["runs", 2], false, [], ["model"]), (["runs", 1, 1], false, [], ["model"]),
    (["watched", 1], false, [], ["seen"]), (["run", "history", 1, "epoch"], false, [], ["epoch"]),
    // Results of functions.
    (["lai", "csv", .result], false, ["x", "features", "split"], []),
    (["lai", "train_all", .result, 1, "model"], true, ["save"], []),
    (["run", "model", .result], true, ["square"], []),
    (["run", "model", "set_scaler", .result], true, ["save"], []),
    (["data", "split", .result], true, ["split"], []), (["data", "split"], true, [], ["split"]),
    (["tensor", "reshape", .result, "square", .result], true, ["reshape"], []),
    (["child", "hello", .result], false, [], ["own"]), (["print", .result], false, [], ["own"]),
    (["words", "two words"], false, ["inside"], []),
    // A list with a method.
    (["front"], true, ["plot"], []), (["sweep", "front", .result], true, ["plot"], ["save"]),
    (["sweep", "front", .result, "plot", .result], true, ["save"], []),
  ]

  @Test(arguments: cases) func sees(
    _ path: [PathStep], methodsOnly: Bool, has: [String], hasNot: [String]
  ) throws {
    let interpreter = try interpreter()
    let top = interpreter.state.top
    let names = Set(interpreter.members(of: path, methodsOnly: methodsOnly).map(\.name))
    #expect(names.isSuperset(of: has) && names.isDisjoint(with: hasNot), "\(names)")
    #expect(interpreter.state.top == top)
    try interpreter.run("assert(calls == 0)")
  }

  @Test func optionsComeFromTheRecords() throws {
    let interpreter = try interpreter()
    let options = interpreter.options(at: .init(["lai", "train"]))
    #expect(Set(options.map(\.name)).isSuperset(of: ["model", "data", "epochs", "batch"]))
    #expect(options.allSatisfy { !$0.detail.isEmpty })
    let found: [(ArgumentPlace, [String])] = [
      (.init(["data", "split"], isMethod: true), ["validation", "seed"]),
      (.init(["runs", 1, "model", "save"], isMethod: true), []),
      (.init(["lai", "csv"], argument: 1), ["target", "missing"]), (.init(["lai", "csv"]), []),
      (.init(["lai", "probe", "noise"], argument: 2), ["sigma", "repeats"]),
      (.init(["lai", "train_all"], [.entry(nil)]), ["model", "optimizer"]),
      (.init(["lai", "train_all"], argument: 1), ["workers", "on_run"]),
      (.init(["lai", "zeros"], argument: 2), ["dtype"]), (.init(["lai", "rand"]), ["generator"]),
      (.init(["lai", "adam"]), ["lr"]),
      (.init(["fit"]), ["model", "epochs"]),
      (.init(["lai", "synthetic", "line", .result, "split"], isMethod: true), ["validation"]),
      (.init(["lai", "train"], ["optimizer"]), []),
    ]
    for (place, names) in found {
      let options = Set(interpreter.options(at: place).map(\.name))
      #expect(names.isEmpty ? options.isEmpty : options.isSuperset(of: names), "\(place)")
    }
    for path in [[], ["lai"], ["print"], ["lai", "none"], ["tensor", "none"]] as [[PathStep]] {
      #expect(interpreter.options(at: .init(path)).isEmpty)
    }
  }

  @Test func choicesComeFromTheRecords() throws {
    let interpreter = try interpreter()
    func choices(_ function: [PathStep], _ steps: [PathStep], argument: Int = 0) -> [String] {
      interpreter.choices(at: .init(function, argument: argument, steps)).map(\.name)
    }
    #expect(
      Set(choices(["lai", "mlp"], ["activation"])).isSuperset(of: ["\"identity\"", "\"tanh\""]))
    #expect(choices(["lai", "loss", "lai"], ["base"]).contains("\"mae\""))
    #expect(choices(["lai", "loss", "lai"], ["norm"]) == ["\"l1\"", "\"l2\"", "\"elastic\""])
    #expect(
      choices(["lai", "csv"], ["missing"], argument: 1)
        == ["\"error\"", "\"drop\"", "\"mean\"", "\"median\""])
    #expect(choices(["lai", "zeros"], ["dtype"], argument: 3).contains("\"float64\""))
    #expect(choices(["lai", "train_all"], [.entry(nil), "on_divergence"]).contains("\"stop\""))
    #expect(choices(["lai", "loss", "lai"], ["detach"]) == ["\"residual\"", "\"slope\""])
    #expect(choices(["lai", "train"], ["epochs"]).isEmpty)
    let activation = interpreter.choices(at: .init(["lai", "mlp"], ["activation"]))
    #expect(activation.filter { $0.detail == "default" }.map(\.name) == ["\"tanh\""])
    let booleans = LuaModule.shared.functions.flatMap {
      $0.parameters.flatMap { $0.options + $0.entryOptions }
    }
    .filter { $0.annotation == "boolean" }
    #expect(booleans.allSatisfy { $0.choices == ["true", "false"] })
  }

  @Test func detailsSayWhatItIs() throws {
    let interpreter = try interpreter()
    func detail(_ path: [PathStep], _ name: String) -> String? {
      interpreter.members(of: path).first { $0.name == name }?.detail
    }
    #expect(detail(["_G"], "print") == "function")
    #expect(detail(["_G"], "tensor") == "lai.Tensor")
    #expect(detail(["child"], "size") == "3")
    #expect(detail(["lai"], "ones")?.contains("ones(") == true)
    #expect(detail(["tensor"], "square")?.contains("square(") == true)
  }

  /// While Ctrl-C is not watched, no finaliser runs even if the collector is due.
  @Test func finalisersWaitForACall() throws {
    let interpreter = try Interpreter(usesTerminal: true)
    func finals() throws -> Int? {
      try interpreter.state.pushGlobal("finals")
      defer { interpreter.state.pop() }
      return interpreter.state.integer(at: -1)
    }
    interpreter.restCollectorBetweenCalls()
    try interpreter.run(
      """
      finals = 0
      local function count() finals = finals + 1 end
      collectgarbage("stop")
      for i = 1, 10 do setmetatable({}, {__gc = count}) end
      collectgarbage("restart")
      """)
    let before = try finals()
    for _ in 0..<3_000 { _ = try? interpreter.load("return {1, 2, 3, 'four'}", name: "=test") }
    interpreter.state.top = 0
    #expect(try finals() == before && before != 10)
    interpreter.collectGarbage()
    #expect(try finals() == 10)
    // A script's own setting is kept.
    try interpreter.run("collectgarbage('stop')")
    try interpreter.run("assert(not collectgarbage('isrunning')) collectgarbage('restart')")
    try interpreter.run("assert(collectgarbage('isrunning'))")
  }
}
