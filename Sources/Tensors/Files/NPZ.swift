/// NumPy's .npz: a zip archive of .npy files, named after their arrays.
package enum NPZ {
  private static let suffix = ".npy"

  /// Throws: `FileError`, `AllocationError`.
  static func read(_ file: InputFile, _ options: TensorFile.ReadOptions) throws -> [String: Tensor]
  {
    var tensors: [String: Tensor] = [:]
    for entry in try ZipArchive(file).entries {
      func fault(_ reason: String) -> FileError {
        FileError(file.path, "the entry '\(entry.name)' \(reason)")
      }
      guard entry.name.hasSuffix(suffix) else { throw fault("is no .npy array") }
      let name = String(entry.name.dropLast(suffix.count))
      guard tensors[name] == nil else { throw fault("is there twice") }
      do {
        let source = try ZipEntrySource(entry, of: file)
        tensors[name] = try Tensor(
          NPY.layout(source), from: source, rounds: options.rounds)
        try source.finish()
      } catch let error as FileError {
        throw fault(error.reason)
      }
    }
    return tensors
  }

  /// Writes tensors as `np.savez` does, or as `np.savez_compressed`.
  ///
  /// Throws: `FileError`, `AllocationError`; `ArgumentError` for a name that is too long or holds
  /// a zero byte, behind which others stop reading it. `limit` is for tests: sizes and places from
  /// there on use the archive's 64-bit extension.
  package static func write(
    _ path: String, _ tensors: [(name: String, tensor: Tensor)], isCompressed: Bool,
    limit: Int = 0xffff_ffff
  ) throws {
    for (name, _) in tensors where name.utf8.count > 0xff00 || name.utf8.contains(0) {
      throw ArgumentError(
        "a tensor's name", mustBe: "at most \(0xff00) bytes long, none of them 0",
        got: "'\(name.prefix(20))…'")
    }
    try OutputFile.write(path) { file in
      var archive = ZipWriter(file, limit: limit)
      for (name, tensor) in tensors {
        let head = NPY.head(of: tensor)
        let (size, overflow) = try head.count.addingReportingOverflow(tensor.checkedByteCount())
        guard !overflow, size < .max / 2 else { throw AllocationError(bytes: nil) }
        try archive.add(name + suffix, size: size, isDeflated: isCompressed) { put in
          try head.withUnsafeBytes { try put($0) }
          try tensor.writeElements(to: put)
        }
      }
      try archive.finish()
    }
  }
}
