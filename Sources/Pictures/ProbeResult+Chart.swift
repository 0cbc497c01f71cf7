import Charts
import Learning
import Tensors

extension ProbeResult {
  /// The first column as bars, one per feature, with the standard errors that it has; of partial
  /// dependence the mean prediction with its standard error, and the mean slope below it.
  ///
  /// - Throws: `ArgumentError` for a probe without columns.
  public func chart() throws -> Chart {
    if let values = column("values"), let mean = column("mean") { return try curve(values, mean) }
    guard let name = names.first(where: { column($0) != nil }), let heights = column(name) else {
      throw ArgumentError("probe", mustBe: "one with a number per feature", got: probe)
    }
    let bars = FeatureBars(
      features: features, label: name, models: [("", heights, column("standard_error"))])
    return Chart(panels: [try bars.panel()])
  }

  private func curve(_ values: [Double], _ mean: [Double]) throws -> Chart {
    let color = Style(color: .index(0))
    var marks: [Mark] = []
    if let errors = column("standard_error") {
      marks.append(
        try .band(
          x: values, low: zip(mean, errors).map { $0 - $1 },
          high: zip(mean, errors).map { $0 + $1 }, style: color))
    }
    marks.append(try .line(x: values, y: mean, style: color))
    let axis = Axis(label: features.first ?? "")
    var panels = [Panel(xAxis: axis, yAxis: Axis(label: "mean prediction"), marks: marks)]
    if let slope = column("slope") {
      panels.append(
        Panel(
          xAxis: axis, yAxis: Axis(label: "mean slope"),
          marks: [try .line(x: values, y: slope, style: color)]))
    }
    return Chart(panels: panels, columns: panels.count)
  }
}

extension ProbeComparison {
  /// Bars of each model beside each other, with standard errors.
  ///
  /// - Throws: `ChartError`.
  public func chart() throws -> Chart {
    let bars = FeatureBars(
      features: features, label: column,
      models: zip(models, numbers).map { ($0, $1.values, $1.errors) })
    return Chart(panels: [try bars.panel()])
  }
}
