import Foundation
import Tensors
import Testing

@testable import LuaBindings

/// Runs Specs/*_spec.lua in process; `StockLuaTests` runs them in stock Lua. A spec is a script
/// with assertions; Specs/prelude.lua is prepended.
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

  /// Lua code with the fixtures' paths and with what the specs must cover.
  static func settings() -> String {
    // PyTorch's values, shared with the learning room's tests.
    let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "LearningTests/Fixtures/lai_losses.json")
    let methods = golden.deletingLastPathComponent().appending(path: "methods.json")
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let tensor = LuaModule.shared.classes.first { $0.name == "lai.Tensor" }!
    let list = { (names: [String]) in "{" + names.map { "'\($0)'" }.joined(separator: ", ") + "}" }
    let constants = { (ops: [(String, Bool)]) in
      "{" + ops.map { "\($0) = \($1)" }.joined(separator: ", ") + "}"
    }
    return """
      GOLDEN, GOLDEN_METHODS = [[\(golden.path)]], [[\(methods.path)]]
      FIXTURES = [[\(fixtures.path)]]
      METHODS = \(list(tensor.methods.map(\.name)))
      RECORDS = {\(records.map { "['\($0.name)'] = \($0.takesTensor)" }.joined(separator: ", "))}
      OPERATIONS = {
        unary = \(constants(UnaryOp.all.map { ($0.name, $0.isPiecewiseConstant) })),
        binary = \(constants(BinaryOp.all.map { ($0.name, $0.isPiecewiseConstant) })),
        reductions = \(constants(ReductionOp.all.map { ($0.name, $0.isPiecewiseConstant) }))}

      """
  }

  /// Everything of lai's, and whether it accepts a tensor or something that may contain one:
  /// functions, then "Class:method", "Class.property", "Class.__metamethod", and "Tensor[]" for
  /// x[i].
  static var records: [(name: String, takesTensor: Bool)] {
    let module = LuaModule.shared
    var records = module.functions.map { ($0.name, $0) }
    for record in module.classes {
      let name = record.name.dropFirst("lai.".count)
      records += record.methods.map { ("\(name):\($0.name)", $0) }
      records += record.properties.map { ("\(name).\($0.name)", $0) }
      records += record.metamethods.map { ("\(name).\($0.key)", $0.function) }
    }
    return records.map { ($0, takesTensor($1)) } + [("Tensor[]", true)]
  }

  /// Objects that contain no tensor on which a derivative could depend.
  private static let withoutTensors = [
    "lai.Generator", "lai.MLP", "lai.Loss", "lai.Scaler", "lai.Optimizer", "lai.Schedule",
    "lai.Run", "lai.ScriptedRun", "lai.ProbeResult", "lai.ProbeComparison", "lai.CSVReport",
    "lai.Sweep", "lai.Front", "lai.Store", "lai.Table", "lai.Tune",
  ]

  private static func takesTensor(_ function: LuaFunction) -> Bool {
    (function.parameters + function.parameters.flatMap(\.options)).contains { parameter in
      guard parameter.options.isEmpty else { return false }
      let types = parameter.annotation.components(separatedBy: CharacterSet(charactersIn: "|()[]?"))
        .filter { !withoutTensors.contains($0) }
      return types.contains {
        $0.contains("lai.") || $0.contains("table") || $0 == "any" || $0 == "function"
      }
    }
  }
}
