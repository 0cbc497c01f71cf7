import Kernels

/// An elementwise function of two tensors, which broadcast as in NumPy: shapes are aligned at the
/// last axis and extents of 1 are stretched. float64 with float32 gives float64; a plain number has
/// the tensor's type. Unlike in NumPy, predictions or targets [n][1] with a vector [n] are an
/// error: they would broadcast to n×n.
public struct BinaryOp: Sendable {
  typealias Kernel<S> =
    @Sendable (
      _ a: UnsafePointer<S>, _ aStep: Int, _ b: UnsafePointer<S>, _ bStep: Int,
      _ out: UnsafeMutablePointer<S>, _ count: Int
    ) -> Void

  /// The name by which bindings, help and tests know it: "add", "atan2".
  public let name: String
  /// One line of help.
  public let summary: String
  /// The range of both operands in tests.
  public let domain: ClosedRange<Double>
  private let float: Kernel<Float>
  private let double: Kernel<Double>
  /// nil if the derivative is 0: then the result counts as a constant.
  private let vjp: (x: VJP, y: VJP)?
  /// The p with x op y = xᵖ, given the number y, or nil for y = x. nil if there is no such p.
  private let exponent: (@Sendable (_ y: Double?) -> Double?)?

  /// The arguments of a VJP, which turns the cotangent of the result into that of x or y with the
  /// result's shape. The sum over broadcast axes is taken afterwards.
  struct Context {
    let x: Tensor
    let y: Tensor
    let result: Tensor
    let cotangent: Tensor
  }
  typealias VJP = @Sendable (Context) throws -> Tensor

  init(
    _ name: String, _ summary: String, domain: ClosedRange<Double>,
    float: @escaping Kernel<Float>, double: @escaping Kernel<Double>, vjp: (x: VJP, y: VJP)?,
    exponent: (@Sendable (_ y: Double?) -> Double?)? = nil
  ) {
    (self.name, self.summary, self.domain) = (name, summary, domain)
    (self.float, self.double, self.vjp, self.exponent) = (float, double, vjp, exponent)
  }

  /// Whether the result's derivative is 0 wherever it exists.
  public var isPiecewiseConstant: Bool { vjp == nil }

