import Learning
import Tensors

/// net:predict and net:evaluate.
enum PredictModule {
  private static let receiver = Parameter("self", Kind<MLP>.object, "")
  private static let input = Parameter(
    "x", Kind.predictable,
    "Rows of features, [n][inputs], a data set or a CSV file, in original units.")
  private static let judged = Parameter(
    "data", Kind.judgeable, "A data set, or a CSV file, with targets in their own units.")

  static let methods = [
    LuaFunction(
      "predict", "Predictions in the target's own units, [n][outputs], of data in theirs.",
      receiver, input,
      details: """
        lai.train does not change the network that it is given: predict with run.model.
        The features go through the network's scaler, and the predictions back through that of the
        target: a network's file is enough to predict from a raw CSV file in another process.
        Columns of data are found by name, in any order; one that is missing or unknown is an error.
        Rows of a tensor, and data without names, must have the network's order. Data that the
        network's own scaler has scaled are not scaled again; those of another scaler are an error.
        A CSV file is read as that of the training data was: with its categories, and with what filled
        its missing cells. lai.csv(path, {like = net}) reads it with other separators, or with unknown =
        "ignore" rows of categories that the training data did not have, and gives its ids.
        """,
      example: """
        local train, valid = lai.synthetic.friedman1{n = 100}:split()
        local scaler = lai.standardize(train, {target = true})
        local net = lai.train{model = lai.mlp{inputs = 10}, data = scaler(train), epochs = 2}.model
        local path = os.tmpname()
        net:save(path)
        local again = lai.mlp_load(path)
        assert((again:predict(valid) - net:predict(scaler(valid))):abs():max():item() < 1e-4)
        os.remove(path)
        """
    ) { net, input in
      switch input {
      case .rows(let x): LuaObject(try net.predict(x))
      case .data(let data): LuaObject(try net.predict(data))
      case .file(let path, let mode):
        LuaObject(try net.predict(read(path, mode, for: net, readsTarget: false)))
      }
    },
    LuaFunction(
      "evaluate", "The errors of net:predict on data with targets, in the target's own units.",
      receiver, judged,
      details: MetricRecord.all.map { "\($0.name): \($0.summary)." }.joined(separator: "\n"),
      example: """
        local train, valid = lai.synthetic.friedman1{n = 100}:split()
        local scaler = lai.standardize(train, {target = true})
        local net = lai.train{model = lai.mlp{inputs = 10}, data = scaler(train), epochs = 2}.model
        local errors = net:evaluate(valid)
        print(errors.rmse, errors.r2, errors.outputs.y.mae)
        """
    ) { net, data in
      switch data {
      case .file(let path, let mode):
        try net.evaluate(read(path, mode, for: net, readsTarget: true))
      case .data(let data): try net.evaluate(data)
      case .rows: throw ArgumentError("data", mustBe: Kind.judgeable.wanted, got: "rows")
      }
    },
  ]

  private static func read(_ path: String, _ mode: ProgressMode, for net: MLP, readsTarget: Bool)
    throws -> Dataset
  {
    let data = try ReadingWatch.withBar(mode) {
      try net.data(fromCSV: path, readsTarget: readsTarget, watch: $0)
    }
    if readsTarget, data.y == nil {
      let target = net.schema?.target ?? net.names.target
      throw FileError(
        path, target.map { "has no column '\($0)', the target" } ?? "has no target that is known")
    }
    return data
  }
}

/// What a network predicts from.
enum PredictionInput {
  case rows(Tensor)
  case data(Dataset)
  /// Read with this display.
  case file(String, ProgressMode)
}

extension Kind where Value == PredictionInput {
  fileprivate static let predictable = Kind(
    "a lai.Tensor, a nested table of numbers, a lai.Dataset or the path of a CSV file",
    annotation: "lai.Tensor|table|lai.Dataset|string"
  ) { state, index in
    try judgeable.read(state, index)
      ?? Kind<Tensor>.tensorLike.read(state, index).map { .rows($0) }
  }

  fileprivate static let judgeable = Kind(
    "a lai.Dataset or the path of a CSV file", annotation: "lai.Dataset|string"
  ) { state, index in
    if let data = state.object(at: index, as: Dataset.self) { return .data(data) }
    guard state.type(at: index) == .string else { return nil }
    return try Kind<String>.path.read(state, index).map { .file($0, state.progressMode) }
  }
}

extension PredictionErrors: LuaTabular {
  static let luaTable = LuaTableType<PredictionErrors>(
    "Evaluation", "Errors of predictions, in the target's own units.",
    MetricRecord.all.map { metric in
      .init(metric.name, "Over all rows and outputs: \(metric.summary).") { $0.all[metric.name]! }
    } + [
      .init("n", "Rows.") { $0.count },
      .init("outputs", "The same measures of each output alone, by its name.") { errors in
        NamedMeasures(outputs: errors.outputs)
      },
    ])
}

/// Measures by output and name.
private struct NamedMeasures: LuaPushable {
  static var luaAnnotation: String { "table<string, table<string, number>>" }
  let outputs: [(name: String, measures: [String: Double])]

  func push(to state: LuaState) throws -> Int32 {
    try state.reserve(4)
    try state.newTable(record: outputs.count)
    for (name, measures) in outputs {
      _ = try NamedNumbers(measures).push(to: state)
      try state.setField(name, of: -2)
    }
    try state.presentTable()
    return 1
  }
}
