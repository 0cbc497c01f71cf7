import Testing

@testable import LuaSyntax

@Suite struct ErrorPlaceTests {
  /// A line, a message about it, and the marks under the line.
  static let places: [(line: String, message: String, marks: String)] = [
    (
      "local y = x.y.z", "attempt to index a nil value (field 'y')",
      "            ^"
    ),
    ("return y.a + y", "attempt to index a nil value (global 'y')", "       ^"),
    (
      "return a.y + y", "attempt to perform arithmetic on a nil value (global 'y')",
      "             ^"
    ),
    (
      "f = x.f; x.f()", "[3]:1: attempt to call a nil value (field 'f')",
      "           ^"
    ),
    ("x:walk()", "attempt to call a nil value (method 'walk')", "  ^^^^"),
    (
      "table.insert(nil, 1)", "bad argument #1 to 'insert' (table expected, got nil)",
      "      ^^^^^^"
    ),
    (
      "lai.train{lamda=1, data=d}",
      "[1]:1: train: unknown option 'lamda' (did you mean 'lambda'?)", "          ^^^^^"
    ),
    (
      "x = lai.loss.lai{lambda=-1}", "[1]:1: loss.lai: lambda must be > 0 (got -1)",
      "             ^^^"
    ),
    ("x['key'].y = 2", "attempt to index a nil value (field 'key')", "  ^^^^^"),
    ("-- y\n", "attempt to index a nil value (global 'y')", ""),
    ("error('no')", "no", ""),
  ]

  @Test(arguments: places) func isFound(_ line: String, message: String, marks: String) {
    let text = LuaText(line)
    let place = text.place(of: message, onLine: 1)
    #expect(place == (marks.isEmpty ? nil : marks.utf8.count { $0 == 32 }..<marks.utf8.count))
  }

  @Test func onlyTheLineCounts() {
    let text = LuaText("y = 1\nreturn x.y.z\ny = 2")
    #expect(text.place(of: "attempt to index a nil value (field 'y')", onLine: 2) == 15..<16)
    #expect(text.place(of: "attempt to index a nil value (field 'y')", onLine: 7) == nil)
    #expect(text.range(ofLine: 2) == 6..<18)
    #expect(text.range(ofLine: 4) == nil)
    #expect(text.line(of: 5) == 1)
    #expect(text.line(of: 6) == 2)
  }

  @Test func theRejectedWordIsTheFirst() {
    let text = LuaText("x = = = 3")
    #expect(text.rejectedWord { $0.contains("= =") } == 4..<5)
    #expect(text.rejectedWord { _ in false } == nil)
    #expect(text.rejectedWord { _ in true } == 0..<1)
  }
}
