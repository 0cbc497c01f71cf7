import Tensors

/// A column of a CSV file as numbers: one feature, or one for each value of a one-hot column.
struct CSVColumn {
  /// The column's name in the file.
  let name: String
  /// One per feature.
  let names: [String]
  /// One number per row, NaN where it is missing; in a one-hot column the place of the category.
  let values: [Double]
  /// The values of a one-hot column, in order; nil for a column of numbers.
  let categories: [String]?
  let firstMissing: Int?
  let missingCount: Int

  /// A column of numbers.
  ///
  /// - Throws: `FileError` for a cell that neither is a number nor is missing, and for a column
  ///   without any number.
  init(_ table: CSVTable, _ column: Int, _ cells: CSVCells, isTarget: Bool = false) throws {
    var fault: (row: Int, kind: CSVCells.Fault)?
    let values = (0..<table.rowCount).map { row in
      switch cells.content(table.bytes(row: row, column: column)) {
      case .number(let value): return value
      case .missing: return Double.nan
      case .fault(let kind):
        if fault == nil { fault = (row, kind) }
        return Double.nan
      }
    }
    if let fault {
      let place = CSVPlace(table: table, column: column, row: fault.row, isTarget: isTarget)
      throw place.error(fault.kind, cells)
    }
    let name = table.names[column]
    try self.init(name, [name], values, nil, table)
  }

  /// A one-hot column.
  ///
  /// - Throws: `FileError` for one without any value, of too many values, or of text that is not
  ///   UTF-8.
  init(oneHot table: CSVTable, _ column: Int, _ cells: CSVCells) throws {
    let name = table.names[column]
    let texts = try (0..<table.rowCount).map { row -> String? in
      if cells.isMissing(table.bytes(row: row, column: column)) { return nil }
      guard let text = table.text(row: row, column: column) else {
        throw FileError(table.path, line: table.lines[row], column: name, TextFile.notUTF8)
      }
      return text
    }
    let categories = Set(texts.compactMap { $0 }).sorted()
    guard categories.count <= CSVColumn.largestOneHot else {
      throw FileError(
        table.path, column: name,
        "has \(categories.count) different values; onehot takes \(CSVColumn.largestOneHot)")
    }
    let places = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, Double($0)) })
    let values = texts.map { text in text.flatMap { places[$0] } ?? .nan }
    try self.init(name, categories.map { "\(name)=\($0)" }, values, categories, table)
  }

  private init(
    _ name: String, _ names: [String], _ values: [Double], _ categories: [String]?,
    _ table: CSVTable
  ) throws {
    (self.name, self.names, self.values, self.categories) = (name, names, values, categories)
    firstMissing = values.firstIndex { $0.isNaN }
    missingCount = firstMissing.map { values[$0...].reduce(0) { $0 + ($1.isNaN ? 1 : 0) } } ?? 0
    guard missingCount < values.count else {
      throw FileError(
        table.path, column: name, "has no values: \(option: "drop", name) leaves the column out")
    }
  }

  /// The same of some of the rows.
  func rows(_ places: [Int]) -> CSVColumn { CSVColumn(self, values: places.map { values[$0] }) }

  private init(_ column: CSVColumn, values: [Double]) {
    (name, names, categories) = (column.name, column.names, column.categories)
    self.values = values
    firstMissing = values.firstIndex { $0.isNaN }
    missingCount = values.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
  }

  private static var largestOneHot: Int { 1000 }

  /// The number that replaces missing ones; in a one-hot column 0, for no category.
  func fill(_ missing: MissingValues) -> Double {
    categories == nil && missingCount > 0 ? middle(missing) : 0
  }

  /// The same, whether numbers are missing or not.
  func middle(_ missing: MissingValues) -> Double { missing.fill(for: values) }

  /// Writes the features of these rows over zeros, with rows `stride` apart.
  func write<S: TensorScalar>(
    _ rows: [Int], into target: UnsafeMutablePointer<S>, stride: Int, fill: Double
  ) {
    let isOneHot = categories != nil
    for (place, row) in rows.enumerated() {
      let start = target + place * stride
      let value = values[row]
      if isOneHot {
        if !value.isNaN { start[Int(value)] = 1 }
      } else {
        start[0] = S(value.isNaN ? fill : value)
      }
    }
  }
}

extension MissingValues {
  /// What replaces the missing ones of a column's numbers, which are NaN; 0 if nothing does.
  func fill(for values: [Double]) -> Double {
    switch self {
    case .error, .drop: return 0
    case .number(let value): return value
    case .mean:
      let n = values.reduce(0.0) { $1.isNaN ? $0 : $0 + 1 }
      let sum = values.reduce(0) { $1.isNaN ? $0 : $0 + $1 }
      return sum.isFinite ? sum / n : values.reduce(0) { $1.isNaN ? $0 : $0 + $1 / n }
    case .median:
      let sorted = values.filter { !$0.isNaN }.sorted()
      let upper = sorted[sorted.count / 2]
      return sorted.count % 2 == 1 ? upper : sorted[sorted.count / 2 - 1] / 2 + upper / 2
    }
  }
}
