import Charts

/// A number per feature and model as bars.
struct FeatureBars {
  let features: [String]
  /// What the numbers are.
  let label: String
  var models: [(name: String, values: [Double], errors: [Double]?)]

  /// Bars lie, with the names beside them, where the names would not fit below them in a terminal of 80
  /// columns, or where upright bars would be thin.
  var areLying: Bool {
    features.reduce(0) { $0 + $1.count + 2 } > 64 || features.count * models.count > 24
  }

  /// - Throws: `ChartError`.
  func panel() throws -> Panel {
    guard areLying else {
      return Panel(
        xAxis: Axis(label: "feature", scale: .category(features)), yAxis: Axis(label: label),
        marks: try models.map { name, values, errors in
          try .bars(
            x: features.indices.map(Double.init), heights: values,
            errors: errors.map { .symmetric($0) }, name: name)
        })
    }
    // The first feature is the highest.
    let places = features.indices.reversed().map(Double.init)
    return Panel(
      xAxis: Axis(label: label),
      yAxis: Axis(label: "feature", scale: .category(features.reversed())),
      marks: try models.map { name, values, errors in
        try .lyingBars(
          y: places, lengths: values, errors: errors.map { .symmetric($0) }, name: name)
      })
  }
}
