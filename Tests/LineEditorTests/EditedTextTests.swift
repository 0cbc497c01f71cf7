import Testing

@testable import LineEditor

@Suite struct EditedTextTests {
  typealias Step = @Sendable (inout EditedText) -> Void

  /// The steps, then the text with "|" at the cursor.
  static let cases: [(name: String, steps: [Step], shown: String)] = [
    ("typing", [{ $0.type("ab") }], "ab|"),
    ("left", [{ $0.type("ab") }, { $0.move(.left) }, { $0.type("x") }], "ax|b"),
    ("left edge", [{ $0.move(.left) }, { $0.delete(.left) }], "|"),
    ("over a break", [{ $0.paste("a\nb") }, { $0.move(.lineStart) }, { $0.move(.left) }], "a|\nb"),
    ("join lines", [{ $0.paste("a\nb") }, { $0.move(.lineStart) }, { $0.delete(.left) }], "a|b"),
    ("CRLF and CR", [{ $0.paste("a\r\nb\rc\n") }], "a\nb\nc\n|"),
    (
      "combining mark joins", [{ $0.type("e") }, { $0.type("\u{301}") }, { $0.delete(.left) }], "|"
    ),
    ("emoji is one", [{ $0.type("a👨‍👩‍👧") }, { $0.delete(.left) }], "a|"),
    ("up is clamped", [{ $0.paste("a\nlong") }, { $0.move(.up) }], "a|\nlong"),
    ("down", [{ $0.paste("ab\nc") }, { $0.move(.start) }, { $0.move(.down) }], "ab\n|c"),
    ("word left", [{ $0.type("foo.bar ") }, { $0.move(.wordLeft) }], "foo.|bar "),
    ("word right", [{ $0.type("a_1 b") }, { $0.move(.start) }, { $0.move(.wordRight) }], "a_1| b"),
    ("word over lines", [{ $0.paste("foo\n  ") }, { $0.move(.wordLeft) }], "|foo\n  "),
    ("kill line", [{ $0.paste("ab\nc") }, { $0.move(.start) }, { $0.kill(.lineEnd) }], "|\nc"),
    (
      "kills in a row are one",
      [
        { $0.paste("ab\nc") }, { $0.move(.start) }, { $0.kill(.lineEnd) }, { $0.kill(.lineEnd) },
        { $0.move(.end) }, { $0.yank() },
      ], "cab\n|"
    ),
    (
      "backward kills join in order",
      [{ $0.type("a b") }, { $0.kill(.wordLeft) }, { $0.kill(.wordLeft) }, { $0.yank() }], "a b|"
    ),
    (
      "yank-pop",
      [
        { $0.type("one") }, { $0.kill(.lineStart) }, { $0.type("two") }, { $0.kill(.lineStart) },
        { $0.yank() }, { $0.yankPop() },
      ], "one|"
    ),
    (
      "yank-pop only after a yank",
      [{ $0.type("a") }, { $0.kill(.left) }, { $0.type("b") }, { $0.yankPop() }], "b|"
    ),
    ("undo a run", [{ $0.type("a") }, { $0.type("b") }, { $0.undo() }], "|"),
    ("undo a step", [{ $0.type("a") }, { $0.paste("b") }, { $0.undo() }], "a|"),
    ("redo", [{ $0.type("a") }, { $0.undo() }, { $0.redo() }], "a|"),
    ("change ends redo", [{ $0.type("a") }, { $0.undo() }, { $0.type("b") }, { $0.redo() }], "b|"),
    ("undo nothing", [{ $0.undo() }, { $0.redo() }, { $0.yank() }], "|"),
  ]

  @Test(arguments: cases) func edits(_ name: String, steps: [Step], shown: String) {
    var text = EditedText()
    for step in steps { step(&text) }
    #expect(Self.show(text.buffer) == shown, "\(name)")
  }

  static func show(_ buffer: TextBuffer) -> String {
    var lines = buffer.lines
    lines[buffer.cursor.line].insert("|", at: buffer.cursor.column)
    return lines.map { String($0) }.joined(separator: "\n")
  }

