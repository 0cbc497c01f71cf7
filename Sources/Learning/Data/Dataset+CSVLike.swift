import Tensors

extension Dataset {
  /// Reads a CSV file whose columns become the features that those of other data became: found by name
  /// in any order, with the same categories, and with the same numbers in place of missing ones.
  /// Other columns are left out. A target that the file does not have is left out, as for new rows.
  ///
  /// - options: How the file is written: separator, decimals, markers and the like, and the number type.
  /// - Throws: `FileError` for a column that is missing, a cell that is none of its column's
  ///   categories unless `options.unknown` ignores it, and a missing cell that nothing replaces; as
  ///   `csv`.
  public static func csv(
    _ path: String, like schema: DataSchema, _ options: CSVOptions = CSVOptions(),
    watch: ReadingWatch = ReadingWatch()
  ) throws -> Dataset {
    try check(options)
    let dialect = try CSVDialect(options)
    if let data = try inBlocks(path, like: schema, dialect, options, watch) { return data }
    return try withTable(path, dialect, options, watch) { table, watch in
      let target = schema.target.flatMap { table.names.contains($0) ? $0 : nil }
      let wanted = DataSchema(schema, target: target)
      var data = try read(table, wanted, options, dialect, watch)
      data.schema = schema
      return data
    }
  }

  /// The same for the features of other data, which may be fewer than those of its file.
  ///
  /// - Throws: `ArgumentError` for data without names; as with a schema.
  public static func csv(
    _ path: String, like other: Dataset, _ options: CSVOptions = CSVOptions(),
    watch: ReadingWatch = ReadingWatch()
  ) throws -> Dataset {
    guard other.schema != nil || other.names.features != nil else {
      throw ArgumentError("like", mustBe: "data with names of features", got: "data without names")
    }
    let schema =
      other.schema
      ?? DataSchema(columns: other.features.map { .init($0) }, target: other.target)
    let data = try csv(path, like: schema, options, watch: watch)
    return try data.arranged(other.features)
  }

  private static func read(
    _ table: CSVTable, _ schema: DataSchema, _ options: CSVOptions, _ dialect: CSVDialect,
    _ watch: ReadingWatch
  ) throws -> Dataset {
    let cells = CSVCells(options, dialect)
    let columns = try schema.columns.enumerated().map { done, column in
      try watch.check(done, of: schema.columns.count)
      return try KnownColumn(column, table, cells, unknown: options.unknown)
    }
    let target = try schema.target.map {
      try KnownColumn(
        DataSchema.Column($0, fill: options.missingTarget == .drop ? .nan : nil), table, cells,
        isTarget: true)
    }
    let names = columns.flatMap(\.names)
    let rows = table.rowCount
    try AllocationError.check(rows, bytesEach: 8 * (names.count + columns.count) + 32)
    let x = try Tensor(zeros: [rows, names.count], dtype: options.dtype)
    func write<S: TensorScalar>(_ type: S.Type) throws {
      var place = try x.mutableBase(as: S.self)
      for column in columns {
        column.write(into: place, stride: names.count)
        place += column.names.count
      }
    }
    try options.dtype.dispatch { try write($0) }
    var data = try Dataset(
      x: x,
      y: target.map { try Tensor($0.values, shape: [rows, 1], dtype: options.dtype) },
      features: names, target: schema.target)
    for name in schema.textColumns(options, of: table.names) {
      guard let column = table.names.firstIndex(of: name) else {
        throw FileError(
          table.path, line: table.headerLine,
          "has no column '\(name)', named in \(name == options.id ? "id" : "keep")\(table.names.hint(for: name))"
        )
      }
      let texts = try TextColumn(table, column, Array(0..<rows))
      if name == options.id ?? schema.id { data.ids = texts } else { data.texts.append(texts) }
    }
    var dropped: [Int] = []
    if options.missingTarget == .drop, let target {
      dropped = target.values.indices.filter { target.values[$0].isNaN }
      if !dropped.isEmpty {
        data = try data.rows(target.values.indices.filter { !target.values[$0].isNaN })
      }
    }
    data.report = CSVReport(
      path: table.path, rowCount: rows, droppedLines: dropped.map { table.lines[$0] },
      missing: (columns + (target.map { [$0] } ?? [])).filter { $0.missingCount > 0 }
        .map { ($0.name, $0.missingCount) },
      fills: columns.compactMap(\.filled),
      categories: schema.columns.compactMap { column in
        column.categories.map { CSVReport.Categories(column: column.name, names: $0) }
      },
      texts: schema.textColumns(options, of: table.names), notes: [],
      unknown: columns.compactMap(\.unknown))
    return data
  }
}

