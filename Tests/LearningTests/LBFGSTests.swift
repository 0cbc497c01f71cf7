import Foundation
import Testing

@testable import Learning

/// The search of L-BFGS beside the textbook's matrices, and its line search beside the Wolfe conditions.
@Suite struct LBFGSTests {
  /// Rosenbrock's function in n dimensions.
  private func valley(_ x: [Double]) -> Point {
    var (value, gradient) = (0.0, [Double](repeating: 0, count: x.count))
    for i in 0..<x.count - 1 {
      let (a, b) = (1 - x[i], x[i + 1] - x[i] * x[i])
      value += a * a + 100 * b * b
      gradient[i] += -2 * a - 400 * b * x[i]
      gradient[i + 1] += 200 * b
    }
    return Point(x: x, value: value, gradient: gradient)
  }

  private func search(_ iterations: Int, history: Int = 3, tolerance: Double = 1e-9) throws -> LBFGS
  {
    LBFGS(
      try Optimizer(
        .lbfgs,
        [
          "max_iter": .integer(iterations), "history": .integer(history),
          "tolerance": .number(tolerance),
        ]))
  }

  /// H g, with H by the update of the inverse matrix: (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ.
  private func product(_ pairs: [(s: [Double], y: [Double])], _ g: [Double]) -> [Double] {
    let n = g.count
    let scale = pairs.last.map { dot($0.s, $0.y) / dot($0.y, $0.y) } ?? 1
    var h = (0..<n).map { i in (0..<n).map { $0 == i ? scale : 0 } }
    for (s, y) in pairs {
      let rho = 1 / dot(s, y)
      let left = (0..<n).map { i in (0..<n).map { (i == $0 ? 1 : 0) - rho * s[i] * y[$0] } }
      let half = left.map { row in
        (0..<n).map { j in (0..<n).reduce(0) { $0 + row[$1] * h[$1][j] } }
      }
      h = (0..<n).map { i in
        (0..<n).map { j in dot(half[i], left[j]) + rho * s[i] * s[j] }
      }
    }
    return h.map { dot($0, g) }
  }

