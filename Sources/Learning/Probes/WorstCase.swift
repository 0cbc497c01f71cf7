import Tensors

extension Probe {
  /// How far the outputs can be moved within a box around each row.
  public static let worstCase = Probe(
    "worst_case", title: "WorstCase",
    "How far the outputs can be moved by the worst change of the features within a box.",
    details: """
      max |ŷ(x + δ) − ŷ(x)| with |δⱼ| ≤ epsilon·sⱼ, sⱼ the standard deviation of the feature over x,
      found by projected ascent along the signs of the slopes, upwards and downwards: a lower bound of
      the worst case, exact for networks that are monotonic in the box. With several outputs, of each
      alone, and the mean over them (Madry et al., 2018).
      """,
    options: [
      .features,
      OptionRecord(
        "epsilon", .number(.notNegative), default: 0.1,
        "Half-width of the box in standard deviations of each feature."),
      OptionRecord("steps", .integer(1...1000), default: 10, "Steps of the ascent."),
      SlopeUnits.option(),
    ],
    numbers: [
      Column(
        "mean_change", heading: "mean change", "Mean over the rows, all measured features moving."),
      Column("max_change", heading: "largest change", "Largest over the rows."),
    ],
    columns: [
      Column("change", "Mean over the rows when the feature alone moves."),
      .standardError("Standard error of change over the rows."),
    ]
  ) { net, rows, options in
    let steps = options.integer("steps")
    let (inputs, outputs) = (net.inputs, net.outputs)
    try AllocationError.check(rows.count, bytesEach: 64 * inputs * max(1, outputs) + 32)
    let x = try rows.x.elements(as: Double.self)
    let box = (0..<inputs).map { feature in
      options.number("epsilon")
        * stride(from: feature, to: x.count, by: inputs).map { x[$0] }.variance.squareRoot()
    }
    let scales = rows.outputScales(options)
    func tensor(_ values: [Double]) throws -> Tensor {
      try Tensor(values, shape: [rows.count, inputs], dtype: net.dtype)
    }
    let clean = try rows.elements { try net($0) }

    /// By row: the largest change of an output found on the way, the features in `moving` moving.
    func changes(_ moving: [Int], of output: Int) throws -> [Double] {
      var largest = [Double](repeating: 0, count: rows.count)
      for direction in [1.0, -1] {
        var moved = x
        for step in 1...steps {
          try rows.checkStop()
          let slopes = try net.inputGradient(tensor(moved)).elements(as: Double.self)
          var isMoving = false
          for row in 0..<rows.count {
            for feature in moving {
              let place = row * inputs + feature
              let slope = slopes[(row * outputs + output) * inputs + feature]
              let sign = slope > 0 ? direction : slope < 0 ? -direction : 0
              // The first step is as large as the box, which ends monotonic networks.
              let next = moved[place] + sign * box[feature] / Double(step)
              let inBox = min(max(next, x[place] - box[feature]), x[place] + box[feature])
              isMoving = isMoving || inBox != moved[place]
              moved[place] = inBox
            }
          }
          if !isMoving { break }
          let y = try net(tensor(moved)).elements(as: Double.self)
          for row in 0..<rows.count {
            let place = row * outputs + output
            largest[row] = max(
              largest[row], abs(y[place] - clean[place]) * scales[output % scales.count])
          }
        }
      }
      return largest
    }

    /// By row: the mean over the outputs of the largest changes.
    func means(_ moving: [Int]) throws -> (changes: [Double], largest: Double) {
      var sums = [Double](repeating: 0, count: rows.count)
      var largest = 0.0
      for output in 0..<outputs {
        for (row, change) in try changes(moving, of: output).enumerated() {
          sums[row] += change / Double(outputs)
          largest = max(largest, change)
        }
      }
      return (sums, largest)
    }

    let joint = try means(rows.features)
    var found = SampleMeans(for: rows)
    for feature in rows.features { found.append(try means([feature]).changes) }
    return Findings(
      numbers: [joint.changes.mean, joint.largest], columns: [found.means, found.errors],
      samples: found.samples)
  }
}
