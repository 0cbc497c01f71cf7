import Platform

/// A file that is being written.
package struct OutputFile {
  package let path: String
  private let descriptor: Int32

  /// Calls `body` to write a new file beside `path`, flushes it to disk and renames it, in one step
  /// for other programs; nothing is left behind when that fails or a signal ends the program. The new
  /// file has the permissions of the one that it replaces. A symbolic link stays, and the file that
  /// it names is replaced, or made if there is none.
  ///
  /// - Throws: `FileError`, also for a path that is not an ordinary file or must not be written; what `body`
  ///   throws.
  package static func write(_ path: String, _ body: (OutputFile) throws -> Void) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw FileError(path, "is not a path") }
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw FileError(path, systemReason()) }
      return try write(linkTarget(of: path), mode: nil, body)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path, status.st_mode & S_IFMT == S_IFDIR ? "is a directory" : "is not a file")
    }
    guard access(path, W_OK) == 0, let target = realpath(path, nil) else {
      throw FileError(path, systemReason())
    }
    defer { free(target) }
    try write(String(cString: target), mode: status.st_mode & 0o7777, body)
  }

  private static func write(
    _ path: String, mode: mode_t?, _ body: (OutputFile) throws -> Void
  ) throws {
    try withoutFileSizeSignal {
      let part = try PartFile(for: path)
      defer { part.end() }
      do {
        if let mode { fchmod(part.descriptor, mode) }
        try body(OutputFile(path: path, descriptor: part.descriptor))
        guard fsync(part.descriptor) == 0, rename(part.path, path) == 0 else {
          throw FileError(path, systemReason())
        }
      } catch {
        unlink(part.path)
        throw error
      }
    }
  }

  /// - Throws: `FileError`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let count = Platform.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path, systemReason()) }
      done += count
    }
  }

  /// Overwrites bytes at a place, without moving the position.
  ///
  /// - Throws: `FileError`.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path, systemReason()) }
      done += count
    }
  }
}
