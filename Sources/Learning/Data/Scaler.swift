import Tensors

/// Standardises features: (x − mean) / standard deviation, with the numbers of the data that it
/// was fitted to.
public struct Scaler: Sendable, Equatable {
  /// The columns of the data that it was fitted to.
  public let names: ColumnNames
  /// By feature.
  public let mean: [Double]
  /// By feature, with divisor n; 1 for a feature that is constant.
  public let standardDeviation: [Double]

  /// Names of the features; X1, X2, … if they have none.
  public var features: [String] { names.features ?? ColumnNames.numbered(mean.count) }

  /// - Throws: `ArgumentError` for numbers that are not finite.
  public init(fitting data: Dataset) throws {
    try data.checkFinite()
    let columns = data.features.count
    var mean = [Double](repeating: 0, count: columns)
    var deviation = [Double](repeating: 1, count: columns)
    let elements = try data.x.elements(as: Double.self)
    let n = Double(data.count)
    for column in 0..<columns {
      let places = stride(from: column, to: elements.count, by: columns)
      let first = elements[column]
      // Sums of equal numbers are rounded, and would turn a constant feature into noise.
      guard !places.allSatisfy({ elements[$0] == first }) else {
        mean[column] = first
        continue
      }
      mean[column] = places.reduce(0) { $0 + elements[$1] } / n
      let center = mean[column]
      let squares = places.reduce(0) { $0 + (elements[$1] - center) * (elements[$1] - center) }
      deviation[column] = (squares / n).squareRoot()
    }
    try self.init(names: data.names, mean: mean, standardDeviation: deviation)
  }

  /// Scales each feature to [0, 1] by its range: x − least, divided by largest − least, or by 1 for a
  /// feature that is constant. `mean` and `standardDeviation` hold these.
  ///
  /// - Throws: `ArgumentError` for numbers that are not finite.
  public init(fittingRange data: Dataset) throws {
    try data.checkFinite()
    let columns = data.features.count
    let elements = try data.x.elements(as: Double.self)
    let ranges = (0..<columns).map { column in
      stride(from: column, to: elements.count, by: columns).reduce(
        into: (least: elements[column], largest: elements[column])
      ) { $0 = (min($0.least, elements[$1]), max($0.largest, elements[$1])) }
    }
    try self.init(
      names: data.names, mean: ranges.map(\.least),
      standardDeviation: ranges.map { $0.largest > $0.least ? $0.largest - $0.least : 1 })
  }

  /// - Throws: `ArgumentError` for lists of different lengths, for a mean that is not finite and
  ///   for a standard deviation that is not positive and finite.
  public init(features: [String], mean: [Double], standardDeviation: [Double]) throws {
    try self.init(
      names: ColumnNames(features: features), mean: mean, standardDeviation: standardDeviation)
  }

  /// - Throws: as with `features`.
  public init(names: ColumnNames, mean: [Double], standardDeviation: [Double]) throws {
    let features = names.features ?? ColumnNames.numbered(mean.count)
    guard mean.count == features.count, standardDeviation.count == features.count else {
      throw ArgumentError(
        "scaler", mustBe: "of one mean and one standard deviation for each feature",
        got: "\(features.count) features, \(mean.count) means and \(standardDeviation.count)")
    }
    for (index, feature) in features.enumerated() {
      guard mean[index].isFinite else {
        throw ArgumentError("mean of '\(feature)'", mustBe: "finite", got: mean[index])
      }
      let deviation = standardDeviation[index]
      guard deviation > 0, deviation.isFinite else {
        throw ArgumentError(
          "standard deviation of '\(feature)'", mustBe: "> 0 and finite", got: deviation)
      }
    }
    (self.names, self.mean, self.standardDeviation) = (names, mean, standardDeviation)
  }

  /// The data with standardised x; y is unchanged.
  ///
  /// - Throws: `NameMismatch` when the columns are not those that the scaler knows, in their order.
  public func transform(_ data: Dataset) throws -> Dataset {
    try data.names.check(agreesWith: names, as: "data", and: "the scaler's data")
    // Slopes by a standardised feature are larger by its deviation.
    let slopes = try data.slopes.map {
      try $0 * Tensor(standardDeviation, shape: [features.count], dtype: $0.dtype)
    }
    var scaled = try Dataset(x: transform(data.x), y: data.y, names: data.names, slopes: slopes)
    (scaled.schema, scaled.ids, scaled.scaler) = (data.schema, data.ids, self)
    return scaled
  }

