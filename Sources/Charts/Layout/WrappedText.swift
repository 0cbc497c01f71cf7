/// Lines of a text that are no wider than a width, and how they are made.
struct WrappedText {
  let measure: (String) -> Double

  /// Breaks at spaces, and within a word only where it is too wide for a line of its own.
  func lines(_ text: String, width: Double) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in cleaned(text).split(separator: " ").map(String.init) {
      let longer = line.isEmpty ? word : line + " " + word
      if measure(longer) <= width {
        line = longer
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = word
      while measure(line) > width, line.count > 1 {
        let start = longestStart(of: line, width)
        lines.append(start)
        line.removeFirst(start.count)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// The text, or its start and an ellipsis if it is wider.
  func shortened(_ text: String, width: Double, ellipsis: String) -> String {
    let text = cleaned(text)
    guard measure(text) > width else { return text }
    let start = longestStart(of: text, width - measure(ellipsis))
    return measure(start + ellipsis) <= width ? start + ellipsis : ""
  }

  /// At least one character.
  private func longestStart(of text: String, _ width: Double) -> String {
    var start = ""
    for character in text {
      guard start.isEmpty || measure(start + String(character)) <= width else { break }
      start.append(character)
    }
    return start
  }
}

/// A text for one line: control characters, among them the escape that starts a terminal's commands,
/// become spaces; characters that change the direction of writing are left out.
func cleaned(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x2028...0x2029: result.append(" ")
    case 0x202a...0x202e, 0x2066...0x2069, 0x200e...0x200f, 0x61c: continue
    case 0xfffe...0xffff: result.append("\u{fffd}")
    default: result.append(scalar)
    }
  }
  return String(result)
}
