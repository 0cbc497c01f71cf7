import CMapping
import Kernels
import Platform
import Synchronization

/// A block of raw memory, shared by a tensor and its views: 64-byte aligned, or part of a file.
public final class Storage {
  let bytes: UnsafeMutableRawPointer
  public let byteCount: Int
  /// The tape that needs the elements as they are; 0 for none.
  var recordedOn: UInt64 = 0
  /// The last pass of `Recording.owned` that came by; 0 for none.
  var seenBy: UInt64 = 0
  private let owner: Owner
  /// What the memory is counted against.
  private let budget: MemoryBudget?

  private enum Owner {
    /// What `malloc` gave, up to 63 bytes before the bytes.
    case block(UnsafeMutableRawPointer)
    case file(MappedFile)
  }

  /// For programs of their own: freed memory waits for the next tensor.
  package static func keepFreedMemory() { lai_keep_freed_memory() }

  /// Bytes held by all living storages; the Lua collector is told of them.
  public static var liveBytes: Int { live.load(ordering: .relaxed) }
  private static let live = Atomic<Int>(0)

  /// What a budget counts: the block, and about as much as the objects around it take.
  private static func cost(_ byteCount: Int) -> Int { ((byteCount + 127) & ~63) + 256 }

  /// Memory of the machine in bytes; a single tensor may not ask for more.
  private static let physicalBytes: Int =
    Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))

  /// The bytes of `count` elements.
  ///
  /// Throws: `AllocationError` when the machine has less.
  @discardableResult
  static func checkedSize(count: Int, dtype: DType) throws -> Int {
    let size = try size(count, dtype)
    guard size <= physicalBytes else { throw AllocationError(bytes: size) }
    return size
  }

  private static func size(_ count: Int, _ dtype: DType) throws -> Int {
    let (size, overflow) = count.multipliedReportingOverflow(by: dtype.size)
    guard !overflow, size >= 0 else { throw AllocationError(bytes: nil) }
    return size
  }

  /// Memory for `count` elements with a vector's width of room behind the last; zeroed, unless
  /// the caller promises to write every element.
  ///
  /// Throws: `AllocationError` when there is not that much, or the current budget is used up.
  public init(count: Int, dtype: DType, zeroed: Bool = true) throws {
    let size = try Storage.size(count, dtype)
    budget = try MemoryBudget.charge(size, cost: Storage.cost)
    guard size <= Storage.physicalBytes else {
      budget?.giveBack(Storage.cost(size))
      throw AllocationError(bytes: size)
    }
    let padded = (size + 127) & ~63
    // Aligned by hand: glibc before 2.38 cannot give a freed block of posix_memalign out again for
    // the same size, and loops of temporaries would take ever more.
    guard let block = malloc(padded + 64) else {
      budget?.giveBack(Storage.cost(size))
      throw AllocationError(bytes: size)
    }
    owner = .block(block)
    bytes = block.alignedUp(toMultipleOf: 64)
    if zeroed { memset(bytes, 0, padded) }
    byteCount = size
    Storage.live.add(size, ordering: .relaxed)
  }

  /// Part of a mapped file, which stays mapped until the last such part is gone. No live bytes: the
  /// system can take its memory back.
  init(_ bytes: UnsafeMutableRawPointer, byteCount: Int, of file: MappedFile) {
    (self.bytes, self.byteCount, owner) = (bytes, byteCount, .file(file))
    budget = nil
  }

  deinit {
    guard case .block(let block) = owner else { return }
    Storage.live.subtract(byteCount, ordering: .relaxed)
    budget?.giveBack(Storage.cost(byteCount))
    free(block)
  }
}
