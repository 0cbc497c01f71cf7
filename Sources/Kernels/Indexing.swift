// Blocks of [outer][extent][inner] elements in row-major order, of which places along the middle
// axis are taken. Places must lie inside the extent.
extension Kernels {
  /// out[o][j][·] ← x[o][places[j]][·].
  @inlinable public static func take<S: Scalar>(
    _ x: UnsafePointer<S>, outer: Int, extent: Int, inner: Int,
    _ places: UnsafeBufferPointer<Int>, _ out: UnsafeMutablePointer<S>
  ) {
    var target = out
    for block in 0..<outer {
      let source = x + block * extent * inner
      if inner == 1 {
        for j in 0..<places.count { target[j] = source[places[j]] }
        target += places.count
      } else {
        for place in places {
          target.update(from: source + place * inner, count: inner)
          target += inner
        }
      }
    }
  }

  /// out[o][places[j]][·] += x[o][j][·].
  @inlinable public static func addAt<S: Scalar>(
    _ x: UnsafePointer<S>, outer: Int, extent: Int, inner: Int,
    _ places: UnsafeBufferPointer<Int>, _ out: UnsafeMutablePointer<S>
  ) {
    var source = x
    for block in 0..<outer {
      let target = out + block * extent * inner
      for place in places {
        let line = target + place * inner
        for i in 0..<inner { line[i] += source[i] }
        source += inner
      }
    }
  }

  /// out[o][j][i] ← x[o][places[o][j][i]][i].
  @inlinable public static func gather<S: Scalar>(
    _ x: UnsafePointer<S>, outer: Int, extent: Int, inner: Int, length: Int,
    _ places: UnsafePointer<Int>, _ out: UnsafeMutablePointer<S>
  ) {
    var at = 0
    for block in 0..<outer {
      let source = x + block * extent * inner
      for _ in 0..<length {
        for i in 0..<inner {
          out[at] = source[places[at] * inner + i]
          at += 1
        }
      }
    }
  }

  /// out[o][places[o][j][i]][i] += x[o][j][i].
  @inlinable public static func scatter<S: Scalar>(
    _ x: UnsafePointer<S>, outer: Int, extent: Int, inner: Int, length: Int,
    _ places: UnsafePointer<Int>, _ out: UnsafeMutablePointer<S>
  ) {
    var at = 0
    for block in 0..<outer {
      let target = out + block * extent * inner
      for _ in 0..<length {
        for i in 0..<inner {
          target[places[at] * inner + i] += x[at]
          at += 1
        }
      }
    }
  }

  /// Running sums along the middle axis, from its start or from its end, in double precision.
  @inlinable public static func cumulativeSum<S: Scalar>(
    _ x: UnsafePointer<S>, outer: Int, extent: Int, inner: Int, reversed: Bool,
    _ out: UnsafeMutablePointer<S>
  ) {
    for block in 0..<outer {
      for i in 0..<inner {
        var sum = 0.0
        for j in 0..<extent {
          let at = (block * extent + (reversed ? extent - 1 - j : j)) * inner + i
          sum += Double(x[at])
          out[at] = S(sum)
        }
      }
    }
  }

  /// The places of a line's elements in ascending order: NaN last, equal ones in their old order.
  @inlinable public static func order<S: Scalar>(
    _ x: UnsafePointer<S>, _ count: Int, descending: Bool
  ) -> [Int] {
    (0..<count).sorted { a, b in
      let (left, right) = (x[a], x[b])
      if left.isNaN || right.isNaN { return !left.isNaN || (right.isNaN && a < b) }
      if left == right { return a < b }
      return descending ? left > right : left < right
    }
  }
}
