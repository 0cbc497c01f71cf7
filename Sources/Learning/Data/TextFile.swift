import Platform
import Tensors

/// The bytes of a text file, none of which is 0.
final class TextFile {
  let path: String
  private(set) var bytes: UnsafeBufferPointer<UInt8>

  /// The reason in errors about bytes that are not UTF-8.
  static let notUTF8: Message =
    "is not UTF-8 text: \(option: "encoding", "latin-1") or \"windows-1252\" may read it"

  /// Whether it is empty, apart from a byte order mark.
  var isBlank: Bool { bytes.isEmpty || bytes.elementsEqual([0xEF, 0xBB, 0xBF]) }

  /// Reads a file, unpacks it if gzip compressed it, and converts it to UTF-8, unless that is its
  /// encoding: then the bytes are not changed.
  ///
  /// - Throws: `FileError` in the system's words, for a device, for a byte order mark of another
  ///   encoding, and for bytes that cannot be decoded or are 0; `AllocationError`;
  ///   `CancellationError`.
  init(_ path: String, _ encoding: TextEncoding = .utf8, _ watch: ReadingWatch = ReadingWatch())
    throws
  {
    self.path = path
    bytes = UnsafeBufferPointer(start: nil, count: 0)
    bytes = try TextFile.contents(of: path, watch)
    if let format = FileSignature.name(of: bytes) {
      throw FileError(path, "is not a CSV file: it seems to be \(format)")
    }
    if let reason = encoding.refusal(of: bytes) { throw FileError(path, line: 1, reason) }
    if encoding != .utf8 {
      let decoded = try encoding.decode(bytes, path: path)
      free(UnsafeMutableRawPointer(mutating: bytes.baseAddress))
      bytes = decoded
    }
    if let start = bytes.baseAddress, let zero = memchr(start, 0, bytes.count) {
      let line = bytes[..<(UnsafeRawPointer(zero) - UnsafeRawPointer(start))].reduce(into: 1) {
        $0 += $1 == 0x0A ? 1 : 0
      }
      throw FileError(
        path, line: line,
        "holds a NUL byte: not a text file, or one of \(option: "encoding", "utf-16")")
    }
  }

  /// The first bytes of a file in UTF-8; nil for what the other initialiser refuses.
  init?(headOf file: CSVBlockFile, count: Int) throws {
    path = file.path
    bytes = UnsafeBufferPointer(start: nil, count: 0)
    guard let base = malloc(max(1, count))?.assumingMemoryBound(to: UInt8.self) else {
      throw AllocationError(bytes: count)
    }
    bytes = UnsafeBufferPointer(start: base, count: count)
    try file.read(0..<count, into: base)
    guard FileSignature.name(of: bytes) == nil, TextEncoding.utf8.refusal(of: bytes) == nil,
      memchr(base, 0, count) == nil
    else { return nil }
  }

  deinit { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }

  /// The file's bytes, those of gzip unpacked.
  private static func contents(of path: String, _ watch: ReadingWatch) throws
    -> UnsafeBufferPointer<UInt8>
  {
    guard !path.utf8.contains(0) else { throw FileError(path, "no file name holds a NUL") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.ofSystem(path) }
    defer { close(descriptor) }
    return try unpackedContents(descriptor, path, watch)
  }

  /// The same of an open file, allocated by malloc.
  static func unpackedContents(
    _ descriptor: Int32, _ path: String, _ watch: ReadingWatch
  ) throws -> UnsafeBufferPointer<UInt8> {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError.ofSystem(path) }
    // Devices such as /dev/zero have no end.
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFCHR, kind != S_IFBLK else { throw FileError(path, "is a device, not a file") }
    var file = GrowingBytes()
    do {
      try file.reserve(max(1 << 16, Int(status.st_size) + 1))
      while true {
        try file.reserve(file.count + 1)
        let got = read(descriptor, file.end, min(file.room, 1 << 24))
        if got == 0 { break }
        if got < 0 {
          try watch.check()
          if errno == EINTR { continue }
          throw FileError.ofSystem(path)
        }
        file.count += got
        try watch.check()
      }
      guard Gzip.isLikely(file.bytes) else { return file.bytes }
      let unpacked = try Gzip.unpack(file.bytes, path: path, watch)
      file.free()
      return unpacked
    } catch {
      file.free()
      throw error
    }
  }
}

