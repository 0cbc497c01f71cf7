import Tensors

/// What to do with a CSV file's cells that are missing ("", NA, NaN, null, ? in either case) or not
/// numbers.
public enum MissingValues: String, CaseIterable, Sendable {
  /// Stop with an error that names line, column and value.
  case error
  /// Leave out the rows that have one.
  case drop
  /// Put the mean of the column's numbers in their place. A missing target stays an error.
  case mean
}

/// How a CSV file becomes a data set.
public struct CSVOptions: Sendable {
  /// The column that becomes y; without one there is no y.
  public var target: String?
  /// Columns to leave out.
  public var drop: [String] = []
  /// What to do with missing cells; an error unless told otherwise.
  public var missing: MissingValues = .error
  /// Text columns to turn into one column of 0 and 1 for each of their values, in order of the
  /// values, named "column=value".
  public var onehot: [String] = []
  /// The number type of x and y.
  public var dtype: DType = .float32

  public init(
    target: String? = nil, drop: [String] = [], missing: MissingValues = .error,
    onehot: [String] = [], dtype: DType = .float32
  ) {
    self.target = target
    self.drop = drop
    self.missing = missing
    self.onehot = onehot
    self.dtype = dtype
  }
}

extension Dataset {
  /// Reads a CSV file with a header: every column is a feature but the target and dropped ones.
  ///
  /// A column that has more texts than numbers is a text column, and an error unless it is dropped
  /// or named in `onehot`. Infinities, and numbers beyond the range of a `Double`, are not numbers.
  ///
  /// Throws: `FileError` that names file, line, column and value for anything wrong with the file,
  /// a name that is not in its header (with the nearest that is), and when nothing is left;
  /// `ArgumentError` for options that contradict each other; `AllocationError`.
  public static func csv(_ path: String, _ options: CSVOptions = CSVOptions()) throws -> Dataset {
    let table = try CSVTable(path: path)
    let plan = try CSVPlan(table: table, options: options)
    // The columns' numbers, and what is made of one on the way.
    try AllocationError.check(table.rowCount, bytesEach: 8 * table.names.count + 32)
    let columns = try plan.features.map { try CSVColumn(table, $0, isOneHot: plan.isOneHot($0)) }
    let target = try plan.target.map { try CSVColumn(table, $0, isOneHot: false) }
    let all = columns + (target.map { [$0] } ?? [])
    let kept = try keptRows(table, all, target, options.missing)
    return try assemble(columns, target, kept, options.dtype, path)
  }

  /// The rows that stay.
  private static func keptRows(
    _ table: CSVTable, _ columns: [CSVColumn], _ target: CSVColumn?, _ missing: MissingValues
  ) throws -> [Int] {
    switch missing {
    case .error:
      let first = columns.compactMap { column in column.firstMissing.map { (column, $0) } }
        .min { $0.1 < $1.1 }
      if let (column, row) = first { throw column.error(table, row: row) }
    case .mean:
      if let target, let row = target.firstMissing { throw target.error(table, row: row) }
    case .drop:
      let kept = (0..<table.rowCount).filter { row in
        columns.allSatisfy { !$0.values[row].isNaN }
      }
      guard !kept.isEmpty else {
        throw FileError(table.path, "every one of the \(table.rowCount) rows misses a value")
      }
      return kept
    }
    return Array(0..<table.rowCount)
  }

  private static func assemble(
    _ columns: [CSVColumn], _ target: CSVColumn?, _ kept: [Int], _ dtype: DType, _ path: String
  ) throws -> Dataset {
    let width = columns.reduce(0) { $0 + $1.names.count }
    let x = try Tensor(zeros: [kept.count, width], dtype: dtype)
    let y = try target.map { _ in try Tensor(zeros: [kept.count, 1], dtype: dtype) }
    func fill<S: TensorScalar>(_ type: S.Type) {
      var place = x.base(as: S.self)
      for column in columns {
        column.write(kept, into: place, stride: width)
        place += column.names.count
      }
      if let target, let y { target.write(kept, into: y.base(as: S.self), stride: 1) }
    }
    switch dtype {
    case .float32: fill(Float.self)
    case .float64: fill(Double.self)
    }
    let names = columns.flatMap(\.names)
    var known: Set<String> = []
    if let twice = names.first(where: { !known.insert($0).inserted }) {
      throw FileError(path, column: twice, "would be there twice with the one-hot columns")
    }
    if dtype == .float32 { try checkRange(x, y, names, path) }
    return try Dataset(x: x, y: y, features: names, target: target?.names[0])
  }

  /// Throws: `FileError` for a number too large for float32.
  private static func checkRange(_ x: Tensor, _ y: Tensor?, _ names: [String], _ path: String)
    throws
  {
    let place = try firstNonFinite(x)
    let placeInY = try y.flatMap { try firstNonFinite($0) }
    guard place != nil || placeInY != nil else { return }
    throw FileError(
      path, column: place.map { names[$0.index % names.count] },
      "has a number that float32 cannot hold; dtype float64 can")
  }
}

/// Which columns are what.
private struct CSVPlan {
  let features: [Int]
  let target: Int?
  private let onehot: Set<Int>

  func isOneHot(_ column: Int) -> Bool { onehot.contains(column) }

  init(table: CSVTable, options: CSVOptions) throws {
    func place(_ name: String, of option: String) throws -> Int {
      if let place = table.names.firstIndex(of: name) { return place }
      let near = nearestName(to: name, in: table.names)
      let hint = near.map { " (did you mean '\($0)'?)" } ?? ""
      throw FileError(
        table.path, line: 1, "has no column '\(name)', named in \(option)\(hint)")
    }
    target = try options.target.map { try place($0, of: "target") }
    let dropped = Set(try options.drop.map { try place($0, of: "drop") })
    onehot = Set(try options.onehot.map { try place($0, of: "onehot") })
    for (other, column) in [("drop", dropped), ("onehot", onehot)] {
      if let target, column.contains(target) {
        throw ArgumentError(other, mustBe: "without the target", got: "'\(table.names[target])'")
      }
    }
    if let both = onehot.intersection(dropped).min() {
      throw ArgumentError(
        "onehot", mustBe: "without dropped columns", got: "'\(table.names[both])'")
    }
    let target = target
    features = table.names.indices.filter { $0 != target && !dropped.contains($0) }
    guard !features.isEmpty else {
      throw FileError(table.path, "has no columns left for features")
    }
  }
}
