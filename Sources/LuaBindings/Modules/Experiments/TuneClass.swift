import Experiments
import Learning
import Pictures
import Tensors

/// What lai.tune returns.
final class LuaTune: CustomStringConvertible {
  let tuner: Tuner
  var result: TuneResult { tuner.result }
  var question: TuneQuestion { tuner.question }
  init(_ tuner: Tuner) { self.tuner = tuner }
  var description: String { result.description }
}

extension LuaTune: LuaRepresentable {
  package static let luaName = "Tune"
  private static let receiver = Parameter("self", Kind<LuaTune>.object, "")

  package static let luaClass = LuaClass(
    LuaTune.self, "What lai.tune found; print it for a summary.",
    properties: [
      LuaFunction(
        "best",
        "The row that keeps all bounds on fresh seeds and has the least of the measure, less than the control's if that keeps them too; nil without one.",
        receiver, returns: "table?"
      ) { $0.result.best.map { Presented($0.json) } },
      LuaFunction(
        "nearest",
        "Without a best row, the one that comes nearest: to the bounds, or with the least of the measure.",
        receiver,
        returns: "table?"
      ) { $0.result.nearest.map { Presented($0.json) } },
      LuaFunction(
        "failures",
        "Why nearest is not the best: measure, bound, and how far it is beyond, {mean, low, high}, in points of % for what is relative to the control. The bound of the measure to be made small is the control.",
        receiver, returns: "table[]"
      ) { Presented(JSON.array($0.result.failures.map(\.json))) },
      LuaFunction(
        "better", "The baselines that keep all bounds and have less of the measure than best.",
        receiver, returns: "table[]"
      ) { LuaRows(rows: $0.result.better.map(\.row)) },
      LuaFunction(
        "rows", "All that ran on fresh seeds: the control, what was judged, and the baselines.",
        receiver, returns: "table[]"
      ) { LuaRows(rows: $0.result.rows) },
      LuaFunction(
        "front",
        "The rows of the search, on its own seeds, that no other beats in the measures of the question.",
        receiver, returns: "table[]"
      ) { LuaRows(rows: $0.result.front) },
      LuaFunction(
        "model",
        "The network of the best row with the first fresh seed, with its scaler; nil without one.",
        receiver
      ) { try $0.tuner.model().map { LuaObject($0) } },
      LuaFunction("trials", "How many trials it took, a store's included.", receiver) {
        $0.result.trials
      },
      LuaFunction(
        "complete", "false if Ctrl-C stopped it.", receiver
      ) { $0.result.isComplete },
    ],
    methods: [
      LuaFunction(
        "table", "The rows on fresh seeds, with 95 % intervals and changes against the control.",
        receiver
      ) { LuaObject(SweepTable($0.result.rows, measures: $0.result.measures)) },
      LuaFunction(
        "plot", "The measure of the question against a bound's, on fresh seeds, with the bound.",
        receiver
      ) { tune in
        let question = tune.question
        let other = question.bounds.first?.measure ?? "rmse"
        return LuaObject(
          try tune.result.rows.chart(
            [other, question.minimise], bounds: question.bounds))
      },
      LuaFunction(
        "report",
        "Writes a page of HTML: question, answer, tables, baselines, pictures, data, options, script.",
        receiver, Parameter("path", .path, "Ends in .html."),
        Parameter<OptionTable>.options(RunModule.title.record),
        details: "It needs no other file and no network, and can be read on a phone and on paper."
      ) { tune, path, options in
        try tune.tuner.page(title: options(RunModule.title) ?? "Tuning").write(to: path)
        return LuaSelf()
      },
    ])
}

extension TuneResult.Failure {
  fileprivate var json: JSON {
    .object([
      "measure": .string(measure), "bound": .string(wanted),
      "by": .object(by.fields),
    ])
  }
}
