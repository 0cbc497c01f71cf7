import Learning
import Pictures
import Tensors

extension EpochReport: LuaTabular {
  static let luaTable = LuaTableType<EpochReport>(
    "EpochReport", "One epoch, as it went.",
    [
      .init("epoch", "Its number, from 1, over both stages.") { $0.epoch },
      .init("stage", "pretrain or train.") { $0.stage.rawValue },
      .init("base_loss", "Mean of the base loss over its batches.") { $0.baseLoss },
      .init("lai_loss", "Mean of the Lai loss over what took it; nil without.") { $0.laiLoss },
      .init("lai_ratio", "Ratio of that to the base loss there; nil without.") {
        $0.laiRatio
      },
      .init("lai_count", "Batches, or points, that took the Lai loss.") { $0.laiCount },
      .init(
        "above_kink",
        "By feature, the share of these rows whose |dy/dx| is above what λ wants; nil without."
      ) { $0.aboveKink.map { NamedNumbers($0.byName) } ?? nil },
      .init("validation_rmse", "On the validation data, in the target's own units; nil without.") {
        $0.validationRMSE
      },
      .init(
        "validation_rmse_scaled",
        "The same in the units of a scaled target, which the losses have; nil unless it is scaled."
      ) { $0.scaledValidationRMSE },
      .init("validation_loss", "Mean value of step on the validation data; nil without.") {
        $0.validationLoss
      },
      .init("metrics", "The metrics asked for, by name, in the target's own units; nil without.") {
        NamedNumbers($0.metrics)
      },
      .init("learning_rate", "The last one.") { $0.learningRate },
      .init("seconds", "Since the beginning of the run.") { $0.seconds },
    ])
}

/// Numbers by name.
struct NamedNumbers: LuaPushable {
  static var luaAnnotation: String { "table<string, number>" }
  let numbers: [String: Double]

  /// nil for none.
  init?(_ numbers: [String: Double]) {
    guard !numbers.isEmpty else { return nil }
    self.numbers = numbers
  }

  func push(to state: LuaState) throws -> Int32 {
    try state.reserve(4)
    try state.newTable(record: numbers.count)
    for (name, value) in numbers {
      state.push(value)
      try state.setField(name, of: -2)
    }
    try state.presentTable()
    return 1
  }
}

/// What all runs have.
enum RunModule {
  static let title = Option("title", Kind.string.optional, "Above the page.")

  static func properties<Report: TrainingReport & SharedMetatype>(of receiver: Parameter<Report>)
    -> [LuaFunction]
  {
    [
      LuaFunction(
        "history",
        "Each epoch's report: \(EpochReport.luaTable.fields.map(\.record.name).joined(separator: ", ")).",
        receiver,
        details: """
          A field's name gives that field of all epochs as a list: run.history.validation_rmse. So does
          the name of a metric. Epochs without the number have NaN there.
          """
      ) { TrainingHistory($0.history) },
      LuaFunction(
        "best_epoch",
        "The epoch of the least validation RMSE or, with step, validation value, of the last stage that the run came to; nil without validation.",
        receiver
      ) { $0.bestEpoch },
      LuaFunction(
        "metrics", "The metrics of the epoch that the model is of; nil without.", receiver
      ) { NamedNumbers($0.metrics) },
      LuaFunction("seconds", "How long it took.", receiver) { $0.seconds },
      LuaFunction(
        "outcome", "finished, stopped, stopped early, diverged or, of train_all, failed.", receiver
      ) { $0.outcome.rawValue },
      LuaFunction(
        "problem", "What went wrong in a run that diverged or failed; else nil.", receiver
      ) { $0.error.map { luaText(of: $0) } },
    ]
  }

  static func methods<Report: TrainingReport & SharedMetatype>(of receiver: Parameter<Report>)
    -> [LuaFunction]
  {
    [
      LuaFunction(
        "save", "Writes the state of the run, from which lai.resume goes on.", receiver,
        Parameter("path", .path, "The file; replaced as a whole or not at all."), returns: "string",
        details:
          "Returns the path. A run that diverged has none: its checkpoint is of an earlier epoch."
      ) { run, path in
        try run.stateToGoOn().save(to: path)
        return path
      },
      LuaFunction(
        "plot", "How training went: validation, losses, Lai batches, learning rate.", receiver,
        returns: "lai.Chart"
      ) { LuaObject(try $0.chart()) },
      LuaFunction(
        "report", "Writes a page of HTML: outcome, curves, epochs, network, options.", receiver,
        Parameter("path", .path, "Ends in .html."), Parameter<OptionTable>.options(title.record),
        returns: "string", details: "Returns the path. The page needs no other file and no network."
      ) { run, path, options in
        try run.report(
          title: options(title) ?? "Training run", notation: .lua,
          environment: SweepDescription.machine
        ).write(to: path)
        return path
      },
    ]
  }
}

extension Run: LuaRepresentable {
  package static let luaName = "Run"
  private static let receiver = Parameter("self", Kind<Run>.object, "")
  package static let luaClass = LuaClass(
    Run.self, "What lai.train returns; print it for a table.",
    properties: [
      LuaFunction(
        "model", "The trained network: with patience that of the best epoch, else of the last.",
        receiver
      ) { LuaObject($0.model) },
      LuaFunction(
        "warnings",
        "In words: lambda above what the data allow, slopes of the wrong sign, a target far from the unit scale, an RMSE above the target's own deviation.",
        receiver
      ) { $0.warnings.map(\.description) + $0.scaleWarnings.map { $0.words.text(in: .lua) } },
    ] + RunModule.properties(of: receiver), methods: RunModule.methods(of: receiver))
}
