import Tensors

/// Small tools for scripts: JSON and the command line.
enum ToolsModule {
  static let functions = [
    LuaFunction(
      "show", "Prints values as the prompt shows them: tables with what is in them.",
      reading: [
        ParameterRecord(
          name: "...", annotation: "any", isOptional: false, defaultText: nil,
          summary: "Any values, a line or more for each.", options: [])
      ], returns: "nil", details: "Long tables are shortened; print shows no table of your own.",
      example: "lai.show({a = {1, 2}, b = lai.ones(2)})"
    ) { state in
      let last = state.top
      for index in stride(from: 1, through: last, by: 1) {
        try state.reserve(8)
        let text = try state.display(index, width: outputColumns, limits: DisplayLimits())
        try state.pushVisibleGlobal("print")
        try state.push(text)
        try state.call(arguments: 1, results: 0)
      }
      return 0
    },
    LuaFunction(
      "json.decode", "The Lua value of a JSON text; null is nil.",
      Parameter("text", .string, "JSON, in UTF-8."),
      details: """
        Digits alone are an integer; a number with a point or an exponent is a float. An integer
        beyond 64 bits is a float that holds it, else an error, as is a number beyond a float's
        range. null in an object leaves its field out, and in a list a gap. Names that are there
        twice, and more than 500 levels, are errors.
        """,
      example: #"assert(lai.json.decode('{"a": [1, 2]}').a[2] == 2)"#
    ) { try JSON(parsing: Array($0.utf8)) },
    LuaFunction(
      "json.encode", "A value as JSON text, keys in order.",
      reading: [
        ParameterRecord(
          name: "value", annotation: "any", isOptional: true, defaultText: nil,
          summary: "nil, booleans, finite numbers, strings, and tables of these.", options: [])
      ], returns: "string",
      details: """
        A table with the keys 1 to n is an array, and so is an empty one; all keys of others must be
        strings. A float is written with a point or an exponent, 1.0. Strings that are not UTF-8,
        lists with gaps, tables that contain themselves, and what JSON has no word for are errors
        that say where in the value they are.
        """,
      example: #"assert(lai.json.encode({a = {1, 2}}) == '{"a":[1,2]}')"#
    ) { try $0.json(at: 1).text().push(to: $0) },
    LuaFunction(
      "args", "The script's command line: options with their defaults.",
      reading: [
        ParameterRecord(
          name: "defaults", annotation: "table", isOptional: false, defaultText: nil,
          summary:
            "Name to default: a number, a string, a boolean, a list of numbers, or a table of default, help and choices.",
          options: []),
        ParameterRecord(
          name: "description", annotation: "string", isOptional: true, defaultText: nil,
          summary: "What the script does, shown by --help.", options: []),
      ], returns: "table",
      details: """
        `--name value` or `--name=value`, read as the type of the default says; a boolean's `--name`
        alone is true; a list is written 64,64. `--help` prints the options and ends.
        """,
      example: """
        local options = lai.args({
          epochs = 100, hidden = {64, 64},
          setup = {default = "standard", choices = {"standard", "near"}, help = "The paper's set-up."},
        }, "Trains a network.")
        """, needs: .os
    ) { try ScriptArguments.read($0) },
  ]
}
