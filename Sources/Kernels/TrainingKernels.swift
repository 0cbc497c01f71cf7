import CProducts

extension Kernels {
  /// Runs `body` with subnormal numbers taken for 0 on this thread. The processor handles them
  /// slowly, and the moments of weights that no longer change become subnormal.
  @inline(__always) public static func flushingDenormals<Result>(_ body: () -> Result)
    -> Result
  {
    let mode = lai_flush_denormals()
    defer { lai_set_float_mode(mode) }
    return body()
  }

  /// target[i] ← source[indices[i]], row by row.
  public static func gatherRows<S: Scalar>(
    _ source: UnsafePointer<S>, _ indices: UnsafePointer<Int>, rows: Int, columns: Int,
    into target: UnsafeMutablePointer<S>
  ) {
    let bytes = columns * MemoryLayout<S>.stride
    lai_copy_rows(source, bytes, bytes, indices, rows, target, bytes)
  }

  /// Copies rows that are `columns` apart to rows that are `stride` ≥ columns apart. The elements
  /// behind a row have no meaning.
  public static func copyRows<S: Scalar>(
    _ source: UnsafePointer<S>, rows: Int, columns: Int, into target: UnsafeMutablePointer<S>,
    stride: Int
  ) {
    let size = MemoryLayout<S>.stride
    lai_copy_rows(source, columns * size, columns * size, nil, rows, target, stride * size)
  }

  /// Whether all of x is finite.
  @inlinable public static func isFinite<S: Scalar>(_ x: UnsafePointer<S>, _ count: Int) -> Bool {
    // x − x is 0, or NaN if x is not finite. Two sums, as each addition waits for the one before.
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
