import Tensors

/// An option that an entry of a list brings with it: what it may be, its default and its help.
///
/// Residuals, penalties, optimizers and probes are such entries. Scripts, help and files read this
/// record, so a new entry is written in one place.
public struct OptionRecord: Sendable {
  /// What a value may be.
  public enum Form: Sendable {
    case number(NumberRange)
    case integer(ClosedRange<Int>)
    /// Any whole number, of which every one is another seed.
    case seed
    case boolean
    case choice([String])
    /// A number per feature, or the features that count: see `PerFeature`.
    case features
    /// A number >= 0, or > 0, per feature: see `PerFeature`.
    case perFeature(allowsZero: Bool)
    /// One feature or more, by name or index.
    case selection(several: Bool)
    /// A tensor, such as the slopes that a network is to have.
    case tensor

    /// A whole number without a most.
    static func integer(atLeast minimum: Int) -> Form { .integer(minimum...Int.max) }
  }

  public let name: String
  public let form: Form
  /// nil where it has none: it may be left out unless `isRequired`.
  public let fallback: OptionValue?
  public let isRequired: Bool
  public let summary: String

  public init(
    _ name: String, _ form: Form, default fallback: OptionValue? = nil, isRequired: Bool = false,
    _ summary: String
  ) {
    (self.name, self.form, self.fallback) = (name, form, fallback)
    (self.isRequired, self.summary) = (isRequired, summary)
  }
}

/// The numbers that an option takes, with the words for them.
public enum NumberRange: String, Sendable {
  case finite = "finite"
  case positive = "> 0 and finite"
  case notNegative = ">= 0 and finite"
  case fraction = "between 0 and 1"
  case belowOne = ">= 0 and < 1"
  case betweenZeroAndOne = "> 0 and < 1"
  case share = "> 0 and <= 1"

  public func contains(_ value: Double) -> Bool {
    switch self {
    case .finite: value.isFinite
    case .positive: value > 0 && value.isFinite
    case .notNegative: value >= 0 && value.isFinite
    case .fraction: value >= 0 && value <= 1
    case .belowOne: value >= 0 && value < 1
    case .betweenZeroAndOne: value > 0 && value < 1
    case .share: value > 0 && value <= 1
    }
  }
}

/// The value of an option.
public enum OptionValue: Sendable, Equatable {
  case number(Double)
  case integer(Int)
  case boolean(Bool)
  case text(String)
  case features(PerFeature)
  case selection(FeatureSelection)
  case tensor(OptionTensor)
}

/// A tensor among options: numbers that do not change, compared one by one.
public struct OptionTensor: Sendable, Equatable {
  /// [n][features], or [n][outputs][features].
  public let shape: [Int]
  public let elements: [Double]

  public init(shape: [Int], elements: [Double]) { (self.shape, self.elements) = (shape, elements) }
}

extension OptionTensor: Codable {
  public init(from decoder: any Decoder) throws {
    let stored = try StoredTensor(from: decoder)
    self.init(shape: stored.shape, elements: try stored.doubles)
  }

  public func encode(to encoder: any Encoder) throws {
    try elements.withUnsafeBufferPointer { try StoredTensor($0, shape: shape) }.encode(to: encoder)
  }
}

extension OptionValue: ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByStringLiteral, ExpressibleByIntegerLiteral
{
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(stringLiteral value: String) { self = .text(value) }
}

extension OptionValue: Worded {
  public var words: Message {
    switch self {
    case .number(let value): Message(numberText(value))
    case .integer(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .text(let value): Message(value)
    case .features(.named(let entries, default: .excluded)):
      PerFeature.named(entries, default: nil).words
    case .features(let value): value.words
    case .selection(let value): value.words
    case .tensor(let value): "a tensor of shape \(value.shape.shapeText)"
    }
  }
}

/// Checked values of some options, those left out with their defaults.
public struct OptionValues: Sendable, Equatable {
  /// In the order of the records.
  private(set) var names: [String]
  let values: [String: OptionValue]

  /// - given: by name; what is left out takes its default.
  ///
  /// - Throws: `ArgumentError` for a name that no record has, for a value of another form or out of
  ///   range, and for a required one that is left out.
  public init(_ given: [String: OptionValue], of records: [OptionRecord]) throws {
    for name in given.keys.sorted() where !records.contains(where: { $0.name == name }) {
      let names = records.map(\.name)
      guard !names.isEmpty else {
        throw ArgumentError(
          name, mustBe: "left out, as there are no options", got: "\(given[name]!)")
      }
      throw ArgumentError(
        name, mustBe: "one of " + names.joined(separator: ", "), got: "'\(name)'")
    }
    var values: [String: OptionValue] = [:]
    for record in records {
      if let value = given[record.name] {
        values[record.name] = try record.checked(value)
      } else if let fallback = record.fallback {
        values[record.name] = try record.checked(fallback)
      } else if record.isRequired {
        throw ArgumentError(record.name, mustBe: "given", got: "none")
      }
    }
    names = records.map(\.name).filter { values[$0] != nil }
    self.values = values
  }

