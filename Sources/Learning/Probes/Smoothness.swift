import Tensors

/// How much a network's outputs vary, and how steep it is (arXiv 2405.07884, §6).
///
/// With several outputs, all numbers are means over them.
public struct Smoothness: Sendable {
  /// Of the outputs (ddof 0).
  public let variance: Double
  /// Mean |∂ŷ/∂x| of each feature.
  public let meanSlope: [Double]
  /// 95th percentile of |∂ŷ/∂x| of each feature, interpolated linearly.
  public let slope95: [Double]

  /// On inputs x [n][d].
  ///
  /// - shouldStop: asked now and then; true ends it.
  /// Throws: `ShapeError` for x of another width or without rows, `AllocationError`;
  /// `CancellationError` when stopped.
  public init(_ net: MLP, _ x: Tensor, shouldStop: () -> Bool = { false }) throws {
    let rows = try net.rowCount(x)
    guard rows > 0 else { throw ShapeError(op: "smoothness", lhs: x.shape, reason: "has no rows") }
    // All outputs or slopes, and those of a column.
    try AllocationError.check(rows, bytesEach: 24 * net.outputs * (net.inputs + 1))
    let outputs = Double(net.outputs)
    /// Of all rows, some at a time.
    func evaluate(_ function: (Tensor) throws -> Tensor) throws -> [Double] {
      guard x.rank == 2 else { return try function(x).elements(as: Double.self) }
      var values: [Double] = []
      for start in stride(from: 0, to: rows, by: 4 * MLP.blockRows) {
        if shouldStop() { throw CancellationError() }
        let part = try x.narrowed(
          axis: 0, from: start, length: min(4 * MLP.blockRows, rows - start))
        values += try function(part).elements(as: Double.self)
      }
      return values
    }
    let values = try evaluate { try net($0) }
    variance =
      (0..<net.outputs).reduce(0.0) { sum, output in
        let column = stride(from: output, to: values.count, by: net.outputs).map { values[$0] }
        return sum + Smoothness.variance(column)
      } / outputs
    let slopes = try evaluate { try net.inputGradient($0) }
    let width = net.outputs * net.inputs
    var mean = [Double](repeating: 0, count: net.inputs)
    var high = mean
    for column in 0..<width {
      var sizes = stride(from: column, to: slopes.count, by: width).map { abs(slopes[$0]) }
      mean[column % net.inputs] += sizes.reduce(0, +) / Double(rows) / outputs
      high[column % net.inputs] += Smoothness.percentile(&sizes, 0.95) / outputs
    }
    (meanSlope, slope95) = (mean, high)
  }

  static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }

  /// Interpolated as NumPy does; leaves the values in another order.
  static func percentile(_ values: inout [Double], _ share: Double) -> Double {
    let position = share * Double(values.count - 1)
    let below = Int(position)
    let low = Smoothness.select(below, of: &values)
    let high = values[(below + 1)...].min() ?? low
    return low + (position - Double(below)) * (high - low)
  }

  /// The value that has `rank` others before it when they are sorted, moved to that place, none
  /// smaller behind it (Hoare, 1961: Find).
  private static func select(_ rank: Int, of values: inout [Double]) -> Double {
    var (low, high) = (0, values.count - 1)
    while low < high {
      let (first, middle, last) = (values[low], values[(low + high) / 2], values[high])
      let pivot = max(min(first, middle), min(max(first, middle), last))
      var (i, j) = (low, high)
      while i <= j {
        while values[i] < pivot { i += 1 }
        while pivot < values[j] { j -= 1 }
        guard i <= j else { break }
        values.swapAt(i, j)
        (i, j) = (i + 1, j - 1)
      }
      if rank <= j {
        high = j
      } else if rank >= i {
        low = i
      } else {
        break
      }
    }
    return values[rank]
  }
}

extension Smoothness: CustomStringConvertible {
  public var description: String {
    let table = Table(
      header: ["feature", "mean |slope|", "95th percentile"],
      rows: meanSlope.indices.map {
        ["X\($0 + 1)", Table.number(meanSlope[$0]), Table.number(slope95[$0])]
      })
    return "Smoothness(variance \(Table.number(variance)))\n\(table)"
  }
}
