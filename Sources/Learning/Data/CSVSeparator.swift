import Tensors

/// Guesses the separator of a file that could not be read with another.
enum CSVSeparator {
  /// "; the file seems to be separated by ';'" with the options for that, or nothing.
  static func hint(_ file: TextFile, _ dialect: CSVDialect, skip: Int) -> Message {
    let lines = firstLines(file, dialect, skip: skip)
    func isSteady(_ separator: UInt8) -> Bool {
      let counts = lines.map { cells($0, separator).count - 1 }
      return counts.allSatisfy { $0 == counts[0] && $0 > 0 }
    }
    let names: [(byte: UInt8, text: String, words: String)] = [
      (UInt8(ascii: ";"), ";", "';'"), (UInt8(ascii: "\t"), "\t", "tabs"),
      (UInt8(ascii: "|"), "|", "'|'"), (UInt8(ascii: ","), ",", "','"),
      (UInt8(ascii: " "), " ", "spaces"),
    ]
    guard !lines.isEmpty, !isSteady(dialect.separator),
      let found = names.first(where: { $0.byte != dialect.separator && isSteady($0.byte) }),
      // Spaces are also in texts.
      found.byte != UInt8(ascii: " ") || lines.allSatisfy({ !$0.contains(dialect.separator) })
    else { return "" }
    var options: Message = "\(option: "separator", found.text)"
    let comma = UInt8(ascii: ",")
    if found.byte != comma, dialect.decimal != comma, hasDecimalCommas(lines, found.byte) {
      options = "\(options), \(option: "decimal", ",")"
    }
    return "; the file seems to be separated by \(found.words) (\(options))"
  }

  private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

  /// Up to twenty lines that are neither empty nor comments.
  private static func firstLines(_ file: TextFile, _ dialect: CSVDialect, skip: Int) -> [Bytes] {
    let start = file.bytes.prefix(1 << 20)
    let lines = start.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }
    return Array(
      lines.dropFirst(skip).lazy.filter {
        !$0.allSatisfy { $0 == 0x20 || $0 == 0x09 } && $0.first != dialect.comment
      }.prefix(20))
  }

  private static func hasDecimalCommas(_ lines: [Bytes], _ separator: UInt8) -> Bool {
    lines.contains { line in
      cells(line, separator).contains { cell in
        cell.contains(UInt8(ascii: ","))
          && DecimalNumber(UnsafeBufferPointer(rebasing: cell), decimal: UInt8(ascii: ",")) != nil
      }
    }
  }

  /// The cells of a line, separated outside of double quotes; several spaces are one separator.
  private static func cells(_ line: Bytes, _ separator: UInt8) -> [Bytes] {
    var isQuoted = false
    return line.split(
      omittingEmptySubsequences: separator == UInt8(ascii: " ")
    ) { byte in
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      return !isQuoted && byte == separator
    }
  }
}
