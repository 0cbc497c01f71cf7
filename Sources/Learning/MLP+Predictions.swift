import Tensors

/// Predictions in original units, from data in original units: scaled as in training, and scaled back.
extension MLP {
  /// Predictions [n][outputs] in the target's own units, for rows of features [n][inputs] in theirs;
  /// one row may come without its axis. Derivatives go through.
  ///
  /// - Throws: `ShapeError` for x of another width.
  public func predict(_ x: Tensor) throws -> Tensor {
    let y = try self(scaler?.transform(x) ?? x)
    let result = try scaler?.inverseTarget(y) ?? y
    result.isByRow = true
    return result
  }

  /// The same for data in original units, or scaled as the network's training data were. Columns with
  /// names are found by name, in any order.
  ///
  /// - Throws: `NameMismatch` for a column that is missing, or that the network does not know;
  ///   `ScaleMismatch` for data of another scaler; `ArgumentError` for numbers that are not finite;
  ///   `ShapeError` for another number of columns.
  public func predict(_ data: Dataset) throws -> Tensor {
    let x = try features(of: data)
    guard data.scaler != nil else { return try predict(x) }
    let y = try self(x)
    let result = try scaler?.inverseTarget(y) ?? y
    result.isByRow = true
    return result
  }

  /// The features of data in the network's order, in the units in which they come.
  private func features(of data: Dataset) throws -> Tensor {
    if data.scaler != scaler, let got = data.scaler {
      throw ScaleMismatch(
        subject: "data", got: got, other: "the network's data", wanted: scaler, isOfNetwork: true)
    }
    if !data.x.isVariable { try Dataset(x: data.x, y: nil, names: data.names).checkFinite() }
    guard let own = names.features, let given = data.names.features, own != given else {
      return data.x
    }
    let places = own.compactMap { given.firstIndex(of: $0) }
    if places.count < own.count || given.count > own.count {
      try data.names.check(agreesWith: names, as: "data", and: "the network's data")
    }
    return try data.x.taken(axis: 1, at: places)
  }

  /// Measures of predictions for data with targets, in the target's own units.
  ///
  /// - Throws: as `predict`; `ArgumentError` for data without targets; `NameMismatch` for another
  ///   target; `ShapeError` for another number of targets.
  public func evaluate(_ data: Dataset) throws -> PredictionErrors {
    guard let y = data.y else {
      throw ArgumentError("data", mustBe: "data with targets", got: "data without")
    }
    guard y.shape[1] == outputs else {
      throw ShapeError(
        op: "evaluate", lhs: y.shape, reason: "of y is not that of \(outputs) outputs")
    }
    try ColumnNames(target: data.names.target).check(
      agreesWith: ColumnNames(target: names.target), as: "data", and: "the network's data")
    if !y.isVariable { try data.checkFinite() }
    let x = try features(of: data)
    var predictions = try self(data.scaler == nil ? scaler?.transform(x) ?? x : x)
      .elements(as: Double.self)
    var targets = try y.elements(as: Double.self)
    if let scale = scaler?.target {
      predictions = scale.inverse(predictions)
      if data.scaler != nil { targets = scale.inverse(targets) }
    }
    let names = ColumnNames(target: names.target ?? data.names.target)
    return PredictionErrors(predictions, targets, names: names.outputs(outputs))
  }

  /// Rows of a file, whose columns become features as those of the network's data did. A target that the
  /// file does not have is left out.
  ///
  /// - options: How the file is written, and columns to keep as text.
  /// - Throws: `FileError`; `ArgumentError` for a network that knows no names of its columns.
  public func data(
    fromCSV path: String, _ options: CSVOptions? = nil, readsTarget: Bool = true,
    watch: ReadingWatch = ReadingWatch()
  ) throws -> Dataset {
    guard
      let schema = schema
        ?? names.features.map({ features in
          DataSchema(columns: features.map { .init($0) }, target: names.target)
        })
    else {
      throw ArgumentError(
        "file", mustBe: "left out for a network that was trained without names of columns",
        got: "'\(path)'")
    }
    let known = readsTarget ? schema : DataSchema(schema, target: nil)
    let data = try Dataset.csv(
      path, like: known, options ?? CSVOptions(dtype: dtype), watch: watch)
    // The network may know fewer columns than the file that its data were once read from.
    guard let own = names.features, own.allSatisfy(data.features.contains) else { return data }
    return try data.arranged(own)
  }
}

/// Measures of predictions, as `MetricRecord.all` has them: over all outputs, and of each.
public struct PredictionErrors: Sendable, Equatable {
  /// Rows.
  public let count: Int
  /// By measure: "rmse", "mae", "r2", "max_error".
  public let all: [String: Double]
  /// The same of each output alone.
  public let outputs: [(name: String, measures: [String: Double])]

  /// - predictions, targets: [count][outputs], row major.
  init(_ predictions: [Double], _ targets: [Double], names: [String]) {
    func measures(_ predictions: [Double], _ targets: [Double], _ outputs: Int) -> [String: Double]
    {
      Dictionary(
        uniqueKeysWithValues: MetricRecord.all.map {
          ($0.name, $0(predictions, targets, outputs: outputs))
        })
    }
    func column(_ numbers: [Double], _ place: Int) -> [Double] {
      stride(from: place, to: numbers.count, by: names.count).map { numbers[$0] }
    }
    count = targets.count / names.count
    all = measures(predictions, targets, names.count)
    outputs = names.enumerated().map { place, name in
      (name, measures(column(predictions, place), column(targets, place), 1))
    }
  }

  public static func == (a: PredictionErrors, b: PredictionErrors) -> Bool {
    a.count == b.count && a.all == b.all
      && a.outputs.elementsEqual(b.outputs) { ($0.name, $0.measures) == ($1.name, $1.measures) }
  }
}

extension PredictionErrors: CustomStringConvertible {
  /// A table: output, and its measures.
  public var description: String {
    let names = MetricRecord.all.map(\.name)
    func row(_ head: String, _ measures: [String: Double]) -> [String] {
      [head] + names.map { Table.number(measures[$0]!) }
    }
    let total = outputs.count > 1 ? [row("all", all)] : []
    return "Evaluation(\(count) rows)\n"
      + Table(
        header: ["output"] + names, rows: outputs.map { row($0.name, $0.measures) } + total
      ).description
  }
}
