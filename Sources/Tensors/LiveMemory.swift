import CMapping
import Synchronization

/// Counts the memory of tensors and training, and returns freed memory to the system.
package enum LiveMemory {
  private static let live = Atomic<Int>(0)
  /// The most at a time since memory was last returned.
  private static let most = Atomic<Int>(0)
  /// Microseconds since `epoch` before which no memory is returned.
  private static let pauseEnd = Atomic<Int>(0)
  private static let epoch = ContinuousClock.now

  package static var bytes: Int { live.load(ordering: .relaxed) }

  package static func add(_ bytes: Int) {
    let now = live.add(bytes, ordering: .relaxed).newValue
    if now > most.load(ordering: .relaxed) { most.store(now, ordering: .relaxed) }
  }

  package static func subtract(_ bytes: Int) { live.subtract(bytes, ordering: .relaxed) }

  /// For whole programs: keeps freed memory for the next tensor, until so much is free that
  /// `returnFreed` returns it.
  package static func keepFreed() {
    lai_keep_freed_memory()
    if SystemMemory.isLimited { lai_use_one_arena() }
  }

  /// A release of this many bytes is worth the work, if nobody has asked for it: more than a loop
  /// of temporaries frees at once.
  package static let largeRelease = 128 << 20

  /// Returns freed memory to the system if at least so many bytes have been freed since the most
  /// were live. Loops that free and fill as much again and again spend at most one part of
  /// `patience` on it.
  package static func returnFreed(atLeast least: Int, patience: Int) {
    let excess = most.load(ordering: .relaxed) - bytes
    guard excess >= least else { return }
    let start = microseconds
    guard start >= pauseEnd.load(ordering: .relaxed) else { return }
    most.store(bytes, ordering: .relaxed)
    guard lai_return_freed_memory() else { return }
    let end = microseconds
    pauseEnd.store(end + patience * (end - start), ordering: .relaxed)
  }

  /// After work that has freed much.
  package static func returnLargeRelease() { returnFreed(atLeast: largeRelease, patience: 50) }

  private static var microseconds: Int {
    // Before the clock is read: the first use makes it.
    let epoch = epoch
    let (seconds, attoseconds) = (ContinuousClock.now - epoch).components
    return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
  }
}
