/// The safetensors format (Hugging Face, 2022): eight bytes of header length, little endian; a JSON
/// header of name → {dtype, shape, data_offsets}; the elements, row major, little endian.
public enum Safetensors {
  /// Tensors by name, and the texts under `__metadata__`.
  public typealias Contents = (tensors: [String: Tensor], metadata: [String: String])

  /// The longest header that readers of the format accept.
  static let headerLimit = 100_000_000
  static let metadataName = "__metadata__"

  /// The names of the number types that can be read.
  static let types: KeyValuePairs<String, NumberType> = [
    "BOOL": .bool, "I8": .int8, "U8": .uint8, "I16": .int16, "U16": .uint16, "F16": .float16,
    "BF16": .bfloat16, "F32": .float32, "I32": .int32, "U32": .uint32, "I64": .int64,
    "U64": .uint64, "F64": .float64,
  ]

  /// One tensor's entry in the header, checked by itself.
  struct Entry {
    let name: String
    /// Or the error for a number type that cannot be read.
    let layout: Result<ArrayLayout, FileError>
    let bytes: Range<Int>
  }

  /// Whether a file of that size with these first bytes can be of the format: a possible length of
  /// the header, and the beginning of a header.
  static func isLikely(_ start: some Collection<UInt8>, size: Int) -> Bool {
    let length = start.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return start.count > 8 && length <= UInt64(headerLimit)
      && start.dropFirst(8).first == UInt8(ascii: "{")
  }
}

extension Safetensors {
  /// Reads all tensors. F32 stays float32 and F64 float64; F16, BF16, BOOL and integers of 8 and 16
  /// bits become float32, longer integers float64.
  ///
  /// - Throws: `FileError` for a file that cannot be read or is malformed, for a tensor of another
  ///   number type unless the options name others, for a name that is not there, and for a 64-bit
  ///   integer that float64 does not hold unless the options round it; `AllocationError`.
  public static func read(
    _ path: String, _ options: TensorFile.ReadOptions = TensorFile.ReadOptions()
  ) throws -> Contents {
    let file = try InputFile(path)
    guard try isLikely(file.read(min(9, file.size), at: 0), size: file.size) else {
      throw FileError(path, "is not a safetensors file" + (try FileSignature.hint(file)))
    }
    var lengthField = FieldReader(try file.read(8, at: 0), path: path)
    let length = try lengthField.next(UInt64.self)
    guard length <= UInt64(file.size - 8) else {
      throw FileError(path, "ends too early, within its header of \(length) bytes")
    }
    let dataStart = 8 + Int(length)
    let (entries, metadata) = try entries(
      header: file.read(Int(length), at: 8), dataSize: file.size - dataStart, path: path)
    let mapped = options.maps ? MappedFile(file) : nil
    let wanted = try options.chosen(among: entries.map(\.name), of: path).map(Set.init)
    var tensors: [String: Tensor] = [:]
    for entry in entries where wanted?.contains(entry.name) ?? true {
      let layout = try entry.layout.get()
      let start = dataStart + entry.bytes.lowerBound
      do {
        tensors[entry.name] =
          try mapped?.tensor(layout, at: start)
          ?? Tensor(
            layout, from: FileStretch(file, start..<(start + entry.bytes.count)),
            rounds: options.rounds)
      } catch let error as FileError {
        throw FileError(path, "tensor '\(entry.name)' \(error.reason)")
      }
    }
    return (tensors, metadata)
  }
}

// MARK: - The header

extension Safetensors {
  static func entries(header: [UInt8], dataSize: Int, path: String) throws -> (
    [Entry], metadata: [String: String]
  ) {
    let json: JSON
    do { json = try JSON(parsing: header) } catch let error as JSONError {
      throw FileError(path, "the header is \(error)")
    }
    guard case .object(let fields) = json else {
      throw FileError(path, "the header is not a JSON object")
    }
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for (name, field) in fields.sorted(by: { $0.key < $1.key }) {
      if name == metadataName {
        metadata = try texts(field, path: path)
      } else {
        entries.append(try entry(name, field, dataSize: dataSize, path: path))
      }
    }
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    var end = 0
    for entry in entries {
      guard entry.bytes.lowerBound == end else {
        throw FileError(
          path,
          "the data of tensor '\(entry.name)' "
            + (entry.bytes.lowerBound < end ? "overlaps another's" : "leaves a gap before it"))
      }
      end = entry.bytes.upperBound
    }
    guard end == dataSize else { throw FileError(path, "has \(dataSize - end) bytes too many") }
    return (entries, metadata)
  }

  private static func texts(_ field: JSON, path: String) throws -> [String: String] {
    guard case .object(let fields) = field else {
      throw FileError(path, "the metadata are not a JSON object")
    }
    return try fields.mapValues {
      guard case .string(let text) = $0 else {
        throw FileError(path, "the metadata hold something other than texts")
      }
      return text
    }
  }

  private static func entry(_ name: String, _ field: JSON, dataSize: Int, path: String) throws
    -> Entry
  {
    func fault(_ reason: String) -> FileError { FileError(path, "tensor '\(name)' \(reason)") }
    guard case .object(let fields) = field, case .string(let type)? = fields["dtype"],
      let shape = integers(fields["shape"]), let offsets = integers(fields["data_offsets"])
    else { throw fault("lacks a dtype, a shape or data_offsets") }
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= dataSize
    else { throw fault("has data_offsets outside the file") }
    let bytes = offsets[0]..<offsets[1]
    guard let element = types.first(where: { $0.key == type })?.value else {
      let names = types.map(\.key).joined(separator: ", ")
      let error = fault("has the number type '\(type)', which is none of \(names)")
      return Entry(name: name, layout: .failure(error), bytes: bytes)
    }
    guard let layout = ArrayLayout(element, shape: shape), layout.byteCount == bytes.count else {
      throw fault("of shape \(shape.shapeText) does not fill its \(bytes.count) bytes")
    }
    return Entry(name: name, layout: .success(layout), bytes: bytes)
  }

  private static func integers(_ field: JSON?) -> [Int]? {
    guard case .array(let values)? = field else { return nil }
    var result: [Int] = []
    for value in values {
      guard case .integer(let integer) = value else { return nil }
      result.append(integer)
    }
    return result
  }
}
