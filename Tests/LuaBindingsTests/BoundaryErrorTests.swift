import CLai
import Foundation
import Testing

@testable import LuaBindings

@Suite("Boundary: errors") struct BoundaryErrorTests {
  let interpreter: Interpreter

  init() throws {
    interpreter = try Interpreter()
    try interpreter.run("lai = require 'lai'")
  }

  @Test("an error names the function, what was wanted and the line") func message() throws {
    let message = try interpreter.error(of: "\n\nlai.generator({})")
    #expect(message == "test:3: generator: seed must be a whole number (got a table)")
  }

  @Test("through pcall the line is still the user's") func throughPcall() throws {
    let message = try interpreter.value(of: "local _, e = pcall(lai.generator)\nreturn e")
    #expect(message.hasPrefix("test:1: generator:"))
  }

  @Test("a misspelt field names the nearest") func nearestField() throws {
    let message = try interpreter.error(of: "return lai.generator(1).unifrom")
    #expect(message?.hasSuffix("no field or method 'unifrom' (did you mean 'uniform'?)") == true)
  }

  @Test("error objects keep their identity through Swift", arguments: ["{}", "nil", "false", "1"])
  func identity(value: String) throws {
    let state = interpreter.state
    try interpreter.load("local o = \(value) object = o error(o)", name: "=test")
    do throws(LuaFailure) {
      try state.call(arguments: 0, results: 0)
      Issue.record("no error")
    } catch {
      state.push(error)
      try state.pushGlobal("object")
      #expect(lai_raw_equal(state.pointer, -1, -2))
      state.pop(2)
    }
  }

  @Test("two failures at once are kept apart") func nestedFailures() throws {
    let state = interpreter.state
    func failure(_ text: String) throws -> LuaFailure {
      try interpreter.load("error('\(text)', 0)", name: "=test")
      do throws(LuaFailure) { try state.call(arguments: 0, results: 0) } catch { return error }
      throw CancellationError()
    }
    let first = try failure("first")
    let second = try failure("second")
    state.push(first)
    state.push(second)
    #expect(state.string(at: -2) == "first" && state.string(at: -1) == "second")
    state.pop(2)
  }

  @Test("errors in error handlers and deep recursion are errors") func deep() throws {
    #expect(
      try interpreter.error(of: "local function f() return 1 + f() end f()")?
        .contains("stack overflow") == true)
    _ = try interpreter.value(
      of: "return select(2, xpcall(function() lai.generator() end, function() lai.generator() end))"
    )
    #expect(
      try interpreter.error(
        of: """
          local t = setmetatable({}, {__index = function(t, k) return t[k .. "x"] end})
          return t.a
          """) != nil)
  }

  @Test("a million errors leak nothing") func millionErrors() throws {
    // The address sanitizer is slow, and reports even a single leak.
    let rounds = ProcessInfo.processInfo.environment["ASAN_OPTIONS"] == nil ? 500_000 : 50_000
    let source =
      "for i = 1, \(rounds) do pcall(lai.generator, 'x') pcall(lai.generator(1).uniform) end"
    try interpreter.run("for i = 1, 1000 do pcall(lai.generator, 'x') end collectgarbage()")
    try interpreter.run("pcall(lai.generator(1).uniform) collectgarbage()")
    let objects = lai_live_objects()
    let lua = lai_memory(interpreter.state.pointer)
    try interpreter.run(source)
    lai_collect(interpreter.state.pointer)
    #expect(lai_live_objects() == objects)
    #expect(abs(lai_memory(interpreter.state.pointer) - lua) < 64)
  }
}
