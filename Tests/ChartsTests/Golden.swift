import Foundation
import Testing

/// Files that say what is expected. LAI_RECORD=1 writes them anew; look at them then.
enum Golden {
  static func check(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    if ProcessInfo.processInfo.environment["LAI_RECORD"] == "1" {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      try text.write(
        to: folder.appendingPathComponent("Fixtures/\(name)"), atomically: true, encoding: .utf8)
      return
    }
    let file = Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name)")
    let expected = try String(contentsOf: file, encoding: .utf8)
    guard text != expected else { return }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let place = zip(lines, wanted).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let line = place ?? min(lines.count, wanted.count)
    Issue.record(
      """
      \(name) differs in line \(line + 1):
      \(line < lines.count ? lines[line] : "(the end)")
      expected:
      \(line < wanted.count ? wanted[line] : "(the end)")
      """, sourceLocation: sourceLocation)
  }
}
