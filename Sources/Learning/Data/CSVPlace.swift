import Tensors

/// A cell of a CSV file for errors: its place, its content, and the way out.
struct CSVPlace {
  let table: CSVTable
  let column: Int
  let row: Int
  var isTarget = false

  private var name: String { table.names[column] }
  private var text: String { table.quoted(row: row, column: column) }

  private func error(_ reason: Message) -> FileError {
    FileError(table.path, line: table.lines[row], column: name, reason)
  }

  /// The error for a cell that is missing.
  func missingError(_ missing: MissingValues, isOneHot: Bool) -> FileError {
    let drop: Message = "\(option: "missing", "drop") leaves such rows out"
    let way: Message =
      if isTarget {
        "\(option: "missing_target", "drop") leaves such rows out"
      } else if isOneHot, !table.bytes(row: row, column: column).isEmpty {
        "\(option: "na", .list([])) reads it as a category, \(drop)"
      } else {
        "\(option: "missing", "drop"), \"mean\", \"median\" or a number says what to do"
      }
    let what = isTarget ? "the target is missing" : "the value is missing"
    return error("\(what) (\(text)): \(way)")
  }

  /// The error for a cell that cannot become a number of the data set.
  func error(_ fault: CSVCells.Fault, _ cells: CSVCells) -> FileError {
    let plain = text.dropFirst().dropLast()
    let isPlain = !plain.contains { "\"\\\u{FFFD}…".contains($0) }
    let asMissing: Message =
      isPlain
      ? "\(option: "na", .list(cells.ownMarkers + [String(plain)])) reads it as missing"
      : "na reads it as missing"
    let otherwise: Message =
      isTarget
      ? "a target must have fewer digits"
      : "\(option: "drop", name) leaves the column out, \(option: "onehot", name) reads it as text"
    switch fault {
    case .infinite: return error("\(text) is infinite: \(asMissing)")
    case .badGroups:
      let mark = String(decoding: cells.dialect.thousands, as: UTF8.self)
      return error("\(text) is not grouped by three digits, as \(option: "thousands", mark) says")
    case .tooLarge(.float32):
      return error("\(text) is larger than float32 can hold: \(option: "dtype", "float64") can")
    case .tooLarge(.float64):
      return error("\(text) is larger than float64 can hold: \(asMissing)")
    case .inexact(.float32):
      return error(
        "\(text) is an integer that float32 can only round: \(option: "dtype", "float64") holds it")
    case .inexact(.float64):
      return error("\(text) is an integer that float64 can only round: \(otherwise)")
    case .text: return error(textReason(cells, asMissing))
    }
  }

  private func textReason(_ cells: CSVCells, _ asMissing: Message) -> Message {
    if let way = numberForm(cells.dialect) { return "\(text) is not a number: \(way)" }
    if row == 0, table.headerLine == nil {
      let skip: Message = "\(option: "skip", .number(table.lines[0])) leaves it out"
      return "\(text) is not a number: if this line is a header, \(skip)"
    }
    var (texts, numbers) = (0, 0)
    var values: Set<String> = []
    for row in 0..<table.rowCount {
      switch cells.content(table.bytes(row: row, column: column)) {
      case .fault(.text):
        texts += 1
        if values.count < 3 { values.insert(table.quoted(row: row, column: column)) }
      case .missing: break
      default: numbers += 1
      }
    }
    guard texts > numbers else { return "\(text) is not a number: correct it, or \(asMissing)" }
    guard isTarget else {
      return "\(text) is not a number, and most of the column is text: name it in drop or onehot"
    }
    let way =
      values.count == 2 && numbers == 0
      ? "write 0 and 1 for \(values.sorted().joined(separator: " and ")), "
      : "write numbers in its place, "
    let start =
      "\(text) is not a number, and most of the column is text, but a target must be numbers"
    return "\(start): \(way)or choose another target; as a feature, onehot takes it"
  }

  /// The option by which the cell would be a number, or what the file needs for that.
  private func numberForm(_ dialect: CSVDialect) -> Message? {
    let cell = table.bytes(row: row, column: column)
    let decimal = [",", "."].first { mark in
      let byte = mark.utf8.first!
      return byte != dialect.decimal && DecimalNumber(cell, decimal: byte) != nil
    }
    let thousands = CSVPlace.groupMarks.first { mark in
      guard Array(mark.utf8) != dialect.thousands, mark.utf8.first != dialect.decimal,
        let plain = CSVCells.ungrouped(cell, by: Array(mark.utf8), decimal: dialect.decimal)
      else { return false }
      return plain.withUnsafeBufferPointer { DecimalNumber($0, decimal: dialect.decimal) != nil }
    }
    let isSeparator = decimal?.utf8.first == dialect.separator
    if isSeparator, thousands == nil {
      return "for decimals after a comma the file needs another separator, such as ';'"
    }
    let ways: [Message] = [
      isSeparator ? nil : decimal.map { "\(option: "decimal", $0)" },
      thousands.map { "\(option: "thousands", $0)" },
    ].compactMap { $0 }
    switch ways.count {
    case 0: return nil
    case 1: return "\(ways[0]) would read it"
    default: return "\(ways[0]) or \(ways[1]) would read it"
    }
  }

  /// Usual marks between groups of digits; the last two are no-break spaces.
  private static let groupMarks = [",", ".", " ", "'", "_", "\u{A0}", "\u{202F}"]
}
