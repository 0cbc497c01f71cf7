import Tensors

/// A number > 0 per feature: λ of a Lai loss, or a penalty's weights. A feature may be excluded.
public enum PerFeature: Sendable, Equatable, Codable {
  /// What one feature has.
  public enum Entry: Sendable, Equatable, Codable {
    case included(Double)
    /// The feature takes no part: its Lai factor is 1, its penalty 0.
    case excluded

    /// nil when it is excluded.
    public var value: Double? { if case .included(let value) = self { value } else { nil } }

    func mapped(_ transform: (Double) -> Double) -> Entry {
      if case .included(let value) = self { .included(transform(value)) } else { .excluded }
    }
  }

  case uniform(Double)
  case perFeature([Entry])
  /// Features not named take the default; without one, they must all be named.
  case named([String: Entry], default: Entry?)

  /// The features of these names, with the number 1; all others are excluded.
  public static func only(_ names: [String]) -> PerFeature {
    .named(
      Dictionary(names.map { ($0, Entry.included(1)) }) { first, _ in first }, default: .excluded)
  }

  /// The entry of each of `count` features. X1, X2, … are names too, beside the data's own.
  ///
  /// - label: the option's name, for errors.
  /// - Throws: `ArgumentError` for a number that is not > 0, a list of another length, a name that
  ///   names a feature again, a feature without a number, or for all features excluded by name;
  ///   `UnknownFeature` for a name that no feature has.
  public func resolved(features: [String]? = nil, count: Int, label: String) throws -> [Entry] {
    switch self {
    case .uniform(let value):
      try PerFeature.check(.included(value), "\(label)")
      return Array(repeating: .included(value), count: count)
    case .perFeature(let entries):
      guard entries.count == count else {
        throw ArgumentError(
          label, mustBe: "a list of \(count) entries, one per feature", got: "\(entries.count)")
      }
      try check(label)
      return entries
    case .named(let entries, let fallback):
      try check(label)
      return try named(entries, fallback, features ?? [], count, label)
    }
  }

  private func named(
    _ entries: [String: Entry], _ fallback: Entry?, _ features: [String], _ count: Int,
    _ label: String
  ) throws -> [Entry] {
    let names = try PerFeature.names(
      entries, features: features, count: count, label: label)
    let result = names.map { $0.map { entries[$0]! } ?? fallback }
    if count > 0, result.allSatisfy({ $0 == .excluded }) {
      throw ArgumentError.allExcluded(label)
    }
    return try result.enumerated().map { index, entry in
      guard let entry else {
        let name = index < features.count ? features[index] : "X\(index + 1)"
        throw ArgumentError(
          label, mustBe: "given for every feature, or with a default", got: "none for \(name)")
      }
      return entry
    }
  }

  /// Which of the given names, if any, means each of `count` features. X1, X2, … are names too.
  ///
  /// - Throws: `UnknownFeature` for a name that no feature has; `ArgumentError` for two names of one.
  static func names(
    _ given: [String: some Worded], features: [String], count: Int, label: String
  ) throws -> [String?] {
    let aliases = (1...max(1, count)).map { "X\($0)" }
    var names = [String?](repeating: nil, count: count)
    for (name, entry) in given.sorted(by: { $0.key < $1.key }) {
      guard let index = features.firstIndex(of: name) ?? aliases.firstIndex(of: name), index < count
      else {
        throw UnknownFeature(name: name, hint: (features + aliases).hintOfFeature(name))
      }
      if let other = names[index] {
        throw ArgumentError(
          worded: "\(label).\(name)", mustBe: "left out, as \(other) is the same feature",
          got: entry.words)
      }
      names[index] = name
    }
    return names
  }

  /// Checks what can be checked before the data are known.
  ///
  /// - Throws: `ArgumentError` for a number that is not > 0 and finite.
  func check(_ label: String) throws {
    switch self {
    case .uniform(let value): try PerFeature.check(.included(value), "\(label)")
    case .perFeature(let entries):
      for (index, entry) in entries.enumerated() {
        try PerFeature.check(entry, "\(label)[\(index: index)]")
      }
    case .named(let entries, let fallback):
      if let fallback { try PerFeature.check(fallback, "\(label).default") }
      for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
        try PerFeature.check(entry, "\(label).\(name)")
      }
    }
  }

  /// Whether it excludes every feature, as far as that is known without the data.
  package var excludesAll: Bool {
    switch self {
    case .uniform: false
    case .perFeature(let entries): !entries.isEmpty && entries.allSatisfy { $0 == .excluded }
    case .named(let entries, let fallback):
      entries.values.allSatisfy { $0 == .excluded } && (fallback ?? .excluded) == .excluded
    }
  }

  private static func check(_ entry: Entry, _ label: Message) throws {
    guard let value = entry.value else { return }
    let got = Message(numberText(value))
    guard value > 0 else { throw ArgumentError(worded: label, mustBe: "> 0", got: got) }
    guard value.isFinite else { throw ArgumentError(worded: label, mustBe: "finite", got: got) }
  }

  /// Every number turned into another, as slopes into λ.
  func mapped(_ transform: (Double) -> Double) -> PerFeature {
    switch self {
    case .uniform(let value): .uniform(transform(value))
    case .perFeature(let entries): .perFeature(entries.map { $0.mapped(transform) })
    case .named(let entries, let fallback):
      .named(entries.mapValues { $0.mapped(transform) }, default: fallback?.mapped(transform))
    }
  }
}

extension ArgumentError {
  /// Of an option that leaves no feature over.
  package static func allExcluded(_ label: String) -> ArgumentError {
    ArgumentError(
      worded: Message(label), mustBe: "a number > 0 for some feature",
      got: "\(word: .excluded) for all")
  }
}

/// A name that no feature has.
public struct UnknownFeature: Error, Equatable, CustomStringConvertible {
  public let name: String
  let hint: String
  public var description: String { "unknown feature '\(name)'\(hint)" }
}

extension PerFeature.Entry: Worded {
  public var words: Message { value.map { Message(numberText($0)) } ?? "\(word: .excluded)" }
}

extension PerFeature: Worded {
  public var words: Message {
    switch self {
    case .uniform(let value): return Message(numberText(value))
    case .perFeature(let entries): return "{\(entries.map(\.words).joined(separator: ", "))}"
    case .named(let entries, let fallback):
      var parts: [Message] = entries.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
      if let fallback { parts.append("default = \(fallback)") }
      return "{\(parts.joined(separator: ", "))}"
    }
  }
}
