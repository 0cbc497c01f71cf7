import Tensors

extension Dataset {
  /// Reads a CSV file with a header: every column but the target and dropped ones is a feature.
  ///
  /// Cells are decimal numbers, rounded to the nearest number of the number type, such as 1e-400 to
  /// 0. Empty cells and the markers of `na` are missing, and only they are filled or dropped. Text
  /// among numbers, infinities, numbers beyond the range of the number type, and integers without a
  /// point or exponent that it would round are errors, whatever `missing` says. The k-th column is
  /// called "column k" if it has no name; so is the first if the header has one name less than the
  /// rows have cells, as R writes it. `report` says what was done.
  ///
  /// - Throws: `FileError` that names file, line, column and value for anything wrong with the
  ///   file, a name that is not in its header (with the nearest that is), and when nothing is left;
  ///   `ArgumentError` for options that contradict each other; `AllocationError`;
  ///   `CancellationError`.
  public static func csv(
    _ path: String, _ options: CSVOptions = CSVOptions(), watch: ReadingWatch = ReadingWatch()
  ) throws -> Dataset {
    try check(options)
    let dialect = try CSVDialect(options)
    if let data = try inBlocks(path, dialect, options, watch) { return data }
    return try withTable(path, dialect, options, watch) { table, watch in
      try read(table, dialect, options, watch)
    }
  }

  /// Reads the file as a table and calls `body`, which is the second half of the work.
  ///
  /// - Throws: as `TextFile`, `CSVTable` and `body`, with a hint if the separator seems to be
  ///   another.
  static func withTable<Result>(
    _ path: String, _ dialect: CSVDialect, _ options: CSVOptions, _ watch: ReadingWatch,
    _ body: (CSVTable, ReadingWatch) throws -> Result
  ) throws -> Result {
    let file = try TextFile(path, options.encoding, watch)
    do {
      let table = try CSVTable(
        file: file, dialect: dialect, options: options, watch.part(0, of: 2))
      return try body(table, watch.part(1, of: 2))
    } catch let error as FileError {
      let hint = CSVSeparator.hint(file, dialect, skip: options.skip)
      throw FileError(path, line: error.line, column: error.column, "\(error.reason)\(hint)")
    }
  }

  /// - Throws: `ArgumentError` for numbers out of range.
  static func check(_ options: CSVOptions) throws {
    guard options.skip >= 0 else {
      throw ArgumentError("skip", mustBe: ">= 0", got: options.skip)
    }
    if let rows = options.rows, rows.lowerBound < 1 {
      throw ArgumentError("rows", mustBe: "counted from 1", got: rows.lowerBound)
    }
    if case .number(let fill) = options.missing {
      let isHeld =
        options.dtype == .float64
        || Float(fill).isFinite
          && (fill != fill.rounded() || Double(Float(fill)) == fill)
      guard fill.isFinite, isHeld else {
        throw ArgumentError(
          "missing", mustBe: "a number that \(options.dtype) can hold", got: fill)
      }
    }
  }

  private static func read(
    _ table: CSVTable, _ dialect: CSVDialect, _ options: CSVOptions, _ watch: ReadingWatch
  ) throws -> Dataset {
    let plan = try CSVPlan(table: table, options: options)
    // Memory: the columns' numbers, and the temporaries of one column.
    try AllocationError.check(table.rowCount, bytesEach: 8 * table.names.count + 32)
    let cells = CSVCells(options, dialect)
    let columns = try plan.features.enumerated().map { done, place in
      try watch.check(done, of: plan.features.count)
      return try plan.isOneHot(place)
        ? CSVColumn(oneHot: table, place, cells) : CSVColumn(table, place, cells)
    }
    let target = try plan.target.map { try CSVColumn(table, $0, cells, isTarget: true) }
    let kept = try keptRows(table, plan, columns, target, options)
    // Rows without a target do not count; those that a missing feature drops leave nothing to fill.
    let columnsOfKept = columns.map { kept.count < table.rowCount ? $0.rows(kept) : $0 }
    let fills = columnsOfKept.map { $0.fill(options.missing) }
    let ids = try plan.id.map { try TextColumn(table, $0, kept) }
    let texts = try plan.kept.map { try TextColumn(table, $0, kept) }
    var data = try assemble(columns, fills, target, kept, options.dtype, table.path)
    data.schema = DataSchema(
      columns: columnsOfKept.map { DataSchema.Column($0, options.missing) }, target: target?.name,
      id: options.id, keep: options.keep)
    (data.ids, data.texts) = (ids, texts)
    let filled = zip(columnsOfKept, fills).map {
      CSVReport.Fill(column: $0.name, count: $0.missingCount, value: $1)
    }
    data.report = try plan.report(table, columns, filled, target, kept, options, data)
    return data
  }

