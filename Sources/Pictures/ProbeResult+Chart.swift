import Charts
import Learning
import Tensors

extension ProbeResult {
  /// The first column as bars, one per feature, with the standard errors that it has.
  ///
  /// - Throws: `ArgumentError` for a probe without columns.
  public func chart() throws -> Chart {
    guard let column = shownColumn, let values = self.column(column) else {
      throw ArgumentError("probe", mustBe: "one with a number per feature", got: probe)
    }
    let errors = standardErrors(of: column)
    return Chart(panels: [
      Panel(
        title: errors == nil ? "" : "with standard errors",
        xAxis: Axis(label: "feature", scale: .category(features)), yAxis: Axis(label: column),
        marks: [
          try .bars(
            x: features.indices.map(Double.init), heights: values,
            errors: errors.map { .symmetric($0) })
        ])
    ])
  }

  private var shownColumn: String? { names.first { column($0) != nil } }

  private func standardErrors(of name: String) -> [Double]? {
    column("\(name)_error") ?? column("standard_error") ?? column("error")
  }
}