  /// Standardises rows [n][d], or one [d].
  ///
  /// - Throws: `ShapeError` for another number of columns.
  public func transform(_ x: Tensor) throws -> Tensor {
    try map(x, slopes: standardDeviation.map { 1 / $0 }) { ($0 - mean[$1]) / standardDeviation[$1] }
  }

  /// Undoes `transform`.
  ///
  /// - Throws: `ShapeError` for another number of columns.
  public func inverse(_ x: Tensor) throws -> Tensor {
    try map(x, slopes: standardDeviation) { $0 * standardDeviation[$1] + mean[$1] }
  }

  /// In double precision, whatever the number type. `slopes` are the derivatives of `change` per
  /// column, so that derivatives are carried on.
  private func map(
    _ x: Tensor, slopes: [Double], _ change: (_ value: Double, _ column: Int) -> Double
  ) throws -> Tensor {
    guard (1...2).contains(x.shape.count), x.shape.last == features.count else {
      throw ShapeError(
        op: "scaler", lhs: x.shape, reason: "does not have the \(features.count) features it knows")
    }
    let result = try Tensor(zeros: x.shape, dtype: x.dtype)
    let columns = features.count
    func run<S: TensorScalar>(_ type: S.Type) throws {
      let target = try result.mutableBase(as: S.self)
      try x.detached().withElements(as: S.self) { source in
        for row in stride(from: 0, to: source.count, by: columns) {
          for column in 0..<columns {
            target[row + column] = S(change(Double(source[row + column]), column))
          }
        }
      }
    }
    try x.dtype.dispatch { try run($0) }
    return result.recorded(from: x) {
      try $0 * Tensor(slopes, shape: [columns], dtype: $0.dtype)
    }
  }
}

extension Scaler: Codable {
  /// {"features": […], "named": true, "target": "…", "mean": […], "std": […]}
  public var json: JSON {
    .object([
      "features": .array(features.map { .string($0) }),
      "named": .bool(names.features != nil),
      "target": names.target.map { .string($0) } ?? .null,
      "mean": .array(mean.map { .number($0) }),
      "std": .array(standardDeviation.map { .number($0) }),
    ])
  }

  /// - Throws: `ArgumentError` for anything but what `json` gives.
  public init(json: JSON) throws {
    let wrong = ArgumentError(
      "scaler", mustBe: "an object of features, mean and std", got: (try? json.text()) ?? "?")
    func list(_ key: String) throws -> [JSON] {
      guard case .object(let entries) = json, case .array(let list)? = entries[key] else {
        throw wrong
      }
      return list
    }
    func numbers(_ key: String) throws -> [Double] {
      try list(key).map {
        switch $0 {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: throw wrong
        }
      }
    }
    let features = try list("features").map { entry in
      guard case .string(let name) = entry else { throw wrong }
      return name
    }
    guard case .object(let entries) = json else { throw wrong }
    // Older files do not say whether X1, X2, … are names.
    var areNames = features != ColumnNames.numbered(features.count)
    if case .bool(let areNamed)? = entries["named"] { areNames = areNamed }
    var target: String?
    if case .string(let name)? = entries["target"] { target = name }
    guard try list("mean").count == features.count else { throw wrong }
    try self.init(
      names: ColumnNames(features: areNames ? features : nil, target: target),
      mean: numbers("mean"), standardDeviation: numbers("std"))
  }

  public init(from decoder: any Decoder) throws { try self.init(json: JSON(from: decoder)) }
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension Scaler: CustomStringConvertible {
  /// A table: feature, mean, standard deviation.
  public var description: String {
    let rows = features.indices.map {
      [features[$0], Table.number(mean[$0]), Table.number(standardDeviation[$0])]
    }
    return "Scaler(\(features.count) features)\n"
      + Table(header: ["feature", "mean", "std"], rows: rows).description
  }
}
