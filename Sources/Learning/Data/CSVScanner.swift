import Tensors

/// Cuts the bytes of a file into records and cells.
struct CSVScanner {
  private static let space = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private let file: TextFile
  private let bytes: UnsafeBufferPointer<UInt8>
  private let separator: UInt8
  /// The tab where blanks separate cells; else the same.
  private let otherSeparator: UInt8
  private let quote: UInt8
  private let comment: UInt8
  /// The other blank beside a space: the tab, unless it separates cells.
  private let otherSpace: UInt8
  /// Bytes read.
  private(set) var position = 0
  /// The line at which the scanner stands, from 1.
  private(set) var line = 1

  /// Cells are ranges of the file's bytes. No byte is 0, so a part of the dialect that is 0 never
  /// matches.
  init(file: TextFile, dialect: CSVDialect) {
    self.file = file
    bytes = file.bytes
    (separator, quote, comment) = (dialect.separator, dialect.quote, dialect.comment)
    otherSeparator = separator == CSVScanner.space ? CSVScanner.tab : separator
    otherSpace = separator == CSVScanner.tab ? CSVScanner.space : CSVScanner.tab
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// An upper bound on the number of cells that follow.
  var mostCells: Int {
    bytes[position...].reduce(into: 1) { count, byte in
      if byte == separator || byte == otherSeparator || CSVScanner.isLineEnd(byte) { count += 1 }
    }
  }

  /// Skips lines, whatever their content.
  ///
  /// - Throws: `FileError` when there are no more.
  mutating func skipLines(_ count: Int) throws {
    for done in 0..<count {
      guard position < bytes.count else {
        throw FileError(
          file.path,
          """
          has \(done) line\(done == 1 ? "" : "s"), all of which \(option: "skip", .number(count)) \
          leaves out
          """)
      }
      skipLine()
    }
  }

  /// Appends the cells of the next record and returns the line on which it begins; nil at the end
  /// of the file.
  mutating func readRecord(into cells: inout [Range<Int>]) throws -> Int? {
    skipComments()
    guard position < bytes.count else { return nil }
    let start = line
    while true {
      cells.append(try readCell())
      if separator == CSVScanner.space { skipSpaces() }
      guard position < bytes.count else { return start }
      if bytes[position] == comment || CSVScanner.isLineEnd(bytes[position]) {
        skipLine()
        return start
      }
      // Where blanks separate, they have been read.
      if separator != CSVScanner.space { position += 1 }
    }
  }

  /// A cell, up to the separator, line end or comment after it.
  private mutating func readCell() throws -> Range<Int> {
    skipSpaces()
    if position < bytes.count, bytes[position] == quote { return try readQuoted() }
    let start = position
    var end = start
    // Copies, so that they stay in registers.
    let (bytes, separator, otherSeparator, comment) = (bytes, separator, otherSeparator, comment)
    while end < bytes.count {
      let byte = bytes[end]
      if byte == separator || byte == otherSeparator || byte == comment
        || CSVScanner.isLineEnd(byte)
      {
        break
      }
      end &+= 1
    }
    position = end
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  private mutating func readQuoted() throws -> Range<Int> {
    let opening = line
    position += 1
    let start = position
    while position < bytes.count {
      if bytes[position] == quote {
        let isDoubled = position + 1 < bytes.count && bytes[position + 1] == quote
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
    let end = position
    skipSpaces()
    guard
      position == bytes.count || isEnd(bytes[position])
        || separator == CSVScanner.space && position > end
    else { throw FileError(file.path, line: line, "has text after a closing quote") }
    return cell
  }

  /// Skips lines with only a comment.
  private mutating func skipComments() {
    guard comment != 0 else { return }
    while position < bytes.count {
      let start = position
      skipSpaces()
      guard position < bytes.count, bytes[position] == comment else {
        position = start
        return
      }
      skipLine()
    }
  }

  private mutating func skipLine() {
    while position < bytes.count, !CSVScanner.isLineEnd(bytes[position]) { position += 1 }
    if position < bytes.count { endLine() }
  }

  private mutating func skipSpaces() {
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
  }

  /// Skips one line end of any of the three kinds.
  private mutating func endLine() {
    let isReturn = bytes[position] == CSVScanner.carriageReturn
    position += 1
    if isReturn, position < bytes.count, bytes[position] == CSVScanner.lineFeed { position += 1 }
    line += 1
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == CSVScanner.space || byte == otherSpace }
  private func isEnd(_ byte: UInt8) -> Bool {
    byte == separator || byte == otherSeparator || byte == comment || CSVScanner.isLineEnd(byte)
  }
  private static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == lineFeed || byte == carriageReturn
  }
}
