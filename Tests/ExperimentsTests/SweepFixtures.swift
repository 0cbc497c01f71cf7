import Learning
import Tensors

@testable import Experiments

/// What watches a sweep in tests: it notes what it hears, and may fail, stop or measure.
final class SweepWatch: SweepControl {
  struct Interruption: Error {}

  /// Of each trained network, in order: alpha and seed.
  private(set) var measured: [String] = []
  private(set) var failures: [String] = []
  private(set) var latest = SweepProgress()
  var stops: (SweepWatch) -> Bool = { _ in false }
  var measure: (Run, Dataset) throws -> Double = { _, _ in 1 }

  func shouldStop() -> Bool { stops(self) }
  func progress(_ progress: SweepProgress) { latest = progress }
  func failed(_ point: SweepPoint, seed: UInt64, problem: String) {
    failures.append("\(point.label), \(seed): \(problem)")
  }
  func measure(_ run: Run, on validation: Dataset) throws -> [String: Double] {
    measured.append("\(run.options.alpha) \(run.options.seed)")
    return ["own": try measure(run, validation)]
  }
  func endsAll(_ error: any Error) -> Bool { error is Interruption }
  func text(of error: any Error) -> String { "\(error)" }
}

/// A network that trains in some milliseconds.
func tinyRecipe(alpha: Double = 0.5, pretrain: Int = 2, epochs: Int = 2) throws -> Recipe {
  var recipe = Recipe()
  recipe.hidden = [4]
  (recipe.training.pretrain, recipe.training.epochs) = (pretrain, epochs)
  (recipe.training.batch, recipe.training.alpha) = (16, alpha)
  recipe.training.loss = .lai(try LaiLoss(lambda: .uniform(0.1)))
  return recipe
}

func tinyPoint(_ alpha: Double, _ change: (inout Recipe) throws -> Void = { _ in }) throws
  -> SweepPoint
{
  var recipe = try tinyRecipe(alpha: alpha)
  try change(&recipe)
  return SweepPoint(settings: [.init("alpha", .number(alpha))], recipe: recipe)
}

func tinyData(count: Int = 60) throws -> Dataset {
  try Synthetic.friedman1(count: count, noise: 0.5, seed: 3)
}

/// A control and points of some α, with a measure "own" of the watch.
func tinySweep(
  _ alphas: [Double], seeds: [UInt64] = [1, 2], in store: any TrialStore,
  _ change: (inout SweepOptions) -> Void = { _ in }
) throws -> Sweep {
  var options = SweepOptions()
  options.seeds = seeds
  options.workers = 2
  options.measures.smoothness = false
  options.measures.custom = ["own"]
  change(&options)
  let sweep = try Sweep(try SweepData(tinyData()), options, store: store)
  var control = try tinyRecipe()
  control.training.loss = .mse
  try sweep.add(SweepPoint(.control, name: "control", recipe: control))
  for alpha in alphas { try sweep.add(tinyPoint(alpha)) }
  return sweep
}

extension Sweep {
  /// Runs all of it.
  @discardableResult func run(_ watch: SweepWatch = SweepWatch(), shard: (Int, Int)? = nil) throws
    -> SweepWatch
  {
    var control = watch
    try run(shard: shard.map { (index: $0.0, count: $0.1) }, control: &control)
    return watch
  }

  /// By trial, everything that must not depend on how it was run.
  func outcome() throws -> [String: Outcome] {
    _ = try rows()
    var all: [String: Outcome] = [:]
    for place in points.indices {
      for seed in seeds(of: place) {
        let spec = try trial(place, seed)
        let stored = try store.trials([spec.key])[spec.key]
        all["\(points[place].label), \(seed)"] = Outcome(
          state: stored?.state, measures: stored?.result?.measures,
          history: try store.history(of: spec.key))
      }
    }
    return all
  }
  struct Outcome: Equatable {
    let state: TrialState?
    let measures: [String: Double]?
    let history: [EpochReport]
  }

  /// Stores results of trials that nobody ran: measures by point and seed.
  func store(_ results: [(point: Int, seed: UInt64, measures: [String: Double])]) throws {
    for (point, seed, measures) in results {
      let spec = try trial(point, seed)
      try store.register([spec], for: options.record)
      let claims = try store.claim([spec.key], most: 1, lossLimit: 1, retriesFailed: false)
      _ = try store.finish(
        claims[0], as: measures.isEmpty ? .failed : .done,
        TrialResult(outcome: "finished", measures: measures))
    }
  }
}
