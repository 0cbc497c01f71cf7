import Foundation

/// A value that several threads use, one at a time.
///
/// With a lock that the thread sanitizer knows; it reports false races behind Swift's `Mutex`.
final class Guarded<Value>: @unchecked Sendable {
  private var value: Value
  private let lock = NSLock()

  init(_ value: Value) { self.value = value }

  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
