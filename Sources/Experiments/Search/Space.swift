import Tensors

/// One thing that varies in a sweep.
public struct Dimension: Sendable, Equatable {
  public enum Domain: Sendable, Equatable {
    /// A list of so many values; a point has the index of one.
    case choices(Int)
    /// The numbers from `low` to `high`, both included. With a step: low, low + step, … as far as
    /// `high`; one that ends within a millionth of a step of `high` ends there. Integers without a
    /// step have the step 1. `isLog`: chosen uniformly in the logarithm.
    case range(
      low: Double, high: Double, isLog: Bool = false, step: Double? = nil, isInteger: Bool = false)
  }

  public let name: String
  public let domain: Domain

  public init(_ name: String, _ domain: Domain) { (self.name, self.domain) = (name, domain) }
}

/// The place of a point along one dimension.
public enum Coordinate: Sendable, Hashable, Codable {
  /// The index of a value of a list.
  case choice(Int)
  case number(Double)
}

/// A point that a search wants tried: a coordinate for each dimension, in their order.
public typealias Proposal = [Coordinate]

/// All that varies in a sweep.
public struct Space: Sendable, Equatable {
  public let dimensions: [Dimension]
  let axes: [Axis]

  /// - Throws: `ArgumentError` if there is no dimension, if two have the same name, for an empty list,
  ///   and for a range that is not one: low >= high, bounds that are not finite, low <= 0 of a
  ///   logarithmic one, a step that is not > 0, fractions among integers.
  public init(_ dimensions: [Dimension]) throws {
    guard !dimensions.isEmpty else {
      throw ArgumentError("dimensions", mustBe: "at least one", got: "none")
    }
    var names: Set<String> = []
    for dimension in dimensions where !names.insert(dimension.name).inserted {
      throw ArgumentError(
        "dimensions", mustBe: "of different names", got: "'\(dimension.name)' twice")
    }
    self.dimensions = dimensions
    axes = try dimensions.map(Axis.init)
  }

  /// How many points there are; nil if they cannot be counted.
  var count: Int? {
    var product = 1
    for axis in axes {
      guard let count = axis.count else { return nil }
      let (next, overflows) = product.multipliedReportingOverflow(by: count)
      guard !overflows else { return nil }
      product = next
    }
    return product
  }

  /// A point of a countable space; the last dimension changes fastest.
  func point(at index: Int) -> Proposal {
    var rest = index
    var point: Proposal = []
    for axis in axes.reversed() {
      let count = axis.count ?? 1
      point.append(axis.value(rest % count))
      rest /= count
    }
    return point.reversed()
  }

  /// The point at a place of the unit cube.
  func point(at place: [Double]) -> Proposal {
    zip(axes, place).map { $0.coordinate(at: $1) }
  }

  /// The first points of a countable space that are not taken, counted from a given one round.
  /// They become taken.
  func free(_ wanted: Int, from start: Int, taken: inout Set<Proposal>) -> [Proposal] {
    guard let count else { return [] }
    var free: [Proposal] = []
    var index = start % count
    for _ in 0..<count where free.count < wanted {
      let point = point(at: index)
      if taken.insert(point).inserted { free.append(point) }
      index = index + 1 == count ? 0 : index + 1
    }
    return free
  }
}
