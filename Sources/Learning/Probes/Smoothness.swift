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
    options: [SlopeUnits.option],
    numbers: [Column("variance", "Variance of the outputs (divisor n).")],
    columns: [
      Column("mean_slope", heading: "mean |slope|", "Mean |∂ŷ/∂x|."),
      Column(
        "slope_p95", heading: "95th percentile",
        "95th percentile of |∂ŷ/∂x|, interpolated linearly."),
    ]
  ) { net, rows, options in
    let units = SlopeUnits(options)
    // All outputs or slopes, and those of a column.
    try AllocationError.check(rows.count, bytesEach: 24 * net.outputs * (net.inputs + 1))
    let outputs = Double(net.outputs)
    let values = try rows.elements { x in
      let y = try net(x)
      return try units == .original ? net.scaler?.inverseTarget(y) ?? y : y
    }
    let variance =
      (0..<net.outputs).reduce(0.0) { sum, output in
        sum + stride(from: output, to: values.count, by: net.outputs).map { values[$0] }.variance
      } / outputs
    let slopes = try rows.elements { try net.inputGradient($0, units: units) }
    let width = net.outputs * net.inputs
    var mean = [Double](repeating: 0, count: net.inputs)
    var high = mean
    for column in 0..<width {
      var sizes = stride(from: column, to: slopes.count, by: width).map { abs(slopes[$0]) }
      mean[column % net.inputs] += sizes.reduce(0, +) / Double(rows.count) / outputs
      high[column % net.inputs] += sizes.percentile(0.95) / outputs
    }
    return Findings(numbers: [variance], columns: [mean, high])
  }
}
