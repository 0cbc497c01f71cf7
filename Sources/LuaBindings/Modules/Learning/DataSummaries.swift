import Learning
import Tensors

// What data sets tell of their columns.

extension DataSummary: LuaRepresentable, NumbersByColumn {
  package static let luaName = "DataSummary"
  package static let luaClass = numbersClass(
    "What the columns of data are like; print it for a table.",
    columns: "By column: count, missing, mean, std, min, q25, median, q75, max.")

  var numbers: [(column: String, values: [(name: String, value: JSON)])] {
    columns.map { column in
      (
        column.name,
        column.fields.map { name, value in
          (name, ["count", "missing"].contains(name) ? .integer(Int(value)) : .number(value))
        }
      )
    }
  }
}

extension Correlations: LuaRepresentable, NumbersByColumn {
  package static let luaName = "Correlations"
  package static let luaClass = numbersClass(
    "Correlations of the columns of data; print it for a table.",
    columns: "By two columns; c.X4.y is c.columns.X4.y.",
    [
      LuaFunction("names", "The columns.", Parameter("self", Kind<Correlations>.object, "")) {
        $0.names
      }
    ])

  var numbers: [(column: String, values: [(name: String, value: JSON)])] {
    zip(names, values).map { name, row in
      (name, Array(zip(names, row.map { JSON.number($0) })))
    }
  }
}

/// A summary that holds named numbers for each column of data: `s.X1.mean` in Lua.
private protocol NumbersByColumn: LuaRepresentable, CustomStringConvertible {
  var numbers: [(column: String, values: [(name: String, value: JSON)])] { get }
  var html: String { get }
}

extension NumbersByColumn {
  fileprivate static func numbersClass(
    _ summary: String, columns: String, _ others: [LuaFunction] = []
  ) -> LuaClass {
    let receiver = Parameter("self", Kind<Self>.object, "")
    @Sendable func object(_ entries: [(String, JSON)]) -> JSON {
      .object(Dictionary(entries, uniquingKeysWith: { first, _ in first }))
    }
    let all = LuaFunction(
      "columns", columns, receiver, returns: "table<string, table<string, number>>"
    ) { summary in
      Presented(object(summary.numbers.map { ($0.column, object($0.values)) }))
    }
    return LuaClass(
      Self.self, summary, properties: others + [all],
      metamethods: [
        "__html": LuaFunction("html", "The table in a notebook.", receiver) { $0.html }
      ],
      index: LuaFunction(luaName, "", reading: [], returns: "table<string, number>") { state in
        let numbers = try receiver.read(state, 1).numbers
        let name = state.string(at: 2) ?? state.account(of: 2)
        guard let column = numbers.first(where: { $0.column == name }) else {
          throw UnknownField(
            name: name, known: numbers.map(\.column) + (others + [all]).map(\.name))
        }
        return try Presented(object(column.values)).push(to: state)
      })
  }
}

extension ValueCounts: LuaRepresentable {
  package static let luaName = "ValueCounts"
  private static let receiver = Parameter("self", Kind<ValueCounts>.object, "")
  package static let luaClass = LuaClass(
    ValueCounts.self, "How often each value of a column occurs; print it for a table.",
    properties: [
      LuaFunction("name", "The column.", receiver) { $0.name },
      LuaFunction(
        "values", "The values, the most frequent first.", receiver, returns: "(number|string)[]"
      ) { Presented(.array($0.values.map(\.json))) },
      LuaFunction("counts", "How often each of them occurs.", receiver) { $0.counts },
      LuaFunction("missing", "Numbers that are missing (NaN).", receiver) { $0.missing },
    ],
    metamethods: [
      "__len": LuaFunction("len", "Number of values.", receiver) { $0.values.count },
      "__html": LuaFunction("html", "The table in a notebook.", receiver) { $0.html },
    ])
}

extension ValueCounts.Value {
  fileprivate var json: JSON {
    switch self {
    case .number(let value): .number(value)
    case .text(let text): .string(text)
    }
  }
}
