import Experiments
import Learning
import Tensors

/// The options that a sweep may vary: those of the network, of the scaling, of lai.loss.lai and of
/// lai.train.
enum PointOptions {
  static let scale = Option(
    "scale", Kind<Scaling.Features>.choice(of: Scaling.Features.self), default: .standard,
    "How features are scaled, by the training rows: mean 0 and deviation 1, to 0 … 1, or not.")
  static let scaleTarget = Option(
    "scale_target", Kind<Bool>.boolean, default: false,
    "Whether the target has mean 0 and deviation 1 in training; measures are in its own units.")

  /// What a sweep decides itself.
  private static let own = ["checkpoint", "checkpoint_every", "seed", "on_divergence"]
  private static let training = TrainingOption.all.filter { option in
    !option.records.contains { own.contains($0.name) }
  }

  static let records: [ParameterRecord] =
    [
      NetworkModule.hidden.record, NetworkModule.activation.record, NetworkModule.dtype.record,
      scale.record.with(default: "\"standard\"", isOptional: true), scaleTarget.record,
    ] + LossModule.laiOptions + training.flatMap(\.records)

  /// Reads a table of these.
  ///
  /// - control: The loss in place of the table's own; nil for that.
  static func recipe(_ options: OptionTable, loss control: Objective? = nil) throws -> Recipe {
    var recipe = Recipe()
    recipe.hidden = try options(NetworkModule.hidden)
    recipe.activation = try options(NetworkModule.activation)
    recipe.dtype = try options(NetworkModule.dtype)
    recipe.scaling.features = try options(scale)
    recipe.scaling.target = try options(scaleTarget)
    if try options(TrainingOption.metrics)?.functions.isEmpty == false {
      throw ArgumentError(
        "metrics", mustBe: "names of built-in ones; measure takes functions", got: "a function")
    }
    for option in training { try option.read(options, into: &recipe.training) }
    let hasLai = try options.contains(LossModule.lambda) || options.contains(LossModule.slope)
    if let control {
      recipe.training.loss = control
    } else if hasLai {
      recipe.training.loss = .lai(try LossModule.lai(options))
    } else if try options.contains(LossModule.base) {
      recipe.training.loss = .residual(try options(LossModule.base))
    }
    return recipe
  }

  /// What of a table is left out when another sets an option.
  static func rivals(of name: String) -> [String] {
    switch name {
    case "loss": ["lambda", "slope"]
    case "lambda": ["loss", "slope"]
    case "slope": ["loss", "lambda"]
    default: []
    }
  }
}

extension LuaState {
  /// Pushes a copy of the table at an index, with copies of the plain tables in it.
  func pushCopy(ofTable index: Int32, depth: Int = 0) throws {
    guard depth < 20 else {
      throw ArgumentError("", mustBe: "a table that is not nested so deeply", got: "a table")
    }
    let source = absolute(index)
    try reserve(8)
    try newTable()
    let copy = top
    try forEachPair(of: source) { key, value in
      try reserve(8)
      pushValue(key)
      if type(at: value) == .table, try isTable(at: value) {
        try pushCopy(ofTable: value, depth: depth + 1)
      } else {
        pushValue(value)
      }
      try set(table: copy)
    }
  }

  /// Sets an option of the point whose table is at `point` to the value on the top, which is popped.
  /// "lambda.X8" sets one feature's entry: a number for all features becomes the default of the others.
  func setOption(_ name: String, ofPoint point: Int32) throws {
    try reserve(6)
    guard let dot = name.firstIndex(of: ".") else {
      for rival in PointOptions.rivals(of: name) {
        pushNil()
        try setField(rival, of: point)
      }
      return try setField(name, of: point)
    }
    let (owner, entry) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
    let value = top
    for rival in PointOptions.rivals(of: owner) {
      pushNil()
      try setField(rival, of: point)
    }
    switch try getField(owner, of: point) {
    case .table: try pushCopy(ofTable: top)
    case .nil: try newTable()
    default:
      try newTable()
      pushValue(top - 1)
      try setField("default", of: top - 1)
    }
    pushValue(value)
    try setField(entry, of: top - 1)
    try setField(owner, of: point)
    top = value - 1
  }

  /// A setting as people see it: JSON, with objects as their text.
  func setting(at index: Int32) throws -> JSON {
    switch type(at: index) {
    case .userdata: .string(try describe(index))
    case .table:
      if try isTable(at: index), rawLength(at: index) > 0 {
        .array(
          try (1...rawLength(at: index)).map { position in
            getIndex(position, of: index)
            defer { pop() }
            return try setting(at: top)
          })
      } else {
        try json(at: index)
      }
    default: try json(at: index)
    }
  }
}
