/// The elements of a line, divided by a power of two near the largest of them, so that neither
/// their squares nor their sum overflow or underflow.
@usableFromInline struct ScaledElements<S: Scalar> {
  @usableFromInline let line: UnsafePointer<S>
  @usableFromInline let lines: Lines
  @usableFromInline let exponent: Int

  @inlinable init(line: UnsafePointer<S>, lines: Lines, exponent: Int) {
    (self.line, self.lines, self.exponent) = (line, lines, exponent)
  }

  @inlinable func sum(_ term: (Double) -> Double) -> Double {
    var sum = 0.0
    for i in 0..<lines.count {
      sum += term(scaled(Double(line[i * lines.step])))
    }
    return sum
  }

  @inlinable func scaled(_ x: Double) -> Double {
    Double(sign: .plus, exponent: -exponent, significand: x)
  }

  @inlinable func unscaled(_ x: Double) -> Double {
    Double(sign: .plus, exponent: exponent, significand: x)
  }

  /// Computed from the distances to the first element: exact where all are equal.
  @inlinable var scaledMean: Double {
    let first = scaled(Double(line[0]))
    return first + sum { $0 - first } / Double(lines.count)
  }

  @inlinable var mean: Double { unscaled(scaledMean) }

  @inlinable var norm: Double { unscaled(sum { $0 * $0 }.squareRoot()) }

  /// √(Σ (x − mean)² / n)
  @inlinable var deviation: Double {
    let mean = scaledMean
    return unscaled((sum { ($0 - mean) * ($0 - mean) } / Double(lines.count)).squareRoot())
  }
}

extension Kernels {
  /// The result of `body` for the first of the lines, scaled; nil for a line without elements, of
  /// zeros only, or with infinities or NaN.
  @inlinable static func scaled<S: Scalar>(
    _ line: UnsafePointer<S>, _ lines: Lines, _ body: (ScaledElements<S>) -> Double
  ) -> Double? {
    var largest = 0.0
    for i in 0..<lines.count {
      let size = Double(line[i * lines.step]).magnitude
      guard size.isFinite else { return nil }
      largest = max(largest, size)
    }
    guard largest > 0 else { return nil }
    return body(ScaledElements(line: line, lines: lines, exponent: Int(largest.exponent)))
  }
}
