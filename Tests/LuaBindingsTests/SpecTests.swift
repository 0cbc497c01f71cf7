import Foundation
import LuaBindings
import Testing

/// Runs Specs/*_spec.lua in process; `StockLuaTests` runs them in stock Lua. A spec is a script that
/// asserts, behind Specs/prelude.lua.
@Suite struct SpecTests {
  static let directory = Bundle.module.resourceURL!.appending(path: "Specs")
  static let names =
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? [])
    .filter { $0.hasSuffix("_spec.lua") }.sorted()

  @Test func thereAreSpecs() { #expect(!Self.names.isEmpty) }

  @Test(arguments: names) func spec(name: String) throws {
    let interpreter = try Interpreter()
    try interpreter.run(Self.settings(), name: "=settings")
    for name in ["prelude.lua", name] {
      let source = try String(contentsOf: Self.directory.appending(path: name), encoding: .utf8)
      try interpreter.run(source, name: "@" + name)
    }
  }

  /// Where fixtures are, and what the specs must cover, as Lua.
  static func settings() -> String {
    // PyTorch's values, which the learning room's tests have too.
    let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "LearningTests/Fixtures/lai_losses.json")
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let tensor = LuaModule.shared.classes.first { $0.name == "lai.Tensor" }!
    let methods = tensor.methods.map { "'\($0.name)'" }.joined(separator: ", ")
    return "GOLDEN, FIXTURES = [[\(golden.path)]], [[\(fixtures.path)]]; METHODS = {\(methods)}\n"
  }
}
