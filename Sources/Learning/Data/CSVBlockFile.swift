import Platform
import Tensors

/// A regular file that is read in parts by several threads: the parts are copies, so a file that
/// becomes shorter meanwhile is an error.
final class CSVBlockFile: Sendable {
  let path: String
  let size: Int
  private let descriptor: Int32

  /// nil for what is not a regular file that can be opened.
  init?(_ path: String) {
    guard !path.utf8.contains(0) else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      return nil
    }
    (self.path, self.descriptor, size) = (path, descriptor, Int(status.st_size))
  }

  deinit { close(descriptor) }

  /// - Throws: `FileError` for a file that has become shorter, and in the system's words.
  func read(_ range: Range<Int>, into target: UnsafeMutablePointer<UInt8>) throws {
    var done = 0
    while done < range.count {
      let got = pread(
        descriptor, target + done, range.count - done, off_t(range.lowerBound + done))
      if got == 0 { throw FileError(path, "became shorter while it was read") }
      if got < 0 {
        if errno == EINTR { continue }
        throw FileError(path, "\(String(cString: strerror(errno)))")
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
