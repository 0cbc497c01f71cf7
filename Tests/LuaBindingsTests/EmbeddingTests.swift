import CLai
import Foundation
import Learning
import LuaBindings
import Tensors
import Testing

/// The interpreter inside a Swift program.
@Suite("Embedding") struct EmbeddingTests {
  @Test("the README's example runs as printed") func example() throws {
    let limits = Interpreter.Limits(memory: 64 << 20, instructions: 10_000_000, time: .seconds(60))
    let lua = try Interpreter(limits: limits, libraries: .sandboxed)
    try lua.set("rows", to: 200)
    try lua.register("log") { (text: String) in print("lua: \(text)") }
    try lua.run("data = lai.synthetic.line{n = rows} log('made ' .. #data .. ' rows')")
    let script = "lai.train{model = lai.mlp{inputs = 1}, data = data, epochs = 40}.model"
    print(try lua.evaluate(script, as: MLP.self))
    #expect(try lua.evaluate("#data") == 200)

    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let own = lines(try String(contentsOf: URL(filePath: #filePath), encoding: .utf8))
    for page in [
      "README.md", "Sources/LuaBindings/LuaBindings.docc/Embedding.md",
      "scripts/guide/09-embedding.md",
    ] {
      let text = try String(contentsOf: root.appending(path: page), encoding: .utf8)
      let block = try #require(text.firstMatch(of: /```swift\n((?s:.*?))```/)).1
      #expect(block.split(separator: "\n", omittingEmptySubsequences: false).count == 11)
      let example = lines(String(block)).filter { !$0.hasPrefix("import") }
      #expect(own.indices.contains { own[$0...].starts(with: example) }, "\(page)")
    }
  }

  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  @Test("values are converted both ways") func values() throws {
    let lua = try Interpreter()
    func same<Value: LuaConvertible & Equatable>(_ value: Value) throws -> Bool {
      try lua.set("x", to: value)
      return try lua.evaluate("x", as: Value.self) == value
    }
    #expect(try same(1.5) && same(3) && same(true) && same("ä\0b") && same([1, 2]))
    #expect(try same([String]()) && same([[1.5], []]) && same(["a": [1], "b": []]))
    #expect(try same(Int?.none) && same(Int?.some(1)) && same([String: Int]()))
    #expect(try same(Int.min) && same(Double.infinity) && same([Bool?.some(true)]))
    #expect(try lua.evaluate("2.0") == 2)
    #expect(try lua.evaluate("1 << 53") == 0x1p53)
    #expect(try lua.evaluate("local x = 3; return x * 2") == 6)
    #expect(try lua.evaluate("-- nothing", as: Int?.self) == nil)
    guard case .table(let fields) = try lua.evaluate("{a = 1, b = {true}}", as: LuaValue.self),
      case .list(let list) = fields["b"], case .boolean(true) = list[0]
    else {
      Issue.record("no table")
      return
    }
  }

  @Test("objects are the same on both sides") func objects() throws {
    let lua = try Interpreter()
    let tensor = try Tensor.ones([2, 2])
    try lua.set("x", to: tensor)
    try lua.run("x:fill_(3)")
    #expect(try tensor.sum().item() == 12)
    #expect(try lua.evaluate("x", as: Tensor.self) === tensor)
    let run: Run = try lua.evaluate(
      "lai.train{model = lai.mlp{inputs = 1}, data = lai.synthetic.line{n = 9}, epochs = 3}")
    #expect(run.history.count == 3)
    let data: Dataset = try lua.evaluate("lai.synthetic.line{n = 9}")
    #expect(data.count == 9)
    #expect(try lua.evaluate("{lai.ones(1), lai.ones(2)}", as: [Tensor].self)[1].count == 2)
  }

  @Test("a value of another type is an error that says so") func wrongValues() throws {
    let lua = try Interpreter()
    func message<Value: LuaConvertible>(_ source: String, as type: Value.Type) -> String? {
      do throws(LuaFailure) {
        _ = try lua.evaluate(source, as: type)
        return nil
      } catch {
        return error.message
      }
    }
    #expect(
      message("{}", as: Double.self)
        == "the value of the script must be of type Double (got a table)")
    #expect(message("print", as: LuaValue.self) == "a function has no value in Swift")
    #expect(message("1.5", as: Int.self) != nil && message("'1'", as: Int.self) != nil)
    #expect(message("lai.ones(1)", as: MLP.self)?.hasSuffix("(got a lai.Tensor)") == true)
    #expect(message("local t = {} t[1] = t return t", as: LuaValue.self)?.contains("nest") == true)
    #expect(message("{1, 2, a = 3}", as: LuaValue.self) != nil)
    #expect(message("{[1] = 1, [3] = 3}", as: LuaValue.self) != nil)
    #expect(lua.state.top == 0)
  }

  @Test("functions of the host") func functions() throws {
    let lua = try Interpreter()
    var log: [String] = []
    try lua.register("log") { (text: String, count: Int?) in log.append("\(text) \(count ?? 0)") }
    try lua.register("scale") { (x: Tensor, by: Double) in try x * Tensor([by], shape: []) }
    try lua.register("fail") { () throws -> Int in throw ArgumentError("n", mustBe: "1", got: "2") }
    try lua.run("log('a', 2) log('b') assert(scale(lai.ones(3), 2):sum():item() == 6)")
    #expect(log == ["a 2", "b 0"])
    #expect(try lua.error(of: "fail()") == "test:1: fail: n must be 1 (got 2)")
    #expect(try lua.error(of: "log({})") == "test:1: log: argument 1 must be of type String")
    #expect(
      try lua.error(of: "log(print)") == "test:1: log: a function has no value in Swift")
    #expect(try lua.call("scale", Tensor.ones([2]), 3.0, as: Tensor.self).count == 2)
  }

  @Test("calls of Lua functions") func calls() throws {
    let lua = try Interpreter()
    try lua.run("function add(a, b) return a + b, 'more' end")
    #expect(try lua.call("add", 1, 2) == 3)
    let failure = #expect(throws: LuaFailure.self) { try lua.call("nothing", as: Int.self) }
    #expect(failure?.message.contains("attempt to call a nil value") == true)
    #expect(lua.state.top == 0)
  }

  @Test("failures say what they are") func failures() throws {
    let lua = try Interpreter()
    #expect(lua.reason(of: "x =") == .syntax)
    #expect(lua.reason(of: "error 'x'") == .script)
    #expect(lua.reason(of: "error {}") == .script)
    #expect(lua.reason(of: "error('not enough memory')") == .script)
    let failure = #expect(throws: LuaFailure.self) { try lua.run("\nerror 'x'", name: "=mine") }
    #expect(failure?.message.hasPrefix("mine:2: x\nstack traceback:") == true)
  }

  @Test("a function of the host cannot use its caller") func comingBack() throws {
    let lua = try Interpreter()
    try lua.register("again") { [unowned lua] in try lua.run("x = 1") }
    #expect(
      try lua.error(of: "coroutine.wrap(again)()")?.contains("the interpreter is in a call") == true
    )
    #expect(lua.reason(of: "x = 1") == nil)
  }

  @Test("functions of the host are released") func release() throws {
    final class Witness {}
    weak var witness: Witness?
    do {
      let lua = try Interpreter()
      let object = Witness()
      witness = object
      try lua.register("f") { withExtendedLifetime(object) {} }
      try lua.run("f() f = nil")
      lua.collectGarbage()
    }
    #expect(witness == nil)
  }

  @Test("Ctrl-C is the host's") func signals() throws {
    func action() -> sigaction {
      var action = sigaction()
      sigaction(SIGINT, nil, &action)
      return action
    }
    func isDefault() -> Bool { action().__sigaction_handler.sa_handler == nil }
    let lua = try Interpreter()
    var during: Bool?
    try lua.register("look") { during = isDefault() }
    let before = isDefault()
    try lua.run("look()")
    #expect(during == before)
  }
}
