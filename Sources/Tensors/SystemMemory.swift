import CMapping
import Kernels
import Platform
import Synchronization

/// What the system lets this process allocate: its limit on addresses (`ulimit -v`) and its
/// container's limit on memory.
///
/// Swift's own allocations end the process when they fail. So everything whose size the user decides
/// asks here first, and a reserve is left for the small objects, which nobody counts.
package enum SystemMemory {
  /// Takes the place of the system: returns how many bytes are left. For tests, which set it before
  /// the first request of the process.
  package nonisolated(unsafe) static var substitute: (@Sendable () -> Int)?

  /// Whether there is a limit. Without one, every request is granted.
  package static let isLimited: Bool = substitute != nil || limits != ProcessSize.unlimited

  /// The lowest limit in bytes; nil without one.
  package static let limit: Int? = limits == .unlimited ? nil : limits.least

  private static let limits = ProcessSize.limits()

  /// Left for what is not counted: a quarter of what is free at first, but 4 to 32 MB.
  private static let reserve: Int = min(max((left() ?? 0) / 4, 4 << 20), 32 << 20)

  /// Bytes to be had before the process looks at its size again.
  private static let slack = Atomic<Int>(0)
  private static let mostSlack = 1 << 20
  /// Bytes that are being allocated at the moment.
  private static let promised = Atomic<Int>(0)

  /// Whether so many bytes can be allocated now.
  ///
  /// - fromReserve: Takes up to half of the reserve: for what a script needs to go on after an error.
  package static func take(_ bytes: Int, fromReserve: Bool = false) -> Bool {
    guard isLimited, slack.subtract(bytes, ordering: .relaxed).newValue < 0 else { return true }
    var free = room()
    if free < bytes { free += lai_free_blocks() }
    slack.store(max(0, min(mostSlack, free - bytes)), ordering: .relaxed)
    return bytes <= free + (fromReserve ? reserve / 2 : 0)
  }

  /// Runs `body`, which allocates so many bytes. Meanwhile nobody else gets them.
  ///
  /// - Throws: `AllocationError` if there are not that many; what `body` throws.
  package static func withRoom<Result>(
    for bytes: Int, _ body: () throws -> Result
  ) throws -> Result {
    guard bytes <= mostSlack || canMap(bytes) else { throw AllocationError(bytes: bytes) }
    guard isLimited else { return try body() }
    promised.add(bytes, ordering: .sequentiallyConsistent)
    defer { promised.subtract(bytes, ordering: .sequentiallyConsistent) }
    if room() < 0 {
      _ = lai_return_freed_memory()
      guard room() >= 0 else { throw AllocationError(bytes: bytes) }
    }
    return try body()
  }

  /// Whether the system would give so many bytes now, with or without a limit, and without swapping.
  static func canMap(_ bytes: Int) -> Bool {
    if bytes >= 1 << 28, let free = ProcessSize.availableMemory, bytes > free { return false }
    // Not malloc and free, which the compiler removes.
    let pages = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else { return false }
    munmap(pages, bytes)
    return true
  }

  /// Allocates what the BLAS needs, if the process is limited: it waits for ever where there is not
  /// that much.
  ///
  /// - Throws: `AllocationError`.
  package static func prepareBLAS() throws {
    guard isLimited, !hasBLAS.load(ordering: .relaxed) else { return }
    try withRoom(for: blasBufferSize) { useOneBLASBuffer() }
    hasBLAS.store(true, ordering: .relaxed)
  }
  private static let hasBLAS = Atomic(false)

  /// `malloc`, which leaves the reserve alone; nil if there is not that much.
  package static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let block = malloc(bytes)
    // Small blocks were taken from the slack. Large ones may lie in memory that was freed before.
    guard isLimited, bytes >= mostSlack, room() < 0 else { return block }
    Platform.free(block)
    return nil
  }

  /// Bytes beside the reserve and those that are promised; 0 or more if there are any.
  private static func room() -> Int {
    // Read before the size: what has been allocated by then counts twice rather than not at all.
    let promised = promised.load(ordering: .sequentiallyConsistent)
    guard let left = left() else { return .max }
    return left - reserve - promised
  }

  /// Bytes below the limit; nil where the system does not say.
  private static func left() -> Int? {
    if let substitute { return substitute() }
    return ProcessSize.now().map { limits.minus($0).least }
  }
}

extension Scalar {
  /// LAPACK's routines, once there is memory for them.
  ///
  /// - Throws: `AllocationError`.
  static var preparedLAPACK: LAPACK<Self> {
    get throws {
      try SystemMemory.prepareBLAS()
      return lapack
    }
  }
}
