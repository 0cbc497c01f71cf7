import Testing

@testable import LineEditor

@Suite struct DisplayWidthTests {
  /// Widths by UAX #11 and, for emoji, as terminals draw them.
  static let cases: [(character: Character, width: Int)] = [
    ("a", 1), (" ", 1), ("é", 1), ("e\u{301}", 1), ("ж", 1), ("λ", 1), ("→", 1),
    ("中", 2), ("。", 2), ("Ａ", 2), ("ｱ", 1), ("あ", 2), ("한", 2), ("\u{1112}\u{1161}\u{11ab}", 2),
    ("😀", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("👍🏽", 2), ("❤\u{fe0f}", 2), ("❤", 1), ("1\u{fe0f}\u{20e3}", 2),
    ("\u{301}", 0), ("\u{200d}", 0), ("\u{200b}", 0), ("\u{1}", 0), ("\u{7f}", 0), ("\u{85}", 0),
    ("𠀀", 2),
  ]

  @Test(arguments: cases) func isMeasured(_ character: Character, width: Int) {
    #expect(character.displayWidth == width)
  }
}