/// A column of a file that is known from other data.
private struct KnownColumn {
  let name: String
  let names: [String]
  /// By row; of a one-hot column the place of the category, −1 for none.
  let values: [Double]
  private let categories: Int?
  private let fill: Double?
  private(set) var missingCount = 0
  /// What was ignored; nil if nothing was.
  private(set) var unknown: CSVReport.Unknown?

  /// What was done about missing cells; nil if there are none.
  var filled: CSVReport.Fill? {
    missingCount == 0 ? nil : fill.map { .init(column: name, count: missingCount, value: $0) }
  }

  init(
    _ known: DataSchema.Column, _ table: CSVTable, _ cells: CSVCells,
    unknown action: UnknownCategory = .error, isTarget: Bool = false
  ) throws {
    guard let column = table.names.firstIndex(of: known.name) else {
      throw FileError(
        table.path, line: table.headerLine,
        "has no column '\(known.name)'\(table.names.hint(for: known.name))")
    }
    var missingCount = 0
    func missing(_ row: Int) throws -> Double {
      missingCount += 1
      guard let fill = known.fill else {
        throw FileError(
          table.path, line: table.lines[row], column: known.name,
          isTarget
            ? "the target is missing: \(option: "missing_target", "drop") leaves such rows out"
            : "the value is missing, and the data before had nothing to replace it")
      }
      return fill
    }
    (name, names, fill) = (known.name, known.features, known.fill)
    categories = known.categories?.count
    if let categories = known.categories {
      let places = Dictionary(
        uniqueKeysWithValues: categories.enumerated().map { ($1, Double($0)) })
      var strange: (count: Int, values: [String], seen: Set<String>) = (0, [], [])
      values = try (0..<table.rowCount).map { row in
        if cells.isMissing(table.bytes(row: row, column: column)) {
          _ = try missing(row)
          return -1
        }
        let text = table.text(row: row, column: column)
        if let place = text.flatMap({ places[$0] }) { return place }
        if action == .ignore, let text {
          strange.count += 1
          if strange.seen.insert(text).inserted { strange.values.append(text) }
          return -1
        }
        throw FileError(
          table.path, line: table.lines[row], column: known.name,
          """
          \(table.quoted(row: row, column: column)) is none of its \(categories.count) categories: \
          \(categories.quotedList()); \(option: "unknown", "ignore") reads it as none of them
          """)
      }
      self.missingCount = missingCount
      if strange.count > 0 {
        unknown = .init(column: known.name, count: strange.count, values: strange.values)
      }
      return
    }
    values = try (0..<table.rowCount).map { row in
      switch cells.content(table.bytes(row: row, column: column)) {
      case .number(let value): return value
      case .missing: return try missing(row)
      case .fault(let kind):
        throw CSVPlace(table: table, column: column, row: row, isTarget: isTarget)
          .error(kind, cells)
      }
    }
    self.missingCount = missingCount
  }

  /// Writes its features over zeros, with rows `stride` apart.
  func write<S: TensorScalar>(into target: UnsafeMutablePointer<S>, stride: Int) {
    for (row, value) in values.enumerated() {
      if categories == nil {
        target[row * stride] = S(value)
      } else if value >= 0 {
        target[row * stride + Int(value)] = 1
      }
    }
  }
}

extension DataSchema {
  /// Columns of text: those that the options want, and those of the data before that the file has.
  func textColumns(_ options: CSVOptions, of names: [String]) -> [String] {
    let id = options.id ?? id.flatMap { names.contains($0) ? $0 : nil }
    let kept = options.keep.isEmpty ? (keep ?? []).filter(names.contains) : options.keep
    return (id.map { [$0] } ?? []) + kept.filter { $0 != id }
  }
}

extension DataSchema.Column {
  /// Names of its features: "column=category" for each category.
  var features: [String] { categories.map { $0.map { "\(name)=\($0)" } } ?? [name] }

  /// A column that was read, and what replaces missing cells of new rows, whether it had some or not.
  init(_ column: CSVColumn, _ missing: MissingValues) {
    let fill: Double? =
      switch missing {
      case .error, .drop: nil
      case _ where column.categories != nil: 0
      case .number(let value): value
      case .mean, .median: column.middle(missing)
      }
    self.init(column.name, categories: column.categories, fill: fill)
  }
}
