import Experiments
import Foundation
import Learning
import Tensors

/// The sections that pages of sweeps and of tuners have.
extension Report {
  /// "1 seed", "3 seeds"
  static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// Which points baselines beat, in a sentence and a table.
  mutating func add(_ verdict: BaselineVerdict, of rows: [SweepRow]) {
    guard rows.contains(where: { $0.point.kind == .baseline }) else {
      paragraph(
        "None were run. The plainest other ways to the same end are to drop the feature and to train "
          + "with noise on it; a sweep has them with baselines = true.")
      return
    }
    guard verdict.pairs > 0 else {
      paragraph("No point and baseline have results that can be compared.")
      return
    }
    let beaten = Set(verdict.beaten.map(\.point.place)).count
    let points = rows.count { $0.point.kind == .point && $0.n > 0 }
    let clearly = Set(
      verdict.beaten.filter { ($0.p ?? 1) <= 0.05 }.map(\.point.place)
    ).count
    paragraph(
      beaten == 0
        ? "No baseline beats a point."
        : "On the means, baselines beat \(beaten) of \(Report.count(points, "point")); for \(clearly) of "
          + "them p is at most 0.05.")
    paragraph(
      "A baseline beats a point if its error is no larger and its sensitivity to the feature is smaller, "
        + "on the means over their common seeds. p is the one-sided paired t test of the sensitivity, "
        + "adjusted by Holm's method; above 0.05 the difference may be chance.")
    guard beaten > 0 else { return }
    let table = Table(
      header: ["point", "beaten by", "error", "difference", "sensitivity", "difference", "p"],
      rows: verdict.beaten.map { entry in
        [
          entry.point.point.label, entry.baseline.point.label, entry.error,
          Table.number(entry.errorDifference), entry.sensitivity,
          Table.number(entry.sensitivityDifference),
          entry.p.map { $0 < 0.001 ? "< 0.001" : Table.format("%.3f", $0) } ?? "–",
        ]
      })
    self.table(table.html, label: "Points that a baseline beats")
  }

  /// What a sweep is trained and measured on.
  mutating func addData(of sweep: Sweep) {
    heading("Data")
    let (data, rows) = (sweep.data, sweep.data.data)
    var entries: [(name: String, value: String)] = [
      ("rows", "\(rows.count)"),
      (
        "\(rows.features.count) feature\(rows.features.count == 1 ? "" : "s")",
        rows.features.joined(separator: ", ")
      ),
      ("target", rows.target ?? "without a name"),
      (
        "rows for training",
        "\(data.trainingRows) of them with each seed, \(rows.count - data.trainingRows) for validation"
      ),
      (
        "errors measured on",
        data.judgesOnTest ? "\(data.test!.count) test rows" : "the validation rows of each seed"
      ),
    ]
    if let inputs = data.inputs ?? data.test {
      entries.append(("slopes and noise measured on", "\(inputs.count) test rows"))
    }
    if let print = sweep.fingerprintTexts {
      entries.append(("fingerprint", print.joined(separator: ", ")))
    }
    list(entries)
  }

  /// Options, machine and script.
  ///
  /// - date: nil for now.
  mutating func addOrigin(of sweep: Sweep, date: Date?) {
    let record = sweep.options.record
    heading("Options")
    list(record.options.entries(without: ["data", "test"]))
    heading("Environment")
    list(
      record.environment.entries() + [
        ("seeds", sweep.options.seeds.map { "\(Int64(bitPattern: $0))" }.joined(separator: ", ")),
        ("store", sweep.store.path), ("date of this page", Report.text(date ?? Date())),
      ])
    if let script = record.script {
      heading("Script")
      code(script, label: "Script")
    }
  }
}

extension JSON {
  /// The fields of an object by name, as text; those of objects in it as "base.epochs".
  func entries(
    without left: Set<String> = [], prefix: String = ""
  ) -> [(name: String, value: String)] {
    guard case .object(let fields) = self else { return [] }
    return fields.sorted { $0.key < $1.key }
      .filter { $0.value != .null && !left.contains($0.key) }
      .flatMap { name, value -> [(name: String, value: String)] in
        if case .object = value, prefix.isEmpty {
          return value.entries(prefix: "\(name).")
        }
        return [(prefix + name, value.shortText)]
      }
  }
}
