import Testing

@testable import LuaSyntax

@Suite struct SessionScriptTests {
  static let blocks:
    [(block: String, isExpression: Bool, outcome: SessionScript.Outcome, text: String)] = [
      ("x = 5", false, .done, "x = 5\n"),
      ("2 + 3", true, .value, "_7 = 2 + 3\n_ = _7\n"),
      ("2 + 3;  -- five", true, .value, "_7 = 2 + 3\n_ = _7\n"),
      ("= 2", true, .value, "_7 = 2\n_ = _7\n"),
      ("return 7", true, .value, "_7 = 7\n_ = _7\n"),
      ("print(1)", true, .done, "do local _ = print(1) end\n"),
      ("local x = 3\ny = x", false, .done, "do\nlocal x = 3\ny = x\nend\n"),
      ("::top:: x = 1", false, .done, "do\n::top:: x = 1\nend\n"),
      (
        "function f(...) local x return ... end", false, .done,
        "function f(...) local x return ... end\n"
      ),
      ("for i = 1, 2 do local x = i end", false, .done, "for i = 1, 2 do local x = i end\n"),
      (
        "if x then return end y = 1", false, .done,
        "do local block = function(...)\nif x then return end y = 1\nend block() end\n"
      ),
      (
        "x = 1 error('no\\nway')", false, .failed("[7]:1: no\nway"),
        "pcall(function(...)  -- [7]:1: no\nx = 1 error('no\\nway')\nend)\n"
      ),
      ("f()", true, .failed("bad"), "pcall(function(...)  -- bad\nreturn f()\nend)\n"),
      ("while true do\nend", false, .interrupted, "-- interrupted:\n-- while true do\n-- end\n"),
    ]

  @Test(arguments: blocks) func isWritten(
    _ block: String, isExpression: Bool, outcome: SessionScript.Outcome, text: String
  ) {
    var script = SessionScript()
    script.append(
      block, number: 7, isExpression: isExpression, outcome: outcome, keepsUnderscore: true)
    #expect(script.text == text)
  }

  @Test func thePreambleIsFirst() {
    var script = SessionScript(preamble: ["a = 1"])
    #expect(script.isEmpty)
    script.append(
      "2", number: 1, isExpression: true, outcome: .value, keepsUnderscore: false)
    script.append(code: "x = nil")
    #expect(script.text == "a = 1\n_1 = 2\nx = nil\n")
  }

  static let locals: [(text: String, names: [String])] = [
    ("local x = 3", ["x"]), ("local x <const>, y <close> = 1, f()", ["x", "y"]),
    ("local function f(a) local b end", ["f"]), ("do local x = 1 end", []),
    ("y = 1; local a local b, c", ["a", "b", "c"]), ("x = {function() local y end}", []),
    ("if a then local x else local y end local z", ["z"]), ("x = 'local y'", []), ("local", []),
  ]

  @Test(arguments: locals) func topLevelLocalsAreKnown(_ text: String, names: [String]) {
    #expect(LuaText(text).topLevelLocals == names)
  }
}
