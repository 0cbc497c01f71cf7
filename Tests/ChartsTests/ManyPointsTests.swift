import Foundation
import Testing

@testable import Charts

/// A million points; fewer, and without a limit of time, in builds without optimisation.
@Suite(.serialized) struct ManyPointsTests {
  #if DEBUG
    private static let count = 50_000
  #else
    private static let count = 1_000_000
  #endif
  private static let x = (0..<count).map(Double.init)
  private static let y = x.map { sin($0 / Double(count) * 33) + 0.3 * sin($0 * 1.7) }

  private func check(_ marks: [Mark], _ scale: Axis.Scale = .linear, bytes: Int) {
    let chart = Chart(panels: [Panel(xAxis: Axis(scale: scale), marks: marks)])
    for render in [TerminalRenderer().render, SVGRenderer().render] {
      var durations: [Duration] = []
      // Other tests run at the same time.
      for _ in 0..<3 where durations.last.map({ $0 > .seconds(0.2) }) != false {
        let start = ContinuousClock.now
        let text = render(chart)
        durations.append(ContinuousClock.now - start)
        #expect(text.utf8.count < bytes)
      }
      #if !DEBUG
        #expect(durations.min()! < .seconds(0.2))
      #endif
    }
  }

  @Test func line() throws { check([try .line(x: Self.x, y: Self.y)], bytes: 100_000) }
  @Test func points() throws { check([try .points(x: Self.x, y: Self.y)], bytes: 6_000_000) }
  @Test func logAxis() throws { check([try .line(x: Self.x, y: Self.y)], .log, bytes: 100_000) }
  @Test func band() throws {
    check([try .band(x: Self.x, low: Self.y, high: Self.y.map { $0 + 1 })], bytes: 100_000)
  }
}
