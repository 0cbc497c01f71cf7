import Tensors

extension Dataset {
  /// A large file of numbers; nil for one that must be read as a table.
  static func inBlocks(
    _ path: String, _ dialect: CSVDialect, _ options: CSVOptions,
    _ shouldStop: @escaping CSVBlockReader.StopCheck
  ) throws -> Dataset? {
    guard let reader = try CSVBlockReader(path, dialect, options),
      let plan = try? CSVPlan(table: reader.table, options: options)
    else { return nil }
    let names = reader.table.names
    var fill: Double?
    if case .number(let number) = options.missing { fill = number }
    var roles = names.map { _ in CSVRowParser.Role() }
    for (place, column) in plan.features.enumerated() {
      roles[column] = CSVRowParser.Role(use: .feature, place: place, fill: fill)
    }
    if let target = plan.target { roles[target].use = .target }
    if let id = plan.id { roles[id].use = .id }
    guard let result = try reader.read(roles, shouldStop: shouldStop) else { return nil }
    var data = try Dataset(
      x: result.x, y: result.y, features: plan.features.map { names[$0] }, target: options.target)
    data.ids = plan.id.map { RowIDs(name: names[$0], values: result.ids) }
    data.schema = DataSchema(
      columns: plan.features.map { DataSchema.Column(names[$0], fill: fill) },
      target: options.target)
    let filled = plan.features.filter { result.missing[$0] > 0 }
    data.report = CSVReport(
      path: path, rowCount: result.rowCount, droppedLines: [],
      missing: filled.map { (names[$0], result.missing[$0]) },
      fills: filled.map {
        CSVReport.Fill(column: names[$0], count: result.missing[$0], value: fill ?? 0)
      },
      categories: [], notes: plan.notes(reader.table, options))
    return data
  }

  /// The same with the columns of other data.
  static func inBlocks(
    _ path: String, like schema: DataSchema, _ dialect: CSVDialect, _ options: CSVOptions,
    targetIsOptional: Bool = false, _ shouldStop: @escaping CSVBlockReader.StopCheck
  ) throws -> Dataset? {
    guard schema.columns.allSatisfy({ $0.categories == nil }),
      let reader = try CSVBlockReader(path, dialect, options)
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
    let target = schema.target.flatMap { targetIsOptional && !names.contains($0) ? nil : $0 }
    guard take(target, .init(use: .target)), take(options.id, .init(use: .id)),
      let result = try reader.read(roles, shouldStop: shouldStop)
    else { return nil }
    var data = try Dataset(
      x: result.x, y: result.y, features: schema.columns.map(\.name), target: target)
    data.schema = schema
    data.ids = options.id.map { RowIDs(name: $0, values: result.ids) }
    return data
  }
}
