import Tensors

/// A way to measure a network on rows of inputs: one number per feature and column, and numbers of
/// the whole network.
///
/// A new probe is an entry of `records`. Scripts, help, completion and tests read the list.
public struct Probe: OptionedRecord {
  /// A number that the probe finds.
  public struct Column: Sendable, Equatable {
    /// What its numbers are, for printing them.
    public enum Role: Sendable, Equatable {
      case value
      /// An upper bound of a share of the whole. Above 1 it says nothing, and is printed as ">1".
      case shareBound
      /// What the rows of the table are: the values of a feature.
      case grid
    }

    /// By which the result gives it: "mean_slope".
    public let name: String
    /// In the head of the printed table: "mean |slope|".
    public let heading: String
    public let summary: String
    public let role: Role

    public init(
      _ name: String, heading: String? = nil, role: Role = .value, _ summary: String
    ) {
      (self.name, self.heading, self.summary) = (name, heading ?? name, summary)
      self.role = role
    }
  }

  /// What a probe found, in the order of its records.
  public struct Findings: Sendable {
    /// One for each of `numbers`; nil for one that these options leave open.
    public let numbers: [Double?]
    /// One list for each of `columns`, with one number per measured feature; nil for one that these
    /// options leave out.
    public let columns: [[Double]?]
    /// Of each row of the table, the numbers whose mean is in the principal column; empty unless
    /// they are asked for.
    let samples: [[Double]]
    /// The places of the features that were measured; nil for those of the rows.
    let features: [Int]?
    /// Words on the measurement, before the printed table: "uniform".
    let note: String?

    public init(
      numbers: [Double?] = [], columns: [[Double]?], samples: [[Double]] = [],
      features: [Int]? = nil, note: String? = nil
    ) {
      (self.numbers, self.columns, self.samples) = (numbers, columns, samples)
      (self.features, self.note) = (features, note)
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
  /// The column that comparisons compare.
  public let principal: Column
  /// Whether it compares predictions with targets.
  public let needsTargets: Bool
  /// Whether a function may draw its noise.
  public let takesNoise: Bool
  private let measure: @Sendable (MLP, ProbeRows, OptionValues) throws -> Findings

  /// - principal: The name of the column that comparisons compare; the first of values if left out.
  /// - measure: Findings of a network on rows, of which there is at least one.
  public init(
    _ name: String, title: String, _ summary: String, details: String,
    options: [OptionRecord] = [], numbers: [Column] = [], columns: [Column],
    principal: String? = nil, needsTargets: Bool = false, takesNoise: Bool = false,
    measure: @escaping @Sendable (MLP, ProbeRows, OptionValues) throws -> Findings
  ) {
    (self.name, self.title, self.summary, self.details) = (name, title, summary, details)
    (self.options, self.numbers, self.columns) = (options, numbers, columns)
    self.principal = columns.first {
      principal.map { [name = $0.name] in $0 == name } ?? ($0.role == .value)
    }!
    (self.needsTargets, self.takesNoise, self.measure) = (needsTargets, takesNoise, measure)
  }

  /// All probes.
  public static let records: [Probe] = [
    .smoothness, .noise, .monotonicity, .dgsm, .permutation, .worstCase, .partialDependence,
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
    noise: ProbeNoise? = nil, shouldStop: () -> Bool = { false }
  ) throws -> ProbeResult {
    try callAsFunction(
      net, ProbeInput(x, y: y), OptionValues(options, of: self.options), noise: noise,
      shouldStop: shouldStop)
  }

  /// The same with options that are checked.
  ///
  /// - noise: Draws the noise, if the probe takes such a function.
  /// - Throws: the same; `UnknownFeature` for names that no feature has; what `noise` throws.
  public func callAsFunction(
    _ net: MLP, _ input: ProbeInput, _ options: OptionValues, noise: ProbeNoise? = nil,
    shouldStop: () -> Bool = { false }
  ) throws -> ProbeResult {
    try measured(net, input, options, noise: noise, shouldStop: shouldStop).result
  }

  /// The same with the samples of the principal column, if they are to be kept.
  func measured(
    _ net: MLP, _ input: ProbeInput, _ options: OptionValues, noise: ProbeNoise?,
    keepsSamples: Bool = false, shouldStop: () -> Bool
  ) throws -> (result: ProbeResult, samples: [[Double]]) {
    let count = try net.rowCount(input.x)
    guard count > 0 else { throw ShapeError(op: name, lhs: input.x.shape, reason: "has no rows") }
    if needsTargets {
      guard let y = input.y else {
        throw ArgumentError("x", mustBe: "a data set with targets", got: "rows without")
      }
      guard y.shape == [count, net.outputs] else {
        throw ShapeError(
          op: name, lhs: y.shape,
          reason: "of y is not that of the predictions, "
            + "\(count)x\(net.outputs)")
      }
    }
    let names = net.names.features ?? input.features ?? ColumnNames.numbered(net.inputs)
    let features = try measuredFeatures(of: names, options)
    if keepsSamples { try AllocationError.check(count, bytesEach: 8 * features.count) }
    return try withoutActuallyEscaping(shouldStop) { shouldStop in
      let rows = ProbeRows(
        input: input, count: count, names: names, features: features,
        scaler: net.scaler ?? input.scaler, noise: noise, keepsSamples: keepsSamples,
        shouldStop: shouldStop)
      let findings = try measure(net, rows, options)
      let listed = (findings.features ?? features).map { names[$0] }
      return (ProbeResult(of: self, findings, features: listed), findings.samples)
    }
  }

  /// The places of the features that the options name, or of all.
  private func measuredFeatures(of names: [String], _ options: OptionValues) throws -> [Int] {
    for label in [OptionRecord.features.name, OptionRecord.feature.name] {
      if let selection = options.selection(label) {
        return try selection.resolved(features: names, count: names.count, label: label)
      }
    }
    return Array(names.indices)
  }
}
