extension LuaText {
  /// The text with `prefix`, such as a `return`, inserted before its last statement, if that could
  /// be an expression. Whether it is one, the compiler knows. Only a name at the beginning of a
  /// line or after `;` is considered: anything else could continue the line above.
  package func returningLastExpression(prefix: String = "return ") -> String? {
    for index in tokens.indices.dropFirst().reversed() where tokens[index].kind == .name {
      let (start, end) = (tokens[index].range.lowerBound, tokens[index - 1].range.upperBound)
      guard text(of: tokens[index - 1]) == ";" || bytes[end..<start].contains(UInt8(ascii: "\n"))
      else { continue }
      let before = LuaText(String(decoding: bytes[..<start], as: UTF8.self))
      guard before.openings.isEmpty else { continue }
      return String(
        decoding: bytes[..<start] + Array(prefix.utf8) + bytes[start...], as: UTF8.self)
    }
    return nil
  }
}
