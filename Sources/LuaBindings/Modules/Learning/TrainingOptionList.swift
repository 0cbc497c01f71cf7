import Learning
import Tensors

/// An option of training, or two that belong together: how scripts give it and where it goes.
struct TrainingOption: Sendable {
  let records: [ParameterRecord]
  /// Whether it means something for a scripted model too.
  let isForScripts: Bool
  private let reading: @Sendable (OptionTable, inout TrainingOptions) throws -> Void

  /// Changes what the table says; the rest keeps its defaults.
  func read(_ table: OptionTable, into training: inout TrainingOptions) throws {
    try reading(table, &training)
  }

  private init(
    _ records: [ParameterRecord], scripts: Bool = true,
    _ reading: @escaping @Sendable (OptionTable, inout TrainingOptions) throws -> Void
  ) {
    (self.records, isForScripts, self.reading) = (records, scripts, reading)
  }

  /// An option with the default that the options of training have.
  private init<Value: Sendable>(
    _ name: String, _ kind: Kind<Value>,
    _ path: WritableKeyPath<TrainingOptions, Value> & Sendable, scripts: Bool = true,
    _ summary: String
  ) {
    let fallback = TrainingOptions()[keyPath: path]
    let option = Option(name, kind, default: fallback, summary)
    var record = option.record
    if let choice = fallback as? any RawRepresentable, let text = choice.rawValue as? String {
      record = record.with(default: "\"\(text)\"", isOptional: true)
    }
    self.init([record], scripts: scripts) { table, training in
      if try table.contains(option) { training[keyPath: path] = try table(option) }
    }
  }

  /// An option that is off unless it is given.
  private init<Value: Sendable>(
    _ name: String, optional kind: Kind<Value>,
    _ path: WritableKeyPath<TrainingOptions, Value?> & Sendable, scripts: Bool = true,
    _ summary: String
  ) {
    let option = Option(name, kind.optional, summary)
    self.init([option.record], scripts: scripts) { table, training in
      training[keyPath: path] = try table(option)
    }
  }

  /// All of them, in the order of the help.
  static let all = [
    TrainingOption(
      "loss", .loss, \.loss, scripts: false,
      "What training minimises: a loss, or a sum of losses and penalties."),
    TrainingOption(
      "pretrain_loss", optional: .loss, \.pretrainLoss, scripts: false,
      "For pre-training, and for what alpha does not choose. Without it, loss without its terms of slopes: of a Lai loss its base."
    ),
    TrainingOption(
      "pretrain", .integer(atLeast: 0), \.pretrain, scripts: false,
      "Epochs of pretrain_loss before."),
    TrainingOption(
      "epochs", .integer(atLeast: 0), \.epochs,
      "Epochs of loss, as far as alpha chooses it, and of pretrain_loss."),
    alpha,
    TrainingOption(
      "sample", .choice(of: LaiSample.self), \.sample, scripts: false, "What the share is of."),
    TrainingOption("batch", .integer(atLeast: 1), \.batch, "Rows of a mini-batch."),
    TrainingOption("optimizer", .optimizer, \.optimizer, "How parameters move."),
    TrainingOption("schedule", .schedule, \.schedule, "Of the learning rate."),
    TrainingOption("clip", optional: .positive, \.clip, "Largest norm of the gradient."),
    earlyStopping,
    TrainingOption(
      "on_divergence", .choice(of: DivergenceAction.self), \.onDivergence,
      "An error, or stop and return the last finite model."),
    TrainingOption(
      "divergence_threshold", .number("> 1") { $0 > 1 }, \.divergenceThreshold,
      "A run diverges when residuals are so many times as large as the largest target, or as those of the first batch if they are larger. The value of step is compared with the square of it."
    ),
    TrainingOption([metrics.record]) { table, training in
      training.metrics = try table(metrics)?.names ?? []
    },
    checkpoint,
    TrainingOption(
      "seed", .seed, \.seed, "Of shuffling, of the choice of batches, and of the noise."),
    TrainingOption(NoiseOptions.records, scripts: false) { table, training in
      training.noise = try NoiseOptions.noise(table)
    },
  ]

  private static let alpha: TrainingOption = {
    let alpha = Option(
      "alpha", Kind<Double>.fraction.optional,
      "Share of the batches, or points, that takes loss; the others take pretrain_loss. Without it, 0.01 if loss has a Lai loss in it, else 1."
    )
    return TrainingOption([alpha.record], scripts: false) { table, training in
      if let alpha = try table(alpha) { training.alpha = alpha }
    }
  }()

