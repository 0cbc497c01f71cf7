import Kernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A block of raw, 64-byte aligned memory, shared by a tensor and its views.
public final class Storage {
  public let bytes: UnsafeMutableRawPointer
  public let byteCount: Int

  /// Bytes held by all living storages; the Lua collector is told of them.
  public static var liveBytes: Int { live.load(ordering: .relaxed) }
  private static let live = Atomic<Int>(0)

  /// Memory of the machine in bytes; a single tensor may not ask for more.
  private static let physicalBytes: Int =
    Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))

  /// Memory for `count` elements with a vector's width of room behind the last; zeroed, unless
  /// the caller promises to write every element.
  ///
  /// Throws: `AllocationError` when there is not that much.
  public init(count: Int, dtype: DType, zeroed: Bool = true) throws {
    let (size, overflow) = count.multipliedReportingOverflow(by: dtype.size)
    guard !overflow, size >= 0 else { throw AllocationError(bytes: nil) }
    let padded = (size + 127) & ~63
    guard padded <= Storage.physicalBytes else { throw AllocationError(bytes: size) }
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, 64, padded) == 0, let pointer else {
      throw AllocationError(bytes: size)
    }
    if zeroed { memset(pointer, 0, padded) }
    bytes = pointer
    byteCount = size
    Storage.live.add(size, ordering: .relaxed)
  }

  deinit {
    Storage.live.subtract(byteCount, ordering: .relaxed)
    free(bytes)
  }
}
