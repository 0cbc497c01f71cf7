extension Safetensors {
  /// Writes tensors and texts. The file appears whole or not at all: it is written beside its place
  /// under another name, flushed to disk and renamed.
  ///
  /// - Throws: `FileError`; `ArgumentError` for a tensor called `__metadata__`; `AllocationError`.
  public static func write(
    _ path: String, tensors: [String: Tensor], metadata: [String: String] = [:]
  ) throws {
    guard tensors[metadataName] == nil else {
      throw ArgumentError("a tensor's name", mustBe: "other than \(metadataName)", got: "it")
    }
    // The wider type first keeps every element aligned.
    let ordered = tensors.sorted {
      ($1.value.dtype.size, $0.key) < ($0.value.dtype.size, $1.key)
    }
    var fields: [String: JSON] = [:]
    if !metadata.isEmpty { fields[metadataName] = .object(metadata.mapValues(JSON.string)) }
    var end = 0
    for (name, tensor) in ordered {
      let start = end
      let bytes = try tensor.checkedByteCount()
      guard bytes < .max - end else { throw AllocationError(bytes: nil) }
      end += bytes
      fields[name] = .object([
        "dtype": .string(tensor.dtype == .float32 ? "F32" : "F64"),
        "shape": .array(tensor.shape.map(JSON.integer)),
        "data_offsets": .array([.integer(start), .integer(end)]),
      ])
    }
    var header = Array(try JSON.object(fields).text().utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    guard header.count <= headerLimit else {
      throw FileError(path, "the header would be longer than \(headerLimit) bytes")
    }
    try OutputFile.write(path) { file in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.write($0) }
      try header.withUnsafeBytes { try file.write($0) }
      for (_, tensor) in ordered {
        try tensor.writeElements { try file.write($0) }
      }
    }
  }
}
