import Tensors

/// What was done to the cells and rows of a CSV file when it was read.
public struct CSVReport: Sendable {
  /// The missing cells of a column that were filled.
  public struct Fill: Sendable {
    public let column: String
    public let count: Int
    /// The number that fills them; 0 in all features of a one-hot column.
    public let value: Double
  }

  /// The categories of a one-hot column, in the order of its features.
  public struct Categories: Sendable {
    public let column: String
    public let names: [String]
  }

  /// The cells of a one-hot column that are none of its categories.
  public struct Unknown: Sendable, Equatable {
    public let column: String
    public let count: Int
    /// Each once, in the order of the file.
    public let values: [String]
  }

  public let path: String
  /// Rows read, before any were dropped.
  public let rowCount: Int
  /// Rows left out because a value was missing, and the lines of the file on which they begin.
  public let droppedLines: [Int]
  /// Columns with missing cells, and the number of these, with those of rows that were dropped.
  public let missing: [(column: String, count: Int)]
  public let fills: [Fill]
  public let categories: [Categories]
  /// The columns kept aside as text, the data's ids among them.
  public let texts: [String]
  /// Warnings, such as a first column without a name.
  public let notes: [Message]
  /// Columns with cells that were ignored, being none of the categories of the data before.
  public internal(set) var unknown: [Unknown] = []
}

extension CSVReport: CustomStringConvertible {
  public var description: String { description(in: .swift) }

  /// One line per fact: what was filled, dropped and turned into categories.
  public func description(in notation: OptionNotation) -> String {
    func cells(_ count: Int) -> String { "\(count) cell\(count == 1 ? "" : "s")" }
    func rows(_ count: Int) -> String { "\(count) row\(count == 1 ? "" : "s")" }
    func number(_ value: Double) -> String {
      value == value.rounded() ? numberText(value) : Table.number(value)
    }
    let kept = rowCount - droppedLines.count
    var lines = ["CSVReport('\(path)', \(kept) of \(rows(rowCount)))"]
    let oneHot = Set(categories.map(\.column))
    for fill in fills {
      let value = oneHot.contains(fill.column) ? "no category" : number(fill.value)
      lines.append("filled: '\(fill.column)', \(cells(fill.count)) with \(value)")
    }
    if !droppedLines.isEmpty {
      let reasons = missing.map { "'\($0.column)' \($0.count)" }.joined(separator: ", ")
      lines.append("dropped: \(rows(droppedLines.count)); cells missing: \(reasons)")
    }
    for entry in unknown {
      lines.append(
        "unknown: '\(entry.column)', \(cells(entry.count)) of no category, 0 in all of its features: "
          + entry.values.quotedList())
    }
    for entry in categories {
      let names = entry.names.quotedList()
      lines.append("categories: '\(entry.column)', \(entry.names.count): \(names)")
    }
    if !texts.isEmpty { lines.append("kept as text: \(texts.quotedList())") }
    lines += notes.map { "note: \($0.text(in: notation))" }
    if lines.count == 1 { lines.append("nothing filled, nothing dropped") }
    return lines.joined(separator: "\n  ")
  }
}

extension [String] {
  /// "'a', 'b', …": the first eight.
  func quotedList() -> String {
    prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (count > 8 ? ", …" : "")
  }
}
