import Tensors

/// The names of the columns of data, as far as they are known.
///
/// Data made of tensors need not have names. Their features are then shown as X1, X2, …, and only
/// the number of columns can be compared with those of other data.
public struct ColumnNames: Sendable, Equatable, Codable {
  /// Of the features, in order; nil if they have no names.
  public let features: [String]?
  /// Of the target; nil without a target, or without a name.
  public let target: String?

  public init(features: [String]? = nil, target: String? = nil) {
    (self.features, self.target) = (features, target)
  }

  /// X1, X2, …: the names of features without names.
  static func numbered(_ count: Int) -> [String] { (0..<count).map { "X\($0 + 1)" } }

  /// Names of so many outputs: the target's if there is one, else with numbers; y without a name.
  public func outputs(_ count: Int) -> [String] {
    let name = target ?? "y"
    return count == 1 ? [name] : (0..<count).map { "\(name)\($0 + 1)" }
  }

  /// These names and, where there are none, those of `other`.
  func completed(by other: ColumnNames) -> ColumnNames {
    ColumnNames(features: features ?? other.features, target: target ?? other.target)
  }

  /// Checks that both name the same features in the same order and the same target, as far as both
  /// have names.
  ///
  /// - Parameters:
  ///   - subject: The data with these names, for the error: "validation".
  ///   - other: The data with the names of `reference`: "data".
  /// - Throws: `NameMismatch` for the first difference.
  public func check(
    agreesWith reference: ColumnNames, as subject: String, and other: String
  ) throws(NameMismatch) {
    if let features, let wanted = reference.features, features != wanted {
      throw NameMismatch(subject, features, other, wanted)
    }
    if let target, let wanted = reference.target, target != wanted {
      throw NameMismatch(
        subject: subject, other: other, difference: .target(got: target, wanted: wanted))
    }
  }
}

/// Data, or a network and data, whose columns have different names.
public struct NameMismatch: Error, Equatable, CustomStringConvertible {
  public enum Difference: Sendable, Equatable {
    /// The same features, in another order from this column on, counted from 1.
    case order(column: Int, got: String, wanted: String)
    /// A feature that is missing, and the extra one that may be meant.
    case missing(column: Int, String, nearest: String?)
    /// A feature that the other does not have.
    case extra(column: Int, String)
    case target(got: String, wanted: String)
  }

  /// The data with the other names, and those that they were compared with: "validation" and
  /// "data".
  public let subject: String
  public let other: String
  public let difference: Difference

  init(subject: String, other: String, difference: Difference) {
    (self.subject, self.other, self.difference) = (subject, other, difference)
  }

  /// The difference of two lists that are not the same.
  fileprivate init(_ subject: String, _ got: [String], _ other: String, _ wanted: [String]) {
    let place = zip(got, wanted).prefix { $0 == $1 }.count
    let (known, expected) = (Set(got), Set(wanted))
    let difference: Difference
    if let missing = wanted.firstIndex(where: { !known.contains($0) }) {
      let name = wanted[missing]
      let nearest = nearestName(to: name, in: got.filter { !expected.contains($0) })
      difference = .missing(column: missing + 1, name, nearest: nearest)
    } else if let extra = got.firstIndex(where: { !expected.contains($0) }) {
      difference = .extra(column: extra + 1, got[extra])
    } else if place < min(got.count, wanted.count) {
      difference = .order(column: place + 1, got: got[place], wanted: wanted[place])
    } else if place < wanted.count {
      // A name occurs twice, which no data set allows.
      difference = .missing(column: place + 1, wanted[place], nearest: nil)
    } else {
      difference = .extra(column: place + 1, got[place])
    }
    self.init(subject: subject, other: other, difference: difference)
  }

  public var description: String {
    switch difference {
    case .order(let column, let got, let wanted):
      "\(subject) has the features of \(other) in another order: feature \(column) is '\(got)', not "
        + "'\(wanted)'; put the columns into the same order"
    case .missing(let column, let name, let nearest):
      "\(subject) lacks '\(name)', feature \(column) of \(other)"
        + (nearest.map { " (is it '\($0)'? Then give both the same name)" } ?? "; add that column")
    case .extra(let column, let name):
      "\(subject) has a feature \(column), '\(name)', that \(other) does not have; drop that column"
    case .target(let got, let wanted):
      "\(subject) has the target '\(got)', \(other) '\(wanted)'; if these are the same quantity, give "
        + "both the same name"
    }
  }
}
