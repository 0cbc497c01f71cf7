import Foundation
import Tensors

/// Training as a value: everything that the next batch of a run depends on. A run that goes on from it
/// ends with the same bits as one that was never stopped.
///
/// The data are not in it, only their fingerprints.
public struct TrainingState: Sendable, Codable {
  public internal(set) var options: TrainingOptions
  let origin: TrainingOrigin
  var progress: TrainingProgress
  let parameters: [StoredTensor]
  let optimizer: [StoredOptimizer]

  /// The epochs that are done.
  public var history: [EpochReport] { progress.history }
  /// Whether it is the state of a network; else it is that of a scripted model.
  public var isOfNetwork: Bool { origin.network != nil }
  /// Tensors, or lists, of parameters.
  public var parameterCount: Int { parameters.count }
  /// What the caller added for scripted models.
  public var note: Data? { origin.note }
}

/// What a run was made of, beside its options.
struct TrainingOrigin: Sendable, Codable {
  /// nil for a scripted model.
  var network: NetworkForm?
  let data: DataMark
  let validation: DataMark?
  /// What the caller of a scripted training adds, such as the form of its parameters.
  var note: Data?
  /// Whether a scripted model has a function for its predictions.
  var predicts = false
  /// Names of the metrics that are functions of the caller.
  var customMetrics: [String] = []
}

/// A network without its parameters.
struct NetworkForm: Sendable, Equatable, Codable {
  let sizes: [Int]
  let activation: String
  let dtype: DType
  let names: ColumnNames
  let scaler: Scaler?
  let schema: DataSchema?

  /// - names: Of the columns, as far as they are known when training ends.
  /// - data: What it is trained on, whose scaler and schema it keeps.
  init(_ net: MLP, names: ColumnNames, trainedOn data: Dataset) {
    (sizes, activation, dtype) = (net.sizes, net.activation.name, net.dtype)
    (self.names, scaler, schema) = (names, data.scaler, data.schema ?? net.schema)
  }

  /// A network with these parameters, flat, in the order of the layout.
  ///
  /// - Throws: `ArgumentError` for an architecture that cannot be; `AllocationError`.
  func network(_ parameters: StoredTensor) throws -> MLP {
    guard sizes.count >= 2, sizes.allSatisfy({ (1...MLP.largestWidth).contains($0) }) else {
      throw ArgumentError("sizes", mustBe: "two widths or more", got: "\(sizes)")
    }
    guard ParameterLayout(sizes: sizes).count == parameters.count, parameters.dtype == dtype else {
      throw ArgumentError(
        "parameters", mustBe: "as many as the network has", got: "\(parameters.count)")
    }
    let net = try MLP(
      inputs: sizes[0], hidden: Array(sizes[1..<(sizes.count - 1)]), outputs: sizes.last!,
      activation: .named(activation), dtype: dtype)
    try net.setParameters(parameters)
    net.names = names
    net.schema = schema
    if let scaler { try net.setScaler(scaler) }
    return net
  }
}

/// By what a data set is recognised: its numbers and the names of its columns.
struct DataMark: Sendable, Equatable, Codable {
  let rows: Int
  let columns: Int
  let fingerprint: UInt64

  init(_ data: Dataset, numbers: UInt64) {
    (rows, columns) = (data.count, data.x.shape[1])
    var all = Fingerprint()
    all.add(numbers)
    for name in (data.names.features ?? []) + ["", data.names.target ?? ""] { all.add(name) }
    fingerprint = all.value
  }

  /// - Throws: `DataMismatch` unless the data have this mark.
  func check(_ other: DataMark, as subject: String, _ verb: String) throws {
    guard self != other else { return }
    throw DataMismatch(
      subject: subject, verb: verb,
      got: "\(other.rows) rows of \(other.columns) features",
      wanted: "\(rows) rows of \(columns) features")
  }
}

/// Data that are not those of the run to go on with.
public struct DataMismatch: Error, Equatable, CustomStringConvertible {
  let subject: String
  let verb: String
  let got: String
  let wanted: String
  public var description: String {
    let difference =
      got == wanted
      ? "\(got) in both, but other numbers or names of columns" : "\(got), there \(wanted)"
    return "\(subject): this is not the data that the run was \(verb) on (\(difference))"
  }
}

extension TrainingState {
  /// With other options.
  ///
  /// - Throws: `ArgumentError` for fewer epochs than are done; what `change` throws.
  func changed(_ change: (inout TrainingOptions) throws -> Void) throws -> TrainingState {
    var state = self
    try change(&state.options)
    try state.options.check()
    let done = progress.shuffles
    guard state.options.pretrain + state.options.epochs >= done else {
      throw ArgumentError(
        "epochs", mustBe: ">= \(max(0, done - options.pretrain)), as many as are done",
        got: state.options.epochs)
    }
    // Pre-training alone has a patience of its own.
    if options.epochs == 0 && state.options.epochs > 0 { state.progress.improvement = nil }
    // The epoch at hand had no choice to make before.
    if state.lacksChoice {
      let size = min(state.options.batch, origin.data.rows)
      state.progress.choice.chooseBatches(
        of: (origin.data.rows - 1) / size + 1, alpha: state.options.alpha)
    }
    return state
  }

