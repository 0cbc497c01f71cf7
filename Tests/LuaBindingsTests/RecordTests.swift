import Foundation
import Tensors
import Testing

@testable import LuaBindings

/// The requirements on every record, and the files generated from them.
@Suite struct RecordTests {
  static let module = LuaModule.shared
  static let functions = module.functions + module.classes.flatMap(\.methods)

  @Test(arguments: functions.map(\.name)) func isDocumented(name: String) throws {
    let function = try #require(Self.functions.first { $0.name == name })
    #expect(function.summary.hasSuffix("."), "\(name) has no summary")
    for parameter in function.parameters where parameter.name != "self" {
      if parameter.options.isEmpty { #expect(!parameter.summary.isEmpty, "\(parameter.name)") }
      for option in parameter.options { #expect(!option.summary.isEmpty, "\(option.name)") }
    }
    #expect(Self.module.page(on: name, width: 10_000)?.contains(function.summary) == true)
  }

  @Test("every example runs", arguments: functions.filter { !$0.example.isEmpty }.map(\.name))
  func exampleRuns(name: String) throws {
    let function = try #require(Self.functions.first { $0.name == name })
    try Interpreter().run("local lai = require 'lai'\n" + function.example, name: "=\(name)")
  }

  @Test("every function of the module has an example", arguments: module.functions.map(\.name))
  func hasExample(name: String) throws {
    let function = try #require(Self.functions.first { $0.name == name })
    #expect(!function.example.isEmpty)
  }

  @Test("lai --reference has every function, option and class") func reference() throws {
    func names(_ list: JSON?, _ key: String = "name") -> [String] {
      guard case .array(let entries)? = list else { return [] }
      return entries.compactMap { entry in
        guard case .object(let fields) = entry, case .string(let name)? = fields[key] else {
          return nil
        }
        return name
      }
    }
    guard case .object(let fields) = try JSON(parsing: Self.module.reference.utf8),
      case .array(let groups)? = fields["groups"]
    else {
      Issue.record("not an object with groups")
      return
    }
    let functions = groups.flatMap { group in
      if case .object(let fields) = group { return names(fields["functions"]) }
      return []
    }
    #expect(functions == Self.module.functions.map { "lai.\($0.name)" })
    #expect(names(fields["classes"]) == Self.module.classes.map { String($0.name.dropFirst(4)) })
    #expect(names(fields["tables"]) == Self.module.tables.map { String($0.name.dropFirst(4)) })
    for text in [
      #""name":"patience","optional":true"#, #""name":"Dataset:split""#, #""name":"Tensor.shape""#,
      #""default":"{-8, 8}""#,
    ] {
      #expect(Self.module.reference.contains(text), "\(text)")
    }
  }

  @Test("scripts/types/lai.d.lua is up to date: lai --types >scripts/types/lai.d.lua")
  func stubsAreCurrent() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "scripts/types/lai.d.lua")
    #expect(try String(contentsOf: file, encoding: .utf8) == Self.module.stubs)
  }
}
