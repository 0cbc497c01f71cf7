import Foundation
import Testing

@testable import Charts

@Suite struct TerminalTests {
  private static let names = Samples.all.map(\.name)

  @Test(arguments: names, [40, 80, 120])
  func golden(name: String, width: Int) throws {
    for charset in TerminalRenderer.Charset.allCases {
      let renderer = TerminalRenderer(width: width, charset: charset)
      try Golden.check(renderer.render(Samples.chart(name)), "\(name)-\(width)-\(charset).txt")
    }
  }

  /// Few rows, since an escape sequence is longer than what it colours.
  @Test(arguments: [
    ("curves", 40), ("sweep", 80), ("probes", 120), ("landscape", 80), ("names", 80),
  ])
  func goldenColors(name: String, width: Int) throws {
    for colors in TerminalRenderer.Colors.allCases where colors != .none {
      for charset in TerminalRenderer.Charset.allCases {
        let renderer = TerminalRenderer(width: width, height: 14, colors: colors, charset: charset)
        try Golden.check(
          renderer.render(Samples.chart(name)), "\(name)-\(width)-\(charset)-\(colors).txt")
      }
    }
  }

  @Test(arguments: names)
  func noLineIsWiderThanTheTerminal(name: String) {
    let chart = Samples.chart(name)
    for width in Array(1...24) + [29, 30, 33, 47, 133] {
      for charset in TerminalRenderer.Charset.allCases {
        let height = width % 3 == 0 ? 1 : width % 3 == 1 ? 7 : nil
        let renderer = TerminalRenderer(width: width, height: height, charset: charset)
        let text = renderer.render(chart)
        #expect(text.hasSuffix("\n"))
        let isNarrow = text.split(separator: "\n").allSatisfy { line in
          line.last != " " && line.last != "\u{2800}" && String(line).displayWidth <= width
        }
        #expect(isNarrow, "\(width) columns:\n\(text)")
      }
    }
  }

  @Test(arguments: names)
  func asciiIsASCIIWithoutEscapes(name: String) {
    for width in [10, 40, 100] {
      let text = TerminalRenderer(width: width, charset: .ascii).render(Samples.chart(name))
      #expect(text.utf8.allSatisfy { $0 == 10 || 0x20...0x7e ~= $0 })
    }
  }

  @Test(arguments: names)
  func colorsChangeNoCharacterOfLinesAndText(name: String) {
    let bright = TerminalRenderer(width: 80, colors: .trueColor, charset: .ascii)
    let plain = TerminalRenderer(width: 80, charset: .ascii)
    let chart = Samples.chart(name)
    #expect(TerminalTests.withoutEscapes(bright.render(chart)) == plain.render(chart))
    #expect(!plain.render(chart).contains("\u{1b}"))
  }

  @Test func tenColumns() throws {
    let chart = Samples.chart("curves")
    let text = TerminalRenderer(width: 10).render(chart)
    #expect(!text.contains("RMSE"), "there are no labels of axes")
    #expect(text.contains("└"))
  }

  @Test func blanksBetweenBrailleAreBraille() throws {
    let mark = try Mark.points(x: [0, 10], y: [0, 0])
    let text = TerminalRenderer(width: 30, height: 8).render(Chart(panels: [Panel(marks: [mark])]))
    let line = try #require(text.split(separator: "\n").first { $0.contains("⠁") })
    let plot = line.drop { $0 != "┤" && $0 != "│" }.dropFirst()
    #expect(!plot.contains(" "))
    #expect(plot.contains("\u{2800}"))
    let bars = try Mark.bars(x: [0, 5], heights: [1, 1])
    let blocks = TerminalRenderer(width: 30).render(Chart(panels: [Panel(marks: [bars])]))
    #expect(!blocks.contains("\u{2800}"))
  }

  @Test func dotsAreAtTheirPlaces() throws {
    // Limits without margins: the corners and the middle of a plot.
    let panel = Panel(
      xAxis: try Axis(from: 0, to: 1), yAxis: try Axis(from: 0, to: 1),
      marks: [try .points(x: [0, 1, 0, 1, 0.5], y: [0, 0, 1, 1, 0.5])])
    let text = TerminalRenderer(width: 23, height: 9).render(Chart(panels: [panel]))
    let rows = text.split(separator: "\n").compactMap { line -> String? in
      guard let start = line.firstIndex(where: { "┤│".contains($0) }) else { return nil }
      return String(line[line.index(after: start)...])
    }
    #expect(rows.count == 7)
    #expect(rows.first?.first == "⠁" && rows.first?.last == "⠈")
    #expect(rows.last?.first == "⡀" && rows.last?.last == "⢀")
    #expect(rows.first?.count == 19)
    #expect(rows[3].count == 10)
  }

