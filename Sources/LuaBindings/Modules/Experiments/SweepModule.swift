import CLai
import Experiments
import Foundation
import Learning
import Tensors

/// lai.sweep and its options.
enum SweepModule {
  static let data = Option(
    "data", Kind<Dataset>.dataOrPath,
    "Rows with targets, or a CSV file of them, whose target is the option target.")
  static let test = Option(
    "test", Kind<Dataset>.dataOrPath.optional,
    "Rows on which nothing is trained. Slopes and noise are measured on their inputs; without them, on each seed's validation rows. Their targets are for s:front, which judges what was chosen."
  )
  static let target = Option(
    "target", Kind.string.optional, "The target's column, for data that is a file.")
  static let drop = Option(
    "drop", Kind.names(), default: [], "Columns to leave out, for data that is a file.")
  static let validation = Option(
    "validation", .fraction, default: 0.2, "Share of the rows that each seed sets aside.")
  static let base = Option(
    "base", Kind<LuaTable>.table.optional, "Options of all points: see details.")
  static let grid = Option(
    "grid", Kind<LuaTable>.table.optional,
    "Lists of values by option, of which every combination is a point; with search also ranges {low =, high =, log = true, step =, integer = true}."
  )
  static let zip = Option(
    "zip", Kind<LuaTable>.table.optional,
    "Lists of the same length, of which the first values are a point, the second ones, and so on.")
  static let control = Option(
    "control", Kind.loss.optional,
    "The loss of the control, which all points are compared with; the base residual unless given.")
  static let baselines = Option(
    "baselines", Kind<BaselineList>.baselines, default: BaselineList(),
    "Other ways to be less sensitive to a feature: it is dropped, or noise is put on it. true for the features that measure.noise lists, or a list of features."
  )
  static let seeds = Option(
    "seeds", Kind<[UInt64]>.seeds, default: [1, 2, 3, 4, 5], "How many, or a list of them.")
  static let measure = Option(
    "measure", Kind<MeasureList>.measures, default: MeasureList(),
    "What is measured: rmse, mae, r2, max_error, smoothness = true; noise = true or a list of features, with sigma, multiplicative and repeats; functions (run, data) of a number by name. data is scaled as run.model takes it; run.model:evaluate(data) is in original units."
  )
  static let workers = Option(
    "workers", Kind.integer(atLeast: 1).optional,
    "Trials side by side; as many as the processor has cores unless given.")
  static let store = Option(
    "store", Kind.path.optional,
    "A file for the trials, made if it does not exist; the same script run again finishes what is missing. Without it they are kept in memory."
  )
  static let timeout = Option(
    "timeout", Kind<Double>.positive.optional, "Seconds after which a trial fails.")
  static let prune = Option(
    "prune", Kind<Pruning>.choice(of: Pruning.self).optional,
    "Gives up trials of later seeds that are worse than most of the first seed's were at the same epoch after pre-training; off if left out."
  )
  static let models = Option(
    "models", Kind<KeptModels>.choice(of: KeptModels.self), default: .front,
    "Whose networks are kept, for s:model: the control's and those that no point beats, all, or none."
  )
  static let checkpointEvery = Option(
    "checkpoint_every", Kind.integer(atLeast: 1).optional,
    "Epochs between two writings of each trial's state beside store, from which it goes on after a crash. If left out, trials of more than about five minutes write theirs."
  )
  static let curves = Option(
    "curves", Kind<Bool>.boolean, default: true,
    "Whether each epoch's validation RMSE is measured and kept.")
  static let retryFailed = Option(
    "retry_failed", Kind<Bool>.boolean, default: false,
    "Whether trials that failed in an earlier run are tried again.")

