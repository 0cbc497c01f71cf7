import Foundation
import Learning
import Tensors

/// The search of a tuner, on two seeds: λ by brackets and secants, one lever after the other. What it
/// tries depends on what was measured alone.
struct TuneSearch {
  let question: TuneQuestion
  let control: Recipe
  let seeds: [UInt64]
  /// Trials that the search may take.
  let budget: Int
  let triesLevers: Bool
  /// Trains and measures points; of a trial that failed there are no values. Points come together so
  /// that they share their pre-training.
  let evaluate: ([TuneSetting]) throws -> [SeedValues]
  let controlValues: SeedValues

  private(set) var tried: [(setting: TuneSetting, standing: TuneJudge.Standing)] = []
  /// Settings of which a trial failed.
  private(set) var failed: [TuneSetting] = []
  /// Why it ended before it had tried all.
  private(set) var isOutOfBudget = false
  private let judge: TuneJudge
  private let margin: Double
  private var spent = 0

  init(
    _ question: TuneQuestion, control: Recipe, controlValues: SeedValues, seeds: [UInt64],
    budget: Int, triesLevers: Bool = true,
    evaluate: @escaping ([TuneSetting]) throws -> [SeedValues]
  ) {
    (self.question, self.control, self.seeds, self.budget) = (question, control, seeds, budget)
    (self.triesLevers, self.evaluate) = (triesLevers, evaluate)
    self.controlValues = controlValues
    judge = TuneJudge(minimise: question.minimise, bounds: question.bounds)
    margin = judge.margin(control: controlValues, seeds: seeds)
  }

  /// Where it begins: the paper's λ.
  private static let start = 0.1
  /// α unless the control has one.
  private static let paperAlpha = 0.01
  /// Secants of one path.
  private static let mostSecants = 6

  // MARK: Levers

  /// Tries everything; the best levers are those of the best point.
  mutating func run() throws {
    let first = TuneLevers(control, alpha: control.training.ownAlpha ?? Self.paperAlpha)
    var best = try explore([first], around: nil)
    if triesLevers {
      for stage in TuneLevers.stages(control) {
        let base = best?.setting.levers ?? first
        let alternatives = stage.map { change in
          var levers = base
          change(&levers)
          return levers
        }.filter { $0 != base }
        let found = try explore(alternatives, around: best?.setting)
        if let found, best.map({ TuneJudge.order(found.standing, $0.standing) }) ?? true {
          best = found
        }
        if isOutOfBudget { return }
      }
    }
    if let best { try refine(best.setting, secants: Self.mostSecants) }
  }

  /// A point on a path, measured or between two measured ones.
  private typealias Found = (setting: TuneSetting, standing: TuneJudge.Standing)

  /// The best of what some levers allow.
  private mutating func explore(_ all: [TuneLevers], around center: TuneSetting?) throws -> Found? {
    var starts: [TuneSetting] = []
    for levers in all {
      if var setting = center {
        setting.levers = levers
        starts.append(setting)
      } else {
        starts.append(try beginning(levers))
      }
    }
    // A bracket of each, side by side.
    let brackets = starts.flatMap { start in
      LambdaPath.bracket(around: path(start).lambda).map { with(start, lambda: $0) }
    }
    try measure(brackets)
    var best: Found?
    for start in starts {
      if isOutOfBudget { break }
      try refine(start, secants: 2)
      let measured = tried.filter { $0.setting.levers == start.levers }
      for found in [interpolated(start)].compactMap(\.self) + measured
      where best.map({ TuneJudge.order(found.standing, $0.standing) }) ?? true {
        best = found
      }
    }
    return best
  }

  /// Follows the path of a setting to its end.
  private mutating func refine(_ start: TuneSetting, secants: Int) throws {
    var setting = start
    for _ in 0..<secants {
      guard let next = lambdaPath(setting).next else { break }
      setting = with(setting, lambda: next)
      guard try measure([setting]) else { return }
      if try correct(setting) { break }
    }
  }

  // MARK: Paths

