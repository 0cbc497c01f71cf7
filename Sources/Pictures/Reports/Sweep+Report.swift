import Charts
import Experiments
import Foundation
import Learning
import Tensors

extension Sweep {
  /// The page of a sweep: question, table with intervals, baselines, pictures, data, options, machine
  /// and script.
  ///
  /// - measures: Those of the tables and pictures; nil for those of the whole network and of few
  ///   features, with the means of all others in tables by feature.
  /// - date: Of the page; nil for now.
  /// - Throws: `StoreError`; `ArgumentError` for a name that is no measure.
  public func report(
    title: String = "Sweep", measures: [String]? = nil, date: Date? = nil
  ) throws -> Report {
    let rows = try rows()
    let names = try measures?.map { try measure(named: $0) } ?? summaryNames
    var report = Report(title: title)
    report.heading("Question")
    report.paragraph(question(names))
    report.items(problems(rows))
    report.heading("Results")
    report.paragraph(
      options.seeds.count == 1
        ? "Results of one seed: they have no intervals and no tests. Changes are against the control in %."
        : "Means over the seeds with 95 % intervals; changes against the control in %, paired by seed. "
          + "A star marks a change whose p-value, adjusted by Holm's method, is at most 0.05.")
    report.table(
      SweepTable(rows, measures: names).text(as: .html), label: "Results of all points")
    report.list(meanings(of: names))
    if measures == nil { addFeatures(to: &report, rows) }
    report.heading("Baselines")
    try report.add(baselineVerdict(rows), of: rows)
    report.figures(figures(names, rows))
    report.addData(of: self)
    report.addOrigin(of: self, date: date)
    return report
  }

  /// The settings in which points differ.
  private var settingNames: [String] {
    Set(points.filter { $0.kind == .point }.flatMap { $0.settings.map(\.name) }).sorted()
  }

  private func question(_ names: [String]) -> String {
    let (settings, seeds) = (settingNames, options.seeds.count)
    let kinds = [(SweepPoint.Kind.point, "point"), (.baseline, "baseline")].compactMap {
      kind, name in
      let count = points.count { $0.kind == kind }
      return count == 0 ? nil : Report.count(count, name)
    }
    return "How \(names.joined(separator: ", ")) depend on "
      + (settings.isEmpty ? "the method" : settings.joined(separator: ", ")) + ": "
      + (kinds + ["the control"]).joined(separator: ", ") + ", each with "
      + Report.count(seeds, "seed") + "."
  }

  private static let shownProblems = 10

  /// Of a table by feature.
  private static let mostCells = 5000

  /// A table for each measure of more features than the results show: means by point and feature.
  private func addFeatures(to report: inout Report, _ rows: [SweepRow]) {
    let kinds = ["slope", "slope_p95", "noise"].map { kind in
      measureNames.filter { $0.hasPrefix("\(kind).") && !summaryNames.contains($0) }
    }.filter { !$0.isEmpty }
    let done = rows.filter { $0.n > 0 }
    guard !kinds.isEmpty, !done.isEmpty else { return }
    report.heading("By feature")
    for names in kinds {
      let kind = String(names[0].prefix { $0 != "." })
      let meaning = "\(kind): \(meanings(of: names)[0].value)"
      guard names.count * done.count <= Self.mostCells else {
        report.paragraph("\(meaning). The table is too large for a page: export has it.")
        continue
      }
      report.paragraph("\(meaning). Means over the seeds.")
      let table = Table(
        header: ["point"] + names.map { String($0.dropFirst(kind.count + 1)) },
        rows: done.map { row in
          [row.point.label] + names.map { row.estimates[$0].map { Table.number($0.mean) } ?? "–" }
        })
      report.table(table.html, label: "\(kind) by point and feature")
    }
  }

  /// What has not gone as it was asked for.
  private func problems(_ rows: [SweepRow]) -> [String] {
    func total(_ count: (SweepRow) -> Int) -> Int { rows.reduce(0) { $0 + count($1) } }
    var texts: [String] = []
    let failed = rows.indices.flatMap { place in
      options.seeds.compactMap { seed -> String? in
        guard let trial = result(of: place, seed: seed), trial.state == .failed else { return nil }
        return "\(points[place].label), seed \(Int64(bitPattern: seed)) failed: "
          + (trial.result?.problem ?? "no reason is known")
      }
    }
    if !failed.isEmpty {
      texts.append("\(Report.count(failed.count, "trial")) failed and count nowhere.")
      texts += failed.prefix(Self.shownProblems)
      if failed.count > Self.shownProblems {
        texts.append("\(failed.count - Self.shownProblems) more failed.")
      }
    }
    let pruned = total(\.pruned)
    if pruned > 0 {
      texts.append("\(Report.count(pruned, "trial")) stopped early by pruning and count nowhere.")
    }
    let missing = total { $0.asked - $0.n - $0.failed - $0.pruned }
    if missing > 0 { texts.append("Not run yet: \(Report.count(missing, "trial")).") }
    return texts
  }

  /// The measures over each setting, then against the first of them.
  private func figures(
    _ names: [String], _ rows: [SweepRow]
  ) -> [(chart: Chart, caption: String)] {
    let intervals = options.seeds.count == 1 ? "" : ", 95 % intervals"
    var figures: [(chart: Chart, caption: String)] = []
    // Over a setting of one value there is nothing to see, unless there is no other.
    let varied = settingNames.filter { name in
      let values = points.filter { $0.kind == .point }
        .compactMap { $0.settings.first { $0.name == name }?.value }
      return values.contains { $0 != values[0] }
    }
    for setting in varied.isEmpty ? settingNames : varied {
      for name in names.prefix(4) {
        guard rows.contains(where: { $0.point.kind == .point && $0.estimates[name] != nil }),
          let chart = try? chart(setting, name)
        else { continue }
        figures.append(
          (chart, "\(name) over \(setting): means\(intervals); the control is dashed."))
      }
    }
    for name in names.dropFirst().prefix(3) {
      guard let chart = try? rows.chart([names[0], name]) else { continue }
      figures.append(
        (chart, "\(name) against \(names[0])\(intervals); the control is a square."))
    }
    return figures
  }

  /// What measures are, one entry per kind.
  func meanings(of names: [String]) -> [(name: String, value: String)] {
    let sigma = options.measures.noise?.sigma ?? 1
    let unit = options.measures.noise?.isMultiplicative == true ? "value" : "standard deviation"
    let ofFeatures: [(kind: String, text: String)] = [
      ("slope", "mean |∂ŷ/∂x| over the rows, x as scaled for training"),
      ("slope_p95", "95th percentile of |∂ŷ/∂x| over the rows, x as scaled for training"),
      (
        "noise",
        "mean |ŷ(x + δ) − ŷ(x)|, δ normal noise on the feature, σ = \(numberText(sigma)) times its \(unit)"
      ),
    ]
    return names.map { name in
      if let metric = MetricRecord.all.first(where: { $0.name == name }) {
        return (name, metric.summary)
      }
      if name == "var" { return (name, "variance of the predictions over the rows") }
      let kind = name.prefix { $0 != "." }
      return (
        name, ofFeatures.first { $0.kind == kind }?.text ?? "a measure of the script's own"
      )
    }
  }
}
