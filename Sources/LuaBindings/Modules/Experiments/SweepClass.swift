import CLai
import Experiments
import Foundation
import Learning
import Tensors

/// A sweep in Lua. It holds a copy of its options, in which the script's functions are.
final class LuaSweep: CustomStringConvertible {
  let sweep: Sweep
  /// How it finds points beyond those of grid and zip; nil if it does not.
  let search: SweepSearch?

  init(_ sweep: Sweep, search: SweepSearch?) { (self.sweep, self.search) = (sweep, search) }

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
  private static let fronted = Parameter(
    "measures", Kind<[String]>.names(atLeast: 1), "Two names or more, such as \"rmse\".")

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
        "rows", "Each point: options, n, each measure {mean, low, high}, and change in %.",
        receiver,
        returns: "table[]",
        details: """
          row["noise.X8"].mean, row.rmse.low, row.change.rmse.mean; kind is control, point or baseline;
          failed is the number of failed trials. low and high are nil for a single seed.
          """
      ) { LuaRows(rows: try $0.sweep.rows()) },
      LuaFunction(
        "front", "The rows that no other beats in all of these measures, less being better.",
        receiver, fronted,
        returns: "table[]",
        details: """
          By means over the sweep's seeds, which chose them: a winner looks better than it is. Run it
          again with other seeds before you rely on its numbers, or let lai.tune do so. Baselines are
          rows like others.
          """
      ) { receiver, names in LuaRows(rows: try receiver.sweep.front(names)) },
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
        "trials", "Every trial: point, seed, state, problem, seconds and measures.", receiver,
        returns: "table[]"
      ) { try $0.sweep.trialList() },
    ])
}

extension Sweep {
  /// Measures of the whole network, and those of few features.
  var summaryNames: [String] {
    let names = measureNames
    return names.filter { name in
      guard let kind = name.split(separator: ".").first, name.contains(".") else { return true }
      return names.count { $0.hasPrefix("\(kind).") } <= 3
    }
  }

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

  func push(to state: LuaState) throws -> Int32 { try JSON.array(rows.map(\.json)).push(to: state) }
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
    for (name, estimate) in estimates { fields[name] = .object(estimate.fields) }
    return .object(fields)
  }
}

extension Estimate {
  fileprivate var fields: [String: JSON] {
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
    var control = LuaSweepControl("sweep", measures: try options(SweepModule.measure).functions)
    do {
      if let search = object.search {
        guard shard == nil || !search.search.isAdaptive else {
          throw ArgumentError(
            "search", mustBe: "other than 'tpe' for shards: it needs all results", got: "'tpe'")
        }
        let point = try SweepModule.searchReader(options)
        try sweep.withRecipes(recipes) {
          try sweep.run(search, control: &control) { try point($0) }
        }
      } else {
        try sweep.withRecipes(recipes) { try sweep.run(shard: shard, control: &control) }
      }
      control.finish(nil)
    } catch {
      control.finish(error)
      throw error
    }
  }
}

extension Kind where Value == SweepReceiver {
  static let receiver = Kind("a lai.Sweep", annotation: "lai.Sweep") { state, index in
    state.object(at: index, as: LuaSweep.self).map {
      SweepReceiver(object: $0, state: state, index: state.absolute(index))
    }
  }
}
