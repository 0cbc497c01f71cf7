import Platform
import Tensors

/// A regular file that is read in parts by several threads: the parts are copies, so a file that
/// becomes shorter meanwhile is an error. One compressed by gzip is unpacked at once.
final class CSVBlockFile: Sendable {
  let path: String
  let size: Int
  private let descriptor: Int32
  /// Of a file that was compressed.
  private nonisolated(unsafe) let unpacked: UnsafeBufferPointer<UInt8>?

  /// nil for what is not a regular file that can be opened.
  ///
  /// - Throws: as `Gzip.unpack`.
  init?(_ path: String, _ watch: ReadingWatch) throws {
    guard !path.utf8.contains(0) else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
    self.path = path
    do {
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(descriptor)
        return nil
      }
      var start: [UInt8] = [0, 0]
      let isPacked = pread(descriptor, &start, 2, 0) == 2 && Gzip.isLikely(start)
      unpacked = isPacked ? try TextFile.unpackedContents(descriptor, path, watch) : nil
      size = unpacked?.count ?? Int(status.st_size)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit {
    close(descriptor)
    free(UnsafeMutableRawPointer(mutating: unpacked?.baseAddress))
  }

  /// - Throws: `FileError` for a file that has become shorter, and in the system's words.
  func read(_ range: Range<Int>, into target: UnsafeMutablePointer<UInt8>) throws {
    if let unpacked {
      if !range.isEmpty { memcpy(target, unpacked.baseAddress! + range.lowerBound, range.count) }
      return
    }
    var done = 0
    while done < range.count {
      let got = pread(
        descriptor, target + done, range.count - done, off_t(range.lowerBound + done))
      if got == 0 { throw FileError(path, "became shorter while it was read") }
      if got < 0 {
        if errno == EINTR { continue }
        throw FileError.ofSystem(path)
      }
      done += got
    }
  }

  /// The place behind the last byte that is not of a line end; nil if that is far from the end.
  func endOfRows() throws -> Int? {
    let tail = max(0, size - (1 << 12))..<size
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: tail.count + 1)
    defer { buffer.deallocate() }
    try read(tail, into: buffer)
    let last = (0..<tail.count).last { buffer[$0] != 0x0A && buffer[$0] != 0x0D }
    return last.map { tail.lowerBound + $0 + 1 }
  }
}
