import Learning
import Tensors

/// lai.standardize, lai.minmax, lai.scaler and their scalers.
enum ScalerModule {
  private static let data = Parameter(
    "data", Kind<Dataset>.object, "The training data, whose numbers it uses.")
  private static let target = Option(
    "target", Kind.boolean, default: false, "Whether the targets are scaled too.")

  private static let center = Option(
    "center", Kind.finite.list(), "What is subtracted from each feature.")
  private static let scale = Option(
    "scale", Kind.positive.list(), "What each feature is divided by then.")
  private static let features = Option(
    "features", Kind<[String]>.names().optional,
    "Names of the features; without them only their number is compared with that of data.")
  private static let targetScale = Option(
    "target", Kind.targetScale.optional,
    "{center = …, scale = …} of the target: numbers, or lists with one per output.")
  private static let targetName = Option(
    "target_name", Kind.string.optional, "Name of the target.")

  private static let unitDetails = """
    With target = true, y is scaled in the same way. Losses are then those of the scaled target; RMSE
    and metrics of a run, net:predict and net:evaluate are in the target's own units. A constant
    column has the scale 1. A network that is trained on scaled data keeps the scaler.
    """

  static let functions = [
    LuaFunction(
      "standardize", "The scaler that gives each feature the mean 0 and the standard deviation 1.",
      data, Parameter<OptionTable>.options(target.record), details: unitDetails,
      example: """
        local train, valid = lai.synthetic.friedman1{n = 100}:split()
        local scaler = lai.standardize(train, {target = true})
        local run = lai.train{
          model = lai.mlp{inputs = 10}, data = scaler(train), validation = scaler(valid), epochs = 2}
        print(run.model:predict(valid))
        """
    ) { LuaObject(try Scaler(fitting: $0, scalesTarget: $1(target))) },
    LuaFunction(
      "minmax", "The scaler that brings each feature to the range from 0 to 1.",
      data, Parameter<OptionTable>.options(target.record), details: unitDetails,
      example: """
        local data = lai.synthetic.friedman1{n = 100}
        local scaled = lai.minmax(data, {target = true})(data)
        assert(scaled.x:min():item() == 0 and scaled.y:max():item() == 1)
        """
    ) { LuaObject(try Scaler(fitting: $0, .minmax, scalesTarget: $1(target))) },
    LuaFunction(
      "scaler", "A scaler of given numbers: (value - center) / scale.",
      Parameter<OptionTable>.options(
        center.record, scale.record, features.record, targetScale.record, targetName.record),
      example: """
        local scaler = lai.scaler{center = {0, 100}, scale = {1, 10}, target = {center = 5, scale = 2}}
        assert(scaler(lai.tensor{{1, 120}}):get(1, 2) == 2)
        assert(scaler:inverse_target(lai.tensor{{1}}):item() == 7)
        """
    ) { options in
      let center = try options(center)
      let names = try ColumnNames(features: options(features), target: options(targetName))
      let labels = names.features ?? (1...max(1, center.count)).map { "X\($0)" }
      guard !center.isEmpty else {
        throw ArgumentError("center", mustBe: "a list of a number or more", got: "none")
      }
      guard labels.count == center.count else {
        throw ArgumentError(
          "features", mustBe: "\(center.count) names, one for each center", got: labels.count)
      }
      return LuaObject(
        try Scaler(
          names: names,
          inputs: ColumnScale(center: center, scale: options(scale), names: labels),
          target: options(targetScale).map {
            try ColumnScale(
              center: $0.center, scale: $0.scale, names: names.outputs($0.center.count))
          }))
    },
  ]
}

extension Kind where Value == (center: [Double], scale: [Double]) {
  /// {center = …, scale = …}, each a number or a list.
  fileprivate static let targetScale = Kind(
    "{center = …, scale = …}, each a number or a list of them", annotation: "table"
  ) { state, index in
    guard try state.isTable(at: index, naming: ["center", "scale"]) else { return nil }
    func numbers(_ name: String, _ kind: Kind<Double>) throws -> [Double] {
      try state.reserve(4)
      try state.getField(name, of: index)
      defer { state.pop() }
      if let number = try kind.read(state, state.top) { return [number] }
      return try kind.list(atLeast: 1).value(in: state, at: state.top, named: ".\(name)")
    }
    try state.forEachPair(of: index) { key, _ in
      let name = state.string(at: key)
      if let name, ["center", "scale"].contains(name) { return }
      throw UnknownOption(name: name ?? state.account(of: key), known: ["center", "scale"])
    }
    return (try numbers("center", .finite), try numbers("scale", .positive))
  }
}

extension Scaler: LuaRepresentable {
  package static let luaName = "Scaler"

  private static let receiver = Parameter("self", Kind<Scaler>.object, "")

  package static let luaClass = LuaClass(
    Scaler.self,
    "Scales features, and targets if it is to, as (value − center) / scale: scaler(data) or scaler(x).",
    properties: [
      LuaFunction(
        "center", "What is subtracted from each feature: its mean, or its least value.", receiver
      ) { $0.inputs.center },
      LuaFunction(
        "scale",
        "What each feature is divided by: its standard deviation (divisor n), or its range.",
        receiver
      ) { $0.inputs.scale },
      LuaFunction("mean", "The same as center.", receiver) { $0.mean },
      LuaFunction("std", "The same as scale.", receiver) { $0.standardDeviation },
      LuaFunction(
        "target_center", "The center of each output; nil if targets stay as they are.", receiver
      ) { $0.target?.center },
      LuaFunction(
        "target_scale", "The scale of each output; nil if targets stay as they are.", receiver
      ) { $0.target?.scale },
      LuaFunction("features", "Names of the features.", receiver) { $0.features },
    ],
    methods: [
      LuaFunction(
        "inverse", "Converts scaled features, or scaled data, back to their units.",
        reading: [receiver.record, scaled("x", "Scaled rows, [n][d], or data that it scaled.")],
        returns: "any"
      ) { state in
        let scaler = try receiver.read(state, 1)
        if let data: Dataset = state.object(at: 2) {
          return try LuaObject(scaler.inverse(data)).push(to: state)
        }
        let x = try Kind.tensorLike.value(in: state, at: 2, named: "x")
        return try LuaObject(scaler.inverse(x)).push(to: state)
      },
      LuaFunction(
        "inverse_target",
        "Converts predictions of a scaled target back to its units; leaves others as they are.",
        receiver, Parameter("y", Kind.tensorLike, "Predictions, [n][outputs].")
      ) { LuaObject(try $0.inverseTarget($1)) },
    ],
    metamethods: [
      "__call": LuaFunction(
        "Scaler", "The data or rows with scaled features; the data's y too if it scales targets.",
        reading: [
          receiver.record, scaled("data", "The data or rows to scale."),
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

  private static func scaled(_ name: String, _ summary: String) -> ParameterRecord {
    ParameterRecord(
      name: name, annotation: "lai.Dataset|lai.Tensor", isOptional: false, defaultText: nil,
      summary: summary, options: [])
  }
}
