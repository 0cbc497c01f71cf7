import Kernels

/// An elementwise function of one tensor: everything that is known about it, once.
///
/// The Swift method, the Lua method, its help and its tests come from the records in `all`.
public struct UnaryOp: Sendable {
  typealias Kernel<S> = @Sendable (UnsafePointer<S>, UnsafeMutablePointer<S>, Int) -> Void

  /// The name in Lua.
  public let name: String
  /// One line for `? name`.
  public let summary: String
  /// Arguments to test with, where the function is smooth.
  public let domain: ClosedRange<Double>
  private let float: Kernel<Float>
  private let double: Kernel<Double>
  /// nil where the derivative is 0: such a result counts as a constant.
  private let vjp: VJP?
  /// For a square root of something: from the cotangent of that to that of x.
  private let rootVJP: VJP?
  /// 2 for `square`, whose result for a root is recorded as made of the radicand; nil for all
  /// others.
  private let exponent: Double?

  /// What a VJP may need: the cotangent of the result is to become that of x.
  struct Context {
    let x: Tensor
    let result: Tensor
    let cotangent: Tensor
  }
  typealias VJP = @Sendable (Context) throws -> Tensor

  init(
    _ name: String, _ summary: String, domain: ClosedRange<Double>,
    float: @escaping Kernel<Float>, double: @escaping Kernel<Double>, exponent: Double? = nil,
    vjp: VJP?, rootVJP: VJP? = nil
  ) {
    (self.name, self.summary, self.domain) = (name, summary, domain)
    (self.float, self.double, self.vjp) = (float, double, vjp)
    (self.exponent, self.rootVJP) = (exponent, rootVJP)
  }

  /// Whether the result's derivative is 0 wherever it exists.
  public var isPiecewiseConstant: Bool { vjp == nil }

  /// A tensor of the same shape and number type. Throws: `AllocationError`.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    let result =
      switch x.dtype {
      case .float32: try apply(float, x)
      case .float64: try apply(double, x)
      }
    result.isByRow = x.isByRow
    if let vjp, let tape = x.tape {
      if let exponent, let root = x.root {
        root.record(result, asPowerOf: x, exponent: exponent, on: tape)
        return result
      }
      tape.record(result, x) { try vjp(Context(x: x, result: result, cotangent: $0)) }
      if let rootVJP {
        // A detached view: the root must not own the tensor that owns it.
        let values = result.detached()
        result.root = Root(of: x, by: name) {
          try rootVJP(Context(x: x, result: values, cotangent: $0))
        }
      }
    }
    return result
  }

  private func apply<S: TensorScalar>(_ kernel: Kernel<S>, _ x: Tensor) throws -> Tensor {
    let count = x.count
    guard x.isContiguous else {
      let result = try x.unrecordedCopy()
      let elements = result.base(as: S.self)
      kernel(elements, elements, count)
      return result
    }
    let result = try Tensor(unwritten: x.shape, strides: x.strides, count: count, dtype: x.dtype)
    kernel(x.base(as: S.self), result.base(as: S.self), count)
    withExtendedLifetime(x) {}
    return result
  }
}
