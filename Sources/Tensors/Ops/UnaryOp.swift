import Kernels

/// An elementwise function of one tensor, in one record.
///
/// Its methods in scripts, its help and its tests come from the records in `all`.
public struct UnaryOp: Sendable {
  typealias Kernel<S> = @Sendable (UnsafePointer<S>, UnsafeMutablePointer<S>, Int) -> Void

  /// The name by which bindings, help and tests know it.
  public let name: String
  /// One line of help.
  public let summary: String
  /// The range of arguments in tests, where the function is smooth.
  public let domain: ClosedRange<Double>
  private let float: Kernel<Float>
  private let double: Kernel<Double>
  /// nil if the derivative is 0: then the result counts as a constant.
  private let vjp: VJP?
  /// For the square root of an R made of x: turns the cotangent of R into that of x.
  private let rootVJP: VJP?
  /// 2 for `square`, whose result for a root is recorded by its radicand; nil for all others.
  private let exponent: Double?

  /// The arguments of a VJP, which turns the cotangent of the result into that of x.
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

  /// A tensor of the same shape and number type.
  ///
  /// - Throws: `AllocationError`.
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
