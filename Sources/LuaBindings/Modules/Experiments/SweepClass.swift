import CLai
import Experiments
import Foundation
import Learning
import Pictures
import Tensors

/// A sweep in Lua. It holds a copy of its options, in which the script's functions are.
final class LuaSweep: CustomStringConvertible {
  let sweep: Sweep
  /// How it finds points beyond those of grid and zip; nil if it does not.
  let search: SweepSearch?

  /// With targets, the rows that chosen points are judged on.
  let test: Dataset?

  init(_ sweep: Sweep, search: SweepSearch?, test: Dataset?) {
    (self.sweep, self.search, self.test) = (sweep, search, test)
  }

  /// What is known by now: a table of the first measures, or how to go on.
  var description: String {
    let seeds = sweep.options.seeds.count
    let head =
      "Sweep(\(sweep.points.count) points × \(seeds) seed\(seeds == 1 ? "" : "s"), "
      + "\(sweep.store.path))"
    guard let rows = try? sweep.rows(), rows.contains(where: { $0.n > 0 }) else {
      return "\(head)\n  nothing has run yet: s:run()"
    }
    let shown = Array(sweep.summaryNames.prefix(3))
    return "\(head)\n\(SweepTable(rows, measures: shown))"
  }
}

extension LuaSweep: LuaRepresentable {
  package static let luaName = "Sweep"

  private static let receiver = Parameter("self", Kind<SweepReceiver>.receiver, "")
  private static let measures = Parameter(
    "measures", Kind<[String]>.names(atLeast: 1).optional,
    "Names such as \"rmse\", \"var\" and \"noise.X8\"; those of the whole network if left out.")
  private static let reported = Option(
    "measures", Kind<[String]>.names(atLeast: 1).optional,
    "Those of the tables and pictures; those of the whole network and of few features if left out, and the means of all others by feature."
  )
  private static let fresh = Option(
    "fresh", .integer(atLeast: 0), default: 5,
    "How many fresh seeds; 0 for the results of the sweep's own, without any training.")

