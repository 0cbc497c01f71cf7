import Testing

@testable import LuaBindings

@Suite struct ProgressBarTests {
  private let text = "  43 %  1 s left  epoch 13"

  @Test func barHasItsWidthWhereThereIsRoom() {
    let half = String(repeating: "━", count: 15) + String(repeating: "╌", count: 15)
    #expect(ProgressBar.line(0.5, text, columns: 200) == half + text)
    #expect(ProgressBar.line(0.5, text, columns: 30 + text.count + 1) == half + text)
  }

  @Test("a line never reaches the last column", arguments: 1...80) func narrow(columns: Int) {
    for share in [0, 0.3, 1] {
      let line = ProgressBar.line(share, text, columns: columns)
      #expect(line.count <= columns - 1)
      #expect(line.isEmpty || line.hasSuffix(text) || text.contains(line))
      #expect(line.hasSuffix(text) == (columns > text.count + 6))
    }
  }
}
