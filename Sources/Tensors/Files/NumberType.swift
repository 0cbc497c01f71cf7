/// A number type of array files, and the conversion of its elements: to float32 if that holds all
/// of them exactly, else to float64.
enum NumberType: String, CaseIterable, Sendable {
  case bool, int8, uint8, int16, uint16, float16, bfloat16, float32
  case int32, uint32, int64, uint64, float64

  /// Bytes per element.
  var size: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .float32, .int32, .uint32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// The number type of the tensor.
  var dtype: DType {
    switch self {
    case .int32, .uint32, .int64, .uint64, .float64: .float64
    default: .float32
    }
  }

  /// Whether a tensor stores such numbers as they are.
  var isTensors: Bool { self == .float32 || self == .float64 }

  /// Converts `count` elements, which need not be aligned, into those of a tensor.
  ///
  /// - Returns: the first integer that had to be rounded, as text.
  func convert(
    _ source: UnsafeRawPointer, _ count: Int, isBigEndian: Bool,
    into target: UnsafeMutableRawPointer
  ) -> String? {
    let elements = Elements(source: source, count: count, isBigEndian: isBigEndian, target: target)
    switch self {
    case .bool: elements.convert { (bits: UInt8) in bits == 0 ? Float(0) : 1 }
    case .int8: elements.convert { (bits: Int8) in Float(bits) }
    case .uint8: elements.convert { (bits: UInt8) in Float(bits) }
    case .int16: elements.convert { (bits: Int16) in Float(bits) }
    case .uint16: elements.convert { (bits: UInt16) in Float(bits) }
    case .float16: elements.convert { NumberType.half($0) }
    case .bfloat16: elements.convert { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    case .float32: elements.convert { Float(bitPattern: $0) }
    case .int32: elements.convert { (bits: Int32) in Double(bits) }
    case .uint32: elements.convert { (bits: UInt32) in Double(bits) }
    case .float64: elements.convert { Double(bitPattern: $0) }
    case .int64: return elements.convertLong(Int64.self)
    case .uint64: return elements.convertLong(UInt64.self)
    }
    return nil
  }

  /// IEEE binary16, which Swift has no type for on every processor.
  static func half(_ bits: UInt16) -> Float {
    let sign = UInt32(bits >> 15) << 31
    let fraction = UInt32(bits & 0x3ff)
    switch UInt32(bits >> 10 & 0x1f) {
    case 0: return Float(bitPattern: (Float(fraction) * 0x1p-24).bitPattern | sign)
    case 31: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    case let exponent: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}

private struct Elements {
  let source: UnsafeRawPointer
  let count: Int
  let isBigEndian: Bool
  let target: UnsafeMutableRawPointer

  @inline(__always)
  private func bits<Bits: FixedWidthInteger & BitwiseCopyable>(_ index: Int) -> Bits {
    let bits = source.loadUnaligned(
      fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
    return isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)
  }

  @inline(__always)
  func convert<Bits: FixedWidthInteger & BitwiseCopyable, Value: TensorScalar>(
    _ value: (Bits) -> Value
  ) {
    let target = target.assumingMemoryBound(to: Value.self)
    for index in 0..<count { target[index] = value(bits(index)) }
  }

  /// A double has 53 bits for those between the first and the last set bit.
  @inline(__always)
  func convertLong<Bits: FixedWidthInteger & BitwiseCopyable>(_ type: Bits.Type) -> String? {
    let target = target.assumingMemoryBound(to: Double.self)
    var rounded: String?
    for index in 0..<count {
      let whole: Bits = bits(index)
      target[index] = Double(whole)
      let size = whole.magnitude
      if size >> 53 != 0, size.leadingZeroBitCount + size.trailingZeroBitCount < 11,
        rounded == nil
      {
        rounded = String(whole)
      }
    }
    return rounded
  }
}
