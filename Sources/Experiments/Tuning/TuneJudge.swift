import Foundation
import Learning
import Tensors

/// By measure and seed.
typealias SeedValues = [String: [UInt64: Double]]

/// Judges points against the control, paired by seed.
struct TuneJudge: Sendable {
  let minimise: String
  let bounds: [Bound]

  /// What a point is worth: means over seeds.
  struct Standing: Sendable {
    /// ln(measure/control), or the difference in units of the control.
    let objective: Double
    /// By bound, how far it is exceeded, in the same units; <= 0 where it holds.
    let excess: [Double]
    /// The standard errors of the excess; nil for a single seed.
    let errors: [Double?]
    /// Of the worst bound; 0 without bounds.
    var slack: Double { excess.max() ?? 0 }
    /// The same with so many standard errors on top.
    func slack(errors count: Double) -> Double {
      zip(excess, errors).map { $0 + count * ($1 ?? 0) }.max() ?? 0
    }
  }

  /// nil for a point of which a trial failed.
  func standing(
    _ values: SeedValues, control: SeedValues, seeds: [UInt64]
  ) -> Standing? {
    func column(_ values: SeedValues, _ name: String) -> [Double]? {
      let column = seeds.compactMap { values[name]?[$0] }
      return column.count == seeds.count && !column.isEmpty ? column : nil
    }
    guard let own = column(values, minimise), let other = column(control, minimise) else {
      return nil
    }
    let objective = Self.mean(Self.changes(own, other))
    var excess: [Double] = []
    var errors: [Double?] = []
    for bound in bounds {
      guard let own = column(values, bound.measure), let other = column(control, bound.measure)
      else { return nil }
      let differences = Self.excess(bound, own, other)
      excess.append(Self.mean(differences))
      errors.append((try? Statistics.meanAndStandardError(differences))?.1)
    }
    return Standing(objective: objective, excess: excess, errors: errors)
  }

  /// How far a bound is exceeded, by seed.
  static func excess(_ bound: Bound, _ own: [Double], _ control: [Double]) -> [Double] {
    switch bound.limit {
    case .relative(let percent) where (own + control).allSatisfy { $0 > 0 }:
      changes(own, control).map { $0 - log1p(percent / 100) }
    case .absolute(let limit) where limit > 0 && own.allSatisfy { $0 > 0 }:
      own.map { log($0 / limit) }
    default:
      zip(own, control).map { bound.violation($0, control: $1) }
    }
  }

  private static func changes(_ own: [Double], _ control: [Double]) -> [Double] {
    if (own + control).allSatisfy({ $0 > 0 }) { return zip(own, control).map { log($0 / $1) } }
    let unit = mean(control).magnitude
    return zip(own, control).map { ($0 - $1) / (unit == 0 ? 1 : unit) }
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// How far inside its bounds a search aims: a tenth of the least change that they allow, at most 2 %.
  func margin(control: SeedValues, seeds: [UInt64]) -> Double {
    let widths = bounds.map { bound -> Double in
      let column = seeds.compactMap { control[bound.measure]?[$0] }
      let own = column.isEmpty ? 0 : -Self.mean(Self.excess(bound, column, column))
      return min(0.02, max(0.001, 0.1 * own.magnitude))
    }
    return widths.min() ?? 0.002
  }

  /// Candidates, best first: those that keep the bounds by their objective, then the others by how far
  /// they exceed them.
  static func order(_ a: Standing, _ b: Standing, errors: Double = 0) -> Bool {
    let (x, y) = (a.slack(errors: errors), b.slack(errors: errors))
    if (x <= 0) != (y <= 0) { return x <= 0 }
    return x <= 0 ? a.objective < b.objective : x < y
  }
}
