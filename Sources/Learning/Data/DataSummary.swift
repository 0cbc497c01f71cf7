import Foundation
import Tensors

/// What the columns of data are like.
public struct DataSummary: Sendable {
  /// Of one column, without its missing numbers (NaN).
  public struct Column: Sendable {
    public let name: String
    /// Of numbers that are not missing.
    public let count: Int
    public let missing: Int
    public let mean: Double
    /// With divisor n − 1; NaN for one number.
    public let std: Double
    public let min: Double
    /// Interpolated linearly, as NumPy does.
    public let quartiles: (lower: Double, median: Double, upper: Double)
    public let max: Double

    /// Names and numbers, in the order of the table.
    public var fields: [(name: String, value: Double)] {
      [
        ("count", Double(count)), ("missing", Double(missing)), ("mean", mean), ("std", std),
        ("min", min), ("q25", quartiles.lower), ("median", quartiles.median),
        ("q75", quartiles.upper), ("max", max),
      ]
    }

    init(_ name: String, _ all: [Double]) {
      let values = all.filter { !$0.isNaN }
      let n = Double(values.count)
      (self.name, count, missing) = (name, values.count, all.count - values.count)
      let mean = values.reduce(0, +) / n
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      (self.mean, std) = (mean, n > 1 ? (squares / (n - 1)).squareRoot() : .nan)
      guard !values.isEmpty else {
        (min, max, quartiles) = (.nan, .nan, (.nan, .nan, .nan))
        return
      }
      (min, max) = (values.min()!, values.max()!)
      var sorted = values
      quartiles = (sorted.percentile(0.25), sorted.percentile(0.5), sorted.percentile(0.75))
    }
  }

  /// The features, and the target's columns.
  public let columns: [Column]

  /// - Throws: `AllocationError`.
  public init(_ data: Dataset) throws {
    columns = try data.allColumns().map { Column($0.name, $0.values) }
  }

  var table: Table {
    let heads = ["", "count", "missing", "mean", "std", "min", "25 %", "50 %", "75 %", "max"]
    let shown = heads.indices.filter {
      heads[$0] != "missing" || columns.contains { $0.missing > 0 }
    }
    return Table(
      header: shown.map { heads[$0] },
      rows: columns.map { column in
        let cells =
          [column.name, "\(column.count)", "\(column.missing)"]
          + column.fields.dropFirst(2).map { Table.shortNumber($0.value) }
        return shown.map { cells[$0] }
      })
  }
}

extension DataSummary: CustomStringConvertible {
  public var description: String { table.description }
  /// The table in a notebook.
  public var html: String { table.html }
}

/// Pearson's correlations of the columns of data.
public struct Correlations: Sendable {
  public let names: [String]
  /// [names][names]; NaN where a column is constant.
  public let values: [[Double]]
  /// The place of the target; nil without a single one.
  let target: Int?

  /// Of the rows without missing numbers.
  ///
  /// - Throws: `AllocationError`.
  public init(_ data: Dataset) throws {
    let columns = try data.allColumns()
    names = columns.map(\.name)
    target = data.y?.shape[1] == 1 ? columns.count - 1 : nil
    let whole = (0..<data.count).filter { row in columns.allSatisfy { !$0.values[row].isNaN } }
    let centered = columns.map { column in
      let values = whole.map { column.values[$0] }
      let mean = values.reduce(0, +) / Double(values.count)
      return values.map { $0 - mean }
    }
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let lengths = centered.map { product($0, $0).squareRoot() }
    var values = [[Double]](
      repeating: Array(repeating: .nan, count: names.count), count: names.count)
    for i in names.indices {
      for j in 0...i where lengths[i] > 0 && lengths[j] > 0 {
        values[i][j] =
          i == j ? 1 : min(1, max(-1, product(centered[i], centered[j]) / lengths[i] / lengths[j]))
        values[j][i] = values[i][j]
      }
    }
    self.values = values
  }

