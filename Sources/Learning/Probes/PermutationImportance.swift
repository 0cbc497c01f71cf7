import Tensors

extension Probe {
  /// How much worse predictions are when one feature's values are exchanged among the rows.
  public static let permutation = Probe(
    "permutation", title: "PermutationImportance",
    "How much the error grows when one feature's values are exchanged among the rows.",
    details: """
      RMSE with the values of one feature permuted, minus the RMSE without, as the mean over repeats.
      A feature's numbers are the same whichever others are measured.
      It needs data with targets. With several outputs, the RMSE is over all of them
      (Breiman, Machine Learning 45, 2001).
      """,
    options: [
      .features, .repeats(5, "Permutations per feature."), .seed(of: "the permutations"),
      SlopeUnits.option(),
    ],
    numbers: [Column("rmse", "Without permutations.")],
    columns: [
      Column("importance", "Mean growth of the RMSE."),
      .standardError("Standard error of the importance over the permutations; 0 for one."),
    ],
    needsTargets: true
  ) { net, rows, options in
    func measure<S: TensorScalar>(_ type: S.Type) throws -> Findings {
      let (inputs, outputs) = (net.inputs, net.outputs)
      let repeats = options.integer("repeats")
      let evaluator = try Evaluator<S>(net, rows: rows.count)
      try AllocationError.check(rows.count, bytesEach: 16 * outputs + 8 * inputs + 16)
      var x = try rows.x.elements(as: S.self)
      let y = try rows.y!.elements(as: Double.self)
      let scales = rows.outputScales(options)
      var predicted = [S](repeating: 0, count: rows.count * outputs)
      func rmse() -> Double {
        evaluator.predict(x: x, rows: rows.count, into: &predicted)
        let sum = y.indices.reduce(0.0) { sum, place in
          let error = (Double(predicted[place]) - y[place]) * scales[place % scales.count]
          return sum + error * error
        }
        return (sum / Double(y.count)).squareRoot()
      }
      let base = rmse()
      var generator = RandomGenerator(seed: options.seed("seed"), stream: .noise)
      var byFeature: [Int: [Double]] = [:]
      for feature in 0...rows.features.max()! {
        let isMeasured = rows.features.contains(feature)
        let column = (0..<rows.count).map { x[$0 * inputs + feature] }
        var growths: [Double] = []
        for _ in 0..<repeats {
          try rows.checkStop()
          var permuted = column
          generator.shuffle(&permuted)
          guard isMeasured else { continue }
          for row in 0..<rows.count { x[row * inputs + feature] = permuted[row] }
          growths.append(rmse() - base)
        }
        for row in 0..<rows.count { x[row * inputs + feature] = column[row] }
        byFeature[feature] = growths
      }
      var found = SampleMeans(for: rows)
      for feature in rows.features { found.append(byFeature[feature]!) }
      return Findings(
        numbers: [base], columns: [found.means, found.errors], samples: found.samples)
    }
    return try net.dtype.dispatch { try measure($0) }
  }
}
