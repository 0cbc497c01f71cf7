import CLai
import Learning
import Synchronization

/// The progress bar of a file that several threads read.
final class ReadingBar: Sendable {
  private let bar: Mutex<ProgressBar>

  init(_ mode: ProgressMode) { bar = Mutex(ProgressBar(mode)) }

  func show(_ done: Int, of total: Int) { bar.withLock { $0.show(done, of: total) } }
  func finish() { bar.withLock { $0.finish() } }
}

extension ReadingWatch {
  /// Reads a file with a progress bar, until Ctrl-C.
  static func withBar<Result>(
    _ mode: ProgressMode, _ read: (ReadingWatch) throws -> Result
  ) rethrows -> Result {
    let bar = ReadingBar(mode)
    defer { bar.finish() }
    return try read(
      ReadingWatch(shouldStop: { lai_pending_interrupts() > 0 }) { bar.show($0, of: $1) })
  }
}