  static let search = Option(
    "search", Kind.choice(["grid", "random", "sobol", "tpe"]), default: "grid",
    "How the points of grid are found: all of them; trials of them at random or evenly spread; or near the best so far, in rounds of a fixed size."
  )
  static let trials = Option(
    "trials", Kind.integer(atLeast: 1).optional, "How many points a search other than grid tries.")
  static let round = Option(
    "round", .integer(atLeast: 1), default: 8, "Points of a round of tpe.")
  static let start = Option(
    "start", .integer(atLeast: 0), default: 16, "Evenly spread points that tpe begins with.")
  static let searchSeed = Option("seed", .seed, default: 1, "Seed of the search.")
  static let minimise = Option(
    "minimise", .string, default: "rmse", "The measure that tpe makes small.")
  static let subject = Option(
    "subject", Kind<[Bound]>.bounds, default: [],
    "What other measures may be at most, by name: a number, or \"+2.4%\" against the control.")

  static let records =
    [data.record, test.record, target.record, drop.record, validation.record]
    + [base.record.with(options: PointOptions.records), grid.record, zip.record]
    + [control.record, baselines.record.with(default: "false", isOptional: true)]
    + [seeds.record.with(default: "5", isOptional: true)]
    + [measure.record.with(default: "{rmse = true, smoothness = true}", isOptional: true)]
    + [search.record, trials.record, round.record, start.record, searchSeed.record]
    + [minimise.record, subject.record.with(default: "{}", isOptional: true)]
    + [workers.record, store.record, timeout.record, prune.record]
    + [
      models.record.with(default: "\"front\"", isOptional: true), checkpointEvery.record,
      curves.record, retryFailed.record,
    ]

  static let functions = [
    LuaFunction(
      "sweep", "Many options, each with several seeds, compared with a control.",
      Parameter<OptionTable>.options(records),
      returns: "lai.Sweep",
      details: """
        s:run() trains and measures; s:table() shows means with 95 % intervals and changes against the
        control, paired by seed. base, grid and zip take the options of lai.train (without seed and
        checkpoint), those of lai.loss.lai (lambda makes the loss a Lai loss; false is none), hidden,
        activation and dtype of lai.mlp, scale and scale_target. "lambda.X8" is X8's entry of lambda.
        A seed fixes split, initial weights, batches and noise for all points alike. Points that begin
        with the same pre-training share it.
        With store, a trial that is finished is never run again: a wider grid runs what is new. Trials
        are known by their options, seed, data and functions' code, not by the sweep.
        """,
      example: """
        local data = lai.synthetic.friedman1{n = 300, seed = 1}
        local s = lai.sweep{data = data, base = {hidden = {8}, pretrain = 2, epochs = 2, batch = 32},
                            grid = {lambda = {0.1, 0.01}}, seeds = 2}
        s:run()
        print(s:table{"rmse", "var"})
        """
    ) { options in try make(options) }
  ]

  private static func make(_ options: OptionTable) throws -> SweepOfTable {
    let test = try testRows(options, test)
    let rows = try SweepData(rows(options), inputs: test, validation: options(validation))
    var settings = try settings(options, options(measure).measures)
    settings.seeds = try options(seeds)
    settings.keepsCurves = try options(curves)
    settings.pruning = try options(prune)
    settings.keptModels = try options(models)
    settings.checkpointEvery = try options(checkpointEvery)
    settings.retriesFailed = try options(retryFailed)
    let sweep = try Sweep(rows, settings, store: openStore(options))
    let (points, search) = try points(options)
    for point in points { try add(point, to: sweep) }
    for baseline in try options(baselines).points(of: sweep) { try add(baseline, to: sweep) }
    warn("sweep", of: rows.data, sweep.points.map(\.recipe))
    // Names that the sweep does not measure are errors now, not after hours.
    if let search {
      for name in [search.minimise] + search.bounds.map(\.measure) {
        _ = try sweep.measure(named: name)
      }
    }
    return SweepOfTable(sweep: LuaSweep(sweep, search: search, test: test))
  }

