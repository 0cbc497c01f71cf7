import FoundationEssentials

/// A text that is not JSON.
public struct JSONError: Error, CustomStringConvertible {
  public let reason: String
  public var description: String { "not valid JSON: \(reason)" }
}

/// A JSON value. Numbers that are whole and fit stay whole.
public enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// Throws: `JSONError` for text that is not JSON, and for an object with a name twice.
  public init(parsing text: some Collection<UInt8>) throws {
    self = try JSONParser.parse(Array(text))
  }

  /// Compact text, keys sorted so that equal values give equal text.
  ///
  /// Throws: `ArgumentError` for a number that is not finite.
  public func text(pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty
      ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
      : [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch EncodingError.invalidValue(let value, _) {
      throw ArgumentError("value", mustBe: "finite, as JSON requires", got: "\(value)")
    }
  }
}

extension JSON: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: Key.self) {
      var object: [String: JSON] = [:]
      for key in keyed.allKeys {
        object[key.stringValue] = try keyed.decode(JSON.self, forKey: key)
      }
      self = .object(object)
    } else if var list = try? decoder.unkeyedContainer() {
      var array: [JSON] = []
      while !list.isAtEnd { array.append(try list.decode(JSON.self)) }
      self = .array(array)
    } else {
      let value = try decoder.singleValueContainer()
      if value.decodeNil() {
        self = .null
      } else if let bool = try? value.decode(Bool.self) {
        self = .bool(bool)
      } else if let integer = try? value.decode(Int.self) {
        self = .integer(integer)
      } else if let number = try? value.decode(Double.self) {
        self = .number(number)
      } else {
        self = .string(try value.decode(String.self))
      }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var single = encoder.singleValueContainer()
    switch self {
    case .null: try single.encodeNil()
    case .bool(let value): try single.encode(value)
    case .integer(let value): try single.encode(value)
    case .number(let value): try single.encode(value)
    case .string(let value): try single.encode(value)
    case .array(let value): try single.encode(value)
    case .object(let value): try single.encode(value)
    }
  }
}
