import Platform

/// Excludes other writers, in this process and in others, by `flock` on a file beside the store. The
/// kernel frees it when the process ends, however it ends.
///
/// SQLite's own locks are not enough: with two connections that write and checkpoint at once, versions
/// before 3.44.6, 3.50.7 and 3.51.3 can corrupt the file.
struct StoreLock {
  let path: String
  private var descriptor: Int32

  /// - Throws: `StoreError` if the file cannot be made or opened.
  init(_ path: String) throws {
    self.path = path
    descriptor = try StoreLock.open(path)
  }

  private static func open(_ path: String) throws -> Int32 {
    let descriptor = Platform.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw StoreError(path: path, reason: "cannot be written: \(lastSystemError())")
    }
    return descriptor
  }

  /// Waits for the lock, `limit` at most.
  ///
  /// - Throws: `StoreError`.
  mutating func acquire(within limit: Duration) throws {
    let start = ContinuousClock.now
    var pause: UInt32 = 200
    while true {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        if isInPlace { return signOwner() }
        // Somebody removed the file: others would lock another one.
        let next = try StoreLock.open(path)
        Platform.close(descriptor)
        descriptor = next
        continue
      }
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw StoreError(path: path, reason: "cannot be locked: \(lastSystemError())")
      }
      guard ContinuousClock.now - start < limit else { throw timeout(limit) }
      usleep(pause)
      pause = min(2 * pause, 10_000)
    }
  }

  func release() { flock(descriptor, LOCK_UN) }

  func close() { Platform.close(descriptor) }

  private var isInPlace: Bool { FileIdentity(path) == FileIdentity(of: descriptor) }

  /// Leaves the process's number in the file, for the message of those who wait in vain.
  private func signOwner() {
    let text = Array("\(getpid())".utf8)
    ftruncate(descriptor, 0)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  private func timeout(_ limit: Duration) -> StoreError {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = max(0, pread(descriptor, &bytes, bytes.count, 0))
    let owner = Int(String(decoding: bytes[..<count], as: UTF8.self)).map { "process \($0)" }
    let seconds = limit.components.seconds
    return StoreError(
      path: path,
      reason:
        "locked by \(owner ?? "another process") for more than \(seconds) s; a lock is held for "
        + "milliseconds, so that process hangs or is suspended (Ctrl-Z): continue it (fg) or end it"
    )
  }
}

/// Shows that a process lives: it holds `flock` on a file of its own, which the kernel frees at its
/// end, also at SIGKILL.
struct Worker {
  let id: String
  private let path: String?
  private let descriptor: Int32

  /// A new worker of the store at `path`; without a path, one of a store in memory.
  ///
  /// Call it while the store is locked: others could take the file for that of a dead worker before
  /// it is locked.
  ///
  /// - Throws: `StoreError`.
  init(of store: String?) throws {
    id = randomName()
    path = store.map { [id] in Worker.path(id, of: $0) }
    guard let path else {
      descriptor = -1
      return
    }
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
      throw StoreError(path: path, reason: "cannot be written: \(lastSystemError())")
    }
  }

  /// Removes the file.
  func end() {
    guard let path else { return }
    unlink(path)
    close(descriptor)
  }

  /// Gives the file up without removing it.
  func abandon() { if descriptor >= 0 { close(descriptor) } }

  static func path(_ id: String, of store: String) -> String { "\(store).worker-\(id)" }

  /// Whether the worker's process lives.
  static func isAlive(_ id: String, of store: String) -> Bool {
    let descriptor = open(path(id, of: store), O_RDONLY | O_CLOEXEC)
    // No rights to look: alive, as far as anybody knows.
    guard descriptor >= 0 else { return errno != ENOENT }
    defer { close(descriptor) }
    // Shared, so that two who look do not take each other for the worker.
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  static func removeFile(of id: String, of store: String) { unlink(path(id, of: store)) }

  /// The workers that have files beside the store.
  static func all(of store: String) -> [String] {
    let slash = store.lastIndex(of: "/")
    let folder = slash.map { String(store[...$0]) } ?? "."
    let prefix = (slash.map { store[store.index(after: $0)...] } ?? store[...]) + ".worker-"
    guard let entries = opendir(folder) else { return [] }
    defer { closedir(entries) }
    var ids: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(prefix) { ids.append(String(name.dropFirst(prefix.count))) }
    }
    return ids
  }
}

/// Which file it is, whatever its names.
struct FileIdentity: Hashable {
  let device: UInt64
  let node: UInt64

  /// nil if there is no such file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, node) = (UInt64(status.st_dev), UInt64(status.st_ino))
  }

  init?(of descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    (device, node) = (UInt64(status.st_dev), UInt64(status.st_ino))
  }
}

/// 128 random bits in hexadecimal, from the system's generator, whatever is seeded.
func randomName() -> String {
  var generator = SystemRandomNumberGenerator()
  return (0..<2).map { _ in
    let digits = String(generator.next() as UInt64, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }.joined()
}

/// "No such file or directory"
func lastSystemError() -> String { String(cString: strerror(errno)) }
