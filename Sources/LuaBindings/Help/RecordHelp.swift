import Tensors

extension LuaModule {
  /// The page shown by `? name`, for "loss.lai", "lai.loss.lai", "Tensor:reshape" or a class. Nil
  /// if there is none.
  func page(on name: String, width: Int) -> String? {
    var name = name.hasPrefix("lai.") ? String(name.dropFirst(4)) : name
    name = name.replacing(":", with: ".")
    if name.isEmpty || name == "lai" { return index(width: width) }
    if let function = functions.first(where: { $0.name == name }) {
      return function.help(prefix: "lai.", width: width)
    }
    for record in classes {
      let short = String(record.name.dropFirst(4))
      if name == short { return record.help(width: width) }
      let members = record.methods + record.properties
      if let member = members.first(where: { name == "\(short).\($0.name)" }) {
        let mark = record.properties.contains { $0.name == member.name } ? "." : ":"
        return member.help(prefix: short + mark, width: width)
      }
    }
    let fields = functions.filter { $0.name.hasPrefix(name + ".") }
    if !fields.isEmpty {
      return aligned(fields.map { ("lai.\($0.signature)", $0.summary) }, width: width)
    }
    // A bare method name: the methods of all classes that have it.
    let methods = classes.compactMap { record in
      record.methods.first { $0.name == name }.map {
        $0.help(prefix: "\(record.name.dropFirst(4)):", width: width)
      }
    }
    return methods.isEmpty
      ? optionPage(on: name, width: width) : methods.joined(separator: "\n\n")
  }

  /// Every option, with the function that accepts it.
  var options: [(owner: String, record: ParameterRecord)] {
    let owners =
      functions.map { ("lai.\($0.name)", $0) }
      + classes.flatMap { record in
        record.methods.map { ("\(record.name.dropFirst(4)):\($0.name)", $0) }
      }
    return owners.flatMap { owner, function in
      function.parameters.flatMap(\.options).map { (owner, $0) }
    }
  }

  /// The functions that accept an option, such as "patience" or "train.patience"; nil if none does.
  private func optionPage(on name: String, width: Int) -> String? {
    let found = options.filter {
      $0.record.name == name || "\($0.owner).\($0.record.name)" == "lai.\(name)"
    }
    guard let first = found.first else { return nil }
    let rows = found.map { owner, option in
      let fallback = option.defaultText.map { " Default: \($0)." } ?? ""
      return (owner, "\(option.annotation). \(option.summary)\(fallback)")
    }
    return "\(first.record.name) is an option of\n" + aligned(rows, width: width)
  }

  /// The names of all pages.
  var names: [String] {
    functions.map { "lai.\($0.name)" } + functions.map(\.name) + classes.map(\.name)
      + classes.map { String($0.name.dropFirst(4)) }
      + classes.flatMap { record in
        record.methods.map { "\(record.name.dropFirst(4)):\($0.name)" } + record.methods.map(\.name)
      }
      + options.map(\.record.name)
  }

  private func index(width: Int) -> String {
    "Functions:\n" + aligned(functions.map { ("lai.\($0.name)", $0.summary) }, width: width)
      + "\n\nClasses:\n" + aligned(classes.map { ($0.name, $0.summary) }, width: width)
      + "\n\n? name tells more of each, of Lua's own functions and words, and of your variables;"
      + " ?? words searches."
      + "\nA name that lai lacks is an error; rawget(lai, name) is nil then."
  }
}

extension LuaClass {
  /// Properties, methods and operators, one per line.
  func help(width: Int) -> String {
    var parts = ["\(name): \(summary)"]
    if !properties.isEmpty {
      parts.append(aligned(properties.map { (".\($0.name)", $0.summary) }, width: width))
    }
    if !methods.isEmpty {
      parts.append(aligned(methods.map { (":\($0.signature)", $0.summary) }, width: width))
    }
    if !operators.isEmpty { parts.append("  Operators: " + operators.joined(separator: "  ")) }
    return parts.joined(separator: "\n")
  }

  /// The operators that objects accept, as they are written.
  var operators: [String] {
    metamethods.compactMap { key, function in
      function.returns == LuaFunction.nothing ? nil : LuaClass.operatorTexts[key]
    }
  }

  private static let operatorTexts = [
    "__add": "+", "__sub": "-", "__mul": "*", "__div": "/", "__pow": "^", "__unm": "-x",
    "__len": "#x", "__call": "x(…)", "__concat": "..", "__idiv": "//", "__mod": "%",
    "__eq": "==", "__band": "&", "__bor": "|", "__bxor": "~", "__bnot": "~x",
  ]
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

  /// Signature, summary, parameters, options with defaults, details and an example.
  func help(prefix: String, width: Int) -> String {
    var lines = ["\(prefix)\(signature) -> \(returns)"]
    lines += summary.wrapped(width: width, indent: 2)
    for parameter in parameters where parameter.name != "self" {
      lines += rows(parameter.options.isEmpty ? [parameter] : parameter.options, width: width)
    }
    // Paragraphs are wrapped. Other lines are kept as written, because some are formulas.
    lines += details.split(separator: "\n").flatMap { line in
      line.count > 98 ? String(line).wrapped(width: width, indent: 2) : ["  \(line)"]
    }
    if !example.isEmpty {
      lines.append("  Example:\n    " + example.replacing("\n", with: "\n    "))
    }
    return lines.joined(separator: "\n")
  }

  /// Columns with name, type with default, and summary. A long type has a line of its own.
  private func rows(_ entries: [ParameterRecord], width: Int) -> [String] {
    let types = entries.map { entry in
      let fallback = entry.defaultText.map { " = \($0)" } ?? (entry.isOptional ? "?" : "")
      return entry.annotation + fallback
    }
    let nameWidth = entries.map(\.name.count).max() ?? 0
    let typeWidth = min(types.map(\.count).max() ?? 0, 24)
    let indent = 4 + nameWidth + 2 + typeWidth + 2
    return zip(entries, types).flatMap { entry, type in
      let start = "    \(entry.name.padding(to: nameWidth))  "
      let summary = entry.summary.wrapped(width: width, indent: indent)
      if type.count > typeWidth {
        let lines = type.replacing("|", with: "| ").wrapped(width: width, indent: start.count)
        return [start + lines[0].dropFirst(start.count)] + lines.dropFirst() + summary
      }
      guard let first = summary.first else { return [start + type] }
      return [start + type.padding(to: typeWidth) + "  " + first.dropFirst(indent)]
        + summary.dropFirst()
    }
  }
}

/// Two columns, the second one wrapped. A long entry in the first column has a line of its own.
func aligned(_ rows: [(String, String)], width: Int) -> String {
  let first = min(rows.map(\.0.count).max() ?? 0, 34)
  return rows.flatMap { name, text -> [String] in
    let lines = text.wrapped(width: width, indent: 2 + first + 2)
    if name.count > first || lines.isEmpty { return ["  " + name] + lines }
    return ["  \(name.padding(to: first))  " + lines[0].dropFirst(first + 4)] + lines.dropFirst()
  }.joined(separator: "\n")
}

extension String {
  /// Padded with blanks on the right.
  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// Words broken into lines, each indented by `indent` blanks and, if the words allow, within
  /// `width` columns.
  func wrapped(width: Int, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    for word in split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= max(width, indent + 24) {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(margin + word)
      }
    }
    return lines
  }
}
