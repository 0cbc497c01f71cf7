/// The header of a .npy file: a literal Python dictionary of exactly `descr`, `fortran_order` and
/// `shape`.
struct NPYHeader {
  /// NumPy's name for the number type: "<f4".
  let descr: String
  let isFortran: Bool
  let shape: [Int]

  /// - Throws: `Fault`.
  init(parsing text: [UInt8]) throws(Fault) {
    var reader = Reader(text: text)
    var (descr, isFortran, shape): (String?, Bool?, [Int]?)
    try reader.expect("{")
    while try !reader.take("}") {
      let name = try reader.string()
      try reader.expect(":")
      switch name {
      case "descr" where descr == nil: descr = try reader.type()
      case "fortran_order" where isFortran == nil: isFortran = try reader.boolean()
      case "shape" where shape == nil: shape = try reader.tuple()
      default: throw Fault("has an extra field '\(name)'")
      }
      if try !reader.take(",") {
        try reader.expect("}")
        break
      }
    }
    guard reader.isAtEnd else { throw Fault("has more text after its dictionary") }
    guard let descr, let isFortran, let shape else {
      throw Fault("lacks descr, fortran_order or shape")
    }
    (self.descr, self.isFortran, self.shape) = (descr, isFortran, shape)
  }

  /// A fault of a header, which completes "the header …".
  struct Fault: Error {
    let reason: String
    /// Whether the header is valid, but the elements are not numbers.
    let isOfKind: Bool
    init(_ reason: String, isOfKind: Bool = false) {
      (self.reason, self.isOfKind) = (reason, isOfKind)
    }
  }

  /// The next byte that is not white space.
  private struct Reader {
    let text: [UInt8]
    var place = 0

    mutating func next() -> UInt8? {
      while place < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[place]) { place += 1 }
      return place < text.count ? text[place] : nil
    }

    var isAtEnd: Bool {
      mutating get { next() == nil }
    }

    mutating func take(_ character: Unicode.Scalar) throws(Fault) -> Bool {
      guard let byte = next() else { throw Fault("ends too early") }
      guard byte == UInt8(ascii: character) else { return false }
      place += 1
      return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
      guard try take(character) else {
        throw Fault("has no '\(character)' at byte \(place + 1)")
      }
    }

    /// In single or double quotes; names and types need no escapes.
    mutating func string() throws(Fault) -> String {
      let quote: Unicode.Scalar = try take("\"") ? "\"" : "'"
      if quote == "'" { try expect("'") }
      let start = place
      while place < text.count, (0x20..<0x7f).contains(text[place]),
        text[place] != UInt8(ascii: "\\")
      {
        place += 1
        guard text[place - 1] == UInt8(ascii: quote) else { continue }
        return String(decoding: text[start..<(place - 1)], as: UTF8.self)
      }
      throw Fault("has a string that does not end at byte \(start + 1)")
    }

    /// A type as text; a list or a tuple stands for a type with fields or of sub-arrays.
    mutating func type() throws(Fault) -> String {
      if let byte = next(), [UInt8(ascii: "["), UInt8(ascii: "(")].contains(byte) {
        throw Fault("says that the elements are records (a structured type)", isOfKind: true)
      }
      return try string()
    }

    mutating func boolean() throws(Fault) -> Bool {
      _ = next()
      for (word, value) in [("True", true), ("False", false)]
      where text[place...].starts(with: word.utf8) {
        place += word.utf8.count
        return value
      }
      throw Fault("has neither True nor False at byte \(place + 1)")
    }

    /// (), (3,), (3, 4): one number needs the comma.
    mutating func tuple() throws(Fault) -> [Int] {
      try expect("(")
      var numbers: [Int] = []
      var hasComma = true
      while try !take(")") {
        guard hasComma else { throw Fault("has no ',' at byte \(place + 1)") }
        numbers.append(try integer())
        hasComma = try take(",")
      }
      guard hasComma || numbers.count > 1 else { throw Fault("has a shape that is not a tuple") }
      return numbers
    }

    mutating func integer() throws(Fault) -> Int {
      _ = next()
      let digits = text[place...].prefix { (0x30...0x39).contains($0) }
      guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
        throw Fault("has no extent at byte \(place + 1)")
      }
      place += digits.count
      // Python 2's mark of long integers.
      if place < text.count, text[place] == UInt8(ascii: "L") { place += 1 }
      return number
    }
  }
}

extension NPYHeader {
  /// Number type and byte order for NumPy's name.
  ///
  /// - Throws: `Fault`.
  func element() throws(Fault) -> (type: NumberType, isBigEndian: Bool) {
    var name = descr[...]
    var isBigEndian = Int(bigEndian: 1) == 1
    switch name.first {
    case "<": isBigEndian = false
    case ">": isBigEndian = true
    case "=", "|": break
    default: name = " " + name
    }
    name.removeFirst()
    if let type = NPYHeader.types[String(name)] { return (type, isBigEndian) }
    let kind =
      switch name.first {
      case "f" where name == "f16" || name == "f12": "long doubles"
      case "c": "complex numbers"
      case "S", "a": "byte strings"
      case "U": "texts"
      case "O": "Python objects (pickled)"
      case "M": "dates"
      case "m": "durations"
      case "V": "raw bytes or records"
      default: "of a type unknown here"
      }
    throw Fault("says that the elements are \(kind), '\(descr)'", isOfKind: true)
  }

  private static let types: [String: NumberType] = [
    "b1": .bool, "?": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "f2": .float16, "f4": .float32,
    "f8": .float64,
  ]

  /// The dictionary as NumPy writes it.
  static func text(_ tensor: Tensor) -> String {
    let shape = tensor.shape.map(String.init).joined(separator: ", ")
    return "{'descr': '<f\(tensor.dtype.size)', 'fortran_order': False, "
      + "'shape': (\(shape)\(tensor.rank == 1 ? "," : "")), }"
  }
}
