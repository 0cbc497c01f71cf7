import Tensors

/// A way to measure a network on rows of inputs: one number per feature and column, and numbers of
/// the whole network.
///
/// A new probe is an entry of `records`. Scripts, help, completion and tests read the list.
public struct Probe: OptionedRecord {
  /// A number that the probe finds.
  public struct Column: Sendable, Equatable {
    /// By which the result gives it: "mean_slope".
    public let name: String
    /// In the head of the printed table: "mean |slope|".
    public let heading: String
    public let summary: String

    public init(_ name: String, heading: String? = nil, _ summary: String) {
      (self.name, self.heading, self.summary) = (name, heading ?? name, summary)
    }
  }

  /// What a probe found, in the order of its records.
  public struct Findings: Sendable {
    /// One for each of `numbers`.
    public let numbers: [Double]
    /// One list for each of `columns`, with one number per feature.
    public let columns: [[Double]]

    public init(numbers: [Double] = [], columns: [[Double]]) {
      (self.numbers, self.columns) = (numbers, columns)
    }
  }

  /// "noise": as scripts and errors name it.
  public let name: String
  /// "NoiseSensitivity": before the printed table.
  public let title: String
  public let summary: String
  /// The formula, and its source.
  public let details: String
  public let options: [OptionRecord]
  /// What it finds of the whole network.
  public let numbers: [Column]
  /// What it finds per feature.
  public let columns: [Column]
  /// Whether it compares predictions with targets.
  public let needsTargets: Bool
  private let measure: @Sendable (MLP, ProbeRows, OptionValues) throws -> Findings

  /// - measure: Findings of a network on rows, of which there is at least one.
  public init(
    _ name: String, title: String, _ summary: String, details: String,
    options: [OptionRecord] = [], numbers: [Column] = [], columns: [Column],
    needsTargets: Bool = false,
    measure: @escaping @Sendable (MLP, ProbeRows, OptionValues) throws -> Findings
  ) {
    (self.name, self.title, self.summary, self.details) = (name, title, summary, details)
    (self.options, self.numbers, self.columns) = (options, numbers, columns)
    (self.needsTargets, self.measure) = (needsTargets, measure)
  }

  /// All probes.
  public static let records: [Probe] = [
    .smoothness, .noise, .monotonicity, .dgsm, .permutation, .worstCase,
  ]

  /// Measures a network on inputs x [n][inputs].
  ///
  /// - y: Targets [n][outputs], for probes that need them.
  /// - shouldStop: Asked now and then; true ends the measurement.
  ///
  /// - Throws: `ArgumentError` for options that the probe does not have or take; `ShapeError` for x
  ///   of another width or without rows; `AllocationError`; `CancellationError` when stopped.
  public func callAsFunction(
    _ net: MLP, _ x: Tensor, y: Tensor? = nil, _ options: [String: OptionValue] = [:],
    shouldStop: () -> Bool = { false }
  ) throws -> ProbeResult {
    try callAsFunction(
      net, x, y: y, OptionValues(options, of: self.options), shouldStop: shouldStop)
  }

  /// The same with options that are checked.
  public func callAsFunction(
    _ net: MLP, _ x: Tensor, y: Tensor? = nil, _ options: OptionValues,
    shouldStop: () -> Bool = { false }
  ) throws -> ProbeResult {
    let count = try net.rowCount(x)
    guard count > 0 else { throw ShapeError(op: name, lhs: x.shape, reason: "has no rows") }
    if needsTargets {
      guard let y else {
        throw ArgumentError("x", mustBe: "a data set with targets", got: "rows without")
      }
      guard y.shape == [count, net.outputs] else {
        throw ShapeError(
          op: name, lhs: y.shape,
          reason: "of y is not that of the predictions, "
            + "\(count)x\(net.outputs)")
      }
    }
    let findings = try withoutActuallyEscaping(shouldStop) { shouldStop in
      try measure(net, ProbeRows(x: x, y: y, count: count, shouldStop: shouldStop), options)
    }
    return ProbeResult(of: self, findings, features: net.names.features)
  }
}