  public subscript(a: String, b: String) -> Double? {
    guard let i = names.firstIndex(of: a), let j = names.firstIndex(of: b) else { return nil }
    return values[i][j]
  }

  /// The lower triangle without its diagonal, with numbers for the heads of the columns: 13 columns fit
  /// in 80 characters.
  var table: Table {
    // Five characters per number.
    let most = max(7, min(12, 80 - 5 - 5 * (names.count - 1)))
    return Table(
      header: [""] + names.indices.dropLast().map { "\($0 + 1)" },
      rows: names.indices.map { i in
        let name =
          names[i].count > most
          ? "\(names[i].prefix(most / 3))…\(names[i].suffix(most - most / 3 - 1))" : names[i]
        return ["\(i + 1) \(name)"]
          + names.indices.dropLast().map { $0 < i ? Correlations.text(values[i][$0]) : "" }
      }, gap: 1)
  }

  /// "-.93", "1.00"
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let rounded = (value * 100).rounded() / 100
    let text = Table.format("%.2f", rounded == 0 ? 0 : rounded)
    return text.hasPrefix("0.") || text.hasPrefix("-0.")
      ? text.replacing("0.", with: ".", maxReplacements: 1) : text
  }
}

extension Correlations: CustomStringConvertible {
  public var description: String {
    guard let target else { return table.description }
    let others = names.indices.filter { $0 != target && values[target][$0].isFinite }
      .sorted { abs(values[target][$0]) > abs(values[target][$1]) }
    var line = "with \(names[target]):"
    for (place, other) in others.enumerated() {
      let entry = "\(names[other]) \(Correlations.text(values[target][other]))"
      guard line.count + entry.count + 2 <= 80 else { break }
      line += (place == 0 ? " " : ", ") + entry
    }
    return "\(line)\n\(table)"
  }
  /// The table in a notebook.
  public var html: String { table.html }
}

extension Dataset {
  /// The features and the columns of the target.
  func allColumns() throws -> [(name: String, values: [Double])] {
    try AllocationError.check(count, bytesEach: 24 * (features.count + 2))
    func columns(_ tensor: Tensor, _ names: [String]) throws -> [(name: String, values: [Double])] {
      let elements = try tensor.elements(as: Double.self)
      return names.indices.map { column in
        (
          names[column],
          stride(from: column, to: elements.count, by: names.count).map { elements[$0] }
        )
      }
    }
    let targets = try y.map { try columns($0, names.outputs($0.shape[1])) } ?? []
    return try columns(x, features) + targets
  }

  /// Some rows as text: ids, features and targets.
  public func text(ofRows places: Range<Int>) throws -> String { try table(of: places).description }

  /// The same in a notebook.
  public func html(ofRows places: Range<Int>) throws -> String { try table(of: places).html }

  private func table(of places: Range<Int>) throws -> Table {
    let part = try rows(Array(places))
    // Text is for people, also of a derivative being taken.
    let columns = try Dataset(x: part.x.detached(), y: part.y?.detached(), names: names)
      .allColumns()
    var header = [ids?.name ?? ""] + texts.map(\.name) + columns.map(\.name)
    var rows = places.indices.map { row in
      [ids?.values[row] ?? "\(row + 1)"] + texts.map { $0.values[row] }
        + columns.map { Table.shortNumber($0.values[row - places.lowerBound]) }
    }
    // As many columns as fit in 80 characters; the first one and the last one, the target, stay.
    func width(_ column: Int) -> Int {
      ([header[column]] + rows.map { $0[column] }).map(\.count).max()! + 2
    }
    var rest = 80 - width(0) - width(header.count - 1) - 3
    var shown = 1
    while shown < header.count - 1, rest >= width(shown) {
      rest -= width(shown)
      shown += 1
    }
    if shown < header.count - 1 {
      func fold(_ cells: [String]) -> [String] { cells.prefix(shown) + ["…"] + cells.suffix(1) }
      header = fold(header)
      rows = rows.map(fold)
    }
    return Table(header: header, rows: rows)
  }
}
