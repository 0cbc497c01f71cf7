extension LuaText {
  /// The part of a line that an error message is about, as bytes of the text; nil if it cannot be
  /// found. Lua reports only the line of an error; the part is found by the names that the message
  /// quotes.
  package func place(of message: String, onLine line: Int) -> Range<Int>? {
    let words = tokens(onLine: line)
    for clue in Clue.all(in: message) {
      let found = words.indices.filter { clue.fits(words[$0], text: text(of: words[$0])) }
      let standing = found.filter { index in
        let isField = index > 0 && [".", ":"].contains(text(of: words[index - 1]))
        return clue.isField == nil || clue.isField == isField
      }
      let best = standing.first { index in
        index + 1 < words.count && clue.goesOn(with: text(of: words[index + 1]))
      }
      if let index = best ?? standing.first ?? found.first { return words[index].range }
    }
    return nil
  }

  /// The first token that Lua rejects; nil if only the end is missing. `isRejected` tells whether a
  /// prefix of the text is wrong, not merely unfinished.
  package func rejectedWord(isRejected: (String) -> Bool) -> Range<Int>? {
    var (low, high) = (0, tokens.count)
    while low < high {
      let middle = (low + high) / 2
      let prefix = String(decoding: bytes[..<tokens[middle].range.upperBound], as: UTF8.self)
      if isRejected(prefix) { high = middle } else { low = middle + 1 }
    }
    return low < tokens.count ? tokens[low].range : nil
  }

  /// The bytes of a line, counted from 1, without its line break; nil if there is no such line.
  package func range(ofLine line: Int) -> Range<Int>? {
    guard line > 0 else { return nil }
    var start = 0
    for _ in 1..<line {
      guard let end = bytes[start...].firstIndex(of: 10) else { return nil }
      start = end + 1
    }
    return start..<(bytes[start...].firstIndex(of: 10) ?? bytes.count)
  }

  /// The number of the line that contains a byte.
  package func line(of offset: Int) -> Int { bytes[..<offset].count { $0 == 10 } + 1 }

  private func tokens(onLine line: Int) -> [LuaToken] {
    guard let range = range(ofLine: line) else { return [] }
    return tokens.filter { $0.kind != .comment && range.contains($0.range.lowerBound) }
  }
}

/// A name in a message.
private struct Clue {
  let name: String
  /// Whether it follows a dot or a colon; nil if that is not known.
  var isField: Bool?
  /// What the failing code does with it: "call", "index" or empty.
  var deed = ""

  static func all(in message: String) -> [Clue] {
    var clues: [Clue] = []
    if let match = message.firstMatch(
      of: /attempt to (\w+) .*\((local|global|upvalue|constant|field|method) '([^']*)'\)/)
    {
      clues.append(
        Clue(
          name: String(match.3), isField: ["field", "method"].contains(match.2),
          deed: String(match.1)))
    }
    // "train: unknown option 'lamda'": the option is a better clue than the function.
    clues += message.matches(of: /'([^']+)'/).map { Clue(name: String($0.1)) }
    if let match = message.firstMatch(of: #/^(?:.*?:\d+: )?([\w.]+): /#) {
      let name = match.1.split(separator: ".").last ?? ""
      clues.append(Clue(name: String(name), deed: "call"))
    }
    return clues
  }

  func fits(_ token: LuaToken, text: String) -> Bool {
    switch token.kind {
    case .string: String(text.dropFirst().dropLast()) == name
    default: text == name
    }
  }

  func goesOn(with next: String) -> Bool {
    switch deed {
    case "call": ["(", "{", "\"", "'", "["].contains { next.hasPrefix($0) }
    case "index": [".", "[", ":"].contains(next)
    default: true
    }
  }
}
