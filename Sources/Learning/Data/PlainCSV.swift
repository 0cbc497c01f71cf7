import Foundation
import Platform
import Synchronization
import Tensors

/// Reads CSV files of plain decimal numbers, block by block on all cores, straight into their places.
///
/// It reads what the general reader reads, to the same numbers. Whatever is not plain (quotes, missing
/// cells, text, rows of another length) it leaves to the general reader, which has the words for it.
struct PlainCSV {
  /// Bytes of a block, and of files for which threads are worthwhile.
  struct Sizes {
    var block = 1 << 20
    var leastFile = 1 << 20
    /// Of the beginning of the file, which has the header.
    var head = 1 << 16
  }

  private let descriptor: Int32
  private let dataStart: Int
  private let size: Int
  private let columns: Int
  private let separator: UInt8
  private let cells: CSVCells
  private let block: Int
  /// By column of the file: its place among the features, `columns` for the target, −1 for neither.
  private let uses: [Int]
  private let width: Int
  private let shouldStop: @Sendable () -> Bool

  /// nil for a file that is not plain.
  ///
  /// - Throws: `ArgumentError` for options out of range; `AllocationError`; `CancellationError` when
  ///   stopped.
  static func read(
    _ path: String, _ options: CSVOptions, _ sizes: Sizes = Sizes(),
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws -> Dataset? {
    let dialect = try CSVDialect(options)
    switch options.missing {
    case .error, .drop, .number: break
    case .mean, .median: return nil
    }
    let isPlain =
      options.encoding == .utf8 && options.onehot.isEmpty && options.id == nil
      && options.rows == nil && dialect.separator != 0x20 && dialect.comment == 0
      && dialect.thousands.isEmpty
    guard isPlain, !path.utf8.contains(0) else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      Int(status.st_size) >= sizes.leastFile
    else { return nil }
    let size = Int(status.st_size)
    guard let head = try head(path, descriptor, min(size, sizes.head)),
      let table = try? CSVTable(file: head, dialect: dialect, options: options),
      !table.isHeaderShort, let plan = try? CSVPlan(table: table, options: options)
    else { return nil }
    // The line of the first row.
    let first = table.bytes(row: 0, column: 0)
    guard let start = first.baseAddress.map({ $0 - head.bytes.baseAddress! }) else { return nil }
    let dataStart = (head.bytes[..<start].lastIndex(of: 0x0A) ?? -1) + 1
    let reader = PlainCSV(
      descriptor: descriptor, dataStart: dataStart, size: size, columns: table.names.count,
      dialect: dialect, cells: CSVCells(options, dialect), block: sizes.block, plan: plan,
      shouldStop: shouldStop)
    guard var data = try reader.read(table, plan, options) else { return nil }
    data.schema = DataSchema(
      columns: plan.features.map { place in
        var fill: Double?
        if case .number(let value) = options.missing { fill = value }
        return DataSchema.Column(table.names[place], fill: fill)
      }, target: plan.target.map { table.names[$0] })
    return data
  }

  /// Whole lines from the beginning; nil if there are fewer than two.
  private static func head(_ path: String, _ descriptor: Int32, _ count: Int) throws -> TextFile? {
    var bytes = [UInt8](repeating: 0, count: count)
    guard pread(descriptor, &bytes, count, 0) == count, let last = bytes.lastIndex(of: 0x0A),
      bytes[..<last].contains(0x0A)
    else { return nil }
    return try? TextFile(path, Array(bytes[...last]))
  }

  private init(
    descriptor: Int32, dataStart: Int, size: Int, columns: Int, dialect: CSVDialect,
    cells: CSVCells, block: Int, plan: CSVPlan, shouldStop: @escaping @Sendable () -> Bool
  ) {
    (self.descriptor, self.dataStart, self.size) = (descriptor, dataStart, size)
    (self.columns, separator, self.cells, self.block) = (columns, dialect.separator, cells, block)
    var uses = [Int](repeating: -1, count: columns)
    for (place, column) in plan.features.enumerated() { uses[column] = place }
    if let target = plan.target { uses[target] = columns }
    (self.uses, width, self.shouldStop) = (uses, plan.features.count, shouldStop)
  }

  private func read(_ table: CSVTable, _ plan: CSVPlan, _ options: CSVOptions) throws -> Dataset? {
    let blocks = (size - dataStart + block - 1) / block
    // Rows that begin in each block.
    nonisolated(unsafe) let counts = UnsafeMutablePointer<Int>.allocate(capacity: blocks)
    defer { counts.deallocate() }
    let isPlain = Atomic<Bool>(true)
    PlainCSV.eachBlock(blocks) { place in
      guard isPlain.load(ordering: .relaxed), !shouldStop(), let count = lines(in: place) else {
        return isPlain.store(false, ordering: .relaxed)
      }
      counts[place] = count
    }
    if shouldStop() { throw CancellationError() }
    guard isPlain.load(ordering: .relaxed) else { return nil }
    var rows = 0
    for place in 0..<blocks { (counts[place], rows) = (rows, rows + counts[place]) }
    guard rows > 0 else { return nil }
    try AllocationError.check(
      rows, bytesEach: (options.dtype == .float32 ? 4 : 8) * (width + (plan.target == nil ? 0 : 1)))
    let x = try Tensor(zeros: [rows, width], dtype: options.dtype)
    let y = try plan.target.map { _ in try Tensor(zeros: [rows, 1], dtype: options.dtype) }
    func fill<S: TensorScalar>(_ type: S.Type) throws {
      nonisolated(unsafe) let x = try x.mutableBase(as: S.self)
      nonisolated(unsafe) let y = try y?.mutableBase(as: S.self)
      let total = rows
      PlainCSV.eachBlock(blocks) { place in
        let end = place + 1 < blocks ? counts[place + 1] : total
        guard isPlain.load(ordering: .relaxed), !shouldStop(),
          parse(place, rows: counts[place]..<end, x, y)
        else { return isPlain.store(false, ordering: .relaxed) }
      }
    }
    try options.dtype.dispatch { try fill($0) }
    if shouldStop() { throw CancellationError() }
    guard isPlain.load(ordering: .relaxed) else { return nil }
    var data = try Dataset(
      x: x, y: y, features: plan.features.map { table.names[$0] },
      target: plan.target.map { table.names[$0] })
    data.report = CSVReport(
      path: table.path, rowCount: rows, droppedLines: [], missing: [], fills: [], categories: [],
      notes: plan.notes(table, options))
    return data
  }

  // MARK: Blocks

  /// Calls `body` with each block, on all cores.
  private static func eachBlock(_ blocks: Int, _ body: @Sendable (Int) -> Void) {
    let next = Atomic<Int>(0)
    WorkerThread.share(min(blocks, ProcessInfo.processInfo.activeProcessorCount)) { _ in
      while true {
        let place = next.add(1, ordering: .relaxed).oldValue
        guard place < blocks else { return }
        body(place)
      }
    }
  }

  /// The lines that begin in a block; nil for bytes that are not plain, or that are not there.
  private func lines(in place: Int) -> Int? {
    let start = dataStart + place * block
    let end = min(size, start + block)
    // A line begins after each line feed but one at the end of the file.
    let count = end - (start - 1)
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { bytes in
      let base = bytes.baseAddress!
      // The first line of the file has no line feed before it.
      let skipped = start == 0 ? 1 : 0
      base[0] = 0x0A
      guard
        pread(descriptor, base + skipped, count - skipped, off_t(start - 1 + skipped))
          == count - skipped
      else { return nil }
      guard memchr(base, 0x22, count) == nil, memchr(base, 0, count) == nil else { return nil }
      var lines = 0
      for byte in UnsafeBufferPointer(start: base, count: count - 1) where byte == 0x0A {
        lines &+= 1
      }
      return lines
    }
  }

  /// Fills the rows that begin in a block. False for anything that is not plain.
  private func parse<S: TensorScalar>(
    _ place: Int, rows: Range<Int>, _ x: UnsafeMutablePointer<S>, _ y: UnsafeMutablePointer<S>?
  ) -> Bool {
    guard !rows.isEmpty else { return true }
    let start = dataStart + place * block
    // The last line ends in a later block.
    var count = min(size - start, block + (1 << 12))
    var bytes = [UInt8](unsafeUninitializedCapacity: count + 1) { _, initialized in
      initialized = count + 1
    }
    var known = 0
    while true {
      guard
        bytes.withUnsafeMutableBufferPointer({
          pread(descriptor, $0.baseAddress! + known, count - known, off_t(start + known))
            == count - known
        })
      else { return false }
      // Up to the line feed at or after the block's end, or the end of the file.
      if start + count == size
        || bytes.withUnsafeBufferPointer({ $0[min(count, block)..<count].contains(0x0A) })
      {
        break
      }
      (known, count) = (count, min(size - start, count * 2))
      bytes += [UInt8](repeating: 0, count: count + 1 - bytes.count)
    }
    return bytes.withUnsafeMutableBufferPointer { bytes in
      let base = bytes.baseAddress!
      base[count] = 0x0A
      var position = 0
      if place > 0 {
        // Unless it begins with a line, its first line is that of the block before.
        var before: UInt8 = 0
        guard pread(descriptor, &before, 1, off_t(start - 1)) == 1 else { return false }
        if before != 0x0A {
          while base[position] != 0x0A { position += 1 }
          position += 1
        }
      }
      for row in rows {
        guard
          readRow(
            base, &position, count, x + row * width, y.map { $0 + row })
        else { return false }
      }
      return true
    }
  }

  /// The cells of a line, and its end.
  @inline(__always)
  private func readRow<S: TensorScalar>(
    _ base: UnsafeMutablePointer<UInt8>, _ position: inout Int, _ count: Int,
    _ x: UnsafeMutablePointer<S>, _ y: UnsafeMutablePointer<S>?
  ) -> Bool {
    uses.withUnsafeBufferPointer { uses in
      for column in 0..<columns {
        let start = position
        let use = uses[column]
        if use >= 0 {
          guard let value = number(base, &position) else { return false }
          if use < columns { x[use] = S(value) } else { y?[0] = S(value) }
        } else {
          while base[position] != separator, base[position] != 0x0A, base[position] != 0x0D {
            position += 1
          }
          // An empty line, or one cell that is missing.
          if columns == 1, position == start { return false }
        }
        let isLast = column == columns - 1
        let end = base[position]
        guard isLast ? end == 0x0A || end == 0x0D : end == separator else { return false }
        position += 1
        if end == 0x0D {
          guard position <= count, base[position] == 0x0A else { return false }
          position += 1
        }
      }
      return position <= count + 1
    }
  }

  /// A number up to a separator or line end; nil for a cell that is none.
  @inline(__always)
  private func number(_ base: UnsafeMutablePointer<UInt8>, _ position: inout Int) -> Double? {
    let start = position
    var place = start
    let isNegative = base[place] == 0x2D
    if isNegative { place &+= 1 }
    let first = place
    var mantissa: UInt64 = 0
    while base[place] &- 0x30 < 10 {
      mantissa = mantissa &* 10 &+ UInt64(base[place] &- 0x30)
      place &+= 1
    }
    var digits = place - first
    var decimals = 0
    if base[place] == cells.dialect.decimal {
      place &+= 1
      let begin = place
      while base[place] &- 0x30 < 10 {
        mantissa = mantissa &* 10 &+ UInt64(base[place] &- 0x30)
        place &+= 1
      }
      decimals = place - begin
      digits += decimals
    }
    let end = base[place]
    // Whole number and power of ten are exact, so that the quotient is rounded once (Clinger, 1990).
    if end == separator || end == 0x0A || end == 0x0D, digits > 0, digits < 16,
      decimals > 0 || mantissa < 1 << 24, cells.hasNoMarkedNumbers
    {
      position = place
      let value = Double(mantissa) / PlainCSV.powers[decimals]
      return isNegative ? -value : value
    }
    while base[place] != separator, base[place] != 0x0A, base[place] != 0x0D { place &+= 1 }
    position = place
    guard
      case .number(let value) = cells.content(
        UnsafeBufferPointer(start: base + start, count: place - start))
    else { return nil }
    return value
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]
}