  @Test("directions are the inverse matrix's, and points satisfy the strong Wolfe conditions")
  func directions() throws {
    var search = try search(1)
    var point = valley([-1.2, 1, 0.5, -0.7])
    var pairs: [(s: [Double], y: [Double])] = []
    var iterations = 0
    while point.gradient.contains(where: { abs($0) > 1e-5 }), iterations < 200 {
      var trials: [[Double]] = []
      let next = try search.minimize(from: point, rateFactor: 1) {
        trials.append($0)
        return self.valley($0)
      }
      let direction = product(pairs, point.gradient)
      let length = pairs.isEmpty ? min(1, 1 / dot(point.gradient, point.gradient).squareRoot()) : 1
      let scale = max(1e-3, dot(direction, direction).squareRoot() * length)
      for (i, x) in try #require(trials.first).enumerated() {
        #expect(abs(x - (point.x[i] - length * direction[i])) < 1e-6 * scale, "\(iterations)")
      }
      let step = zip(next.x, point.x).map { $0 - $1 }
      let (before, after) = (dot(point.gradient, step), dot(next.gradient, step))
      #expect(before < 0 && next.value <= point.value + 1e-4 * before)
      #expect(abs(after) <= -0.9 * before)
      pairs.append((step, zip(next.gradient, point.gradient).map { $0 - $1 }))
      if pairs.count > 3 { pairs.removeFirst() }
      point = next
      iterations += 1
    }
    #expect(iterations < 60 && point.x.allSatisfy { abs($0 - 1) < 1e-4 })
  }

  @Test func iterationsToleranceAndScheduleAreKept() throws {
    let start = valley([-1.2, 1])
    var (one, three) = (try search(1), try search(3))
    var point = start
    for _ in 0..<3 { point = try one.minimize(from: point, rateFactor: 1, evaluate: valley) }
    #expect(try three.minimize(from: start, rateFactor: 1, evaluate: valley).x == point.x)
    // |gradient| is 215.6 at most.
    for (tolerance, isSearched) in [(216.0, false), (215, true)] {
      var (calls, search) = (0, try search(1, tolerance: tolerance))
      _ = try search.minimize(from: start, rateFactor: 1) {
        calls += 1
        return self.valley($0)
      }
      #expect((calls > 0) == isSearched)
    }
    var trials: [[Double]] = []
    var search = try search(1)
    _ = try search.minimize(from: start, rateFactor: 0.25) {
      trials.append($0)
      return self.valley($0)
    }
    let length = 0.25 / dot(start.gradient, start.gradient).squareRoot()
    for i in 0..<2 { #expect(abs(trials[0][i] - start.x[i] + length * start.gradient[i]) < 1e-15) }
  }

  /// x² + y², and a pair that was not seen there.
  private func restored(_ s: [Double], _ y: [Double], _ iterations: Int) throws -> LBFGS {
    var search = try search(iterations)
    try search.restore(
      StoredOptimizer(steps: 1, slots: [StoredTensor(s), StoredTensor(y)]), count: s.count)
    return search
  }
  private func bowl(_ x: [Double]) -> Point {
    Point(x: x, value: dot(x, x), gradient: x.map { 2 * $0 })
  }

  @Test func curvatureThatLeadsAstrayIsForgotten() throws {
    // Negative curvature: H g has the gradient's own direction, so that it would lead up.
    var ascending = try restored([1, 0], [-1, 0], 1)
    var trials: [[Double]] = []
    var end = try ascending.minimize(from: bowl([3, 0]), rateFactor: 1) {
      trials.append($0)
      return self.bowl($0)
    }
    #expect(trials[0] == [2, 0] && end.value < 9)
    // H (1, 0) = (1, 1), and only the line y = 0 is finite: the next iteration takes the gradient.
    func line(_ x: [Double]) -> Point { x[1] == 0 ? bowl(x) : .wall(x) }
    var walled = try restored([1, 1], [1, 0], 2)
    end = try walled.minimize(from: line([3, 0]), rateFactor: 1, evaluate: line)
    #expect(end.x[1] == 0 && end.value < 9)
    var once = try restored([1, 1], [1, 0], 1)
    #expect(try once.minimize(from: line([3, 0]), rateFactor: 1, evaluate: line).x == [3, 0])
    // Down a hill without end, the gradient grows along the step: there is no pair to keep.
    var hill = try search(1)
    end = try hill.minimize(from: bowl([3, 0]).negated, rateFactor: 1) { self.bowl($0).negated }
    let kept = try hill.stored()
    #expect(end.value < -1e6 && kept.steps == 0)
  }

  @Test func impossibleStatesAreRefused() throws {
    func failure(_ steps: Int, _ slots: [StoredTensor]) -> String {
      message {
        var search = try search(1)
        try search.restore(StoredOptimizer(steps: steps, slots: slots), count: 2)
      }
    }
    let slot = try StoredTensor([1.0, 2])
    #expect(failure(1, [slot, slot]) == "nothing thrown")
    for (steps, slots) in [
      (-1, []), (Int.min, []), (Int.min + 1, [slot, slot]), (.max, [slot, slot]), (1, [slot]),
      (4, Array(repeating: slot, count: 8)), (2, [slot, slot]), (0, [slot]),
      (1, [slot, try StoredTensor([1.0])]), (1, [slot, try StoredTensor([Float(1), 2])]),
    ] {
      #expect(failure(steps, slots).hasPrefix("the optimizer's state must be"), "\(steps)")
    }
  }

  // MARK: - The line search

  private typealias Curve = (Double) -> (value: Double, slope: Double)

  /// Where a search along a line ends, and how often it looks.
  private func length(_ curve: @escaping Curve, from start: Double) throws -> (Double?, looks: Int)
  {
    func point(_ x: [Double]) -> Point {
      let (value, slope) = curve(x[0])
      return value.isFinite ? Point(x: x, value: value, gradient: [slope]) : .wall(x)
    }
    var looks = 0
    let end = try LineSearch(point([0]), [1]) {
      looks += 1
      return point($0)
    }.search(from: start)
    return (end?.x[0], looks)
  }

  @Test("the strong Wolfe conditions, from any first length", arguments: -6...6)
  func wolfe(exponent: Int) throws {
    let curves: [Curve] = [
      { (($0 - 3) * ($0 - 3), 2 * ($0 - 3)) },
      // Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease", 1994.
      { (-$0 / ($0 * $0 + 2), ($0 * $0 - 2) / (($0 * $0 + 2) * ($0 * $0 + 2))) },
      { (pow($0 - 1, 4) + 0.1 * sin(9 * $0), 4 * pow($0 - 1, 3) + 0.9 * cos(9 * $0)) },
      { $0 < 0.1 ? ($0 * $0 - 0.1 * $0, 2 * $0 - 0.1) : (.infinity, .nan) },
      { (exp($0) - 30 * $0, exp($0) - 30) },
    ]
    for (number, curve) in curves.enumerated() {
      let (end, looks) = try length(curve, from: pow(10, Double(exponent) / 2))
      let (start, x) = (curve(0), try #require(end, "curve \(number)"))
      #expect(x > 0 && curve(x).value <= start.value + 1e-4 * x * start.slope, "curve \(number)")
      #expect(abs(curve(x).slope) <= -0.9 * start.slope, "curve \(number)")
      #expect(looks <= 14, "curve \(number)")
    }
  }

  @Test func cubicsTakeOneLookBetween() throws {
    // a³/3 − a has its minimum at 1: of two points beside it, the interpolation is exact.
    let cubic: Curve = { ($0 * $0 * $0 / 3 - $0, $0 * $0 - 1) }
    for start in [1.6, 1.7, 2, 3] {
      let (end, looks) = try length(cubic, from: start)
      #expect(abs(try #require(end) - 1) < 1e-12 && looks == 2, "\(start)")
    }
  }

  @Test func linesWithoutAMinimum() throws {
    // Each look is twice as far.
    #expect(try length({ (-$0, -1) }, from: 1) == (0x1p24, 25))
    // What does not fall as its slope says has no point to be found.
    #expect(try length({ _ in (5, -1) }, from: 1).0 == nil)
    #expect(try length({ $0 == 0 ? (5, -1) : (.infinity, .nan) }, from: 1).0 == nil)
    // It falls steeply all the way to a wall: the lowest point that was seen is good enough.
    let steep: Curve = { $0 < 1 ? ($0 == 0 ? 0 : -1 - $0, -1) : (.infinity, .nan) }
    let end = try #require(try length(steep, from: 1.5).0)
    #expect(end > 0.9 && end < 1)
  }
}

extension Point {
  fileprivate var negated: Point {
    Point(x: x, value: -value, gradient: gradient.map { -$0 })
  }
}
