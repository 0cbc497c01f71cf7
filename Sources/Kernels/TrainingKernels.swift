extension Kernels {
  /// target[i] ← source[indices[i]], row by row, from a source of `sourceRows`.
  @inlinable public static func gatherRows<S: Scalar>(
    _ source: UnsafePointer<S>, sourceRows: Int, _ indices: UnsafePointer<Int>, rows: Int,
    columns: Int, into target: UnsafeMutablePointer<S>
  ) {
    if columns == 1 {
      for row in 0..<rows { target[row] = source[indices[row]] }
      return
    }
    let width = S.Vector.scalarCount
    if columns > width {
      for row in 0..<rows {
        (target + row &* columns).update(from: source + indices[row] &* columns, count: columns)
      }
      return
    }
    // A whole vector for each narrow row, where there is room; the next row overwrites its end.
    let (lastRead, lastWritten) = (sourceRows &* columns &- width, rows &* columns &- width)
    for row in 0..<rows {
      let (from, to) = (indices[row] &* columns, row &* columns)
      let lanes = from <= lastRead && to <= lastWritten ? width : columns
      store(load(source, from, lanes), target, to, lanes)
    }
  }

  /// Rows of `columns` apart to rows of `stride` ≥ columns; what stands behind a row means nothing.
  @inlinable public static func copyRows<S: Scalar>(
    _ source: UnsafePointer<S>, rows: Int, columns: Int, into target: UnsafeMutablePointer<S>,
    stride: Int
  ) {
    let width = S.Vector.scalarCount
    for row in 0..<rows {
      let (from, to) = (source + row &* columns, target + row &* stride)
      // Whole vectors go over a row's end, where the next row will lie, but not over the last's.
      let isNearEnd = (rows &- row &- 1) &* columns < width
      var position = 0
      while position < columns {
        let lanes = isNearEnd ? min(width, columns &- position) : width
        store(load(from, position, lanes), to, position, lanes)
        position &+= width
      }
    }
  }

  /// Whether all of x is finite.
  @inlinable public static func isFinite<S: Scalar>(_ x: UnsafePointer<S>, _ count: Int) -> Bool {
    // x − x is 0, or NaN for what is not finite. Two sums, as each waits for itself.
    var (sum, other) = (S.Vector(), S.Vector())
    let half = count / 2 / S.Vector.scalarCount * S.Vector.scalarCount
    forEachVector(of: S.self, half) { i, lanes in
      let (a, b) = (load(x, i, lanes), load(x, half &+ i, lanes))
      sum += a - a
      other += b - b
    }
    forEachVector(of: S.self, count &- 2 &* half) { i, lanes in
      let a = load(x, 2 &* half &+ i, lanes)
      sum += a - a
    }
    return S.sum(sum + other) == 0
  }

  /// Σ (a − b)², in Double.
  @inlinable public static func squaredDistance<S: Scalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ count: Int
  ) -> Double {
    var sum = 0.0
    for index in 0..<count {
      let difference = Double(a[index]) - Double(b[index])
      sum += difference * difference
    }
    return sum
  }
}
