extension LuaText {
  /// The text with `prefix`, a `return`, before its last line, or lines, if they could be an
  /// expression behind statements; the compiler knows whether they are. Only a name at the beginning
  /// of a line or behind `;` is taken for that: before anything else the line above may go on.
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
