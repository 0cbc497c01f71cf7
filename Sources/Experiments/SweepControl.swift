import Learning

/// Who watches a sweep. Called on the thread that waits for the workers.
public protocol SweepControl {
  func shouldStop() -> Bool
  mutating func progress(_ progress: SweepProgress)
  /// A trial has given its measures, now or in an earlier run.
  mutating func ended(_ point: SweepPoint, seed: UInt64, measures: [String: Double])
  /// A trial has failed, for this reason.
  mutating func failed(_ point: SweepPoint, seed: UInt64, problem: String)
  /// The caller's own measures of a run, on the rows that it was not trained on.
  mutating func measure(_ run: Run, on validation: Dataset) throws -> [String: Double]
  /// Whether an error ends the sweep, as an interruption does, and not just its trial.
  func endsAll(_ error: any Error) -> Bool
  /// What a trial that an error ended says of it.
  func text(of error: any Error) -> String
}

extension SweepControl {
  public mutating func ended(_ point: SweepPoint, seed: UInt64, measures: [String: Double]) {}
}

/// How far a sweep is.
public struct SweepProgress: Sendable, Equatable {
  public var done = 0
  public var failed = 0
  public var total = 0
  /// Of all trials, trained epochs and those to come.
  public var epochsDone = 0
  public var epochs = 0
  /// The least RMSE so far, and its point.
  public var best: (rmse: Double, point: String)?

  public init() {}

  public static func == (a: SweepProgress, b: SweepProgress) -> Bool {
    (a.done, a.failed, a.total, a.epochsDone) == (b.done, b.failed, b.total, b.epochsDone)
  }
}

/// A sweep that cannot go on.
public struct SweepError: Error, Sendable, CustomStringConvertible {
  public let description: String
}
