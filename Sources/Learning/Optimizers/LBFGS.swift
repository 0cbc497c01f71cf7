import Tensors

/// Limited-memory BFGS with a line search for the strong Wolfe conditions: the curvature that one
/// optimizer has seen, all in double precision.
///
/// Source: Nocedal and Wright, Numerical Optimization, 2nd edition: algorithms 7.4, 3.5 and 3.6.
final class LBFGSUpdate: ParameterUpdate {
  private let iterations: Int
  private let history: Int
  private let tolerance: Double
  private var pairs: [(step: [Double], change: [Double], rho: Double)] = []

  init(_ options: OptionValues) {
    (iterations, history) = (options.integer("max_iter"), options.integer("history"))
    tolerance = options.number("tolerance")
  }

  func update(_ parameters: [Tensor], _ gradients: [Tensor], _ rateFactor: Double) throws {
    throw ArgumentError(
      "step", mustBe: "given a function: L-BFGS searches along a line", got: "gradients")
  }

  func step(
    _ parameters: [Tensor], _ rateFactor: Double,
    _ evaluate: @escaping ([Tensor]) throws -> (value: Double, gradients: [Tensor])
  ) throws -> Double {
    for parameter in parameters { try parameter.checkWritable(op: "step") }
    func evaluateAt(_ x: [Double]) throws -> Point {
      let (value, gradients) = try evaluate(Self.split(x, like: parameters))
      let gradient = try gradients.flatMap { try $0.elements(as: Double.self) }
      return Point(x: x, value: value, gradient: gradient)
    }
    var point = try evaluateAt(parameters.flatMap { try $0.elements(as: Double.self) })
    let first = point.value
    for _ in 0..<iterations {
      guard point.gradient.contains(where: { abs($0) > tolerance }) else { break }
      var direction = direction(point.gradient)
      if dot(direction, point.gradient) >= 0 {
        pairs = []
        direction = point.gradient.map { -$0 }
      }
      let length = pairs.isEmpty ? min(1, 1 / dot(point.gradient, point.gradient).squareRoot()) : 1
      guard
        let next = try LineSearch(point, direction, evaluateAt).search(from: length * rateFactor)
      else {
        if pairs.isEmpty { break }
        pairs = []
        continue
      }
      remember(from: point, to: next)
      point = next
      for (parameter, tensor) in zip(parameters, try Self.split(point.x, like: parameters)) {
        try parameter.assign(tensor)
      }
    }
    return first
  }

  /// −H g by the two loops over the pairs.
  private func direction(_ gradient: [Double]) -> [Double] {
    var q = gradient
    var weights: [Double] = []
    for pair in pairs.reversed() {
      let weight = pair.rho * dot(pair.step, q)
      add(-weight, pair.change, to: &q)
      weights.append(weight)
    }
    if let last = pairs.last {
      let scale = 1 / (last.rho * dot(last.change, last.change))
      for index in q.indices { q[index] *= scale }
    }
    for (pair, weight) in zip(pairs, weights.reversed()) {
      add(weight - pair.rho * dot(pair.change, q), pair.step, to: &q)
    }
    return q.map { -$0 }
  }

  private func remember(from old: Point, to new: Point) {
    let step = zip(new.x, old.x).map { $0 - $1 }
    let change = zip(new.gradient, old.gradient).map { $0 - $1 }
    let curvature = dot(step, change)
    guard curvature > 1e-10 * dot(change, change) else { return }
    if pairs.count == history { pairs.removeFirst() }
    pairs.append((step, change, 1 / curvature))
  }

  private static func split(_ x: [Double], like parameters: [Tensor]) throws -> [Tensor] {
    var start = 0
    return try parameters.map { parameter in
      defer { start += parameter.count }
      return try Tensor(
        x[start..<start + parameter.count], shape: parameter.shape, dtype: parameter.dtype)
    }
  }
}

/// Parameters with the objective's value and gradient.
struct Point {
  let x: [Double]
  let value: Double
  let gradient: [Double]
}

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
    let point: Point
    do {
      point = try evaluate(x)
    } catch is ArgumentError {
      // Not finite so far out: a wall for the search to come back from.
      point = Point(x: x, value: .infinity, gradient: start.gradient.map { _ in .nan })
    }
    return Trial(length: length, point: point, slope: dot(point.gradient, direction))
  }

  private func decreases(_ trial: Trial) -> Bool {
    trial.point.value <= start.value + Self.decrease * trial.length * slope
  }

  private func isFlat(_ trial: Trial) -> Bool { abs(trial.slope) <= -Self.flatness * slope }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}

private func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
  for index in a.indices { b[index] += factor * a[index] }
}
