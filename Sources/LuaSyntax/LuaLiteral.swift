/// Lua literals.
package enum LuaLiteral {
  /// A string in quotes, on one line; invalid UTF-8 and control characters are written as escapes.
  /// A longer string is cut after `limit` bytes, or a few less so as not to split a character.
  package static func string(_ bytes: some Collection<UInt8>, limit: Int = .max) -> String {
    var literal = "\""
    var rest = Array(bytes.prefix(limit))[...]
    while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): literal += "\\" + String(UnicodeScalar(byte))
      case 10: literal += "\\n"
      case 13: literal += "\\r"
      case 9: literal += "\\t"
      case 32..<127: literal.unicodeScalars.append(UnicodeScalar(byte))
      default:
        if let scalar = firstScalar(of: rest), !isControl(scalar) {
          literal.unicodeScalars.append(scalar)
          rest = rest.dropFirst(UTF8.width(scalar))
          continue
        }
        if bytes.count > limit, rest.count < 4, byte >= 0xc0 { return literal + "\"" }
        let digits = String(byte, radix: 16)
        literal += "\\x" + (digits.count < 2 ? "0" : "") + digits
      }
      rest = rest.dropFirst()
    }
    return literal + "\""
  }

  /// Whether a text is a valid name.
  package static func isName(_ text: String) -> Bool {
    let tokens = LuaLexer.tokens(in: Array(text.utf8))
    return tokens.count == 1 && tokens[0].kind == .name && tokens[0].range.count == text.utf8.count
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    [.control, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .format]
      .contains(scalar.properties.generalCategory)
  }

  private static func firstScalar(of bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
    var decoder = UTF8()
    var iterator = bytes.prefix(4).makeIterator()
    if case .scalarValue(let scalar) = decoder.decode(&iterator) { return scalar }
    return nil
  }
}
