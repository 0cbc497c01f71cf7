/// Where the elements of several sums, maxima and so on lie: `lines` lines that are `lineStep`
/// elements apart, each of `count` elements that are `step` apart.
public struct Lines {
  public var lines: Int
  public var lineStep: Int
  public var count: Int
  public var step: Int

  @inlinable public init(lines: Int, lineStep: Int, count: Int, step: Int) {
    (self.lines, self.lineStep, self.count, self.step) = (lines, lineStep, count, step)
  }
}

// Sums are taken in double precision whatever the elements are, in blocks, so that the rounding
// errors of n additions do not add up to n of them.
extension Kernels {
  /// out[line] ← Σ x.
  @inlinable public static func sum<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<S>
  ) {
    sumTerms(
      x, lines, out, hasMean: false, { value, _ in value }, { total, _ in total },
      careful: { _, _, _ in nil })
  }

  /// out[line] ← Σ x / n; NaN for no elements.
  @inlinable public static func mean<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<S>
  ) {
    sumTerms(
      x, lines, out, hasMean: false, { value, _ in value }, { $0 / $1 },
      careful: { total, line, lines in
        total.isFinite ? nil : scaled(line, lines) { $0.mean }
      })
  }

  /// out[line] ← Σ (x − mean)² / n, in two passes; NaN for no elements.
  @inlinable public static func variance<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<S>
  ) {
    sumTerms(
      x, lines, out, hasMean: true, { ($0 - $1) * ($0 - $1) }, { $0 / $1 },
      careful: { total, line, lines in
        total.isFinite ? nil : scaled(line, lines) { $0.deviation }.map { $0 * $0 }
      })
  }

  /// out[line] ← √(Σ (x − mean)² / n); NaN for no elements.
  @inlinable public static func standardDeviation<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<S>
  ) {
    sumTerms(
      x, lines, out, hasMean: true, { ($0 - $1) * ($0 - $1) }, { ($0 / $1).squareRoot() },
      careful: { total, line, lines in
        isSafe(total) ? nil : scaled(line, lines) { $0.deviation }
      })
  }

  /// out[line] ← √Σ x².
  @inlinable public static func norm<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<S>
  ) {
    sumTerms(
      x, lines, out, hasMean: false, { value, _ in value * value },
      { total, _ in total.squareRoot() },
      careful: { total, line, lines in isSafe(total) ? nil : scaled(line, lines) { $0.norm } })
  }

  /// Σ a b over neighbours, in double precision.
  @inlinable public static func dot<S: Scalar>(
    _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int, _ count: Int
  ) -> S {
    S(
      total(count) { i in
        S.widened(gather(a, aStep, i)) * S.widened(gather(b, bStep, i))
      } rest: { i in
        Double(a[i * aStep]) * Double(b[i * bStep])
      })
  }

  /// out[line] ← careful(total, line, lines) if that is not nil, else finish(total, n), with
  /// total = Σ term(x, mean). The mean is 0 unless it is asked for.
  ///
  /// The mean is computed from the distances to the first element: exact where all are equal.
  @inlinable @inline(__always) static func sumTerms<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<S>, hasMean: Bool,
    _ term: (S.Wide, S.Wide) -> S.Wide, _ finish: (Double, Double) -> Double,
    careful: (_ total: Double, UnsafePointer<S>, Lines) -> Double?
  ) {
    let width = S.Vector.scalarCount
    let count = Double(lines.count)
    let hasMean = hasMean && lines.count > 0
    var line = 0
    if lines.lineStep == 1 && lines.step != 1 {  // down neighbouring columns, a vector of them
      while line <= lines.lines - width {
        let column = x + line
        var mean = S.Wide(repeating: 0)
        if hasMean {
          let first = S.widened(gather(column, 1, 0))
          mean = columnTotal(column, lines.count, lines.step) { $0 - first }
          mean = first + mean / S.Wide(repeating: count)
        }
        let total = columnTotal(column, lines.count, lines.step) { term($0, mean) }
        for lane in 0..<width {
          out[line + lane] = S(
            careful(total[lane], column + lane, lines) ?? finish(total[lane], count))
        }
        line += width
      }
    }
    while line < lines.lines {
      let start = x + line * lines.lineStep
      var mean = S.Wide(repeating: 0)
      if hasMean {
        let first = S.Wide(repeating: Double(start[0]))
        let total = lineTotal(start, lines.count, lines.step) { $0 - first }
        mean = first + S.Wide(repeating: total / count)
      }
      let total = lineTotal(start, lines.count, lines.step) { term($0, mean) }
      out[line] = S(careful(total, start, lines) ?? finish(total, count))
      line += 1
    }
  }

  /// Whether no part of a sum of squares was lost to overflow or underflow.
  @inlinable @inline(__always) static func isSafe(_ total: Double) -> Bool {
    total >= 0x1p-900 && total < .infinity
  }

  @inlinable @inline(__always) static func lineTotal<S: Scalar>(
    _ x: UnsafePointer<S>, _ count: Int, _ step: Int, _ term: (S.Wide) -> S.Wide
  ) -> Double {
    total(count) { i in
      term(S.widened(gather(x, step, i)))
    } rest: { i in
      term(S.Wide(repeating: Double(x[i * step])))[0]
    }
  }

  /// The sum over `count` elements of `whole`, for a vector at a time, and `rest`, for one element.
  @inlinable @inline(__always) static func total<Wide: SIMD>(
    _ count: Int, _ whole: (Int) -> Wide, rest: (Int) -> Double
  ) -> Double where Wide.Scalar == Double {
    let width = Wide.scalarCount
    let block = 128 * width
    var sum = 0.0
    var i = 0
    while i <= count - width {
      let end = min(count - width, i + block - width)
      var even = Wide(repeating: 0)
      var odd = Wide(repeating: 0)
      while i <= end - width {
        even += whole(i)
        odd += whole(i + width)
        i += 2 * width
      }
      if i <= end {
        even += whole(i)
        i += width
      }
      sum += (even + odd).sum()
    }
    while i < count {
      sum += rest(i)
      i += 1
    }
    return sum
  }

  @inlinable @inline(__always) static func columnTotal<S: Scalar>(
    _ x: UnsafePointer<S>, _ count: Int, _ step: Int, _ term: (S.Wide) -> S.Wide
  ) -> S.Wide {
    var sum = S.Wide(repeating: 0)
    var i = 0
    while i < count {
      let end = min(count, i + 512)
      var block = S.Wide(repeating: 0)
      while i < end {
        block += term(S.widened(gather(x + i * step, 1, 0)))
        i += 1
      }
      sum += block
    }
    return sum
  }
}

