/// The safetensors format (Hugging Face, 2022): eight bytes of header length, little endian; a JSON
/// header of name → {dtype, shape, data_offsets}; the elements, row major, little endian.
public enum Safetensors {
  /// Tensors by name, and the texts under `__metadata__`.
  public typealias Contents = (tensors: [String: Tensor], metadata: [String: String])

  /// The longest header that readers of the format accept.
  static let headerLimit = 100_000_000
  static let metadataName = "__metadata__"

  /// How the elements of a file's number type become those of a tensor.
  struct Element: Sendable {
    let name: String
    let size: Int
    let dtype: DType
    /// The element at a byte address that need not be aligned.
    let value: @Sendable (UnsafeRawPointer) -> Double

    /// The types that can be read: what a float32 holds exactly becomes one, the rest float64.
    static let all: [Element] = [
      Element(name: "F32", size: 4, dtype: .float32) {
        Double(Float(bitPattern: load($0, as: UInt32.self)))
      },
      Element(name: "F64", size: 8, dtype: .float64) {
        Double(bitPattern: load($0, as: UInt64.self))
      },
      Element(name: "F16", size: 2, dtype: .float32) { half(load($0, as: UInt16.self)) },
      Element(name: "BF16", size: 2, dtype: .float32) {
        Double(Float(bitPattern: UInt32(load($0, as: UInt16.self)) << 16))
      },
      Element(name: "I8", size: 1, dtype: .float32) { Double(load($0, as: Int8.self)) },
      Element(name: "U8", size: 1, dtype: .float32) { Double(load($0, as: UInt8.self)) },
      Element(name: "I16", size: 2, dtype: .float32) { Double(load($0, as: Int16.self)) },
      Element(name: "U16", size: 2, dtype: .float32) { Double(load($0, as: UInt16.self)) },
      Element(name: "I32", size: 4, dtype: .float64) { Double(load($0, as: Int32.self)) },
      Element(name: "U32", size: 4, dtype: .float64) { Double(load($0, as: UInt32.self)) },
      Element(name: "I64", size: 8, dtype: .float64) { Double(load($0, as: Int64.self)) },
      Element(name: "U64", size: 8, dtype: .float64) { Double(load($0, as: UInt64.self)) },
      Element(name: "BOOL", size: 1, dtype: .float32) { load($0, as: UInt8.self) == 0 ? 0 : 1 },
    ]

    private static func load<I: FixedWidthInteger & BitwiseCopyable>(
      _ pointer: UnsafeRawPointer, as type: I.Type
    ) -> I { I(littleEndian: pointer.loadUnaligned(as: I.self)) }

    /// IEEE binary16, which Swift has no type for on every processor.
    static func half(_ bits: UInt16) -> Double {
      let fraction = Double(bits & 0x3ff)
      let size =
        switch bits >> 10 & 0x1f {
        case 0: fraction * 0x1p-24
        case 31: fraction == 0 ? Double.infinity : .nan
        case let exponent:
          Double(sign: .plus, exponent: Int(exponent) - 25, significand: 1)
            * (1024 + fraction)
        }
      return bits >> 15 == 0 ? size : -size
    }
  }

  /// One tensor's entry in the header, checked on its own.
  struct Entry {
    let name: String
    let element: Element
    let shape: [Int]
    let bytes: Range<Int>
    var count: Int { bytes.count / element.size }
  }
}

extension Safetensors {
  /// Reads all tensors. F32 stays float32 and F64 float64; F16, BF16, BOOL and integers of 8 and 16
  /// bits become float32, longer integers float64.
  ///
  /// Throws: `FileError` for a file that cannot be read or is malformed; `AllocationError`.
  public static func read(_ path: String) throws -> Contents {
    let file = try InputFile(path)
    guard file.size >= 8 else { throw FileError(path, "is too short for a safetensors file") }
    let length = try file.read(8, at: 0).withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard length <= UInt64(headerLimit), length <= UInt64(file.size - 8) else {
      throw FileError(path, "the header length (\(length)) is larger than the file or the limit")
    }
    let dataStart = 8 + Int(length)
    let (entries, metadata) = try entries(
      header: file.read(Int(length), at: 8), dataSize: file.size - dataStart, path: path)
    var tensors: [String: Tensor] = [:]
    for entry in entries {
      tensors[entry.name] = try tensor(entry, from: file, at: dataStart + entry.bytes.lowerBound)
    }
    return (tensors, metadata)
  }

  private static func tensor(_ entry: Entry, from file: InputFile, at offset: Int) throws -> Tensor
  {
    let result = try Tensor(unwritten: entry.shape, count: entry.count, dtype: entry.element.dtype)
    let isLittleEndian = Int(littleEndian: 1) == 1
    if isLittleEndian, ["F32", "F64"].contains(entry.element.name) {
      try file.read(
        into: UnsafeMutableRawBufferPointer(
          start: result.storage.bytes, count: entry.bytes.count), at: offset)
      return result
    }
    // Through a buffer, so that a large file is not held twice.
    let size = entry.element.size
    var done = 0
    while done < entry.count {
      let count = min(entry.count - done, 65_536)
      let bytes = try file.read(count * size, at: offset + done * size)
      bytes.withUnsafeBytes { bytes in
        for i in 0..<count {
          let value = entry.element.value(bytes.baseAddress! + i * size)
          switch result.dtype {
          case .float32: result.base(as: Float.self)[done + i] = Float(value)
          case .float64: result.base(as: Double.self)[done + i] = value
          }
        }
      }
      done += count
    }
    return result
  }
}

// MARK: - The header

extension Safetensors {
  static func entries(header: [UInt8], dataSize: Int, path: String) throws -> (
    [Entry], metadata: [String: String]
  ) {
    guard header.first == UInt8(ascii: "{") else {
      throw FileError(path, "the header is not a JSON object")
    }
    let json: JSON
    do { json = try JSON(parsing: header) } catch {
      throw FileError(path, "the header is not valid JSON")
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
    guard let element = Element.all.first(where: { $0.name == type }) else {
      let names = Element.all.map(\.name).joined(separator: ", ")
      throw fault("has the number type '\(type)', which is none of \(names)")
    }
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= dataSize
    else { throw fault("has data_offsets outside the file") }
    guard let count = try? Tensor.checkedCount(shape),
      case (let bytes, let overflow) = count.multipliedReportingOverflow(by: element.size),
      !overflow,
      bytes == offsets[1] - offsets[0]
    else {
      throw fault("of shape \(shape.shapeText) does not fill its \(offsets[1] - offsets[0]) bytes")
    }
    return Entry(name: name, element: element, shape: shape, bytes: offsets[0]..<offsets[1])
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
