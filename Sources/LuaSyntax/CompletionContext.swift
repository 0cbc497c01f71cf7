/// What can be written at a position in a text.
package enum CompletionContext: Equatable, Sendable {
  /// Nothing is known: in a comment, in a number, after an expression.
  case none
  /// A variable or a keyword, replacing these bytes.
  case name(Range<Int>)
  /// A field of the value that a path leads to; after a colon, a method.
  case member(of: [PathStep], isMethod: Bool, Range<Int>)
  /// The name of an option, or an entry, in a table that has some keys already.
  case option(in: ArgumentPlace, keys: Set<String>, Range<Int>)
  /// A value at a known place of a call. Any name, if the place has no known values.
  case value(ArgumentPlace, Range<Int>)
  /// The part of a string before the cursor, and the string's place.
  case string(Range<Int>, ArgumentPlace?)
}

extension LuaText {
  /// What can be written at an offset, with the range of what is already there.
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
