/// What cannot be drawn, with the data of the mistake.
public enum ChartError: Error, Equatable, CustomStringConvertible {
  /// Two lists of a series that must have equally many elements.
  case differentLengths(
    series: String, first: String, firstCount: Int, second: String, secondCount: Int)
  /// Limits of an axis that are not finite, not increasing, or not positive on a log axis.
  case invalidLimits(axis: String, low: Double, high: Double, isLog: Bool)
  /// Positions of a grid's columns or rows that do not increase.
  case unorderedPositions(axis: String, index: Int)
  /// A number of bins below 1.
  case invalidBinCount(Int)
  /// A file name whose extension names no format.
  case unknownExtension(path: String, known: [String])

  public var description: String {
    switch self {
    case .differentLengths(let series, let first, let firstCount, let second, let secondCount):
      "\(series.isEmpty ? "a series" : "series '\(series)'"): "
        + "\(first) and \(second) differ in length (\(firstCount) and \(secondCount))"
    case .invalidLimits(let axis, let low, let high, let isLog):
      "\(axis.isEmpty ? "an axis" : "axis '\(axis)'"): the limits must be finite and increasing"
        + "\(isLog ? ", and positive on a log axis" : "") (got \(low) and \(high))"
    case .unorderedPositions(let axis, let index):
      "the \(axis) positions of a grid must be finite and increase, unlike those at "
        + "\(index) and \(index + 1)"
    case .invalidBinCount(let count):
      "a histogram must have at least one bin (got \(count))"
    case .unknownExtension(let path, let known):
      "'\(path)' must end in one of \(known.joined(separator: ", ")), which names its format"
    }
  }
}