  /// Whether the option has a value.
  public func contains(_ name: String) -> Bool { values[name] != nil }

  /// The value of a numeric option that has one. A trap for a name that no record has.
  public func number(_ name: String) -> Double {
    switch values[name] {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: preconditionFailure("no number '\(name)'")
    }
  }
  public func integer(_ name: String) -> Int {
    guard case .integer(let value) = values[name] else { preconditionFailure("no '\(name)'") }
    return value
  }
  public func seed(_ name: String) -> UInt64 { UInt64(bitPattern: Int64(integer(name))) }
  public func boolean(_ name: String) -> Bool {
    guard case .boolean(let value) = values[name] else { preconditionFailure("no '\(name)'") }
    return value
  }
  public func text(_ name: String) -> String {
    guard case .text(let value) = values[name] else { preconditionFailure("no '\(name)'") }
    return value
  }
  /// nil where it was left out and has no default.
  public func features(_ name: String) -> PerFeature? {
    if case .features(let value) = values[name] { value } else { nil }
  }
  public func selection(_ name: String) -> FeatureSelection? {
    if case .selection(let value) = values[name] { value } else { nil }
  }
  public func tensor(_ name: String) -> OptionTensor? {
    if case .tensor(let value) = values[name] { value } else { nil }
  }
}

extension OptionRecord {
  /// A value with the right form and in range: whole numbers are numbers too.
  fileprivate func checked(_ value: OptionValue) throws -> OptionValue {
    switch (form, value) {
    case (.number(let range), .number(let number)):
      guard range.contains(number) else {
        throw ArgumentError(name, mustBe: range.rawValue, got: number)
      }
    case (.number, .integer(let number)):
      return try checked(.number(Double(number)))
    case (.integer(let range), .integer(let number)):
      guard range.contains(number) else {
        throw ArgumentError(name, mustBe: form.words, got: number)
      }
    case (.choice(let choices), .text(let text)):
      guard choices.contains(text) else {
        throw ArgumentError(
          name, mustBe: "one of " + choices.map { "'\($0)'" }.joined(separator: ", "),
          got: "'\(text)'")
      }
    case (.boolean, .boolean), (.tensor, .tensor), (.seed, .integer): break
    case (.features, .features(let features)): try features.check(name)
    case (.perFeature(let allowsZero), .features(let features)):
      try features.check(name, allowsZero: allowsZero)
    case (.perFeature, .number(let number)): return try checked(.features(.uniform(number)))
    case (.perFeature, .integer(let number)):
      return try checked(.features(.uniform(Double(number))))
    case (.selection(let several), .selection(let selection))
    where several || selection.references.count == 1:
      break
    default:
      throw ArgumentError(worded: Message(name), mustBe: Message(form.words), got: value.words)
    }
    return value
  }
}

extension OptionRecord.Form {
  /// "a number > 0 and finite"
  public var words: String {
    switch self {
    case .number(let range): "a number \(range.rawValue)"
    case .integer(let range) where range.upperBound == .max: "a whole number >= \(range.lowerBound)"
    case .integer(let range) where range.count == 2: "\(range.lowerBound) or \(range.upperBound)"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .seed: "a whole number"
    case .boolean: "true or false"
    case .choice(let choices): choices.map { "'\($0)'" }.joined(separator: ", ")
    case .features: "a number per feature"
    case .perFeature(let allowsZero):
      "a number \(allowsZero ? ">=" : ">") 0, a list of them (one per feature), or a table by feature name"
    case .selection(several: true): "a feature's name or index, or a list of them"
    case .selection(several: false): "a feature's name or index"
    case .tensor: "a tensor"
    }
  }
}

extension OptionValues: Worded {
  /// "lr 0.001, weight decay 0"
  public var words: Message {
    names.map { "\($0.replacing("_", with: " ")) \(values[$0]!)" as Message }
      .joined(separator: ", ")
  }
}

extension OptionValues {
  /// The words without what has the default of its record.
  func changes(from records: [OptionRecord]) -> Message {
    var changed = self
    for record in records {
      if let fallback = record.fallback, let value = values[record.name],
        (try? record.checked(fallback)) == value
      {
        changed.names.removeAll { $0 == record.name }
      }
    }
    return changed.words
  }
}

extension OptionValue: Codable {}
