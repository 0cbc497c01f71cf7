import Foundation
import Tensors
import Testing

/// Fixtures/tails.json: functions with three derivatives, from mpmath.
struct TailFunction: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let points: [Double]
  let derivatives: [[Double]]

  var testDescription: String { name }

  private struct File: Decodable { let functions: [TailFunction] }
  static let all: [TailFunction] = {
    let url = Bundle.module.url(forResource: "Fixtures/tails", withExtension: "json")!
    return try! JSONDecoder().decode(File.self, from: Data(contentsOf: url)).functions
  }()
}

/// The derivatives of orders 0 to 3 of an elementwise function.
func elementwiseDerivatives(
  _ function: @escaping (Tensor) throws -> Tensor, at x: Tensor
) throws -> [[Double]] {
  var results: [[Double]] = [try function(x).values]
  var current = function
  for _ in 0..<3 {
    let previous = current
    current = { x in
      try Derivative.valueAndGradients(at: [x]) { try previous($0[0]).sum() }.gradients[0]
    }
    results.append(try current(x).values)
  }
  return results
}

@Suite("Derivatives in the tails") struct TailDerivativeTests {
  @Test("as mpmath, relative to the value, in both tails", arguments: TailFunction.all)
  func tails(function: TailFunction) throws {
    let op = try #require(UnaryOp.all.first { $0.name == function.name })
    let x = try Tensor(function.points, shape: [function.points.count], dtype: .float64)
    let found = try elementwiseDerivatives({ try op($0) }, at: x)
    let isNormal = ["normal_cdf", "gelu"].contains(function.name)
    for (place, wanted) in function.derivatives.enumerated() {
      for order in 0...3 {
        let (got, exact) = (found[order][place], wanted[order])
        let point = function.points[place]
        // Four units in the last place in the normal distribution's lower tail, and a few more
        // where terms of opposite sign are added.
        let ulps = isNormal && (point < -3 || order == 0) ? 4.0 : isNormal ? 10 : 20
        #expect(
          abs(got - exact) <= ulps * exact.ulp,
          "\(function.name), order \(order), at \(point): \(got) for \(exact)")
      }
    }
    // In float32, results below its range may be 0.
    let single = function.points.enumerated().filter { Double(Float($1)) == $1 }
    let y = try Tensor(single.map(\.element), shape: [single.count])
    let rounded = try elementwiseDerivatives({ try op($0) }, at: y)
    for (place, pair) in single.enumerated() {
      for order in 0...3 {
        let (got, exact) = (rounded[order][place], function.derivatives[pair.offset][order])
        #expect(
          got == Double(Float(exact)) || abs(got - exact) <= 4e-6 * abs(exact) + 1e-43,
          "float32 \(function.name), order \(order), at \(pair.element): \(got) for \(exact)")
      }
    }
  }

  @Test("limits at infinity, NaN at NaN", arguments: DType.allCases)
  func infinities(dtype: DType) throws {
    let slopes: [(UnaryOp, Double, Double)] = [
      (.sigmoid, 0, 0), (.tanh, 0, 0), (.softplus, 0, 1), (.silu, 0, 1), (.gelu, 0, 1),
      (.normalCDF, 0, 0), (.expm1, 0, .infinity), (.exp, 0, .infinity), (.relu, 0, 1),
      (.abs, -1, 1),
    ]
    let x = try Tensor([-.infinity, .infinity, .nan, 1e30, -1e30], shape: [5], dtype: dtype)
    for (op, low, high) in slopes {
      let found = try elementwiseDerivatives({ try op($0) }, at: x)
      #expect(Array(found[1].prefix(2)) == [low, high], "\(op.name)")
      for order in 1...3 {
        #expect(
          found[order][2].isNaN == (order == 1 || op.name != "relu" && op.name != "abs"),
          "\(op.name) \(order)")
      }
      if op.name.hasPrefix("exp") { continue }
      for order in 2...3 {
        #expect(Array(found[order].prefix(2)) == [0, 0], "\(op.name), order \(order)")
        #expect(Array(found[order].suffix(2)) == [0, 0], "\(op.name), order \(order)")
      }
    }
  }

  @Test("no derivative where the function is undefined") func outside() throws {
    let x = try Tensor([-1.5, -0.0, 0, 4], shape: [4], dtype: .float64)
    let expected: [(UnaryOp, [Double])] = [
      (.log, [.nan, .infinity, .infinity, 0.25]), (.sqrt, [.nan, .infinity, .infinity, 0.25]),
      (.log1p, [.nan, 1, 1, 0.2]),
    ]
    for (op, slopes) in expected {
      #expect(isNear(try elementwiseDerivatives({ try op($0) }, at: x)[1], slopes, 1e-15))
    }
  }
}
