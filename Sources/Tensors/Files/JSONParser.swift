/// Reads one JSON text (RFC 8259) in UTF-8. Names in an object must differ: the RFC does not say
/// which of two equal ones counts, and in a file's header they could hide something.
struct JSONParser {
  private let bytes: [UInt8]
  private var place = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// - Throws: `JSONError`.
  static func parse(_ bytes: [UInt8]) throws -> JSON {
    var parser = JSONParser(bytes)
    let value = try parser.value(depth: 0)
    guard try parser.peek() == nil else { throw parser.fault("more text after the value") }
    return value
  }

  private func fault(_ reason: String) -> JSONError {
    JSONError(reason: "\(reason) at byte \(place + 1)")
  }

  /// The next byte that is not white space; nil at the end.
  private mutating func peek() throws -> UInt8? {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x09, 0x0a, 0x0d: place += 1
      default: return bytes[place]
      }
    }
    return nil
  }

  private mutating func take(_ character: Unicode.Scalar) throws -> Bool {
    guard try peek() == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func value(depth: Int) throws -> JSON {
    switch try peek() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws -> JSON {
    guard
      bytes[place...].starts(
        with: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    else { throw fault("no value") }
    place += word.utf8CodeUnitCount
    return value
  }

  private mutating func array(depth: Int) throws -> JSON {
    guard depth < JSON.deepest else { throw fault("too deep a nesting") }
    place += 1
    var values: [JSON] = []
    if try take("]") { return .array(values) }
    repeat {
      // Before the array grows.
      if values.count == values.capacity {
        try AllocationError.check(2 * values.count, bytesEach: MemoryLayout<JSON>.stride)
      }
      values.append(try value(depth: depth + 1))
    } while try take(",")
    guard try take("]") else { throw fault("no ',' or ']'") }
    return .array(values)
  }

  private mutating func object(depth: Int) throws -> JSON {
    guard depth < JSON.deepest else { throw fault("too deep a nesting") }
    place += 1
    var fields: [String: JSON] = [:]
    if try take("}") { return .object(fields) }
    repeat {
      guard try peek() == UInt8(ascii: "\"") else { throw fault("no name") }
      let name = try string()
      guard try take(":") else { throw fault("no ':'") }
      guard fields.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
        throw fault("the name '\(name)' for the second time")
      }
    } while try take(",")
    guard try take("}") else { throw fault("no ',' or '}'") }
    return .object(fields)
  }
}

// MARK: - Numbers and texts

extension JSONParser {
  private mutating func number() throws -> JSON {
    let start = place
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    func next() -> UInt8 { place < bytes.count ? bytes[place] : 0 }
    func digits() throws {
      guard isDigit(next()) else { throw fault("no value") }
      while isDigit(next()) { place += 1 }
    }
    if next() == UInt8(ascii: "-") { place += 1 }
    if next() == UInt8(ascii: "0") { place += 1 } else { try digits() }
    if next() == UInt8(ascii: ".") {
      place += 1
      try digits()
    }
    if next() | 0x20 == UInt8(ascii: "e") {
      place += 1
      if [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(next()) { place += 1 }
      try digits()
    }
    let isWhole = bytes[start..<place].allSatisfy { isDigit($0) || $0 == UInt8(ascii: "-") }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    if isWhole, let whole = Int(text) { return .integer(whole) }
    guard let number = Double(text), number.isFinite else { throw fault("too large a number") }
    // Beyond 64 bits: an integer that a Double would round is refused.
    guard !isWhole || significantBits(ofDigits: bytes[start..<place].drop { $0 < 0x30 }) <= 53
    else {
      place = start
      throw fault("the integer \(text.prefix(40)), which neither 64 bits nor a float hold,")
    }
    return .number(number)
  }

  private mutating func string() throws -> String {
    place += 1
    var text: [UInt8] = []
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        place += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw fault("a text that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        place += 1
        try escape(into: &text)
      case ..<0x20: throw fault("a control character in a text")
      case let byte:
        text.append(byte)
        place += 1
      }
    }
    throw fault("a string that does not end")
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    guard place < bytes.count else { throw fault("a string that does not end") }
    let letter = bytes[place]
    place += 1
    switch Character(Unicode.Scalar(letter)) {
    case "\"", "\\", "/": text.append(letter)
    case "b": text.append(0x08)
    case "f": text.append(0x0c)
    case "n": text.append(0x0a)
    case "r": text.append(0x0d)
    case "t": text.append(0x09)
    case "u":
      var code = try hexadecimal()
      if code >> 10 == 0x36 {
        guard bytes[place...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
          throw fault("half of a surrogate pair")
        }
        place += 2
        let low = try hexadecimal()
        guard low >> 10 == 0x37 else { throw fault("half of a surrogate pair") }
        code = 0x10000 + (code & 0x3ff) << 10 + low & 0x3ff
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair") }
      text.append(contentsOf: String(Character(scalar)).utf8)
    default: throw fault("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard bytes.count - place >= 4 else { throw fault("a string that does not end") }
    var code: UInt32 = 0
    for byte in bytes[place..<(place + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("no hexadecimal digit")
      }
      code = code << 4 | UInt32(digit)
    }
    place += 4
    return code
  }
}
