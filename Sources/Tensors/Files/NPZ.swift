/// NumPy's .npz: a zip archive of .npy files, named after their arrays.
package enum NPZ {
  private static let suffix = ".npy"

  /// The arrays of numbers, all or those that the options name, and the names of all other entries,
  /// with the reason why they cannot be read.
  ///
  /// - Throws: `FileError` for a damaged file, for names that cannot be had, and when there is
  ///   something but nothing that can be read; `AllocationError`.
  static func read(_ file: InputFile, _ options: TensorFile.ReadOptions) throws -> (
    tensors: [String: Tensor], skipped: [String: String]
  ) {
    var tensors: [String: Tensor] = [:]
    var skipped: [String: String] = [:]
    let entries = try ZipArchive(file).entries.filter { !$0.name.hasSuffix("/") }
    func name(_ entry: ZipArchive.Entry) -> String {
      entry.name.hasSuffix(suffix) ? String(entry.name.dropLast(suffix.count)) : entry.name
    }
    let wanted = try options.chosen(among: entries.map(name), of: file.path).map(Set.init)
    for entry in entries {
      func fault(_ reason: String) -> FileError {
        FileError(file.path, "the entry '\(entry.name)' \(reason)")
      }
      let name = name(entry)
      guard tensors[name] == nil, skipped[name] == nil else { throw fault("occurs twice") }
      guard wanted?.contains(name) ?? true else { continue }
      do {
        skipped[name] = try read(entry, of: file, options, into: &tensors[name])
      } catch let error as FileError {
        throw fault(error.reason.description)
      }
      if wanted != nil, let reason = skipped[name] { throw fault("cannot be read: \(reason)") }
    }
    if tensors.isEmpty, let (name, reason) = skipped.min(by: { $0.key < $1.key }) {
      throw FileError(file.path, "holds nothing that can be read; '\(name)': \(reason)")
    }
    return (tensors, skipped)
  }

  /// Reads an array, or returns why an undamaged entry is not an array of numbers.
  private static func read(
    _ entry: ZipArchive.Entry, of file: InputFile, _ options: TensorFile.ReadOptions,
    into tensor: inout Tensor?
  ) throws -> String? {
    guard entry.name.hasSuffix(suffix) else { return "it is not a .npy array" }
    let source = try ZipEntrySource(entry, of: file)
    do {
      tensor = try Tensor(NPY.layout(source), from: source, rounds: options.rounds)
      try source.finish()
      return nil
    } catch let fault as NPYHeader.Fault {
      try source.skipRest()
      return "the header \(fault.reason)"
    }
  }

  /// Writes tensors as `np.savez` does, or as `np.savez_compressed`.
  ///
  /// - Throws: `FileError`, `AllocationError`; `ArgumentError` for a name that is too long or holds
  ///   a zero byte, behind which others stop reading it. `limit` is for tests: sizes and places
  ///   from there on use the archive's 64-bit extension.
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
