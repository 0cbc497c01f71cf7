import Foundation
import Testing

@testable import Experiments

/// Paths over known functions of λ.
@Suite struct TuneLambdaPathTests {
  /// Follows a path to its end.
  private func follow(
    from start: Double = 0.1, objective: (Double) -> Double, slack: (Double) -> Double
  ) -> (path: LambdaPath, tried: Int) {
    var observations: [LambdaPath.Observation] = []
    func observe(_ lambda: Double) {
      observations.append(
        .init(lambda: lambda, objective: objective(lambda), slack: slack(lambda)))
    }
    for lambda in LambdaPath.bracket(around: start) { observe(lambda) }
    while let next = LambdaPath(observations).next, observations.count < 40 { observe(next) }
    return (LambdaPath(observations), observations.count)
  }

  /// Sensitivity ∝ λ^0.4, RMSE + 0.01·(ln λ)² below 1: the bound is reached at a known λ.
  @Test func secantFindsWhereABoundIsReached() {
    // 0.01·ln²λ = 0.04 at λ = exp(−2).
    let (path, tried) = follow(
      objective: { 0.4 * log($0) }, slack: { 0.01 * pow(log(min($0, 1)), 2) - 0.04 })
    let best = path.points.filter { $0.slack <= 0 }.min { $0.objective < $1.objective }!
    #expect(abs(log(best.lambda) + 2) < 0.15 && best.slack <= 0)
    #expect(tried <= 6)
  }

  /// A sensitivity to reach at the least cost: the largest λ that reaches it.
  @Test func secantFindsWhereATargetIsReached() {
    // 0.4·ln λ = ln 0.3 at λ = 0.3^2.5.
    let (path, tried) = follow(objective: { -0.01 * log($0) }, slack: { 0.4 * log($0) - log(0.3) })
    let best = path.points.filter { $0.slack <= 0 }.min { $0.objective < $1.objective }!
    #expect(abs(log(best.lambda) - 2.5 * log(0.3)) < 0.05 && tried <= 7)
  }

  /// The bracket moves to where the bound is reached, far from where it begins.
  @Test func extendsTheBracket() {
    for edge in [3e-3, 20.0] {
      let (path, tried) = follow(
        objective: { log($0) }, slack: { 0.1 * (log(edge) - log($0)) })
      let best = path.points.filter { $0.slack <= 0 }.min { $0.objective < $1.objective }!
      #expect(abs(log(best.lambda / edge)) < 0.1 && tried < 12)
    }
  }

  /// Below 0.02 nothing gets better: the path ends there, and the least is what it says.
  @Test func noticesAPlateau() {
    let (path, tried) = follow(
      objective: { 0.4 * log(max($0, 0.02)) }, slack: { _ in -1 })
    #expect(path.next == nil && tried == 5)
    #expect(path.points.first!.lambda == 0.00316)
    #expect(abs(path.best!.objective - 0.4 * log(0.02)) < 1e-9)
    // A target beyond the plateau, which is not monotone: none is allowed, the nearest is known.
    let (far, _) = follow(
      objective: { -log($0) },
      slack: { 0.4 * log(max($0, 3e-3)) + 0.02 * max(0, log(3e-3 / $0)) - log(0.01) })
    #expect(far.next == nil && far.points.allSatisfy { $0.slack > 0 })
    #expect(far.best!.lambda > 5e-4 && far.best!.lambda < 6e-3)
  }

  @Test func lambdaHasThreeDigits() {
    #expect(LambdaPath.rounded(0.0316227) == 0.0316)
    #expect(LambdaPath.rounded(123.456) == 123)
    #expect(LambdaPath.bracket(around: 0.1) == [0.316, 0.1, 0.0316])
  }
}
