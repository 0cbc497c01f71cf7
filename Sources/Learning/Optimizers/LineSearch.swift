import Tensors

/// A search along a direction for a point with enough decrease and a flat enough slope.
struct LineSearch {
  private static let decrease = 1e-4
  private static let flatness = 0.9
  private static let tries = 25

  private let start: Point
  private let direction: [Double]
  private let slope: Double
  private let evaluate: ([Double]) throws -> Point

  init(_ start: Point, _ direction: [Double], _ evaluate: @escaping ([Double]) throws -> Point) {
    (self.start, self.direction, self.evaluate) = (start, direction, evaluate)
    slope = dot(start.gradient, direction)
  }

  private struct Trial {
    let length: Double
    let point: Point
    let slope: Double
  }

  /// nil when there is no such point to be found.
  func search(from length: Double) throws -> Point? {
    var length = length
    var previous = Trial(length: 0, point: start, slope: slope)
    for attempt in 0..<Self.tries {
      let trial = try trial(length)
      if !decreases(trial) || (attempt > 0 && trial.point.value >= previous.point.value) {
        return try zoom(previous, trial)
      }
      if isFlat(trial) { return trial.point }
      if trial.slope >= 0 { return try zoom(trial, previous) }
      previous = trial
      length *= 2
    }
    return previous.length > 0 ? previous.point : nil
  }

  /// Between a lower point and another that brackets a good one.
  private func zoom(_ low: Trial, _ high: Trial) throws -> Point? {
    var (low, high) = (low, high)
    for _ in 0..<Self.tries {
      let trial = try trial(between(low, high))
      if !decreases(trial) || trial.point.value >= low.point.value {
        high = trial
      } else {
        if isFlat(trial) { return trial.point }
        if trial.slope * (high.length - low.length) >= 0 { high = low }
        low = trial
      }
      if abs(high.length - low.length) * abs(slope) < 1e-16 * max(1, abs(start.value)) { break }
    }
    return low.length > 0 && low.point.value < start.value ? low.point : nil
  }

  /// The minimum of the cubic through both, kept away from the ends.
  private func between(_ a: Trial, _ b: Trial) -> Double {
    let middle = (a.length + b.length) / 2
    guard b.point.value.isFinite, b.slope.isFinite else {
      return a.length + (b.length - a.length) / 10
    }
    let d1 = a.slope + b.slope - 3 * (a.point.value - b.point.value) / (a.length - b.length)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0 else { return middle }
    let d2 = square.squareRoot() * (b.length > a.length ? 1 : -1)
    let length =
      b.length - (b.length - a.length) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)
    let margin = abs(b.length - a.length) / 10
    guard length.isFinite else { return middle }
    return min(max(length, min(a.length, b.length) + margin), max(a.length, b.length) - margin)
  }

  private func trial(_ length: Double) throws -> Trial {
    var x = start.x
    add(length, direction, to: &x)
    let point = try evaluate(x)
    return Trial(length: length, point: point, slope: dot(point.gradient, direction))
  }

  private func decreases(_ trial: Trial) -> Bool {
    trial.point.value <= start.value + Self.decrease * trial.length * slope
  }

  private func isFlat(_ trial: Trial) -> Bool { abs(trial.slope) <= -Self.flatness * slope }
}