extension FileError {
  /// The system's words for its last error.
  static func ofSystem(_ path: String) -> FileError {
    let reason = String(cString: strerror(errno))
    return FileError(path, reason.prefix(1).lowercased() + reason.dropFirst())
  }
}

/// The encoding of a text file.
public enum TextEncoding: String, CaseIterable, Sendable, CustomStringConvertible {
  case utf8 = "utf-8"
  /// ISO 8859-1: each byte is the character of that number.
  case latin1 = "latin-1"
  /// Latin-1 with more characters from 0x80 to 0x9F, the Windows default of western Europe.
  case windows1252 = "windows-1252"
  /// Two bytes per unit, in the order of the byte order mark; little-endian without one.
  case utf16 = "utf-16"

  public var description: String { rawValue }

  /// By its name in upper or lower case, with or without dashes, or by one of a few other names.
  public init?(named name: String) {
    let plain = name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    let others: [String: TextEncoding] = [
      "iso88591": .latin1, "cp1252": .windows1252, "utf16le": .utf16,
    ]
    let known = TextEncoding.allCases.first { $0.rawValue.filter { $0 != "-" } == plain }
    guard let encoding = known ?? others[plain] else { return nil }
    self = encoding
  }

  /// The reason why bytes with this beginning cannot be text of the encoding; nil if they can be.
  fileprivate func refusal(of bytes: UnsafeBufferPointer<UInt8>) -> Message? {
    let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    if isUTF16, self != .utf16 { return "is UTF-16: \(option: "encoding", "utf-16") reads it" }
    let isUTF8 = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    if isUTF8, self != .utf8 {
      return "is UTF-8 by its first bytes: \(option: "encoding", "utf-8") reads it"
    }
    return nil
  }

  /// The text in UTF-8, allocated by malloc.
  ///
  /// - Throws: `FileError`, `AllocationError`.
  fileprivate func decode(_ bytes: UnsafeBufferPointer<UInt8>, path: String) throws
    -> UnsafeBufferPointer<UInt8>
  {
    // No byte of these encodings becomes more than three bytes.
    let capacity = max(1, bytes.count * 3)
    try AllocationError.check(capacity, bytesEach: 1)
    guard let target = malloc(capacity)?.assumingMemoryBound(to: UInt8.self) else {
      throw AllocationError(bytes: capacity)
    }
    var count = 0
    func put(_ byte: UInt8) {
      target[count] = byte
      count += 1
    }
    if self == .utf16 {
      let isBigEndian = bytes.starts(with: [0xFE, 0xFF])
      let start = isBigEndian || bytes.starts(with: [0xFF, 0xFE]) ? 2 : 0
      let units = stride(from: start, to: bytes.count - 1, by: 2).lazy.map { place in
        UInt16(bytes[place + (isBigEndian ? 0 : 1)]) << 8
          | UInt16(bytes[place + (isBigEndian ? 1 : 0)])
      }
      let isBroken = transcode(
        units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true, into: put)
      guard !isBroken, bytes.count % 2 == 0 else {
        free(target)
        throw FileError(path, "is not UTF-16 text")
      }
    } else {
      for byte in bytes {
        let isMoved = self == .windows1252 && (0x80..<0xA0).contains(byte)
        let code = isMoved ? TextEncoding.windows[Int(byte) - 0x80] : UInt16(byte)
        UTF8.encode(UnicodeScalar(code) ?? "\u{FFFD}")!.forEach(put)
      }
    }
    return UnsafeBufferPointer(start: target, count: count)
  }

  /// Windows-1252's characters from 0x80 on; the five that it does not define are controls.
  private static let windows: [UInt16] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
  ]
}
