/// A file of one run of bytes behind a header that tells whether they are all there and unchanged:
/// 8 bytes that name the kind, then as little-endian words of 8 bytes the version, the number of
/// bytes and their fingerprint.
package struct SealedFile: Sendable {
  /// 8 ASCII characters, the first of the file.
  package let kind: String
  /// What such a file holds, for errors: "a training state".
  package let content: String
  package let version: UInt64

  private static let headerSize = 32

  package init(kind: String, content: String, version: UInt64) {
    precondition(kind.utf8.count == 8)
    (self.kind, self.content, self.version) = (kind, content, version)
  }

  /// Writes the file as a whole or not at all.
  ///
  /// - Throws: `FileError`.
  package func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    var fingerprint = Fingerprint()
    fingerprint.add(bytes)
    var header = Array(kind.utf8)
    for word in [version, UInt64(bytes.count), fingerprint.value] {
      withUnsafeBytes(of: word.littleEndian) { header.append(contentsOf: $0) }
    }
    try OutputFile.write(path) { file in
      try header.withUnsafeBytes { try file.write($0) }
      try file.write(bytes)
    }
  }

  /// The bytes that `write` was given.
  ///
  /// - Throws: `FileError` for a file of another kind or version, and for one that is cut off, longer
  ///   than it should be or changed; `AllocationError`.
  package func read(_ path: String) throws -> [UInt8] {
    let file = try InputFile(path)
    let known = Array(kind.utf8)
    let start = try file.read(min(known.count, file.size), at: 0)
    guard start == known else {
      throw FileError(
        path, known.starts(with: start) ? "is cut off in its first bytes" : "is not \(content)")
    }
    guard file.size >= Self.headerSize else { throw FileError(path, "is cut off in its header") }
    let header = try file.read(Self.headerSize, at: 0)
    func word(_ place: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(header[8 * place + $1]) << UInt64(8 * $1) }
    }
    guard word(1) == version else {
      throw FileError(
        path, "is \(content) of version \(word(1)); this program reads version \(version)")
    }
    let size = file.size - Self.headerSize
    guard word(2) == size else {
      throw FileError(
        path,
        word(2) > size
          ? "is cut off: \(size) of its \(word(2)) bytes are there"
          : "is damaged: it has \(size) bytes instead of \(word(2))")
    }
    try AllocationError.check(size, bytesEach: 1)
    let bytes = try file.read(size, at: Self.headerSize)
    var fingerprint = Fingerprint()
    bytes.withUnsafeBytes { fingerprint.add($0) }
    guard word(3) == fingerprint.value else {
      throw FileError(path, "is damaged: its bytes are not those that were written")
    }
    return bytes
  }
}

/// A 64-bit number that tells bytes apart; not a defence against those who choose the bytes.
///
/// Words of 8 bytes are multiplied in one after the other. Each step is one to one, in the word and in
/// what came before, so that a change of one word always changes the result.
package struct Fingerprint: Sendable, Hashable {
  package private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

  package init() {}

  package mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0xD6E8_FEB8_6659_FD93
    value ^= value >> 32
  }

  /// The bytes and their number.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(UInt64(bytes.count))
    let whole = bytes.count / 8 * 8
    for place in stride(from: 0, to: whole, by: 8) {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
    }
    var rest: UInt64 = 0
    for place in whole..<bytes.count { rest |= UInt64(bytes[place]) << UInt64(8 * (place - whole)) }
    if whole < bytes.count { add(rest) }
  }

  package mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }
}
