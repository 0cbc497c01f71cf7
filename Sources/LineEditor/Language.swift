/// What the editor needs to know about the language. Offsets count bytes of UTF-8.
package protocol Language {
  /// Whether Enter submits the block. Otherwise Enter begins another line.
  func isComplete(_ text: String) -> Bool
  /// The indentation, in spaces, of a new line after this text.
  func indentation(after text: String) -> Int
  /// The same for a line with known content: one that closes a block is indented less.
  func indentation(of line: String, after text: String) -> Int
  /// The parts that are not in the plain style, in order, without overlap.
  func styles(of text: String) -> [StyledRange]
  /// The offsets of the bracket at or just before an offset and of its partner. Empty if there is
  /// no bracket; only the bracket itself if it has no partner.
  func brackets(in text: String, at offset: Int) -> [Int]
  /// The completions at an offset.
  func completions(in text: String, at offset: Int) -> Completions
}

extension Language {
  package func indentation(after text: String) -> Int { 0 }
  package func indentation(of line: String, after text: String) -> Int { indentation(after: text) }
  package func styles(of text: String) -> [StyledRange] { [] }
  package func brackets(in text: String, at offset: Int) -> [Int] { [] }
  package func completions(in text: String, at offset: Int) -> Completions { Completions() }
}

/// A range of bytes in one style.
package struct StyledRange: Equatable, Sendable {
  package var range: Range<Int>
  package var style: Style

  package init(_ range: Range<Int>, _ style: Style) { (self.range, self.style) = (range, style) }
}

/// The role of a part of the screen; `ScreenWriter` chooses its look.
package enum Style: Equatable, Sendable {
  case plain, keyword, string, number, comment, error
  case prompt, hint, match, selection, detail
}

/// Completions of a part of the text.
package struct Completions: Equatable, Sendable {
  package struct Candidate: Equatable, Sendable {
    package var text: String
    package var detail: String

    package init(_ text: String, detail: String = "") { (self.text, self.detail) = (text, detail) }
  }

  /// The bytes that a candidate replaces.
  package var range: Range<Int>
  package var candidates: [Candidate]
  /// Whether only these can stand there, as with a table's options. Then Tab completes even on a
  /// blank line; otherwise it indents a blank line.
  package var areOptions: Bool

  package init(
    _ range: Range<Int> = 0..<0, _ candidates: [Candidate] = [], areOptions: Bool = false
  ) {
    (self.range, self.candidates, self.areOptions) = (range, candidates, areOptions)
  }
}
