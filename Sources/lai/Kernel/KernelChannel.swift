import LuaBindings
import Platform
import Tensors

/// The socket that `lai --kernel` has as its standard input: JSON objects, one per line, both ways.
final class KernelChannel {
  private let descriptor: Int32
  let sender: KernelSender
  private var bytes: [UInt8] = []
  /// The number of bytes already searched for a line break.
  private var searched = 0

  /// Takes over standard input: scripts find it empty, and the processes that they start do not
  /// inherit the socket. nil if standard input cannot be written to.
  init?() {
    descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    guard descriptor >= 0 else { return nil }
    sender = KernelSender(descriptor: descriptor)
    let modes = fcntl(descriptor, F_GETFL)
    let null = open("/dev/null", O_RDONLY)
    guard modes >= 0, modes & O_ACCMODE == O_RDWR, null >= 0, dup2(null, STDIN_FILENO) >= 0 else {
      return nil
    }
    close(null)
  }

  /// The next line, without its line break; nil when the client has disconnected.
  func readLine() -> [UInt8]? {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(bytes[..<end])
        bytes.removeFirst(end + 1)
        searched = 0
        return line
      }
      searched = bytes.count
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      bytes += chunk[..<count]
    }
  }

  /// Sends an object after everything printed so far. A closed connection is noticed only by the
  /// next read.
  func send(_ object: [String: JSON]) { sender.send(object) }

  /// From now on the program ends when the client disconnects, even during an endless block.
  func endWithOtherSide() {
    let descriptor = descriptor
    let isWatched = WorkerThread.detach {
      var socket = pollfd(fd: descriptor, events: 0, revents: 0)
      while poll(&socket, 1, -1) < 0 && errno == EINTR {}
      // Between blocks the end of the input is seen at once, and files are closed in order.
      sleep(Self.patience)
      _exit(EXIT_FAILURE)
    }
    if !isWatched {
      complain("lai: no thread left: a block goes on when the client disconnects\n")
    }
  }

  /// Seconds.
  private static let patience: UInt32 = 2
}

/// The way out of the socket, for any thread.
struct KernelSender: Sendable {
  fileprivate let descriptor: Int32

  func send(_ object: [String: JSON]) {
    fflush(nil)
    guard var text = try? JSON.object(object).text() else { return }
    text += "\n"
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno != EINTR { return }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(count, 0)))
      }
    }
  }
}
