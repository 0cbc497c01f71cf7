import Learning

/// What `data:folds` returns: a function for Lua's `for`.
final class Folds: LuaRepresentable, CustomStringConvertible {
  static let luaName = "Folds"
  private let data: Dataset
  private let places: [[Int]]
  private var next = 0

  init(_ data: Dataset, places: [[Int]]) { (self.data, self.places) = (data, places) }

  var description: String { "Folds(\(places.count) of \(data.count) rows)" }

  private static let receiver = Parameter("self", Kind<Folds>.object, "")

  static let luaClass = LuaClass(
    Folds.self, "The folds of data, one after the other: train and validation rows.",
    metamethods: [
      "__len": LuaFunction("len", "Number of folds.", receiver) { $0.places.count },
      "__call": LuaFunction(
        "Folds", "The next fold; nil after the last one.",
        reading: [
          ParameterRecord(
            name: "self", annotation: "lai.Folds", isOptional: false, defaultText: nil, summary: "",
            options: []),
          ParameterRecord(
            name: "state", annotation: "any", isOptional: true, defaultText: nil,
            summary: "Not used.", options: []),
          ParameterRecord(
            name: "before", annotation: "any", isOptional: true, defaultText: nil,
            summary: "Not used.", options: []),
        ], returns: "lai.Dataset?, lai.Dataset?"
      ) { state in
        let folds = try receiver.read(state, 1)
        guard folds.next < folds.places.count else {
          state.pushNil()
          return 1
        }
        let fold = folds.next
        folds.next += 1
        let rest = folds.places.enumerated().filter { $0.offset != fold }.flatMap(\.element)
        return try LuaResults(
          LuaObject(folds.data.rows(rest.sorted())), LuaObject(folds.data.rows(folds.places[fold]))
        ).push(to: state)
      },
    ])
}
