import Platform

/// Memory of a process in bytes, as the system counts it for its limits.
struct ProcessSize: Equatable {
  /// All mapped addresses (`ulimit -v`).
  var addresses: Int
  /// Those of data (`ulimit -d`).
  var data: Int
  /// What lies in memory: what the limit of a container is for.
  var resident: Int

  static let unlimited = ProcessSize(addresses: .max, data: .max, resident: .max)

  var least: Int { min(addresses, data, resident) }

  func minus(_ other: ProcessSize) -> ProcessSize {
    ProcessSize(
      addresses: addresses - other.addresses, data: data - other.data,
      resident: resident - other.resident)
  }

  /// Of this process; nil where the system does not say.
  static func now() -> ProcessSize? {
    // size, resident, shared, text, lib, data: in pages.
    let pages = withText(of: "/proc/self/statm") { numbers($0) } ?? []
    guard pages.count >= 6 else { return nil }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    return ProcessSize(
      addresses: pages[0] * page, data: pages[5] * page, resident: pages[1] * page)
  }

  /// Bytes of the machine's memory that can be used without swapping; nil where the system does not
  /// say.
  static var availableMemory: Int? {
    withText(of: "/proc/meminfo") { bytes -> Int? in
      let text = String(decoding: bytes, as: UTF8.self)
      let words = text.split { $0 == " " || $0 == "\n" }
      guard let name = words.firstIndex(of: "MemAvailable:"), name + 1 < words.count else {
        return nil
      }
      return Int(words[name + 1]).map { $0 * 1024 }
    } ?? nil
  }

  // MARK: Limits

  /// Of this process.
  static func limits() -> ProcessSize {
    #if os(Linux)
      return ProcessSize(
        addresses: limit(RLIMIT_AS), data: limit(RLIMIT_DATA),
        resident: limitOfControlGroups(at: "/sys/fs/cgroup", groups: "/proc/self/cgroup"))
    #else
      return .unlimited
    #endif
  }

  #if os(Linux)
    private static func limit(_ kind: __rlimit_resource) -> Int {
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(kind.rawValue), &limit) == 0 else { return .max }
      return Int(clamping: limit.rlim_cur)
    }
  #endif

  /// The lowest limit of the control groups that a process is in; `.max` if none is below the
  /// machine's memory.
  ///
  /// - Parameters:
  ///   - root: Where the groups are mounted.
  ///   - groups: The file that names those of the process.
  static func limitOfControlGroups(at root: String, groups: String) -> Int {
    let machine = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    let lines = withText(of: groups) { String(decoding: $0, as: UTF8.self) } ?? ""
    var least = Int.max
    for line in lines.split(separator: "\n") {
      // number:controllers:path
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let (folder, file): (String, String)
      if parts[1].isEmpty {
        (folder, file) = (root, "memory.max")
      } else if parts[1].split(separator: ",").contains("memory") {
        (folder, file) = (root + "/memory", "memory.limit_in_bytes")
      } else {
        continue
      }
      // Seen from within a container, the path may lie above what is mounted.
      var path = parts[2] == "/" ? "" : String(parts[2])
      while true {
        let number = withText(of: "\(folder)\(path)/\(file)") { numbers($0).first } ?? nil
        if let number, number > 0, number < machine { least = min(least, number) }
        guard let slash = path.lastIndex(of: "/") else { break }
        path = String(path[..<slash])
      }
    }
    return least
  }

  // MARK: Files

  /// The first 4096 bytes of a file; nil if it cannot be read.
  private static func withText<Result>(
    of path: String, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      let count = read(file, buffer.baseAddress, buffer.count)
      return count < 0 ? nil : body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// The whole numbers of a text, to the first one that is none.
  private static func numbers(_ text: UnsafeRawBufferPointer) -> [Int] {
    text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { digits in
      digits.reduce(0) { sum, digit in
        guard let sum, (48...57).contains(digit) else { return nil }
        let (product, overflow) = sum.multipliedReportingOverflow(by: 10)
        return overflow ? nil : product &+ Int(digit - 48)
      }
    }.prefix { $0 != nil }.map { $0! }
  }
}
