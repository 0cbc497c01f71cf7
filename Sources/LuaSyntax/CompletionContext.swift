/// What could be written at a place in a text.
package enum CompletionContext: Equatable, Sendable {
  /// Nothing that is known: in a comment, a number, behind an expression.
  case none
  /// A variable or a keyword over these bytes.
  case name(Range<Int>)
  /// A field of what a path leads to; a method behind a colon.
  case member(of: [PathStep], isMethod: Bool, Range<Int>)
  /// The name of an option, or an entry, in a table that has some keys already.
  case option(in: ArgumentPlace, keys: Set<String>, Range<Int>)
  /// A value at a known place of a call; any name where nothing is known of it.
  case value(ArgumentPlace, Range<Int>)
  /// The part of a string before the cursor, and where the string stands.
  case string(Range<Int>, ArgumentPlace?)
}

extension LuaText {
  /// What could be written at a place, over the part of it that is there.
  package func completionContext(at offset: Int) -> CompletionContext {
    let words = EnclosingWords(self)
    var end = words.tokens.firstIndex { $0.range.lowerBound >= offset } ?? words.tokens.count
    var range = offset..<offset
    if let last = tokens.last(where: { $0.range.lowerBound < offset }),
      last.range.upperBound >= offset
    {
      switch last.kind {
      case .comment where last.range.upperBound > offset || isLineOrOpen(last): return .none
      case .string where last.range.upperBound > offset || !last.isClosed:
        let start = contentStart(of: last)
        guard start <= offset else { return .none }
        let place = words.place(ofValueAt: end - 1) ?? words.call(endingBefore: end - 1)
        return .string(start..<offset, place)
      case .number, .unknown: return .none
      case .name, .keyword:
        range = last.range.lowerBound..<offset
        end -= 1
      case .comment, .string, .symbol: break
      }
    }
    switch words.word(end - 1) {
    case ".", ":":
      guard let path = words.path(endingBefore: end - 1) else { return .none }
      return .member(of: path, isMethod: words.word(end - 1) == ":", range)
    default:
      if let brace = words.brace(ofEntryAt: end), let place = words.place(ofTableAt: brace) {
        return .option(in: place, keys: words.keys(in: brace, except: end), range)
      }
      return words.place(ofValueAt: end).map { .value($0, range) } ?? .name(range)
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
}
