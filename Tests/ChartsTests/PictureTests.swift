import Charts
import Foundation
import Testing

@Suite struct Pictures {
  @Test func draw() throws {
    let all = Samples.all
    for (name, chart) in all {
      for ending in Chart.extensions {
        try chart.write(to: "/tmp/wt/charts-dev/pics/\(name)\(ending)")
      }
    }
  }
}
