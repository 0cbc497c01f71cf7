extension Character {
  /// The columns that a terminal uses for it: 0, 1 or 2. Characters of the classes W and F of
  /// Unicode's UAX #11 (East Asian Width) and emoji are wide. A cluster is as wide as its first
  /// visible scalar. Control characters have width 0; the code that draws them decides how they
  /// look.
  package var displayWidth: Int {
    if let ascii = asciiValue { return ascii >= 0x20 && ascii != 0x7f ? 1 : 0 }
    if unicodeScalars.contains("\u{fe0f}"), unicodeScalars.first!.properties.isEmoji { return 2 }
    for scalar in unicodeScalars where scalar.displayWidth > 0 { return scalar.displayWidth }
    return 0
  }
}

extension Unicode.Scalar {
  fileprivate var displayWidth: Int {
    switch properties.generalCategory {
    case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator:
      return 0
    default: break
    }
    if properties.isEmojiPresentation { return 2 }
    switch value {
    case 0x1160...0x11ff: return 0  // medial and final Hangul letters join the initial one
    case 0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0xa4cf,
      0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f,
      0xff01...0xff60, 0xffe0...0xffe6, 0x17000...0x18cff, 0x1b000...0x1b2ff, 0x1f200...0x1f265,
      0x20000...0x3fffd:
      return 2
    default: return 1
    }
  }
}
