import LineEditor

/// A text in Lua, finished or not, as far as its tokens tell.
package struct LuaText {
  package let bytes: [UInt8]
  package let tokens: [LuaToken]

  package init(_ text: String) {
    bytes = Array(text.utf8)
    tokens = LuaLexer.tokens(in: bytes)
  }

  package func text(of token: LuaToken) -> String {
    String(decoding: bytes[token.range], as: UTF8.self)
  }

  package var styles: [StyledRange] {
    tokens.compactMap { token in
      switch token.kind {
      case .keyword: StyledRange(token.range, .keyword)
      case .number: StyledRange(token.range, .number)
      case .string: StyledRange(token.range, .string)
      case .comment: StyledRange(token.range, .comment)
      case .unknown: StyledRange(token.range, .error)
      case .name, .symbol: nil
      }
    }
  }

  /// The offsets of the bracket at or just before an offset and of its partner; only the bracket
  /// itself if it has none. Brackets in strings and comments do not count.
  package func brackets(at offset: Int) -> [Int] {
    let all = tokens.filter { isBracket($0) }
    guard
      let mine = all.first(where: { $0.range.lowerBound == offset })
        ?? all.first(where: { $0.range.upperBound == offset })
    else { return [] }
    var open: [LuaToken] = []
    for token in all {
      let byte = bytes[token.range.lowerBound]
      if Self.closers.values.contains(byte) {
        if let opener = open.popLast(), Self.closers[bytes[opener.range.lowerBound]] == byte,
          opener == mine || token == mine
        {
          return [opener.range.lowerBound, token.range.lowerBound]
        }
      } else {
        open.append(token)
      }
    }
    return [mine.range.lowerBound]
  }

  private static let closers: [UInt8: UInt8] = [
    UInt8(ascii: "("): UInt8(ascii: ")"), UInt8(ascii: "["): UInt8(ascii: "]"),
    UInt8(ascii: "{"): UInt8(ascii: "}"),
  ]

  private func isBracket(_ token: LuaToken) -> Bool {
    guard token.kind == .symbol, token.range.count == 1 else { return false }
    let byte = bytes[token.range.lowerBound]
    return Self.closers[byte] != nil || Self.closers.values.contains(byte)
  }

  /// The indentation, in spaces, of a line after this text: two more than the line where the
  /// innermost open block or bracket begins.
  package var indentation: Int { indentation(of: "") }

  /// The same for a line with known content.
  package func indentation(of line: String) -> Int {
    if let last = tokens.last, !last.isClosed { return 0 }
    guard let opener = openings.last else { return 0 }
    let first = LuaLexer.tokens(in: Array(line.utf8)).first.map {
      String(decoding: Array(line.utf8)[$0.range], as: UTF8.self)
    }
    let outer = blanks(onLineOf: opener)
    return first.map(Self.closingWords.contains) == true ? outer : outer + 2
  }

  private static let closingWords: Set = ["end", "else", "elseif", "until", ")", "]", "}"]

  /// The tokens that open blocks and brackets not yet closed, outermost first.
  var openings: [LuaToken] {
    var open: [LuaToken] = []
    for token in tokens where token.kind == .keyword || token.kind == .symbol {
      switch text(of: token) {
      case "do", "then", "repeat", "function", "(", "[", "{": open.append(token)
      case "else":
        _ = open.popLast()
        open.append(token)
      case "end", "until", "elseif", ")", "]", "}": _ = open.popLast()
      default: break
      }
    }
    return open
  }

  private func blanks(onLineOf token: LuaToken) -> Int {
    let start = bytes[..<token.range.lowerBound].lastIndex(of: 10).map { $0 + 1 } ?? 0
    return bytes[start...].prefix { $0 == UInt8(ascii: " ") }.count
  }
}