  @Test func randomEditsKeepTheCursorInside() {
    var random = SeededGenerator(state: 7)
    let texts = ["a", "\n", "é", "\u{301}", "中", "👨‍👩‍👧", " ", "x\r\ny", "\u{1f1e9}", "\u{200d}"]
    let motions: [TextBuffer.Motion] = [
      .left, .right, .up, .down, .wordLeft, .wordRight, .lineStart, .lineEnd, .start, .end,
    ]
    var text = EditedText()
    for _ in 0..<20_000 {
      let motion = motions.randomElement(using: &random)!
      switch Int.random(in: 0..<10, using: &random) {
      case 0...2: text.type(texts.randomElement(using: &random)!)
      case 3...4: text.move(motion)
      case 5: text.delete(motion)
      case 6: text.kill(motion)
      case 7: text.yank()
      case 8: text.yankPop()
      default: Bool.random(using: &random) ? text.undo() : text.redo()
      }
      let (lines, cursor) = (text.buffer.lines, text.buffer.cursor)
      #expect(lines.indices.contains(cursor.line))
      #expect((0...lines[cursor.line].count).contains(cursor.column))
      #expect(
        lines
          == text.buffer.text.split(separator: "\n", omittingEmptySubsequences: false).map(
            Array.init))
      if text.buffer.text.utf8.count > 400 { text.kill(.start) }
    }
  }
}

extension EditedTextTests {
  /// Bytes held beside a line of 11 kB; whole copies would be 5 MB.
  @Test func undoKeepsDifferences() {
    var text = EditedText()
    let line = String(repeating: "local x = é + 1; ", count: 600)
    text.paste(line)
    for _ in 0..<150 {
      text.move(.wordLeft)
      text.type("ab")
      text.move(.left)
      text.delete(.left)
    }
    let edited = text.buffer.text
    #expect(text.heldBytes < 80_000, "\(text.heldBytes)")
    for _ in 0..<300 { text.undo() }
    #expect(text.buffer.text == line)
    for _ in 0..<300 { text.redo() }
    #expect(text.buffer.text == edited)
    #expect(text.heldBytes < 80_000, "\(text.heldBytes)")
  }

  @Test func undoHasALimit() {
    var text = EditedText(mostUndoBytes: 10_000)
    let line = String(repeating: "abcdefghi ", count: 100)
    for _ in 0..<30 {
      text.paste(line)
      text.delete(.lineStart)
    }
    #expect(text.heldBytes < 15_000, "\(text.heldBytes)")
    text.undo()
    #expect(text.buffer.text == line)
    // One step is kept, however large.
    text.restart()
    text.paste(String(repeating: line, count: 60))
    text.undo()
    #expect(text.buffer.isEmpty)
    text.redo()
    #expect(text.buffer.text.utf8.count == 60_000)
  }

  /// Compared with whole copies of each text.
  @Test func undoGivesBackEveryText() {
    var random = SeededGenerator(state: 11)
    let pieces = ["a", "é", "e", "\u{301}", "中", "👨‍👩‍👧", "🇩", "🇪", "\n", "x\ny", "\u{200d}"]
    let motions: [TextBuffer.Motion] = [.left, .right, .up, .start, .end, .wordLeft]
    var text = EditedText()
    var states: [TextBuffer] = []
    for _ in 0..<600 {
      text.move(motions.randomElement(using: &random)!)
      let before = text.buffer
      if Int.random(in: 0..<3, using: &random) > 0 {
        text.paste(pieces.randomElement(using: &random)!)
      } else {
        text.delete(.left)
      }
      if before.text.utf8.elementsEqual(text.buffer.text.utf8) == false { states.append(before) }
    }
    for state in states.reversed() {
      text.undo()
      #expect(text.buffer.text.utf8.elementsEqual(state.text.utf8))
      #expect(text.buffer.cursor == state.cursor)
    }
    #expect(text.buffer.isEmpty)
  }
}

/// A seeded generator, so that a failure can be reproduced.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 31
  }
}
