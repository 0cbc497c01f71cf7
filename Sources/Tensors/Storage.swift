import CMapping
import Kernels
import Platform

/// A block of raw memory, shared by a tensor and its views: 64-byte aligned, or part of a file.
public final class Storage {
  package let bytes: UnsafeMutableRawPointer
  public let byteCount: Int
  /// The tape that needs the elements unchanged; 0 for none.
  var recordedOn: UInt64 = 0
  /// Whether writing to it is an error.
  var isReadOnly = false
  /// The last pass of `Recording.owned` that saw this storage; 0 for none.
  var seenBy: UInt64 = 0
  private let owner: Owner
  /// The budget that the memory counts against.
  private let budget: MemoryBudget?

  private enum Owner {
    /// The block from `malloc`, which begins up to 63 bytes before the bytes.
    case block(UnsafeMutableRawPointer)
    case file(MappedFile)
  }

  /// Bytes of all living storages and of the buffers of training.
  public static var liveBytes: Int { LiveMemory.bytes }

  /// The cost that a budget counts: the block, and roughly the memory of the objects around it.
  private static func cost(_ byteCount: Int) -> Int { ((byteCount + 127) & ~63) + 256 }

  /// Memory of the machine in bytes; a single tensor may not need more.
  private static let physicalBytes: Int =
    Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))

  /// The bytes of `count` elements.
  ///
  /// - Throws: `AllocationError` when the machine has less.
  @discardableResult
  static func checkedSize(count: Int, dtype: DType) throws -> Int {
    let size = try size(count, dtype)
    guard size <= physicalBytes else { throw AllocationError(bytes: size) }
    return size
  }

  static func size(_ count: Int, _ dtype: DType) throws -> Int {
    let (size, overflow) = count.multipliedReportingOverflow(by: dtype.size)
    guard !overflow, size >= 0 else { throw AllocationError(bytes: nil) }
    return size
  }

  /// Memory for `count` elements, with a vector's width of room behind the last. It is zeroed
  /// unless the caller promises to write every element.
  ///
  /// - Throws: `AllocationError` when there is not that much, or the current budget is used up.
  public init(count: Int, dtype: DType, zeroed: Bool = true) throws {
    let size = try Storage.size(count, dtype)
    budget = try MemoryBudget.charge(size, cost: Storage.cost)
    guard size <= Storage.physicalBytes else {
      budget?.giveBack(Storage.cost(size))
      throw AllocationError(bytes: size)
    }
    let padded = (size + 127) & ~63
    // Aligned by hand: glibc before 2.38 does not reuse a freed block of posix_memalign for the
    // same size, and loops of temporaries would take more and more memory.
    guard let block = SystemMemory.allocate(padded + 64) else {
      budget?.giveBack(Storage.cost(size))
      throw AllocationError(bytes: size)
    }
    owner = .block(block)
    bytes = block.alignedUp(toMultipleOf: 64)
    if zeroed { memset(bytes, 0, padded) }
    byteCount = size
    LiveMemory.add(size)
  }

  /// Part of a mapped file, which stays mapped until the last such part is freed. Its bytes do not
  /// count as live, since the system can take the memory back.
  init(_ bytes: UnsafeMutableRawPointer, byteCount: Int, of file: MappedFile) {
    (self.bytes, self.byteCount, owner) = (bytes, byteCount, .file(file))
    budget = nil
  }

  deinit {
    guard case .block(let block) = owner else { return }
    LiveMemory.subtract(byteCount)
    budget?.giveBack(Storage.cost(byteCount))
    free(block)
  }
}
