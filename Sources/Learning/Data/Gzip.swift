import CZlib
import Platform
import Tensors

/// Bytes compressed by gzip (RFC 1952).
enum Gzip {
  static func isLikely(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.starts(with: [0x1F, 0x8B])
  }

  /// The unpacked bytes, allocated by malloc; of several members one after another.
  ///
  /// - Throws: `FileError` for bytes that are damaged, that end too early, or that something else
  ///   follows; `AllocationError`; `CancellationError`.
  static func unpack(
    _ bytes: UnsafeBufferPointer<UInt8>, path: String, _ watch: ReadingWatch
  ) throws -> UnsafeBufferPointer<UInt8> {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16: a gzip header and trailer around the bytes.
    let status = inflateInit2_(
      stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer {
      inflateEnd(stream)
      stream.deallocate()
    }
    guard status == Z_OK else { throw AllocationError(bytes: 1 << 16) }
    var target = GrowingBytes()
    try target.reserve(max(1 << 16, likelySize(bytes)))
    var (done, hasEnded) = (0, false)
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    do {
      while true {
        if hasEnded {
          // Another member, or zeros that fill a block.
          while done < bytes.count, bytes[done] == 0 { done += 1 }
          if done == bytes.count { break }
          guard isLikely(UnsafeBufferPointer(rebasing: bytes[done...])) else {
            throw FileError(path, "is damaged: other bytes follow what gzip compressed")
          }
          inflateReset(stream)
          stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress! + done)
          hasEnded = false
        }
        try target.reserve(target.count + 1)
        let (input, room) = (min(bytes.count - done, 1 << 20), min(target.room, 1 << 20))
        stream.pointee.avail_in = UInt32(input)
        stream.pointee.next_out = target.end
        stream.pointee.avail_out = UInt32(room)
        let result = inflate(stream, Z_NO_FLUSH)
        done += input - Int(stream.pointee.avail_in)
        target.count += room - Int(stream.pointee.avail_out)
        switch result {
        case Z_OK: break
        case Z_STREAM_END: hasEnded = true
        case Z_MEM_ERROR: throw AllocationError(bytes: 1 << 16)
        case Z_BUF_ERROR where done == bytes.count:
          throw FileError(path, "is cut off: what gzip compressed ends too early")
        default:
          let reason = stream.pointee.msg.map { ": " + String(cString: $0) } ?? ""
          throw FileError(path, "is damaged (gzip cannot unpack it\(reason))")
        }
        try watch.check(done, of: bytes.count)
      }
    } catch {
      target.free()
      throw error
    }
    return target.bytes
  }

  /// The size that the trailer gives, unless it is far from what the packed bytes can hold.
  private static func likelySize(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard bytes.count >= 18 else { return 0 }
    let size = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    return size / 100 <= bytes.count ? size + 1 : 0
  }
}

/// Bytes allocated by malloc that grow.
struct GrowingBytes {
  var count = 0
  private var capacity = 0
  private var base: UnsafeMutablePointer<UInt8>?

  var room: Int { capacity - count }
  var end: UnsafeMutablePointer<UInt8>? { base.map { $0 + count } }
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// Makes room for `size` bytes in all, or twice what there was.
  ///
  /// - Throws: `AllocationError` when the machine has less.
  mutating func reserve(_ size: Int) throws {
    guard size > capacity else { return }
    let larger = max(size, capacity * 2)
    try AllocationError.check(larger - capacity, bytesEach: 1)
    guard let moved = realloc(base, larger) else { throw AllocationError(bytes: larger) }
    (base, capacity) = (moved.assumingMemoryBound(to: UInt8.self), larger)
  }

  func free() { Platform.free(base) }
}
