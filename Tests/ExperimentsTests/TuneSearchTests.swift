import Foundation
import Learning
import Testing

@testable import Experiments

/// Searches over a made-up law of λ: what a setting gives is known, so the best answer is too.
@Suite struct TuneSearchTests {
  private static let control: SeedValues = [
    "rmse": [1: 0.6, 2: 0.62], "noise.X1": [1: 2, 2: 2.2], "noise.X2": [1: 1, 2: 1.1],
  ]

  /// Sensitivity of each feature (λ/2)^0.4 below 2, a tenth of which it gives to the other feature;
  /// α above 0.1 halves what it costs.
  private static func values(_ setting: TuneSetting) -> SeedValues {
    func cut(_ feature: String) -> Double {
      let lambda = setting.uniform ?? setting.lambda[feature] ?? .infinity
      return 0.4 * log(max(min(lambda, 2), 3e-3) / 2)
    }
    let (one, two) = (cut("X1"), cut("X2"))
    let cost = (setting.levers.alpha > 0.1 ? 0.02 : 0.04) * (one * one + two * two)
    let factors = ["rmse": cost, "noise.X1": one + 0.1 * two, "noise.X2": two + 0.1 * one]
    return Dictionary(
      uniqueKeysWithValues: factors.map { name, change in
        (name, control[name]!.mapValues { $0 * exp(change) })
      })
  }

  private func search(
    _ question: TuneQuestion, budget: Int = 200, levers: Bool = true,
    _ values: @escaping (TuneSetting) -> SeedValues = Self.values
  ) throws -> TuneSearch {
    var search = TuneSearch(
      question, control: Recipe(), controlValues: Self.control, seeds: [1, 2], budget: budget,
      triesLevers: levers
    ) { $0.map(values) }
    try search.run()
    return search
  }

  private func question(
    _ minimise: String, _ bounds: [Bound], features: [String]
  ) -> TuneQuestion {
    var question = TuneQuestion(minimise: minimise, bounds: bounds, features: features)
    question.own(Dictionary(uniqueKeysWithValues: features.map { ("noise.\($0)", $0) }))
    return question
  }

  private func best(_ search: TuneSearch) -> (setting: TuneSetting, standing: TuneJudge.Standing) {
    search.tried.min { TuneJudge.order($0.standing, $1.standing) }!
  }

  @Test func pullsTheLeverAndFindsTheEdge() throws {
    // With α above 0.1, 0.02·c² = ln 1.024 at c = −1.0889.
    let found = best(
      try search(question("noise.X1", [Bound("rmse", .relative(percent: 2.4))], features: ["X1"])))
    #expect(found.setting.levers.alpha > 0.1 && found.standing.slack <= 0)
    #expect(abs(found.standing.objective + 1.0889) < 0.1)
    // Without levers, at c = −0.7700.
    let plain = best(
      try search(
        question("noise.X1", [Bound("rmse", .relative(percent: 2.4))], features: ["X1"]),
        levers: false))
    #expect(plain.setting.levers.alpha == 0.01 && abs(plain.standing.objective + 0.77) < 0.08)
  }

  @Test func reachesTargetsOfTwoFeaturesAtTheLeastCost() throws {
    // one + 0.1·two = ln 0.5 and two + 0.1·one = ln 0.7: both cuts of X1, X2 follow.
    let bounds = [
      Bound("noise.X1", .relative(percent: -50)), Bound("noise.X2", .relative(percent: -30)),
    ]
    let search = try search(question("rmse", bounds, features: ["X1", "X2"]), levers: false)
    let found = best(search)
    let one = (log(0.5) - 0.1 * log(0.7)) / 0.99
    let two = (log(0.7) - 0.1 * log(0.5)) / 0.99
    #expect(found.standing.slack <= 0)
    #expect(found.standing.objective < 1.25 * 0.04 * (one * one + two * two))
    // Each alone goes too far in company; a secant for each brings both back to their bounds.
    #expect(search.tried.contains { $0.standing.excess.allSatisfy { abs($0 + 0.02) < 0.02 } })
  }

