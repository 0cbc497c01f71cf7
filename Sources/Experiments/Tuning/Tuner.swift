import Foundation
import Learning
import Tensors

/// Finds λ, and options beside it, that make one measure small while others keep their bounds.
///
/// The search has two seeds of its own and never sees the rows on which the result is judged. Its best
/// points race on further seeds; the winner, the control and the baselines are run on fresh ones. All
/// trials are in a store under their keys, so that a tuner that was stopped goes on, to the same bits.
public final class Tuner {
  public let question: TuneQuestion
  public let options: TuneOptions
  /// Points that are measured on each seed's validation rows.
  public let search: Sweep
  /// Points that are measured on the held-out rows.
  public let report: Sweep
  public private(set) var result: TuneResult
  private let control: Recipe
  private var asked: Set<String> = []
  static let holdoutSeed: UInt64 = 0x7a11

  /// - Parameters:
  ///   - test: Rows to judge on, or inputs for the probes of the report.
  ///   - control: What all is compared with.
  ///   - sweep: Of which seeds are not used.
  /// - Throws: `ArgumentError` for a question that has no answer and for options out of range;
  ///   `UnknownFeature`; `NameMismatch`.
  public init(
    _ question: TuneQuestion, on data: Dataset, test: Dataset? = nil, control: Recipe,
    _ options: TuneOptions = TuneOptions(), sweep: SweepOptions, store: any TrialStore
  ) throws {
    try options.check()
    self.options = options
    self.control = control
    let whole = try SweepData(data, test: test)
    // Rows without a trial of the search, once for all.
    let (seen, held) =
      whole.judgesOnTest
      ? (data, test!) : try data.split(validation: options.holdout, seed: Tuner.holdoutSeed)
    var settings = sweep
    settings.keepsCurves = control.training.earlyStopping != nil
    // Points that diverge are no reason to stop.
    settings.failuresAtFirst = .max
    settings.keptModels = .none
    settings.seeds = options.searchSeeds
    search = try Sweep(try SweepData(seen), settings, store: store)
    settings.keptModels = .all
    settings.seeds = options.freshSeeds
    report = try Sweep(
      try SweepData(seen, test: held, inputs: whole.judgesOnTest ? nil : test), settings,
      store: store)
    self.question = try question.resolved(in: search)
    result = TuneResult(self.question)
    for sweep in [search, report] {
      try sweep.add(SweepPoint(.control, name: "control", recipe: control))
    }
    _ = try TuneSetting(uniform: 1, levers: TuneLevers(control, alpha: 1)).point(control)
    for point in try baselines() { try report.add(point) }
    let least = trialsOfReport + trialsOfRace + 5 * options.searchSeeds.count
    guard options.budget >= least else {
      throw ArgumentError(
        "budget",
        mustBe:
          ">= \(least): \(trialsOfRace) are for the race and \(trialsOfReport) for the report",
        got: options.budget)
    }
  }

  private func baselines() throws -> [SweepPoint] {
    guard search.data.data.features.count > 1 else { return [] }
    return try question.features!.flatMap { try report.baselines(of: $0) }
  }

  /// Of the control, the baselines, two candidates and one of them without the Lai loss.
  private var trialsOfReport: Int { (report.points.count + 3) * options.freshSeeds.count }
  /// Of the control, five candidates and one between them; of two and the control on three seeds more.
  private var trialsOfRace: Int { 7 * 5 + 3 * 3 }

  // MARK: Running

  /// Runs all that the store lacks. Stopped by the control, it returns with an incomplete result.
  ///
  /// - Throws: as `Sweep.run`; `SweepError` if a trial of the control fails.
  public func run(control watch: inout some SweepControl) throws {
    result = TuneResult(question)
    asked = []
    let training = control.training
    let box = Box(
      TuneWatch(
        base: watch, budget: options.budget, epochs: training.pretrain + training.epochs))
    defer { watch = box.watch.base }
    let train: Training = { [self] sweep, points, seeds in
      defer { box.watch.before = asked.count }
      box.watch.isSearching = sweep === search
      try sweep.run(points: points, seeds: seeds, control: &box.watch)
      if box.watch.shouldStop() { throw Stopped() }
    }
    do {
      try run(train)
      result.isComplete = true
    } catch is Stopped {}
    result.trials = asked.count
  }

