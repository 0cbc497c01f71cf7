import CZlib

/// The unpacked bytes of an entry, with their number and checksum.
final class ZipEntrySource: ByteSource {
  let file: InputFile
  private let entry: ZipArchive.Entry
  private let packed: FileStretch
  private let inflater: Inflater?
  private var checksum: UInt = 0
  private(set) var remaining: Int

  /// - Throws: `AllocationError`.
  init(_ entry: ZipArchive.Entry, of file: InputFile) throws {
    (self.file, self.entry, remaining) = (file, entry, entry.size)
    packed = FileStretch(file, entry.data)
    inflater = entry.isDeflated ? try Inflater(packed) : nil
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    guard buffer.count <= remaining else { throw fault("ends too early") }
    if let inflater {
      try inflater.read(into: buffer)
    } else {
      try packed.read(into: buffer)
    }
    remaining -= buffer.count
    checksum = crc32_z(checksum, buffer.baseAddress, buffer.count)
  }

  /// Reads to the last byte and checks all of them.
  ///
  /// - Throws: `FileError` as `finish`.
  func skipRest() throws {
    while remaining > 0 { _ = try read(min(remaining, 1 << 16)) }
    try finish()
  }

  /// Must be called after the last byte.
  ///
  /// - Throws: `FileError` when the bytes are not those that were packed.
  func finish() throws {
    guard remaining == 0, try inflater?.isAtEnd ?? true else { throw fault("unpacks to more") }
    guard checksum == UInt(entry.checksum) else {
      throw fault("is damaged (its bytes do not have their checksum)")
    }
  }
}

/// Deflated bytes (RFC 1951), unpacked by zlib.
private final class Inflater {
  private let source: FileStretch
  /// zlib keeps its address.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
  private var hasEnded = false

  init(_ source: FileStretch) throws {
    self.source = source
    stream.initialize(to: z_stream())
    // A negative window size: no zlib header around the bytes.
    let status = inflateInit2_(
      stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw AllocationError(bytes: 1 << 16) }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < buffer.count {
      let count = min(buffer.count - done, 1 << 30)
      let unpacked = try unpack(
        into: UnsafeMutableRawBufferPointer(rebasing: buffer[done..<(done + count)]))
      if unpacked == 0 { throw source.fault("ends too early") }
      done += unpacked
    }
  }

  /// Whether no bytes are left, neither packed nor unpacked.
  var isAtEnd: Bool {
    get throws {
      var byte: UInt8 = 0
      let more = try withUnsafeMutableBytes(of: &byte) { try unpack(into: $0) }
      return more == 0 && hasEnded && stream.pointee.avail_in == 0 && source.remaining == 0
    }
  }

  /// Unpacks some bytes; returns none only at the end of the stream or of the source.
  private func unpack(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(buffer.count)
    while !hasEnded, stream.pointee.avail_out == buffer.count {
      if stream.pointee.avail_in == 0 {
        let count = min(input.count, source.remaining)
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: input[..<count]))
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
      }
      let isLast = stream.pointee.avail_in == 0
      switch inflate(stream, Z_NO_FLUSH) {
      case Z_OK: break
      case Z_STREAM_END: hasEnded = true
      case Z_BUF_ERROR: if isLast { return 0 }
      case Z_MEM_ERROR: throw AllocationError(bytes: 1 << 16)
      default:
        let reason = stream.pointee.msg.map { ": " + String(cString: $0) } ?? ""
        throw source.fault("is damaged (cannot be unpacked\(reason))")
      }
    }
    return buffer.count - Int(stream.pointee.avail_out)
  }
}
