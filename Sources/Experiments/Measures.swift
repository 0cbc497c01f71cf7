import Learning
import Tensors

/// What is measured of each trial's network. Errors are measured on the rows that the trial did not
/// train on, slopes and noise on the inputs of the test data or, without them, of those rows.
public struct Measures: Sendable, Equatable, Codable {
  /// Mean change of the output for noise on a feature: "noise.X8".
  public struct Noise: Sendable, Equatable, Codable {
    /// As the caller names them; nil for all.
    public var features: [String]?
    /// In standard deviations of the feature; of its original value if multiplicative.
    public var sigma = 1.0
    public var isMultiplicative = false
    /// Draws per row and feature.
    public var repeats = 4

    public init(features: [String]? = nil) { self.features = features }
  }

  /// "rmse", "mae", "r2", "max_error".
  public var metrics = ["rmse"]
  /// "var", and by feature "slope.X1" and "slope_p95.X1".
  public var smoothness = true
  public var noise: Noise?
  /// The caller's own, by name, in order.
  public var custom: [String] = []

  public init() {}

  /// - Throws: `ArgumentError` for unknown metrics, names that are there twice or taken, and noise out
  ///   of range; `UnknownFeature`.
  public func check(_ data: Dataset) throws {
    let known = MetricRecord.all.map(\.name)
    for name in metrics where !known.contains(name) {
      throw ArgumentError(
        "measure", mustBe: "of names such as " + known.joined(separator: ", "), got: "'\(name)'")
    }
    let taken = known + ["var", "slope", "slope_p95", "noise", "smoothness"]
    for (place, name) in custom.enumerated() {
      let kind = name.split(separator: ".", omittingEmptySubsequences: false)[0]
      guard !kind.isEmpty, !taken.contains(String(kind)), !custom[..<place].contains(name) else {
        throw ArgumentError("measure", mustBe: "of names of their own", got: "'\(name)'")
      }
    }
    if let noise {
      guard noise.sigma > 0, noise.sigma.isFinite else {
        throw ArgumentError("measure.noise.sigma", mustBe: "> 0 and finite", got: noise.sigma)
      }
      guard noise.repeats >= 1 else {
        throw ArgumentError("measure.noise.repeats", mustBe: ">= 1", got: noise.repeats)
      }
      for feature in noise.features ?? [] { _ = try data.place(of: feature) }
    }
  }

  /// All names, those of the caller's own last.
  public func names(_ data: Dataset) -> [String] {
    var names = metrics
    if smoothness {
      names += ["var"] + data.features.map { "slope.\($0)" }
      names += data.features.map { "slope_p95.\($0)" }
    }
    if let noise { names += (noise.features ?? data.features).map { "noise.\($0)" } }
    return names + custom
  }

  /// Those that are Lai's own, of a trained network. A dropped feature has slope and sensitivity 0.
  ///
  /// - Throws: `AllocationError`; `CancellationError` when stopped.
  func values(
    of net: MLP, on rows: TrialData, all data: Dataset, seed: UInt64, shouldStop: () -> Bool
  ) throws -> [String: Double] {
    var values: [String: Double] = [:]
    let scale = rows.targetScale
    if !metrics.isEmpty {
      let predictions = try net(rows.judged.x).elements(as: Double.self)
      let targets = try rows.judged.y!.elements(as: Double.self)
      for metric in MetricRecord.all where metrics.contains(metric.name) {
        values[metric.name] = metric(
          predictions.map { $0 * scale }, targets.map { $0 * scale })
      }
    }
    let seen = rows.train.features
    func add(_ name: String, _ column: [Double]) throws {
      for feature in data.features { values["\(name).\(feature)"] = 0 }
      for (feature, value) in zip(seen, column) { values["\(name).\(feature)"] = value * scale }
    }
    if smoothness {
      let found = try Probe.smoothness(net, rows.inputs, shouldStop: shouldStop)
      values["var"] = found.number("variance")! * scale * scale
      try add("slope", found.column("mean_slope")!)
      try add("slope_p95", found.column("slope_p95")!)
    }
    if let noise {
      let names = noise.features ?? data.features
      let places = try names.map { seen.firstIndex(of: data.features[try data.place(of: $0)]) }
      let measured = Set(places.compactMap { $0 }).sorted()
      var sensitivity: [Int: Double] = [:]
      if !measured.isEmpty {
        let found = try Probe.noise(
          net, rows.inputs,
          [
            "features": .selection(FeatureSelection(measured.map { .index($0 + 1) })),
            "sigma": .number(noise.sigma), "multiplicative": .boolean(noise.isMultiplicative),
            "repeats": .integer(noise.repeats),
            "seed": .integer(Int(bitPattern: UInt(seed))),
          ], shouldStop: shouldStop)
        for (place, value) in zip(measured, found.column("sensitivity")!) {
          sensitivity[place] = value * scale
        }
      }
      for (name, place) in zip(names, places) {
        values["noise.\(name)"] = place.map { sensitivity[$0]! } ?? 0
      }
    }
    return values
  }
}
