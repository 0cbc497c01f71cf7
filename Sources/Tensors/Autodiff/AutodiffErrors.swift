/// An operation that was reached on the way back and has no derivative.
public struct DerivativeError: Error, Equatable, CustomStringConvertible {
  public let op: String
  public init(op: String) { self.op = op }
  public var description: String { "\(op) has no derivative" }
}

/// Writing into a tensor that a derivative being taken needs as it is.
public struct RecordedError: Error, Equatable, CustomStringConvertible {
  public let op: String
  public init(op: String) { self.op = op }
  public var description: String {
    "\(op): the tensor is part of a derivative being taken and can't be written to"
  }
}

/// Derivatives of derivatives, too many.
public struct NestingDepthError: Error, Equatable, CustomStringConvertible {
  public let limit: Int
  public init(limit: Int) { self.limit = limit }
  public var description: String { "derivatives nest more than \(limit) deep" }
}
