import Tensors

extension Dataset {
  /// A large file of numbers; nil for one that must be read as a table.
  static func inBlocks(
    _ path: String, _ dialect: CSVDialect, _ options: CSVOptions, _ watch: ReadingWatch
  ) throws -> Dataset? {
    guard let reader = try CSVBlockReader(path, dialect, options, watch),
      let plan = try? CSVPlan(table: reader.table, options: options)
    else { return nil }
    let names = reader.table.names
    let fill: Double? =
      switch options.missing {
      case .error: nil
      case .number(let number): number
      case .drop, .mean, .median: .nan
      }
    var roles = names.map { _ in CSVRowParser.Role() }
    for (place, column) in plan.features.enumerated() {
      roles[column] = CSVRowParser.Role(use: .feature, place: place, fill: fill)
    }
    if let target = plan.target {
      roles[target] = CSVRowParser.Role(use: .target, fill: options.missing == .drop ? .nan : nil)
    }
    for (place, column) in plan.texts.enumerated() {
      roles[column] = CSVRowParser.Role(use: .text, place: place)
    }
    guard var result = try reader.read(roles),
      let fills = try reader.fills(options.missing, roles, result)
    else { return nil }
    let columns = plan.features + (plan.target.map { [$0] } ?? [])
    let missing = columns.filter { result.missing[$0] > 0 }
    var dropped: [Int] = []
    if !missing.isEmpty {
      if options.missing == .drop {
        // Only `CSVTable` counts the lines within cells.
        guard !result.hasLinesInCells else { return nil }
        dropped = try result.dropMissingRows()
        guard result.x.shape[0] > 0 else { return nil }
      } else {
        try result.fillMissing(fills)
      }
    }
    var data = try Dataset(
      x: result.x, y: result.y, features: plan.features.map { names[$0] }, target: options.target)
    data.take(result.texts, plan.texts.map { names[$0] }, id: options.id)
    let isFilled = options.missing != .error && options.missing != .drop
    data.schema = DataSchema(
      columns: zip(plan.features, fills).map {
        DataSchema.Column(names[$0], fill: isFilled ? $1 : nil)
      },
      target: options.target, id: options.id, keep: options.keep)
    let first = reader.table.lines[0] + (options.rows?.lowerBound ?? 1) - 1
    data.report = CSVReport(
      path: path, rowCount: result.rowCount, droppedLines: dropped.map { first + $0 },
      missing: missing.map { (names[$0], result.missing[$0]) },
      fills: zip(plan.features, fills).filter { isFilled && result.missing[$0.0] > 0 }.map {
        CSVReport.Fill(column: names[$0], count: result.missing[$0], value: $1)
      },
      categories: [], texts: plan.texts.map { names[$0] },
      notes: try plan.notes(reader.table, options, data))
    return data
  }

  /// The same with the columns of other data.
  static func inBlocks(
    _ path: String, like schema: DataSchema, _ dialect: CSVDialect, _ options: CSVOptions,
    _ watch: ReadingWatch
  ) throws -> Dataset? {
    guard schema.columns.allSatisfy({ $0.categories == nil }),
      let reader = try CSVBlockReader(path, dialect, options, watch)
    else { return nil }
    let names = reader.table.names
    var roles = names.map { _ in CSVRowParser.Role() }
    func take(_ name: String?, _ role: CSVRowParser.Role) -> Bool {
      guard let name else { return true }
      guard let column = names.firstIndex(of: name), roles[column].use == .none else {
        return false
      }
      roles[column] = role
      return true
    }
    for (place, column) in schema.columns.enumerated() {
      let role = CSVRowParser.Role(use: .feature, place: place, fill: column.fill)
      guard take(column.name, role) else { return nil }
    }
    let target = schema.target.flatMap { names.contains($0) ? $0 : nil }
    let texts = schema.textColumns(options, of: names)
    guard take(target, .init(use: .target)),
      texts.enumerated().allSatisfy({ take($1, .init(use: .text, place: $0)) }),
      let result = try reader.read(roles)
    else { return nil }
    var data = try Dataset(
      x: result.x, y: result.y, features: schema.columns.map(\.name), target: target)
    data.schema = schema
    data.take(result.texts, texts, id: options.id ?? schema.id)
    let fills = schema.columns.compactMap { column in
      let count = names.firstIndex(of: column.name).map { result.missing[$0] } ?? 0
      return column.fill.flatMap {
        count == 0 ? nil : CSVReport.Fill(column: column.name, count: count, value: $0)
      }
    }
    data.report = CSVReport(
      path: path, rowCount: result.rowCount, droppedLines: [],
      missing: fills.map { ($0.column, $0.count) }, fills: fills, categories: [], texts: texts,
      notes: [])
    return data
  }
}

extension Dataset {
  /// Takes columns of text, of which one may name the rows.
  fileprivate mutating func take(_ texts: [[String]], _ names: [String], id: String?) {
    let columns = zip(names, texts).map { TextColumn(name: $0, values: $1) }
    ids = columns.first { $0.name == id }
    self.texts = columns.filter { $0.name != id }
  }
}

extension CSVBlockReader.Result {
  /// Replaces what is missing.
  ///
  /// - fills: By feature.
  fileprivate func fillMissing(_ fills: [Double]) throws {
    func fill<S: TensorScalar>(_ type: S.Type) throws {
      let numbers = try x.mutableBase(as: S.self)
      let fills = fills.map { S($0) }
      for row in 0..<x.shape[0] {
        let line = numbers + row * fills.count
        for column in fills.indices where line[column].isNaN { line[column] = fills[column] }
      }
    }
    try x.dtype.dispatch { try fill($0) }
  }

  /// Leaves out the rows that miss a number, and returns their places.
  fileprivate mutating func dropMissingRows() throws -> [Int] {
    var (kept, dropped): ([Int], [Int]) = ([], [])
    func look<S: TensorScalar>(_ type: S.Type) throws {
      let numbers = try x.mutableBase(as: S.self)
      let targets = try y?.mutableBase(as: S.self)
      let width = x.shape[1]
      for row in 0..<rowCount {
        let line = UnsafeBufferPointer(start: numbers + row * width, count: width)
        let isMissing = line.contains(where: \.isNaN) || targets.map { $0[row].isNaN } ?? false
        if isMissing { dropped.append(row) } else { kept.append(row) }
      }
    }
    try x.dtype.dispatch { try look($0) }
    x = try x.taken(axis: 0, at: kept)
    y = try y?.taken(axis: 0, at: kept)
    texts = texts.map { texts in kept.map { texts[$0] } }
    return dropped
  }
}
