/// An operation without a derivative, reached in a backward pass.
public struct DerivativeError: Error, Equatable, CustomStringConvertible {
  public let op: String
  public init(op: String) { self.op = op }
  public var description: String { "\(op) has no derivative" }
}

/// Writing into a tensor that a derivative being taken needs unchanged.
public struct RecordedError: Error, Equatable, CustomStringConvertible {
  public let op: String
  public init(op: String) { self.op = op }
  public var description: String {
    "\(op): the tensor is part of a derivative being taken and can't be written to; a copy can"
  }
}

/// A tensor that a derivative depends on, in a place that would use only its numbers. The result
/// would count as a constant, and its derivative would silently be 0.
public struct LostDerivativeError: Error, Equatable, CustomStringConvertible {
  /// nil if the caller adds the name of the function.
  public let op: String?
  public init(op: String? = nil) { self.op = op }
  public var description: String {
    (op.map { "\($0): " } ?? "")
      + "the tensor is part of a derivative being taken, which would be lost here; use tensor "
      + "operations, or a detached tensor, which is a constant"
  }
}

/// Too many nested derivatives.
public struct NestingDepthError: Error, Equatable, CustomStringConvertible {
  public let limit: Int
  public init(limit: Int) { self.limit = limit }
  public var description: String { "derivatives nest more than \(limit) deep" }
}

/// Writing into a tensor, or a view of one, whose elements others count on.
package struct ReadOnlyError: Error, CustomStringConvertible {
  package let op: String
  package var description: String {
    "\(op): the tensor is read-only; a copy can be written to"
  }
}

extension Tensor {
  /// From now on nobody writes to its elements.
  package func makeReadOnly() { storage.isReadOnly = true }
}
