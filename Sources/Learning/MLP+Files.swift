import Foundation
import Platform
import Tensors

/// A network in a safetensors file: tensors "weights.1", "biases.1", …, and as JSON in the metadata
/// the architecture, the scaler, the names of the columns and the schema of the file behind them.
extension MLP {
  private static let format = "lai.mlp"
  private static let formatVersion = 1

  /// Writes parameters, architecture, scaler, names of the columns and schema. An existing file is
  /// replaced as a whole or not at all.
  ///
  /// - Throws: `FileError`.
  public func save(to path: String) throws {
    var tensors: [String: Tensor] = [:]
    for (index, tensor) in try weights.enumerated() { tensors["weights.\(index + 1)"] = tensor }
    for (index, tensor) in try biases.enumerated() { tensors["biases.\(index + 1)"] = tensor }
    let architecture = JSON.object([
      "version": .integer(MLP.formatVersion), "sizes": .array(sizes.map { .integer($0) }),
      "activation": .string(activation.name),
    ])
    var metadata = ["format": MLP.format, "architecture": try architecture.text()]
    if let scaler { metadata["scaler"] = try scaler.json.text() }
    if names != ColumnNames() { metadata["columns"] = try names.json.text() }
    if let schema {
      metadata["schema"] = String(decoding: try JSONEncoder().encode(schema), as: UTF8.self)
    }
    try Safetensors.write(path, tensors: tensors, metadata: metadata)
  }

  /// The bytes of the file that `save` writes.
  ///
  /// - Throws: `FileError`.
  package func fileBytes() throws -> Data {
    let path = MLP.temporaryPath()
    defer { unlink(path) }
    try save(to: path)
    return try Data(contentsOf: URL(filePath: path))
  }

  /// Reads the bytes of a file that `save` wrote.
  ///
  /// - Throws: `FileError`.
  package static func load(fileBytes: Data) throws -> MLP {
    let path = temporaryPath()
    defer { unlink(path) }
    do { try fileBytes.write(to: URL(filePath: path)) } catch {
      throw FileError(path, "cannot be written: \(error.localizedDescription)")
    }
    return try load(from: path)
  }

  private static func temporaryPath() -> String {
    NSTemporaryDirectory() + "lai-\(UUID().uuidString).safetensors"
  }

  /// Reads what `save` wrote.
  ///
  /// - Throws: `FileError` for a file that is malformed, or holds something else.
  public static func load(from path: String) throws -> MLP {
    let (tensors, metadata) = try Safetensors.read(path)
    guard metadata["format"] == format, let text = metadata["architecture"] else {
      throw FileError(path, "is not a network that lai saved (its metadata do not say so)")
    }
    do {
      let net = try MLP(architecture: JSON(parsing: Array(text.utf8)), dtype: dtype(of: tensors))
      let layers = 1...net.layout.layers
      func list(_ name: String) throws -> [Tensor] {
        try layers.map { layer in
          guard let tensor = tensors["\(name).\(layer)"] else {
            throw FileError(path, "lacks the tensor '\(name).\(layer)'")
          }
          return tensor
        }
      }
      try net.setWeights(list("weights"))
      try net.setBiases(list("biases"))
      // Older files have no names and no schema.
      if let columns = metadata["columns"] {
        net.names = try ColumnNames(
          json: JSON(parsing: Array(columns.utf8)), features: net.inputs)
      }
      if let scaler = metadata["scaler"] {
        try net.setScaler(Scaler(json: JSON(parsing: Array(scaler.utf8))))
      }
      net.schema = try metadata["schema"].map {
        try JSONDecoder().decode(DataSchema.self, from: Data($0.utf8))
      }
      return net
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(path, "does not hold a valid network: \(error)")
    }
  }

  private static func dtype(of tensors: [String: Tensor]) -> DType {
    tensors.values.contains { $0.dtype == .float64 } ? .float64 : .float32
  }

  private convenience init(architecture: JSON, dtype: DType) throws {
    guard case .object(let fields) = architecture, case .array(let sizes)? = fields["sizes"],
      case .string(let name)? = fields["activation"],
      case .integer(let version)? = fields["version"]
    else {
      throw ArgumentError("architecture", mustBe: "sizes, activation and version", got: "else")
    }
    guard version == MLP.formatVersion else {
      throw ArgumentError("version", mustBe: "\(MLP.formatVersion)", got: version)
    }
    let widths = sizes.compactMap { if case .integer(let width) = $0 { width } else { nil } }
    guard widths.count == sizes.count, widths.count >= 2 else {
      throw ArgumentError("sizes", mustBe: "two whole numbers or more", got: "else")
    }
    try self.init(
      inputs: widths[0], hidden: Array(widths.dropFirst().dropLast()),
      outputs: widths[widths.count - 1], activation: Activation.named(name), dtype: dtype)
  }
}

extension ColumnNames {
  /// {"features": ["a", "b"], "target": "c"}, each only if it has names.
  fileprivate var json: JSON {
    var fields: [String: JSON] = [:]
    if let features { fields["features"] = .array(features.map { .string($0) }) }
    if let target { fields["target"] = .string(target) }
    return .object(fields)
  }

  /// - Throws: `ArgumentError` for anything but what `json` gives for so many features.
  fileprivate init(json: JSON, features count: Int) throws {
    let wrong = ArgumentError(
      "columns", mustBe: "an object of \(count) features and a target, by name",
      got: (try? json.text()) ?? "?")
    guard case .object(let fields) = json else { throw wrong }
    let target: String?
    switch fields["target"] {
    case nil: target = nil
    case .string(let name)?: target = name
    default: throw wrong
    }
    var features: [String]?
    if let entry = fields["features"] {
      guard case .array(let list) = entry else { throw wrong }
      let names = list.compactMap { if case .string(let name) = $0 { name } else { nil } }
      guard names.count == list.count, names.count == count, Set(names).count == count else {
        throw wrong
      }
      features = names
    }
    self.init(features: features, target: target)
  }
}
