import Platform

/// A shape, or two shapes, that an operation does not take.
public struct ShapeError: Error, Equatable, Worded {
  public let op: String
  public let lhs: [Int]
  public let rhs: [Int]?
  public let reason: Message

  public init(op: String, lhs: [Int], rhs: [Int]? = nil, reason: Message) {
    (self.op, self.lhs, self.rhs, self.reason) = (op, lhs, rhs, reason)
  }

  @_disfavoredOverload
  public init(op: String, lhs: [Int], rhs: [Int]? = nil, reason: String) {
    self.init(op: op, lhs: lhs, rhs: rhs, reason: Message(reason))
  }

  public var words: Message {
    guard let rhs else { return "\(op): shape \(lhs.shapeText) \(reason)" }
    return "\(op): shapes \(lhs.shapeText) and \(rhs.shapeText) \(reason)"
  }
}

/// An argument outside what is allowed; reads "lambda must be > 0 (got -1)".
public struct ArgumentError: Error, Equatable, Worded {
  private let parts: [Message]

  public var name: String { parts[0].description }
  public var wanted: String { parts[1].description }
  public var got: String { parts[2].description }

  public init(_ name: String, mustBe wanted: String, got: String) {
    parts = [Message(name), Message(wanted), Message(got)]
  }

  /// With data that each language words in its own way.
  public init(worded name: Message, mustBe wanted: Message, got: Message) {
    parts = [name, wanted, got]
  }

  public init(_ name: String, mustBe wanted: String, got: some CustomStringConvertible) {
    self.init(name, mustBe: wanted, got: numberText(got))
  }

  public var words: Message { "\(parts[0]) must be \(parts[1]) (got \(parts[2]))" }
}

/// An axis that a tensor does not have. Both numbers are 0-based.
public struct AxisError: Error, Equatable, CustomStringConvertible {
  public let op: String
  public let axis: Int
  public let rank: Int

  public init(op: String, axis: Int, rank: Int) {
    (self.op, self.axis, self.rank) = (op, axis, rank)
  }

  public var description: String { "\(op): there is no axis \(axis) (the rank is \(rank))" }
}

/// An index outside an axis. Axis and index are 0-based.
public struct IndexError: Error, Equatable, CustomStringConvertible {
  public let op: String
  public let axis: Int
  public let index: Int
  public let extent: Int

  public init(op: String, axis: Int, index: Int, extent: Int) {
    (self.op, self.axis, self.index, self.extent) = (op, axis, index, extent)
  }

  public var description: String {
    "\(op): index \(index) is outside axis \(axis) (its extent is \(extent))"
  }
}

/// Writing to a tensor of which several elements share one place in memory.
public struct SharedElementsError: Error, Equatable, CustomStringConvertible {
  public let op: String
  public let shape: [Int]
  public init(op: String, shape: [Int]) { (self.op, self.shape) = (op, shape) }
  public var description: String {
    "\(op): several elements of the tensor of shape \(shape.shapeText) share one place in memory, "
      + "as in an expanded view; write to a copy, or to the tensor that was expanded"
  }
}

/// Memory that could not be allocated.
public struct AllocationError: Error, Equatable, CustomStringConvertible {
  /// Bytes asked for; nil when the count itself overflows.
  public let bytes: Int?
  /// The limit of all allocated bytes, if there is one besides the process's own.
  public let limit: Int?
  public init(bytes: Int?, limit: Int? = nil) { (self.bytes, self.limit) = (bytes, limit) }
  public var description: String {
    guard let bytes else { return "not enough memory (more elements than can be counted)" }
    let asked = bytes < 1 << 20 ? "\(bytes) bytes" : "\(bytes >> 20) MB"
    let limit = (limit ?? SystemMemory.limit).map { ", the limit is \($0 >> 20) MB" } ?? ""
    return "not enough memory (\(asked) asked for\(limit))"
  }

  /// Checks that so many bytes can be allocated now, before arrays are made: an array that finds no
  /// memory ends the program.
  ///
  /// - Throws: `AllocationError`.
  package static func check(_ count: Int, bytesEach: Int) throws {
    let (bytes, overflows) = count.multipliedReportingOverflow(by: bytesEach)
    guard !overflows else { throw AllocationError(bytes: nil) }
    guard bytes <= 1 << 20 || SystemMemory.canMap(bytes) && SystemMemory.take(bytes) else {
      throw AllocationError(bytes: bytes)
    }
  }
}

/// Anything wrong with a file: which, where, and what.
public struct FileError: Error, Equatable, Worded {
  public let path: String
  /// Of text files; lines are counted from 1.
  public let line: Int?
  public let column: String?
  public let reason: Message

  public init(_ path: String, line: Int? = nil, column: String? = nil, _ reason: Message) {
    (self.path, self.line, self.column, self.reason) = (path, line, column, reason)
  }

  @_disfavoredOverload
  public init(_ path: String, line: Int? = nil, column: String? = nil, _ reason: String) {
    self.init(path, line: line, column: column, Message(reason))
  }

  public var words: Message {
    var place = "'\(path)'"
    if let line { place += ", line \(line)" }
    if let column { place += ", column '\(column)'" }
    return "\(place): \(reason)"
  }
}

extension [Int] {
  /// "3x4"; "()" for a scalar.
  public var shapeText: String {
    isEmpty ? "()" : map(String.init).joined(separator: "x")
  }
}

/// A whole number without its ".0"; everything else as its description.
public func numberText(_ value: some CustomStringConvertible) -> String {
  let text = String(describing: value)
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
