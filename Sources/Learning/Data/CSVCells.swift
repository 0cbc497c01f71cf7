import Tensors

/// Reads the cells of columns of numbers.
struct CSVCells {
  /// The content of a cell.
  enum Content {
    case number(Double)
    case missing
    case fault(Fault)
  }

  /// The reason why a cell that is not missing cannot become a number of the data set.
  enum Fault {
    case text, infinite, badGroups
    /// Beyond the range of a number type.
    case tooLarge(DType)
    /// An integer that the number type would round.
    case inexact(DType)
  }

  let dialect: CSVDialect
  let dtype: DType
  /// The markers of a missing value, in lower case.
  private let markers: [[UInt8]]
  private let markedNumbers: [Double]
  private let longestMarker: Int
  /// Markers that are not the usual ones.
  let ownMarkers: [String]

  /// Whether some numbers stand for missing values.
  var hasMarkedNumbers: Bool { !markedNumbers.isEmpty }

  init(_ options: CSVOptions, _ dialect: CSVDialect) {
    self.dialect = dialect
    dtype = options.dtype
    ownMarkers = options.na == CSVOptions.usualMarkers ? [] : options.na
    markers = options.na.map { Array($0.utf8).map(CSVCells.lowered) }
    longestMarker = markers.map(\.count).max() ?? 0
    markedNumbers = options.na.compactMap { marker in
      Array(marker.utf8).withUnsafeBufferPointer {
        DecimalNumber($0, decimal: dialect.decimal)?.value ?? DecimalNumber($0)?.value
      }
    }
  }

  func content(_ cell: UnsafeBufferPointer<UInt8>) -> Content {
    guard let number = DecimalNumber(cell, decimal: dialect.decimal) else { return other(cell) }
    return checked(number)
  }

  private func checked(_ number: DecimalNumber) -> Content {
    let value = number.value
    if !markedNumbers.isEmpty, markedNumbers.contains(value) { return .missing }
    guard value.isFinite else { return .fault(.tooLarge(.float64)) }
    // A Double has 53 bits, a Float 24.
    if number.wholeBits > 24 {
      if number.wholeBits > 53 { return .fault(.inexact(.float64)) }
      if dtype == .float32 { return .fault(.inexact(.float32)) }
    }
    if dtype == .float32, Float(value).isInfinite { return .fault(.tooLarge(.float32)) }
    return .number(value)
  }

  /// The content of a cell that does not read as a number directly.
  private func other(_ cell: UnsafeBufferPointer<UInt8>) -> Content {
    if isMissing(cell) { return .missing }
    if let plain = CSVCells.ungrouped(cell, by: dialect.thousands, decimal: dialect.decimal) {
      let number = plain.withUnsafeBufferPointer { DecimalNumber($0, decimal: dialect.decimal) }
      if let number { return checked(number) }
    }
    if isInfinite(cell) { return .fault(.infinite) }
    return .fault(isBadlyGrouped(cell) ? .badGroups : .text)
  }

  /// Whether a cell is empty or holds a marker.
  func isMissing(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    let text = CSVCells.trimmed(cell)
    if text.isEmpty { return true }
    guard text.count <= longestMarker else { return false }
    return markers.contains { $0.elementsEqual(text.lazy.map(CSVCells.lowered)) }
  }

  private func isInfinite(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    var text = CSVCells.trimmed(cell).map(CSVCells.lowered)
    if text.first == 0x2B || text.first == 0x2D { text.removeFirst() }
    return text.elementsEqual("inf".utf8) || text.elementsEqual("infinity".utf8)
  }

  /// Whether a cell would be a number without the marks between its groups.
  private func isBadlyGrouped(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    guard !dialect.thousands.isEmpty else { return false }
    let mark = dialect.thousands
    var plain: [UInt8] = []
    var rest = cell[...]
    while let byte = rest.first {
      if rest.starts(with: mark) {
        rest = rest.dropFirst(mark.count)
      } else {
        plain.append(byte)
        rest = rest.dropFirst()
      }
    }
    return plain.count < cell.count
      && plain.withUnsafeBufferPointer { DecimalNumber($0, decimal: dialect.decimal) != nil }
  }

  /// A number without the marks between its groups of three digits, the first of which may have
  /// fewer; nil for a cell that is not so grouped.
  static func ungrouped(
    _ cell: UnsafeBufferPointer<UInt8>, by mark: [UInt8], decimal: UInt8
  ) -> [UInt8]? {
    guard !mark.isEmpty else { return nil }
    var rest = trimmed(cell)[...]
    var plain: [UInt8] = []
    if let sign = rest.first, sign == 0x2B || sign == 0x2D {
      plain.append(sign)
      rest = rest.dropFirst()
    }
    func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    let first = rest.prefix(while: isDigit)
    guard (1...3).contains(first.count) else { return nil }
    plain += first
    rest = rest.dropFirst(first.count)
    guard rest.starts(with: mark) else { return nil }
    while rest.starts(with: mark) {
      rest = rest.dropFirst(mark.count)
      let group = rest.prefix(while: isDigit)
      guard group.count == 3 else { return nil }
      plain += group
      rest = rest.dropFirst(3)
    }
    return plain + rest
  }

  private static func trimmed(
    _ cell: UnsafeBufferPointer<UInt8>
  ) -> Slice<UnsafeBufferPointer<UInt8>> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var text = cell.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text = text.dropLast() }
    return text
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }
}
