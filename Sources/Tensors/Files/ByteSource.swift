/// Bytes in order: a part of a file, or the bytes unpacked from one.
protocol ByteSource: AnyObject {
  var file: InputFile { get }
  /// The number of bytes that have not been read.
  var remaining: Int { get }
  /// Fills the whole buffer.
  ///
  /// - Throws: `FileError` when the bytes end before, or are damaged.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws
}

extension ByteSource {
  func fault(_ reason: String) -> FileError { FileError(file.path, reason) }

  /// - Throws: as `read(into:)`.
  func read(_ count: Int) throws -> [UInt8] {
    // Checked before allocating: a damaged file may ask for any number of bytes.
    guard count <= remaining else { throw fault("ends too early") }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      try read(into: UnsafeMutableRawBufferPointer(buffer))
      filled = count
    }
  }
}

/// A part of a file.
final class FileStretch: ByteSource {
  let file: InputFile
  private(set) var place: Int
  private let end: Int
  var remaining: Int { end - place }

  /// The part must lie inside the file.
  init(_ file: InputFile, _ range: Range<Int>) {
    (self.file, place, end) = (file, range.lowerBound, range.upperBound)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    guard buffer.count <= remaining else { throw fault("ends too early") }
    try file.read(into: buffer, at: place)
    place += buffer.count
  }
}

/// An array in a file, as its header describes it.
struct ArrayLayout {
  let type: NumberType
  var isBigEndian = false
  let shape: [Int]
  /// Column major: the first axis runs fastest.
  var isFortran = false
  let count: Int

  /// More axes than NumPy has.
  static let deepest = 64

  var byteCount: Int { count * type.size }

  /// nil when the shape has a negative extent, more elements than can be counted, or too many axes.
  init?(_ type: NumberType, isBigEndian: Bool = false, shape: [Int], isFortran: Bool = false) {
    guard shape.count <= ArrayLayout.deepest, let count = try? Tensor.checkedCount(shape),
      !count.multipliedReportingOverflow(by: type.size).overflow
    else { return nil }
    (self.type, self.isBigEndian, self.shape) = (type, isBigEndian, shape)
    (self.isFortran, self.count) = (isFortran, count)
  }

  var strides: [Int] {
    isFortran
      ? Tensor.contiguousStrides(shape.reversed()).reversed() : Tensor.contiguousStrides(shape)
  }

  /// Whether the elements have the bytes of a tensor's.
  var isTensors: Bool { type.isTensors && isBigEndian == (Int(bigEndian: 1) == 1) }
}

extension Tensor {
  /// The next `layout.byteCount` bytes as a tensor.
  ///
  /// - Throws: `FileError` for bytes that are missing or damaged and, unless `rounds`, for an
  ///   integer that float64 does not hold; `AllocationError`.
  convenience init(_ layout: ArrayLayout, from source: some ByteSource, rounds: Bool) throws {
    guard layout.byteCount <= source.remaining else { throw source.fault("ends too early") }
    try self.init(
      unwritten: layout.shape, strides: layout.strides, count: layout.count,
      dtype: layout.type.dtype)
    let target = storage.bytes
    if layout.isTensors {
      try source.read(into: UnsafeMutableRawBufferPointer(start: target, count: layout.byteCount))
      return
    }
    // Through a buffer, so that a large file is not in memory twice.
    var done = 0
    while done < layout.count {
      let count = Swift.min(layout.count - done, 65_536)
      let rounded = try source.read(count * layout.type.size).withUnsafeBytes {
        layout.type.convert(
          $0.baseAddress!, count, isBigEndian: layout.isBigEndian,
          into: target + done * dtype.size)
      }
      if let rounded, !rounds {
        throw source.fault(
          "holds the integer \(rounded), which float64 can only round; the option round does so")
      }
      done += count
    }
  }

  /// Writes the bytes of the elements: row major, little endian.
  func writeElements(to write: (UnsafeRawBufferPointer) throws -> Void) throws {
    func put<S: TensorScalar, Bits: FixedWidthInteger>(
      _ type: S.Type, _ bits: (S) -> Bits
    ) throws {
      try contiguous().withElements(as: S.self) { elements in
        if Int(littleEndian: 1) == 1 {
          try write(UnsafeRawBufferPointer(elements))
        } else {
          try elements.map { bits($0).littleEndian }.withUnsafeBytes { try write($0) }
        }
      }
    }
    switch dtype {
    case .float32: try put(Float.self, \.bitPattern)
    case .float64: try put(Double.self, \.bitPattern)
    }
  }

  /// Bytes of the elements.
  ///
  /// - Throws: `AllocationError`: expanded views can have more elements than there is memory.
  func checkedByteCount() throws -> Int {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: dtype.size)
    guard !overflow else { throw AllocationError(bytes: nil) }
    return bytes
  }
}
