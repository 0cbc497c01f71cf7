import Foundation
import LineEditor
import LuaSyntax

/// The cost of typing at the prompt: decoding the key, colouring, layout and the bytes to send.
enum Typing {
  private struct Lua: LuaTextLanguage {
    func isComplete(_ text: String) -> Bool { false }
  }

  private struct Typist {
    var editor = Editor(language: Lua(), history: History((0..<10_000).map { "print(\($0))\nx" }))
    var view = View(columns: 100, rows: 50)
    var writer = ScreenWriter(columns: 100)
    var decoder = KeyDecoder()

    mutating func type(_ text: String) {
      for key in decoder.decode(text.utf8) { _ = editor.handle(key) }
      _ = writer.show(view.screen(of: editor))
    }
  }

  private static let line = "  local value = math.sin(x * 2) + t[\"name\"] -- a comment\n"

  /// Prints the time of a key in a block of 200 lines, and of a paste of 5,000 lines.
  ///
  /// - Throws: `BenchError` if a person would notice it: more than 5 ms for a key, or a second for
  ///   the paste.
  static func measure() throws {
    var typist = Typist()
    typist.type("\u{1b}[200~\(String(repeating: line, count: 200))\u{1b}[201~")
    let keys = ["x", " ", "=", "\r", "e", "n", "d", "\u{1b}[A", "(", "\u{7f}", "\u{1b}[D", "y"]
    let times = medians(
      (0..<240).map { step in
        [microseconds(a: 1) { typist.type(keys[step % keys.count]) }]
      })
    print("a key in a block of 200 lines: \(number(times[0] / 1e3, 2)) ms (median)")
    let paste = "\u{1b}[200~\(String(repeating: line, count: 5_000))\u{1b}[201~"
    let pasting = microseconds(a: 1) {
      var typist = Typist()
      typist.type(paste)
    }
    print("5,000 lines pasted: \(number(pasting / 1e3, 0)) ms")
    guard times[0] < 5e3, pasting < 1e6 else { throw BenchError("typing is slow") }
  }
}
