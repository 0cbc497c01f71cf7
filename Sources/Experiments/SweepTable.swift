import Foundation
import Learning
import Tensors

/// Rows of a sweep as people read them: means with intervals, and changes against the control.
public struct SweepTable: Sendable {
  public enum Format: String, Sendable, CaseIterable { case text, csv, md, tex, json, html }

  let rows: [SweepRow]
  let measures: [String]
  /// The settings in which points differ.
  let settings: [String]

  public init(_ rows: [SweepRow], measures: [String]) {
    (self.rows, self.measures) = (rows, measures)
    var settings: [String] = []
    for row in rows {
      for setting in row.point.settings where !settings.contains(setting.name) {
        settings.append(setting.name)
      }
    }
    self.settings = settings
  }

  /// Text in a format.
  public func text(as format: Format) -> String {
    switch format {
    case .text: description
    case .csv: csv
    case .md: markdown
    case .tex: latex
    case .json: (try? json.text()) ?? ""
    case .html: html
    }
  }

  // MARK: Cells

  private var header: [String] {
    (settings.isEmpty ? ["point"] : settings) + ["n"] + measures.flatMap { [$0, "change, %"] }
  }

  /// Changes whose Holm-adjusted p-value over all changes of the table is at most 0.05, by row and
  /// measure.
  private var significant: Set<[String]> {
    let tests = rows.flatMap { row in
      measures.map { (key: ["\(row.place)", $0], p: row.changes[$0]?.p) }
    }
    let adjusted = (try? Holm.adjusted(tests.map(\.p))) ?? []
    return Set(zip(tests, adjusted).filter { ($1 ?? 1) <= 0.05 }.map(\.0.key))
  }

  private var cells: [[String]] {
    let significant = significant
    return rows.map { row in
      label(row) + [count(row)]
        + measures.flatMap { measure in
          [
            row.estimates[measure].map(SweepTable.text) ?? "–",
            row.changes[measure].map {
              SweepTable.text($0)
                + (significant.contains(["\(row.place)", measure]) ? "*" : "")
            } ?? "",
          ]
        }
    }
  }

  /// "3", "2 (1 failed)", "1 (2 pruned)", "3 †" for a row with a warning
  private func count(_ row: SweepRow) -> String {
    let others = [(row.failed, "failed"), (row.pruned, "pruned")].filter { $0.0 > 0 }
    let text = others.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    return "\(row.n)" + (text.isEmpty ? "" : " (\(text))") + (warning(of: row) == nil ? "" : " †")
  }

  private func label(_ row: SweepRow) -> [String] {
    guard !settings.isEmpty else { return [row.point.label] }
    if let name = row.point.name {
      return [name] + Array(repeating: "", count: settings.count - 1)
    }
    return settings.map { name in
      row.point.settings.first { $0.name == name }.map { SweepTable.text($0.value) } ?? ""
    }
  }

  /// "0.6012 ± 0.0034", with two digits of the interval.
  static func text(_ estimate: Estimate) -> String {
    guard let low = estimate.low, let high = estimate.high else {
      return Table.number(estimate.mean)
    }
    let half = (high - low) / 2
    guard half > 0, half.isFinite, estimate.mean.isFinite else {
      return half == 0 ? "\(Table.number(estimate.mean)) ± 0" : Table.number(estimate.mean)
    }
    let digits = min(12, max(0, 1 - Int(log10(half).rounded(.down))))
    guard abs(estimate.mean) < 1e9, digits < 10 else {
      return "\(Table.number(estimate.mean)) ± \(Table.number(half))"
    }
    return Table.format("%.\(digits)f", estimate.mean) + " ± " + Table.format("%.\(digits)f", half)
  }

  static func text(_ change: PairedChange) -> String {
    let percent = change.percent
    guard let low = percent.low, let high = percent.high else {
      return Table.format("%+.1f", percent.mean)
    }
    let mean = Table.format("%+.1f", percent.mean)
    let (below, above) = (percent.mean - low, high - percent.mean)
    // Of log ratios, wide intervals are not symmetric.
    guard abs(above - below) > max(0.1, 0.2 * (high - low)) else {
      return "\(mean) ± " + Table.format("%.1f", (high - low) / 2)
    }
    return "\(mean) [" + Table.format("%+.1f", low) + ", " + Table.format("%+.1f", high) + "]"
  }

