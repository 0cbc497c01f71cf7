/// Values at all pairs of x and y positions, which need not be equally spaced.
public struct Grid: Sendable, Equatable {
  /// Positions of the columns, increasing.
  public let x: [Double]
  /// Positions of the rows, increasing.
  public let y: [Double]
  /// Row by row: the value at (x[i], y[j]) is values[j * x.count + i]. NaN and infinite values are
  /// holes.
  public let values: [Double]

  /// - Throws: `ChartError.differentLengths` if there is not one value for each pair;
  ///   `ChartError.unorderedPositions`.
  public init(x: [Double], y: [Double], values: [Double]) throws(ChartError) {
    guard values.count == x.count * y.count else {
      throw ChartError.differentLengths(
        series: "grid", first: "values", firstCount: values.count,
        second: "x (\(x.count)) times y (\(y.count))", secondCount: x.count * y.count)
    }
    try Grid.check(x, "x")
    try Grid.check(y, "y")
    (self.x, self.y, self.values) = (x, y, values)
  }

  /// The values of a function.
  ///
  /// - Throws: `ChartError.unorderedPositions`.
  public init(
    x: [Double], y: [Double], of function: (Double, Double) -> Double
  ) throws(ChartError) {
    var values: [Double] = []
    values.reserveCapacity(x.count * y.count)
    for y in y { for x in x { values.append(function(x, y)) } }
    try self.init(x: x, y: y, values: values)
  }

  private static func check(_ positions: [Double], _ axis: String) throws(ChartError) {
    for index in positions.indices {
      guard positions[index].isFinite, index == 0 || positions[index - 1] < positions[index] else {
        throw ChartError.unorderedPositions(axis: axis, index: max(0, index - 1))
      }
    }
  }

  func value(_ column: Int, _ row: Int) -> Double { values[row * x.count + column] }

  /// The smallest and the largest finite value.
  var range: ClosedRange<Double>? {
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in values where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    return low <= high ? low...high : nil
  }

  /// The borders of cells around positions: midpoints between neighbours, and as far outside of the
  /// first and the last position as the next midpoint is inside.
  static func edges(around positions: [Double], isLog: Bool) -> [Double] {
    guard let first = positions.first, let last = positions.last else { return [] }
    guard positions.count > 1 else {
      if isLog { return [first / 10.0.squareRoot(), first * 10.0.squareRoot()] }
      let half = first == 0 ? 0.5 : abs(first) / 10
      return [first - half, first + half]
    }
    let middles = zip(positions, positions.dropFirst()).map {
      isLog ? $0.squareRoot() * $1.squareRoot() : $0 / 2 + $1 / 2
    }
    let start = isLog ? first * (first / middles[0]) : first - (middles[0] - first)
    let end = isLog ? last * (last / middles.last!) : last + (last - middles.last!)
    return [start] + middles + [end]
  }
}
