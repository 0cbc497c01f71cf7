import Learning
import Tensors

/// When a sweep gives up a trial before its end. Off by default: what is pruned cannot surprise.
///
/// A trial is compared with the trials of the sweep's first seed, none of which is pruned, at the same
/// epoch of the second stage: so it does not matter which trials ran before it. The control and the
/// baselines are never pruned.
public enum Pruning: String, Sendable, CaseIterable {
  /// From a quarter of the stage on: worse than the median.
  case median
  /// At a quarter of the stage worse than the better half, at its half worse than the best quarter.
  case halving

  /// Whether a trial is given up after an epoch.
  ///
  /// - epoch: Of the stage, from 1, of `epochs`.
  /// - others: The validation RMSE of the first seed's trials at this epoch.
  func endsTrial(rmse: Double, epoch: Int, of epochs: Int, others: [Double]) -> Bool {
    guard others.count >= 2 else { return false }
    let (first, second) = (max(1, (epochs + 3) / 4), max(2, (epochs + 1) / 2))
    switch self {
    case .median: return epoch >= first && epoch < epochs && rmse > others.quantile(0.5)
    case .halving:
      if epoch == first { return rmse > others.quantile(0.5) }
      return epoch == second && epoch < epochs && rmse > others.quantile(0.25)
    }
  }
}

extension [Double] {
  /// The value below which a share of them lies, interpolated linearly.
  fileprivate func quantile(_ share: Double) -> Double {
    let sorted = sorted()
    let position = share * Double(count - 1)
    let below = Int(position)
    let above = Swift.min(below + 1, count - 1)
    return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
  }
}