  /// Says that the target's units will hamper training, if some recipe does not scale it.
  static func warn(_ name: String, of data: Dataset, _ recipes: [Recipe]) {
    guard recipes.contains(where: { !$0.scaling.target }) else { return }
    for warning in (try? ScaleWarning.targets(of: data)) ?? [] {
      let text = warning.words(scalingWith: "scale_target = true in base").text(in: .lua)
      complain("\(name): \(text)\n")
    }
  }

  /// What sweeps and tunes have in common.
  static func settings(_ options: OptionTable, _ measures: Measures) throws -> SweepOptions {
    var settings = SweepOptions()
    settings.measures = measures
    if let workers = try options(workers) { settings.workers = workers }
    settings.timeout = try options(timeout).map { .seconds($0) }
    settings.functions = try FunctionMarks.all(options, measures)
    settings.record = try SweepDescription.record(options)
    return settings
  }

  /// The store of a file, or one in memory.
  static func openStore(_ options: OptionTable) throws -> SQLiteStore {
    try options(store).map { try SQLiteStore(path: $0) } ?? SQLiteStore()
  }

  /// Says which point an error is of.
  private static func add(_ point: SweepPoint, to sweep: Sweep) throws {
    do { try sweep.add(point) } catch {
      throw PointError(place: point.label.isEmpty ? "base" : point.label, error: error)
    }
  }

  /// The control and the points that are known before any result, and the search for more. The
  /// functions of their losses stay on the stack.
  private static func points(
    _ options: OptionTable
  ) throws -> (points: [SweepPoint], search: SweepSearch?) {
    let reader = PointReader(options.state, base: try options(base)?.index)
    let control = SweepPoint(
      .control, name: "control", recipe: try reader.control(loss: options(control)))
    let (grid, zip) = try (options(grid)?.index, options(zip)?.index)
    guard let kind = try search(options) else {
      return ([control] + (try reader.points(grid: grid, zip: zip)), nil)
    }
    guard let grid else {
      throw ArgumentError("grid", mustBe: "given: lists and ranges to search in", got: "none")
    }
    let seed = try options(searchSeed)
    let (points, space) = try reader.searched(kind, grid, seed: seed)
    let others = try reader.points(grid: nil, zip: zip)
    return (
      [control] + others + points,
      kind.isAdaptive
        ? SweepSearch(
          kind, in: space, seed: seed, minimise: try options(minimise),
          bounds: try options(subject)) : nil
    )
  }

  /// nil for a grid.
  private static func search(_ options: OptionTable) throws -> Search? {
    let name = try options(search)
    guard name != "grid" else {
      if try options.contains(trials) {
        throw ArgumentError("trials", mustBe: "left out without search", got: "a number")
      }
      return nil
    }
    guard let count = try options(trials) else {
      throw ArgumentError("trials", mustBe: "given with search", got: "none")
    }
    return switch name {
    case "random": .random(trials: count)
    case "sobol": .sobol(trials: count)
    default: .tpe(trials: count, round: try options(round), start: try options(start))
    }
  }

  /// What makes points of a search's proposals.
  static func searchReader(_ options: OptionTable) throws -> (Proposal) throws -> SweepPoint {
    let reader = PointReader(options.state, base: try options(base)?.index)
    return try reader.found(in: options(grid)!.index)
  }

  /// The recipes of a sweep's first points, with the functions of their losses, which stay on the
  /// stack.
  static func recipes(_ options: OptionTable, _ sweep: Sweep) throws -> [Recipe] {
    let recipes = try points(options).points.map(\.recipe)
    return recipes
      + (try sweep.withRecipes(recipes) {
        try options(baselines).points(of: sweep).map(\.recipe)
      })
  }

