/// A share of rows, 0 to 1, per feature.
///
/// Stored without the names, which the state of a run has once.
public struct FeatureShares: Sendable, Equatable, Codable {
  /// X1, X2, … where the features have no names.
  public internal(set) var features: [String]
  /// nil for a feature that is excluded.
  public let shares: [Double?]

  public init(features: [String], shares: [Double?]) {
    (self.features, self.shares) = (features, shares)
  }

  /// The share of a feature; nil for one that is excluded, or that there is none of.
  public subscript(feature: String) -> Double? {
    features.firstIndex(of: feature).flatMap { shares[$0] }
  }

  /// By name, without those that are excluded.
  public var byName: [String: Double] {
    Dictionary(zip(features, shares).compactMap { name, share in share.map { (name, $0) } }) {
      first, _ in first
    }
  }

  public init(from decoder: any Decoder) throws {
    let shares = try decoder.singleValueContainer().decode([Double?].self)
    self.init(features: ColumnNames.numbered(shares.count), shares: shares)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(shares)
  }
}

/// Counts, of the rows that take the Lai loss, those whose slopes are above its kink, per feature.
struct KinkCounts {
  private let features: [String]
  private let isIncluded: [Bool]
  private let outputs: Int
  /// Of the batch at hand.
  private var batch: [Int]

  /// nil without a Lai loss. Of several, the first counts.
  ///
  /// - Throws: as `PerFeature.resolved`.
  init?(_ objective: Objective, _ network: NetworkForm?) throws {
    guard let network, let loss = objective.laiLosses.first else { return nil }
    let count = network.sizes[0]
    features = network.names.features ?? ColumnNames.numbered(count)
    outputs = network.sizes[network.sizes.count - 1]
    isIncluded = try loss.lambda.resolved(features: features, count: count, label: "lambda").map {
      $0 != .excluded
    }
    batch = Array(repeating: 0, count: count)
  }

  /// Takes the counts of a batch, which `add` adds when the batch is done.
  mutating func take(_ read: (inout [Int]) -> Void) {
    for index in batch.indices { batch[index] = 0 }
    read(&batch)
  }

  /// A state of an older program may have no counts of the rows before.
  func add(to sums: inout EpochSums, isFirst: Bool) {
    if isFirst { sums.aboveKink = Array(repeating: 0, count: batch.count) }
    guard sums.aboveKink != nil else { return }
    for (index, count) in batch.enumerated() { sums.aboveKink![index] += count }
  }

  func shares(_ sums: EpochSums) -> FeatureShares? {
    guard let counts = sums.aboveKink, sums.laiRows > 0 else { return nil }
    let all = sums.laiRows * Double(outputs)
    return FeatureShares(
      features: features, shares: zip(counts, isIncluded).map { $1 ? Double($0) / all : nil })
  }
}
