import Foundation

/// `lai` at a terminal of its own: typed keys reach it, and its output is kept.
final class PseudoTerminal {
  private let master: Int32
  private let process = Process()
  /// Kept open as long as the program may write to it.
  private let folder: Folder
  var output = ""

  struct NoTerminal: Error {}

  init(
    _ arguments: [String] = [], in folder: Folder, columns: UInt16 = 60, rows: UInt16 = 20,
    environment: [String: String] = [:]
  ) throws {
    var (master, slave): (Int32, Int32) = (-1, -1)
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&master, &slave, nil, nil, &size) == 0 else { throw NoTerminal() }
    (self.master, self.folder) = (master, folder)
    for end in [master, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    // setsid gives it a session; with --ctty the terminal controls that session.
    process.executableURL = URL(filePath: "/usr/bin/setsid")
    process.arguments = ["--ctty", "--wait", Place.program.path] + arguments
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("LUA_") && $0.key != "NO_COLOR" }
      .merging(
        [
          "TERM": "xterm", "SWIFT_BACKTRACE": "enable=no",
          "LAI_HISTORY": folder.url.appending(path: "history").path,
        ]
        .merging(environment) { $1 }
      ) { $1 }
    let handle = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
    process.standardInput = handle
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    try handle.close()
  }

  deinit {
    close(master)
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  func type(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else { _ = read(milliseconds: 20) }
    }
  }

  /// Types, and waits until the program has written a text. The terminal handles what is typed
  /// while a command runs, so wait for the prompt before keys such as Ctrl-D.
  func type(_ text: String, until wanted: String, seconds: Double = 20) -> Bool {
    output = ""
    type(text)
    return wait(for: wanted, seconds: seconds)
  }

  /// Waits for a text in the output since the last key.
  func wait(for wanted: String, seconds: Double = 20) -> Bool {
    let end = Date() + seconds
    while !plain.contains(wanted) {
      guard read(milliseconds: 100), Date() < end else { return plain.contains(wanted) }
    }
    return true
  }

  /// The exit code or signal that ended the program; nil if it is running.
  func ending(seconds: Double = 20) -> Int32? {
    let end = Date() + seconds
    while process.isRunning, Date() < end { _ = read(milliseconds: 50) }
    guard !process.isRunning else { return nil }
    _ = read(milliseconds: 50)
    return process.terminationReason == .exit ? process.terminationStatus : nil
  }

  /// The program's process identifier.
  var program: Int32? {
    let children = "/proc/\(process.processIdentifier)/task/\(process.processIdentifier)/children"
    return (try? String(contentsOfFile: children, encoding: .utf8))
      .flatMap { $0.split(separator: " ").first.flatMap { Int32($0) } }
  }

  /// Whether the terminal is in line mode with echo, as a shell expects.
  var isCooked: Bool {
    var modes = termios()
    return tcgetattr(master, &modes) == 0
      && modes.c_lflag & UInt32(ICANON | ECHO) == UInt32(ICANON | ECHO)
  }

  /// The output without escape sequences.
  var plain: String {
    output.replacing(/\u{1b}\[[0-9;?]*[A-Za-z]/, with: "")
      .replacing(/[ ]{10,}\r/, with: "")
  }

  /// Reads available output; false when the terminal is gone.
  private func read(milliseconds: Int32) -> Bool {
    var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, milliseconds) > 0 else { return true }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = Foundation.read(master, &bytes, bytes.count)
    guard count > 0 else { return count < 0 && errno == EAGAIN }
    output += String(decoding: bytes[..<count], as: UTF8.self)
    return true
  }
}
