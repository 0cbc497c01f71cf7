/// NumPy's .npy (NEP 1, versions 1.0 to 3.0): a magic text, a version, the length of the header,
/// the header, the elements.
enum NPY {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// Only structured types, which are refused, have longer ones.
  private static let headerLimit = 1 << 20

  /// The header of the array that a source begins with; the elements come next.
  ///
  /// - Throws: `FileError`; `NPYHeader.Fault` for a valid header of elements that are not numbers.
  static func layout(_ source: some ByteSource) throws -> ArrayLayout {
    guard source.remaining >= 8, try source.read(6) == magic else {
      throw source.fault("is not a .npy array")
    }
    let version = try source.read(2)
    guard (1...3).contains(version[0]), version[1] == 0 else {
      throw source.fault("has the .npy version \(version[0]).\(version[1]), not 1.0, 2.0 or 3.0")
    }
    let lengthBytes = try source.read(version[0] == 1 ? 2 : 4)
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= min(headerLimit, source.remaining) else {
      throw source.fault("the header (\(length) bytes) is longer than the file or the limit")
    }
    do {
      let header = try NPYHeader(parsing: source.read(length))
      let (type, isBigEndian) = try header.element()
      guard
        let layout = ArrayLayout(
          type, isBigEndian: isBigEndian, shape: header.shape, isFortran: header.isFortran),
        layout.byteCount == source.remaining
      else {
        let (count, size) = (source.remaining, type.rawValue)
        throw NPYHeader.Fault(
          "says \(header.shape.shapeText) of \(size), which the \(count) bytes behind it are not")
      }
      return layout
    } catch let fault as NPYHeader.Fault where !fault.isOfKind {
      throw source.fault("the header \(fault.reason)")
    }
  }

  /// - Throws: `FileError`, `AllocationError`.
  static func read(_ file: InputFile, _ options: TensorFile.ReadOptions) throws -> Tensor {
    let source = FileStretch(file, 0..<file.size)
    guard try file.read(min(magic.count, file.size), at: 0) == magic else {
      throw FileError(file.path, "is not a .npy file" + (try FileSignature.hint(file)))
    }
    let layout: ArrayLayout
    do { layout = try self.layout(source) } catch let fault as NPYHeader.Fault {
      throw source.fault("the header \(fault.reason)")
    }
    if options.maps, let tensor = MappedFile(file)?.tensor(layout, at: source.place) {
      return tensor
    }
    return try Tensor(layout, from: source, rounds: options.rounds)
  }

  /// Everything before the elements, a multiple of 64 bytes, with the version that has room for it.
  static func head(of tensor: Tensor) -> [UInt8] {
    let text = Array(NPYHeader.text(tensor).utf8)
    for (version, width) in [(UInt8(1), 2), (2, 4)] {
      let start = magic.count + 2 + width
      let length = (start + text.count + 1 + 63) & ~63 - start
      guard length < 1 << (8 * width) || width == 4 else { continue }
      let lengthBytes = (0..<width).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      let padding = [UInt8](repeating: UInt8(ascii: " "), count: length - text.count - 1)
      return magic + [version, 0] + lengthBytes + text + padding + [UInt8(ascii: "\n")]
    }
    return []
  }

  /// - Throws: `FileError`, `AllocationError`.
  static func write(_ path: String, _ tensor: Tensor) throws {
    try OutputFile.write(path) { file in
      try head(of: tensor).withUnsafeBytes { try file.write($0) }
      try tensor.writeElements { try file.write($0) }
    }
  }
}
