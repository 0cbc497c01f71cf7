/// Whole files of text.
package enum TextFile {
  /// The text of an ordinary file of no more than `limit` bytes.
  ///
  /// - Throws: `FileError`.
  package static func read(_ path: String, limit: Int) throws -> String {
    let file = try InputFile(path)
    guard file.size <= limit else { throw FileError(path, "is too large") }
    return String(decoding: try file.read(file.size, at: 0), as: UTF8.self)
  }

  /// Replaces a file by a new one, in one step.
  ///
  /// - Throws: `FileError`.
  package static func write(_ text: String, to path: String) throws {
    try OutputFile.write(path) { file in
      var text = text
      try text.withUTF8 { try file.write(UnsafeRawBufferPointer($0)) }
    }
  }
}
