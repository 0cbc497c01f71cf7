import Learning
import Tensors

/// What a tuner looks for: the least of one measure among all that keep some bounds.
public struct TuneQuestion: Sendable, Equatable {
  public var minimise: String
  public var bounds: [Bound]
  /// The features that get a λ of their own, all others being left out of the Lai loss. Empty for one
  /// λ of all features; nil for the features that the measures above name.
  public var features: [String]?
  /// By measure, which of the features it is of.
  private(set) var owners: [String: String] = [:]

  public init(minimise: String, bounds: [Bound] = [], features: [String]? = nil) {
    (self.minimise, self.bounds, self.features) = (minimise, bounds, features)
  }

  /// Says which measures are of which features.
  mutating func own(_ owners: [String: String]) { self.owners = owners }

  /// The features of `noise.X8`, `slope.X8` and `slope_p95.X8`.
  static func feature(of measure: String) -> String? {
    guard let dot = measure.firstIndex(of: "."),
      ["noise", "slope", "slope_p95"].contains(measure[..<dot])
    else { return nil }
    return String(measure[measure.index(after: dot)...])
  }

  /// The same with the names that a sweep's measures have, and with its features.
  ///
  /// - Throws: `ArgumentError` for measures that the sweep does not take or of which more is better,
  ///   and for bounds that contradict each other or that no network can keep; `UnknownFeature`.
  func resolved(in sweep: Sweep) throws -> TuneQuestion {
    let goal = try Self.measure(minimise, "minimise", in: sweep)
    var resolved: [Bound] = []
    for bound in bounds {
      let name = try Self.measure(bound.measure, "subject.\(bound.measure)", in: sweep)
      let next = Bound(name, bound.limit)
      if let other = resolved.first(where: { $0.measure == name }) {
        throw ArgumentError(
          "subject.\(bound.measure)", mustBe: "one bound, as \(other) is there already",
          got: "\(next)")
      }
      if case .absolute(let value) = bound.limit {
        guard value.isFinite else {
          throw ArgumentError("subject.\(bound.measure)", mustBe: "finite", got: value)
        }
        guard value > 0 || sweep.options.measures.custom.contains(name) else {
          throw ArgumentError(
            "subject.\(bound.measure)", mustBe: "> 0, as \(name) is never less", got: value)
        }
      }
      resolved.append(next)
    }
    let measures = ([goal] + resolved.map(\.measure)).compactMap { name in
      Self.feature(of: name).map { (measure: name, feature: $0) }
    }
    // A feature has the name that the measures have for it.
    var names: [Int: String] = [:]
    let data = sweep.data.data
    for entry in measures.reversed() { names[try data.place(of: entry.feature)] = entry.feature }
    var found = TuneQuestion(minimise: goal, bounds: resolved, features: [])
    for name in features ?? measures.map(\.feature) {
      let place = try data.place(of: name)
      let known = names[place] ?? name
      if !found.features!.contains(known) { found.features!.append(known) }
    }
    for entry in measures {
      found.owners[entry.measure] = names[try data.place(of: entry.feature)]
    }
    return found
  }

  private static func measure(_ name: String, _ option: String, in sweep: Sweep) throws -> String {
    guard name != "r2" else {
      throw ArgumentError(option, mustBe: "a measure of which less is better", got: "'r2'")
    }
    do {
      return try sweep.measure(named: name)
    } catch let error as ArgumentError {
      throw ArgumentError(option, mustBe: error.wanted, got: error.got)
    }
  }
}

extension TuneQuestion: CustomStringConvertible {
  public var description: String {
    "least \(minimise)"
      + (bounds.isEmpty ? "" : " with " + bounds.map(\.description).joined(separator: ", "))
  }
}

/// How a tuner works.
public struct TuneOptions: Sendable, Equatable {
  /// Trials in all, those of the report among them.
  public var budget = 240
  /// Seeds are derived from it: those of the search, of the race and of the report differ.
  public var seed: UInt64 = 1
  /// Seeds of the report, at least five.
  public var reportSeeds = 5
  /// Share of the rows that only the report measures on; none where test rows with targets do that.
  public var holdout = 0.2
  /// Whether options other than λ are tried: α, the schedule, the activation.
  public var triesLevers = true

  public init() {}

  /// - Throws: `ArgumentError` for options out of range.
  func check() throws {
    guard budget >= 20 else { throw ArgumentError("budget", mustBe: ">= 20", got: budget) }
    guard reportSeeds >= 5 else {
      throw ArgumentError("report_seeds", mustBe: ">= 5", got: reportSeeds)
    }
    guard holdout > 0, holdout < 1 else {
      throw ArgumentError("holdout", mustBe: "between 0 and 1, both excluded", got: holdout)
    }
  }

  // 1000 seeds for every tuner.
  private func seeds(_ first: UInt64, _ count: Int) -> [UInt64] {
    (0..<UInt64(count)).map { seed &* 1000 &+ first &+ $0 }
  }
  /// Two, the same for all points.
  var searchSeeds: [UInt64] { seeds(1, 2) }
  /// Five, and three more for those that are left after them.
  var raceSeeds: [[UInt64]] { [seeds(101, 5), seeds(106, 3)] }
  var freshSeeds: [UInt64] { seeds(201, reportSeeds) }
}
