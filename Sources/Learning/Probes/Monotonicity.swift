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
    options: [.features],
    columns: [
      Column("rising", "Share of the rows with a slope > 0."),
      Column("falling", "Share of the rows with a slope < 0."),
      Column("signed_slope", heading: "mean slope", "Mean of the slopes, with their signs."),
      .standardError("Standard error of the mean slope; rows are a sample."),
    ],
    principal: "signed_slope"
  ) { net, rows, _ in
    try AllocationError.check(rows.count, bytesEach: 8 * net.outputs * (net.inputs + 1) + 16)
    let slopes = try rows.elements { try net.inputGradient($0) }
    let share = 1 / Double(rows.count * net.outputs)
    var (rising, falling): ([Double], [Double]) = ([], [])
    var found = SampleMeans(for: rows)
    for feature in rows.features {
      let own = stride(from: feature, to: slopes.count, by: net.inputs).map { slopes[$0] }
      rising.append(Double(own.count { $0 > 0 }) * share)
      falling.append(Double(own.count { $0 < 0 }) * share)
      found.append(
        (0..<rows.count).map { row in
          own[(row * net.outputs)..<((row + 1) * net.outputs)].reduce(0, +) / Double(net.outputs)
        })
    }
    return Findings(
      columns: [rising, falling, found.means, found.errors], samples: found.samples)
  }
}
