import Platform
import Synchronization

/// Where a store is, checked before SQLite sees it.
struct StoreFile {
  /// Absolute, without symbolic links: two names of a file have one lock.
  let path: String
  var lock: String { path + ".lock" }

  /// - isWritten: false for a file that must exist and is only read.
  /// - Throws: `StoreError` for a path that cannot be that of a store. Nothing has been written then.
  init(_ given: String, isWritten: Bool = true) throws {
    func fault(_ reason: String) -> StoreError { StoreError(path: given, reason: reason) }
    guard !given.isEmpty, !given.utf8.contains(0) else { throw fault("is not a path") }
    let target = linkTarget(of: given)
    let slash = target.lastIndex(of: "/")
    let folder = slash.map { String(target[...$0]) } ?? "."
    let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
    guard let resolved = realpath(folder, nil) else {
      throw fault(
        errno == ENOENT
          ? "the folder '\(folder)' does not exist: make it first"
          : "the folder '\(folder)': \(lastSystemError())")
    }
    defer { free(resolved) }
    let place = String(cString: resolved)
    path = (place == "/" ? "" : place) + "/" + name

    var status = stat()
    if name.isEmpty || name == "." || name == ".." { throw fault("is a folder") }
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT != S_IFDIR else { throw fault("is a folder") }
      guard status.st_mode & S_IFMT == S_IFREG else { throw fault("is not an ordinary file") }
      guard access(path, isWritten ? R_OK | W_OK : R_OK) == 0 else {
        let advice = isWritten ? ": \(StoreFile.readOnlyAdvice)" : ""
        throw fault("cannot be \(isWritten ? "written" : "read") (\(lastSystemError()))\(advice)")
      }
    } else if errno != ENOENT || !isWritten {
      throw fault(lastSystemError())
    }
    guard isWritten else { return }
    guard access(place, W_OK | X_OK) == 0 else {
      throw fault(
        "the folder '\(place)' cannot be written (\(lastSystemError())), and a store has other files "
          + "beside it: \(StoreFile.readOnlyAdvice)")
    }
    if let system = networkFileSystem(of: place) {
      throw fault(
        "is on a network file system (\(system)), where two machines could corrupt it: keep the "
          + "store on a local disk, such as /tmp, and copy it when all processes have ended")
    }
  }

  static let readOnlyAdvice = "copy it to a folder of your own, or merge it into a store there"
}

/// The first 100 bytes of a file of SQLite (https://www.sqlite.org/fileformat.html, section 1.3).
struct DatabaseHeader {
  let isDatabase: Bool
  let applicationID: Int
  let userVersion: Int

  /// nil for an empty or missing file, which may become a store.
  ///
  /// Not for a file that SQLite has open in this process: closing it here would free SQLite's locks.
  ///
  /// - Throws: `StoreError` if it cannot be read.
  init?(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw StoreError(path: path, reason: lastSystemError()) }
      return nil
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count >= 0 else { throw StoreError(path: path, reason: lastSystemError()) }
    guard count > 0 else { return nil }
    func number(at place: Int) -> Int {
      Int(bytes[place..<(place + 4)].reduce(Int32(0)) { $0 << 8 | Int32($1) })
    }
    isDatabase = count == 100 && bytes.starts(with: Array("SQLite format 3\0".utf8))
    (userVersion, applicationID) = (number(at: 60), number(at: 68))
  }
}

/// The files that this process has open as stores.
enum StoreRegistry {
  private static let files = Mutex<[FileIdentity: (process: pid_t, count: Int)]>([:])

  /// Calls `check` unless the file is open, then counts it as open.
  ///
  /// - Throws: what `check` throws; `StoreError` if the file was open when this process was forked.
  static func open(_ file: FileIdentity, path: String, check: () throws -> Void) throws {
    try files.withLock { files in
      guard let entry = files[file] else {
        try check()
        files[file] = (getpid(), 1)
        return
      }
      guard entry.process == getpid() else {
        throw StoreError(
          path: path,
          reason: "was open when this process was forked, which SQLite does not allow: close the "
            + "store before, or open it in the forked process only")
      }
      files[file]!.count += 1
    }
  }

  /// Calls `check` unless the file is open.
  static func check(_ file: FileIdentity, check: () throws -> Void) throws {
    try files.withLock { if $0[file] == nil { try check() } }
  }

  static func close(_ file: FileIdentity) {
    files.withLock { files in
      guard let count = files[file]?.count else { return }
      if count == 1 { files[file] = nil } else { files[file]!.count = count - 1 }
    }
  }
}
