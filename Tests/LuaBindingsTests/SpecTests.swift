import Foundation
import LuaBindings
import Testing

/// Runs Specs/*_spec.lua in process. A spec is a script that asserts; `raises(pattern, f, …)` is
/// there for errors, `near(a, b, tolerance)` for numbers.
@Suite struct SpecTests {
  static let directory = Bundle.module.resourceURL!.appending(path: "Specs")
  static let names =
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? [])
    .filter { $0.hasSuffix("_spec.lua") }.sorted()

  static let prelude = """
    lai = require "lai"
    function raises(pattern, f, ...)
      local ok, message = pcall(f, ...)
      assert(not ok, "no error where one matching '" .. pattern .. "' was due")
      assert(tostring(message):find(pattern), tostring(message) .. " does not match " .. pattern)
    end
    function near(a, b, tolerance)
      local bound = (tolerance or 1e-6) * math.max(1, math.abs(b))
      assert(math.abs(a - b) <= bound, ("%.9g is not near %.9g"):format(a, b))
    end
    """

  @Test func thereAreSpecs() { #expect(!Self.names.isEmpty) }

  @Test(arguments: names) func spec(name: String) throws {
    let interpreter = try Interpreter()
    // PyTorch's values, which the learning room's tests have too.
    let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "LearningTests/Fixtures/lai_losses.json")
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let tensor = LuaModule.shared.classes.first { $0.name == "lai.Tensor" }!
    let methods = tensor.methods.map { "'\($0.name)'" }.joined(separator: ", ")
    try interpreter.run(
      "GOLDEN, FIXTURES = [[\(golden.path)]], [[\(fixtures.path)]]; METHODS = {\(methods)}\n"
        + Self.prelude, name: "=prelude")
    let source = try String(contentsOf: Self.directory.appending(path: name), encoding: .utf8)
    try interpreter.run(source, name: "@" + name)
  }
}
