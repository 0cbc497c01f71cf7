/// Recognises a file's format by its first bytes, for errors about a file of another format.
package enum FileSignature {
  private static let known: [(start: [UInt8], name: String)] = [
    ([0x93] + Array("NUMPY".utf8), "a .npy array"),
    (Array("PK\u{3}\u{4}".utf8), "a zip archive, as .npz, Excel's and PyTorch's files are"),
    ([0x1F, 0x8B], "compressed by gzip"), ([0x89] + Array("PNG".utf8), "a PNG image"),
    ([0xFF, 0xD8, 0xFF], "a JPEG image"), ([0x89] + Array("HDF".utf8), "an HDF5 file"),
    (Array("%PDF".utf8), "a PDF document"), (Array("<!DOCTYPE".utf8), "an HTML page"),
    (Array("<html".utf8), "an HTML page"), ([0x80, 0x02], "a Python pickle"),
    ([0x80, 0x04], "a Python pickle"), ([0x80, 0x05], "a Python pickle"),
    (Array("version https://git-lfs".utf8), "a Git LFS pointer to the real file"),
  ]

  /// "compressed by gzip", for the first bytes of such a file; nil for unknown ones.
  package static func name(of start: some Sequence<UInt8>) -> String? {
    known.first { start.starts(with: $0.start) }?.name
  }

  /// " (it seems to be a PNG image)", or nothing.
  ///
  /// - Throws: `FileError` when the file cannot be read.
  static func hint(_ file: InputFile) throws -> String {
    guard file.size > 0 else { return " (it is empty)" }
    let start = try file.read(min(file.size, 64), at: 0)
    if let name = name(of: start) { return " (it seems to be \(name))" }
    if Safetensors.isLikely(start, size: file.size) {
      return " (it seems to be a safetensors file)"
    }
    let isText = start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) }
    return isText ? " (it seems to be text)" : ""
  }
}
