import Platform

/// The history on disk: one block per line, in which `\n` is a line break and `\\` a backslash.
///
/// Sessions append under a lock, each block in one write, so that they do not damage each other's
/// blocks. A line damaged by a crash or another program is skipped; the other lines are read. A new
/// file is readable by the user only. An existing file keeps its owner and permissions, and a
/// symbolic link stays one.
package struct HistoryFile: Sendable {
  package let path: String
  package let limit: Int

  /// `path` may be a symbolic link, also to a file that does not exist yet.
  package init(path: String, limit: Int = 10_000) {
    (self.path, self.limit) = (linkTarget(of: path), limit)
  }

  /// Why the path cannot be a history: there is something that is no regular file, such as a folder,
  /// a named pipe or a device. It is never opened. nil for a regular file and if there is nothing.
  package var obstacle: String? {
    var about = stat()
    guard stat(path, &about) == 0 else {
      return errno == ELOOP ? "is a loop of symbolic links" : nil
    }
    switch about.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: return "is a directory"
    case S_IFIFO: return "is a named pipe"
    case S_IFCHR, S_IFBLK: return "is a device"
    default: return "is not a file"
    }
  }

  /// The blocks; none if the file cannot be read. A file far over the limit is shortened.
  package func load() -> History {
    guard obstacle == nil else { return History([], limit: limit) }
    let entries = withLockedFile(O_RDWR) { descriptor in
      let entries = Self.entries(in: Self.bytes(of: descriptor))
      if entries.count > limit + limit / 4 { replace(descriptor, with: entries.suffix(limit)) }
      return entries
    }
    return History(entries ?? Self.readOnlyEntries(path), limit: limit)
  }

  /// Appends a block. Returns false if that failed; the session goes on without a history file.
  @discardableResult
  package func append(_ block: String) -> Bool {
    guard obstacle == nil else { return false }
    makeFolders()
    let added = withLockedFile(O_RDWR | O_APPEND | O_CREAT) { descriptor in
      var line = Array(Self.encoded(block).utf8) + [10]
      // A line that was cut short gets its line break first, so that this block does not join it.
      var last: UInt8 = 10
      if lseek(descriptor, -1, SEEK_END) >= 0, read(descriptor, &last, 1) == 1, last != 10 {
        line.insert(10, at: 0)
      }
      return withoutFileSizeSignal { write(descriptor, line, line.count) } == line.count
    }
    return added ?? false
  }

  static func encoded(_ block: String) -> String {
    var line = ""
    for scalar in block.unicodeScalars {
      switch scalar {
      case "\n": line += "\\n"
      case "\\": line += "\\\\"
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  static func decoded(_ line: String) -> String {
    var block = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in line.unicodeScalars {
      if isEscaped {
        if scalar != "n" && scalar != "\\" { block.append("\\") }
        block.append(scalar == "n" ? "\n" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        block.append(scalar)
      }
    }
    if isEscaped { block.append("\\") }
    return String(block)
  }

  /// The lines that are text. A crash can leave zero bytes in a file.
  private static func entries(in bytes: [UInt8]) -> [String] {
    bytes.split(separator: 10).compactMap { line in
      guard !line.contains(0), let text = String(validating: line, as: UTF8.self) else {
        return nil
      }
      return decoded(text)
    }
  }

  private static func readOnlyEntries(_ path: String) -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    return entries(in: bytes(of: descriptor))
  }

  private static func bytes(of descriptor: Int32) -> [UInt8] {
    var all: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &part, part.count)
      guard count > 0 else { return all }
      all += part[..<count]
    }
  }

  private func makeFolders() {
    var place = path.startIndex
    while let slash = path[place...].firstIndex(of: "/") {
      place = path.index(after: slash)
      if slash > path.startIndex { mkdir(String(path[..<slash]), 0o700) }
    }
  }

  /// Replaces the file atomically: a reader sees either the old file or the new one.
  private func replace(_ old: Int32, with entries: ArraySlice<String>) {
    // The lock is held, so no other session uses this name; what a killed one left is overwritten.
    let temporary = path + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var about = stat()
    // The owner first: changing it may remove permissions.
    guard fstat(old, &about) == 0,
      about.st_uid == geteuid() && about.st_gid == getegid()
        || fchown(descriptor, about.st_uid, about.st_gid) == 0,
      fchmod(descriptor, about.st_mode & 0o7777) == 0
    else {
      unlink(temporary)
      return
    }
    var rest = Array(entries.map { Self.encoded($0) + "\n" }.joined().utf8)[...]
    while !rest.isEmpty {
      let count = withoutFileSizeSignal {
        rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      }
      guard count > 0 else {
        unlink(temporary)
        return
      }
      rest = rest.dropFirst(count)
    }
    if fsync(descriptor) != 0 || rename(temporary, path) != 0 { unlink(temporary) }
  }

  /// Nil if the file cannot be opened. If another session replaced the file before it was locked,
  /// the new one is opened.
  private func withLockedFile<Result>(_ flags: Int32, _ body: (Int32) -> Result) -> Result? {
    while true {
      let descriptor = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0o600)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      var (opened, there) = (stat(), stat())
      guard fstat(descriptor, &opened) == 0, opened.st_mode & S_IFMT == S_IFREG else { return nil }
      while flock(descriptor, LOCK_EX) != 0 { guard errno == EINTR else { return nil } }
      guard stat(path, &there) == 0 else { return nil }
      if opened.st_ino == there.st_ino, opened.st_dev == there.st_dev { return body(descriptor) }
    }
  }
}
