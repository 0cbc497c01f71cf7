/// A session as a script that leaves the same globals behind: every block that was run, in order.
package struct SessionScript: Sendable {
  /// How a block ended.
  package enum Outcome: Equatable, Sendable {
    /// An expression with a value, kept as `_1` and so on.
    case value
    case done
    /// An error. What the block did before it remains.
    case failed(String)
    case interrupted
  }

  private var blocks: [String] = []
  private let preamble: [String]

  /// `preamble`: lines that come first.
  package init(preamble: [String] = []) { self.preamble = preamble }

  package var isEmpty: Bool { blocks.isEmpty }

  /// Adds a block. `isExpression`: whether it can follow `return`.
  package mutating func append(
    _ block: String, number: Int, isExpression: Bool, outcome: Outcome, keepsUnderscore: Bool
  ) {
    switch outcome {
    case .value:
      blocks.append("_\(number) = \(expression(block))")
      if keepsUnderscore { blocks.append("_ = _\(number)") }
    case .done: blocks.append(isExpression ? statement(evaluating: block) : scoped(block))
    case .failed(let message):
      let body = isExpression ? "return \(expression(block))" : block
      blocks.append("pcall(function(...)  -- \(firstLine(of: message))\n\(body)\nend)")
    case .interrupted:
      let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
      blocks.append("-- interrupted:\n" + lines.map { "-- \($0)" }.joined(separator: "\n"))
    }
  }

  /// Adds what a command of the prompt did, as Lua code.
  package mutating func append(code: String) { blocks.append(code) }

  /// Lua code that runs a script with arguments, as the command line does.
  package static func running(_ path: String, arguments: [String]) -> String {
    let list = arguments.map { ", " + LuaLiteral.string($0.utf8) }.joined()
    return """
      do
      local before = arg
      arg = {[0] = \(LuaLiteral.string(path.utf8))\(list)}
      assert(loadfile(arg[0]))(table.unpack(arg))
      arg = before
      end
      """
  }

  package var text: String { (preamble + blocks).map { $0 + "\n" }.joined() }

  /// Without a `;` after it, or `=` or `return` before it. A comment at its end must not swallow
  /// the code after it.
  private func expression(_ block: String) -> String {
    var text = LuaText(block)
    var words = text.tokens.filter { $0.kind != .comment }
    if let last = words.last, text.text(of: last) == ";" { words.removeLast() }
    guard let first = words.first, let last = words.last else { return block }
    var start = first.range.lowerBound
    if ["=", "return"].contains(text.text(of: first)) { start = first.range.upperBound }
    text = LuaText(
      String(decoding: text.bytes[start..<last.range.upperBound], as: UTF8.self))
    return String(decoding: text.bytes.drop { $0 == 32 }, as: UTF8.self)
  }

  /// An expression whose value is not kept.
  private func statement(evaluating block: String) -> String {
    "do local _ = \(expression(block)) end"
  }

  /// Encloses a block so that its locals, labels and `return` do not affect other blocks.
  private func scoped(_ block: String) -> String {
    let text = LuaText(block)
    let words = text.nestedWords
    let outer = Set(words.filter { $0.functions == 0 }.map(\.text))
    if !outer.isDisjoint(with: ["return", "..."]) {
      return "do local block = function(...)\n\(block)\nend block() end"
    }
    let isolated = words.contains { $0.depth == 0 && ["local", "::"].contains($0.text) }
    return isolated ? "do\n\(block)\nend" : block
  }

  private func firstLine(of message: String) -> Substring {
    message.prefix { $0 != "\n" && $0 != "\r\n" }
  }
}

extension LuaText {
  /// A word with the number of blocks and brackets around it, and how many of them are functions.
  fileprivate struct NestedWord {
    let text: String
    let depth: Int
    let functions: Int
  }

  fileprivate var nestedWords: [NestedWord] {
    var (words, openers): ([NestedWord], [String]) = ([], [])
    for token in tokens where token.kind != .comment {
      let word = token.kind == .string ? "" : text(of: token)
      if ["end", "until", "elseif", ")", "]", "}"].contains(word) { _ = openers.popLast() }
      words.append(
        NestedWord(
          text: word, depth: openers.count, functions: openers.count { $0 == "function" }))
      if ["do", "then", "repeat", "function", "(", "[", "{"].contains(word) {
        openers.append(word)
      }
    }
    return words
  }

  /// The names that the text declares with `local` outside all blocks.
  package var topLevelLocals: [String] {
    let words = nestedWords
    return words.indices.filter { words[$0].text == "local" && words[$0].depth == 0 }.flatMap {
      names(declaredBy: words[($0 + 1)...].map(\.text))
    }
  }

  private func names(declaredBy words: [String]) -> [String] {
    if words.first == "function" { return Array(words.dropFirst().prefix(1)) }
    var names: [String] = []
    var rest = words[...]
    while let name = rest.popFirst() {
      names.append(name)
      if rest.first == "<" { rest = rest.dropFirst(3) }
      guard rest.popFirst() == "," else { break }
    }
    return names
  }
}
