import Platform
import Synchronization

/// Memory that a part of the program may take. What is made on a thread where it is current counts
/// until it is freed.
package final class MemoryBudget: Sendable {
  /// Bytes.
  package let limit: Int
  private let used: Atomic<Int>
  /// Bytes in use from which on a request frees garbage before it takes more.
  private let threshold: Atomic<Int>
  private let refused = Atomic<Int>(0)
  private let freeGarbage: @Sendable () -> Void

  /// `freeGarbage` is called while something is being made, on any thread where the budget is
  /// current; it must run no code that is not its own.
  package init(limit: Int, used: Int, freeGarbage: @escaping @Sendable () -> Void) {
    self.limit = limit
    self.used = Atomic(used)
    threshold = Atomic(MemoryBudget.threshold(limit, used))
    self.freeGarbage = freeGarbage
  }

  /// Half of what is left is for others, who cannot free garbage as this one can.
  private static func threshold(_ limit: Int, _ used: Int) -> Int {
    used + max((limit - used) / 2, limit / 16)
  }

  package var usedBytes: Int { used.load(ordering: .relaxed) }
  /// How often `takeFreeingGarbage` has said no.
  package var refusals: Int { refused.load(ordering: .relaxed) }

  /// Counts bytes that are about to be allocated, if there are so many.
  package func take(_ bytes: Int) -> Bool {
    if used.add(bytes, ordering: .relaxed).newValue <= limit { return true }
    giveBack(bytes)
    return false
  }

  /// The same with garbage freed first, should it be worth while.
  func takeFreeingGarbage(_ bytes: Int) -> Bool {
    guard bytes <= limit else {
      refused.add(1, ordering: .relaxed)
      return false
    }
    if usedBytes + bytes > min(limit, threshold.load(ordering: .relaxed)) {
      freeGarbage()
      threshold.store(MemoryBudget.threshold(limit, usedBytes), ordering: .relaxed)
    }
    if take(bytes) { return true }
    refused.add(1, ordering: .relaxed)
    return false
  }

  package func giveBack(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }

  // MARK: The one that counts

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, nil) == 0)
    return key
  }()

  /// The budget of what this thread makes.
  package static var current: MemoryBudget? {
    pthread_getspecific(key).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
  }

  /// Runs `body` with another budget, or none, for what this thread makes.
  package static func with<Result, Failure: Error>(
    _ budget: MemoryBudget?, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let before = pthread_getspecific(key)
    pthread_setspecific(key, budget.map { Unmanaged.passUnretained($0).toOpaque() })
    defer {
      pthread_setspecific(key, before)
      withExtendedLifetime(budget) {}
    }
    return try body()
  }

  /// Takes what so many bytes cost of the current budget, if there is one, and returns it.
  ///
  /// Throws: `AllocationError`.
  package static func charge(
    _ bytes: Int, cost: (Int) -> Int = { $0 }
  ) throws -> MemoryBudget? {
    guard let budget = current else { return nil }
    guard budget.takeFreeingGarbage(bytes <= budget.limit ? cost(bytes) : bytes) else {
      throw AllocationError(bytes: bytes, limit: budget.limit)
    }
    return budget
  }
}
