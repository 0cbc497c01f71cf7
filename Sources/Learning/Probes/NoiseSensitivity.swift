import Tensors

/// How far a network's outputs move, on average, when one feature is noisy: the mean of
/// |ŷ(x + σ·s_j·ε·e_j) − ŷ(x)| with ε ~ N(0, 1) and s_j the feature's standard deviation over x
/// (arXiv 2405.07884, §6). With several outputs, the mean over them.
public struct NoiseSensitivity: Sendable {
  public let sigma: Double
  /// Of each feature.
  public let sensitivity: [Double]
  /// Of each sensitivity: the standard deviation of the rows' means over the root of their number.
  /// It covers the choice of rows, which count as a sample, and the noise drawn for them; not what
  /// another seed or another training would change in the network.
  public let standardError: [Double]

  /// On inputs x [n][d]; the noise comes from the stream `noise` of a seed.
  ///
  /// Throws: `ArgumentError` for a negative σ or no repeats, `ShapeError` for x of another width or
  /// without rows, `AllocationError`; `CancellationError` once `shouldStop`, asked before every
  /// evaluation, says so.
  public init(
    _ net: MLP, _ x: Tensor, sigma: Double = 1, repeats: Int = 16, seed: UInt64 = 1,
    shouldStop: () -> Bool = { false }
  ) throws {
    guard sigma >= 0, sigma.isFinite else {
      throw ArgumentError("sigma", mustBe: ">= 0 and finite", got: sigma)
    }
    guard repeats >= 1 else { throw ArgumentError("repeats", mustBe: ">= 1", got: repeats) }
    let rows = try net.rowCount(x)
    guard rows > 0 else { throw ShapeError(op: "noise", lhs: x.shape, reason: "has no rows") }
    self.sigma = sigma
    switch net.dtype {
    case .float32:
      (sensitivity, standardError) = try Self.measure(
        net, x, sigma, repeats, seed, shouldStop, as: Float.self)
    case .float64:
      (sensitivity, standardError) = try Self.measure(
        net, x, sigma, repeats, seed, shouldStop, as: Double.self)
    }
  }

  private static func measure<S: TensorScalar>(
    _ net: MLP, _ x: Tensor, _ sigma: Double, _ repeats: Int, _ seed: UInt64,
    _ shouldStop: () -> Bool, as type: S.Type
  ) throws -> ([Double], [Double]) {
    let rows = try net.rowCount(x)
    let (inputs, outputs) = (net.inputs, net.outputs)
    let evaluator = try Evaluator<S>(net, rows: rows)
    // Twice the rows' outputs, and four numbers for each row.
    try AllocationError.check(rows, bytesEach: 16 * outputs + 32)
    var noisy = try x.elements(as: S.self)
    var clean = [S](repeating: 0, count: rows * outputs)
    var moved = clean
    evaluator.predict(x: noisy, rows: rows, into: &clean)
    var generator = RandomGenerator(seed: seed, stream: .noise)
    var means: [Double] = []
    var errors: [Double] = []
    for feature in 0..<inputs {
      let column = (0..<rows).map { noisy[$0 * inputs + feature] }
      let deviation = Smoothness.variance(column.map { Double($0) }).squareRoot()
      var sums = [Double](repeating: 0, count: rows)
      for _ in 0..<repeats {
        if shouldStop() { throw CancellationError() }
        for row in 0..<rows {
          let noise = sigma * deviation * generator.normal()
          noisy[row * inputs + feature] = S(Double(column[row]) + noise)
        }
        evaluator.predict(x: noisy, rows: rows, into: &moved)
        for row in 0..<rows {
          for output in 0..<outputs {
            let place = row * outputs + output
            sums[row] += abs(Double(moved[place]) - Double(clean[place]))
          }
        }
      }
      for row in 0..<rows {
        noisy[row * inputs + feature] = column[row]
        sums[row] /= Double(repeats * outputs)
      }
      means.append(sums.reduce(0, +) / Double(rows))
      let spread = rows > 1 ? Smoothness.variance(sums) / Double(rows - 1) : 0
      errors.append(spread.squareRoot())
    }
    return (means, errors)
  }
}

extension NoiseSensitivity: CustomStringConvertible {
  public var description: String {
    let table = Table(
      header: ["feature", "sensitivity", "standard error"],
      rows: sensitivity.indices.map {
        ["X\($0 + 1)", Table.number(sensitivity[$0]), Table.number(standardError[$0])]
      })
    return "NoiseSensitivity(sigma \(numberText(sigma)))\n\(table)"
  }
}
