import Charts
import Foundation
import Testing

/// What a terminal shows of a chart, compared with a file that says what is expected. LAI_RECORD=1
/// writes the files anew; look at them then.
enum Screens {
  /// At widths of 40, 80 and 120, in Unicode and ASCII; and in each kind of colours.
  static func text(_ chart: Chart) -> String {
    var text = ""
    for width in [40, 80, 120] {
      for charset in TerminalRenderer.Charset.allCases {
        text += "== \(width), \(charset)\n"
        text += TerminalRenderer(width: width, charset: charset).render(chart)
      }
    }
    for colors in TerminalRenderer.Colors.allCases where colors != .none {
      text += "== 40, \(colors)\n"
      text += TerminalRenderer(width: 40, height: 5, colors: colors).render(chart)
    }
    return text
  }

  static func check(
    _ chart: Chart, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(name).txt")
    let found = text(chart)
    if ProcessInfo.processInfo.environment["LAI_RECORD"] == "1" {
      return try found.write(to: file, atomically: true, encoding: .utf8)
    }
    let lines = found.split(separator: "\n", omittingEmptySubsequences: false)
    let expected = try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines != expected else { return }
    let place = zip(lines, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let line = place ?? min(lines.count, expected.count)
    let screen = lines.prefix(line + 1).last { $0.hasPrefix("== ") } ?? ""
    Issue.record(
      """
      \(name) differs in line \(line + 1) (\(screen)):
      \(line < lines.count ? lines[line] : "(the end)")
      expected:
      \(line < expected.count ? expected[line] : "(the end)")
      """, sourceLocation: sourceLocation)
  }
}
