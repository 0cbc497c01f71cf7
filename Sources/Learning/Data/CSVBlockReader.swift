import Foundation
import Platform
import Synchronization
import Tensors

/// Reads a large CSV file in blocks of whole rows, on all cores, straight into tensors.
///
/// It reads plain files of numbers. All others, among them those with errors, it leaves to
/// `CSVTable`, whose rules and errors so hold for files of any size.
struct CSVBlockReader {
  typealias StopCheck = @Sendable () -> Bool

  /// What was read.
  struct Result {
    let x: Tensor
    let y: Tensor?
    let rowCount: Int
    /// Filled cells by column of the file.
    let missing: [Int]
    let ids: [String]
  }

  /// The names, the first row and no more.
  let table: CSVTable
  private let file: CSVBlockFile
  private let cells: CSVCells
  private let options: CSVOptions
  private let bytes: Range<Int>
  private let isLastLineEnded: Bool
  private let blockSize: Int

  /// nil for a file that is left to `CSVTable`.
  ///
  /// - Throws: `FileError` for a file that becomes shorter; `AllocationError`.
  init?(_ path: String, _ dialect: CSVDialect, _ options: CSVOptions) throws {
    guard options.onehot.isEmpty, options.encoding == .utf8, dialect.comment == 0,
      dialect.separator != UInt8(ascii: " "), options.missing != .mean, options.missing != .median,
      let file = CSVBlockFile(path), file.size > 0,
      options.blockSize != nil || file.size >= 1 << 20
    else { return nil }
    (self.file, self.options) = (file, options)
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
  func read(_ roles: [CSVRowParser.Role], shouldStop: @escaping StopCheck) throws -> Result? {
    guard let blocks = try findBlocks(shouldStop) else { return nil }
    let skipped = (options.rows?.lowerBound ?? 1) - 1
    let count = blocks.rowCount - skipped
    guard count > 0 else { return nil }
    let width = roles.count { $0.use == .feature }
    let hasTarget = roles.contains { $0.use == .target }
    try AllocationError.check(
      count, bytesEach: (width + (hasTarget ? 1 : 0)) * (options.dtype == .float32 ? 4 : 8))
    let x = try Tensor(zeros: [count, width], dtype: options.dtype)
    let y = hasTarget ? try Tensor(zeros: [count, 1], dtype: options.dtype) : nil
    let parser = CSVRowParser(
      roles: roles, cells: cells, x: try CSVBlockReader.base(x),
      y: try y.map(CSVBlockReader.base), width: width, skipped: skipped)
    let parts = try CSVBlockReader.share(
      blocks.blocks.map(\.bytes), of: file, shouldStop
    ) { place, buffer -> (missing: [Int], ids: [String])? in
      var missing = [Int](repeating: 0, count: roles.count)
      var ids: [String] = []
      let isRead = parser.read(
        buffer, blocks.blocks[place], isLast: place == blocks.blocks.count - 1, missing: &missing,
        ids: &ids)
      return isRead ? (missing, ids) : nil
    }
    guard let parts else { return nil }
    var missing = [Int](repeating: 0, count: roles.count)
    for part in parts { for column in roles.indices { missing[column] += part.missing[column] } }
    // A column without any number is an error.
    guard !missing.contains(count) else { return nil }
    return Result(
      x: x, y: y, rowCount: count, missing: missing, ids: parts.flatMap(\.ids))
  }

  private static func base(_ tensor: Tensor) throws -> UnsafeMutableRawPointer {
    tensor.dtype == .float32
      ? UnsafeMutableRawPointer(try tensor.mutableBase(as: Float.self))
      : UnsafeMutableRawPointer(try tensor.mutableBase(as: Double.self))
  }

  private func findBlocks(_ shouldStop: @escaping StopCheck) throws -> CSVBlocks? {
    let quote = cells.dialect.quote
    let ranges = CSVBlockReader.ranges(bytes, blockSize)
    let parts = try CSVBlockReader.share(ranges, of: file, shouldStop) { place, buffer in
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
    _ ranges: [Range<Int>], of file: CSVBlockFile, _ shouldStop: @escaping StopCheck,
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
          if shouldStop() { throw CancellationError() }
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
