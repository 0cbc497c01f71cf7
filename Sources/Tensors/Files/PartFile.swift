import CMapping
import Platform

/// The temporary file of a save, `NAME.KEY-N.part` beside the file NAME that it will become.
///
/// SIGTERM, SIGHUP and Ctrl-C remove it. A killed process leaves it, and the next save of the same
/// name removes it if the process that wrote it has certainly ended:
/// - KEY stands for NAME and for this run of this machine's kernel, so that the files of other
///   machines in a shared folder are left alone. So are those from before a restart.
/// - The writer holds a lock (`flock`) until it has renamed or removed the file. The system releases
///   the lock when the process ends, however it ends.
struct PartFile {
  let path: String
  let descriptor: Int32
  private let slot: Int32

  /// The number of saves of one name at a time whose leftovers are found.
  static let most = 8

  /// Creates the temporary file for saving `path`, and removes what killed saves of `path` left.
  ///
  /// - Throws: `FileError`.
  init(for path: String) throws {
    // A signal that ends the program waits until the file is known to its handler.
    var (ends, before) = (sigset_t(), sigset_t())
    sigemptyset(&ends)
    for signal in [SIGTERM, SIGHUP, SIGINT, SIGQUIT] { sigaddset(&ends, signal) }
    pthread_sigmask(SIG_BLOCK, &ends, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var taken: (path: String, descriptor: Int32)?
    for number in 0..<Self.most {
      let candidate = Self.path(for: path, key: Self.kernel, number)
      if taken == nil {
        taken = try Self.create(candidate, for: path).map { (candidate, $0) }
      } else {
        Self.removeLeftover(candidate)
      }
    }
    // Many others save the same name right now.
    if taken == nil {
      let candidate = Self.path(for: path, key: Self.random, 0)
      taken = try Self.create(candidate, for: path).map { (candidate, $0) }
    }
    guard let taken else { throw FileError(path, "is being saved by other processes") }
    (self.path, descriptor) = taken
    slot = lai_guard_part(taken.path)
  }

  /// Call this when the file has been renamed or removed.
  func end() {
    lai_release_part(slot)
    close(descriptor)
  }

  /// NAME is shortened if the whole name would be longer than the file system allows.
  static func path(for path: String, key: String, _ number: Int) -> String {
    let start = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) }
    let (folder, name) = (path[..<(start ?? path.startIndex)], path[(start ?? path.startIndex)...])
    var fingerprint = Fingerprint()
    fingerprint.add(key)
    fingerprint.add(String(name))
    let end = "." + String(fingerprint.value, radix: 36) + "-\(number).part"
    let limit = pathconf(folder.isEmpty ? "." : String(folder), Int32(_PC_NAME_MAX))
    var beginning = String(name)
    while beginning.utf8.count + end.utf8.count > (limit > 0 ? limit : 255), !beginning.isEmpty {
      beginning.removeLast()
    }
    return folder + beginning + end
  }

  /// Stands for this run of this machine's kernel.
  static let kernel: String = {
    let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return random }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : random
  }()

  private static var random: String {
    var generator = SystemRandomNumberGenerator()
    return String(generator.next(), radix: 36)
  }

  /// Creates and locks the file. nil if another process uses it.
  private static func create(_ part: String, for path: String) throws -> Int32? {
    func open() -> Int32 {
      Platform.open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    var descriptor = open()
    if descriptor < 0, errno == EEXIST {
      removeLeftover(part)
      descriptor = open()
    }
    guard descriptor >= 0 else {
      if errno == EEXIST { return nil }
      throw FileError(path, systemReason())
    }
    // Another process may take it for a leftover before it is locked.
    let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
    guard isLocked, Self.is(descriptor, at: part) else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  private static func removeLeftover(_ part: String) {
    let descriptor = open(part, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0, Self.is(descriptor, at: part) { unlink(part) }
  }

  /// Whether the open file is a regular one and has this path.
  private static func `is`(_ descriptor: Int32, at path: String) -> Bool {
    var (opened, there) = (stat(), stat())
    return fstat(descriptor, &opened) == 0 && lstat(path, &there) == 0
      && opened.st_mode & S_IFMT == S_IFREG && opened.st_dev == there.st_dev
      && opened.st_ino == there.st_ino
  }
}
