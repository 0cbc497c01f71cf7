import Foundation
import Synchronization
import Tensors

/// Trains copies of models side by side.
///
/// Results are in the order of the jobs and the same, bit for bit, for any number of workers: no run
/// knows of the others, but those that begin with the same pre-training go on from one.
///
/// Custom losses that only this thread may call train on workers by copies of their functions. A run
/// whose copy does not do begins again on this thread, such runs in their order; nothing of it is
/// reported twice.
public final class TrainingPool: Sendable {
  /// Jobs side by side unless their number is given: as many as the processor has cores.
  public static var defaultWorkers: Int { ProcessInfo.processInfo.activeProcessorCount }

  private let workers: Int
  private let ahead: Int
  private let timeout: Duration?
  /// Of the run that is on its way.
  private let current = Guarded<(any AnyWatcher)?>(nil)

  /// - Parameters:
  ///   - workers: Runs side by side, ≥ 1.
  ///   - ahead: Jobs that are taken from the sequence before a worker is free for them. Only jobs
  ///     that are known when one of them begins share its pre-training.
  ///   - timeout: A run fails by a `TimeoutError` once it has trained for so long; a pre-training that
  ///     it shares has the same time again. nil for no limit.
  /// - Throws: `ArgumentError`.
  public init(workers: Int = defaultWorkers, ahead: Int = 0, timeout: Duration? = nil) throws {
    guard workers >= 1 else { throw ArgumentError("workers", mustBe: ">= 1", got: workers) }
    guard ahead >= 0 else { throw ArgumentError("ahead", mustBe: ">= 0", got: ahead) }
    if let timeout, timeout <= .zero {
      throw ArgumentError("timeout", mustBe: "> 0", got: timeout / .seconds(1))
    }
    (self.workers, self.ahead, self.timeout) = (workers, ahead, timeout)
  }

  /// Stops the run of the job at a place, from 0, before its next batch. The others go on.
  ///
  /// To be called by the control, on the thread that waits.
  public func stop(_ place: Int) { current.withLock { $0 }?.stop(place) }

  /// Trains the jobs of a sequence, each of which is made, on this thread, when a worker is free.
  ///
  /// A job that an error ends, a `DivergenceError` too, returns its model and history so far, and
  /// the others go on. Once the control stops all, no more jobs are made.
  ///
  /// - Throws: the first job's error, in their order, if all of them have failed; an error after which
  ///   the control stops the others, if no run has completed an epoch; `AllocationError`. Runs on other
  ///   threads have ended then.
  public func run(
    _ jobs: some Sequence<(job: TrainingJob, model: MLP)>, control: inout some PoolControl
  ) throws -> [Run] {
    let watcher = PoolWatcher(
      jobs.makeIterator(), control, workers: workers, ahead: ahead, timeout: timeout)
    let outer = current.withLock { current in
      defer { current = watcher }
      return current
    }
    defer {
      current.withLock { $0 = outer }
      control = watcher.control
      LiveMemory.returnLargeRelease()
    }
    return try watcher.run()
  }
}

extension Training {
  /// Trains the jobs of a list side by side; all of them are known from the beginning. See
  /// `TrainingPool`.
  ///
  /// - Throws: as `TrainingPool.run`.
  public static func runAll(
    _ jobs: [(job: TrainingJob, model: MLP)], workers: Int = TrainingPool.defaultWorkers,
    control: inout some PoolControl
  ) throws -> [Run] {
    try TrainingPool(workers: workers, ahead: jobs.count).run(jobs, control: &control)
  }
}

/// A run took longer than its pool allows.
public struct TimeoutError: Error, Sendable, CustomStringConvertible {
  public let limit: Duration
  public var description: String { "timeout: more than \(numberText(limit / .seconds(1))) s" }
}

protocol AnyWatcher: AnyObject {
  func stop(_ place: Int)
}
