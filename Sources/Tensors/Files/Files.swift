import Platform

/// The system's text for the error of the last call.
func systemReason() -> String { String(cString: strerror(errno)).lowercased() }

/// An ordinary file, open for reading.
final class InputFile {
  let path: String
  let size: Int
  let descriptor: Int32

  /// - Throws: `FileError` when it cannot be opened or is not an ordinary file.
  init(_ path: String) throws {
    guard !path.utf8.contains(0) else { throw FileError(path, "is not a path") }
    self.path = path
    // Without blocking: a named pipe would wait for a writer.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    var status = stat()
    let isKnown = descriptor >= 0 && fstat(descriptor, &status) == 0
    let reason = systemReason()
    size = Int(status.st_size)
    // From here on deinit closes the descriptor.
    guard isKnown else { throw FileError(path, reason) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path, status.st_mode & S_IFMT == S_IFDIR ? "is a directory" : "is not a file")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// - Throws: `FileError` when the file ends before the buffer is full.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path, systemReason()) }
      guard count > 0 else { throw FileError(path, "ends too early") }
      done += count
    }
  }

  /// - Throws: `FileError` when the file ends before.
  func read(_ count: Int, at offset: Int) throws -> [UInt8] {
    // An empty one would be written to the storage that all empty arrays share.
    guard count > 0 else { return [] }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      try read(
        into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count), at: offset)
      filled = count
    }
  }
}
