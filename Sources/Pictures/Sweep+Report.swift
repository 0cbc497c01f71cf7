import Charts
import Experiments
import Learning
import Tensors

extension Sweep {
  /// The page of a sweep: question, table with intervals, pictures, data, options, machine and script.
  ///
  /// - Throws: `StoreError`; `ArgumentError`.
  public func report(title: String = "Sweep") throws -> Report {
    let rows = try rows()
    let measures = summaryNames
    var report = Report(title: title)
    let settings = Array(
      Set(rows.filter { $0.point.kind == .point }.flatMap { $0.point.settings.map(\.name) })
    ).sorted()
    let seeds = options.seeds.count
    report.heading("Question")
    report.paragraph(
      "How \(measures.joined(separator: ", ")) depend on "
        + (settings.isEmpty ? "the method" : settings.joined(separator: ", "))
        + ": \(points.count) points, each with \(seeds) seed\(seeds == 1 ? "" : "s"), compared with the "
        + "control, paired by seed.")
    let failed = rows.reduce(0) { $0 + $1.failed }
    let missing = rows.reduce(0) { $0 + $1.asked - $1.n - $1.failed - $1.pruned }
    if failed > 0 { report.paragraph("\(failed) trials failed and count nowhere.") }
    if missing > 0 { report.paragraph("\(missing) trials have not run yet.") }
    report.heading("Results")
    report.paragraph(
      "Means over the seeds with 95 % intervals; changes against the control in %. A star marks a "
        + "change whose p-value, adjusted by Holm's method, is at most 0.05.")
    report.table(
      SweepTable(rows, measures: measures).text(as: .html), label: "Results of all points")
    report.heading("Figures")
    for setting in settings {
      for measure in measures.prefix(4) {
        guard let chart = try? chart(setting, measure) else { continue }
        report.figure(
          chart,
          caption: "\(measure) over \(setting): means, 95 % intervals, and the control (dashed).")
      }
    }
    if measures.count > 1,
      let chart = try? rows.chart([measures[0], measures[1]])
    {
      report.figure(
        chart,
        caption:
          "\(measures[1]) against \(measures[0]), with 95 % intervals; the control is a square.")
    }
    report.heading("Data")
    report.list([
      ("rows", "\(data.data.count)"), ("features", data.data.features.joined(separator: ", ")),
      ("target", data.data.target ?? "without a name"),
    ])
    report.heading("Options")
    report.list(options.record.options.entries)
    report.heading("Environment")
    report.list(
      options.record.environment.entries + [
        ("seeds", options.seeds.map { "\($0)" }.joined(separator: ", ")), ("store", store.path),
      ])
    if let script = options.record.script {
      report.heading("Script")
      report.code(script, label: "Script")
    }
    return report
  }
}

extension TrainingReport {
  /// The page of a run: outcome, curves, options.
  ///
  /// - Throws: `ArgumentError` for a run without epochs.
  public func report(title: String = "Training run") throws -> Report {
    var report = Report(title: title)
    report.heading("Outcome")
    var facts: [(String, String)] = [
      ("outcome", outcome.rawValue), ("epochs", "\(history.count)"),
      ("seconds", Table.shortNumber((seconds * 100).rounded() / 100)),
    ]
    if let problem { facts.append(("problem", problem)) }
    if let best = bestEpoch {
      let score = history[best - 1].validationRMSE.map { Table.number($0) }
      facts.append(("best epoch", "\(best)" + (score.map { ", validation RMSE \($0)" } ?? "")))
    }
    facts += metrics.sorted { $0.key < $1.key }.map { ($0.key, Table.number($0.value)) }
    report.list(facts)
    report.heading("Figures")
    report.figure(
      try chart(), caption: "By epoch; the dotted line is the end of pre-training.")
    report.heading("Options")
    report.list([
      ("loss", "\(options.loss)"), ("alpha", Table.shortNumber(options.alpha)),
      ("pretrain", "\(options.pretrain)"), ("epochs", "\(options.epochs)"),
      ("batch", "\(options.batch)"), ("optimizer", "\(options.optimizer)"),
      ("seed", "\(options.seed)"),
    ])
    return report
  }
}

extension JSON {
  /// The fields of an object, by name, as text.
  fileprivate var entries: [(name: String, value: String)] {
    guard case .object(let fields) = self else { return [] }
    return fields.sorted { $0.key < $1.key }.filter { $0.value != .null }.map {
      ($0.key, $0.value.shortText)
    }
  }
}
