import Kernels

/// A function of all elements of a tensor, or of those along one axis.
public struct ReductionOp: Sendable {
  typealias Kernel<S, R> = @Sendable (UnsafePointer<S>, Lines, UnsafeMutablePointer<R>) -> Void

  /// The kind of result: values of the tensor's number type, or places, which are always float64 (a
  /// float32 cannot count beyond 2²⁴).
  enum Forward: Sendable {
    case values(float: Kernel<Float, Float>, double: Kernel<Double, Double>)
    case places(float: Kernel<Float, Double>, double: Kernel<Double, Double>)
  }

  /// The name by which bindings, help and tests know it.
  public let name: String
  /// One line of help.
  public let summary: String
  /// The range of arguments in tests.
  public let domain: ClosedRange<Double>
  /// Whether there is a result for no elements: 0 for sums, NaN for means.
  public let acceptsEmpty: Bool
  private let forward: Forward
  /// nil if the derivative is 0: then the result counts as a constant.
  private let vjp: VJP?
  /// For the square root of an R made of x: turns the cotangent of R into that of x.
  private let rootVJP: VJP?

  /// The arguments of a VJP, which turns the cotangent of the result into that of x. All of them
  /// broadcast to the shape of x.
  struct Context {
    let x: Tensor
    let axis: Int?
    /// The number of elements of x per result.
    let count: Double
    let result: Tensor
    let cotangent: Tensor
  }
  typealias VJP = @Sendable (Context) throws -> Tensor

  init(
    _ name: String, _ summary: String, domain: ClosedRange<Double> = -2...2,
    acceptsEmpty: Bool = true, _ forward: Forward, vjp: VJP?, rootVJP: VJP? = nil
  ) {
    (self.name, self.summary, self.domain) = (name, summary, domain)
    (self.acceptsEmpty, self.forward) = (acceptsEmpty, forward)
    (self.vjp, self.rootVJP) = (vjp, rootVJP)
  }

  /// Whether the result's derivative is 0 wherever it exists.
  public var isPiecewiseConstant: Bool { vjp == nil }

  /// Whether the result is 0-based places rather than values.
  public var givesPlaces: Bool {
    if case .places = forward { true } else { false }
  }

  /// Reduces one axis (0-based), or all elements in row-major order. The axis is dropped, or kept
  /// with extent 1.
  ///
  /// - Throws: `AxisError`; `ShapeError` when there is no element to choose from;
  ///   `AllocationError`.
  public func callAsFunction(
    _ x: Tensor, axis: Int? = nil, keepDimensions: Bool = false
  ) throws -> Tensor {
    let result =
      switch (x.dtype, forward) {
      case (.float32, .values(let kernel, _)): try apply(kernel, x, axis, keepDimensions)
      case (.float64, .values(_, let kernel)): try apply(kernel, x, axis, keepDimensions)
      case (.float32, .places(let kernel, _)): try apply(kernel, x, axis, keepDimensions)
      case (.float64, .places(_, let kernel)): try apply(kernel, x, axis, keepDimensions)
      }
    if let vjp, let tape = x.tape {
      let count = Double(axis.map { x.shape[$0] } ?? x.count)
      func context(_ result: Tensor, _ cotangent: Tensor) throws -> Context {
        func broadcastable(_ tensor: Tensor) throws -> Tensor {
          guard let axis, !keepDimensions else { return tensor }
          return try tensor.unsqueezed(axis: axis)
        }
        return try Context(
          x: x, axis: axis, count: count, result: broadcastable(result),
          cotangent: broadcastable(cotangent))
      }
      tape.record(result, x) { try vjp(context(result, $0)) }
      if let rootVJP {
        let kind = "\(name) \(axis.map(String.init) ?? "") \(keepDimensions)"
        // A detached view: the root must not own the tensor that owns it.
        let values = result.detached()
        result.root = Root(of: x, by: kind) { try rootVJP(context(values, $0)) }
      }
    }
    return result
  }

  /// Reduces several axes (0-based) at once.
  ///
  /// - Throws: as for one axis; `ArgumentError` for an axis named twice.
  public func callAsFunction(
    _ x: Tensor, axes: [Int], keepDimensions: Bool = false
  ) throws -> Tensor {
    if axes.count == 1 { return try self(x, axis: axes[0], keepDimensions: keepDimensions) }
    for (place, axis) in axes.enumerated() {
      try x.check(axis: axis, op: name)
      guard !axes[..<place].contains(axis) else {
        throw ArgumentError("axes", mustBe: "different from each other", got: axes.shapeText)
      }
    }
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let extents = kept.map { x.shape[$0] }
    let reduced = axes.reduce(1) { $0 * x.shape[$1] }
    let result = try self(
      x.permuted(kept + axes.sorted()).reshaped(extents + [reduced]), axis: kept.count)
    guard keepDimensions else { return result }
    return try result.reshaped(x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] })
  }

  private func apply<S: TensorScalar, R: TensorScalar>(
    _ kernel: Kernel<S, R>, _ x: Tensor, _ axis: Int?, _ keepDimensions: Bool
  ) throws -> Tensor {
    guard let axis else { return try reduceAll(kernel, x, keepDimensions) }
    try x.check(axis: axis, op: name)
    var (kept, strides) = (x.shape, x.strides)
    let extent = kept.remove(at: axis)
    let stride = strides.remove(at: axis)
    let count = try Tensor.checkedCount(kept)
    try check(extent, x, results: count)
    let result = try Tensor(
      unwritten: keepDimensions ? kept.inserting(1, at: axis) : kept, count: count,
      dtype: R.dtype)
    let (source, target) = (x.base(as: S.self), result.base(as: R.self))
    defer { withExtendedLifetime(x) {} }
    if kept.count <= 1 {  // the usual case, without the loops
      guard count > 0 else { return result }
      let lines = Lines(lines: count, lineStep: strides.first ?? 0, count: extent, step: stride)
      kernel(source, lines, target)
      return result
    }
    let nest = LoopNest(kept, strides)
    var position = 0
    nest.forEachRun { offsets in
      let lines = Lines(lines: nest.count, lineStep: nest.steps[0], count: extent, step: stride)
      kernel(source + offsets[0], lines, target + position)
      position += nest.count
    }
    return result
  }

  private func reduceAll<S: TensorScalar, R: TensorScalar>(
    _ kernel: Kernel<S, R>, _ x: Tensor, _ keepDimensions: Bool
  ) throws -> Tensor {
    let count = x.count
    try check(count, x, results: 1)
    var (source, step) = (x, 1)
    if !x.isContiguous {
      let nest = LoopNest(x.shape, x.strides)
      if nest.isOneRun { step = nest.steps[0] } else { source = try x.unrecordedCopy() }
    }
    let result = try Tensor(
      unwritten: keepDimensions ? [Int](repeating: 1, count: x.rank) : [], count: 1,
      dtype: R.dtype)
    let lines = Lines(lines: 1, lineStep: 0, count: count, step: step)
    kernel(source.base(as: S.self), lines, result.base(as: R.self))
    withExtendedLifetime(source) {}
    return result
  }

  private func check(_ extent: Int, _ x: Tensor, results: Int) throws {
    guard extent > 0 || acceptsEmpty || results == 0 else {
      throw ShapeError(op: name, lhs: x.shape, reason: "has no element to choose from")
    }
  }
}

extension [Int] {
  fileprivate func inserting(_ extent: Int, at axis: Int) -> [Int] {
    var copy = self
    copy.insert(extent, at: axis)
    return copy
  }
}
