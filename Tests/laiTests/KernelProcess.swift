import Foundation

/// `lai --kernel`, with the other end of its socket.
final class KernelProcess {
  /// What it tells in one line.
  struct Event: Decodable {
    let event: String
    var status: String?
    var data: [String: String]?
    var message: String?
    var lines: [String]?
    var matches: [String]?
    var start: Int?
    var end: Int?
    var text: String?
    var state: String?
    var indent: String?
    var banner: String?
    var id: Int?
    var rows: [String]?
    var svg: String?
  }

  /// The events of a request.
  struct Answer {
    var events: [Event]
    /// The last one.
    var done: Event { events.last! }
    var result: String? { events.first { $0.event == "result" }?.data?["text/plain"] }
    var error: String? { events.first { $0.event == "error" }?.lines?.joined(separator: "\n") }
  }

  struct Silence: Error {}

  let process = Process()
  private let socket: Int32
  private let folder: Folder
  private var bytes: [UInt8] = []
  let hello: Event

  init(_ arguments: [String] = [], in folder: Folder = try! Folder()) throws {
    var ends: [Int32] = [-1, -1]
    #if os(Linux)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Silence() }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (socket, self.folder) = (ends[0], folder)
    for name in ["output", "errors"] { try folder.write("", to: name) }
    process.executableURL = Place.program
    process.arguments = ["--kernel"] + arguments
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("LUA_") }.merging(["NO_COLOR": "1"]) { $1 }
    let theirs = FileHandle(fileDescriptor: ends[1], closeOnDealloc: false)
    process.standardInput = theirs
    process.standardOutput = try FileHandle(forWritingTo: folder.url.appending(path: "output"))
    process.standardError = try FileHandle(forWritingTo: folder.url.appending(path: "errors"))
    try process.run()
    try theirs.close()
    hello = try Self.event(in: Self.line(from: socket, &bytes, seconds: 20))
  }

  deinit {
    hangUp()
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  func hangUp() { shutdown(socket, Int32(SHUT_RDWR)) }

  /// What scripts have printed so far.
  func printed(to name: String = "output") throws -> String {
    try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
  }

  func write(_ text: String, to name: String) throws { try folder.write(text, to: name) }

  func send(_ line: String) {
    var rest = Array((line + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(socket, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// The events until the end of a request.
  func answer(seconds: Double = 20) throws -> Answer {
    var events: [Event] = []
    repeat {
      events.append(try Self.event(in: Self.line(from: socket, &bytes, seconds: seconds)))
    } while events.last!.event != "done"
    return Answer(events: events)
  }

  func ask(_ line: String) throws -> Answer {
    send(line)
    return try answer()
  }

  func request(_ kind: String, _ code: String, _ more: [String: Int] = [:]) -> String {
    var fields: [String: Any] = ["request": kind, "code": code]
    for (name, number) in more { fields[name] = number }
    return String(decoding: try! JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
  }

  func executeSilently(_ code: String) throws -> Answer {
    try ask(request("execute", code).dropLast() + ", \"silent\": true}")
  }

  func execute(_ code: String, number: Int? = nil) throws -> Answer {
    try ask(request("execute", code, number.map { ["number": $0] } ?? [:]))
  }

  /// Executes code and presses Ctrl-C when it has printed "go".
  func interrupt(_ code: String, presses: Int = 1) throws -> Answer {
    let before = try printed().count
    send(request("execute", "print 'go' " + code))
    let end = Date() + 20
    while try printed().count == before, Date() < end { Thread.sleep(forTimeInterval: 0.01) }
    for _ in 1...presses {
      Thread.sleep(forTimeInterval: 0.2)
      kill(process.processIdentifier, SIGINT)
    }
    return try answer()
  }

  /// Whether it ends within some time.
  func ends(seconds: Double = 20) -> Bool {
    let end = Date() + seconds
    while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.02) }
    return !process.isRunning
  }

  private static func event(in line: [UInt8]) throws -> Event {
    try JSONDecoder().decode(Event.self, from: Data(line))
  }

  private static func line(
    from socket: Int32, _ bytes: inout [UInt8], seconds: Double
  ) throws -> [UInt8] {
    let end = Date() + seconds
    while true {
      if let newline = bytes.firstIndex(of: 10) {
        defer { bytes.removeFirst(newline + 1) }
        return Array(bytes[..<newline])
      }
      var source = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard Date() < end else { throw Silence() }
      guard poll(&source, 1, 100) > 0 else { continue }
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(socket, &chunk, chunk.count)
      guard count > 0 else { throw Silence() }
      bytes += chunk[..<count]
    }
  }
}
