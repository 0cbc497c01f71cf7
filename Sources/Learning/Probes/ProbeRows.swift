import Tensors

/// The rows on which a network is measured.
public struct ProbeRows {
  /// [count][inputs], or [inputs] for one row.
  public let x: Tensor
  /// Targets [count][outputs]; not nil for probes that need them.
  public let y: Tensor?
  /// At least 1.
  public let count: Int
  let shouldStop: () -> Bool

  /// - Throws: `CancellationError` when the measurement is to end.
  public func checkStop() throws { if shouldStop() { throw CancellationError() } }

  /// The elements of a function of the rows, some rows at a time: predictions [count][outputs] or
  /// slopes [count][outputs][inputs].
  ///
  /// - Throws: what the function throws; `CancellationError` when the measurement is to end.
  public func elements(of function: (Tensor) throws -> Tensor) throws -> [Double] {
    guard x.rank == 2 else { return try function(x).elements(as: Double.self) }
    var values: [Double] = []
    for start in stride(from: 0, to: count, by: 4 * MLP.blockRows) {
      try checkStop()
      let part = try x.narrowed(axis: 0, from: start, length: min(4 * MLP.blockRows, count - start))
      values += try function(part).elements(as: Double.self)
    }
    return values
  }
}