  @Test func barsHaveEighths() throws {
    let heights = (0...8).map { Double($0) / 8 }
    let panel = Panel(
      xAxis: Axis(scale: .category(heights.map { _ in "" })), yAxis: try Axis(from: 0, to: 7),
      marks: [try .bars(x: heights.indices.map(Double.init), heights: heights)])
    let text = TerminalRenderer(width: 74, height: 9).render(Chart(panels: [panel]))
    let lines = text.split(separator: "\n")
    let bottom = try #require(lines.last { $0.contains("█") })
    #expect(Set(bottom).isSuperset(of: "▁▂▃▄▅▆▇█"))
  }

  @Test func negativeBarsHangFromTheBase() throws {
    let panel = Panel(marks: [try .bars(x: [0, 1], heights: [2, -2])])
    for charset in TerminalRenderer.Charset.allCases {
      let text = TerminalRenderer(width: 40, height: 12, charset: charset)
        .render(Chart(panels: [panel]))
      let full = text.split(separator: "\n").map { line in
        line.enumerated().filter { "█#".contains($0.element) }.map(\.offset)
      }.filter { !$0.isEmpty }
      #expect(full.first!.allSatisfy { $0 < 22 } && full.last!.allSatisfy { $0 > 18 })
    }
  }

  @Test func commandsOfTerminalsAreNotWritten() throws {
    let nasty = "a\u{1b}[31mred\u{7}\u{9b}2J\r\nb\u{202e}c"
    let panel = Panel(
      title: nasty, xAxis: Axis(label: nasty, scale: .category([nasty])),
      yAxis: Axis(label: nasty),
      marks: [
        try .bars(x: [0], heights: [1], name: nasty), try .text([nasty], x: [0], y: [0.5]),
      ])
    let chart = Chart(title: nasty, panels: [panel])
    for charset in TerminalRenderer.Charset.allCases {
      let text = TerminalRenderer(width: 60, charset: charset).render(chart)
      for scalar in text.unicodeScalars where scalar != "\n" {
        #expect(scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value))
        #expect(scalar.value != 0x202e)
      }
    }
  }

  @Test func textsInFrontOfColorsHaveNoneBehind() throws {
    let grid = try Grid(x: [0, 1], y: [0, 1], values: [0, 1, 2, 3])
    let panel = Panel(marks: [.heatMap(grid), try .text(["here"], x: [0.5], y: [0.2])])
    let text = TerminalRenderer(width: 60, colors: .trueColor).render(Chart(panels: [panel]))
    #expect(text.contains("\u{1b}[0mhere\u{1b}["))
  }

  @Test func barsBehindDotsKeepTheirColor() throws {
    let panel = Panel(
      marks: [
        try .bars(x: [0], heights: [4]),
        .horizontalRule(y: 2, style: Style(dash: .solid)),
      ])
    let text = TerminalRenderer(width: 40, colors: .trueColor).render(Chart(panels: [panel]))
    #expect(text.contains("[48;2;0;135;175m"))
  }

  @Test func nearestColorsOfXterm() {
    #expect(Color(0xFF0000).ansi256 == 196 && Color(0x808080).ansi256 == 244)
    #expect(Color(0xFFFFFF).ansi256 == 231 && Color(0x5F87AF).ansi256 == 67)
  }

  @Test func wideCharactersTakeTwoColumns() throws {
    let panel = Panel(
      yAxis: Axis(scale: .category(["漢字", "🎉", "ab"])),
      marks: [try .points(x: [1, 2, 3], y: [0, 1, 2])])
    let text = TerminalRenderer(width: 40).render(Chart(panels: [panel]))
    let ends = text.split(separator: "\n").compactMap { line -> Int? in
      line.firstIndex { "┤│".contains($0) }.map { String(line[..<$0]).displayWidth }
    }
    #expect(Set(ends) == [4])
    #expect(text.contains("漢字┤") && text.contains("  🎉┤") && text.contains("  ab┤"))
  }

  static func withoutEscapes(_ text: String) -> String {
    text.replacingOccurrences(
      of: "\u{1b}\\[[0-9;]*m", with: "", options: .regularExpression)
  }
}
