import Tensors

/// A term of the slopes or weights, by the name of its record and the values of its options.
public struct Penalty: Sendable, Equatable {
  public let record: PenaltyRecord
  public let options: OptionValues
  let effect: Effect
  public var name: String { record.name }

  /// What it is a function of.
  enum Effect: Sendable {
    case slopes(any SlopeTerm)
    case weights(any WeightTerm)
  }

  /// - name: of a record; options that are left out have their defaults.
  ///
  /// - Throws: `ArgumentError` for an unknown name or option and for a value out of range.
  public init(_ name: String, _ options: [String: OptionValue] = [:]) throws {
    guard let record = Penalty.records.first(where: { $0.name == name }) else {
      let names = Penalty.records.map { "'\($0.name)'" }.joined(separator: ", ")
      throw ArgumentError("penalty", mustBe: "one of \(names)", got: "'\(name)'")
    }
    try self.init(record, OptionValues(options, of: record.options))
  }

  fileprivate init(_ record: PenaltyRecord, _ options: OptionValues) throws {
    (self.record, self.options) = (record, options)
    effect = try record.effect(options)
  }

  var usesSlopes: Bool { if case .slopes = effect { true } else { false } }

  public static func == (a: Penalty, b: Penalty) -> Bool {
    (a.name, a.options) == (b.name, b.options)
  }
}

/// An entry of the list of penalties.
public struct PenaltyRecord: Sendable {
  public let name: String
  public let summary: String
  /// The formula, and where it comes from.
  public let details: String
  public let options: [OptionRecord]
  let effect: @Sendable (OptionValues) throws -> Penalty.Effect

  init(
    _ name: String, _ summary: String, details: String, options: [OptionRecord],
    _ effect: @escaping @Sendable (OptionValues) throws -> Penalty.Effect
  ) {
    (self.name, self.summary, self.details) = (name, summary, details)
    (self.options, self.effect) = (options, effect)
  }

  /// The penalty with these options, alone; it is added to a loss.
  ///
  /// - Throws: `ArgumentError` for options that contradict each other.
  public func make(_ options: OptionValues) throws -> Objective {
    .penalty(try Penalty(self, options))
  }
}

extension Penalty: Codable {
  private enum CodingKeys: String, CodingKey { case name, options }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let options = try values.decode([String: OptionValue].self, forKey: .options)
    try self.init(values.decode(String.self, forKey: .name), options)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(options.values, forKey: .options)
  }
}

extension Penalty: CustomStringConvertible {
  /// "penalty.jacobian(features {X8 = 1})": options that have their defaults are not shown.
  public var description: String { "penalty.\(name)(\(options.changes(from: record.options)))" }
}
