extension LuaModule {
  /// The annotations for the Lua language server: `scripts/types/lai.d.lua`.
  package var stubs: String {
    var text = "---@meta lai\n-- Generated from the records by `lai --types`; not to be edited.\n\n"
    for record in classes { text += record.stub + "\n" }
    for record in tables { text += record.stub + "\n" }
    text += "---@class lai\n---@field version string\nlocal lai = {}\n\n"
    var modules: Set<String> = []
    for function in functions {
      let path = function.name.split(separator: ".").dropLast()
      for length in 1..<(path.count + 1) {
        let module = path.prefix(length).joined(separator: ".")
        if modules.insert(module).inserted { text += "lai.\(module) = {}\n\n" }
      }
      text += function.stub(owner: "lai.", typeName: "lai.\(function.name)") + "\n"
    }
    return text + "return lai\n"
  }
}

extension LuaTableRecord {
  var stub: String {
    let lines = fields.map { field in
      let isOptional = field.annotation.hasSuffix("?")
      let type = isOptional ? String(field.annotation.dropLast()) : field.annotation
      return "---@field \(field.name)\(isOptional ? "?" : "") \(type) \(field.summary)\n"
    }
    return "--- \(summary)\n---@class \(name)\n" + lines.joined()
  }
}

extension LuaClass {
  private var shortName: String { String(name.dropFirst("lai.".count)) }

  var stub: String {
    var lines = ["--- \(summary)", "---@class \(name)"]
    lines += properties.map { "---@field \($0.name) \($0.returns) \($0.summary)" }
    lines += metamethods.compactMap { key, function in function.operatorStub(key) }
    lines.append("local \(shortName) = {}\n\n")
    let stubs = methods.map { $0.stub(owner: "\(shortName):", typeName: "\(name).\($0.name)") }
    return lines.joined(separator: "\n") + stubs.joined(separator: "\n")
  }
}

extension LuaFunction {
  /// What a function returns that only raises an error, such as an operator that a class refuses.
  static let nothing = "nil"

  private static let operators = [
    "add", "sub", "mul", "div", "pow", "unm", "len", "call", "concat", "idiv", "mod",
    "band", "bor", "bxor", "bnot",
  ]

  /// "---@operator add(number|lai.Tensor): lai.Tensor" for the metamethods known to LuaLS.
  func operatorStub(_ key: String) -> String? {
    let name = String(key.dropFirst(2))
    guard LuaFunction.operators.contains(name), returns != LuaFunction.nothing else { return nil }
    let argument = parameters.dropFirst().first.map { "(\($0.annotation))" } ?? ""
    return "---@operator \(name)\(argument): \(returns)"
  }

  /// The annotated declaration, prefixed with `owner`: "lai." or "Tensor:".
  func stub(owner: String, typeName: String) -> String {
    var lines: [String] = []
    for parameter in parameters where !parameter.options.isEmpty {
      lines.append("---@class \(typeName).options")
      lines += parameter.options.map { option in
        let note = option.defaultText.map { " (default \($0))" } ?? ""
        return
          "---@field \(option.name)\(option.isOptional ? "?" : "") \(option.annotation) \(option.summary)\(note)"
      }
      lines.append("")
    }
    lines.append("--- \(summary)")
    if !details.isEmpty { lines += details.split(separator: "\n").map { "--- \($0)" } }
    let named = parameters.filter { $0.name != "self" }
    for parameter in named where parameter.name != "..." {
      let type = parameter.options.isEmpty ? parameter.annotation : "\(typeName).options"
      lines.append(
        "---@param \(parameter.name)\(parameter.isOptional ? "?" : "") \(type) \(parameter.summary)"
      )
    }
    if returns != "nil" { lines.append("---@return \(returns)") }
    let names = named.map(\.name).joined(separator: ", ")
    lines.append("function \(owner)\(name)(\(names)) end\n")
    return lines.joined(separator: "\n")
  }
}