  /// The rows with targets.
  static func rows(_ options: OptionTable) throws -> Dataset {
    let given = try options(data)
    // They say how a file is read.
    if case .data(let rows) = given {
      if let name = try options(target), name != rows.target {
        throw ArgumentError(
          "target",
          mustBe:
            "left out, or the target of data, \(rows.target.map { "'\($0)'" } ?? "which has no name")",
          got: "'\(name)'")
      }
      if let name = try options(drop).first(where: { rows.features.contains($0) }) {
        throw ArgumentError(
          "drop", mustBe: "left out for data that is no file: leave columns out with d:drop",
          got: "'\(name)'")
      }
    }
    return try dataset(options, given, target: options(target))
  }

  /// Test rows; a file may have the target's column or not.
  static func testRows(
    _ options: OptionTable, _ option: Option<DataOrPath?>
  ) throws -> Dataset? {
    guard let given = try options(option) else { return nil }
    if let target = try options(target),
      let rows = try? dataset(options, given, target: target)
    {
      return rows
    }
    return try dataset(options, given, target: nil)
  }

  private static func dataset(
    _ options: OptionTable, _ given: DataOrPath, target: String?
  ) throws -> Dataset {
    switch given {
    case .data(let data): return data
    case .path(let path):
      let dropped = try options(drop)
      return try ReadingWatch.withBar(options.state.progressMode) {
        try Dataset.csv(path, CSVOptions(target: target, drop: dropped), watch: $0)
      }
    }
  }

  /// The sweep, holding a copy of its options.
  private struct SweepOfTable: LuaPushable {
    static var luaAnnotation: String { "lai.Sweep" }
    let sweep: LuaSweep

    func push(to state: LuaState) throws -> Int32 {
      try state.reserve(4)
      try state.pushCopy(ofTable: 1)
      try state.push(object: sweep, holding: ())
      return 1
    }
  }
}

/// A table on the stack.
struct LuaTable: @unchecked Sendable {
  let state: LuaState
  let index: Int32
}

extension Kind where Value == LuaTable {
  static let table = Kind("a table", annotation: "table") { state, index in
    try state.isTable(at: index) ? LuaTable(state: state, index: index) : nil
  }
}

enum DataOrPath {
  case data(Dataset)
  case path(String)
}

extension Kind where Value == Dataset {
  static let dataOrPath = Kind<DataOrPath>(
    "a lai.Dataset or a CSV file's path", annotation: "lai.Dataset|string", isPath: false
  ) { state, index in
    if let data = state.object(at: index, as: Dataset.self) { return .data(data) }
    return try Kind<String>.path.read(state, index).map { .path($0) }
  }
}

extension Kind where Value == [Bound] {
  /// By measure: a number, or a change in %.
  static let bounds = Kind(
    "a table of numbers, or changes such as \"+2.4%\", by measure",
    annotation: "table<string, number|string>"
  ) { state, index in
    guard try state.isTable(at: index) else { return nil }
    var bounds: [Bound] = []
    try state.forEachPair(of: index) { key, value in
      guard state.type(at: key) == .string, let name = try state.text(at: key) else {
        throw ArgumentError("", mustBe: "a table by measure", got: state.account(of: key))
      }
      if let number = state.number(at: value), number.isFinite {
        bounds.append(Bound(name, .absolute(number)))
      } else if state.type(at: value) == .string, let text = try state.text(at: value) {
        bounds.append(try Bound(name, relative: text))
      } else {
        throw ArgumentError(
          ".\(name)", mustBe: "a number or a change such as '+2.4%'", got: state.account(of: value))
      }
    }
    return bounds.sorted { $0.measure < $1.measure }
  }
}

extension Kind where Value == [UInt64] {
  /// How many, 1 to n, or a list.
  static let seeds = Kind(
    "a whole number >= 1, or a list of seeds", annotation: "integer|integer[]"
  ) { state, index in
    if let count = state.integer(at: index) {
      guard (1...100_000).contains(count) else { return nil }
      return (1...UInt64(count)).map { $0 }
    }
    return try Kind<UInt64>.seed.list(atLeast: 1).read(state, index)
  }
}
