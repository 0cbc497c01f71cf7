/// How the reading of a file is stopped and watched. Any thread may call either function.
public struct ReadingWatch: Sendable {
  /// Asked now and then; true ends the reading with `CancellationError`.
  public var shouldStop: @Sendable () -> Bool
  /// Called now and then with the work done and all of the work, in units of its own.
  public var progress: @Sendable (_ done: Int, _ total: Int) -> Void

  public init(
    shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    (self.shouldStop, self.progress) = (shouldStop, progress)
  }

  /// - Throws: `CancellationError`.
  func check() throws { if shouldStop() { throw CancellationError() } }

  /// - Throws: `CancellationError`.
  func check(_ done: Int, of total: Int) throws {
    try check()
    progress(done, total)
  }

  /// The watch of one of several equal parts of the work, counted from 0.
  func part(_ first: Int, of parts: Int) -> ReadingWatch {
    ReadingWatch(shouldStop: shouldStop) { [progress] done, total in
      progress(first * total + done, parts * total)
    }
  }
}
