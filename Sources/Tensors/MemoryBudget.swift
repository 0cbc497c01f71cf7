import Platform
import Synchronization

/// Memory that a part of the program may use. Storage that is made on a thread while the budget is
/// current there counts until it is freed.
package final class MemoryBudget: Sendable {
  /// Bytes.
  package let limit: Int
  private let used: Atomic<Int>
  /// Bytes in use from which a request frees garbage before it takes more.
  private let threshold: Atomic<Int>
  private let refused = Atomic<Int>(0)
  private let freeGarbage: @Sendable () -> Void

  /// `freeGarbage` is called while storage is being made, on any thread where the budget is
  /// current. It must not run code of users.
  package init(limit: Int, used: Int, freeGarbage: @escaping @Sendable () -> Void) {
    self.limit = limit
    self.used = Atomic(used)
    threshold = Atomic(MemoryBudget.threshold(limit, used))
    self.freeGarbage = freeGarbage
  }

  /// Half of the rest is left for others, which cannot free garbage.
  private static func threshold(_ limit: Int, _ used: Int) -> Int {
    used + max((limit - used) / 2, limit / 16)
  }

  package var usedBytes: Int { used.load(ordering: .relaxed) }
  /// How often `takeFreeingGarbage` has refused.
  package var refusals: Int { refused.load(ordering: .relaxed) }

  /// Counts bytes that are about to be allocated, if the budget, and the system, have them.
  ///
  /// - fromReserve: As `SystemMemory.take`.
  package func take(_ bytes: Int, fromReserve: Bool = false) -> Bool {
    if used.add(bytes, ordering: .relaxed).newValue <= limit,
      SystemMemory.take(bytes, fromReserve: fromReserve)
    {
      return true
    }
    giveBack(bytes)
    return false
  }

  /// The same, after freeing garbage if that is worth while.
  func takeFreeingGarbage(_ bytes: Int) -> Bool {
    guard bytes <= limit else {
      refused.add(1, ordering: .relaxed)
      return false
    }
    if usedBytes + bytes > min(limit, threshold.load(ordering: .relaxed)) { collect() }
    if take(bytes) { return true }
    // The system may have less than the budget.
    if SystemMemory.isLimited { collect() }
    if take(bytes) { return true }
    refused.add(1, ordering: .relaxed)
    return false
  }

  private func collect() {
    freeGarbage()
    threshold.store(MemoryBudget.threshold(limit, usedBytes), ordering: .relaxed)
  }

  package func giveBack(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }

  // MARK: The current budget

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, nil) == 0)
    return key
  }()

  /// The budget of the storage that this thread makes.
  package static var current: MemoryBudget? {
    pthread_getspecific(key).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
  }

  /// Runs `body` with another budget, or none, for the storage that this thread makes.
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

  /// Takes the cost of so many bytes from the current budget, if there is one, and returns that
  /// budget.
  ///
  /// - Throws: `AllocationError`.
  package static func charge(
    _ bytes: Int, cost: (Int) -> Int = { $0 }
  ) throws -> MemoryBudget? {
    guard let budget = current else {
      guard SystemMemory.take(bytes) else { throw AllocationError(bytes: bytes) }
      return nil
    }
    guard budget.takeFreeingGarbage(bytes <= budget.limit ? cost(bytes) : bytes) else {
      throw AllocationError(bytes: bytes, limit: budget.limit == .max ? nil : budget.limit)
    }
    return budget
  }
}
