import Tensors

extension Probe {
  /// How much a network's outputs vary, and how steep it is.
  public static let smoothness = Probe(
    "smoothness", title: "Smoothness",
    "Variance of the outputs, and size of the slopes per feature.",
    details: """
      variance: of the outputs on x, with divisor n. Slopes: |∂ŷ/∂x| over the rows.
      With several outputs, all numbers are means over them (arXiv 2405.07884, §6). x is scaled as the
      network takes it, whatever the units.
      """,
    options: [.features, SlopeUnits.option()],
    numbers: [Column("variance", "Variance of the outputs (divisor n).")],
    columns: [
      Column("mean_slope", heading: "mean |slope|", "Mean |∂ŷ/∂x|."),
      Column(
        "slope_p95", heading: "95th percentile",
        "95th percentile of |∂ŷ/∂x|, interpolated linearly."),
      .standardError("Standard error of the mean |∂ŷ/∂x|; rows are a sample."),
    ]
  ) { net, rows, options in
    // All outputs or slopes, and those of a column.
    try AllocationError.check(rows.count, bytesEach: 24 * net.outputs * (net.inputs + 1))
    let (inputs, outputs) = (net.inputs, net.outputs)
    let scales = rows.outputScales(options)
    let values = try rows.elements { try net($0) }
    let variance =
      (0..<outputs).reduce(0.0) { sum, output in
        let scale = scales[output % scales.count]
        return sum
          + stride(from: output, to: values.count, by: outputs).map { values[$0] * scale }.variance
      } / Double(outputs)
    let slopes = try rows.elements { try net.inputGradient($0) }
    let slopeScale = rows.slopeScale(options)
    var found = SampleMeans(for: rows)
    var high: [Double] = []
    for feature in rows.features {
      var means = [Double](repeating: 0, count: rows.count)
      var percentile = 0.0
      for output in 0..<outputs {
        let scale = slopeScale(output, feature)
        var sizes = (0..<rows.count).map {
          abs(slopes[($0 * outputs + output) * inputs + feature]) * scale
        }
        for row in 0..<rows.count { means[row] += sizes[row] / Double(outputs) }
        percentile += sizes.percentile(0.95) / Double(outputs)
      }
      found.append(means)
      high.append(percentile)
    }
    return Findings(
      numbers: [variance], columns: [found.means, high, found.errors], samples: found.samples)
  }
}
