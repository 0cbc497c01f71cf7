import Tensors

/// The cells of a CSV file (RFC 4180): names, rows of as many cells, and where each row begins.
///
/// Lines end in LF, CR LF or CR. A quoted cell may hold separators, line ends and doubled quotes.
/// Spaces around a cell do not belong to it. Empty lines at the end are left out.
struct CSVTable {
  let file: TextFile
  private let quote: UInt8
  /// One per column; "column k" for the k-th where the file has none.
  private(set) var names: [String] = []
  /// Row by row, the place of each cell's text in the file.
  private(set) var cells: [Range<Int>] = []
  /// The line of the file, counted from 1, on which each row begins.
  private(set) var lines: [Int] = []
  /// The line of the header; nil if the names are not from the file.
  private(set) var headerLine: Int?
  /// Whether the first column has no name in the header, as a column of row labels.
  private(set) var hasRowLabels = false
  /// Whether the header has one name less than the rows have cells.
  private(set) var isHeaderShort = false

  var path: String { file.path }
  var rowCount: Int { lines.count }

  /// - Throws: `FileError` for a file that has no header with distinct names, none of the rows
  ///   wanted, rows of another length than the header, or a quote that is not closed;
  ///   `ArgumentError` for names that are empty or not distinct; `AllocationError`;
  ///   `CancellationError`.
  init(
    file: TextFile, dialect: CSVDialect, options: CSVOptions, _ watch: ReadingWatch = ReadingWatch()
  ) throws {
    self.file = file
    quote = dialect.quote
    var scanner = CSVScanner(file: file, dialect: dialect)
    guard !file.isBlank else { throw FileError(path, "is empty") }
    try scanner.skipLines(options.skip)
    if let names = options.names {
      try CSVTable.check(names)
      self.names = names
    } else {
      try readHeader(&scanner)
    }
    // A row needs 8 more bytes.
    let most = scanner.mostCells
    try AllocationError.check(most, bytesEach: MemoryLayout<Range<Int>>.stride + 8)
    cells.reserveCapacity(most)
    lines.reserveCapacity(most / names.count + 1)
    try readRows(&scanner, to: options.rows?.upperBound ?? .max, watch)
    try leaveOutRows(before: options.rows?.lowerBound ?? 1)
  }

  // MARK: Cells

  /// The bytes of a cell.
  func bytes(row: Int, column: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: file.bytes[cells[row * names.count + column]])
  }

  /// The text of a cell; nil for bytes that are not UTF-8.
  func text(row: Int, column: Int) -> String? { text(cells[row * names.count + column]) }

  /// The cell's text in quotes, short and on one line.
  func quoted(row: Int, column: Int) -> String {
    let text =
      text(row: row, column: column)
      ?? String(decoding: bytes(row: row, column: column), as: UTF8.self)
    let visible = text.prefix(40).unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
    }
    return "'" + String(visible) + (text.count > 40 ? "…'" : "'")
  }

  private func text(_ cell: Range<Int>) -> String? {
    guard let text = String(validating: file.bytes[cell], as: UTF8.self) else { return nil }
    guard isQuoted(cell) else { return text }
    let mark = String(UnicodeScalar(quote))
    return text.replacing(mark + mark, with: mark)
  }

  private func isEmptyLine(_ cells: ArraySlice<Range<Int>>) -> Bool {
    cells.count == 1 && cells[cells.startIndex].isEmpty && !isQuoted(cells[cells.startIndex])
  }

  /// A cell's text begins behind its quote; that of a bare cell never does.
  func isQuoted(_ cell: Range<Int>) -> Bool {
    quote != 0 && cell.lowerBound > 0 && file.bytes[cell.lowerBound - 1] == quote
  }
}

// MARK: - Header

extension CSVTable {
  private mutating func readHeader(_ scanner: inout CSVScanner) throws {
    var header: [Range<Int>] = []
    var line: Int?
    // Empty lines before it are skipped.
    repeat {
      header = []
      line = try scanner.readRecord(into: &header)
    } while line != nil && isEmptyLine(header[...])
    guard let line else { throw FileError(path, "has no header") }
    headerLine = line
    var known: Set<String> = []
    for (index, cell) in header.enumerated() {
      guard var name = text(cell) else {
        throw FileError(path, line: line, TextFile.notUTF8)
      }
      if name.isEmpty {
        name = "column \(index + 1)"
        if index == 0 { hasRowLabels = true }
      }
      guard known.insert(name).inserted else {
        throw FileError(
          path, line: line, column: name,
          """
          the header has this name twice: \(option: "names", .someList) and \
          \(option: "skip", .number(line)) give others
          """)
      }
      names.append(name)
    }
    try checkNotNumbers(header, line)
  }

