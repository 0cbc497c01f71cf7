import Platform
import Synchronization

/// Idle threads that take shares of work from those that train.
final class Crew: Sendable {
  /// Where one thread offers a share, again and again; any thread may do it, but only one does.
  final class Desk: Sendable {
    private enum Phase {
      static let empty = 0
      static let offered = 1
      static let taken = 2
      static let done = 3
    }
    private let phase = Atomic<Int>(Phase.empty)
    // A closure, made where the number type is known: through a protocol, generic code would run.
    private let perform: @Sendable () -> Void

    init(_ perform: @escaping @Sendable () -> Void) { self.perform = perform }

    func offer() { phase.store(Phase.offered, ordering: .releasing) }

    /// Returns when the share is done, by this thread if no other has taken it.
    func finish() {
      if move(from: Phase.offered, to: Phase.empty) {
        perform()
        return
      }
      var rounds = 0
      while phase.load(ordering: .acquiring) != Phase.done {
        rounds += 1
        // Whoever took it may have lost its core.
        if rounds % 4096 == 0 { sched_yield() }
      }
      phase.store(Phase.empty, ordering: .relaxed)
    }

    /// Whether there was a share, which is done now.
    fileprivate func take() -> Bool {
      guard phase.load(ordering: .relaxed) == Phase.offered,
        move(from: Phase.offered, to: Phase.taken)
      else { return false }
      perform()
      phase.store(Phase.done, ordering: .releasing)
      return true
    }

    private func move(from: Int, to: Int) -> Bool {
      phase.compareExchange(expected: from, desired: to, ordering: .acquiringAndReleasing).exchanged
    }
  }

  private let desks = Guarded<[Desk]>([])
  /// Counts the changes of `desks`.
  private let version = Atomic<Int>(0)
  private let idle = Atomic<Int>(0)
  private let isClosed = Atomic<Bool>(false)

  /// Whether somebody waits for shares; if not, offering one is for nothing.
  var isWaiting: Bool { idle.load(ordering: .relaxed) > 0 }

  func add(_ desk: Desk) {
    desks.withLock { $0.append(desk) }
    version.add(1, ordering: .releasing)
  }

  func remove(_ desk: Desk) {
    desks.withLock { desks in desks.removeAll { $0 === desk } }
    version.add(1, ordering: .releasing)
  }

  /// Sends everybody home who helps.
  func close() { isClosed.store(true, ordering: .releasing) }

  /// Does shares on this thread until the crew is closed or there is something else to do.
  func help(while isFree: () -> Bool = { true }) {
    idle.add(1, ordering: .relaxed)
    defer { idle.subtract(1, ordering: .relaxed) }
    var known = -1
    var current: [Desk] = []
    // Looked at without counting references: those lie beside the phase, and whoever offers would
    // wait for the cache line. `current` keeps them alive.
    var places: [Unmanaged<Desk>] = []
    var misses = 0
    while !isClosed.load(ordering: .acquiring), isFree() {
      let version = version.load(ordering: .acquiring)
      if version != known {
        (current, known) = (desks.withLock { $0 }, version)
        places = current.map { Unmanaged.passUnretained($0) }
      }
      var found = false
      withExtendedLifetime(current) {
        for place in places where place._withUnsafeGuaranteedRef({ $0.take() }) { found = true }
      }
      misses = found ? 0 : misses + 1
      // A batch comes every few microseconds; after some milliseconds without, others may go first.
      if misses > 1 << 20 {
        usleep(1000)
      } else if misses % 4096 == 4095 {
        sched_yield()
      }
    }
  }
}