  /// The features whose λ is on the path: those without a bound of their own, all if none is.
  private var free: [String] {
    let features = question.features ?? []
    let own = features.filter { isBounded($0) }
    return own.count == features.count || own.isEmpty
      ? features : features.filter { !own.contains($0) }
  }

  private func isBounded(_ feature: String) -> Bool {
    question.bounds.contains { isOf(feature, $0.measure) }
  }
  private func isOf(_ feature: String, _ measure: String) -> Bool {
    question.owners[measure] == feature
  }

  private func path(_ setting: TuneSetting) -> (lambda: Double, names: [String]) {
    if let uniform = setting.uniform { return (uniform, []) }
    let names = free
    let logs = names.compactMap { setting.lambda[$0] }.map { log($0) }
    return (LambdaPath.rounded(exp(logs.reduce(0, +) / Double(max(1, logs.count)))), names)
  }

  /// The same with its path's λ changed; the λ of several features keep their ratios.
  private func with(_ setting: TuneSetting, lambda: Double) -> TuneSetting {
    var setting = setting
    if setting.uniform != nil {
      setting.uniform = lambda
    } else {
      let (old, names) = path(setting)
      for name in names {
        setting.lambda[name] =
          names.count == 1 ? lambda : LambdaPath.rounded(setting.lambda[name]! * lambda / old)
      }
    }
    return setting
  }

  private func lambdaPath(_ setting: TuneSetting) -> LambdaPath {
    lambdaPath(setting, tried.map { ($0.setting, $0.standing.objective, $0.standing.slack) })
  }

  /// The path of a setting through those of some points that are on it.
  private func lambdaPath(_ setting: TuneSetting, _ points: [Judged]) -> LambdaPath {
    let names = Set(path(setting).names)
    func others(_ setting: TuneSetting) -> [String: Double] {
      setting.lambda.filter { !names.contains($0.key) }
    }
    let own = points.filter { point in
      point.setting.levers == setting.levers
        && (point.setting.uniform == nil) == (setting.uniform == nil)
        && point.setting.lambda.keys == setting.lambda.keys
        && others(point.setting) == others(setting)
    }
    return LambdaPath(
      own.map { .init(lambda: path($0.setting).lambda, objective: $0.objective, slack: $0.slack) },
      margin: margin)
  }

  /// A point with its objective and how far it exceeds the bounds.
  typealias Judged = (setting: TuneSetting, objective: Double, slack: Double)

  /// Between points that were measured again, where the first one's path reaches a bound; nil if no
  /// more than 1 % is to be won there.
  func secant(from first: Judged, through points: [Judged]) -> TuneSetting? {
    guard let best = lambdaPath(first.setting, points).best, best.slack <= 0,
      first.slack > 0 || best.objective < first.objective - 0.01
    else { return nil }
    let setting = with(first.setting, lambda: LambdaPath.rounded(best.lambda))
    return points.contains { $0.setting == setting } ? nil : setting
  }

  private func interpolated(_ setting: TuneSetting) -> Found? {
    lambdaPath(setting).best.map {
      (
        with(setting, lambda: $0.lambda),
        TuneJudge.Standing(objective: $0.objective, excess: [$0.slack], errors: [nil])
      )
    }
  }

  // MARK: Several features

  /// Where the path of some levers begins. With several features, each that has a bound of its own is
  /// brought to it alone first.
  private mutating func beginning(_ levers: TuneLevers) throws -> TuneSetting {
    let features = question.features ?? []
    guard !features.isEmpty else { return TuneSetting(uniform: Self.start, levers: levers) }
    var joint = TuneSetting(levers: levers)
    for feature in features { joint.lambda[feature] = Self.start }
    guard features.count > 1 else { return joint }
    for feature in features where isBounded(feature) {
      joint.lambda[feature] = try alone(feature, levers) ?? Self.start
    }
    return joint
  }