  /// The network of the best point with the first fresh seed, with its scaler; nil without one.
  ///
  /// - Throws: `StoreError`; `FileError`.
  public func model() throws -> MLP? {
    try result.best.flatMap { try report.model(of: $0.place, seed: options.freshSeeds[0]) }
  }

  private typealias Training = (Sweep, [Int], [UInt64]) throws -> Void
  private struct Stopped: Error {}
  private final class Box<Watch> {
    var watch: Watch
    init(_ watch: Watch) { self.watch = watch }
  }

  private func run(_ train: Training) throws {
    try withoutActuallyEscaping(train) { train in
      try measure([0], in: search, seeds: options.searchSeeds, train)
      let found = try searched(train)
      defer { try? describeSearch() }
      let candidates = try raced(found, train)
      try confirm(candidates, train)
    }
  }

  /// Trains and measures points with some seeds.
  private func measure(
    _ points: [Int], in sweep: Sweep, seeds: [UInt64], _ train: Training
  ) throws {
    let before = asked
    for point in points {
      for seed in seeds { asked.insert(try sweep.trial(point, seed).key) }
    }
    do { try train(sweep, points, seeds) } catch is SweepError {}
    for point in points {
      for seed in seeds {
        guard let trial = sweep.result(of: point, seed: seed) else { continue }
        if !before.contains(trial.spec.key) { result.seconds += trial.result?.seconds ?? 0 }
        if sweep.points[point].kind == .control, trial.state != .done {
          throw SweepError(
            description: "the control failed with seed \(Int64(bitPattern: seed)): "
              + (trial.result?.problem ?? trial.state.rawValue))
        }
      }
    }
  }

  /// The place of a setting's point in the sweep.
  private func place(of setting: TuneSetting, in sweep: Sweep) throws -> Int {
    let point = try setting.point(control)
    return try sweep.points.firstIndex { $0.kind == .point && $0.settings == point.settings }
      ?? sweep.add(point)
  }

  private func searched(_ train: @escaping Training) throws -> TuneSearch {
    let seeds = options.searchSeeds
    var found = TuneSearch(
      question, control: control, controlValues: search.values(of: 0, seeds: seeds), seeds: seeds,
      budget: options.budget - trialsOfReport - trialsOfRace - seeds.count,
      triesLevers: options.triesLevers
    ) { [self] settings in
      let places = try settings.map { try place(of: $0, in: search) }
      try measure(places, in: search, seeds: seeds, train)
      return places.map { search.values(of: $0, seeds: seeds) }
    }
    try found.run()
    result.isOutOfBudget = found.isOutOfBudget
    return found
  }

  // MARK: The race

  private typealias Candidate = (setting: TuneSetting, standing: TuneJudge.Standing)

  /// Candidates, best first, by seeds that the search did not have.
  private func raced(_ found: TuneSearch, _ train: Training) throws -> [TuneSetting] {
    let first = options.raceSeeds[0]
    let chosen = found.tried.sorted { TuneJudge.order($0.standing, $1.standing) }.prefix(5)
      .map(\.setting)
    var order = try standings(chosen, seeds: first, train)
    // Five seeds know better than two where the bound is reached.
    let judged = order.map {
      ($0.setting, $0.standing.objective, $0.standing.slack(errors: Self.caution))
    }
    if let first = judged.first, let between = found.secant(from: first, through: judged) {
      order = try standings(order.map(\.setting) + [between], seeds: options.raceSeeds[0], train)
    }
    let left = try survivors(order, seeds: first)
    guard left.count > 1 else { return left }
    return try standings(left, seeds: options.raceSeeds[0] + options.raceSeeds[1], train)
      .map(\.setting)
  }

  /// Standard errors by which a candidate keeps its bounds.
  private static let caution = 1.0

  /// Those that keep the bounds with caution, best first, then by how far they do not.
  private func standings(
    _ settings: [TuneSetting], seeds: [UInt64], _ train: Training
  ) throws -> [Candidate] {
    let judge = TuneJudge(minimise: question.minimise, bounds: question.bounds)
    let places = try settings.map { try place(of: $0, in: search) }
    try measure([0] + places, in: search, seeds: seeds, train)
    let control = search.values(of: 0, seeds: seeds)
    return zip(settings, places).compactMap { setting, place in
      judge.standing(search.values(of: place, seeds: seeds), control: control, seeds: seeds)
        .map { (setting, $0) }
    }.sorted { TuneJudge.order($0.standing, $1.standing, errors: Self.caution) }
  }

