import Platform
import Tensors

/// Synthetic data, from the stream `data` of a seed.
public enum Synthetic {
  /// Friedman's function #1 of ten features X1 … X10, of which the last five do not matter:
  /// y = 10 sin(π x₁x₂) + 20 (x₃ − ½)² + 10 x₄ + 5 x₅ + noise·ε, x uniform on [0, 1), ε ~ N(0, 1).
  ///
  /// The size of the noise does not change x. Source: Friedman, Multivariate Adaptive Regression
  /// Splines, 1991, §4.3.
  ///
  /// - Throws: `ArgumentError` for fewer than 1 row, or noise that is negative or not finite.
  public static func friedman1(
    count: Int, noise: Double = 1, seed: UInt64 = 0, dtype: DType = .float32
  ) throws -> Dataset {
    try check(count: count, noise: noise)
    return try make(count: count, features: 10, seed: seed, dtype: dtype) { generator in
      let x = (0..<10).map { _ in generator.uniform() }
      let curve = 20 * (x[2] - 0.5) * (x[2] - 0.5)
      let y = 10 * sin(Double.pi * x[0] * x[1]) + curve + 10 * x[3] + 5 * x[4]
      return (x, y + noise * generator.normal())
    }
  }

  /// Points around a straight line of one feature X1: y = slope·x + intercept + δ, with x uniform
  /// in ±`width` and δ uniform in ±`noise` (both are half-widths).
  ///
  /// - Throws: `ArgumentError` for fewer than 1 row, numbers that are not finite, a width that is
  ///   not > 0, and negative noise.
  public static func line(
    slope: Double, intercept: Double, noise: Double = 0, count: Int, seed: UInt64 = 0,
    width: Double = 1, dtype: DType = .float32
  ) throws -> Dataset {
    try check(count: count, noise: noise)
    for (name, value) in [("slope", slope), ("intercept", intercept)] where !value.isFinite {
      throw ArgumentError(name, mustBe: "finite", got: value)
    }
    guard width > 0, width.isFinite else {
      throw ArgumentError("width", mustBe: "> 0 and finite", got: width)
    }
    return try make(count: count, features: 1, seed: seed, dtype: dtype) { generator in
      let x = (2 * generator.uniform() - 1) * width
      return ([x], slope * x + intercept + (2 * generator.uniform() - 1) * noise)
    }
  }

  private static func check(count: Int, noise: Double) throws {
    guard count >= 1 else { throw ArgumentError("n", mustBe: ">= 1", got: count) }
    guard noise >= 0, noise.isFinite else {
      throw ArgumentError("noise", mustBe: ">= 0 and finite", got: noise)
    }
  }

  private static func make(
    count: Int, features: Int, seed: UInt64, dtype: DType,
    sample: (inout RandomGenerator) -> (x: [Double], y: Double)
  ) throws -> Dataset {
    let x = try Tensor(zeros: [count, features], dtype: dtype)
    let y = try Tensor(zeros: [count], dtype: dtype)
    var generator = RandomGenerator(seed: seed, stream: .data)
    func run<S: TensorScalar>(_ type: S.Type) throws {
      let (inputs, targets) = try (x.mutableBase(as: S.self), y.mutableBase(as: S.self))
      for row in 0..<count {
        let point = sample(&generator)
        for (column, value) in point.x.enumerated() { inputs[row * features + column] = S(value) }
        targets[row] = S(point.y)
      }
    }
    try dtype.dispatch { try run($0) }
    return try Dataset(x: x, y: y, features: ColumnNames.numbered(features), target: "y")
  }
}