  package static let luaClass = LuaClass(
    LuaSweep.self, "Points, each trained with several seeds; made by lai.sweep.",
    properties: [
      LuaFunction("measures", "The names of all measures.", receiver) { $0.sweep.measureNames }
    ],
    methods: [
      LuaFunction(
        "run", "Trains and measures what is missing; a store's results are read.", receiver,
        details:
          "Ctrl-C stops it; what has finished stays, and s:run() goes on. A trial that fails is reported, and the others go on."
      ) {
        try $0.run()
        return LuaSelf()
      },
      LuaFunction(
        "shard", "Runs a part of the trials, the i-th of n: one job of a cluster's array.",
        receiver, Parameter("i", .integer(atLeast: 1), "From 1."),
        Parameter("n", .integer(atLeast: 1), "How many parts there are."),
        details: """
          Give each job a store of its own and put them together by lai.store(path):merge(other), or one
          store on a local disk to all.
          """
      ) { receiver, i, n in
        guard i <= n else { throw ArgumentError("i", mustBe: "at most n (\(n))", got: i) }
        try receiver.run(shard: (i - 1, n))
        return LuaSelf()
      },
      LuaFunction(
        "table", "Means with 95 % intervals, and changes against the control paired by seed.",
        receiver, measures,
        example: """
          local data = lai.synthetic.friedman1{n = 200}
          local s = lai.sweep{data = data, base = {hidden = {8}, epochs = 2}, grid = {alpha = {0.1, 1}},
                              seeds = 2}
          print(s:run():table{"rmse", "slope.X4"})
          """
      ) { receiver, names in
        let sweep = receiver.sweep
        let names = try names?.map { try sweep.measure(named: $0) } ?? sweep.summaryNames
        return LuaObject(SweepTable(try sweep.rows(), measures: names))
      },
      LuaFunction(
        "plot", "Means of a measure with 95 % intervals over a setting, and the control.", receiver,
        Parameter(
          "setting", Kind.string,
          "A name of the grid, such as \"lambda\"; or another measure, for both of all points and baselines."
        ),
        Parameter("measure", Kind.string, "Such as \"rmse\", \"var\" or \"noise.X8\"."),
        example: """
          local data = lai.synthetic.friedman1{n = 200}
          local s = lai.sweep{data = data, base = {hidden = {8}, epochs = 2}, grid = {alpha = {0.1, 1}},
                              seeds = 2}
          print(s:run():plot("alpha", "rmse"))
          """
      ) { receiver, setting, measure in LuaObject(try receiver.sweep.chart(setting, measure)) },
      LuaFunction(
        "rows", "Each point: options, n, each measure {mean, low, high}, and change in %.",
        receiver,
        returns: "table[]",
        details: """
          row["noise.X8"].mean, row.rmse.low, row.change.rmse.mean; kind is control, point or baseline;
          failed is the number of failed trials. low and high are nil for a single seed. warning says
          that no batch has taken the Lai loss, where alpha is a share of too few.
          """
      ) { LuaRows(rows: try $0.sweep.rows()) },
      LuaFunction(
        "front", "The points that no other beats in all of these measures, on fresh seeds.",
        reading: [
          receiver.record,
          ParameterRecord(
            name: "...", annotation: "string|table", isOptional: false, defaultText: nil,
            summary: "Measures such as \"rmse\", \"noise.X8\", or a list of them; then options.",
            options: [], entryOptions: [fresh.record]),
        ], returns: "lai.Front",
        details: """
          s:front("rmse", "noise.X8", {fresh = 5}). Less is better. The means of the sweep choose the rows;
          as a winner looks better than it is, they are then trained again with seeds that had no part in
          it, and judged on the targets of test where it has some. The rows are those results, the
          control first; searched has the means that chose them. Baselines are rows like others. The result is a
          list, front[1].rmse.mean, and front:plot() draws it.
          """
      ) { state in
        let (sweep, names, fresh) = try SweepReceiver.frontArguments(state, receiver, fresh)
        return try FrontTable(front: sweep.front(names, fresh: fresh)).push(to: state)
      },
      LuaFunction(
        "export", "Writes the table as .csv, .md, .tex, .json, .html or .txt.", receiver,
        Parameter("path", .path, "The file; the numbers of .csv and .json are in full."), measures
      ) { receiver, path, names in
        let sweep = receiver.sweep
        let names = try names?.map { try sweep.measure(named: $0) } ?? sweep.measureNames
        let suffix = URL(filePath: path).pathExtension.lowercased()
        let format = suffix == "txt" ? .text : SweepTable.Format(rawValue: suffix)
        guard let format else {
          throw ArgumentError(
            "path", mustBe: "a name that ends in .csv, .md, .tex, .json, .html or .txt",
            got: "'\(path)'")
        }
        try TextFile.write(
          SweepTable(try sweep.rows(), measures: names).text(as: format), to: path)
        return LuaSelf()
      },
      LuaFunction(
        "report",
        "Writes a page of HTML: question, table, baselines, pictures, data, options, script.",
        receiver,
        Parameter("path", .path, "Ends in .html."),
        Parameter<OptionTable>.options(RunModule.title.record, reported.record),
        details: "It needs no other file and no network, and can be read on a phone and on paper."
      ) { receiver, path, options in
        try receiver.sweep.report(
          title: options(RunModule.title) ?? "Sweep", measures: options(reported)
        ).write(to: path)
        return LuaSelf()
      },
      LuaFunction(
        "seeds_needed",
        "By point, how many seeds are needed to see a change of so many percent in a measure.",
        receiver, Parameter("measure", .string, "Such as \"rmse\"."),
        Parameter("percent", .positive, "The change against the control, 2 for 2 %."),
        returns: "(integer|false)[]",
        details: """
          With a power of 80 % at a level of 5 %, two-sided, from the deviation of the paired log ratios so
          far. false for the control and for points with fewer than two seeds.
          """
      ) { receiver, name, percent in
        let name = try receiver.sweep.measure(named: name)
        return JSON.array(
          try receiver.sweep.rows().map { row in
            try row.changes[name]?.seedsNeeded(toSee: percent).map { .integer($0) } ?? .bool(false)
          })
      },
      LuaFunction(
        "model", "The network of a trial, with its scaler; nil if it was not kept.", receiver,
        Parameter("place", .integer(atLeast: 1), "The point's place in s:rows()."),
        Parameter("seed", Kind<UInt64>.seed.optional, "The sweep's first one if left out.")
      ) { receiver, place, seed in
        let sweep = receiver.sweep
        guard place <= sweep.points.count else {
          throw ArgumentError("place", mustBe: "at most \(sweep.points.count)", got: place)
        }
        return try sweep.model(of: place - 1, seed: seed ?? sweep.options.seeds[0]).map {
          LuaObject($0)
        }
      },
      LuaFunction(
        "trials", "Every trial: point, seed, state, problem, seconds and measures.", receiver,
        returns: "table[]"
      ) { try $0.sweep.trialList() },
    ])
}

