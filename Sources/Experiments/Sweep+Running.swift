import Foundation
import Learning
import Tensors

extension Sweep {
  /// Trains and measures what the store lacks of some points with some seeds, all of them unless
  /// given, and reads the rest. Trials that another process runs are waited for.
  ///
  /// - Throws: `StoreError`, after which the results of this process are in the sweep and are written by
  ///   the next `run`; `SweepError` if the first trials all fail; an error after which the control ends
  ///   all. Whatever has finished stays stored.
  ///
  /// - shard: Of `count` parts of about the same size, numbered from 0, the one to run.
  public func run(
    points chosen: [Int]? = nil, seeds: [UInt64]? = nil, shard: (index: Int, count: Int)? = nil,
    control: inout some SweepControl
  ) throws {
    let (places, seeds) = (chosen ?? Array(points.indices), seeds ?? options.seeds)
    // Trials are pruned by comparison with those of the first seed.
    let first = options.seeds[0]
    let parts =
      options.pruning != nil && seeds.contains(first)
      ? [[first], seeds.filter { $0 != first }] : [seeds]
    for part in parts where !part.isEmpty && !control.shouldStop() {
      let runner = try SweepRunner(self, points: places, seeds: part, shard: shard, control)
      defer { control = runner.control }
      try runner.run()
    }
    if !control.shouldStop() { try forgetModels() }
  }

  /// Removes the networks of points that others beat.
  private func forgetModels() throws {
    guard options.keptModels == .front else { return }
    let names = measureNames.filter { $0 == "rmse" || $0 == "var" || $0.hasPrefix("noise.") }
    let kept = Set(try front(names).map(\.place) + [0])
    try store.forgetModels(
      of: points.indices.filter { !kept.contains($0) }.flatMap { place in
        seeds(of: place).compactMap { result(of: place, seed: $0)?.spec.key }
      })
  }
}

extension Sweep {
  /// The validation RMSE of the points of the first seed, by epoch of the second stage.
  func references() throws -> [[Double]] {
    var references: [[Double]] = []
    for (place, point) in points.enumerated() where point.kind == .point {
      guard let trial = result(of: place, seed: options.seeds[0]), trial.state == .done else {
        continue
      }
      let curve = try store.history(of: trial.spec.key).filter { $0.stage == .train }
      for (epoch, report) in curve.enumerated() {
        guard let rmse = report.validationRMSE else { continue }
        if references.count == epoch { references.append([]) }
        references[epoch].append(rmse)
      }
    }
    return references
  }

  /// Where a trial keeps its state; nil for one that is short, and without a file for the store.
  func checkpoint(of point: SweepPoint, _ spec: TrialSpec, rows: Int) -> String? {
    // About 6 multiplications and additions per parameter and row, 50 G of them a second.
    let training = point.recipe.training
    let work = 6.0 * Double(point.recipe.parameterBytes / point.recipe.dtype.size)
    let seconds = work * Double(rows) * Double(training.allEpochs) / 5e10
    guard options.checkpointEvery != nil || seconds > 300 else { return nil }
    return store.statePath(of: spec.key)
  }
}

extension TrialState {
  /// Whether nothing more is to be done for it.
  var isOver: Bool { self == .done || self == .failed || self == .pruned }
}

extension Recipe {
  /// Of the network's parameters, about.
  var parameterBytes: Int {
    let widths = hidden + [1]
    let weights = zip(hidden, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    return (weights + hidden.reduce(0, +)) * dtype.size
  }
}

extension SweepPoint {
  /// "lambda = 0.1, alpha = 0.01", or its name.
  public var label: String {
    name
      ?? settings.map { "\($0.name) = \(SweepTable.text($0.value))" }.joined(separator: ", ")
  }
}
