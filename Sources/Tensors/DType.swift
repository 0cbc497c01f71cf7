import Kernels

/// The number type of a tensor's elements.
public enum DType: String, CaseIterable, Sendable, Hashable, Codable, CustomStringConvertible {
  case float32, float64

  /// Bytes an element.
  public var size: Int { self == .float32 ? 4 : 8 }
  public var description: String { rawValue }

  /// NumPy's promotion: float64 as soon as one of the two is.
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
