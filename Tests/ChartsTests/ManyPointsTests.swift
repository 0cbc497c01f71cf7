import Foundation
import Testing

@testable import Charts

/// Many points are drawn as the few that can be seen; `scripts/bench charts` times a million.
@Suite struct ManyPointsTests {
  private static let count = 200_000
  private static let x = (0..<count).map(Double.init)
  private static let y = x.map { sin($0 / Double(count) * 33) + 0.3 * sin($0 * 1.7) }

  private func check(_ marks: [Mark], _ scale: Axis.Scale = .linear, bytes: Int) {
    let chart = Chart(panels: [Panel(xAxis: Axis(scale: scale), marks: marks)])
    for render in [TerminalRenderer().render, SVGRenderer().render] {
      #expect(render(chart).utf8.count < bytes)
    }
  }

  @Test func line() throws { check([try .line(x: Self.x, y: Self.y)], bytes: 100_000) }
  @Test func points() throws { check([try .points(x: Self.x, y: Self.y)], bytes: 6_000_000) }
  @Test func logAxis() throws { check([try .line(x: Self.x, y: Self.y)], .log, bytes: 100_000) }
  @Test func band() throws {
    check([try .band(x: Self.x, low: Self.y, high: Self.y.map { $0 + 1 })], bytes: 100_000)
  }
}
