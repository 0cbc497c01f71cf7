import Tensors

/// How often each value of a column occurs, the most frequent first; of equally frequent ones, the
/// smallest first.
public struct ValueCounts: Sendable, Equatable {
  public enum Value: Sendable, Equatable {
    case number(Double)
    case text(String)
  }

  /// The column's name.
  public let name: String
  public let values: [Value]
  public let counts: [Int]
  /// Numbers that are missing (NaN).
  public let missing: Int

  /// The number of values that are not missing.
  public var total: Int { counts.reduce(0, +) }

  /// Of a feature, the target, or a column of text.
  ///
  /// - Throws: `UnknownFeature`, and as `Dataset.column`; `LostDerivativeError`; `AllocationError`.
  public init(_ data: Dataset, column name: String) throws {
    self.name = name
    if let column = data.textColumns.first(where: { $0.name == name }) {
      var counts: [String: Int] = [:]
      for text in column.values { counts[text, default: 0] += 1 }
      let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      (values, self.counts) = (sorted.map { .text($0.key) }, sorted.map(\.value))
      missing = 0
      return
    }
    let unique = try data.column(name).unique()
    let values = try unique.values.elements(as: Double.self)
    let counts = try unique.counts.elements(as: Double.self).map { Int($0) }
    let sorted = zip(values, counts).filter { !$0.0.isNaN }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    self.values = sorted.map { .number($0.0) }
    self.counts = sorted.map(\.1)
    missing = zip(values, counts).first { $0.0.isNaN }?.1 ?? 0
  }
}

extension ValueCounts: CustomStringConvertible {
  /// Rows of the table; of more values, only so many are shown.
  private static let shownRows = 20

  var table: Table {
    var rows = zip(values, counts).prefix(Self.shownRows).map { value, count in
      [value.text, "\(count)", share(count)]
    }
    let others = counts.dropFirst(Self.shownRows)
    if !others.isEmpty {
      let count = others.reduce(0, +)
      rows.append(
        [
          "… \(others.count) more", "\(count)",
          share(count),
        ])
    }
    if missing > 0 { rows.append(["missing", "\(missing)", ""]) }
    return Table(header: [name, "count", "share"], rows: rows)
  }

  private func share(_ count: Int) -> String {
    Table.format("%.1f %%", 100 * Double(count) / Double(total))
  }

  public var description: String { table.description }
  /// The table in a notebook.
  public var html: String { table.html }
}

extension ValueCounts.Value {
  fileprivate var text: String {
    switch self {
    case .number(let value): Table.shortNumber(value)
    case .text(let text): text
    }
  }
}
