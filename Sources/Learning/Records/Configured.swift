import Tensors

/// An entry of a list, with the options that it brings with it.
public protocol OptionedRecord: Sendable {
  var name: String { get }
  var summary: String { get }
  /// The formula, and where it comes from.
  var details: String { get }
  var options: [OptionRecord] { get }
}

/// An entry of a list with values of its options: a residual, a norm, a penalty, an optimizer.
///
/// Two are equal, and one is encoded, by name and values.
public protocol Configured: Sendable, Equatable, Codable {
  associatedtype Record: OptionedRecord
  /// What errors call such a thing: "residual".
  static var label: String { get }
  static var records: [Record] { get }

  var record: Record { get }
  var options: OptionValues { get }

  /// - options: those of the record; a trap for others.
  ///
  /// - Throws: `ArgumentError` for options that contradict each other.
  init(_ record: Record, _ options: OptionValues) throws
}

extension Configured {
  public var name: String { record.name }

  /// - given: options by name; what is left out takes its default.
  ///
  /// - Throws: `ArgumentError` for a name that the record has not, for a value out of range, and for
  ///   options that contradict each other.
  public init(_ record: Record, _ given: [String: OptionValue] = [:]) throws {
    try self.init(record, OptionValues(given, of: record.options))
  }

  /// - name: of a record.
  /// - given: options by name; what is left out takes its default.
  ///
  /// - Throws: `ArgumentError` for an unknown name or option, for a value out of range, and for options
  ///   that contradict each other.
  public init(_ name: String, _ given: [String: OptionValue] = [:]) throws {
    guard let record = Self.records.first(where: { $0.name == name }) else {
      let names = Self.records.map { "'\($0.name)'" }.joined(separator: ", ")
      throw ArgumentError(Self.label, mustBe: "one of \(names)", got: "'\(name)'")
    }
    try self.init(record, given)
  }

  public static func == (a: Self, b: Self) -> Bool { (a.name, a.options) == (b.name, b.options) }
}

private enum ConfiguredKey: String, CodingKey { case name, options }

extension Configured {
  /// - Throws: `ArgumentError` as for a name and options given; `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: ConfiguredKey.self)
    try self.init(
      values.decode(String.self, forKey: .name),
      values.decode([String: OptionValue].self, forKey: .options))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: ConfiguredKey.self)
    try values.encode(name, forKey: .name)
    try values.encode(options.values, forKey: .options)
  }
}
