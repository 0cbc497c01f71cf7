import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a file.
final class TextFile {
  let path: String
  private(set) var bytes: UnsafeBufferPointer<UInt8>

  /// Throws: `FileError` in the system's words and for a device, `AllocationError`.
  init(_ path: String) throws {
    self.path = path
    bytes = UnsafeBufferPointer(start: nil, count: 0)
    guard !path.utf8.contains(0) else { throw FileError(path, "no file name holds a NUL") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TextFile.systemError(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw TextFile.systemError(path) }
    // Devices such as /dev/zero have no end.
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFCHR, kind != S_IFBLK else { throw FileError(path, "is no file") }
    var capacity = max(1 << 16, Int(status.st_size) + 1)
    var base: UnsafeMutableRawPointer?
    var count = 0
    do {
      while true {
        if base == nil || count == capacity {
          if base != nil { capacity *= 2 }
          guard let larger = realloc(base, capacity) else {
            throw AllocationError(bytes: capacity)
          }
          base = larger
        }
        let got = read(descriptor, base! + count, capacity - count)
        if got == 0 { break }
        if got < 0 {
          if errno == EINTR { continue }
          throw TextFile.systemError(path)
        }
        count += got
      }
    } catch {
      free(base)
      throw error
    }
    bytes = UnsafeBufferPointer(start: base!.assumingMemoryBound(to: UInt8.self), count: count)
  }

  deinit { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }

  private static func systemError(_ path: String) -> FileError {
    let reason = String(cString: strerror(errno))
    return FileError(path, reason.prefix(1).lowercased() + reason.dropFirst())
  }
}
