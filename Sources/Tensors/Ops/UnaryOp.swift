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

  init(
    _ name: String, _ summary: String, domain: ClosedRange<Double>,
    float: @escaping Kernel<Float>, double: @escaping Kernel<Double>
  ) {
    (self.name, self.summary, self.domain) = (name, summary, domain)
    (self.float, self.double) = (float, double)
  }

  /// A tensor of the same shape and number type. Throws: `AllocationError`.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch x.dtype {
    case .float32: try apply(float, x)
    case .float64: try apply(double, x)
    }
  }

  private func apply<S: TensorScalar>(_ kernel: Kernel<S>, _ x: Tensor) throws -> Tensor {
    let count = x.count
    guard x.isContiguous else {
      let result = try x.copy()
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
