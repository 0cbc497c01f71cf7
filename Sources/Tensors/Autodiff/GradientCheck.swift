extension Derivative {
  /// Compares the gradients of a function, of orders 1 to `order`, with central differences in
  /// float64, to which the variables are converted.
  ///
  /// The values of the function, and of each gradient in turn, are added with fixed random weights
  /// to give the scalar that is differentiated next. A difference is wrong if it is larger than
  /// tolerance·(1 + the largest difference quotient).
  ///
  /// - Parameter step: the shift of an element, in units of max(1, |element|).
  /// - Throws: `GradientCheckError` at the first element that is wrong; what the function throws.
  public static func check(
    at x: [Tensor], order: Int = 1, step: Double = 1e-5, tolerance: Double = 1e-6,
    check interruption: () throws -> Void = {}, of function: ([Tensor]) throws -> [Tensor]
  ) throws {
    let x = try x.map { try $0.unrecordedCopy(as: .float64) }
    for order in 1...Swift.max(1, order) {
      let scalar: ([Tensor]) throws -> Tensor = { variables in
        try contracted(function, order: order - 1, at: variables, check: interruption)
      }
      let analytic = try valueAndGradients(at: x, check: interruption, of: scalar).gradients
      let numeric = try differences(at: x, step: step, check: interruption, of: scalar)
      let largest = numeric.joined().reduce(0) { Swift.max($0, Swift.abs($1)) }
      for (variable, pair) in zip(analytic, numeric).enumerated() {
        let elements = try pair.0.detached().elements(as: Double.self)
        for (place, pair) in zip(elements, pair.1).enumerated()
        where !(Swift.abs(pair.0 - pair.1) <= tolerance * (1 + largest)) {
          throw GradientCheckError(
            order: order, variable: variable, place: place, shape: x[variable].shape,
            analytic: pair.0, numeric: pair.1)
        }
      }
    }
  }

  /// The weighted sum of the function's values, or of its gradient of an order.
  private static func contracted(
    _ function: ([Tensor]) throws -> [Tensor], order: Int, at x: [Tensor],
    check: () throws -> Void
  ) throws -> Tensor {
    let values =
      order == 0
      ? try function(x)
      : try valueAndGradients(at: x, check: check) {
        try contracted(function, order: order - 1, at: $0, check: check)
      }.gradients
    var sum = try Tensor.scalar(0, dtype: .float64)
    var generator = RandomGenerator(seed: UInt64(order + 1))
    for value in values {
      let weights = try Tensor.randomNormal(value.shape, dtype: .float64, using: &generator)
      sum = try sum + (value * weights).sum()
    }
    return sum
  }

  /// (f(x + h) − f(x − h)) / 2h for each element of each variable.
  private static func differences(
    at x: [Tensor], step: Double, check: () throws -> Void, of function: ([Tensor]) throws -> Tensor
  ) throws -> [[Double]] {
    try x.indices.map { variable in
      let elements = try x[variable].elements(as: Double.self)
      return try elements.indices.map { place in
        let h = step * Swift.max(1, Swift.abs(elements[place]))
        func value(_ shift: Double) throws -> Double {
          try check()
          var shifted = x
          var copy = elements
          copy[place] += shift
          shifted[variable] = try Tensor(copy, shape: x[variable].shape, dtype: .float64)
          return try function(shifted).item()
        }
        return try (value(h) - value(-h)) / (2 * h)
      }
    }
  }
}

/// A gradient that differs from finite differences. Places are 0-based, in row-major order.
public struct GradientCheckError: Error, Equatable, CustomStringConvertible {
  public let order: Int
  public let variable: Int
  public let place: Int
  public let shape: [Int]
  public let analytic: Double
  public let numeric: Double

  public var description: String {
    "the gradient of order \(order) is wrong in variable \(variable) of shape "
      + "\(shape.shapeText), element \(place): \(analytic) (differences give \(numeric))"
  }
}
