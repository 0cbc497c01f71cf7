/// The characters that the fonts of this machine have. Where none has one, Cairo's terminals of gnuplot
/// would paint a box that covers the whole picture.
struct InstalledFonts {
  private let ranges: [ClosedRange<UInt32>]

  /// Asks fontconfig's program `fc-list`; without it, there are only those of
  /// `FontWidths`.
  init(_ folder: TemporaryFolder) {
    let output = folder.path + "/fonts"
    _ = try? GnuplotProcess.run(["fc-list", ":", "charset"], output: output)
    // Lines such as ":charset=20-7e a0-17f 192".
    let text = String(decoding: readFile(output), as: UTF8.self)
    ranges = text.split(whereSeparator: { "= :\n".contains($0) }).compactMap { range in
      let ends = range.split(separator: "-").compactMap { UInt32($0, radix: 16) }
      guard let first = ends.first, let last = ends.last, first <= last else { return nil }
      return first...last
    }
  }

  /// The text with "□" for what no font has.
  func shown(_ text: String) -> String {
    String(
      cleaned(text).map { character in
        FontWidths.hasWidths(String(character)) || hasGlyphs(character) ? character : "□"
      })
  }

  private func hasGlyphs(_ character: Character) -> Bool {
    character.unicodeScalars.allSatisfy { scalar in
      scalar.properties.generalCategory == .format || ranges.contains { $0.contains(scalar.value) }
    }
  }
}