// MARK: - Extremes

extension Kernels {
  /// out[line] ← the largest element; NaN if there is a NaN. Lines must not be empty.
  @inlinable public static func largest<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<S>
  ) { fold(x, lines, out) { S.larger($0, $1) } }

  /// out[line] ← the smallest element; NaN if there is a NaN. Lines must not be empty.
  @inlinable public static func smallest<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<S>
  ) { fold(x, lines, out) { S.smaller($0, $1) } }

  @inlinable @inline(__always) static func fold<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<S>,
    _ body: (S.Vector, S.Vector) -> S.Vector
  ) {
    let width = S.Vector.scalarCount
    var line = 0
    if lines.lineStep == 1 && lines.step != 1 {
      while line <= lines.lines - width {
        var best = gather(x + line, 1, 0)
        for i in 1..<max(1, lines.count) {
          best = body(best, gather(x + line + i * lines.step, 1, 0))
        }
        UnsafeMutableRawPointer(out + line).storeBytes(of: best, as: S.Vector.self)
        line += width
      }
    }
    while line < lines.lines {
      let start = x + line * lines.lineStep
      var best = S.Vector(repeating: start[0])
      var i = 0
      while i <= lines.count - width {
        best = body(best, gather(start, lines.step, i))
        i += width
      }
      while i < lines.count {
        best = body(best, S.Vector(repeating: start[i * lines.step]))
        i += 1
      }
      var result = best
      for lane in 0..<width { result = body(result, S.Vector(repeating: best[lane])) }
      out[line] = result[0]
      line += 1
    }
  }

  /// out[line] ← the 0-based place of the first largest element, or of the first NaN.
  @inlinable public static func indexOfLargest<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<Double>
  ) { firstIndex(x, lines, out) { $0 > $1 } }

  /// out[line] ← the 0-based place of the first smallest element, or of the first NaN.
  @inlinable public static func indexOfSmallest<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<Double>
  ) { firstIndex(x, lines, out) { $0 < $1 } }

  @inlinable @inline(__always) static func firstIndex<S: Scalar>(
    _ x: UnsafePointer<S>, _ lines: Lines, _ out: UnsafeMutablePointer<Double>,
    _ isBetter: (S, S) -> Bool
  ) {
    for line in 0..<lines.lines {
      let start = x + line * lines.lineStep
      var best = start[0]
      var place = 0
      var i = 1
      while i < lines.count && !best.isNaN {
        let value = start[i * lines.step]
        if isBetter(value, best) || value.isNaN { (best, place) = (value, i) }
        i += 1
      }
      out[line] = Double(place)
    }
  }
}
