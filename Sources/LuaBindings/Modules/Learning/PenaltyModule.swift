import Learning
import Tensors

/// lai.penalty: what is added to a loss, a function for each record.
enum PenaltyModule {
  static let functions = Penalty.records.map { record in
    LuaFunction.constructor(
      "penalty.\(record.name)", record.summary, options: record.options,
      details: record.details
        + "\nIt is added to a loss: lai.loss.mse() + 0.1 * lai.penalty.\(record.name){…}.",
      example: """
        local loss = lai.loss.mse() + 0.1 * lai.penalty.\(record.name){\(record.options.example)}
        print(loss)
        """
    ) { Objective.penalty(try Penalty(record, $0)) }
  }
}

extension LuaFunction {
  /// The function that makes what an entry of a list describes; the entry's options are its own.
  static func constructor<Made: LuaRepresentable>(
    _ name: String, _ summary: String, options: [OptionRecord], details: String, example: String,
    make: @escaping @Sendable (OptionValues) throws -> Made
  ) -> LuaFunction {
    guard !options.isEmpty else {
      return LuaFunction(name, summary, details: details, example: example) {
        LuaObject(try make(OptionValues([:], of: [])))
      }
    }
    return LuaFunction(
      name, summary, Parameter<OptionTable>.options(options.map(\.record)), details: details,
      example: example
    ) { LuaObject(try make(options.values($0))) }
  }
}

extension [OptionRecord] {
  /// Options that have a default, as Lua writes them: "weight = 1, power = 2".
  var example: String {
    compactMap { record in
      record.fallback.map { value in
        if case .text(let text) = value {
          "\(record.name) = \"\(text)\""
        } else {
          "\(record.name) = \(value)"
        }
      }
    }.joined(separator: ", ")
  }
}
