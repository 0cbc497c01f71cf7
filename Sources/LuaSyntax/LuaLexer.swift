/// A token of Lua: its kind and its bytes.
package struct LuaToken: Equatable, Sendable {
  package enum Kind: Sendable { case name, keyword, number, string, comment, symbol, unknown }

  package var kind: Kind
  package var range: Range<Int>
  /// False for a string or a comment without its end.
  package var isClosed = true
}

/// Splits any text into Lua's tokens (manual §3.1). Invalid bytes are `unknown`; blanks are left
/// out.
package struct LuaLexer {
  private let bytes: [UInt8]
  private var place = 0
  private var tokens: [LuaToken] = []

  package static func tokens(in bytes: [UInt8]) -> [LuaToken] {
    var lexer = LuaLexer(bytes: bytes)
    while lexer.place < bytes.count { lexer.next() }
    return lexer.tokens
  }

  package static let keywords: Set<String> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
  ]

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func byte(_ distance: Int = 0) -> UInt8 {
    place + distance < bytes.count ? bytes[place + distance] : 0
  }

  private mutating func next() {
    let start = place
    let first = byte()
    switch first {
    case UInt8(ascii: " "), 9...13: place += 1
    case _ where first.isNamePart && !first.isDigit:
      while byte().isNamePart { place += 1 }
      let word = String(decoding: bytes[start..<place], as: UTF8.self)
      add(Self.keywords.contains(word) ? .keyword : .name, from: start)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): takeNumber()
    case UInt8(ascii: ".") where byte(1).isDigit: takeNumber()
    case UInt8(ascii: "\""), UInt8(ascii: "'"): takeString(quote: first)
    case UInt8(ascii: "-") where byte(1) == first:
      place += 2
      if let level = longBracketLevel() {
        takeLongText(level: level, kind: .comment, from: start)
      } else {
        while place < bytes.count, byte() != 10 { place += 1 }
        add(.comment, from: start)
      }
    case UInt8(ascii: "["):
      if let level = longBracketLevel() {
        takeLongText(level: level, kind: .string, from: start)
      } else {
        place += 1
        add(.symbol, from: start)
      }
    default: takeSymbol()
    }
  }

  private mutating func add(_ kind: LuaToken.Kind, from start: Int, isClosed: Bool = true) {
    tokens.append(LuaToken(kind: kind, range: start..<place, isClosed: isClosed))
  }

  /// Reads numbers as Lua does: takes every character that could belong to one.
  private mutating func takeNumber() {
    let start = place
    var exponent: [UInt8] = [UInt8(ascii: "e"), UInt8(ascii: "E")]
    if byte() == UInt8(ascii: "0"), byte(1) | 0x20 == UInt8(ascii: "x") {
      exponent = [UInt8(ascii: "p"), UInt8(ascii: "P")]
      place += 2
    }
    while true {
      if exponent.contains(byte()) {
        place += 1
        if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { place += 1 }
      } else if byte().isNamePart || byte() == UInt8(ascii: ".") {
        // Lua too reads "1..2" as one number, a malformed one.
        place += 1
      } else {
        return add(.number, from: start)
      }
    }
  }

  private mutating func takeString(quote: UInt8) {
    let start = place
    place += 1
    while place < bytes.count {
      switch byte() {
      case quote:
        place += 1
        return add(.string, from: start)
      case 10: return add(.string, from: start, isClosed: false)
      case UInt8(ascii: "\\"):
        place += 1
        if byte() == UInt8(ascii: "z") {
          place += 1
          while byte() == 32 || (9...13).contains(byte()) { place += 1 }
        } else if place < bytes.count {
          place += 1
        }
      default: place += 1
      }
    }
    add(.string, from: start, isClosed: false)
  }

  /// The number of = in the long bracket that opens here, after moving behind it; nil if none
  /// opens.
  private mutating func longBracketLevel() -> Int? {
    guard byte() == UInt8(ascii: "[") else { return nil }
    var level = 0
    while byte(1 + level) == UInt8(ascii: "=") { level += 1 }
    guard byte(1 + level) == UInt8(ascii: "[") else { return nil }
    place += level + 2
    return level
  }

  private mutating func takeLongText(level: Int, kind: LuaToken.Kind, from start: Int) {
    while place < bytes.count {
      if byte() == UInt8(ascii: "]"), byte(level + 1) == UInt8(ascii: "]"),
        (0..<level).allSatisfy({ byte(1 + $0) == UInt8(ascii: "=") })
      {
        place += level + 2
        return add(kind, from: start)
      }
      place += 1
    }
    add(kind, from: start, isClosed: false)
  }

  private static let longSymbols = ["...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"]
    .map { Array($0.utf8) }
  private static let symbols = Set("+-*/%^#&~|<>=(){}[];:,.".utf8)

  private mutating func takeSymbol() {
    let start = place
    if let symbol = Self.longSymbols.first(where: { bytes[place...].starts(with: $0) }) {
      place += symbol.count
      add(.symbol, from: start)
    } else {
      place += 1
      add(Self.symbols.contains(bytes[start]) ? .symbol : .unknown, from: start)
    }
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
  fileprivate var isNamePart: Bool {
    isDigit || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self) || self == 0x5f
  }
}
