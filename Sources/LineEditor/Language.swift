/// What the editor asks about the language that is typed. Offsets count bytes of UTF-8.
package protocol Language {
  /// Whether Enter hands the block over; else it begins another line.
  func isComplete(_ text: String) -> Bool
  /// How many blanks a new line behind this text begins with.
  func indentation(after text: String) -> Int
  /// The same for a line of which the words are known: one that closes a block stands further left.
  func indentation(of line: String, after text: String) -> Int
  /// Parts in another than the plain style, in order, none over another.
  func styles(of text: String) -> [StyledRange]
  /// Where the bracket at the offset or just before it stands, and its partner; empty if neither is
  /// one, and only itself if it has no partner.
  func brackets(in text: String, at offset: Int) -> [Int]
  /// What could stand around the offset.
  func completions(in text: String, at offset: Int) -> Completions
}

extension Language {
  package func indentation(after text: String) -> Int { 0 }
  package func indentation(of line: String, after text: String) -> Int { indentation(after: text) }
  package func styles(of text: String) -> [StyledRange] { [] }
  package func brackets(in text: String, at offset: Int) -> [Int] { [] }
  package func completions(in text: String, at offset: Int) -> Completions { Completions() }
}

/// Bytes in one style.
package struct StyledRange: Equatable, Sendable {
  package var range: Range<Int>
  package var style: Style

  package init(_ range: Range<Int>, _ style: Style) { (self.range, self.style) = (range, style) }
}

/// What a part of the screen is; the writer knows how that looks.
package enum Style: Equatable, Sendable {
  case plain, keyword, string, number, comment, error
  case prompt, hint, match, selection, detail
}

/// What may replace a part of the text.
package struct Completions: Equatable, Sendable {
  package struct Candidate: Equatable, Sendable {
    package var text: String
    package var detail: String

    package init(_ text: String, detail: String = "") { (self.text, self.detail) = (text, detail) }
  }

  /// The bytes that a candidate replaces.
  package var range: Range<Int>
  package var candidates: [Candidate]
  /// Whether nothing else can stand there, as with a table's options: then Tab on a blank line
  /// completes; otherwise it indents.
  package var areOptions: Bool

  package init(
    _ range: Range<Int> = 0..<0, _ candidates: [Candidate] = [], areOptions: Bool = false
  ) {
    (self.range, self.candidates, self.areOptions) = (range, candidates, areOptions)
  }
}
