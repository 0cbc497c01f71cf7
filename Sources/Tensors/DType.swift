import Kernels

/// The number type of a tensor's elements.
public enum DType: String, CaseIterable, Sendable, Hashable, Codable, CustomStringConvertible {
  case float32, float64

  /// Bytes per element.
  public var size: Int { self == .float32 ? 4 : 8 }
  public var description: String { rawValue }

  /// Runs a generic function for the type of the elements: `try dtype.dispatch { try run($0) }`.
  ///
  /// Both calls are inlined, so that the compiler specialises the function for each type: as fast
  /// as a switch with two calls.
  @inlinable @inline(__always)
  public func dispatch<Result>(
    _ body: (any TensorScalar.Type) throws -> Result
  ) rethrows -> Result {
    switch self {
    case .float32: try body(Float.self)
    case .float64: try body(Double.self)
    }
  }

  /// NumPy's promotion: float64 if one of the two is float64.
  public func promoted(with other: DType) -> DType {
    self == .float64 || other == .float64 ? .float64 : .float32
  }
}

/// A scalar that a tensor can hold.
public protocol TensorScalar: Scalar {
  static var dtype: DType { get }
}

extension Float: TensorScalar { public static var dtype: DType { .float32 } }
extension Double: TensorScalar { public static var dtype: DType { .float64 } }
