import Synchronization

/// A thread that exists when its initialiser returns. Dispatch promises threads that it starts
/// later, and waits without end for one where the system has none left.
package struct WorkerThread {
  fileprivate final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Bytes; not the system's default, which follows the limit of the main thread's stack.
  private static let stackSize = 8 << 20

  private let id: pthread_t

  /// Starts a thread, to be joined; nil if the system has none.
  package init?(_ body: @escaping @Sendable () -> Void) {
    guard let id = WorkerThread.start(body, isDetached: false) else { return nil }
    self.id = id
  }

  /// Returns when the thread has ended.
  package func join() { pthread_join(id, nil) }

  /// Starts a thread that nobody joins. Returns whether the system had one.
  package static func detach(_ body: @escaping @Sendable () -> Void) -> Bool {
    start(body, isDetached: true) != nil
  }

  /// Calls `body` with every number below `count`, on as many threads as there are for it, this one
  /// among them.
  package static func share(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 1 else { return (0..<count).forEach(body) }
    withoutActuallyEscaping(body) { body in
      let counter = Counter()
      let work: @Sendable () -> Void = {
        while let place = counter.next(below: count) { body(place) }
      }
      let others = (1..<count).compactMap { _ in WorkerThread(work) }
      work()
      for other in others { other.join() }
    }
  }

  private final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    func next(below limit: Int) -> Int? {
      let place = count.add(1, ordering: .relaxed).oldValue
      return place < limit ? place : nil
    }
  }

  private static func start(
    _ body: @escaping @Sendable () -> Void, isDetached: Bool
  ) -> pthread_t? {
    let box = Unmanaged.passRetained(Body(body))
    if let id = start(box.toOpaque(), isDetached) { return id }
    box.release()
    return nil
  }

  private static func start(_ context: UnsafeMutableRawPointer, _ isDetached: Bool) -> pthread_t? {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return nil }
    pthread_attr_setstacksize(&attributes, stackSize)
    if isDetached {
      pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    }
    var mask = blockedSignals
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, &mask, &before)
    #if canImport(Darwin)
      var id: pthread_t?
      let status = pthread_create(&id, &attributes, perform, context)
    #else
      var id = pthread_t()
      let status = pthread_create(&id, &attributes, perform, context)
    #endif
    pthread_sigmask(SIG_SETMASK, &before, nil)
    pthread_attr_destroy(&attributes)
    return status == 0 ? id : nil
  }

  /// Signals are for the main thread, except those of a fault.
  private static var blockedSignals: sigset_t {
    var signals = sigset_t()
    sigfillset(&signals)
    for fault in [SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV, SIGSYS, SIGPROF] {
      sigdelset(&signals, fault)
    }
    return signals
  }
}

#if canImport(Darwin)
  private func perform(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<WorkerThread.Body>.fromOpaque(context).takeRetainedValue().run()
    return nil
  }
#else
  private func perform(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    Unmanaged<WorkerThread.Body>.fromOpaque(context!).takeRetainedValue().run()
    return nil
  }
#endif
