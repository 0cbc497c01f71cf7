import Tensors

/// Scales features, and targets if it is asked to: (value − center) / scale, with the numbers of the
/// data that it was fitted to.
public struct Scaler: Sendable, Equatable {
  /// The columns of the data that it was fitted to.
  public let names: ColumnNames
  /// By feature.
  public let inputs: ColumnScale
  /// By output; nil if targets stay in their own units.
  public let target: ColumnScale?

  /// Names of the features; X1, X2, … if they have none.
  public var features: [String] { names.features ?? ColumnNames.numbered(inputs.count) }
  /// The center of each feature; the mean if it standardises.
  public var mean: [Double] { inputs.center }
  /// The scale of each feature; the standard deviation, with divisor n, if it standardises.
  public var standardDeviation: [Double] { inputs.scale }

  /// With the numbers of data in their own units. The scale of a constant column is 1.
  ///
  /// - scalesTarget: Whether the targets are scaled too, in the same way.
  ///
  /// - Throws: `ArgumentError` for numbers that are not finite, for data that are scaled already and,
  ///   with `scalesTarget`, for data without targets.
  public init(
    fitting data: Dataset, _ method: ColumnScale.Method = .standard, scalesTarget: Bool = false
  ) throws {
    try Scaler.checkOriginal(data)
    try data.checkFinite()
    var target: ColumnScale?
    if scalesTarget {
      guard let y = data.y else {
        throw ArgumentError("data", mustBe: "data with targets, to scale them", got: "data without")
      }
      target = try ColumnScale(
        fitting: y, method, names: data.names.outputs(y.shape[1]))
    }
    try self.init(
      names: data.names,
      inputs: ColumnScale(fitting: data.x, method, names: data.features), target: target)
  }

  /// Scales each feature to [0, 1] by its range: x − least, divided by largest − least, or by 1 for a
  /// feature that is constant.
  ///
  /// - Throws: as `init(fitting:)`.
  public init(fittingRange data: Dataset) throws { try self.init(fitting: data, .minmax) }

  /// - Throws: `ArgumentError` for lists of different lengths, for a mean that is not finite and
  ///   for a standard deviation that is not positive and finite.
  public init(features: [String], mean: [Double], standardDeviation: [Double]) throws {
    try self.init(
      names: ColumnNames(features: features), mean: mean, standardDeviation: standardDeviation)
  }

  /// - Throws: as with `features`.
  public init(names: ColumnNames, mean: [Double], standardDeviation: [Double]) throws {
    try self.init(
      names: names,
      inputs: ColumnScale(
        center: mean, scale: standardDeviation,
        names: names.features ?? ColumnNames.numbered(mean.count)))
  }

  /// - Throws: `ArgumentError` for names that are not as many as the inputs.
  public init(names: ColumnNames, inputs: ColumnScale, target: ColumnScale? = nil) throws {
    guard names.features.map({ $0.count == inputs.count }) ?? true else {
      throw ArgumentError(
        "features", mustBe: "\(inputs.count) names, one for each center",
        got: names.features!.count)
    }
    (self.names, self.inputs, self.target) = (names, inputs, target)
  }

  /// Of some of the features, in this order.
  package func columns(_ places: [Int]) throws -> Scaler {
    try Scaler(
      names: ColumnNames(
        features: names.features.map { all in places.map { all[$0] } }, target: names.target),
      inputs: inputs.columns(places), target: target)
  }

  // MARK: Data

  /// The data with scaled x and, if it scales targets, scaled y. Slopes are those of the scaled target
  /// by the scaled features.
  ///
  /// - Throws: `NameMismatch` when the columns are not those that the scaler knows, in their order;
  ///   `ArgumentError` for data that are scaled already; `ShapeError` for another number of columns.
  public func transform(_ data: Dataset) throws -> Dataset {
    try Scaler.checkOriginal(data)
    return try map(
      data, to: self, x: transform, y: { try target?.transform($0) ?? $0 }, slopes: slopeFactors)
  }

