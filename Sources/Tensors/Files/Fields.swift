/// Little-endian integers, one behind the other.
struct FieldReader {
  let path: String
  private(set) var bytes: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>, path: String) {
    (self.bytes, self.path) = (ArraySlice(bytes), path)
  }

  /// - Throws: `FileError` at the end.
  mutating func next<I: FixedWidthInteger>(_ type: I.Type = I.self) throws -> I {
    try next(I.bitWidth / 8).reversed().reduce(0) { $0 << 8 | I(truncatingIfNeeded: $1) }
  }

  /// - Throws: `FileError` when there are fewer bytes.
  mutating func next(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count <= bytes.count else { throw FileError(path, "ends too early") }
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count)
  }

  mutating func skip(_ count: Int) throws { _ = try next(count) }
}

extension [UInt8] {
  /// Appends integers, little endian.
  mutating func append<I: FixedWidthInteger>(fields: I...) {
    for field in fields {
      Swift.withUnsafeBytes(of: field.littleEndian) { append(contentsOf: $0) }
    }
  }
}