  /// At most two, without those that a paired test shows to be worse.
  private func survivors(_ order: [Candidate], seeds: [UInt64]) throws -> [TuneSetting] {
    let allowed = order.filter { $0.standing.slack(errors: Self.caution) <= 0 }.map(\.setting)
    guard allowed.count > 1 else { return Array(order.prefix(2).map(\.setting)) }
    let race = try Race(
      try allowed.map { setting in
        search.values(of: try place(of: setting, in: search), seeds: seeds)[question.minimise]
          ?? [:]
      })
    return Array(race.survivors.map { allowed[$0] }.prefix(2))
  }

  // MARK: The report

  private func confirm(_ candidates: [TuneSetting], _ train: Training) throws {
    let seeds = options.freshSeeds
    var judged: [Int] = []
    let first = Array(report.points.indices.prefix { report.points[$0].kind != .point })
    for (rank, setting) in candidates.prefix(2).enumerated() {
      let place = try place(of: setting, in: report)
      judged.append(place)
      var points = rank == 0 ? first + [place] : [place]
      if rank == 0, let plain = try placeWithoutLai(setting) { points.append(plain) }
      try measure(points, in: report, seeds: seeds, train)
      let rows = try report.rows()
      let row = rows[place]
      if row.n == row.asked, question.bounds.allSatisfy({ $0.holds(for: row) }),
        question.failures(of: row, control: rows[0]).isEmpty
      {
        result.best = row
        break
      }
    }
    if judged.isEmpty { try measure(first, in: report, seeds: seeds, train) }
    result.rows = try report.rows().filter { $0.n > 0 }
    let rows = result.rows.filter { judged.contains($0.place) }
    if result.best == nil {
      result.nearest = nearest(of: rows)
    }
    if let row = result.nearest, let control = result.rows.first {
      result.failures = question.failures(of: row, control: control)
    }
    try compareWithBaselines()
  }

  /// The first by the order of the search; rows of which a trial failed are the last ones.
  private func nearest(of rows: [SweepRow]) -> SweepRow? {
    let judge = TuneJudge(minimise: question.minimise, bounds: question.bounds)
    let control = report.values(of: 0, seeds: options.freshSeeds)
    let judged = rows.compactMap { row in
      judge.standing(row.values, control: control, seeds: options.freshSeeds).map { (row, $0) }
    }
    return judged.min { TuneJudge.order($0.1, $1.1) }?.0 ?? rows.first
  }

  /// The setting's other options alone, if there are any.
  private func placeWithoutLai(_ setting: TuneSetting) throws -> Int? {
    let settings = setting.levers.settings(control)
    guard !settings.isEmpty else { return nil }
    let point = SweepPoint(
      .baseline, name: "the same without the Lai loss", settings: settings,
      recipe: setting.levers.applied(to: control))
    return try report.points.firstIndex { $0.name == point.name && $0.settings == settings }
      ?? report.add(point)
  }

  private func compareWithBaselines() throws {
    let control = result.rows.first.flatMap { question.isAnswered(by: $0) ? $0 : nil }
    let other = result.best ?? control
    let own = other?.values[question.minimise]
    let mean = other?.estimates[question.minimise]?.mean ?? .infinity
    let rows = result.rows.filter { $0.point.kind == .baseline && $0.n == $0.asked }
    let tests = rows.map { row in
      own.flatMap {
        try? PairedTTest(of: $0, against: row.values[question.minimise] ?? [:]).pAbove
      }
    }
    for (row, p) in zip(rows, try Holm.adjusted(tests)) {
      guard question.bounds.allSatisfy({ $0.holds(for: row) }),
        let value = row.estimates[question.minimise]?.mean, value < mean
      else { continue }
      result.better.append((row, p))
    }
  }

  private func describeSearch() throws {
    result.tried = search.points.count - 1
    var names = [question.minimise]
    for bound in question.bounds where !names.contains(bound.measure) {
      names.append(bound.measure)
    }
    if names.count == 1 && names[0] != "rmse" { names.append("rmse") }
    result.front = try search.front(names)
  }
}
