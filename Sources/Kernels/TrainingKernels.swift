extension Kernels {
  /// target[i] ← source[indices[i]], row by row.
  @inlinable public static func gatherRows<S: Scalar>(
    _ source: UnsafePointer<S>, _ indices: UnsafePointer<Int>, rows: Int, columns: Int,
    into target: UnsafeMutablePointer<S>
  ) {
    if columns == 1 {
      for row in 0..<rows { target[row] = source[indices[row]] }
      return
    }
    for row in 0..<rows {
      (target + row &* columns).update(from: source + indices[row] &* columns, count: columns)
    }
  }

  /// Whether all of x is finite.
  @inlinable public static func isFinite<S: Scalar>(_ x: UnsafePointer<S>, _ count: Int) -> Bool {
    // x − x is 0, or NaN for what is not finite.
    var sum = S.Vector()
    forEachVector(of: S.self, count) { i, lanes in
      let x = load(x, i, lanes)
      sum += x - x
    }
    return S.sum(sum) == 0
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
