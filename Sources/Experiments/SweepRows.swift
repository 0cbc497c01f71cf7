import Learning
import Tensors

/// What a sweep knows of a point.
public struct SweepRow: Sendable {
  /// The point's place in the sweep.
  public internal(set) var place: Int
  public let point: SweepPoint
  /// Trials that are done, failed, pruned, and asked for.
  public let n: Int
  public let failed: Int
  public let pruned: Int
  public let asked: Int
  /// Means over the seeds, by measure.
  public let estimates: [String: Estimate]
  /// Changes against the control, paired by seed, by measure.
  public let changes: [String: PairedChange]
  /// Says that no batch takes the Lai loss, as α is a share of too few; nil if some do.
  public let warning: String?
  /// By measure and seed.
  let values: [String: [UInt64: Double]]
  /// What the trials that chose the point gave; nil for a row that is not of fresh seeds.
  public internal(set) var searched: [String: Estimate]?
}

extension Sweep {
  /// All points, in order.
  ///
  /// - seeds: Those that count; the sweep's own unless given.
  /// - Throws: `StoreError`.
  public func rows(seeds: [UInt64]? = nil) throws -> [SweepRow] {
    let seeds = seeds ?? options.seeds
    try read(seeds: seeds)
    let control = values(of: 0, seeds: seeds)
    return try points.indices.map { place in
      let values = values(of: place, seeds: seeds)
      let results = seeds.map { result(of: place, seed: $0) }
      var (estimates, changes): ([String: Estimate], [String: PairedChange]) = ([:], [:])
      for (name, bySeed) in values {
        estimates[name] = try Estimate(of: seeds.compactMap { bySeed[$0] })
        if place != 0, let other = control[name], !Set(other.keys).isDisjoint(with: bySeed.keys) {
          // A change from 0 has no size in percent.
          changes[name] = try? PairedChange(of: bySeed, against: other)
        }
      }
      return SweepRow(
        place: place, point: points[place], n: results.count { $0?.state == .done },
        failed: results.count { $0?.state == .failed },
        pruned: results.count { $0?.state == .pruned }, asked: seeds.count, estimates: estimates,
        changes: changes,
        warning: points[place].recipe.training.laiShareWarning(rows: data.trainingRows),
        values: values)
    }
  }

  /// The network of a trial; nil if it was not kept, or has not run.
  ///
  /// - Throws: `StoreError`; `FileError`.
  public func model(of place: Int, seed: UInt64) throws -> MLP? {
    try store.model(of: trial(place, seed).key).map { try MLP.load(fileBytes: $0) }
  }

  /// By measure and seed, of the trials that are done.
  func values(of place: Int, seeds: [UInt64]) -> [String: [UInt64: Double]] {
    var values: [String: [UInt64: Double]] = [:]
    for seed in seeds {
      guard let trial = result(of: place, seed: seed), trial.state == .done else { continue }
      for (name, value) in trial.result?.measures ?? [:] {
        values[name, default: [:]][seed] = value
      }
    }
    return values
  }

  /// Measures of the whole network, and those of few features.
  public var summaryNames: [String] {
    let names = measureNames
    return names.filter { name in
      guard let kind = name.split(separator: ".").first, name.contains(".") else { return true }
      return names.count { $0.hasPrefix("\(kind).") } <= 3
    }
  }

  /// The measures that trials have, in order.
  public var measureNames: [String] { options.measures.names(data.data) }

  /// The measure that a name means: X1, X2, … stand for features, and a feature may be left out if
  /// only one has it.
  ///
  /// - Throws: `ArgumentError` for a name that is no measure.
  public func measure(named name: String) throws -> String {
    let names = measureNames
    if names.contains(name) { return name }
    if let dot = name.firstIndex(of: ".") {
      let (kind, feature) = (name[..<dot], String(name[name.index(after: dot)...]))
      if let place = try? data.data.place(of: feature) {
        for alias in [data.data.features[place], "X\(place + 1)"]
        where names.contains("\(kind).\(alias)") {
          return "\(kind).\(alias)"
        }
      }
    }
    throw ArgumentError(
      "measure",
      mustBe: "one that the sweep takes: " + shortNames.joined(separator: ", ")
        + names.hint(for: name), got: "'\(name)'")
  }

  /// Without the list of all features
  private var shortNames: [String] {
    var short: [String] = []
    for name in measureNames {
      let kind = name.prefix { $0 != "." }
      if measureNames.count(where: { $0.hasPrefix("\(kind).") }) > 3 {
        if !short.contains("\(kind).…") { short.append("\(kind).…") }
      } else {
        short.append(name)
      }
    }
    return short
  }

  /// The points that no other point beats in all of these measures, of which less is better, by means
  /// over the seeds. Baselines are among them: a point that one of them beats is not.
  ///
  /// - Throws: `ArgumentError` for a name that is no measure; `StoreError`.
  public func front(_ measures: [String], seeds: [UInt64]? = nil) throws -> [SweepRow] {
    let names = try measures.map(measure)
    let rows = try rows(seeds: seeds).filter { row in
      names.allSatisfy { row.estimates[$0] != nil }
    }
    func means(_ row: SweepRow) -> [Double] { names.map { row.estimates[$0]!.mean } }
    return rows.filter { row in
      !rows.contains { $0.beats(row, in: names) }
    }.sorted { means($0).lexicographicallyPrecedes(means($1)) }
  }
}

extension Sweep {
  /// Points again, with seeds that had no part in choosing them, and judged on test rows where there
  /// are some: what was chosen for its results looks better than it is. The control is the first row.
  ///
  /// - rows: Of this sweep.
  /// - recipes: Of all its points, with functions that exist for the moment; empty without any.
  /// - test: Rows with targets that the sweep has not seen; nil to judge on each seed's validation rows.
  /// - Throws: as `run`.
  public func confirmed(
    _ rows: [SweepRow], recipes: [Recipe] = [], test: Dataset?, seeds count: Int,
    control: inout some SweepControl
  ) throws -> [SweepRow] {
    var options = options
    let fresh = 1001..<(1001 + UInt64(count + options.seeds.count))
    options.seeds = Array(fresh.filter { !self.options.seeds.contains($0) }.prefix(count))
    options.pruning = nil
    let judge = try Sweep(
      SweepData(data.data, test: test, inputs: data.inputs, validation: data.validation), options,
      store: store)
    let places = [0] + rows.map(\.place).filter { $0 != 0 }
    return try withRecipes(recipes) {
      for place in places { try judge.add(points[place]) }
      try judge.withRecipes(places.map { points[$0].recipe }) { try judge.run(control: &control) }
      var confirmed = try judge.rows()
      let searched = Dictionary(uniqueKeysWithValues: rows.map { ($0.place, $0.estimates) })
      for index in confirmed.indices {
        confirmed[index].searched = searched[places[index]]
        confirmed[index].place = places[index]
      }
      return confirmed
    }
  }
}
