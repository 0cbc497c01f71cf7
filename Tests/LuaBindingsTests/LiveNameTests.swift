import LuaBindings
import Testing

/// What completion sees, and that it runs nothing to see it.
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
    """

  private func interpreter() throws -> Interpreter {
    let interpreter = try Interpreter()
    try interpreter.run(Self.world)
    return interpreter
  }

  static let cases: [(path: [String], methodsOnly: Bool, has: [String], hasNot: [String])] = [
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
  ]

  @Test(arguments: cases) func sees(
    _ path: [String], methodsOnly: Bool, has: [String], hasNot: [String]
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
    let options = interpreter.options(of: ["lai", "train"])
    #expect(Set(options.map(\.name)).isSuperset(of: ["model", "data", "epochs", "batch"]))
    #expect(options.allSatisfy { !$0.detail.isEmpty })
    #expect(interpreter.options(of: ["data", "split"]).map(\.name).contains("validation"))
    for path in [[], ["lai"], ["print"], ["lai", "none"], ["tensor", "none"]] {
      #expect(interpreter.options(of: path).isEmpty)
    }
  }

  @Test func detailsSayWhatItIs() throws {
    let interpreter = try interpreter()
    func detail(_ path: [String], _ name: String) -> String? {
      interpreter.members(of: path).first { $0.name == name }?.detail
    }
    #expect(detail(["_G"], "print") == "function")
    #expect(detail(["_G"], "tensor") == "lai.Tensor")
    #expect(detail(["child"], "size") == "3")
    #expect(detail(["lai"], "ones")?.contains("ones(") == true)
    #expect(detail(["tensor"], "square")?.contains("square(") == true)
  }
}