  /// The rows that are kept.
  private static func keptRows(
    _ table: CSVTable, _ plan: CSVPlan, _ columns: [CSVColumn], _ target: CSVColumn?,
    _ options: CSVOptions
  ) throws -> [Int] {
    let missing = options.missing
    func error(_ place: Int, _ row: Int, isTarget: Bool = false) -> FileError {
      let isOneHot = !isTarget && plan.isOneHot(place)
      return CSVPlace(table: table, column: place, row: row, isTarget: isTarget)
        .missingError(missing, isOneHot: isOneHot)
    }
    var rows = Array(0..<table.rowCount)
    if options.missingTarget == .drop, let target {
      rows.removeAll { target.values[$0].isNaN }
      // As many as the column's numbers, of which there are some.
    }
    let targetRow = options.missingTarget == .drop ? nil : target?.firstMissing
    switch missing {
    case .drop:
      let all = columns + (target.map { [$0] } ?? [])
      let kept = rows.filter { row in all.allSatisfy { !$0.values[row].isNaN } }
      guard !kept.isEmpty else {
        throw FileError(table.path, "every one of the \(table.rowCount) rows misses a value")
      }
      return kept
    case .error:
      let first = zip(plan.features, columns)
        .compactMap { place, column in
          rows.first { column.firstMissing != nil && column.values[$0].isNaN }.map {
            (place, row: $0)
          }
        }
        .min { $0.row < $1.row }
      if let first, first.row <= targetRow ?? .max { throw error(first.0, first.row) }
      if let targetRow { throw error(plan.target!, targetRow, isTarget: true) }
    case .mean, .median, .number:
      if let targetRow { throw error(plan.target!, targetRow, isTarget: true) }
    }
    return rows
  }

  private static func assemble(
    _ columns: [CSVColumn], _ fills: [Double], _ target: CSVColumn?, _ kept: [Int],
    _ dtype: DType, _ path: String
  ) throws -> Dataset {
    let names = columns.flatMap(\.names)
    var known: Set<String> = []
    if let twice = names.first(where: { !known.insert($0).inserted }) {
      throw FileError(path, column: twice, "would occur twice with the one-hot columns")
    }
    let width = names.count
    let x = try Tensor(zeros: [kept.count, width], dtype: dtype)
    let y = try target.map { _ in try Tensor(zeros: [kept.count, 1], dtype: dtype) }
    func fill<S: TensorScalar>(_ type: S.Type) throws {
      var place = try x.mutableBase(as: S.self)
      for (column, fill) in zip(columns, fills) {
        column.write(kept, into: place, stride: width, fill: fill)
        place += column.names.count
      }
      if let target, let y {
        try target.write(kept, into: y.mutableBase(as: S.self), stride: 1, fill: 0)
      }
    }
    try dtype.dispatch { try fill($0) }
    return try Dataset(x: x, y: y, features: names, target: target?.names[0])
  }
}

extension Dataset {
  /// Whether a feature counts the rows of a file, from 0 or 1 and with gaps where rows were dropped.
  fileprivate func isCounter(_ feature: String) throws -> Bool {
    guard count >= 20, let place = features.firstIndex(of: feature) else { return false }
    // Most features are seen to be none by the first numbers.
    let first = try x.narrowed(axis: 0, from: 0, length: 2).selected(axis: 1, index: place)
      .elements(as: Double.self)
    guard first[0] == 0 || first[0] == 1, first[1] == first[0] + 1 else { return false }
    let values = try x.selected(axis: 1, index: place).elements(as: Double.self)
    return values.last! < 2 * Double(count)
      && zip(values, values.dropFirst()).allSatisfy { $0 < $1 && $1 == $1.rounded() }
  }
}

extension TextColumn {
  /// The texts of a column.
  ///
  /// - Throws: `FileError` for text that is not UTF-8.
  init(_ table: CSVTable, _ column: Int, _ rows: [Int]) throws {
    let name = table.names[column]
    let values = try rows.map { row in
      guard let text = table.text(row: row, column: column) else {
        throw FileError(table.path, line: table.lines[row], column: name, TextFile.notUTF8)
      }
      return text
    }
    self.init(name: name, values: values)
  }
}

/// The use of each column.
struct CSVPlan {
  let features: [Int]
  let target: Int?
  /// The column of the rows' names.
  let id: Int?
  /// Other columns kept as text.
  let kept: [Int]
  /// All that are kept as text, the names of the rows first.
  var texts: [Int] { (id.map { [$0] } ?? []) + kept }
  private let onehot: Set<Int>

