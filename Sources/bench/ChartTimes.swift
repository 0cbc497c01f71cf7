import Charts
import Foundation

/// The time in which a chart of a million points is drawn.
enum ChartTimes {
  /// - Throws: `BenchError` for more than 0.2 s; `ChartError`.
  static func measure() throws {
    let x = (0..<1_000_000).map(Double.init)
    let y = x.map { sin($0 / 30_000) + 0.3 * sin($0 * 1.7) }
    let marks = [
      ("line", try Mark.line(x: x, y: y)), ("points", try Mark.points(x: x, y: y)),
      ("band", try Mark.band(x: x, low: y, high: y.map { $0 + 1 })),
    ]
    var slow: [String] = []
    for (name, mark) in marks {
      let chart = Chart(panels: [Panel(marks: [mark])])
      for (target, render) in [
        ("terminal", TerminalRenderer().render), ("SVG", SVGRenderer().render),
      ] {
        let times = medians((0..<7).map { _ in [microseconds(a: 1) { _ = render(chart) }] })
        print("\(name) of a million points, \(target): \(number(times[0] / 1e3, 1)) ms (median)")
        if times[0] > 200_000 { slow.append("\(name), \(target)") }
      }
    }
    guard slow.isEmpty else { throw BenchError("over 0.2 s: \(slow.joined(separator: "; "))") }
  }
}
