import Tensors

/// The hyperparameter λ of a Lai loss: one number, or one a feature. nil leaves a feature out of
/// the penalty: its factor g is 1.
public enum Lambda: Sendable, Equatable {
  case uniform(Double)
  case perFeature([Double?])
  /// Features not named take the default; without one, they must all be named.
  case named([String: Double?], default: Double??)

  /// λ of each of `count` features. X1, X2, … are names too, beside the data's own.
  ///
  /// Throws: `ArgumentError` for a number that is not > 0, a list of another length, a name that
  /// no feature has or that says a feature again, or a feature without a λ.
  public func resolved(features: [String]? = nil, count: Int, label: String = "lambda") throws
    -> [Double?]
  {
    switch self {
    case .uniform(let value):
      return Array(repeating: try Lambda.checked(value, label), count: count)
    case .perFeature(let values):
      guard values.count == count else {
        throw ArgumentError(
          label, mustBe: "a list of \(count) entries, one a feature", got: "\(values.count)")
      }
      return try values.enumerated().map { index, value in
        try value.map { try Lambda.checked($0, "\(label)[\(index + 1)]") }
      }
    case .named(let values, let fallback):
      return try named(values, fallback, features ?? [], count, label)
    }
  }

  private func named(
    _ values: [String: Double?], _ fallback: Double??, _ features: [String], _ count: Int,
    _ label: String
  ) throws -> [Double?] {
    var result = [Double??](repeating: fallback, count: count)
    if case .some(.some(let value)) = fallback {
      _ = try Lambda.checked(value, "\(label).default")
    }
    let aliases = (1...max(1, count)).map { "X\($0)" }
    var names = [String?](repeating: nil, count: count)
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let index = features.firstIndex(of: name) ?? aliases.firstIndex(of: name), index < count
      else {
        throw UnknownFeature(name: name, hint: (features + aliases).hint(for: name))
      }
      if let other = names[index] {
        throw ArgumentError(
          "\(label).\(name)", mustBe: "left out, as \(other) is the same feature",
          got: value.map(numberText) ?? "false")
      }
      names[index] = name
      result[index] = .some(try value.map { try Lambda.checked($0, "\(label).\(name)") })
    }
    if count > 0, result.allSatisfy({ $0 == .some(nil) }) {
      throw ArgumentError(label, mustBe: "a number > 0 for some feature", got: "false for all")
    }
    return try result.enumerated().map { index, value in
      guard let value else {
        let name = index < features.count ? features[index] : aliases[index]
        throw ArgumentError(
          label, mustBe: "given for every feature, or with a default", got: "none for \(name)")
      }
      return value
    }
  }

  /// Checks what can be checked before the data are known.
  func check(_ label: String) throws {
    switch self {
    case .uniform(let value): _ = try Lambda.checked(value, label)
    case .perFeature(let values): _ = try resolved(count: values.count, label: label)
    case .named(let values, let fallback):
      for (name, value) in values {
        _ = try value.map { try Lambda.checked($0, "\(label).\(name)") }
      }
      if case .some(.some(let value)) = fallback {
        _ = try Lambda.checked(value, "\(label).default")
      }
    }
  }

  /// Whether it leaves every feature out, as far as that is known without the data: such a loss is its
  /// base alone.
  package var leavesAllOut: Bool {
    switch self {
    case .uniform: false
    case .perFeature(let values): !values.isEmpty && values.allSatisfy { $0 == nil }
    case .named(let values, let fallback):
      values.values.allSatisfy { $0 == nil } && (fallback ?? nil) == nil
    }
  }

  private static func checked(_ value: Double, _ label: String) throws -> Double {
    guard value > 0 else { throw ArgumentError(label, mustBe: "> 0", got: value) }
    guard value.isFinite else { throw ArgumentError(label, mustBe: "finite", got: value) }
    return value
  }

  /// Every number turned into another, as slopes into λ.
  func mapped(_ transform: (Double) -> Double) -> Lambda {
    switch self {
    case .uniform(let value): .uniform(transform(value))
    case .perFeature(let values): .perFeature(values.map { $0.map(transform) })
    case .named(let values, let fallback):
      .named(values.mapValues { $0.map(transform) }, default: fallback.map { $0.map(transform) })
    }
  }
}

/// A name that no feature has.
public struct UnknownFeature: Error, Equatable, CustomStringConvertible {
  public let name: String
  let hint: String
  public var description: String { "unknown feature '\(name)'\(hint)" }
}

extension Lambda: CustomStringConvertible {
  public var description: String {
    func text(_ value: Double?) -> String { value.map { numberText($0) } ?? "false" }
    switch self {
    case .uniform(let value): return text(value)
    case .perFeature(let values): return "{" + values.map(text).joined(separator: ", ") + "}"
    case .named(let values, let fallback):
      var entries = values.sorted { $0.key < $1.key }.map { "\($0.key) = \(text($0.value))" }
      if let fallback { entries.append("default = \(text(fallback))") }
      return "{" + entries.joined(separator: ", ") + "}"
    }
  }
}
