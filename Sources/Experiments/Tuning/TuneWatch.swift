import Learning

/// Who watches a tuner: the same as of its sweeps, which run a few trials at a time, but progress is
/// that of the whole budget.
struct TuneWatch<Base: SweepControl>: SweepControl {
  var base: Base
  let budget: Int
  /// Of one trial
  let epochs: Int
  /// Trials of earlier runs.
  var before = 0
  /// Whether trials are on the rows of the search; those on other rows do not compare with them.
  var isSearching = true

  func shouldStop() -> Bool { base.shouldStop() }

  mutating func progress(_ progress: SweepProgress) {
    var whole = progress
    whole.done += before
    whole.total = budget
    whole.epochs = budget * epochs
    whole.epochsDone = min(
      whole.epochs, max(before * epochs + progress.epochsDone, whole.done * epochs))
    // The least RMSE is not what is looked for.
    whole.best = nil
    base.progress(whole)
  }

  mutating func ended(_ point: SweepPoint, seed: UInt64, measures: [String: Double]) {
    if isSearching { base.ended(point, seed: seed, measures: measures) }
  }

  mutating func failed(_ point: SweepPoint, seed: UInt64, problem: String) {
    base.failed(point, seed: seed, problem: problem)
  }

  mutating func measure(_ run: Run, on validation: Dataset) throws -> [String: Double] {
    try base.measure(run, on: validation)
  }

  func endsAll(_ error: any Error) -> Bool { base.endsAll(error) }
  func text(of error: any Error) -> String { base.text(of: error) }
}
