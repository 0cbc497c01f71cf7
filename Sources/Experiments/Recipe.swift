import Foundation
import Learning
import Tensors

/// How the columns of the data are scaled before training, by numbers of the training rows alone.
public struct Scaling: Sendable, Equatable, Codable {
  public enum Features: String, Sendable, CaseIterable, Codable {
    /// Mean 0, standard deviation 1.
    case standard
    /// Least 0, largest 1.
    case minmax
    case none
  }

  public var features = Features.standard
  /// Whether the target has mean 0 and standard deviation 1 in training. Measures are in its own units
  /// all the same.
  public var target = false

  public init() {}

  /// The scaler of training rows; nil without any scaling. A scaled target has the mean 0 and the
  /// deviation 1, whatever the features have.
  func scaler(fitting train: Dataset) throws -> Scaler? {
    let standard = target ? try Scaler(fitting: train, scalesTarget: true) : nil
    let own: Scaler? =
      switch features {
      case .standard: try standard ?? Scaler(fitting: train)
      case .minmax: try Scaler(fitting: train, .minmax)
      case .none: nil
      }
    guard let standard else { return own }
    let count = train.features.count
    let unit = try ColumnScale(
      center: Array(repeating: 0, count: count), scale: Array(repeating: 1, count: count),
      names: train.features)
    return try Scaler(names: train.names, inputs: own?.inputs ?? unit, target: standard.target)
  }
}

/// Everything that is chosen about a trial beside data and seed.
public struct Recipe: Sendable, Codable {
  public var hidden = [64, 64]
  public var activation = "tanh"
  public var dtype = DType.float32
  public var scaling = Scaling()
  public var training = TrainingOptions()
  /// Features that the network does not see.
  public var dropped: [String] = []
  /// What tells the functions of its custom losses from others.
  public var functions: [String] = []

  /// Whether it has losses that only work while their caller's functions are at hand.
  package var isBound: Bool {
    !(training.loss.customLosses + training.base.customLosses).isEmpty
  }

  /// The same without the caller's functions, for what outlives them.
  package var unbound: Recipe {
    var recipe = self
    recipe.training = training.withoutBoundFunctions
    return recipe
  }

  public init() {}

  /// What determines the result on given data beside the seed, for a trial's key.
  func json() throws -> JSON {
    var recipe = self
    recipe.training.seed = 0
    recipe.training.checkpoint = nil
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try JSON(parsing: encoder.encode(recipe))
  }
}

/// The rows of a trial, scaled.
struct TrialData {
  let train: Dataset
  /// Those that each epoch is validated on.
  let validation: Dataset
  /// Those that errors are measured on: test rows with targets, or `validation`.
  let judged: Dataset
  /// On which slopes and noise are measured: those of the test data, or of `validation`.
  let inputs: Tensor
  let scaler: Scaler?
  /// What a difference in the network's units is multiplied with to be one in the target's own.
  var targetScale: Double { scaler?.target?.scale[0] ?? 1 }
}

/// What all trials of a sweep are trained and measured on.
public struct SweepData {
  public let data: Dataset
  /// Rows on which nothing is trained: with targets the rows that measures are taken on, without them
  /// the inputs of the probes alone. nil for the validation rows.
  public let test: Dataset?
  /// Rows on whose inputs alone slopes and noise are measured; nil for those of `test`.
  public let inputs: Dataset?
  /// Share of the rows of `data` that each seed sets aside.
  public let validation: Double
  /// Rows that each seed trains on.
  package let trainingRows: Int

  /// - Throws: `ArgumentError` for data without a target or with several, and for a share out of range;
  ///   `NameMismatch` for test data of other columns.
  public init(
    _ data: Dataset, test: Dataset? = nil, inputs: Dataset? = nil, validation: Double = 0.2
  ) throws {
    guard let targets = data.y else {
      throw ArgumentError("data", mustBe: "data with targets", got: "data without")
    }
    guard targets.shape[1] == 1 else {
      throw ArgumentError("data", mustBe: "data with one target", got: "\(targets.shape[1])")
    }
    for case (let name, let rows?) in [("data", data), ("test", test), ("test", inputs)]
    where rows.scaler != nil {
      throw ArgumentError(
        name, mustBe: "in original units: each seed scales it by its own training rows",
        got: "data that a scaler has scaled already")
    }
    try data.checkFinite()
    try test?.checkFinite()
    try inputs?.checkFinite()
    trainingRows = try data.split(validation: validation, seed: 1).train.count
    for case (let name, let rows?) in [("test", test), ("test", inputs)] {
      try rows.names.check(agreesWith: data.names, as: name, and: "data")
      guard rows.features.count == data.features.count else {
        throw ArgumentError(
          name, mustBe: "of \(data.features.count) features, as data", got: rows.features.count)
      }
    }
    (self.data, self.test, self.inputs, self.validation) = (data, test, inputs, validation)
  }

  /// Whether measures of errors are taken on test rows, which no seed trains on.
  public var judgesOnTest: Bool { test?.y != nil }

  /// What tells these data from others.
  func fingerprint() throws -> JSON {
    func mark(_ data: Dataset) throws -> JSON {
      var all = Fingerprint()
      for tensor in [data.x, data.y, data.slopes] {
        try tensor?.elements(as: Double.self).withUnsafeBytes { all.add($0) }
      }
      for name in data.features + [data.target ?? ""] { all.add(name) }
      return .string("\(data.count)x\(data.features.count) " + String(all.value, radix: 16))
    }
    var fields: [String: JSON] = [
      "data": try mark(data), "test": try test.map(mark) ?? .null,
      "validation": .number(validation),
    ]
    if let inputs { fields["inputs"] = try mark(inputs) }
    return .object(fields)
  }

  /// The rows of one seed.
  ///
  /// - Throws: `ArgumentError`; `AllocationError`.
  func rows(_ recipe: Recipe, seed: UInt64) throws -> TrialData {
    let (train, validation) = try data.without(recipe.dropped).split(
      validation: validation, seed: seed)
    let scaler = try recipe.scaling.scaler(fitting: train)
    func scaled(_ data: Dataset) throws -> Dataset { try scaler?.transform(data) ?? data }
    let held = try scaled(validation)
    func inputs(_ data: Dataset) throws -> Tensor {
      let x = try data.without(recipe.dropped).x
      return try scaler?.transform(x) ?? x
    }
    return TrialData(
      train: try scaled(train), validation: held,
      judged: try judgesOnTest ? scaled(test!.without(recipe.dropped)) : held,
      inputs: try (self.inputs ?? test).map(inputs) ?? held.x, scaler: scaler)
  }
}

extension Dataset {
  /// The same without some features.
  ///
  /// - Throws: `UnknownFeature`; `ArgumentError` if none would be left.
  func without(_ names: [String]) throws -> Dataset {
    guard !names.isEmpty else { return self }
    let places = try names.map { try place(of: $0) }
    let kept = features.indices.filter { !places.contains($0) }
    guard !kept.isEmpty else {
      throw ArgumentError("features", mustBe: "more than those that are dropped", got: "none")
    }
    return try Dataset(
      x: x.taken(axis: 1, at: kept), y: y,
      names: ColumnNames(features: kept.map { features[$0] }, target: target),
      slopes: slopes?.taken(axis: slopes!.rank - 1, at: kept))
  }

  /// The column of a feature, from 0; X1, X2, … are names too.
  ///
  /// - Throws: `UnknownFeature`.
  func place(of name: String) throws -> Int {
    let places = try PerFeature.only([name]).resolved(
      features: names.features, count: features.count, label: "feature")
    return places.firstIndex { $0 != .excluded }!
  }
}
