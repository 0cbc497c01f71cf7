import Tensors

/// Reads rows of numbers straight into their places in tensors.
struct CSVRowParser: @unchecked Sendable {
  /// What becomes of a column of the file.
  struct Role {
    enum Use { case none, feature, target, text }
    var use = Use.none
    /// The feature's place, or that of a column of text.
    var place = 0
    /// What replaces missing numbers, NaN if they are replaced later; nil if nothing does.
    var fill: Double?
  }

  let roles: [Role]
  let cells: CSVCells
  /// Of x and y: the type of which `cells` decides what it can hold, or a wider one.
  let dtype: DType
  let x: UnsafeMutableRawPointer
  let y: UnsafeMutableRawPointer?
  /// Numbers in a row of x.
  let width: Int
  /// Rows of the file before the first that is wanted: only the number of their cells matters.
  let skipped: Int

  /// Reads a block of rows. Two bytes behind it must be line feeds.
  ///
  /// Returns false where the rows are not as many, do not end where the block does, or hold
  /// anything that needs an error or more thought.
  func read(
    _ bytes: UnsafeMutablePointer<UInt8>, _ block: CSVBlocks.Block, isLast: Bool,
    missing: inout [Int], texts: inout [[String]]
  ) -> Bool {
    let count = block.bytes.count
    let (separator, quote) = (cells.dialect.separator, cells.dialect.quote)
    let otherSpace: UInt8 = separator == 0x09 ? 0x20 : 0x09
    let isFloat = dtype == .float32
    let takesAnyNumber = !cells.hasMarkedNumbers
    let largestWhole: UInt64 = cells.dtype == .float32 ? 1 << 24 : 1 << 53
    let decimal = cells.dialect.decimal
    let columns = roles.count
    var p = 0
    return roles.withUnsafeBufferPointer { roles in
      for row in block.firstRow..<(block.firstRow + block.rowCount) {
        guard p < count, columns > 1 || bytes[p] != 0x0A && bytes[p] != 0x0D else { return false }
        let isWanted = row >= skipped
        let line = (row - skipped) * width
        for column in 0..<columns {
          while bytes[p] == 0x20 || bytes[p] == otherSpace { p &+= 1 }
          let role = roles[column]
          let isNumber = isWanted && (role.use == .feature || role.use == .target)
          var number: Double?
          var cell = p..<p
          if quote != 0, bytes[p] == quote {
            p &+= 1
            var end = p
            while true {
              guard end < count else { return false }
              if bytes[end] == quote {
                guard bytes[end + 1] == quote else { break }
                // Doubled quotes are no part of numbers.
                guard !isNumber, role.use != .text else { return false }
                end &+= 1
              }
              end &+= 1
            }
            cell = p..<end
            p = end &+ 1
            while bytes[p] == 0x20 || bytes[p] == otherSpace { p &+= 1 }
          } else {
            let start = p
            if isNumber, takesAnyNumber {
              number = CSVRowParser.plainNumber(bytes, &p, decimal, largestWhole)
              let end = bytes[p]
              if end != separator, end != 0x0A, end != 0x0D { number = nil }
            }
            if number == nil {
              p = start
              while bytes[p] != separator, bytes[p] != 0x0A, bytes[p] != 0x0D { p &+= 1 }
              var end = p
              while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == otherSpace { end -= 1 }
              // An empty line has no cells.
              guard columns > 1 || end > start else { return false }
              cell = start..<end
            }
          }
          if isNumber {
            let value: Double
            if let number {
              value = number
            } else {
              switch cells.content(
                UnsafeBufferPointer(start: bytes + cell.lowerBound, count: cell.count))
              {
              case .number(let found): value = found
              case .missing:
                guard let fill = role.fill else { return false }
                value = fill
                missing[column] += 1
              case .fault: return false
              }
            }
            let isTarget = role.use == .target
            let base = isTarget ? y! : x
            let place = isTarget ? row - skipped : line + role.place
            if isFloat {
              base.assumingMemoryBound(to: Float.self)[place] = Float(value)
            } else {
              base.assumingMemoryBound(to: Double.self)[place] = value
            }
          } else if isWanted, role.use == .text {
            let text = UnsafeBufferPointer(start: bytes + cell.lowerBound, count: cell.count)
            guard let text = String(validating: text, as: UTF8.self) else { return false }
            texts[role.place].append(text)
          }
          if column < columns - 1 {
            guard bytes[p] == separator else { return false }
          } else {
            if bytes[p] == 0x0D { p &+= 1 }
            guard bytes[p] == 0x0A else { return false }
          }
          p &+= 1
        }
      }
      return p == count || isLast && p == count + 1
    }
  }

  /// [+-] digits [. digits] whose nearest `Double` is known at once; the position is then behind
  /// them.
  @inline(__always)
  private static func plainNumber(
    _ bytes: UnsafeMutablePointer<UInt8>, _ position: inout Int, _ decimal: UInt8,
    _ largestWhole: UInt64
  ) -> Double? {
    var p = position
    let isNegative = bytes[p] == 0x2D
    if isNegative || bytes[p] == 0x2B { p &+= 1 }
    let start = p
    var mantissa: UInt64 = 0
    while bytes[p] &- 0x30 < 10 {
      mantissa = mantissa &* 10 &+ UInt64(bytes[p] &- 0x30)
      p &+= 1
    }
    var digits = p &- start
    var decimals = 0
    if bytes[p] == decimal {
      p &+= 1
      let first = p
      while bytes[p] &- 0x30 < 10 {
        mantissa = mantissa &* 10 &+ UInt64(bytes[p] &- 0x30)
        p &+= 1
      }
      decimals = p &- first
      digits &+= decimals
    } else if mantissa > largestWhole {
      return nil
    }
    // Leading zeros count as digits here; longer numbers are read by `DecimalNumber`.
    guard digits > 0, digits <= 19, decimals <= 22,
      let value = DecimalNumber.nearest(mantissa, overPowerOfTen: decimals)
    else { return nil }
    position = p
    return isNegative ? -value : value
  }
}
