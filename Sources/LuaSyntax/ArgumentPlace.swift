/// A step on the path to a value.
package enum PathStep: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  /// A variable, a field or a method.
  case name(String)
  /// `[1]`; nil if the text does not tell the position.
  case entry(Int?)
  /// The first result of the function that the path leads to so far.
  case result

  package init(stringLiteral value: String) { self = .name(value) }
  package init(integerLiteral value: Int) { self = .entry(value) }
}

/// The position of a value as an argument of a call, or inside a table that is one.
package struct ArgumentPlace: Equatable, Sendable {
  /// The path to the function.
  package var function: [PathStep]
  /// Whether the function is called with a colon.
  package var isMethod: Bool
  /// The argument, counted from 0, without the object before the colon.
  package var argument: Int
  /// The path from the argument to the value, through nested tables.
  package var steps: [PathStep]

  package init(
    _ function: [PathStep], isMethod: Bool = false, argument: Int = 0, _ steps: [PathStep] = []
  ) {
    (self.function, self.isMethod) = (function, isMethod)
    (self.argument, self.steps) = (argument, steps)
  }
}

/// The tokens of a text, without comments, and what encloses them.
struct EnclosingWords {
  let text: LuaText
  let tokens: [LuaToken]

  init(_ text: LuaText) {
    self.text = text
    tokens = text.tokens.filter { $0.kind != .comment }
  }

  func word(_ index: Int) -> String {
    index >= 0 && tokens[index].kind != .string ? text.text(of: tokens[index]) : ""
  }

  /// The path to the value that ends before a token: names after dots, positions in brackets and
  /// calls. Nil for any other expression.
  func path(endingBefore end: Int) -> [PathStep]? {
    var (steps, place): ([PathStep], Int) = ([], end - 1)
    while place >= 0 {
      if tokens[place].kind == .name {
        steps.insert(.name(word(place)), at: 0)
        guard place > 0, [".", ":"].contains(word(place - 1)) else { return steps }
        place -= 2
      } else if [")", "}"].contains(word(place)), let open = opening(before: place) {
        steps.insert(.result, at: 0)
        place = open - 1
      } else if tokens[place].kind == .string {
        steps.insert(.result, at: 0)
        place -= 1
      } else if word(place) == "]", let open = opening(before: place) {
        let isAlone = place == open + 2
        if isAlone, tokens[open + 1].kind == .string {
          steps.insert(.name(stringContent(open + 1)), at: 0)
        } else {
          steps.insert(.entry(isAlone ? Int(word(open + 1)) : nil), at: 0)
        }
        place = open - 1
      } else {
        return nil
      }
    }
    return nil
  }

  private func stringContent(_ index: Int) -> String {
    let content = text.text(of: tokens[index])
    guard let quote = content.first, quote != "[" else { return "" }
    return String(content.dropFirst().prefix { $0 != quote && $0 != "\\" })
  }

  /// The innermost bracket that is open before a token. Nil if a block was opened inside it,
  /// because statements stand there.
  func opening(before end: Int) -> Int? {
    var (depth, blocks) = (0, 0)
    for index in (0..<end).reversed() {
      switch (tokens[index].kind, word(index)) {
      case (.symbol, ")"), (.symbol, "]"), (.symbol, "}"): depth += 1
      case (.symbol, "("), (.symbol, "["), (.symbol, "{"):
        if depth == 0 { return index }
        depth -= 1
      case (.keyword, "end") where depth == 0, (.keyword, "until") where depth == 0: blocks += 1
      case (.keyword, "function") where depth == 0, (.keyword, "if") where depth == 0,
        (.keyword, "do") where depth == 0, (.keyword, "repeat") where depth == 0:
        if blocks == 0 { return nil }
        blocks -= 1
      default: break
      }
    }
    return nil
  }

  /// The start of the last comma-separated part between a bracket and a token, and the number of
  /// separators.
  private func segment(of open: Int, before end: Int) -> (start: Int, separators: Int) {
    var (start, depth, count) = (open + 1, 0, 0)
    for index in (open + 1)..<max(end, open + 1) {
      switch word(index) {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case "function", "if", "do", "repeat": depth += 1
      case "end", "until": depth -= 1
      case ",", ";":
        if depth == 0 { (start, count) = (index + 1, count + 1) }
      default: break
      }
    }
    return (start, count)
  }

  /// The brace of the table in which a token begins a key or an entry.
  func brace(ofEntryAt end: Int) -> Int? {
    guard let open = opening(before: end), word(open) == "{",
      segment(of: open, before: end).start == end
    else { return nil }
    return open
  }

  /// The deepest nesting of tables that is followed.
  private static let deepest = 20

  /// The place of the table that a brace opens.
  func place(ofTableAt open: Int, depth: Int = 0) -> ArgumentPlace? {
    call(endingBefore: open) ?? place(ofValueAt: open, depth: depth)
  }

  /// The place of the value that begins at a token. Nil if none can begin there or nothing is known
  /// of it.
  func place(ofValueAt end: Int, depth: Int = 0) -> ArgumentPlace? {
    guard depth < Self.deepest, let open = opening(before: end) else { return nil }
    let (start, separators) = segment(of: open, before: end)
    let before = (start..<max(start, end)).map { word($0) }
    switch word(open) {
    case "(" where before.isEmpty:
      var place = call(endingBefore: open)
      place?.argument = separators
      return place
    case "{":
      guard var place = place(ofTableAt: open, depth: depth + 1) else { return nil }
      if before.isEmpty {
        place.steps.append(.entry(nil))
      } else if before.count == 2, before[1] == "=", tokens[start].kind == .name {
        place.steps.append(.name(before[0]))
      } else if before.count == 4, before[0] == "[", before[2...].elementsEqual(["]", "="]),
        tokens[start + 1].kind == .string
      {
        place.steps.append(.name(stringContent(start + 1)))
      } else {
        return nil
      }
      return place
    default: return nil
    }
  }

  /// The place of the first argument of the function whose name ends before a token.
  func call(endingBefore end: Int) -> ArgumentPlace? {
    guard let path = path(endingBefore: end) else { return nil }
    return ArgumentPlace(path, isMethod: end > 1 && word(end - 2) == ":")
  }

  /// The keys of the table that a brace opens, except for the one at a token.
  func keys(in open: Int, except own: Int) -> Set<String> {
    var (keys, depth, isFirst): (Set<String>, Int, Bool) = ([], 0, true)
    for index in tokens.indices.dropFirst(open + 1) {
      let word = word(index)
      if depth == 0, isFirst, index != own, index + 1 < tokens.count {
        if tokens[index].kind == .name, self.word(index + 1) == "=" {
          keys.insert(word)
        } else if word == "[", index + 3 < tokens.count, tokens[index + 1].kind == .string,
          self.word(index + 2) == "]", self.word(index + 3) == "="
        {
          keys.insert(stringContent(index + 1))
        }
      }
      isFirst = false
      switch word {
      case "(", "[", "{": depth += 1
      case ")", "]", "}":
        if depth == 0 { return keys }
        depth -= 1
      case ",", ";": isFirst = depth == 0
      default: break
      }
    }
    return keys
  }
}
