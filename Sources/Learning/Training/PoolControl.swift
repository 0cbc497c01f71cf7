/// Who watches several runs side by side; asked on the thread that waits for them.
public protocol PoolControl {
  func shouldStop() -> Bool
  /// Epochs that are done, of all runs that are known so far.
  mutating func progress(done: Int, of total: Int)
  /// The same, with the runs that have begun and not ended: what the watcher calls. Asking for them is
  /// not free.
  mutating func progress(done: Int, of total: Int, running: () -> [RunningJob])
  /// Whether `epochEnded` is to be called. Every run then waits for the answer after each of its
  /// epochs.
  var hearsEpochs: Bool { get }
  /// An epoch of the run at a place, from 0, is done; false stops that run alone, at this epoch. Each
  /// epoch of each run is reported once, those of a run in their order.
  mutating func epochEnded(_ report: EpochReport, at place: Int) -> Bool
  /// The run of the job at this place has finished, diverged, failed or was stopped by itself;
  /// runs that end because all do are not reported. False stops the others. It cannot throw, so that no
  /// error loses the runs that have ended.
  mutating func ended(_ run: Run, at place: Int) -> Bool
  /// Whether the others go on after an error in one of them; they are stopped if not.
  func goesOn(after error: any Error) -> Bool
  /// Whether the pool returns the runs. If not, each is known to `ended` alone, and any number of them
  /// takes no more memory than those that train.
  var keepsRuns: Bool { get }
}

extension PoolControl {
  public mutating func progress(done: Int, of total: Int) {}
  public mutating func progress(done: Int, of total: Int, running: () -> [RunningJob]) {
    progress(done: done, of: total)
  }
  public var hearsEpochs: Bool { false }
  public func epochEnded(_ report: EpochReport, at place: Int) -> Bool { true }
  public func ended(_ run: Run, at place: Int) -> Bool { true }
  public func goesOn(after error: any Error) -> Bool { true }
  public var keepsRuns: Bool { true }
}

/// A run of a pool that is on its way.
public struct RunningJob: Sendable {
  /// Of its job, from 0.
  public let place: Int
  /// Of both stages.
  public let epochs: Int
  /// Its last epoch.
  public let report: EpochReport
}

/// Jobs some of which share their pre-training: those of a group become known together.
public protocol GroupedJobs {
  /// Whether the next job belongs to the group of the last one.
  var isWithinGroup: Bool { get }
}
