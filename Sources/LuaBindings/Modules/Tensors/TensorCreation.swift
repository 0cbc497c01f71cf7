import Tensors

/// lai.tensor, lai.zeros and the others that make tensors.
enum TensorCreation {
  private static let dtype = Option(
    "dtype", Kind.dtype, default: DType.float32, "Number type of the elements.")
  private static let generator = Option(
    "generator", Kind<Generator>.object.optional,
    "The generator to draw from, of lai.generator(seed).")

  private static let table = Parameter(
    "values", Kind.tensorLike.or(.scalar), "Numbers in nested tables, a number or a tensor.")
  private static let options = Parameter<OptionTable>.options(dtype.record)

  /// The extents, followed by these options.
  private static func shape(with options: [ParameterRecord]) -> ParameterRecord {
    ParameterRecord(
      name: "...", annotation: "integer|integer[]|table", isOptional: false, defaultText: nil,
      summary: "Extents, one by one or in a list, then a table of options.", options: [],
      entryOptions: options)
  }

  static let functions =
    [
      LuaFunction(
        "tensor", "A tensor of the numbers in nested tables, or a copy of a tensor.", table,
        options,
        example: """
          local x = lai.tensor({{1, 2}, {3, 4}}, {dtype = "float64"})
          assert(x:get(2, 1) == 3)
          """
      ) { values, options in
        // A copy, also of a tensor.
        LuaObject(try values.copy(as: options(dtype)))
      },
      LuaFunction(
        "full", "A tensor of one number everywhere.",
        Parameter("shape", Kind.integer.list(), "Extents."),
        Parameter("value", .number, "The number."), options,
        example: "assert(lai.full({2, 3}, 7):get(1, 3) == 7)"
      ) { shape, value, options in
        LuaObject(try Tensor.full(shape, value, dtype: options(dtype)))
      },
      LuaFunction(
        "eye", "The identity matrix.", Parameter("n", .integer(atLeast: 0), "Rows and columns."),
        options, example: "assert(lai.eye(2):get(1, 1) == 1)"
      ) { LuaObject(try Tensor.eye($0, dtype: $1(dtype))) },
      LuaFunction(
        "arange", "Numbers from start in steps, without stop.",
        Parameter("start", .finite, "The first."),
        Parameter("stop", .finite, "The end, which is not included."),
        Parameter("step", Kind<Double>.finite.optional, "The distance; 1 if left out."), options,
        example: "assert(#lai.arange(0, 10, 2) == 5)"
      ) { start, stop, step, options in
        LuaObject(
          try Tensor.arange(
            start: start, stop: stop, step: step ?? 1, dtype: options(dtype)))
      },
      LuaFunction(
        "linspace", "n numbers from a to b, both included.",
        Parameter("a", .finite, "The first."), Parameter("b", .finite, "The last."),
        Parameter("n", .integer(atLeast: 1), "How many."), options,
        example: "assert(lai.linspace(0, 1, 5):get(2) == 0.25)"
      ) { LuaObject(try Tensor.linspace(from: $0, to: $1, count: $2, dtype: $3(dtype))) },
    ]
    + [
      filled("zeros", "A tensor of zeros.") { try Tensor(zeros: $0, dtype: $1) },
      filled("ones", "A tensor of ones.") { try Tensor.full($0, 1, dtype: $1) },
      drawn("rand", "Random numbers, uniform on [0, 1).") {
        try Tensor.random($0, dtype: $1, using: &$2)
      },
      drawn("randn", "Random numbers, standard normal.") {
        try Tensor.randomNormal($0, dtype: $1, using: &$2)
      },
    ]

  private static func filled(
    _ name: String, _ summary: String, make: @escaping @Sendable ([Int], DType) throws -> Tensor
  ) -> LuaFunction {
    let records = [dtype.record]
    return LuaFunction(
      name, summary, reading: [shape(with: records)], returns: "lai.Tensor",
      details: "Options: dtype = \"float32\" or \"float64\".",
      example: "assert(lai.\(name)(2, 3).shape[2] == 3)"
    ) { state in
      let (extents, options) = try shapeAndOptions(state, records)
      return try LuaObject(make(extents, options(dtype))).push(to: state)
    }
  }

  private static func drawn(
    _ name: String, _ summary: String,
    make: @escaping @Sendable ([Int], DType, inout RandomGenerator) throws -> Tensor
  ) -> LuaFunction {
    let records = [dtype.record, generator.record]
    return LuaFunction(
      name, summary, reading: [shape(with: records)], returns: "lai.Tensor",
      details: """
        Options: dtype, and generator = lai.generator(seed); without one, the program's
        own stream, which is the same in every run.
        """,
      example: "local x = lai.\(name)(2, 3, {generator = lai.generator(1)})"
    ) { state in
      let (extents, options) = try shapeAndOptions(state, records)
      let generator = try options(generator) ?? state.standardGenerator()
      return try LuaObject(make(extents, options(dtype), &generator.stream)).push(to: state)
    }
  }

  /// (2, 3), ({2, 3}), each followed by a table of options.
  private static func shapeAndOptions(
    _ state: LuaState, _ records: [ParameterRecord]
  ) throws -> ([Int], OptionTable) {
    var count = state.top
    var extents: [Int] = []
    let options = Parameter<OptionTable>.options(records)
    var table = OptionTable(state: state, index: nil)
    let firstIsList = try state.isTable(at: 1, named: "shape") && state.rawLength(at: 1) > 0
    if count > (firstIsList ? 1 : 0), state.type(at: count) == .table {
      table = try options.read(state, count)
      count -= 1
    }
    if firstIsList {
      guard count == 1 else {
        throw ArgumentError("shape", mustBe: "a list or numbers, not both", got: "both")
      }
      extents = try Kind.integer.list().value(in: state, at: 1, named: "shape")
    } else if count > 0 {
      extents = try (1...count).map {
        try Kind.integer.value(in: state, at: $0, named: "extent \($0)")
      }
    }
    return (extents, table)
  }
}

extension Kind where Value == Tensor {
  /// A number as a tensor without axes.
  static let scalar = Kind("a number", annotation: "number") { state, index in
    try state.number(at: index).map { try Tensor.scalar($0, dtype: .float64) }
  }
}
