import Dispatch

enum Parallel {
  /// The results of a function of 0, 1, … that the cores share, in their order.
  static func map<Result>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let buffer = buffer
      DispatchQueue.concurrentPerform(iterations: count) { index in
        (buffer.baseAddress! + index).initialize(to: body(index))
      }
      initialized = count
    }
  }
}