  /// The largest λ that satisfies a feature's bounds when no other feature has a λ.
  private mutating func alone(_ feature: String, _ levers: TuneLevers) throws -> Double? {
    let own = question.bounds.filter { isOf(feature, $0.measure) }
    let judge = TuneJudge(minimise: question.minimise, bounds: own)
    var observations: [LambdaPath.Observation] = []
    var open = LambdaPath.bracket(around: Self.start)
    for _ in 0..<4 where !open.isEmpty {
      let settings = open.map { TuneSetting(lambda: [feature: $0], levers: levers) }
      for (lambda, values) in zip(open, try values(settings)) {
        guard let standing = judge.standing(values, control: controlValues, seeds: seeds) else {
          continue
        }
        // The larger λ, the less it costs.
        observations.append(
          .init(lambda: lambda, objective: -log(lambda), slack: standing.slack))
      }
      open = LambdaPath(observations, margin: margin).next.map { [$0] } ?? []
    }
    return LambdaPath(observations, margin: margin).best.map { LambdaPath.rounded($0.lambda) }
  }

  /// One secant for each feature that has left its band in company. True if there was one.
  private mutating func correct(_ setting: TuneSetting) throws -> Bool {
    guard setting.lambda.count > 1, !isCorrected.contains(where: { $0 == setting.levers }),
      let standing = tried.last(where: { $0.setting == setting })?.standing
    else { return false }
    var corrected = setting
    for (bound, excess) in zip(question.bounds, standing.excess) {
      guard let feature = setting.lambda.keys.first(where: { isOf($0, bound.measure) }),
        abs(excess) > 2 * margin,
        let slope = slope(of: bound, feature, setting.levers)
      else { continue }
      let change = min(max((-margin - excess) / slope, -1.2), 1.2)
      corrected.lambda[feature] = LambdaPath.rounded(
        corrected.lambda[feature]! * exp(change))
    }
    guard corrected != setting else { return false }
    isCorrected.append(setting.levers)
    try measure([corrected])
    return true
  }
  private var isCorrected: [TuneLevers] = []

  /// The log-log slope d ln(measure)/d ln λ near the bound, when no other feature has a λ.
  private func slope(of bound: Bound, _ feature: String, _ levers: TuneLevers) -> Double? {
    guard let place = question.bounds.firstIndex(of: bound) else { return nil }
    let points = tried.filter {
      $0.setting.levers == levers && Set($0.setting.lambda.keys) == [feature]
    }
    .sorted { abs($0.standing.excess[place]) < abs($1.standing.excess[place]) }
    guard points.count > 1 else { return nil }
    let (a, b) = (points[0], points[1])
    let slope =
      (a.standing.excess[place] - b.standing.excess[place])
      / log(a.setting.lambda[feature]! / b.setting.lambda[feature]!)
    return slope > 0.02 ? slope : nil
  }

  // MARK: Measuring

  /// False if the budget does not allow it.
  @discardableResult
  private mutating func measure(_ settings: [TuneSetting]) throws -> Bool {
    _ = try values(settings)
    return !isOutOfBudget
  }

  /// Of each setting; nothing for what the budget does not allow.
  private mutating func values(_ settings: [TuneSetting]) throws -> [SeedValues] {
    var new: [TuneSetting] = []
    for setting in settings where !new.contains(setting) && known[setting] == nil {
      guard spent + seeds.count <= budget else {
        isOutOfBudget = true
        break
      }
      spent += seeds.count
      new.append(setting)
    }
    if !new.isEmpty {
      for (setting, values) in zip(new, try evaluate(new)) {
        known[setting] = values
        if let standing = judge.standing(values, control: controlValues, seeds: seeds) {
          tried.append((setting, standing))
        } else {
          failed.append(setting)
        }
      }
    }
    return settings.map { known[$0] ?? [:] }
  }
  private var known = SettingTable()
}

/// What is known of settings, which are few.
private struct SettingTable {
  private var entries: [(setting: TuneSetting, values: SeedValues)] = []

  subscript(setting: TuneSetting) -> SeedValues? {
    get { entries.first { $0.setting == setting }?.values }
    set { if let newValue { entries.append((setting, newValue)) } }
  }
}