  /// Refuses a header of numbers, which must be a row, unless they are whole and ascending, as
  /// years and positions are.
  private func checkNotNumbers(_ header: [Range<Int>], _ line: Int) throws {
    let numbers = header.compactMap {
      DecimalNumber(UnsafeBufferPointer(rebasing: file.bytes[$0]))?.value
    }
    let areNames =
      numbers.allSatisfy { $0 == $0.rounded() } && zip(numbers, numbers.dropFirst()).allSatisfy(<)
    guard numbers.count == header.count, !areNames else { return }
    throw FileError(
      path, line: line,
      """
      holds numbers where the names of the columns should be: \(option: "names", .someList) names \
      them
      """)
  }

  /// - Throws: `ArgumentError`.
  private static func check(_ names: [String]) throws {
    guard !names.isEmpty, !names.contains("") else {
      throw ArgumentError(
        "names", mustBe: "one name per column, none of them empty",
        got: names.isEmpty ? "none" : "an empty one")
    }
    var known: Set<String> = []
    if let twice = names.first(where: { !known.insert($0).inserted }) {
      throw ArgumentError("names", mustBe: "distinct", got: "'\(twice)' twice")
    }
  }
}

// MARK: - Rows

extension CSVTable {
  private mutating func readRows(
    _ scanner: inout CSVScanner, to last: Int, _ watch: ReadingWatch
  ) throws {
    // Empty lines are left out only at the end, so they wait for what follows.
    var emptyLines: [Int] = []
    var known = 0
    while lines.count < last, let line = try scanner.readRecord(into: &cells) {
      if line % 4096 == 0 { try watch.check(scanner.position, of: file.bytes.count) }
      let width = cells.count - known
      if isEmptyLine(cells[known...]) {
        emptyLines.append(line)
        cells.removeLast()
        continue
      }
      if lines.isEmpty, width == names.count + 1, headerLine != nil { takeRowLabels() }
      guard width == names.count else { throw raggedness(line, width) }
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
    if isHeaderShort, !firstCellsAreLabels {
      throw raggedness(lines[0], names.count, header: names.count - 1)
    }
  }

  private func raggedness(_ line: Int, _ width: Int, header: Int? = nil) -> FileError {
    let values = "\(width) value\(width == 1 ? "" : "s")"
    let count = header ?? names.count
    let named = "\(count) name\(count == 1 ? "" : "s")"
    guard !isHeaderShort || header != nil else {
      return FileError(path, line: line, "has \(values), line \(lines.first ?? line) has \(count)")
    }
    guard let headerLine else {
      return FileError(path, line: line, "has \(values), the option names has \(named)")
    }
    // A title above the header has no separators, and no characters that could be one.
    let isTitle =
      count == 1 && width > 1 && !names[names.count - 1].contains { ";\t|".contains($0) }
    let way: Message =
      isTitle ? " (\(option: "skip", .number(headerLine)) takes it from the next line)" : ""
    return FileError(path, line: line, "has \(values), the header has \(named)\(way)")
  }

  private mutating func leaveOutRows(before first: Int) throws {
    guard rowCount > 0 else {
      throw FileError(path, headerLine == nil ? "has no rows" : "has a header but no rows")
    }
    guard first <= rowCount else {
      throw FileError(path, "has fewer rows than \(first), where rows begins (it has \(rowCount))")
    }
    cells.removeFirst((first - 1) * names.count)
    lines.removeFirst(first - 1)
  }

  // MARK: Row labels without a name

  /// As R writes them: the header has one name less than there are columns.
  private mutating func takeRowLabels() {
    guard !names.contains("column 1") else { return }
    names.insert("column 1", at: 0)
    (isHeaderShort, hasRowLabels) = (true, true)
  }

  /// Whether the first cells are labels as R writes them: quoted texts, or the numbers of the rows.
  /// Other numbers may be halves of numbers with a decimal comma.
  private var firstCellsAreLabels: Bool {
    var (areTexts, areNumbers, areEndsEmpty) = (true, true, true)
    var start: Double?
    for row in 0..<rowCount {
      let first = row * names.count
      let cell = cells[first]
      let number =
        isQuoted(cell)
        ? nil : DecimalNumber(UnsafeBufferPointer(rebasing: file.bytes[cell]))?.value
      if row == 0 { start = number }
      areTexts = areTexts && number == nil
      areNumbers = areNumbers && number == start.map { $0 + Double(row) }
      areEndsEmpty = areEndsEmpty && cells[first + names.count - 1].isEmpty
    }
    return !areEndsEmpty && (areTexts || areNumbers && (start == 0 || start == 1))
  }
}