extension Sweep {
  /// For people who look for what went wrong.
  fileprivate func trialList() throws -> JSON {
    _ = try rows()
    return .array(
      points.enumerated().flatMap { place, point in
        seeds(of: place).map { seed in
          let trial = result(of: place, seed: seed)
          var fields: [String: JSON] = [
            "point": .string(point.label), "seed": .integer(Int(bitPattern: UInt(seed))),
            "state": .string((trial?.state ?? .waiting).rawValue),
          ]
          if let result = trial?.result {
            fields["outcome"] = .string(result.outcome)
            fields["seconds"] = .number(result.seconds)
            fields["measures"] = .object(result.measures.mapValues { .number($0) })
            if let problem = result.problem { fields["problem"] = .string(problem) }
          }
          return .object(fields)
        }
      })
  }
}

extension SweepTable: LuaRepresentable {
  package static let luaName = "Table"
  private static let receiver = Parameter("self", Kind<SweepTable>.object, "")
  package static let luaClass = LuaClass(
    SweepTable.self, "A table of a sweep; print it, or take its text in a format.",
    methods: [
      LuaFunction(
        "text", "The table as text, csv, md, tex, json or html.", receiver,
        Parameter(
          "format", Kind<SweepTable.Format>.choice(of: SweepTable.Format.self),
          "csv and json have numbers in full.")
      ) { $0.text(as: $1) }
    ],
    metamethods: [
      "__html": LuaFunction("html", "The table in a notebook.", receiver) { $0.text(as: .html) }
    ])
}

/// Rows as tables.
struct LuaRows: LuaPushable {
  static var luaAnnotation: String { "table[]" }
  let rows: [SweepRow]

  func push(to state: LuaState) throws -> Int32 {
    try Presented(.array(rows.map(\.json))).push(to: state)
  }
}

extension SweepRow {
  /// The row as scripts see it.
  var json: JSON {
    var fields: [String: JSON] = [
      "kind": .string(point.kind.rawValue), "n": .integer(n), "failed": .integer(failed),
      "label": .string(point.label),
      "options": .object(
        Dictionary(point.settings.map { ($0.name, $0.value) }) { first, _ in first }),
      "change": .object(
        changes.mapValues { change in
          JSON.object(
            change.percent.fields.merging(["p": change.p.map { .number($0) } ?? .null]) { $1 })
        }),
    ]
    if let name = point.name { fields["name"] = .string(name) }
    if let warning { fields["warning"] = .string(warning) }
    if let searched { fields["searched"] = .object(searched.mapValues { .object($0.fields) }) }
    fields["place"] = .integer(place + 1)
    for (name, estimate) in estimates { fields[name] = .object(estimate.fields) }
    return .object(fields)
  }
}

