import Charts
import Foundation
import Testing

@Suite struct Pictures {
  @Test func draw() throws {
    for (name, chart) in Samples.all {
      try SVGRenderer().render(chart).write(toFile: "/tmp/wt/charts-dev/pics/\(name).svg", atomically: true, encoding: .utf8)
      for width in [120, 80, 40] {
        for charset in TerminalRenderer.Charset.allCases {
          for colors in TerminalRenderer.Colors.allCases {
            try TerminalRenderer(width: width, colors: colors, charset: charset).render(chart).write(toFile: "/tmp/wt/charts-dev/pics/\(name)-\(width)-\(charset)-\(colors).txt", atomically: true, encoding: .utf8)
          }
        }
      }
    }
  }
}
