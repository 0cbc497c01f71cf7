import Tensors

/// Columns as the text of a CSV file (RFC 4180), with commas, points and a header.
public struct CSVWriter {
  /// Text as it is, quoted where it must be; numbers in the fewest digits that read back the same.
  public enum Column {
    case texts([String])
    case numbers(Tensor)
  }

  private let columns: [(name: String, cells: [String])]

  /// - columns: Numbers are [n] or [n][1].
  /// - Throws: `ArgumentError` for columns of different lengths, for none, and for a name that is there
  ///   twice; `ShapeError` for numbers of several columns.
  public init(_ columns: [(name: String, column: Column)]) throws {
    self.columns = try columns.map { name, column in
      switch column {
      case .texts(let texts): (name, texts)
      case .numbers(let numbers):
        (name, try CSVWriter.cells(numbers, name))
      }
    }
    guard let first = self.columns.first else {
      throw ArgumentError("columns", mustBe: "one or more", got: "none")
    }
    for (place, column) in self.columns.enumerated() {
      guard column.cells.count == first.cells.count else {
        throw ArgumentError(
          "columns.\(column.name)", mustBe: "of \(first.cells.count) rows, as \(first.name)",
          got: column.cells.count)
      }
      if self.columns[..<place].contains(where: { $0.name == column.name }) {
        throw ArgumentError("columns", mustBe: "of different names", got: "'\(column.name)' twice")
      }
    }
  }

  /// Of ids, other text columns, features and targets.
  ///
  /// - Throws: `ArgumentError` for an id with the name of a column.
  public init(_ data: Dataset) throws {
    func numbers(_ tensor: Tensor, _ names: [String]) throws -> [(name: String, column: Column)] {
      try names.enumerated().map { ($1, .numbers(try tensor.selected(axis: 1, index: $0))) }
    }
    let texts = data.textColumns.map { (name: $0.name, column: Column.texts($0.values)) }
    let targets = try data.y.map { try numbers($0, data.names.outputs($0.shape[1])) } ?? []
    try self.init(texts + numbers(data.x, data.features) + targets)
  }

  private static func cells(_ numbers: Tensor, _ name: String) throws -> [String] {
    guard numbers.rank == 1 || numbers.rank == 2 && numbers.shape[1] == 1 else {
      throw ShapeError(
        op: "columns.\(name)", lhs: numbers.shape,
        reason: "is not [n] or [n][1]: one number per row")
    }
    // 0.1 of 32 bits is 0.1, not 0.10000000149.
    return numbers.dtype == .float32
      ? try numbers.elements(as: Float.self).map { CSVWriter.text("\($0)") }
      : try numbers.elements(as: Double.self).map { CSVWriter.text("\($0)") }
  }

  /// 3 for 3.0; empty for a missing number.
  private static func text(_ number: String) -> String {
    if number == "nan" { return "" }
    return number.hasSuffix(".0") ? String(number.dropLast(2)) : number
  }

  private static func quoted(_ text: String) -> String {
    let needsQuotes =
      text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
      || text.first == " " || text.last == " "
    return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }

  /// The whole file.
  public var text: String {
    var text = columns.map { CSVWriter.quoted($0.name) }.joined(separator: ",") + "\n"
    for row in columns[0].cells.indices {
      for (place, column) in columns.enumerated() {
        if place > 0 { text += "," }
        text += CSVWriter.quoted(column.cells[row])
      }
      text += "\n"
    }
    return text
  }
}
