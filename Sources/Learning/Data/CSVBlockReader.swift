import Foundation
import Platform
import Synchronization
import Tensors

/// Reads a large CSV file in blocks of whole rows, on all cores, straight into tensors.
///
/// It reads plain files of numbers. All others, among them those with errors, it leaves to
/// `CSVTable`, whose rules and errors so hold for files of any size.
struct CSVBlockReader {
  /// What was read.
  struct Result {
    var x: Tensor
    var y: Tensor?
    let rowCount: Int
    /// Missing cells by column of the file.
    let missing: [Int]
    /// By column of text and row.
    var texts: [[String]]
    let hasLinesInCells: Bool
  }

  /// The names, the first row and no more.
  let table: CSVTable
  private let file: CSVBlockFile
  private let cells: CSVCells
  private let options: CSVOptions
  private let bytes: Range<Int>
  private let isLastLineEnded: Bool
  private let blockSize: Int
  private let watch: ReadingWatch

  /// nil for a file that is left to `CSVTable`.
  ///
  /// - Throws: `FileError` for a file that becomes shorter, or that gzip cannot unpack;
  ///   `AllocationError`; `CancellationError`.
  init?(
    _ path: String, _ dialect: CSVDialect, _ options: CSVOptions, _ watch: ReadingWatch
  ) throws {
    guard options.onehot.isEmpty, options.missingTarget == .error, options.encoding == .utf8,
      dialect.comment == 0,
      dialect.separator != UInt8(ascii: " "), let file = try CSVBlockFile(path, watch),
      file.size > 0,
      options.blockSize != nil || file.size >= 1 << 20
    else { return nil }
    (self.file, self.options, self.watch) = (file, options, watch)
    cells = CSVCells(options, dialect)
    blockSize = max(1, options.blockSize ?? 1 << 20)
    var first = options
    first.rows = 1...1
    guard let end = try file.endOfRows(),
      let head = try TextFile(headOf: file, count: min(file.size, 1 << 20)),
      let table = try? CSVTable(file: head, dialect: dialect, options: first),
      !table.isHeaderShort, table.names.count > 1 || !table.cells[0].isEmpty
    else { return nil }
    self.table = table
    let cell = table.cells[0]
    let start = cell.lowerBound - (table.isQuoted(cell) ? 1 : 0)
    guard start < end else { return nil }
    if let last = options.rows?.upperBound {
      let rows = try CSVBlockReader.end(of: last, file, start..<end, dialect.quote, blockSize)
      (bytes, isLastLineEnded) = (start..<(rows ?? end), rows != nil)
    } else {
      (bytes, isLastLineEnded) = (start..<end, false)
    }
  }

  /// nil where the file turns out to be one for `CSVTable`.
  ///
  /// - Throws: `AllocationError`, `FileError`; `CancellationError` when stopped.
  func read(_ roles: [CSVRowParser.Role]) throws -> Result? {
    guard let blocks = try findBlocks() else { return nil }
    return try read(blocks, roles, options.dtype)
  }

  private func read(_ blocks: CSVBlocks, _ roles: [CSVRowParser.Role], _ dtype: DType) throws
    -> Result?
  {
    let skipped = (options.rows?.lowerBound ?? 1) - 1
    let count = blocks.rowCount - skipped
    guard count > 0 else { return nil }
    let width = roles.count { $0.use == .feature }
    let hasTarget = roles.contains { $0.use == .target }
    let textCount = roles.count { $0.use == .text }
    try AllocationError.check(
      count, bytesEach: (width + (hasTarget ? 1 : 0)) * dtype.size)
    let x = try Tensor(zeros: [count, width], dtype: dtype)
    let y = hasTarget ? try Tensor(zeros: [count, 1], dtype: dtype) : nil
    let parser = CSVRowParser(
      roles: roles, cells: cells, dtype: dtype, x: try CSVBlockReader.base(x),
      y: try y.map(CSVBlockReader.base), width: width, skipped: skipped)
    let parts = try CSVBlockReader.share(
      blocks.blocks.map(\.bytes), of: file, watch
    ) { place, buffer -> (missing: [Int], texts: [[String]])? in
      var missing = [Int](repeating: 0, count: roles.count)
      var texts = [[String]](repeating: [], count: textCount)
      let isRead = parser.read(
        buffer, blocks.blocks[place], isLast: place == blocks.blocks.count - 1, missing: &missing,
        texts: &texts)
      return isRead ? (missing, texts) : nil
    }
    guard let parts else { return nil }
    var missing = [Int](repeating: 0, count: roles.count)
    for part in parts { for column in roles.indices { missing[column] += part.missing[column] } }
    // A column without any number is an error.
    guard !missing.contains(count) else { return nil }
    return Result(
      x: x, y: y, rowCount: count, missing: missing,
      texts: (0..<textCount).map { place in parts.flatMap { $0.texts[place] } },
      hasLinesInCells: blocks.hasLinesInCells)
  }

