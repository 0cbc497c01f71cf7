import Platform

/// The system's text for the error of the last call.
private func systemReason() -> String { String(cString: strerror(errno)).lowercased() }

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

/// A file that is being written.
struct OutputFile {
  let path: String
  private let descriptor: Int32

  /// Calls `body` to write a new file beside `path`, flushes it to disk and renames it, in one step
  /// for other programs; nothing is left behind when that fails. The new file has the permissions
  /// of the one that it replaces. A symbolic link stays, and the file that it names is replaced.
  ///
  /// - Throws: `FileError`, also for a path that is not an ordinary file or must not be written; what `body`
  ///   throws.
  static func write(_ path: String, _ body: (OutputFile) throws -> Void) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw FileError(path, "is not a path") }
    var status = stat()
    guard stat(path, &status) == 0 else { return try write(path, mode: nil, body) }
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
    var generator = SystemRandomNumberGenerator()
    let temporary = path + "." + String(generator.next(), radix: 36) + ".part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path, systemReason()) }
    do {
      do {
        defer { close(descriptor) }
        if let mode { fchmod(descriptor, mode) }
        try body(OutputFile(path: path, descriptor: descriptor))
        guard fsync(descriptor) == 0 else { throw FileError(path, systemReason()) }
      }
      guard rename(temporary, path) == 0 else { throw FileError(path, systemReason()) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// - Throws: `FileError`.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
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
