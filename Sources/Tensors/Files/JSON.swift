/// A text that is not JSON.
public struct JSONError: Error, CustomStringConvertible {
  public let reason: String
  public var description: String { "not valid JSON: \(reason)" }
}

/// A JSON value. A number written in digits alone is an `integer`, unless only `Double` holds it.
public enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// How deep arrays and objects may nest.
  package static let deepest = 500

  /// - Throws: `JSONError` for text that is not JSON, and for an object with a name twice.
  public init(parsing text: some Collection<UInt8>) throws {
    self = try JSONParser.parse(Array(text))
  }

  /// Compact text, keys sorted so that equal values give equal text. A `number` has a point or an
  /// exponent, as in 1.0, and reads as one again.
  ///
  /// - Throws: `ArgumentError` for a number that is not finite.
  public func text() throws -> String {
    var text = ""
    try write(to: &text)
    return text
  }

  private func write(to text: inout String) throws {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value):
      guard value.isFinite else {
        throw ArgumentError("value", mustBe: "finite, as JSON requires", got: "\(value)")
      }
      text += "\(value)"
    case .string(let value): JSON.write(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        try value.write(to: &text)
      }
      text += "]"
    case .object(let fields):
      text += "{"
      for (index, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { text += "," }
        JSON.write(field.key, to: &text)
        text += ":"
        try field.value.write(to: &text)
      }
      text += "}"
    }
  }

  /// In quotes, with escapes for the characters that need them.
  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{c}": text += "\\f"
      case ..<" ":
        let code = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - code.count) + code
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
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
