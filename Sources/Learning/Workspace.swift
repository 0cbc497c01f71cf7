import Platform
import Tensors

/// Aligned, zeroed buffers that are carved out of one allocation and freed together.
final class Workspace<S: TensorScalar> {
  private let block: UnsafeMutableRawPointer
  private let base: UnsafeMutableRawPointer
  private let capacity: Int
  private let budget: MemoryBudget?
  private var used = 0

  /// Bytes a buffer's start is aligned to, and the room left behind each.
  private static var alignment: Int { 64 }
  private static var hugePage: Int { 1 << 21 }

  /// Room for buffers of these many elements.
  ///
  /// - Throws: `AllocationError`.
  init(counts: [Int]) throws {
    let bytes = counts.reduce(0) { $0 + Workspace.padded($1) }
    budget = try MemoryBudget.charge(bytes)
    let isLarge = bytes >= 2 * Workspace.hugePage
    let alignment = isLarge ? Workspace.hugePage : Workspace.alignment
    // Aligned by hand, as `Storage` does.
    guard let block = SystemMemory.allocate(bytes + alignment) else {
      budget?.giveBack(bytes)
      throw AllocationError(bytes: bytes)
    }
    let pointer = block.alignedUp(toMultipleOf: alignment)
    #if os(Linux)
      // Wide layers' rows lie on more pages than the processor remembers. A wish: it may fail.
      if isLarge { madvise(pointer, bytes, MADV_HUGEPAGE) }
    #endif
    memset(pointer, 0, bytes)
    LiveMemory.add(bytes)
    (self.block, base, capacity) = (block, pointer, bytes)
  }

  deinit {
    budget?.giveBack(capacity)
    LiveMemory.subtract(capacity)
    free(block)
  }

  /// Buffers of a table, by their names, in its order.
  ///
  /// - Throws: `AllocationError`.
  static func carve<Name: Hashable>(_ table: [(name: Name, count: Int)]) throws -> (
    memory: Workspace, buffers: [Name: UnsafeMutablePointer<S>]
  ) {
    let memory = try Workspace(counts: table.map(\.count))
    let buffers = table.map { ($0.name, memory.take($0.count)) }
    return (memory, Dictionary(uniqueKeysWithValues: buffers))
  }

  /// The next buffer.
  func take(_ count: Int) -> UnsafeMutablePointer<S> {
    let start = used
    used += Workspace.padded(count)
    precondition(used <= capacity)
    return (base + start).assumingMemoryBound(to: S.self)
  }

  private static func padded(_ count: Int) -> Int {
    let bytes = count * MemoryLayout<S>.stride
    // Large buffers begin at different places of a page: rows of several that are read together
    // would otherwise share a few places of the first-level cache.
    let spare = bytes >= 4096 ? 5 * alignment : 0
    return (bytes + alignment - 1) / alignment * alignment + spare
  }
}
