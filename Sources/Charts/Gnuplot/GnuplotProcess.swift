import Platform

/// Runs gnuplot.
enum GnuplotProcess {
  /// Waits for the end of the script; returns what gnuplot reported. It reads no settings of the
  /// user's.
  static func run(
    _ program: String, script: String, report: String
  ) throws(GnuplotError) -> String {
    let status = try run([program, "-d", script], output: report)
    let output = shortened(String(decoding: readFile(report), as: UTF8.self), script)
    let signal = Int(status & 0x7f)
    guard signal == 0 else { throw GnuplotError.killed(signal: signal, output: output) }
    let code = Int(status >> 8 & 0xff)
    guard code == 0 else { throw GnuplotError.failed(status: code, output: output) }
    return output
  }

  /// Runs a program that writes to a file and returns its status, as `waitpid` reports it.
  static func run(_ arguments: [String], output: String) throws(GnuplotError) -> Int32 {
    let process = try start(arguments, output)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else {
        throw GnuplotError.notStarted(reason: String(cString: strerror(errno)))
      }
    }
    return status
  }

  private static func start(
    _ arguments: [String], _ output: String
  ) throws(GnuplotError) -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // This process may block or ignore signals that must end gnuplot.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGTERM, SIGPIPE, SIGXFSZ] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    let failure = posix_spawnp(&process, arguments[0], &actions, &attributes, &pointers, environ)
    switch failure {
    case 0: return process
    case ENOENT: throw GnuplotError.notFound
    default: throw GnuplotError.notStarted(reason: String(cString: strerror(failure)))
    }
  }

  /// The last lines, without the name of the temporary file.
  private static func shortened(_ output: String, _ script: String) -> String {
    var lines: [String] = []
    for line in output.split(separator: "\n").suffix(8) {
      var line = cleaned(String(line))
      while let place = line.firstRange(of: script) { line.replaceSubrange(place, with: "script") }
      lines.append(line)
    }
    return lines.joined(separator: "\n")
  }
}
