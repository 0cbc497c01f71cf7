import Tensors

/// Some features of data, in an order of their own, each by name or by index.
public struct FeatureSelection: Sendable, Equatable, Codable {
  public enum Reference: Sendable, Equatable, Codable {
    case name(String)
    /// From 1; negative numbers count back from the last.
    case index(Int)
  }

  public let references: [Reference]

  public init(_ references: [Reference]) { self.references = references }

  /// The features with these names.
  public init(names: [String]) { references = names.map { .name($0) } }

  /// The places of the features, from 0. X1, X2, … are names too, beside the data's own.
  ///
  /// - label: The option's name, for errors.
  /// - Throws: `UnknownFeature` for a name that no feature has; `ArgumentError` for no features, for an
  ///   index outside the features, and for a feature that is there twice.
  func resolved(features: [String], count: Int, label: String) throws -> [Int] {
    guard !references.isEmpty else {
      throw ArgumentError(label, mustBe: "one feature or more", got: "none")
    }
    let aliases = ColumnNames.numbered(count)
    var places: [Int] = []
    for (entry, reference) in references.enumerated() {
      let name: Message = references.count > 1 ? "\(label)[\(index: entry)]" : Message(label)
      let place: Int
      switch reference {
      case .name(let text):
        guard let found = features.firstIndex(of: text) ?? aliases.firstIndex(of: text) else {
          throw UnknownFeature(name: text, hint: (features + aliases).hint(for: text))
        }
        place = found
      case .index(let index):
        guard index != 0, (-count...count).contains(index) else {
          throw ArgumentError(
            worded: name, mustBe: "from 1 to \(count), or from -\(count) to -1", got: "\(index)")
        }
        place = index > 0 ? index - 1 : count + index
      }
      guard !places.contains(place) else {
        throw ArgumentError(
          worded: name, mustBe: "another feature", got: "\(reference.words), which is there already"
        )
      }
      places.append(place)
    }
    return places
  }
}

extension FeatureSelection.Reference: Worded {
  public var words: Message {
    switch self {
    case .name(let name): "'\(name)'"
    case .index(let index): "\(index)"
    }
  }
}

extension FeatureSelection: Worded {
  public var words: Message {
    let list = references.map(\.words).joined(separator: ", ")
    return references.count == 1 ? list : "{\(list)}"
  }
}
