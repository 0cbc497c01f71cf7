import Learning
import Tensors

/// A point that a baseline beats: its error is no larger, and its sensitivity to the baseline's feature
/// is smaller, on the means over the seeds that both have.
public struct BeatenPoint: Sendable {
  public let point: SweepRow
  public let baseline: SweepRow
  /// "rmse" and "noise.X8", or "slope.X8" where noise is not measured.
  public let error: String
  public let sensitivity: String
  /// Baseline − point, over the seeds that both have.
  public let errorDifference: Double
  public let sensitivityDifference: Double
  /// The one-sided p-value of the paired test that the baseline's sensitivity is smaller, adjusted by
  /// Holm's method over all pairs of a point and a baseline; nil for a single seed.
  public internal(set) var p: Double?
}

/// Points and baselines side by side.
public struct BaselineVerdict: Sendable {
  /// In the order of the points, then of the baselines.
  public let beaten: [BeatenPoint]
  /// Pairs of a point and a baseline that were compared.
  public let pairs: Int
}

extension Sweep {
  /// Which points baselines beat. Rows without a common seed are not compared, nor are values that are
  /// not finite.
  ///
  /// - rows: Of this sweep.
  /// - Throws: `StoreError`.
  public func baselineVerdict(_ rows: [SweepRow]) throws -> BaselineVerdict {
    guard let error = options.measures.metrics.first(where: { $0 != "r2" }) else {
      return BaselineVerdict(beaten: [], pairs: 0)
    }
    var pairs: [(entry: BeatenPoint, p: Double?)] = []
    for point in rows where point.point.kind == .point {
      for baseline in rows where baseline.point.kind == .baseline {
        guard let sensitivity = sensitivity(of: baseline.point),
          let errors = try? PairedSamples([baseline, point].map { $0.values[error] ?? [:] }),
          let others = try? PairedSamples(
            [baseline, point].map { $0.values[sensitivity] ?? [:] })
        else { continue }
        let test = try PairedTTest(zip(others.values[1], others.values[0]).map { $0 - $1 })
        pairs.append(
          (
            BeatenPoint(
              point: point, baseline: baseline, error: error, sensitivity: sensitivity,
              errorDifference: try errors.meanDifference,
              sensitivityDifference: try others.meanDifference), test.pAbove
          ))
      }
    }
    let adjusted = try Holm.adjusted(pairs.map(\.p))
    let beaten = zip(pairs, adjusted).compactMap { pair, p -> BeatenPoint? in
      var entry = pair.entry
      guard entry.errorDifference <= 0, entry.sensitivityDifference < 0 else { return nil }
      entry.p = p
      return entry
    }
    return BaselineVerdict(beaten: beaten, pairs: pairs.count)
  }

  /// The measure that a baseline makes small: that of the feature that it drops or puts noise on.
  private func sensitivity(of baseline: SweepPoint) -> String? {
    let control = points[0].recipe
    let noisy = (baseline.recipe.training.noise.inputs?.named ?? [:])
      .filter { control.training.noise.inputs?.named[$0.key] != $0.value }.keys.sorted()
    let dropped = baseline.recipe.dropped.filter { !control.dropped.contains($0) }
    for feature in dropped + noisy {
      for kind in ["noise", "slope"] {
        if let name = try? measure(named: "\(kind).\(feature)") { return name }
      }
    }
    return nil
  }
}

extension PairedSamples {
  /// The mean of the first sample minus that of the second.
  fileprivate var meanDifference: Double {
    get throws {
      try Statistics.meanAndStandardError(zip(values[0], values[1]).map { $0 - $1 }).mean
    }
  }
}
