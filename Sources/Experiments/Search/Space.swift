/// One coordinate of a point in a search space: the place of a choice in its list, or a number.
public enum Coordinate: Sendable, Hashable, Codable {
  case choice(Int)
  case number(Double)
}

/// One coordinate for each dimension, in order.
public typealias Proposal = [Coordinate]
