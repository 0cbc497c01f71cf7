import Platform
import Tensors

/// The blocks of whole rows of a CSV file, found without reading its cells.
///
/// A line feed ends a row where the quotes before it are even in number. That is a guess, since a
/// quote within a bare cell encloses nothing: whoever reads a block must find that its last row ends
/// where the block does. If all blocks do, by induction each begins where a row does.
struct CSVBlocks {
  struct Block {
    /// Places in the file.
    let bytes: Range<Int>
    let firstRow: Int
    let rowCount: Int
  }

  private(set) var blocks: [Block] = []
  private(set) var rowCount = 0
  /// Whether a cell holds a line feed: then the number of a row does not tell its line.
  private(set) var hasLinesInCells = false

  /// The line feeds of a part of the file, for an even and an odd number of quotes before the part.
  struct Part {
    var isOddAfter = false
    var lineCounts = (even: 0, odd: 0)
    /// The place behind the first line feed.
    var firsts = (even: Int?.none, odd: Int?.none)

    init(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, quote: UInt8) {
      guard let base = bytes.baseAddress else { return }
      if quote == 0 || memchr(base, Int32(quote), bytes.count) == nil {
        var place = 0
        while let found = memchr(base + place, 0x0A, bytes.count - place) {
          place = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
          if lineCounts.even == 0 { firsts.even = start + place }
          lineCounts.even += 1
        }
        return
      }
      for place in 0..<bytes.count {
        if base[place] == quote {
          isOddAfter.toggle()
        } else if base[place] == 0x0A {
          if isOddAfter {
            if lineCounts.odd == 0 { firsts.odd = start + place + 1 }
            lineCounts.odd += 1
          } else {
            if lineCounts.even == 0 { firsts.even = start + place + 1 }
            lineCounts.even += 1
          }
        }
      }
    }
  }

  /// Joins parts that follow each other from `bytes.lowerBound` to the end of the last row.
  init(_ parts: [Part], of bytes: Range<Int>, isLastLineEnded: Bool) {
    var isOdd = false
    var start = bytes.lowerBound
    var pending = 0
    for part in parts {
      let count = isOdd ? part.lineCounts.odd : part.lineCounts.even
      if let first = isOdd ? part.firsts.odd : part.firsts.even {
        if first < bytes.upperBound {
          add(start..<first, pending + 1)
          (start, pending) = (first, count - 1)
        } else {
          pending += count
        }
      }
      if (isOdd ? part.lineCounts.even : part.lineCounts.odd) > 0 { hasLinesInCells = true }
      if part.isOddAfter { isOdd.toggle() }
    }
    add(start..<bytes.upperBound, pending + (isLastLineEnded ? 0 : 1))
  }

  private mutating func add(_ bytes: Range<Int>, _ count: Int) {
    blocks.append(Block(bytes: bytes, firstRow: rowCount, rowCount: count))
    rowCount += count
  }
}
