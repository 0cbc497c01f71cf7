import Tensors

/// A term of the slopes or weights, by the name of its record and the values of its options.
public struct Penalty: Configured {
  public static let label = "penalty"
  public let record: PenaltyRecord
  public let options: OptionValues
  let effect: Effect

  /// What it is a function of.
  enum Effect: Sendable {
    case slopes(any SlopeTerm)
    case weights(any WeightTerm)
  }

  public init(_ record: PenaltyRecord, _ options: OptionValues) throws {
    (self.record, self.options) = (record, options)
    effect = try record.effect(options)
  }

  var usesSlopes: Bool { if case .slopes = effect { true } else { false } }
}

/// An entry of the list of penalties.
public struct PenaltyRecord: OptionedRecord {
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
}

extension Penalty: Worded {
  /// "penalty.jacobian(features {X8 = 1})": options that have their defaults are not shown.
  public var words: Message { "penalty.\(name)(\(options.changes(from: record.options)))" }
}
