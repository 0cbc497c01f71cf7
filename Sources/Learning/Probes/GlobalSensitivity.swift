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
      the rows, and νⱼ·sⱼ²/var ŷ for normal ones of deviation sⱼ. With several outputs, all numbers are
      means over them (Sobol and Kucherenko, Mathematics and Computers in Simulation 79, 2009).
      """,
    options: [
      OptionRecord(
        "distribution", .choice(["uniform", "normal"]), default: .text("uniform"),
        "Of the features, for the bound."),
      SlopeUnits.option,
    ],
    columns: [
      Column("dgsm", "Mean squared slope."),
      Column(
        "standard_error", heading: "standard error", "Standard error of dgsm; rows are a sample."),
      Column(
        "bound", heading: "Sobol bound", "Upper bound of the total Sobol index of the feature."),
    ]
  ) { net, rows, options in
    try AllocationError.check(rows.count, bytesEach: 16 * net.outputs * (net.inputs + 1))
    let (inputs, outputs) = (net.inputs, net.outputs)
    let x = try rows.x.elements(as: Double.self)
    let y = try rows.elements { try net($0) }
    let slopes = try rows.elements { try net.inputGradient($0) }
    // Bounds are the same in all units: those of the network are used.
    let shown =
      SlopeUnits(options) == .original ? net.scaler?.slopeFactors.map { $0.map { 1 / $0 } } : nil
    let isNormal = options.text("distribution") == "normal"
    var columns = [[Double]](repeating: Array(repeating: 0, count: inputs), count: 3)
    for output in 0..<outputs {
      let variance = stride(from: output, to: y.count, by: outputs).map { y[$0] }.variance
      for feature in 0..<inputs {
        let values = stride(from: feature, to: x.count, by: inputs).map { x[$0] }
        let squares = stride(
          from: output * inputs + feature, to: slopes.count, by: inputs * outputs
        ).map { slopes[$0] * slopes[$0] }
        let factor = shown.map { $0[min(output, $0.count - 1)][feature] } ?? 1
        let mean = squares.reduce(0, +) / Double(rows.count)
        let error = rows.count > 1 ? squares.variance / Double(rows.count - 1) : 0
        let range = values.max()! - values.min()!
        let scale = isNormal ? values.variance : range * range / (Double.pi * Double.pi)
        columns[0][feature] += mean * factor * factor / Double(outputs)
        columns[1][feature] += error.squareRoot() * factor * factor / Double(outputs)
        // A constant network depends on no feature.
        columns[2][feature] += variance > 0 ? mean * scale / variance / Double(outputs) : 0
      }
    }
    return Findings(columns: columns)
  }
}
