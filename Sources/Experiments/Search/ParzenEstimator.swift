import Platform
import Tensors

/// A density on the unit cube from observed points: the mean of one kernel for each point and of a
/// prior, which reaches everywhere. A kernel is a product over the dimensions, so the density knows
/// which coordinates go together.
///
/// In a range it is a normal density within the interval, integrated over the cell of a value where
/// there are steps. In a list the kernel of a point gives its own value the weight 1 and each value
/// 1/n more, n the number of kernels. The standard deviation is 0.2·m^(-1/(d + 4)) for m points in d
/// dimensions, and at least 1 / min(100, 1 + n). The prior is a normal density with the middle 1/2
/// and the standard deviation 1; uniform in a list.
///
/// Source: S. Watanabe, "Tree-structured Parzen estimator", 2023 (arXiv 2304.11127), and Optuna's
/// multivariate `TPESampler`.
struct ParzenEstimator {
  private let axes: [Axis]
  /// The kernels' middles; the prior, which comes last, has none.
  private let points: [[Axis.Place]]
  private let deviation: Double
  private var count: Int { points.count + 1 }

  init(_ points: [[Axis.Place]], axes: [Axis]) {
    (self.points, self.axes) = (points, axes)
    let rule = 0.2 * pow(Double(max(points.count, 1)), -1 / Double(axes.count + 4))
    deviation = max(rule, 1 / Double(min(100, 2 + points.count)))
  }

  /// A point of the unit cube drawn from the density.
  func sample(using generator: inout RandomGenerator) -> [Double] {
    let kernel = generator.index(below: count)
    let point = kernel < points.count ? points[kernel] : nil
    return axes.indices.map { dimension in
      guard let choices = axes[dimension].choices else {
        return normal(point?[dimension].middle, using: &generator)
      }
      guard let own = point?[dimension].index else { return generator.uniform() }
      let share = Double(choices) / Double(count)
      guard generator.uniform() * (1 + share) >= share else { return generator.uniform() }
      return (Double(own) + 0.5) / Double(choices)
    }
  }

  /// Within the unit interval. At least a third of the draws fall there.
  private func normal(_ middle: Double?, using generator: inout RandomGenerator) -> Double {
    while true {
      let u = (middle ?? 0.5) + (middle == nil ? 1 : deviation) * generator.normal()
      if 0..<1 ~= u { return u }
    }
  }

  /// The logarithm of the density at a place, up to a constant that depends on the place only.
  func logDensity(at place: [Axis.Place]) -> Double {
    var logs = points.map { point in
      axes.indices.reduce(0) { $0 + logKernel($1, at: place[$1], around: point[$1]) }
    }
    logs.append(axes.indices.reduce(0) { $0 + logKernel($1, at: place[$1], around: nil) })
    let largest = logs.max() ?? 0
    return largest + log(logs.reduce(0) { $0 + exp($1 - largest) } / Double(count))
  }

  private func logKernel(
    _ dimension: Int, at place: Axis.Place, around point: Axis.Place?
  ) -> Double {
    if let choices = axes[dimension].choices {
      guard let point else { return -log(Double(choices)) }
      let share = 1 / Double(count)
      return log(
        ((point.index == place.index ? 1 : 0) + share) / (1 + Double(choices) * share))
    }
    let (middle, deviation) = point.map { ($0.middle, self.deviation) } ?? (0.5, 1)
    let inside = Self.normal(from: -middle / deviation, to: (1 - middle) / deviation)
    let width = (place.high - place.low) / deviation
    // The density in the middle of a cell, where that is the mean over the cell.
    guard width > 0.01 else {
      let z = (place.middle - middle) / deviation
      return -z * z / 2 - log(deviation * inside * (2 * Double.pi).squareRoot())
    }
    let mass = Self.normal(
      from: (place.low - middle) / deviation, to: (place.high - middle) / deviation)
    return log(mass / (inside * width * deviation))
  }

  /// The probability of an interval under the standard normal distribution.
  private static func normal(from low: Double, to high: Double) -> Double {
    (erf(high * 0.5.squareRoot()) - erf(low * 0.5.squareRoot())) / 2
  }
}
