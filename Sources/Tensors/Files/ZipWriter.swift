import CZlib

/// Writes a zip archive entry by entry. Equal contents give equal files: all are dated 1980.
struct ZipWriter {
  private let file: OutputFile
  /// The value of a 32-bit field that refers to the 64-bit extension, which larger sizes use.
  private let limit: Int
  private var place = 0
  private var entries: [Entry] = []

  private struct Entry {
    let name: [UInt8]
    let start: Int
    let isDeflated: Bool
    let isWide: Bool
    var checksum: UInt = 0
    var packedSize = 0
    var size = 0
  }

  /// Tests set a lower `limit`, to write 64-bit entries that are not 4 GB long.
  init(_ file: OutputFile, limit: Int = 0xffff_ffff) { (self.file, self.limit) = (file, limit) }

  /// Adds an entry of `size` bytes, which `body` passes to its argument.
  ///
  /// - Throws: `FileError`, `AllocationError`, and what `body` throws.
  mutating func add(
    _ name: String, size: Int, isDeflated: Bool,
    _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    // Deflate can make incompressible bytes a little longer: 5 bytes per 16 KB.
    let isWide = size + size >> 10 + 64 >= limit
    var entry = Entry(
      name: Array(name.utf8), start: place, isDeflated: isDeflated, isWide: isWide)
    try write(header(of: entry))
    let deflater = isDeflated ? try Deflater() : nil
    var writer = self
    func put(_ bytes: UnsafeRawBufferPointer) throws {
      try writer.file.write(bytes)
      writer.place += bytes.count
    }
    try body { bytes in
      entry.checksum = crc32_z(entry.checksum, bytes.baseAddress, bytes.count)
      entry.size += bytes.count
      if let deflater { try deflater.pack(bytes, isLast: false, put) } else { try put(bytes) }
    }
    try deflater?.pack(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true, put)
    self = writer
    entry.packedSize = place - entry.start - header(of: entry).count
    // Checksum and sizes are known only now.
    try header(of: entry).withUnsafeBytes { try file.write($0, at: entry.start) }
    entries.append(entry)
  }

  /// Writes the directory.
  ///
  /// - Throws: `FileError`.
  mutating func finish() throws {
    let start = place
    for entry in entries { try write(directoryEntry(of: entry)) }
    let size = place - start
    var end: [UInt8] = []
    if entries.count >= 0xffff || size >= limit || start >= limit {
      end.append(fields: ZipArchive.Signature.end64)
      end.append(fields: UInt64(44))
      end.append(fields: UInt16(45), 45)
      end.append(fields: UInt32(0), 0)
      end.append(fields: UInt64(entries.count), UInt64(entries.count), UInt64(size), UInt64(start))
      end.append(fields: ZipArchive.Signature.locator64, 0)
      end.append(fields: UInt64(place))
      end.append(fields: UInt32(1))
    }
    end.append(fields: ZipArchive.Signature.end)
    end.append(fields: UInt16(0), 0)
    let count = UInt16(clamping: entries.count)
    end.append(fields: count, count)
    end.append(fields: narrow(size), narrow(start))
    end.append(fields: UInt16(0))
    try write(end)
  }

  private mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try file.write($0) }
    place += bytes.count
  }

  private func narrow(_ value: Int) -> UInt32 { value >= limit ? .max : UInt32(value) }

  /// The fields both before an entry and in the directory.
  private func common(_ entry: Entry, isWide: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    // Bit 11: the name is UTF-8.
    bytes.append(fields: UInt16(isWide ? 45 : 20), 1 << 11, entry.isDeflated ? 8 : 0)
    bytes.append(fields: UInt16(0), 1 << 5 | 1)
    bytes.append(fields: UInt32(entry.checksum))
    return bytes
  }

  private func header(of entry: Entry) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(fields: ZipArchive.Signature.local)
    bytes += common(entry, isWide: entry.isWide)
    bytes.append(
      fields: entry.isWide ? .max : UInt32(entry.packedSize),
      entry.isWide ? .max : UInt32(entry.size))
    bytes.append(fields: UInt16(entry.name.count), entry.isWide ? 20 : 0)
    bytes += entry.name
    if entry.isWide {
      bytes.append(fields: UInt16(1), 16)
      bytes.append(fields: UInt64(entry.size), UInt64(entry.packedSize))
    }
    return bytes
  }

  private func directoryEntry(of entry: Entry) -> [UInt8] {
    let wide = [entry.size, entry.packedSize, entry.start].filter { $0 >= limit }
    var bytes: [UInt8] = []
    bytes.append(fields: ZipArchive.Signature.central)
    // Made on Unix, with version 4.5 of the format.
    bytes.append(fields: UInt16(3 << 8 | 45))
    bytes += common(entry, isWide: entry.isWide || !wide.isEmpty)
    bytes.append(fields: narrow(entry.packedSize), narrow(entry.size))
    bytes.append(
      fields: UInt16(entry.name.count), UInt16(wide.isEmpty ? 0 : 4 + 8 * wide.count), 0, 0, 0)
    // An ordinary file, rw-r--r--.
    bytes.append(fields: UInt32(0o100644) << 16, narrow(entry.start))
    bytes += entry.name
    if !wide.isEmpty {
      bytes.append(fields: UInt16(1), UInt16(8 * wide.count))
      for value in wide { bytes.append(fields: UInt64(value)) }
    }
    return bytes
  }
}

/// Packs bytes with zlib, without zlib's header.
private final class Deflater {
  /// zlib keeps its address.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)

  init() throws {
    stream.initialize(to: z_stream())
    let status = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw AllocationError(bytes: 1 << 18) }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  func pack(
    _ bytes: UnsafeRawBufferPointer, isLast: Bool, _ put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var done = 0
    repeat {
      let count = min(bytes.count - done, 1 << 30)
      // zlib's field is not const, but only read.
      stream.pointee.next_in = bytes.baseAddress.map {
        UnsafeMutablePointer(mutating: ($0 + done).assumingMemoryBound(to: UInt8.self))
      }
      stream.pointee.avail_in = UInt32(count)
      done += count
      repeat {
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        _ = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        let filled = output.count - Int(stream.pointee.avail_out)
        try put(UnsafeRawBufferPointer(rebasing: output[..<filled]))
      } while stream.pointee.avail_out == 0
    } while done < bytes.count
  }
}
