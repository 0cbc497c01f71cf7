import Tensors

/// Rows to measure networks on, and what is known of their columns.
public struct ProbeInput {
  /// [n][inputs], or [inputs] for one row; scaled as the networks take it.
  public let x: Tensor
  /// Targets [n][outputs]; nil without.
  public let y: Tensor?
  /// Names of the features, for networks that know none; nil without.
  public let features: [String]?
  /// That of the data, for networks that know none.
  public let scaler: Scaler?

  public init(
    _ x: Tensor, y: Tensor? = nil, features: [String]? = nil, scaler: Scaler? = nil
  ) { (self.x, self.y, self.features, self.scaler) = (x, y, features, scaler) }

  /// The rows of a data set.
  public init(_ data: Dataset) {
    self.init(data.x, y: data.y, features: data.names.features, scaler: data.scaler)
  }
}

/// Noise of one's own: the values [n] of a feature with noise, by those without in original units,
/// the feature's name, and a generator. The generator is the feature's own, whichever others are
/// measured.
public typealias ProbeNoise = (
  _ values: [Double], _ feature: String, _ generator: inout RandomGenerator
) throws -> [Double]

/// The rows on which a network is measured.
public struct ProbeRows {
  let input: ProbeInput
  /// At least 1.
  public let count: Int
  /// Of all features of the network.
  let names: [String]
  /// The places of the features to measure, from 0.
  public let features: [Int]
  /// That of the network or, if it has none, of the data; nil for data in original units.
  public let scaler: Scaler?
  let noise: ProbeNoise?
  /// Whether findings are to have their samples.
  let keepsSamples: Bool
  let shouldStop: () -> Bool

  /// [count][inputs], or [inputs] for one row.
  public var x: Tensor { input.x }
  /// Targets [count][outputs]; not nil for probes that need them.
  public var y: Tensor? { input.y }

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

  /// What a change of each output is multiplied with, in the units that the options name; one number
  /// if it is the same for all.
  func outputScales(_ options: OptionValues) -> [Double] {
    SlopeUnits(options) == .original ? scaler?.target?.scale ?? [1] : [1]
  }

  /// What a slope is multiplied with, in the units that the options name.
  func slopeScale(_ options: OptionValues) -> (_ output: Int, _ feature: Int) -> Double {
    guard SlopeUnits(options) == .original, let factors = scaler?.slopeFactors else {
      return { _, _ in 1 }
    }
    return { output, feature in 1 / factors[min(output, factors.count - 1)][feature] }
  }
}

/// The means of some samples and the standard errors of the means.
struct SampleMeans {
  private(set) var means: [Double] = []
  private(set) var errors: [Double] = []
  /// Empty unless they are kept.
  private(set) var samples: [[Double]] = []
  private let keepsSamples: Bool

  init(for rows: ProbeRows) { keepsSamples = rows.keepsSamples }

  mutating func append(_ values: [Double]) {
    means.append(values.mean)
    errors.append(values.standardError)
    if keepsSamples { samples.append(values) }
  }
}

extension [Double] {
  var mean: Double { reduce(0, +) / Double(count) }

  /// That of their mean: √(Σ (x − mean)² / (n (n − 1))); 0 for one value.
  var standardError: Double {
    count > 1 ? (variance / Double(count - 1)).squareRoot() : 0
  }
}
