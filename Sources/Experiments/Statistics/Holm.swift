import Tensors

/// p-values of several tests that are read together.
public enum Holm {
  /// Holm's step-down adjustment: the smallest of m p-values times m, the next times m − 1, and so
  /// on, none below the one before and none above 1. Rejecting where the result is at most 0.05 errs
  /// anywhere with a probability of at most 5 %, however the tests depend on each other.
  ///
  /// S. Holm, "A simple sequentially rejective multiple test procedure", 1979.
  ///
  /// - Throws: `ArgumentError` for a p-value that is NaN or outside 0 … 1.
  public static func adjusted(_ values: [Double]) throws -> [Double] {
    if let wrong = values.first(where: { !(0...1).contains($0) }) {
      throw ArgumentError("a p-value", mustBe: "between 0 and 1", got: wrong)
    }
    var adjusted = values
    var largest = 0.0
    for (rank, place) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
      largest = max(largest, min(1, Double(values.count - rank) * values[place]))
      adjusted[place] = largest
    }
    return adjusted
  }

  /// The same, of tests some of which could not be made. Those have no p-value and do not count.
  ///
  /// - Throws: `ArgumentError` for a p-value that is NaN or outside 0 … 1.
  public static func adjusted(_ values: [Double?]) throws -> [Double?] {
    var rest = try adjusted(values.compactMap(\.self))[...]
    return values.map { $0 == nil ? nil : rest.removeFirst() }
  }
}