  /// A setting as scripts write it.
  static func text(_ value: JSON) -> String {
    switch value {
    case .number(let number): Table.shortNumber(number)
    case .string(let text): String(text.map { $0.isNewline ? " " : $0 })
    case .array(let entries): "{" + entries.map(text).joined(separator: ", ") + "}"
    case .object(let fields):
      "{"
        + fields.sorted { $0.key < $1.key }.map { "\($0.key) = \(text($0.value))" }
        .joined(separator: ", ") + "}"
    default: (try? value.text()) ?? "?"
    }
  }

  // MARK: Formats

  private var legend: [String] {
    (significant.isEmpty
      ? [] : ["* differs from the control at 5 % (paired t test, Holm over the table)"]) + warnings
  }

  /// Of a row that has run.
  private func warning(of row: SweepRow) -> String? { row.n > 0 ? row.warning : nil }

  /// "† no batch has taken the Lai loss: alpha 0.01 of so few", each once.
  private var warnings: [String] {
    var texts: [String] = []
    for row in rows {
      if let text = warning(of: row), !texts.contains("† \(text)") { texts.append("† \(text)") }
    }
    return texts
  }

  private var markdown: String {
    func line(_ cells: [String]) -> String {
      "| "
        + cells.map { $0.replacingOccurrences(of: "|", with: "\\|") }.joined(separator: " | ")
        + " |\n"
    }
    let rule = "|" + header.map { _ in "---|" }.joined() + "\n"
    return line(header) + rule + cells.map(line).joined() + warnings.map { "\n\($0)\n" }.joined()
  }

  private var latex: String {
    func line(_ cells: [String]) -> String {
      cells.map(SweepTable.latex).joined(separator: " & ") + " \\\\\n"
    }
    return "\\begin{tabular}{l\(String(repeating: "r", count: header.count - 1))}\n\\hline\n"
      + line(header) + "\\hline\n" + cells.map(line).joined() + "\\hline\n\\end{tabular}\n"
      + warnings.map { "\n\(SweepTable.latex($0))\n" }.joined()
  }

  private static func latex(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\textbackslash{}"
      case "~": result += "\\textasciitilde{}"
      case "^": result += "\\textasciicircum{}"
      case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
      case "±": result += "$\\pm$"
      case "†": result += "$\\dagger$"
      case "λ": result += "$\\lambda$"
      case "–": result += "--"
      default: result.append(character)
      }
    }
    return result
  }

  private var html: String {
    Table(header: header, rows: cells).html
      + legend.map { "<p>\(Table.escaped($0))</p>\n" }.joined()
  }

  private static let parts = [
    "mean", "low", "high", "change", "change_low", "change_high", "change_p",
  ]

  /// The numbers of one measure of one row, in the order of `parts`.
  private func numbers(_ row: SweepRow, _ measure: String) -> [Double?] {
    let (estimate, change) = (row.estimates[measure], row.changes[measure])
    return [
      estimate?.mean, estimate?.low, estimate?.high, change?.percent.mean, change?.percent.low,
      change?.percent.high, change?.p,
    ]
  }

  /// Numbers in full: name_mean, name_low, name_high, name_change (in %), …, one column each.
  private var csv: String {
    func line(_ cells: [String]) -> String {
      cells.map { cell in
        cell.contains { ",\"\n\r".contains($0) }
          ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
      }.joined(separator: ",") + "\n"
    }
    let heads =
      ["point"] + settings + ["n"]
      + measures.flatMap { name in Self.parts.map { "\(name)_\($0)" } }
    return line(heads)
      + rows.map { row in
        line(
          [row.point.name ?? row.point.kind.rawValue]
            + settings.map { name in
              row.point.settings.first { $0.name == name }.map { SweepTable.text($0.value) } ?? ""
            } + ["\(row.n)"]
            + measures.flatMap { numbers(row, $0).map { $0.map { numberText($0) } ?? "" } })
      }.joined()
  }

  /// A list of objects.
  public var json: JSON {
    .array(
      rows.map { row in
        var fields: [String: JSON] = [
          "kind": .string(row.point.kind.rawValue), "n": .integer(row.n),
          "options": .object(
            Dictionary(row.point.settings.map { ($0.name, $0.value) }) { first, _ in first }),
        ]
        if let name = row.point.name { fields["name"] = .string(name) }
        if let warning = warning(of: row) { fields["warning"] = .string(warning) }
        for measure in measures {
          fields[measure] = .object(
            Dictionary(
              uniqueKeysWithValues: zip(Self.parts, numbers(row, measure)).map { part, number in
                (part, number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null)
              }))
        }
        return .object(fields)
      })
  }
}

extension SweepTable: CustomStringConvertible {
  /// Aligned columns.
  public var description: String {
    Table(header: header, rows: cells).description + legend.map { "\n  \($0)" }.joined()
  }
}
