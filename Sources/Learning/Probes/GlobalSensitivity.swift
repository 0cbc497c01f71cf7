import Foundation
import Tensors

extension Probe {
  /// Global sensitivity from slopes, and what it says of each feature's share of the variance.
  public static let dgsm = Probe(
    "dgsm", title: "GlobalSensitivity",
    "Mean squared slope per feature, and an upper bound of its total Sobol index.",
    details: """
      dgsm: νⱼ = mean (∂ŷ/∂xⱼ)² over the rows. Features that are independent of each other have total
      Sobol indices of at most bound: νⱼ·(bⱼ − aⱼ)²/(π²·var ŷ) for xⱼ uniform in [aⱼ, bⱼ], the range of
      the rows, and νⱼ·sⱼ²/var ŷ for normal ones of deviation sⱼ. An index is never above 1: a bound
      above 1 says nothing of it, and is printed as ">1". With several outputs, all numbers are
      means over them (Sobol and Kucherenko, Mathematics and Computers in Simulation 79, 2009).
      """,
    options: [
      .features,
      OptionRecord(
        "distribution", .choice(["uniform", "normal"]), default: .text("uniform"),
        "Of the features, for the bound."),
      SlopeUnits.option(),
    ],
    columns: [
      Column("dgsm", "Mean squared slope."),
      .standardError("Standard error of dgsm; rows are a sample."),
      Column(
        "bound", heading: "Sobol bound", role: .shareBound,
        "Upper bound of the total Sobol index of the feature; above 1 it says nothing."),
    ]
  ) { net, rows, options in
    try AllocationError.check(rows.count, bytesEach: 16 * net.outputs * (net.inputs + 1) + 24)
    let (inputs, outputs) = (net.inputs, net.outputs)
    let x = try rows.x.elements(as: Double.self)
    let y = try rows.elements { try net($0) }
    let slopes = try rows.elements { try net.inputGradient($0) }
    let variances = (0..<outputs).map { output in
      stride(from: output, to: y.count, by: outputs).map { y[$0] }.variance
    }
    let slopeScale = rows.slopeScale(options)
    let isNormal = options.text("distribution") == "normal"
    var found = SampleMeans(for: rows)
    var bounds: [Double] = []
    for feature in rows.features {
      let values = stride(from: feature, to: x.count, by: inputs).map { x[$0] }
      let range = values.max()! - values.min()!
      let scale = isNormal ? values.variance : range * range / (Double.pi * Double.pi)
      var squares = [Double](repeating: 0, count: rows.count)
      var bound = 0.0
      for output in 0..<outputs {
        let factor = slopeScale(output, feature)
        var sum = 0.0
        for row in 0..<rows.count {
          let slope = slopes[(row * outputs + output) * inputs + feature]
          sum += slope * slope
          squares[row] += slope * slope * factor * factor / Double(outputs)
        }
        // Bounds are the same in all units: those of the network are used. A constant network
        // depends on no feature.
        let mean = sum / Double(rows.count)
        bound += variances[output] > 0 ? mean * scale / variances[output] / Double(outputs) : 0
      }
      found.append(squares)
      bounds.append(bound)
    }
    return Findings(columns: [found.means, found.errors, bounds], samples: found.samples)
  }
}