  /// Undoes `transform`.
  ///
  /// - Throws: `NameMismatch`; `ScaleMismatch` for data that this scaler has not scaled.
  public func inverse(_ data: Dataset) throws -> Dataset {
    guard data.scaler == self else {
      throw ScaleMismatch(
        subject: "data", got: data.scaler, other: "this scaler's data", wanted: self)
    }
    return try map(
      data, to: nil, x: inverse, y: inverseTarget, slopes: slopeFactors.map { $0.map { 1 / $0 } })
  }

  private func map(
    _ data: Dataset, to scaler: Scaler?, x: (Tensor) throws -> Tensor,
    y: (Tensor) throws -> Tensor, slopes factors: [[Double]]
  ) throws -> Dataset {
    try data.names.check(agreesWith: names, as: "data", and: "the scaler's data")
    let slopes = try data.slopes.map { slopes in
      // With one output, slopes are [n][d]; else each output has factors of its own.
      let shape =
        slopes.rank == 2 || factors.count == 1 ? [inputs.count] : [factors.count, inputs.count]
      return try slopes * Tensor(factors.flatMap { $0 }, shape: shape, dtype: slopes.dtype)
    }
    var result = try Dataset(x: x(data.x), y: data.y.map(y), names: data.names, slopes: slopes)
    (result.schema, result.scaler) = (data.schema, scaler)
    result.takeTexts(of: data)
    return result
  }

  /// Scales rows [n][d] of features, or one [d].
  ///
  /// - Throws: `ShapeError` for another number of columns.
  public func transform(_ x: Tensor) throws -> Tensor { try inputs.transform(x) }

  /// Undoes `transform`.
  ///
  /// - Throws: `ShapeError` for another number of columns.
  public func inverse(_ x: Tensor) throws -> Tensor { try inputs.inverse(x) }

  /// Predictions [n][outputs] in the target's own units; the same if it does not scale targets.
  ///
  /// - Throws: `ShapeError` for another number of columns.
  public func inverseTarget(_ y: Tensor) throws -> Tensor { try target?.inverse(y) ?? y }

  /// What slopes in original units are multiplied with to be those of scaled data: s_x / s_y, per
  /// output and feature; of one output if targets stay as they are.
  var slopeFactors: [[Double]] {
    (target?.scale ?? [1]).map { output in inputs.scale.map { $0 / output } }
  }

  /// - Throws: `ArgumentError` for data that are scaled.
  private static func checkOriginal(_ data: Dataset) throws {
    guard data.scaler == nil else {
      throw ArgumentError(
        "data", mustBe: "in their original units", got: "data that a scaler has scaled already")
    }
  }
}

extension Scaler: CustomStringConvertible {
  /// A table: feature, center, scale.
  public var description: String {
    func rows(_ names: [String], _ columns: ColumnScale) -> [[String]] {
      names.indices.map {
        [names[$0], Table.number(columns.center[$0]), Table.number(columns.scale[$0])]
      }
    }
    let targets = target.map { rows(names.outputs($0.count).map { "target \($0)" }, $0) } ?? []
    return "Scaler(\(inputs.count) features\(target == nil ? "" : " and the target"))\n"
      + Table(header: ["feature", "center", "scale"], rows: rows(features, inputs) + targets)
      .description
  }
}

/// Data in other units than those of a network, or of other data.
public struct ScaleMismatch: Error, Equatable, CustomStringConvertible {
  /// "validation"
  public let subject: String
  let got: Scaler?
  /// "data"
  let other: String
  let wanted: Scaler?
  /// Whether it is a network that has the other units.
  var isOfNetwork = false

  public var description: String {
    switch (got, wanted) {
    case (nil, _?) where isOfNetwork:
      "\(subject): in original units, but the network takes scaled data; apply its scaler, or use "
        + "predict"
    case (nil, _):
      "\(subject): not scaled, but \(other) is; apply the same scaler to both"
    case (_, nil):
      "\(subject): scaled, but \(other) is not; apply the same scaler to both, or to neither"
    default:
      "\(subject): scaled by another scaler than \(other); fit one scaler to the training data and "
        + "apply it to all data"
    }
  }
}