  private static let earlyStopping: TrainingOption = {
    let patience = Option(
      "patience", Kind.integer(atLeast: 1).optional,
      "Early stopping: ends after so many epochs without a better validation RMSE or, with step, validation value. The run has the model of its best epoch, however it ends."
    )
    let improvement = Option(
      "min_improvement", .notNegative, default: 0,
      "What resets the patience, in units of the RMSE or of the value.")
    return TrainingOption([patience.record, improvement.record]) { table, training in
      if let patience = try table(patience) {
        training.earlyStopping = try EarlyStopping(
          patience: patience, minimumImprovement: table(improvement))
      } else if try table.contains(improvement) {
        throw ArgumentError("min_improvement", mustBe: "given with patience", got: "without")
      }
    }
  }()

  static let metrics = Option(
    "metrics", Kind.metrics.optional,
    "Measures of each epoch: names of built-in ones, \(MetricRecord.all.map(\.name).joined(separator: ", ")), on the validation data, and functions by name: {\"r2\", mine = function(model, validation) return number end}."
  )
  static let checkpoint: TrainingOption = {
    let path = Option(
      "checkpoint", Kind.path.optional,
      "A file for the state of the run, from which lai.resume goes on: written at the beginning, at the end and in between."
    )
    let every = Option(
      "checkpoint_every", .integer(atLeast: 1), default: Checkpoint.interval,
      "Epochs between two writings of checkpoint.")
    return TrainingOption([path.record, every.record]) { table, training in
      if let path = try table(path) {
        training.checkpoint = try Checkpoint(path: path, every: table(every))
      } else if try table.contains(every) {
        // A run that goes on has a file already.
        guard let path = training.checkpoint?.path else {
          throw ArgumentError("checkpoint_every", mustBe: "given with checkpoint", got: "without")
        }
        training.checkpoint = try Checkpoint(path: path, every: table(every))
      }
    }
  }()
}

extension Kind
where Value: CaseIterable & RawRepresentable & SharedMetatype, Value.RawValue == String {
  /// One of the cases, by its name.
  static func choice(of type: Value.Type) -> Kind {
    Kind<String>.choice(type.allCases.map(\.rawValue)).map { Value(rawValue: $0)! }
  }
}

/// The measures that a script asks for.
struct MetricList {
  /// Of built-in ones
  var names: [String] = []
  var functions: [(name: String, function: LuaCallable)] = []
}

extension Kind where Value == MetricList {
  /// Its functions stay on the stack while the Swift function that reads it runs.
  static let metrics = Kind(
    "a list of names, or functions by name",
    annotation:
      "string|string[]|table<string, true|fun(model: any, validation: lai.Dataset?): number>"
  ) { state, index in
    let known = MetricRecord.all.map(\.name)
    if state.type(at: index) == .string, let name = state.string(at: index) {
      guard known.contains(name) else {
        throw ArgumentError(
          "",
          mustBe: "one of " + known.map { "'\($0)'" }.joined(separator: ", ")
            + ", or a list of them", got: "'\(name)'")
      }
      return MetricList(names: [name])
    }
    guard try state.isTable(at: index) else { return nil }
    var list = MetricList()
    var functions: [String] = []
    try state.forEachPair(of: index) { key, value in
      guard let name = state.string(at: key) else {
        guard let name = state.string(at: value), known.contains(name) else {
          throw ArgumentError(
            "[\(state.integer(at: key).map { "\($0)" } ?? "?")]",
            mustBe: "one of " + known.map { "'\($0)'" }.joined(separator: ", "),
            got: state.account(of: value))
        }
        return list.names.append(name)
      }
      if known.contains(name) {
        guard state.type(at: value) == .boolean, state.boolean(at: value) else {
          throw ArgumentError(
            ".\(name)", mustBe: "true: a built-in metric; give yours another name",
            got: state.account(of: value))
        }
        list.names.append(name)
      } else {
        guard state.type(at: value) == .function else {
          throw ArgumentError(
            ".\(name)", mustBe: "a function", got: state.account(of: value))
        }
        functions.append(name)
      }
    }
    // In an order of their own: a table has none.
    list.names.sort()
    try state.reserve(Int32(functions.count) + 4)
    for name in functions.sorted() {
      try state.getField(name, of: index)
      list.functions.append((name, LuaCallable(state: state, index: state.top)))
    }
    return list
  }
}
