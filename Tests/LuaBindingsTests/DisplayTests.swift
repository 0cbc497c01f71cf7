import CLai
import Testing

@testable import LuaBindings

@Suite struct DisplayTests {
  /// An expression, and how it is shown in 40 columns.
  static let values: [(source: String, shown: String)] = [
    ("42", "42"), ("-0.0", "-0.0"), ("1e100", "1e+100"), ("0/0 ~= 0/0", "true"), ("nil", "nil"),
    ("'it is'", "\"it is\""), ("'a\"b\\\\c'", "\"a\\\"b\\\\c\""),
    ("'line\\nend\\t\\0é\\xff\\u{200b}'", "\"line\\nend\\t\\x00é\\xff\\xe2\\x80\\x8b\""),
    ("('x'):rep(3000)", "\"" + String(repeating: "x", count: 2000) + "\"… (3000 bytes)"),
    ("{}", "{}"), ("{1, 2, 3}", "{1, 2, 3}"), ("{1, nil, 3}", "{1, nil, 3}"),
    ("{b = 2, a = 1, 7}", "{7, a = 1, b = 2}"),
    ("{['b c'] = 1, ['end'] = 2, [''] = 3}", "{[\"\"] = 3, [\"b c\"] = 1, [\"end\"] = 2}"),
    ("{[1.5] = 'x', [-3] = 'y', [true] = 'z'}", "{[-3] = \"y\", [1.5] = \"x\", [true] = \"z\"}"),
    ("{[{}] = 1}", "{[table] = 1}"), ("{[print] = print}", "{[function] = function print}"),
    ("{{{{{{{{1}}}}}}}}", "{{{{{{{…}}}}}}}"), ("{{{{{{{}}}}}}}", "{{{{{{{}}}}}}}"),
    ("(function() local t = {1} t.me = t return t end)()", "{1, me = <cycle>}"),
    ("(function() local t = {1} return {t, t} end)()", "{{1}, {1}}"),
    (
      "{first = 'a long enough text', second = {x = 1}}",
      "{\n  first = \"a long enough text\",\n  second = {x = 1},\n}"
    ),
    (
      "{10000001, 10000002, 10000003, 10000004, 10000005}",
      "{\n  10000001, 10000002, 10000003,\n  10000004, 10000005,\n}"
    ),
    (
      "{outer = {inner = {'a fairly long text', 'another'}}}",
      "{\n  outer = {\n    inner = {\n      \"a fairly long text\", \"another\",\n    },\n  },\n}"
    ),
    ("setmetatable({}, {__tostring = function() return 'me' end})", "me"),
    ("{setmetatable({}, {__tostring = function() return 'a\\nb' end})}", "{a …}"),
    ("setmetatable({}, {__tostring = function() return 1 end})", "1"),
    (
      "setmetatable({}, {__tostring = function() error('bad') end})",
      "<error in __tostring: test:1: bad>"
    ),
    (
      "{setmetatable({}, {__tostring = function() error('interrupted!', 0) end})}",
      "{<error in __tostring: interrupted!>}"
    ),
    (
      "setmetatable({}, {__tostring = function() return {} end})",
      "<error in __tostring: '__tostring' must return a string>"
    ),
    ("setmetatable({1}, {__name = 'Point'})", "Point {1}"),
    (
      "setmetatable({a = 1}, {__index = error, __pairs = error, __len = error, __eq = error})",
      "{a = 1}"
    ),
    ("setmetatable({1}, {__metatable = false})", "{1}"),
    ("print", "function print"), ("string.rep", "function string.rep"),
    ("require('lai').loss.lai", "function lai.loss.lai"),
    ("function(a, b, ...) end", "function (a, b, ...) test:1"),
    ("coroutine.create(print)", "coroutine (suspended)"),
    ("coroutine.running()", "coroutine (running)"),
    ("require('lai').ones(2)", " 1  1\n[lai.Tensor 2 float32]"),
    ("{x = require('lai').ones(2)}", "{x = [lai.Tensor 2 float32]}"),
  ]

  @Test(arguments: values) func isShown(_ source: String, shown: String) throws {
    let interpreter = try Interpreter()
    try interpreter.load("return \(source)", name: "=test")
    try interpreter.call(arguments: 0)
    #expect(try interpreter.display(1, width: 40) == shown)
    // The stack is unchanged.
    interpreter.state.top = 1
    #expect(try interpreter.display(-1, width: 40) == shown)
    #expect(interpreter.state.top == 1)
  }

  private func display(_ source: String, width: Int = 80) throws -> String {
    let interpreter = try Interpreter()
    try interpreter.load(source, name: "=test")
    try interpreter.call(arguments: 0)
    return try interpreter.display(1, width: width)
  }

  @Test func longListsAreCut() throws {
    let text = try display("local t = {} for i = 1, 1e6 do t[i] = i end t.name = 'n' return t")
    #expect(text.contains("99, 100,\n"))
    #expect(text.hasSuffix("  name = \"n\",\n  … 999900 more\n}"))
    #expect(text.count < 1000)
  }

  @Test func manyKeysAreCut() throws {
    let text = try display("local t = {} for i = 1, 1e5 do t['k' .. i] = i end return t")
    #expect(text.hasSuffix("… more than 9900 more\n}"))
    let some = try display("local t = {} for i = 1, 300 do t['k' .. i] = i end return t")
    #expect(some.hasPrefix("{\n  k1 = 1,\n  k10 = 10,\n  k100 = 100,\n"))
    #expect(some.hasSuffix("… 200 more\n}"))
  }

  @Test func theWholeIsLimited() throws {
    let text = try display(
      "local t = {} for i = 1, 90 do t[i] = {} for j = 1, 90 do t[i][j] = j end end return t")
    #expect(text.utf8.count < 20_000)
    #expect(text.contains("more"))
  }

  @Test func everyFunctionOfTheModuleHasItsName() throws {
    for record in LuaModule.shared.functions {
      #expect(try display("return require('lai').\(record.name)") == "function lai.\(record.name)")
    }
  }

  @Test func literalsReadBack() throws {
    let interpreter = try Interpreter()
    try interpreter.load(
      "local s = {} for i = 0, 255 do s[#s + 1] = string.char(i) end return table.concat(s)",
      name: "=test")
    try interpreter.call(arguments: 0)
    let bytes = Array(interpreter.state.bytes(at: 1)!)
    let literal = try interpreter.display(1, width: 80)
    try interpreter.load("return \(literal)", name: "=test")
    try interpreter.call(arguments: 0)
    #expect(Array(interpreter.state.bytes(at: -1)!) == bytes)
  }
}
