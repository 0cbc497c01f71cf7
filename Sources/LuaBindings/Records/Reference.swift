import Tensors

extension LuaModule {
  /// All records as a JSON text, from which `scripts/docs` makes the Lua reference.
  package var reference: String {
    let groups = allGroups.map { group in
      JSON.object([
        "title": .string(group.title),
        "functions": .array(group.functions.map { $0.reference(prefix: "lai.") }),
      ])
    }
    let fields: [String: JSON] = [
      "version": .string(laiVersion), "groups": .array(groups),
      "classes": .array(classes.map(\.reference)), "tables": .array(tables.map(\.reference)),
    ]
    // It has no numbers, which alone could fail.
    return (try? JSON.object(fields).text()) ?? ""
  }
}

extension LuaFunction {
  /// - prefix: What stands before the name in a call: "lai." or "Tensor:".
  fileprivate func reference(prefix: String) -> JSON {
    .object([
      "name": .string(prefix + name), "signature": .string(prefix + signature),
      "returns": .string(returns), "summary": .string(summary), "details": .string(details),
      "example": .string(example),
      "parameters": .array(parameters.filter { $0.name != "self" }.map(\.reference)),
    ])
  }
}

extension ParameterRecord {
  fileprivate var reference: JSON {
    .object([
      "name": .string(name), "type": .string(annotation), "optional": .bool(isOptional),
      "default": defaultText.map { .string($0) } ?? .null, "summary": .string(summary),
      "options": .array(options.map(\.reference)),
      "entries": .array(entryOptions.map(\.reference)),
      "choices": .array(choices.map { .string($0) }),
    ])
  }
}

extension LuaClass {
  fileprivate var reference: JSON {
    let short = String(name.dropFirst("lai.".count))
    return .object([
      "name": .string(short), "summary": .string(summary),
      "properties": .array(properties.map { $0.reference(prefix: "\(short).") }),
      "methods": .array(methods.map { $0.reference(prefix: "\(short):") }),
      "operators": .array(operators.map { .string($0) }),
    ])
  }
}

extension LuaTableRecord {
  fileprivate var reference: JSON {
    .object([
      "name": .string(String(name.dropFirst("lai.".count))), "summary": .string(summary),
      "fields": .array(
        fields.map { field in
          .object([
            "name": .string(field.name), "type": .string(field.annotation),
            "summary": .string(field.summary),
          ])
        }),
    ])
  }
}