  /// Whether the epoch at hand, which has begun, is one of those that choose among their batches, but
  /// has not chosen.
  private var lacksChoice: Bool {
    let epoch = progress.history.count
    // Custom losses that were read from a file are not known to be the same.
    let isCertain = options.loss.customLosses.isEmpty || options.base.customLosses.isEmpty
    return progress.choice.isEmpty && progress.shuffles > epoch && epoch >= options.pretrain
      && options.sample == .batches && options.loss != options.base && isCertain
      && isOfNetwork
  }

  /// Checks that a run on these data, of this model, may go on from here.
  ///
  /// - Throws: `DataMismatch`; `ArgumentError` for validation data that are missing or new.
  func check(_ other: TrainingOrigin) throws {
    try origin.data.check(other.data, as: "data", "trained")
    guard origin.customMetrics == other.customMetrics else {
      throw ArgumentError(
        "metrics",
        mustBe: "the functions of the run so far: "
          + (origin.customMetrics.isEmpty ? "none" : origin.customMetrics.joined(separator: ", ")),
        got: other.customMetrics.isEmpty ? "none" : other.customMetrics.joined(separator: ", "))
    }
    switch (origin.validation, other.validation) {
    case (nil, nil): break
    case (let own?, let other?): try own.check(other, as: "validation", "validated")
    case (nil, _?):
      throw ArgumentError(
        "validation", mustBe: "left out, as in the run so far", got: "a data set")
    case (_?, nil):
      throw ArgumentError("validation", mustBe: "given, as in the run so far", got: "none")
    }
  }
}

// MARK: Files

extension TrainingState {
  private static let file = SealedFile(
    kind: "LaiState", content: "the state of a training run", version: 1)

  /// Coding makes copies in base 64, as text and as bytes.
  private static let encodingFactor = 8

  private var byteCount: Int {
    let lists = [parameters, progress.best?.parameters ?? []] + optimizer.map(\.slots)
    return lists.joined().reduce(256 * (1 + history.count)) { $0 + $1.count * $1.dtype.size }
  }

  /// Writes the state. The file is replaced as a whole or not at all.
  ///
  /// - Throws: `FileError`; `AllocationError`.
  public func save(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try SystemMemory.withRoom(for: Self.encodingFactor * byteCount) {
      let bytes = try encoder.encode(self)
      try bytes.withUnsafeBytes { try Self.file.write($0, to: path) }
    }
  }

  /// Reads what `save` wrote. A run that wrote checkpoints goes on writing them to this file.
  ///
  /// - Throws: `FileError` for a file that is cut off, changed, of another version or of another kind;
  ///   `AllocationError`.
  public static func load(from path: String) throws -> TrainingState {
    let bytes = try file.read(path)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      var state = try SystemMemory.withRoom(for: Self.encodingFactor * bytes.count) {
        try decoder.decode(TrainingState.self, from: Data(bytes))
      }
      try state.check()
      state.options.checkpoint?.path = path
      if let names = state.origin.network?.names.features { state.progress.name(names) }
      return state
    } catch let error as DecodingError {
      throw FileError(
        path, "holds no state of a training run that this program knows: \(error.text)")
    } catch let error as AllocationError {
      throw error
    } catch {
      throw FileError(path, "holds no valid state of a training run: \(error)")
    }
  }

  /// Checks what could not come from a run: a checksum does not say who made it.
  ///
  /// - Throws: `ArgumentError`.
  private func check() throws {
    try options.check()
    func require(_ isRight: Bool, _ name: String, _ wanted: String) throws {
      guard isRight else { throw ArgumentError(name, mustBe: wanted, got: "else") }
    }
    try require(origin.data.rows >= 1, "data", "of a row or more")
    try require(
      progress.isValid(
        rows: origin.data.rows, columns: origin.data.columns,
        batch: min(options.batch, origin.data.rows), parameters: parameters)
        && !lacksChoice,
      "progress", "what a run can have come to")
    if let network = origin.network {
      try require(parameters.count == 1 && optimizer.count == 1, "parameters", "one list")
      _ = try network.network(parameters[0])
      try require(parameters[0].isFinite, "parameters", "finite")
    }
  }
}

extension DecodingError {
  /// Where and what, in a few words.
  fileprivate var text: String {
    let context: Context
    switch self {
    case .typeMismatch(_, let place), .valueNotFound(_, let place), .keyNotFound(_, let place),
      .dataCorrupted(let place):
      context = place
    @unknown default: return "unreadable"
    }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
  }
}
