import Kernels

extension Tensor {
  /// Zeros of a shape.
  ///
  /// - Throws: `AllocationError`; `ArgumentError` for a negative extent.
  public static func zeros(_ shape: [Int], dtype: DType = .float32) throws -> Tensor {
    try Tensor(zeros: shape, dtype: dtype)
  }

  /// Ones of a shape.
  ///
  /// - Throws: as `zeros`.
  public static func ones(_ shape: [Int], dtype: DType = .float32) throws -> Tensor {
    try full(shape, 1, dtype: dtype)
  }

  /// One value everywhere.
  ///
  /// - Throws: as `zeros`.
  public static func full(_ shape: [Int], _ value: Double, dtype: DType = .float32) throws -> Tensor
  {
    try filled(shape, dtype: dtype) { _ in value }
  }

  /// A scalar: a tensor without axes.
  ///
  /// - Throws: as `zeros`.
  public static func scalar(_ value: Double, dtype: DType = .float32) throws -> Tensor {
    try full([], value, dtype: dtype)
  }

  /// The unit matrix, n×n.
  ///
  /// - Throws: as `zeros`.
  public static func eye(_ n: Int, dtype: DType = .float32) throws -> Tensor {
    let result = try Tensor(zeros: [n, n], dtype: dtype)
    let diagonal = Tensor(
      storage: result.storage, dtype: dtype, shape: [n], strides: [n + 1], offset: 0)
    try diagonal.fill(with: 1)
    return result
  }

  /// start, start + step, … up to but without `stop`, as NumPy's arange.
  ///
  /// - Throws: `ArgumentError` for a step of 0 or a bound that is not finite; `AllocationError`.
  public static func arange(
    start: Double = 0, stop: Double, step: Double = 1, dtype: DType = .float32
  ) throws -> Tensor {
    for (name, value) in [("start", start), ("stop", stop), ("step", step)] {
      guard value.isFinite else { throw ArgumentError(name, mustBe: "finite", got: value) }
    }
    guard step != 0 else { throw ArgumentError("step", mustBe: "other than 0", got: 0) }
    let length = Swift.max(0, ((stop - start) / step).rounded(.up))
    guard let count = Int(exactly: length) else { throw AllocationError(bytes: nil) }
    return try filled([count], dtype: dtype) { start + Double($0) * step }
  }

  /// `count` numbers at equal distances, both ends included.
  ///
  /// - Throws: `ArgumentError` for a bound that is not finite or a negative count.
  public static func linspace(
    from first: Double, to last: Double, count: Int, dtype: DType = .float32
  ) throws -> Tensor {
    for (name, value) in [("start", first), ("stop", last)] {
      guard value.isFinite else { throw ArgumentError(name, mustBe: "finite", got: value) }
    }
    guard count >= 0 else { throw ArgumentError("count", mustBe: "not negative", got: count) }
    let range = last - first
    return try filled([count], dtype: dtype) {
      let share = count > 1 ? Double($0) / Double(count - 1) : 0
      if share == 1 { return last }
      return range.isFinite ? first + share * range : first * (1 - share) + last * share
    }
  }

  /// Uniform on [0, 1).
  ///
  /// - Throws: as `zeros`.
  public static func random(
    _ shape: [Int], dtype: DType = .float32, using generator: inout RandomGenerator
  ) throws -> Tensor {
    // A Float holds 24 bits: more would sometimes round up to 1.
    try filled(shape, dtype: dtype) { _ in
      dtype == .float32 ? Double(generator.next() >> 40) * 0x1p-24 : generator.uniform()
    }
  }

  /// Normal with mean 0 and standard deviation 1.
  ///
  /// - Throws: as `zeros`.
  public static func randomNormal(
    _ shape: [Int], dtype: DType = .float32, using generator: inout RandomGenerator
  ) throws -> Tensor {
    try filled(shape, dtype: dtype) { _ in generator.normal() }
  }

  /// A tensor whose i-th element, row major, is `value(i)`.
  private static func filled(
    _ shape: [Int], dtype: DType, _ value: (Int) -> Double
  ) throws -> Tensor {
    let result = try Tensor(unwritten: shape, count: checkedCount(shape), dtype: dtype)
    func fill<S: TensorScalar>(as type: S.Type) {
      let target = result.base(as: S.self)
      for i in 0..<result.count { target[i] = S(value(i)) }
    }
    dtype.dispatch { fill(as: $0) }
    return result
  }
}