extension Estimate {
  var fields: [String: JSON] {
    [
      "mean": .number(mean), "low": low.map { .number($0) } ?? .null,
      "high": high.map { .number($0) } ?? .null, "n": .integer(n),
    ]
  }
}

/// A sweep on the stack, with its options.
struct SweepReceiver: @unchecked Sendable {
  let object: LuaSweep
  let state: LuaState
  /// Of the userdata
  let index: Int32

  var sweep: Sweep { object.sweep }

  func run(shard: (index: Int, count: Int)? = nil) throws {
    try training { options, recipes, control in
      guard let search = object.search else {
        return try sweep.withRecipes(recipes) { try sweep.run(shard: shard, control: &control) }
      }
      guard shard == nil || !search.search.isAdaptive else {
        throw ArgumentError(
          "search", mustBe: "other than 'tpe' for shards: it needs all results", got: "'tpe'")
      }
      let point = try SweepModule.searchReader(options)
      try sweep.withRecipes(recipes) {
        try sweep.run(search, control: &control) { try point($0) }
      }
    }
  }

  /// Names, one by one or as a list, and a table of options at the end.
  static func frontArguments(
    _ state: LuaState, _ receiver: Parameter<SweepReceiver>, _ fresh: Option<Int>
  ) throws -> (SweepReceiver, [String], fresh: Int) {
    let sweep = try receiver.read(state, 1)
    var names: [String] = []
    var seeds = fresh.fallback!()
    let last = state.top
    for index in stride(from: 2, through: last, by: 1) {
      guard try state.isTable(at: index), state.rawLength(at: index) == 0 else {
        names += try Kind<[String]>.names(atLeast: 1).value(in: state, at: index, named: "measures")
        continue
      }
      guard index == last else {
        throw ArgumentError("options", mustBe: "the last argument", got: "a table before others")
      }
      seeds = try Parameter<OptionTable>.options(fresh.record).read(state, index)(fresh)
    }
    guard !names.isEmpty else {
      throw ArgumentError("measures", mustBe: "given, such as 'rmse', 'noise.X8'", got: "none")
    }
    return (sweep, names, seeds)
  }

  func front(_ names: [String], fresh: Int) throws -> LuaFront {
    let names = try names.map { try sweep.measure(named: $0) }
    let (chosen, all) = (try sweep.front(names), try sweep.rows())
    guard fresh > 0, !chosen.isEmpty else {
      return LuaFront(
        sweep, SweepFront(names, rows: chosen, all: all, freshSeeds: 0, isOnTestRows: false))
    }
    let test = object.test.flatMap { $0.y == nil ? nil : $0 }
    let rows = try training { _, recipes, control in
      try sweep.confirmed(chosen, recipes: recipes, test: test, seeds: fresh, control: &control)
    }
    return LuaFront(
      sweep,
      SweepFront(names, rows: rows, all: all, freshSeeds: fresh, isOnTestRows: test != nil))
  }

  /// Calls `body` with the sweep's options, the recipes of its points if their losses have functions of
  /// the script, and who watches.
  private func training<Result>(
    _ body: (OptionTable, [Recipe], inout LuaSweepControl) throws -> Result
  ) throws -> Result {
    let top = state.top
    defer { state.top = top }
    try state.reserve(8)
    lai_push_held_value(state.pointer, index)
    let options = try Parameter<OptionTable>.options(SweepModule.records.map(\.asOptional))
      .read(state, state.top)
    var recipes: [Recipe] = []
    if sweep.points.contains(where: \.recipe.isBound) {
      recipes = try SweepModule.recipes(options, sweep)
    }
    return try LuaSweepControl.watching(
      "sweep", options, SweepPicture(measures: sweep.summaryNames)
    ) { try body(options, recipes, &$0) }
  }
}

extension Kind where Value == SweepReceiver {
  static let receiver = Kind("a lai.Sweep", annotation: "lai.Sweep") { state, index in
    state.object(at: index, as: LuaSweep.self).map {
      SweepReceiver(object: $0, state: state, index: state.absolute(index))
    }
  }
}
