import Foundation
import Tensors

/// The search for a λ: where an objective is least among the λ that keep the bounds.
///
/// Both are nearly piecewise linear in log λ, so the edge of what is allowed is found by a bracket and
/// secants. A path is a function of what was observed alone.
struct LambdaPath: Sendable {
  struct Observation: Sendable, Equatable {
    let lambda: Double
    /// ln(measure/control), or a difference in units of the control.
    let objective: Double
    /// How far the worst bound is exceeded, in the same units; <= 0 where all hold.
    let slack: Double
    var x: Double { log(lambda) }
  }

  /// In increasing order of λ.
  private(set) var points: [Observation] = []
  /// How far inside the bounds a secant aims.
  var margin = 0.002
  /// λ is looked for between these.
  var range = 1e-4...100.0
  /// A smaller change over a whole step is none: the cut of λ below about 3e-3 is not monotone.
  var plateau = 0.01
  /// The ratio of neighbours in a bracket.
  static let step = 10.0.squareRoot()

  init(_ observations: [Observation], margin: Double = 0.002) {
    points = observations.sorted { $0.lambda < $1.lambda }
    self.margin = margin
  }

  /// The λ to begin with.
  static func bracket(around lambda: Double) -> [Double] {
    [lambda * step, lambda, lambda / step].map(rounded)
  }

  /// Three digits, as people write them.
  static func rounded(_ lambda: Double) -> Double {
    guard lambda > 0, lambda.isFinite else { return lambda }
    let unit = pow(10, 2 - log10(lambda).rounded(.down))
    return (lambda * unit).rounded() / unit
  }

  /// The best so far: an allowed point, or the place between an allowed and a forbidden one where a
  /// bound is reached, by interpolation; without any, the point that exceeds the bounds least.
  var best: Observation? {
    let allowed = points.filter { $0.slack <= 0 } + edges.map(\.aim)
    return allowed.min { $0.objective < $1.objective } ?? points.min { $0.slack < $1.slack }
  }

  /// Neighbours of which one is allowed and one is not, and the λ between them to aim at.
  private var edges: [(allowed: Observation, forbidden: Observation, aim: Observation)] {
    zip(points, points.dropFirst()).compactMap { a, b in
      guard (a.slack <= 0) != (b.slack <= 0) else { return nil }
      let (inner, outer) = a.slack <= 0 ? (a, b) : (b, a)
      let share = (-margin - inner.slack) / (outer.slack - inner.slack)
      let t = min(max(share, 0), 1)
      return (
        inner, outer,
        Observation(
          lambda: exp(inner.x + t * (outer.x - inner.x)),
          objective: inner.objective + t * (outer.objective - inner.objective),
          slack: min(inner.slack + t * (outer.slack - inner.slack), 0))
      )
    }
  }

  /// The next λ to try; nil when it is found, or when nothing is to be hoped for.
  var next: Double? {
    guard let first = points.first, let last = points.last else { return nil }
    let allowed = points.filter { $0.slack <= 0 }
    if let edge = edges.min(by: { $0.aim.objective < $1.aim.objective }),
      edge.aim.objective <= allowed.map(\.objective).min()!
    {
      let (inner, outer) = (edge.allowed, edge.forbidden)
      if inner.slack >= -2 * margin || abs(inner.x - outer.x) < log(1.1) { return nil }
      // Not so near to either end that nothing new is learnt.
      let t = min(max((edge.aim.x - inner.x) / (outer.x - inner.x), 0.1), 0.9)
      return fresh(exp(inner.x + t * (outer.x - inner.x)))
    }
    // Beyond the end where it is best, as long as it still gets better there.
    let value: (Observation) -> Double = allowed.isEmpty ? { $0.slack } : { $0.objective }
    let best = (allowed.isEmpty ? points : allowed).min { value($0) < value($1) }!
    if best == last, points.count < 2 || improves(points[points.count - 2], last, value) {
      return fresh(last.lambda * Self.step)
    }
    if best == first, points.count < 2 || improves(points[1], first, value) {
      return fresh(first.lambda / Self.step)
    }
    return nil
  }

  private func improves(
    _ inner: Observation, _ end: Observation, _ value: (Observation) -> Double
  ) -> Bool {
    value(inner) - value(end) > plateau
  }

  private func fresh(_ lambda: Double) -> Double? {
    let rounded = Self.rounded(lambda)
    return range.contains(rounded) && !points.contains { $0.lambda == rounded } ? rounded : nil
  }
}
