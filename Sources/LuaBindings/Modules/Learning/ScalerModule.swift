import Learning
import Tensors

/// lai.standardize and its scalers.
enum ScalerModule {
  static let functions = [
    LuaFunction(
      "standardize", "The scaler that gives each feature the mean 0 and the standard deviation 1.",
      Parameter(
        "data", Kind<Dataset>.object,
        "The training data, whose means and standard deviations it uses."),
      example: """
        local data = lai.synthetic.friedman1{n = 100}
        local scaler = lai.standardize(data)
        local standardized = scaler(data)
        """
    ) { LuaObject(try Scaler(fitting: $0)) },
  ]
}

extension Scaler: LuaRepresentable {
  package static let luaName = "Scaler"

  private static let receiver = Parameter("self", Kind<Scaler>.object, "")

  package static let luaClass = LuaClass(
    Scaler.self,
    "Standardises features as (x − mean) / standard deviation: scaler(data) or scaler(x).",
    properties: [
      LuaFunction("mean", "Mean of each feature.", receiver) { $0.mean },
      LuaFunction("std", "Standard deviation of each feature (divisor n).", receiver) {
        $0.standardDeviation
      },
    ],
    methods: [
      LuaFunction(
        "inverse", "Converts standardised features back to their units.", receiver,
        Parameter("x", Kind.tensorLike, "Standardised rows, [n][d].")
      ) { LuaObject(try $0.inverse($1)) }
    ],
    metamethods: [
      "__call": LuaFunction(
        "Scaler", "The data or rows with standardised features.",
        reading: [
          ParameterRecord(
            name: "self", annotation: "lai.Scaler", isOptional: false, defaultText: nil,
            summary: "", options: []),
          ParameterRecord(
            name: "data", annotation: "lai.Dataset|lai.Tensor", isOptional: false,
            defaultText: nil, summary: "The data or rows to standardise.", options: []),
        ], returns: "any"
      ) { state in
        let scaler = try receiver.read(state, 1)
        if let data: Dataset = state.object(at: 2) {
          return try LuaObject(scaler.transform(data)).push(to: state)
        }
        let x = try Kind.tensorLike.value(in: state, at: 2, named: "data")
        return try LuaObject(scaler.transform(x)).push(to: state)
      }
    ])
}
