import Testing

@testable import Charts

@Suite struct MarkTests {
  private func error(_ make: () throws -> Mark) -> ChartError? {
    do {
      _ = try make()
      return nil
    } catch { return error as? ChartError }
  }

  @Test func lengthsAreCompared() throws {
    let line = error { try .line(x: [1, 2, 3], y: [1, 2], name: "validation") }
    #expect(
      line
        == .differentLengths(
          series: "validation", first: "x", firstCount: 3, second: "y", secondCount: 2))
    #expect(
      line?.description == "series 'validation': x and y differ in length (3 and 2)")
    let two = [1.0, 2]
    #expect(error { try .points(x: two, y: [1]) } != nil)
    #expect(error { try .bars(x: two, heights: [1]) } != nil)
    #expect(error { try .bars(x: two, heights: two, errors: .symmetric([1])) } != nil)
    #expect(error { try .lyingBars(y: two, lengths: [1]) } != nil)
    #expect(error { try .lyingBars(y: two, lengths: two, errors: .symmetric([1])) } != nil)
    #expect(error { try .lyingBars(y: two, lengths: two, tooltips: ["a"]) } != nil)
    #expect(error { try .band(x: two, low: [1], high: two) } != nil)
    #expect(error { try .band(x: two, low: two, high: [1]) } != nil)
    #expect(error { try .errorBars(x: two, y: [1], errors: .symmetric(two)) } != nil)
    #expect(error { try .errorBars(x: two, y: two, errors: .range(low: two, high: [1])) } != nil)
    #expect(error { try .errorBars(x: two, y: two, errors: .range(low: [1], high: two)) } != nil)
    #expect(error { try .text(["a"], x: two, y: two) } != nil)
    #expect(error { try .text(["a", "b"], x: two, y: [1]) } != nil)
    #expect(error { try .line(x: two, y: two, tooltips: ["a"]) } != nil)
    #expect(error { try .line(x: two, y: two, tooltips: ["a", "b"]) } == nil)
  }

  @Test func automaticColorsDifferFromThoseAskedFor() throws {
    let marks = [
      try Mark.line(x: [1], y: [1]), try .line(x: [1], y: [1], style: Style(color: .index(0))),
      try .line(x: [1], y: [1], style: Style(color: .own(Color(0xFF0000)))),
      try .line(x: [1], y: [1]), .verticalRule(x: 1),
      try .line(x: [1], y: [1], style: Style(color: .index(-1))),
    ]
    let resolved = ResolvedMark.resolve(Panel(marks: marks))
    #expect(resolved.map(\.series) == [1, 0, 2, 3, nil, 6])
  }

  @Test func scaleOfColorsGrowsLighter() {
    let colors = (0...100).map { Palette.scale(Double($0) / 100).luminance }
    #expect(zip(colors, colors.dropFirst()).allSatisfy { $0 < $1 })
    #expect(Palette.scale(0) == Color(0x440154) && Palette.scale(1) == Color(0xFDE725))
  }
}
