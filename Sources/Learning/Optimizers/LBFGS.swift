import Tensors

/// Limited-memory BFGS with a line search for the strong Wolfe conditions: the curvature that one
/// optimizer has seen, all in double precision.
///
/// Source: Nocedal and Wright, Numerical Optimization, 2nd edition: algorithms 7.4, 3.5 and 3.6.
struct LBFGS {
  private let optimizer: Optimizer
  private let iterations: Int
  private let history: Int
  private let tolerance: Double
  private var pairs: [Pair] = []

  /// A step, and the change of the gradient along it.
  private struct Pair {
    let step: [Double]
    let change: [Double]
    let curvature: Double

    init(_ step: [Double], _ change: [Double]) {
      (self.step, self.change, curvature) = (step, change, dot(step, change))
    }
  }

  init(_ optimizer: Optimizer) {
    self.optimizer = optimizer
    iterations = optimizer.options.integer("max_iter")
    history = optimizer.options.integer("history")
    tolerance = optimizer.options.number("tolerance")
  }

  /// At most `max_iter` iterations towards less of a function.
  ///
  /// - start: the parameters as they are.
  /// - rateFactor: multiplies the length at which each search begins.
  /// - evaluate: the function elsewhere; where it is not finite, `Point.wall`.
  /// - Returns: the point that the last iteration came to.
  /// - Throws: what `evaluate` throws, and the curvature is then of no use; `AllocationError`.
  mutating func minimize(
    from start: Point, rateFactor: Double, evaluate: @escaping ([Double]) throws -> Point
  ) throws -> Point {
    // Steps and changes that may be added, and the points and directions of a line search.
    let vectors = 2 * min(iterations, history - pairs.count) + 24
    return try SystemMemory.withRoom(for: 8 * vectors * start.x.count) {
      try iterate(from: start, rateFactor: rateFactor, evaluate: evaluate)
    }
  }

  private mutating func iterate(
    from start: Point, rateFactor: Double, evaluate: @escaping ([Double]) throws -> Point
  ) throws -> Point {
    var point = start
    for _ in 0..<iterations {
      guard point.gradient.contains(where: { abs($0) > tolerance }) else { break }
      var direction = direction(point.gradient)
      if dot(direction, point.gradient) >= 0 {
        pairs = []
        direction = point.gradient.map { -$0 }
      }
      let length = pairs.isEmpty ? min(1, 1 / dot(point.gradient, point.gradient).squareRoot()) : 1
      guard
        let next = try LineSearch(point, direction, evaluate).search(from: length * rateFactor)
      else {
        if pairs.isEmpty { break }
        pairs = []
        continue
      }
      remember(from: point, to: next)
      point = next
    }
    return point
  }

  /// −H g by the two loops over the pairs.
  private func direction(_ gradient: [Double]) -> [Double] {
    var q = gradient
    var weights: [Double] = []
    for pair in pairs.reversed() {
      let weight = 1 / pair.curvature * dot(pair.step, q)
      add(-weight, pair.change, to: &q)
      weights.append(weight)
    }
    if let last = pairs.last {
      let scale = 1 / (1 / last.curvature * dot(last.change, last.change))
      for index in q.indices { q[index] *= scale }
    }
    for (pair, weight) in zip(pairs, weights.reversed()) {
      add(weight - 1 / pair.curvature * dot(pair.change, q), pair.step, to: &q)
    }
    return q.map { -$0 }
  }

  private mutating func remember(from old: Point, to new: Point) {
    let pair = Pair(
      zip(new.x, old.x).map { $0 - $1 }, zip(new.gradient, old.gradient).map { $0 - $1 })
    guard pair.curvature > 1e-10 * dot(pair.change, pair.change) else { return }
    if pairs.count == history { pairs.removeFirst() }
    pairs.append(pair)
  }

  /// Steps and changes in turn, to go on from elsewhere.
  ///
  /// - Throws: `AllocationError`.
  func stored() throws -> StoredOptimizer {
    try StoredOptimizer(
      steps: pairs.count,
      slots: pairs.flatMap { [try StoredTensor($0.step), try StoredTensor($0.change)] })
  }

  /// - count: of the parameters.
  /// - Throws: `ArgumentError` for what another optimizer kept, or of other parameters.
  mutating func restore(_ stored: StoredOptimizer, count: Int) throws {
    let slots = stored.slots
    guard (0...history).contains(stored.steps), slots.count == 2 * stored.steps,
      slots.allSatisfy({ $0.dtype == .float64 && $0.count == count })
    else { throw stored.mismatch(optimizer, count: count, .float64) }
    pairs = try stride(from: 0, to: slots.count, by: 2).map {
      Pair(try slots[$0].doubles, try slots[$0 + 1].doubles)
    }
  }
}

/// Parameters with the objective's value and gradient.
struct Point {
  let x: [Double]
  let value: Double
  let gradient: [Double]

  /// A point at which the function is not finite, for a search to come back from.
  static func wall(_ x: [Double]) -> Point {
    Point(x: x, value: .infinity, gradient: Array(repeating: .nan, count: x.count))
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}

func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
  for index in a.indices { b[index] += factor * a[index] }
}
