import Experiments
import Learning
import Pictures
import Tensors

/// lai.tune and its options.
enum TuneModule {
  private static let test = Option(
    "test", Kind<Dataset>.dataOrPath.optional,
    "Rows that the search never sees: with targets the result is judged on them; without, its slopes and noise alone."
  )
  private static let minimise = Option(
    "minimise", .string, default: "rmse",
    "The measure to make small: rmse, noise.X8, slope.X8, var, or one of your own.")
  private static let features = Option(
    "features", Kind.names().optional,
    "Features with a λ of their own; those that minimise and subject name unless given. {} for one λ of all."
  )
  private static let budget = Option(
    "budget", .integer(atLeast: 1), default: TuneOptions().budget,
    "Trials in all, those of the report among them.")
  private static let seed = Option(
    "seed", .seed, default: 1, "What all seeds are derived from; those of the report differ.")
  private static let reportSeeds = Option(
    "report_seeds", .integer(atLeast: 5), default: TuneOptions().reportSeeds,
    "Fresh seeds on which the result is judged.")
  private static let holdout = Option(
    "holdout", .fraction, default: TuneOptions().holdout,
    "Share of the rows of data on which the result is judged, without targets in test.")
  private static let levers = Option(
    "levers", Kind<Bool>.boolean, default: true,
    "Whether alpha, schedule and activation are tried too, or λ alone.")

  static let records =
    [SweepModule.data.record, test.record, SweepModule.target.record, SweepModule.drop.record]
    + [minimise.record, SweepModule.subject.record.with(default: "{}", isOptional: true)]
    + [features.record, SweepModule.base.record.with(options: PointOptions.records)]
    + [SweepModule.control.record]
    + [SweepModule.measure.record.with(default: "{rmse = true}", isOptional: true)]
    + [budget.record, seed.record, reportSeeds.record, holdout.record, levers.record]
    + [SweepModule.workers.record, SweepModule.store.record, SweepModule.timeout.record]

  static let functions = [
    LuaFunction(
      "tune", "Finds λ that makes one measure small while others keep their bounds.",
      Parameter<OptionTable>.options(records),
      returns: "lai.Tune",
      details: """
        Looks for λ by brackets and secants on two seeds, then tries alpha, a cosine schedule and another
        activation, each kept if it helps. The best five race on five to eight other seeds. The winner,
        the control, its baselines (the feature dropped, noise on it) and the winner's options without the
        Lai loss are then run on fresh seeds and judged on rows that the search never saw: only these are
        t.best and t:table(). The control is base with its residual, or the loss control.
        Bounds are numbers, or "+2.4%" and "-50%" against the control. If no point keeps them on fresh
        seeds, or none has less of the measure than a control that keeps them (the 95 % interval of the
        change has 0 in it), t.best is nil, and t.nearest with t.failures says by how much. t.better lists
        the baselines that keep the bounds and are better. With store, the same script run again finishes
        what is missing, and has the same result.
        """,
      example: """
        local data = lai.synthetic.friedman1{n = 400, noise = 1, seed = 1}
        local t = lai.tune{data = data, minimise = "noise.X4", subject = {rmse = "+20%"}, levers = false,
                           budget = 110, base = {hidden = {8}, pretrain = 2, epochs = 2, batch = 32}}
        print(t)
        print(t.best and t.best.options.lambda.X4 or t.failures[1].measure)
        """
    ) { options in LuaObject(LuaTune(try tune(options))) }
  ]

  private static func tune(_ options: OptionTable) throws -> Tuner {
    let question = TuneQuestion(
      minimise: try options(minimise), bounds: try options(SweepModule.subject),
      features: try options(features))
    var tuning = TuneOptions()
    tuning.budget = try options(budget)
    tuning.seed = try options(seed)
    tuning.reportSeeds = try options(reportSeeds)
    tuning.holdout = try options(holdout)
    tuning.triesLevers = try options(levers)
    let settings = try SweepModule.settings(options, measures(options, question))
    try refuseLosses(options)
    let recipe = try PointReader(options.state, base: try options(SweepModule.base)?.index)
      .control(loss: options(SweepModule.control))
    guard !recipe.isBound else {
      throw ArgumentError("base.pretrain_loss", mustBe: "a built-in loss", got: "one in Lua")
    }
    let rows = try SweepModule.rows(options)
    SweepModule.warn("tune", of: rows, [recipe])
    let tuner = try Tuner(
      question, on: rows, test: SweepModule.testRows(options, test),
      control: recipe, tuning, sweep: settings, store: SweepModule.openStore(options))
    try LuaSweepControl.watching("tune", options, SweepPicture(tuner.question)) {
      try tuner.run(control: &$0)
    }
    return tuner
  }

  /// The Lai loss is what is looked for.
  private static func refuseLosses(_ options: OptionTable) throws {
    guard let base = try options(SweepModule.base) else { return }
    let state = options.state
    for name in ["lambda", "slope"] {
      try state.reserve(2)
      let type = try state.getField(name, of: base.index)
      state.pop()
      if type != .nil {
        throw ArgumentError(
          "base.\(name)", mustBe: "left out: it is what tune looks for", got: "a value")
      }
    }
    try state.reserve(2)
    _ = try state.getField("loss", of: base.index)
    defer { state.pop() }
    if let loss = state.object(at: -1, as: Objective.self), loss.base != loss {
      throw ArgumentError(
        "base.loss", mustBe: "a residual such as loss.mse: tune adds the Lai loss", got: "\(loss)")
    }
  }

  /// Those that are asked for, and those of the question.
  private static func measures(
    _ options: OptionTable, _ question: TuneQuestion
  ) throws -> Measures {
    var measures = try options(SweepModule.measure).measures
    if try !options.contains(SweepModule.measure) { measures.smoothness = false }
    for name in [question.minimise] + question.bounds.map(\.measure) {
      guard !measures.custom.contains(name) else { continue }
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      switch parts.first {
      case "noise" where parts.count == 2:
        if measures.noise == nil { measures.noise = Measures.Noise(features: []) }
        if measures.noise!.features?.contains(parts[1]) == false {
          measures.noise!.features!.append(parts[1])
        }
      case "var", "slope", "slope_p95": measures.smoothness = true
      default:
        if MetricRecord.all.contains(where: { $0.name == name }), !measures.metrics.contains(name) {
          measures.metrics.append(name)
        }
      }
    }
    return measures
  }
}
