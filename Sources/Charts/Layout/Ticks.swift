import Platform

/// The marked values of an axis.
struct Ticks: Equatable {
  var values: [Double]
  var labels: [String]
  /// Values marked without a label.
  var minor: [Double] = []
}

/// Multiples of a round step, which is 1, 2, 2.5 or 5 times a power of ten.
struct LinearTicks {
  let numbers: [Decimal]

  var values: [Double] { numbers.map(\.value) }
  var ticks: Ticks { Ticks(values: values, labels: Decimal.texts(numbers)) }

  /// The multiples within a range for the smallest round step that gives no more than so many.
  init(_ range: ClosedRange<Double>, atMost count: Int) {
    let (low, high) = (range.lowerBound, range.upperBound)
    let smallest = high / Double(max(1, count)) - low / Double(max(1, count))
    guard smallest > 0, smallest.isFinite else {
      numbers = []
      return
    }
    var exponent = max(-307, Int(log10(smallest).rounded(.down)) - 1)
    while true {
      // Tenths of the power, so that 2.5 is whole.
      for tenths in [10, 20, 25, 50] {
        guard
          let found = LinearTicks.multiples(low, high, of: Decimal(tenths, exponent: exponent - 1)),
          found.count <= count
        else { continue }
        numbers = found.map { Decimal($0 * tenths, exponent: exponent - 1) }
        return
      }
      exponent += 1
      guard exponent < 309 else {
        numbers = []
        return
      }
    }
  }

  /// Nil if there are too many to count.
  private static func multiples(
    _ low: Double, _ high: Double, of step: Decimal
  ) -> Range<Int>? {
    let size = step.value
    // Ends that miss a multiple by rounding only include it.
    let first = (low / size - 1e-9).rounded(.up)
    let last = (high / size + 1e-9).rounded(.down)
    guard size > 0, abs(first) < 1e15, abs(last) < 1e15, last - first < 1000 else { return nil }
    return first <= last ? Int(first)..<Int(last) + 1 : 0..<0
  }
}

/// Powers of ten and, on short axes, values between them.
struct LogTicks {
  let ticks: Ticks

  /// - range: positive.
  init(_ range: ClosedRange<Double>, atMost count: Int) {
    let (low, high) = (log10(range.lowerBound), log10(range.upperBound))
    let (first, last) = (Int((low - 1e-9).rounded(.up)), Int((high + 1e-9).rounded(.down)))
    let decades = high - low
    var minor: [Double] = []
    if decades < 3 {
      for exponent in Int(low.rounded(.down))...Int(high.rounded(.up)) {
        minor += (2...9).map { Decimal($0, exponent: exponent).value }.filter(range.contains)
      }
    }
    if last - first < 1 {
      // Fewer than two powers of ten: also 2 and 5, else round numbers.
      let numbers = (Int(low.rounded(.down))...Int(high.rounded(.up))).flatMap { exponent in
        [1, 2, 5].map { Decimal($0, exponent: exponent) }
      }.filter { range.contains($0.value) }
      let chosen =
        numbers.count > 1 && numbers.count <= count
        ? numbers : LinearTicks(range, atMost: count).numbers
      if !chosen.isEmpty {
        let values = chosen.map(\.value)
        ticks = Ticks(
          values: values, labels: LogTicks.texts(chosen),
          minor: minor.filter { !values.contains($0) })
        return
      }
    }
    guard first <= last else {
      ticks = Ticks(values: [], labels: [], minor: minor)
      return
    }
    let smallest = decades >= 12 ? 2 : 1
    let step =
      [1, 2, 3, 4, 5, 6, 10, 20, 25, 50, 100, 200, 500].first {
        $0 >= smallest && LogTicks.multiples(first, last, $0).count <= max(1, count)
      } ?? 1000
    let numbers = LogTicks.multiples(first, last, step).map { Decimal(1, exponent: $0) }
    ticks = Ticks(values: numbers.map(\.value), labels: LogTicks.texts(numbers), minor: minor)
  }

  private static func multiples(_ first: Int, _ last: Int, _ step: Int) -> [Int] {
    (first...last).filter { $0 % step == 0 }
  }

  /// Plain texts, each with the decimals that it needs, if all are short.
  private static func texts(_ numbers: [Decimal]) -> [String] {
    let isShort = numbers.allSatisfy { (1e-3...9999).contains($0.value) && $0.decimals < 5 }
    return numbers.map { isShort ? $0.shortest : $0.scientific }
  }
}