  @Test func minimisesOneFeatureWhileAnotherKeepsItsBound() throws {
    let bounds = [
      Bound("noise.X2", .relative(percent: -30)), Bound("rmse", .relative(percent: 4)),
    ]
    let found = best(
      try search(question("noise.X1", bounds, features: ["X1", "X2"]), levers: false))
    #expect(found.standing.slack <= 0 && found.setting.lambda.count == 2)
    #expect(found.standing.objective < -0.75)
  }

  @Test func oneLambdaForAllFeatures() throws {
    let found = best(
      try search(
        question("noise.X1", [Bound("rmse", .relative(percent: 2.4))], features: []), levers: false)
    )
    #expect(found.setting.uniform != nil && found.standing.slack <= 0)
    // 0.04·2·c² = ln 1.024 at c = −0.5445, and noise.X1 has 1.1 of it.
    #expect(abs(found.standing.objective + 0.599) < 0.06)
  }

  @Test func boundsOutOfReachLeaveTheNearest() throws {
    let found = try search(
      question("rmse", [Bound("noise.X1", .relative(percent: -99.9))], features: ["X1"]),
      levers: false)
    #expect(found.tried.allSatisfy { $0.standing.slack > 0 })
    // The plateau below 3e-3 is as near as one comes.
    #expect(best(found).setting.lambda["X1"]! < 6e-3)
    #expect(found.tried.count < 20)
  }

  @Test func staysWithinTheBudgetAndSurvivesFailures() throws {
    let asked = question("noise.X1", [Bound("rmse", .relative(percent: 2.4))], features: ["X1"])
    let short = try search(asked, budget: 9)
    #expect(short.isOutOfBudget && short.tried.count == 4)
    let none = try search(asked) { _ in [:] }
    #expect(none.tried.isEmpty && !none.failed.isEmpty)
    // Small λ that diverge are not the end.
    let some = try search(asked) { $0.lambda["X1"]! < 0.05 ? [:] : Self.values($0) }
    #expect(best(some).standing.slack <= 0 && !some.failed.isEmpty)
  }

  @Test func aSecantThroughPointsThatWereMeasuredAgain() throws {
    let search = TuneSearch(
      question("noise.X1", [Bound("rmse", .relative(percent: 2.4))], features: ["X1"]),
      control: Recipe(), controlValues: Self.control, seeds: [1, 2], budget: 9
    ) { $0.map(Self.values) }
    let levers = TuneLevers(Recipe(), alpha: 1)
    func point(_ lambda: Double, _ objective: Double, _ slack: Double) -> TuneSearch.Judged {
      (TuneSetting(lambda: ["X1": lambda], levers: levers), objective, slack)
    }
    let first = point(0.5, -0.55, -0.01)
    // It aims a tenth of ln 1.024 inside: 0.2543 of the way from ln 0.5 to ln 0.1.
    let found = search.secant(from: first, through: [first, point(0.1, -1.2, 0.02)])
    #expect(found == TuneSetting(lambda: ["X1": 0.332], levers: levers))
    // Nothing to be won, and nothing allowed.
    #expect(search.secant(from: first, through: [first, point(0.1, -0.553, 0.02)]) == nil)
    let far = point(0.5, -0.55, 0.01)
    #expect(search.secant(from: far, through: [far, point(0.1, -1.2, 0.02)]) == nil)
  }

  @Test func standardErrorsCountInTheRace() throws {
    let judge = TuneJudge(minimise: "noise.X1", bounds: [Bound("rmse", .relative(percent: 10))])
    let control: SeedValues = ["rmse": [1: 1, 2: 1], "noise.X1": [1: 1, 2: 1]]
    let values: SeedValues = ["rmse": [1: 1.05, 2: 1.13], "noise.X1": [1: 0.5, 2: 0.5]]
    let standing = try #require(judge.standing(values, control: control, seeds: [1, 2]))
    // Mean of ln 1.05 and ln 1.13 less ln 1.1. Half their difference is the standard error.
    #expect(abs(standing.slack - (-0.009806)) < 1e-5)
    #expect(abs(standing.slack(errors: 1) - 0.026907) < 1e-5)
    #expect(abs(standing.objective - log(0.5)) < 1e-12)
    #expect(judge.standing(["rmse": [1: 1]], control: control, seeds: [1, 2]) == nil)
  }
}
