import Tensors

/// A column of a CSV file as numbers: one feature, or one for each value of a one-hot column.
struct CSVColumn {
  /// One a feature.
  let names: [String]
  /// A number a row, NaN where it is missing; of a one-hot column the place of its value.
  let values: [Double]
  let firstMissing: Int?
  /// What stands where numbers are missing: by feature, the mean.
  private let means: [Double]
  private let column: Int
  private let isOneHot: Bool

  /// Throws: `FileError` for a text column that is not one-hot, for one without any value, and for
  /// a one-hot column of too many values.
  init(_ table: CSVTable, _ column: Int, isOneHot: Bool) throws {
    let name = table.names[column]
    self.column = column
    self.isOneHot = isOneHot
    if isOneHot {
      let texts = (0..<table.rowCount).map { row in
        CSVColumn.isMissing(table.bytes(row: row, column: column))
          ? nil : table.text(row: row, column: column)
      }
      let categories = Set(texts.compactMap { $0 }).sorted()
      guard categories.count <= CSVColumn.largestOneHot else {
        throw FileError(
          table.path, column: name,
          "has \(categories.count) different values; onehot takes \(CSVColumn.largestOneHot)")
      }
      let places = Dictionary(
        uniqueKeysWithValues: categories.enumerated().map { ($1, Double($0)) })
      values = texts.map { text in text.flatMap { places[$0] } ?? .nan }
      names = categories.map { "\(name)=\($0)" }
    } else {
      values = try CSVColumn.numbers(table, column)
      names = [name]
    }
    firstMissing = values.firstIndex { $0.isNaN }
    let present = values.filter { !$0.isNaN }
    guard !present.isEmpty else { throw FileError(table.path, column: name, "has no values") }
    let n = Double(present.count)
    if isOneHot {
      var shares = [Double](repeating: 0, count: names.count)
      for place in present { shares[Int(place)] += 1 / n }
      means = shares
    } else {
      means = [present.reduce(0) { $0 + $1 / n }]
    }
  }

  private static var largestOneHot: Int { 1000 }

  private static func numbers(_ table: CSVTable, _ column: Int) throws -> [Double] {
    var numbers = 0
    var firstText: Int?
    var texts = 0
    let values = (0..<table.rowCount).map { row in
      let cell = table.bytes(row: row, column: column)
      if let number = decimalNumber(cell) {
        numbers += 1
        return number
      }
      if !isMissing(cell) && !isNonFinite(cell) {
        texts += 1
        if firstText == nil { firstText = row }
      }
      return Double.nan
    }
    if let firstText, texts > numbers {
      let name = table.names[column]
      throw FileError(
        table.path, line: table.lines[firstText], column: name,
        "\(quoted(table, firstText, column)) is not a number, and most of the column is text: "
          + "name it in drop or onehot")
    }
    return values
  }

  /// What is wrong with the cell of a missing value.
  func error(_ table: CSVTable, row: Int) -> FileError {
    let isMissing = CSVColumn.isMissing(table.bytes(row: row, column: column))
    let text = CSVColumn.quoted(table, row, column)
    return FileError(
      table.path, line: table.lines[row], column: table.names[column],
      isMissing ? "the value is missing (\(text))" : "\(text) is not a finite number")
  }

  /// Writes the features of these rows, `stride` apart from row to row.
  func write<S: TensorScalar>(_ rows: [Int], into target: UnsafeMutablePointer<S>, stride: Int) {
    for (place, row) in rows.enumerated() {
      let start = target + place * stride
      let value = values[row]
      if value.isNaN {
        for index in names.indices { start[index] = S(means[index]) }
      } else if isOneHot {
        start[Int(value)] = 1
      } else {
        start[0] = S(value)
      }
    }
  }

  /// The cell's text in quotes, short and on one line.
  private static func quoted(_ table: CSVTable, _ row: Int, _ column: Int) -> String {
    let text = table.text(row: row, column: column)
    let visible = text.prefix(40).unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
    }
    return "'" + String(visible) + (text.count > 40 ? "…'" : "'")
  }

  private static func isMissing(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    isOne(of: ["", "na", "nan", "null", "?"], cell)
  }

  private static func isNonFinite(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    isOne(of: ["inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"], cell)
  }

  private static func isOne(of words: [StaticString], _ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    words.contains { word in
      word.utf8CodeUnitCount == cell.count
        && cell.indices.allSatisfy { index in
          // Lower case for letters; what changes among the others is in no word.
          let byte = cell[index]
          let isUpper = byte >= 0x41 && byte <= 0x5A
          return (isUpper ? byte | 0x20 : byte) == word.utf8Start[index]
        }
    }
  }
}
