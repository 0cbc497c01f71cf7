import Foundation
import Testing

@testable import LineEditor

/// Random bytes: whatever is typed, the screen fits the window and the terminal shows it.
///
/// With `LAI_FUZZ_SECONDS=600` in the environment, further seeds are tried for that time.
@Suite struct FuzzTests {
  private static let pieces: [[UInt8]] =
    [
      "\u{1b}[200~", "\u{1b}[201~", "\u{1b}[A", "\u{1b}[B", "\u{1b}[D", "\r", "\t", "\u{1b}", "(",
      ")",
    ]
    .map { Array($0.utf8) }
    + [
      "中", "é", "e\u{301}", "\u{301}", "👨‍👩‍👧", "🇩", "\u{200d}", "🏽", "ா", "\u{1112}", "\u{1161}",
      "\u{fe0f}",
    ]
    .map { Array($0.utf8) }
    + ["a", "pr", " ", "word ", "12", "\n"].map { Array($0.utf8) }

  private static let shapes = [(20, 6), (1, 1), (2, 3), (7, 2), (80, 24), (5, 9)]

  private static let seconds =
    ProcessInfo.processInfo.environment["LAI_FUZZ_SECONDS"].flatMap(Double.init)

  @Test(arguments: shapes, [1, 2, 3]) func bytes(_ shape: (Int, Int), seed: UInt64) {
    if let problem = Self.type(shape, seed: seed) { Issue.record("\(problem)") }
  }

  @Test(.enabled(if: seconds != nil)) func bytesForLong() {
    let end = ContinuousClock.now + .seconds(Self.seconds ?? 0)
    var seed: UInt64 = 4
    while ContinuousClock.now < end {
      for shape in Self.shapes {
        if let problem = Self.type(shape, seed: seed) {
          Issue.record("\(problem)")
          return
        }
      }
      seed += 1
    }
    print("\(seed - 4) seeds of random bytes for \(Self.shapes.count) windows")
  }

  /// Types random bytes into a window and returns what went wrong.
  private static func type(_ shape: (Int, Int), seed: UInt64) -> String? {
    var random = SeededGenerator(state: seed)
    var simulation = Simulation(
      columns: shape.0, rows: shape.1, history: ["print(1)", "(a\nb)", "中文 word"], limit: 50)
    for step in 0..<2_000 {
      let bytes =
        Int.random(in: 0..<3, using: &random) == 0
        ? (0..<3).map { _ in UInt8.random(in: 0...255, using: &random) }
        : pieces.randomElement(using: &random)!
      for key in simulation.decoder.decode(bytes) {
        simulation.press(key)
        guard isConsistent(&simulation) else {
          return "seed \(seed), window \(shape), step \(step), \(key): \(simulation.terminal.shown)"
        }
      }
      if simulation.editor.text.buffer.text.utf8.count > 2_000 { simulation.press(.control("c")) }
    }
    return nil
  }

  private static func isConsistent(_ simulation: inout Simulation) -> Bool {
    let (terminal, buffer) = (simulation.terminal, simulation.editor.text.buffer)
    let screen = simulation.view.screen(of: simulation.editor)
    guard buffer.lines.indices.contains(buffer.cursor.line),
      (0...buffer.lines[buffer.cursor.line].count).contains(buffer.cursor.column),
      (1...terminal.rows).contains(screen.rows.count),
      screen.rows.allSatisfy({ $0.reduce(0) { $0 + $1.width } <= terminal.columns }),
      screen.rows.indices.contains(screen.cursor.row),
      (0..<terminal.columns).contains(screen.cursor.column),
      terminal.mistakes.isEmpty, terminal.column == screen.cursor.column
    else { return false }
    let top = terminal.row - screen.cursor.row
    return (0..<terminal.rows - top).allSatisfy { row in
      var text = row < screen.rows.count ? String(screen.rows[row].map(\.character)) : ""
      while text.last == " " { text.removeLast() }
      return terminal.line(top + row) == text
    }
  }
}