  /// What replaces the missing numbers of each feature, by place: from the file's numbers, not from
  /// rounded ones. nil where the file has changed meanwhile.
  func fills(
    _ missing: MissingValues, _ roles: [CSVRowParser.Role], _ result: Result
  ) throws -> [Double]? {
    let width = result.x.shape[1]
    guard missing == .mean || missing == .median else {
      return (0..<width).map { _ in missing.fill(for: []) }
    }
    var fills = [Double](repeating: 0, count: width)
    // A few columns at a time, so that their numbers take less memory than the tensor.
    for first in stride(from: 0, to: width, by: CSVBlockReader.columnsAtOnce) {
      let places = first..<min(width, first + CSVBlockReader.columnsAtOnce)
      var numbers = result.x
      if numbers.dtype == .float32 {
        let some = roles.map { role in
          role.use == .feature && places.contains(role.place)
            ? CSVRowParser.Role(use: .feature, place: role.place - first, fill: .nan)
            : CSVRowParser.Role()
        }
        guard let blocks = try findBlocks(), let again = try read(blocks, some, .float64),
          again.rowCount == result.rowCount
        else { return nil }
        numbers = again.x
      } else {
        numbers = try numbers.narrowed(axis: 1, from: first, length: places.count)
      }
      let columns = try (0..<places.count).map {
        try numbers.narrowed(axis: 1, from: $0, length: 1).elements(as: Double.self)
      }
      let shared = Mutex(fills)
      WorkerThread.share(columns.count) { place in
        let fill = missing.fill(for: columns[place])
        shared.withLock { $0[first + place] = fill }
      }
      fills = shared.withLock { $0 }
    }
    return fills
  }

  private static var columnsAtOnce: Int { 8 }

  private static func base(_ tensor: Tensor) throws -> UnsafeMutableRawPointer {
    tensor.dtype == .float32
      ? UnsafeMutableRawPointer(try tensor.mutableBase(as: Float.self))
      : UnsafeMutableRawPointer(try tensor.mutableBase(as: Double.self))
  }

  private func findBlocks() throws -> CSVBlocks? {
    let quote = cells.dialect.quote
    let ranges = CSVBlockReader.ranges(bytes, blockSize)
    let parts = try CSVBlockReader.share(
      ranges, of: file, ReadingWatch(shouldStop: watch.shouldStop)
    ) { place, buffer in
      let part = UnsafeBufferPointer(start: UnsafePointer(buffer), count: ranges[place].count)
      if memchr(buffer, 0, part.count) != nil { return CSVBlocks.Part?.none }
      return CSVBlocks.Part(part, at: ranges[place].lowerBound, quote: quote)
    }
    return parts.map { CSVBlocks($0, of: bytes, isLastLineEnded: isLastLineEnded) }
  }

  private static func ranges(_ bytes: Range<Int>, _ size: Int) -> [Range<Int>] {
    stride(from: bytes.lowerBound, to: bytes.upperBound, by: size).map {
      $0..<min($0 + size, bytes.upperBound)
    }
  }

  /// The place behind a row, counted from 1; nil if the file ends before or with it.
  private static func end(
    of row: Int, _ file: CSVBlockFile, _ bytes: Range<Int>, _ quote: UInt8, _ size: Int
  ) throws -> Int? {
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    defer { buffer.deallocate() }
    var (isOdd, rows) = (false, 0)
    for range in ranges(bytes, size) {
      try file.read(range, into: buffer)
      for place in 0..<range.count {
        if quote != 0, buffer[place] == quote { isOdd.toggle() }
        guard buffer[place] == 0x0A, !isOdd else { continue }
        rows += 1
        if rows == row { return range.lowerBound + place + 1 }
      }
    }
    return nil
  }

  // MARK: Threads

  private struct Progress<Part: Sendable> {
    var parts: [Part?]
    var next = 0
    var error: (any Error)?
    /// A part was nil.
    var isRefused = false
  }

  private final class Shared<Part: Sendable>: Sendable {
    private let progress: Mutex<Progress<Part>>

    init(_ count: Int) {
      progress = Mutex(Progress(parts: Array(repeating: nil, count: count)))
    }

    func next() -> Int? {
      progress.withLock { progress in
        guard progress.error == nil, !progress.isRefused, progress.next < progress.parts.count
        else { return nil }
        progress.next += 1
        return progress.next - 1
      }
    }

    func set(_ place: Int, _ part: Part?) {
      progress.withLock { progress in
        if let part { progress.parts[place] = part } else { progress.isRefused = true }
      }
    }

    func fail(_ error: any Error) { progress.withLock { $0.error = error } }

    func result() throws -> [Part]? {
      let (error, isRefused) = progress.withLock { ($0.error, $0.isRefused) }
      if let error { throw error }
      return isRefused ? nil : progress.withLock { $0.parts.compactMap { $0 } }
    }
  }

  /// Calls `body` with the bytes of each range, two line feeds behind them; nil as soon as it
  /// returns nil.
  private static func share<Part: Sendable>(
    _ ranges: [Range<Int>], of file: CSVBlockFile, _ watch: ReadingWatch,
    _ body: @Sendable (Int, UnsafeMutablePointer<UInt8>) -> Part?
  ) throws -> [Part]? {
    let shared = Shared<Part>(ranges.count)
    let workers = min(ranges.count, ProcessInfo.processInfo.activeProcessorCount)
    WorkerThread.share(workers) { _ in
      var capacity = 0
      var buffer: UnsafeMutablePointer<UInt8>?
      defer { free(buffer) }
      do {
        while let place = shared.next() {
          try watch.check(place, of: ranges.count)
          let range = ranges[place]
          if buffer == nil || capacity < range.count + 2 {
            free(buffer)
            capacity = range.count + range.count / 4 + 2
            buffer = malloc(capacity)?.assumingMemoryBound(to: UInt8.self)
          }
          guard let buffer else { throw AllocationError(bytes: capacity) }
          try file.read(range, into: buffer)
          buffer[range.count] = 0x0A
          buffer[range.count + 1] = 0x0A
          shared.set(place, body(place, buffer))
        }
      } catch {
        shared.fail(error)
      }
    }
    return try shared.result()
  }
}