  func isOneHot(_ column: Int) -> Bool { onehot.contains(column) }

  init(table: CSVTable, options: CSVOptions) throws {
    func place(_ name: String, of option: String) throws -> Int {
      if let place = table.names.firstIndex(of: name) { return place }
      throw FileError(
        table.path, line: table.headerLine,
        "has no column '\(name)', named in \(option)\(table.names.hint(for: name))")
    }
    func refusal(_ option: String, _ wanted: String, _ column: Int?) throws {
      guard let column else { return }
      throw ArgumentError(option, mustBe: wanted, got: "'\(table.names[column])'")
    }
    let target = try options.target.map { try place($0, of: "target") }
    let id = try options.id.map { try place($0, of: "id") }
    self.id = id
    let kept = try options.keep.map { try place($0, of: "keep") }
    self.kept = kept
    let dropped = Set(try options.drop.map { try place($0, of: "drop") })
    onehot = Set(try options.onehot.map { try place($0, of: "onehot") })
    let chosen = try options.columns?.map { try place($0, of: "columns") }
    if let id {
      try refusal("id", "another column than the target", id == target ? id : nil)
      try refusal("onehot", "without the column of id", onehot.contains(id) ? id : nil)
      try refusal("columns", "without the column of id", chosen?.contains(id) == true ? id : nil)
    }
    try refusal(
      "keep", "distinct", kept.indices.first { kept[..<$0].contains(kept[$0]) }.map { kept[$0] })
    try refusal("keep", "without the column of id", id.flatMap { kept.contains($0) ? $0 : nil })
    try refusal("onehot", "without columns of keep", onehot.intersection(kept).min())
    try refusal("columns", "without columns of keep", chosen?.first(where: kept.contains))
    if let target {
      try refusal("keep", "without the target", kept.contains(target) ? target : nil)
      try refusal("drop", "without the target", dropped.contains(target) ? target : nil)
      try refusal("onehot", "without the target", onehot.contains(target) ? target : nil)
    }
    try refusal("onehot", "without dropped columns", onehot.intersection(dropped).min())
    if let chosen {
      var known: Set<Int> = []
      try refusal("columns", "distinct", chosen.first { !known.insert($0).inserted })
      try refusal("columns", "without dropped columns", chosen.first(where: dropped.contains))
      try refusal("onehot", "among columns", onehot.subtracting(chosen).min())
    }
    features = (chosen ?? Array(table.names.indices)).filter { place in
      place != target && !dropped.contains(place) && place != id && !kept.contains(place)
    }
    self.target = target
    guard !features.isEmpty else {
      throw FileError(table.path, "has no columns left for features")
    }
  }

  func report(
    _ table: CSVTable, _ columns: [CSVColumn], _ fills: [CSVReport.Fill], _ target: CSVColumn?,
    _ kept: [Int], _ options: CSVOptions, _ data: Dataset
  ) throws -> CSVReport {
    let isFilled = options.missing != .drop
    let all = columns + (target.map { [$0] } ?? [])
    // Rows and kept rows are both in order.
    var dropped: [Int] = []
    var next = kept.startIndex
    for row in 0..<table.rowCount where kept.count < table.rowCount {
      if next < kept.endIndex, kept[next] == row {
        next += 1
      } else {
        dropped.append(table.lines[row])
      }
    }
    return CSVReport(
      path: table.path, rowCount: table.rowCount, droppedLines: dropped,
      missing: all.filter { $0.missingCount > 0 }.map { ($0.name, $0.missingCount) },
      fills: fills.filter { isFilled && $0.count > 0 },
      categories: columns.compactMap { column in
        column.categories.map { CSVReport.Categories(column: column.name, names: $0) }
      },
      texts: texts.map { table.names[$0] }, notes: try notes(table, options, data))
  }

  /// Notes about features that are none: a column that numbers the rows.
  ///
  /// - data: What was read.
  func notes(_ table: CSVTable, _ options: CSVOptions, _ data: Dataset) throws -> [Message] {
    guard options.columns == nil else { return [] }
    if table.hasRowLabels, features.contains(0) {
      let name = table.names[0]
      return [
        """
        the first column has no name, so it is '\(name)', a feature; where it numbers the rows, \
        leave it out: \(option: "drop", name)
        """
      ]
    }
    return try features.filter { !isOneHot($0) }.map { table.names[$0] }.filter(data.isCounter).map
    {
      """
      the column '\($0)' numbers the rows, and is a feature: \(option: "id", $0) keeps it aside, \
      \(option: "drop", $0) leaves it out
      """
    }
  }
}
