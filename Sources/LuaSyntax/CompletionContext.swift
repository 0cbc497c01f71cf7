/// What could be written at a place in a text.
package enum CompletionContext: Equatable, Sendable {
  /// Nothing that is known: in a comment, a number, behind an expression.
  case none
  /// A variable or a keyword over these bytes.
  case name(Range<Int>)
  /// A field of what a path of names leads to; a method behind a colon.
  case member(of: [String], isMethod: Bool, Range<Int>)
  /// The name of an option in the table that is a function's only argument.
  case option(of: [String], Range<Int>)
  /// The part of a string before the cursor.
  case string(Range<Int>)
}

extension LuaText {
  /// What could be written at a place, over the part of it that is there.
  package func completionContext(at offset: Int) -> CompletionContext {
    var before = tokens.filter { $0.range.lowerBound < offset }
    var range = offset..<offset
    if let last = before.last, last.range.upperBound >= offset {
      switch last.kind {
      case .comment where last.range.upperBound > offset || isLineOrOpen(last): return .none
      case .string where last.range.upperBound > offset || !last.isClosed:
        let start = contentStart(of: last)
        return start <= offset ? .string(start..<offset) : .none
      case .number, .unknown: return .none
      case .name, .keyword:
        range = last.range.lowerBound..<offset
        before.removeLast()
      case .comment, .string, .symbol: break
      }
    }
    guard let previous = before.last else { return .name(range) }
    switch text(of: previous) {
    case ".", ":":
      guard let path = path(endingBefore: before.count - 1, in: before) else { return .none }
      return .member(of: path, isMethod: text(of: previous) == ":", range)
    case "{", ",", ";":
      guard let brace = openBrace(in: before),
        let path = path(endingBefore: brace, in: before)
      else { return .name(range) }
      return .option(of: path, range)
    default: return .name(range)
    }
  }

  private func isLineOrOpen(_ comment: LuaToken) -> Bool {
    !comment.isClosed || !bytes[comment.range].starts(with: "--[[".utf8)
  }

  private func contentStart(of string: LuaToken) -> Int {
    guard bytes[string.range.lowerBound] == UInt8(ascii: "[") else {
      return string.range.lowerBound + 1
    }
    let level = bytes[(string.range.lowerBound + 1)...].prefix { $0 == UInt8(ascii: "=") }.count
    return string.range.lowerBound + level + 2
  }

  /// The names joined by dots that end before a token; nil for any other expression.
  private func path(endingBefore index: Int, in tokens: [LuaToken]) -> [String]? {
    var (names, place): ([String], Int) = ([], index - 1)
    while place >= 0, tokens[place].kind == .name {
      names.insert(text(of: tokens[place]), at: 0)
      guard place > 0 else { return names }
      switch text(of: tokens[place - 1]) {
      case ".", ":": place -= 2
      default: return names
      }
    }
    return nil
  }

  /// The brace that is open at the end, unless another bracket was opened in it.
  private func openBrace(in tokens: [LuaToken]) -> Int? {
    var depth = 0
    for index in tokens.indices.reversed() where tokens[index].kind == .symbol {
      switch text(of: tokens[index]) {
      case ")", "]", "}": depth += 1
      case "(", "[", "{":
        if depth == 0 { return text(of: tokens[index]) == "{" ? index : nil }
        depth -= 1
      default: break
      }
    }
    return nil
  }
}