  /// - Throws: `ShapeError` when the shapes do not broadcast, or a column of rows meets a vector of
  ///   as many; `AllocationError`.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let isByRow = a.isByRow || b.isByRow
    if isByRow { try Tensor.checkRows(a, b, op: name) }
    let result =
      switch (a.dtype, b.dtype) {
      case (.float32, .float32): try apply(float, a, b)
      case (.float64, .float64): try apply(double, a, b)
      case (.float32, .float64): try apply(double, a.unrecordedCopy(as: .float64), b)
      case (.float64, .float32): try apply(double, a, b.unrecordedCopy(as: .float64))
      }
    if isByRow {
      result.isByRow = [a, b].contains { $0.isByRow && $0.shape == result.shape }
    }
    if let vjp, let tape = a.tape(with: b) {
      if let root = a.root, let other = b.root, root == other, let exponent = exponent?(nil) {
        root.record(result, asPowerOf: a, exponent: exponent, on: tape)
        return result
      }
      tape.record(
        result,
        a,
        {
          try vjp.x(Context(x: a, y: b, result: result, cotangent: $0))
            .summed(to: a.shape).converted(to: a.dtype)
        },
        b,
        {
          try vjp.y(Context(x: a, y: b, result: result, cotangent: $0))
            .summed(to: b.shape).converted(to: b.dtype)
        })
    }
    return result
  }

  /// - Throws: `AllocationError`.
  public func callAsFunction(_ a: Tensor, _ b: Double) throws -> Tensor {
    let result =
      switch a.dtype {
      case .float32: try apply(float, a, number: Float(b), isSecond: true)
      case .float64: try apply(double, a, number: b, isSecond: true)
      }
    result.isByRow = a.isByRow
    if let vjp, let tape = a.tape {
      if let root = a.root, let exponent = exponent?(b), exponent >= 2 {
        root.record(result, asPowerOf: a, exponent: exponent, on: tape)
        return result
      }
      let number = try Tensor.scalar(b, dtype: a.dtype)
      tape.record(result, a) {
        try vjp.x(Context(x: a, y: number, result: result, cotangent: $0))
      }
    }
    return result
  }

  /// - Throws: `AllocationError`.
  public func callAsFunction(_ a: Double, _ b: Tensor) throws -> Tensor {
    let result =
      switch b.dtype {
      case .float32: try apply(float, b, number: Float(a), isSecond: false)
      case .float64: try apply(double, b, number: a, isSecond: false)
      }
    result.isByRow = b.isByRow
    if let vjp, let tape = b.tape {
      let number = try Tensor.scalar(a, dtype: b.dtype)
      tape.record(result, b) {
        try vjp.y(Context(x: number, y: b, result: result, cotangent: $0))
      }
    }
    return result
  }

  private func apply<S: TensorScalar>(_ kernel: Kernel<S>, _ a: Tensor, _ b: Tensor) throws
    -> Tensor
  {
    defer { withExtendedLifetime((a, b)) {} }
    let (left, right) = (a.base(as: S.self), b.base(as: S.self))
    if a.shape == b.shape, a.isContiguous, b.isContiguous {
      let result = try Tensor(
        unwritten: a.shape, strides: a.strides, count: a.count, dtype: a.dtype)
      kernel(left, 1, right, 1, result.base(as: S.self), result.count)
      return result
    }
    // Two tensors of one element need no broadcasting.
    if b.count == 1, a.rank >= b.rank, a.isContiguous {
      let result = try Tensor(
        unwritten: a.shape, strides: a.strides, count: a.count, dtype: a.dtype)
      kernel(left, 1, right, 0, result.base(as: S.self), result.count)
      return result
    }
    if a.count == 1, b.rank >= a.rank, b.isContiguous {
      let result = try Tensor(
        unwritten: b.shape, strides: b.strides, count: b.count, dtype: b.dtype)
      kernel(left, 0, right, 1, result.base(as: S.self), result.count)
      return result
    }
    let shape = try broadcastShape(a.shape, b.shape, op: name)
    let result = try Tensor(unwritten: shape, count: Tensor.checkedCount(shape), dtype: a.dtype)
    let target = result.base(as: S.self)
    let nest = LoopNest(shape, a.strides(broadcastTo: shape), b.strides(broadcastTo: shape))
    var position = 0
    nest.forEachRun { offsets in
      kernel(
        left + offsets[0], nest.steps[0], right + offsets[1], nest.steps[1], target + position,
        nest.count)
      position += nest.count
    }
    return result
  }

  private func apply<S: TensorScalar>(
    _ kernel: Kernel<S>, _ x: Tensor, number: S, isSecond: Bool
  ) throws -> Tensor {
    // Elements that are not contiguous are copied once, and the copy is changed in place.
    let result =
      try x.isContiguous
      ? Tensor(unwritten: x.shape, strides: x.strides, count: x.count, dtype: x.dtype)
      : x.unrecordedCopy()
    let target = result.base(as: S.self)
    let elements = x.isContiguous ? x.base(as: S.self) : target
    defer { withExtendedLifetime(x) {} }
    withUnsafePointer(to: number) {
      if isSecond {
        kernel(elements, 1, $0, 0, target, result.count)
      } else {
        kernel($0, 0, elements, 1, target, result.count)
      }
    }
    return result
  }
}

extension Tensor {
  /// - Throws: `ShapeError` when one is a column of predictions or targets and the other a vector
  ///   of as many elements.
  static func checkRows(_ a: Tensor, _ b: Tensor, op: String) throws {
    for (rows, other) in [(a, b), (b, a)]
    where rows.isByRow && rows.shape.count == 2 && rows.shape[1] == 1 && rows.shape[0] > 1
      && other.shape == [rows.shape[0]]
    {
      let n = rows.shape[0]
      throw ShapeError(
        op: op, lhs: a.shape, rhs: b.shape,
        reason: "would make \(n)x\(n) of \(n) rows: give both the same shape, \(n)x1 "
          + "(outer makes all pairs)")
    }
  }
}
