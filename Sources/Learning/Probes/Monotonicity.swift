import Tensors

extension Probe {
  /// Whether a network's outputs only rise, or only fall, with each feature.
  public static let monotonicity = Probe(
    "monotonicity", title: "Monotonicity",
    "How often the outputs rise, and how often they fall, with each feature.",
    details: """
      The share of the rows with ∂ŷ/∂x > 0 and with ∂ŷ/∂x < 0, and the mean of ∂ŷ/∂x with its sign.
      On these rows the network is monotonic in a feature where one of the shares is 0.
      With several outputs, all numbers are means over them.
      """,
    columns: [
      Column("rising", "Share of the rows with a slope > 0."),
      Column("falling", "Share of the rows with a slope < 0."),
      Column("signed_slope", heading: "mean slope", "Mean of the slopes, with their signs."),
    ]
  ) { net, rows, _ in
    try AllocationError.check(rows.count, bytesEach: 8 * net.outputs * net.inputs)
    let slopes = try rows.elements { try net.inputGradient($0) }
    let share = 1 / Double(rows.count * net.outputs)
    var sums = [[Double]](repeating: Array(repeating: 0, count: net.inputs), count: 3)
    for (index, slope) in slopes.enumerated() {
      let feature = index % net.inputs
      if slope > 0 { sums[0][feature] += 1 }
      if slope < 0 { sums[1][feature] += 1 }
      sums[2][feature] += slope
    }
    return Findings(columns: sums.map { $0.map { $0 * share } })
  }
}
