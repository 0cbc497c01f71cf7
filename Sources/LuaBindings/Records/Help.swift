import Tensors

extension LuaModule {
  /// The page that `? name` shows: for "loss.lai", "lai.loss.lai", "Tensor:reshape" or a class.
  package func help(for name: String) -> String {
    var name = name.hasPrefix("lai.") ? String(name.dropFirst(4)) : name
    name = name.replacing(":", with: ".")
    if name.isEmpty || name == "lai" { return index }
    if let function = functions.first(where: { $0.name == name }) {
      return function.help(prefix: "lai.")
    }
    for record in classes {
      let short = String(record.name.dropFirst(4))
      if name == short { return record.help }
      let member = record.methods + record.properties
      if let method = member.first(where: { name == "\(short).\($0.name)" || name == $0.name }) {
        return method.help(prefix: "\(short):")
      }
    }
    let fields = functions.filter { $0.name.hasPrefix(name + ".") }
    if !fields.isEmpty { return fields.map(\.headline).joined(separator: "\n") }
    let known = functions.map(\.name) + classes.flatMap { $0.methods.map(\.name) }
    return "no help on '\(name)'\(known.hint(for: name))"
  }

  private var index: String {
    let lines =
      functions.map { "  lai.\($0.headline)" } + classes.map { "  \($0.name): \($0.summary)" }
    return "`? name` tells more of each:\n" + lines.joined(separator: "\n")
  }
}

extension LuaClass {
  /// Properties and methods, a line each.
  var help: String {
    var lines = ["\(name): \(summary)"]
    lines += properties.map { "  .\($0.name): \($0.summary)" }
    lines += methods.map { "  :\($0.headline)" }
    return lines.joined(separator: "\n")
  }
}

extension LuaFunction {
  /// "name(parameters) -> results: summary"
  var headline: String { "\(signature) -> \(returns): \(summary)" }

  var signature: String {
    let names = parameters.map { parameter in
      let text = parameter.options.isEmpty ? parameter.name : "{…}"
      return parameter.isOptional ? "[\(text)]" : text
    }
    return "\(name)(\(names.filter { $0 != "self" }.joined(separator: ", ")))"
  }

  /// Signature, summary, parameters and options with their defaults, details, an example.
  func help(prefix: String) -> String {
    var lines = ["\(prefix)\(signature) -> \(returns)", "  \(summary)"]
    for parameter in parameters where parameter.name != "self" {
      let entries = parameter.options.isEmpty ? [parameter] : parameter.options
      let width = entries.map(\.name.count).max() ?? 0
      for entry in entries {
        let name = entry.name.padding(to: width)
        let fallback =
          entry.defaultText.map { " (default \($0))" } ?? (entry.isOptional ? " (optional)" : "")
        lines.append("    \(name)  \(entry.annotation)\(fallback)  \(entry.summary)")
      }
    }
    if !details.isEmpty { lines.append("  " + details.replacing("\n", with: "\n  ")) }
    if !example.isEmpty {
      lines.append("  Example:\n    " + example.replacing("\n", with: "\n    "))
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// Filled with blanks behind.
  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
