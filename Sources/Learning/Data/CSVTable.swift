import Tensors

/// The cells of a CSV file (RFC 4180): header, rows of as many cells, and where each row begins.
///
/// Lines end in LF, CR LF or CR. A quoted cell may hold separators, line ends and doubled quotes.
/// Spaces around a cell do not belong to it. Empty lines at the end are left out.
struct CSVTable {
  let file: TextFile
  private(set) var names: [String] = []
  /// Row by row, each the place of the cell's text in the file.
  private(set) var cells: [Range<Int>] = []
  /// The line of the file, counted from 1, on which each row begins.
  private(set) var lines: [Int] = []

  var path: String { file.path }
  var rowCount: Int { lines.count }

  /// Throws: `FileError` for a file that cannot be read, is not text, has no header with distinct
  /// names, no rows, rows of another length than the header, or a quote that is not closed;
  /// `AllocationError`.
  init(path: String) throws {
    file = try TextFile(path)
    var scanner = CSVScanner(file: file)
    try scanner.skipByteOrderMark()
    var header: [Range<Int>] = []
    guard try scanner.readRecord(into: &header) else { throw FileError(path, "is empty") }
    names = try checkedNames(header)
    // Each cell has an end behind it, but the last; a row needs 8 bytes more.
    let most = file.bytes.reduce(into: 1) { $0 += CSVScanner.isEnd($1) ? 1 : 0 }
    try AllocationError.check(most, bytesEach: MemoryLayout<Range<Int>>.stride + 8)
    cells.reserveCapacity(most)
    try readRows(&scanner)
    guard rowCount > 0 else { throw FileError(path, "has a header but no rows") }
  }

  private mutating func readRows(_ scanner: inout CSVScanner) throws {
    // Empty lines are left out at the end only, so they wait for what follows.
    var emptyLines: [Int] = []
    var known = 0
    while true {
      let line = scanner.line
      guard try scanner.readRecord(into: &cells) else { return }
      let width = cells.count - known
      if width == 1, cells[known].isEmpty, !isQuoted(cells[known]) {
        emptyLines.append(line)
        cells.removeLast()
        continue
      }
      guard width == names.count else {
        throw FileError(
          path, line: line,
          "has \(width) value\(width == 1 ? "" : "s"), the header has \(names.count) names")
      }
      if let empty = emptyLines.first {
        guard names.count == 1 else { throw FileError(path, line: empty, "is empty") }
        // In a file of one column, a missing value.
        cells.insert(contentsOf: emptyLines.map { _ in 0..<0 }, at: known)
        lines.append(contentsOf: emptyLines)
        emptyLines = []
      }
      lines.append(line)
      known = cells.count
    }
  }

  private func checkedNames(_ header: [Range<Int>]) throws -> [String] {
    var names: [String] = []
    var known: Set<String> = []
    for (index, cell) in header.enumerated() {
      let bytes = file.bytes[cell]
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw FileError(path, line: 1, "is not UTF-8 text")
      }
      let text = isQuoted(cell) ? name.replacing("\"\"", with: "\"") : name
      guard !text.isEmpty else {
        throw FileError(path, line: 1, "column \(index + 1) of the header has no name")
      }
      guard known.insert(text).inserted else {
        throw FileError(path, line: 1, column: text, "the header has this name twice")
      }
      names.append(text)
    }
    return names
  }

  /// The bytes of a cell.
  func bytes(row: Int, column: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: file.bytes[cells[row * names.count + column]])
  }

  /// The text of a cell; bytes that are not UTF-8 become replacement characters.
  func text(row: Int, column: Int) -> String {
    let cell = cells[row * names.count + column]
    let text = String(decoding: file.bytes[cell], as: UTF8.self)
    return isQuoted(cell) ? text.replacing("\"\"", with: "\"") : text
  }

  /// A cell's text begins behind its quote; that of a bare cell never does.
  private func isQuoted(_ cell: Range<Int>) -> Bool {
    cell.lowerBound > 0 && file.bytes[cell.lowerBound - 1] == CSVScanner.quote
  }
}

/// Cuts the bytes of a file into records and cells.
struct CSVScanner {
  static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private let file: TextFile
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// The line at which the scanner stands, from 1.
  private(set) var line = 1

  init(file: TextFile) {
    self.file = file
    bytes = file.bytes
  }

  /// Throws: `FileError` for UTF-16.
  mutating func skipByteOrderMark() throws {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw FileError(file.path, line: 1, "is UTF-16; save it as UTF-8")
    }
  }

  /// Appends the cells of the next record; false at the end of the file.
  mutating func readRecord(into cells: inout [Range<Int>]) throws -> Bool {
    guard position < bytes.count else { return false }
    while true {
      cells.append(try readCell())
      guard position < bytes.count else { return true }
      if bytes[position] == CSVScanner.comma {
        position += 1
        continue
      }
      endLine()
      return true
    }
  }

  /// A cell, up to the separator or line end behind it.
  private mutating func readCell() throws -> Range<Int> {
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    if position < bytes.count, bytes[position] == CSVScanner.quote { return try readQuoted() }
    let start = position
    while position < bytes.count, !CSVScanner.isEnd(bytes[position]) {
      guard bytes[position] != 0 else {
        throw FileError(file.path, line: line, "holds a NUL byte: not a text file")
      }
      position &+= 1
    }
    var end = position
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  private mutating func readQuoted() throws -> Range<Int> {
    let opening = line
    position += 1
    let start = position
    while position < bytes.count {
      if bytes[position] == CSVScanner.quote {
        let isDoubled = position + 1 < bytes.count && bytes[position + 1] == CSVScanner.quote
        guard isDoubled else { return try closeQuote(start..<position) }
        position += 2
      } else if CSVScanner.isLineEnd(bytes[position]) {
        endLine()
      } else {
        position += 1
      }
    }
    throw FileError(file.path, line: opening, "has a quote that is never closed")
  }

  private mutating func closeQuote(_ cell: Range<Int>) throws -> Range<Int> {
    position += 1
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    guard position == bytes.count || CSVScanner.isEnd(bytes[position]) else {
      throw FileError(file.path, line: line, "has text behind a closing quote")
    }
    return cell
  }

  /// Steps over one line end of any of the three kinds.
  private mutating func endLine() {
    let isReturn = bytes[position] == CSVScanner.carriageReturn
    position += 1
    if isReturn, position < bytes.count, bytes[position] == CSVScanner.lineFeed { position += 1 }
    line += 1
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
  private static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == lineFeed || byte == carriageReturn
  }
  static func isEnd(_ byte: UInt8) -> Bool { byte == comma || isLineEnd(byte) }
}
