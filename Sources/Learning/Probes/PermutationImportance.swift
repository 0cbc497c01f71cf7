import Tensors

extension Probe {
  /// How much worse predictions are when one feature's values are exchanged among the rows.
  public static let permutation = Probe(
    "permutation", title: "PermutationImportance",
    "How much the error grows when one feature's values are exchanged among the rows.",
    details: """
      RMSE with the values of one feature permuted, minus the RMSE without, as the mean over repeats.
      It needs data with targets. With several outputs, the RMSE is over all of them
      (Breiman, Machine Learning 45, 2001).
      """,
    options: [
      OptionRecord("repeats", .integer(atLeast: 1), default: 5, "Permutations per feature."),
      OptionRecord("seed", .seed, default: 1, "Seed of the permutations."), SlopeUnits.option,
    ],
    numbers: [Column("rmse", "Without permutations.")],
    columns: [
      Column("importance", "Mean growth of the RMSE."),
      Column(
        "standard_error", heading: "standard error",
        "Standard error of the importance over the permutations; 0 for one."),
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
      let scales = SlopeUnits(options) == .original ? net.scaler?.target?.scale ?? [1] : [1]
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
      var (means, errors): ([Double], [Double]) = ([], [])
      for feature in 0..<inputs {
        let column = (0..<rows.count).map { x[$0 * inputs + feature] }
        var growths: [Double] = []
        for _ in 0..<repeats {
          try rows.checkStop()
          var permuted = column
          generator.shuffle(&permuted)
          for row in 0..<rows.count { x[row * inputs + feature] = permuted[row] }
          growths.append(rmse() - base)
        }
        for row in 0..<rows.count { x[row * inputs + feature] = column[row] }
        means.append(growths.reduce(0, +) / Double(repeats))
        errors.append(
          repeats > 1 ? (growths.variance / Double(repeats - 1)).squareRoot() : 0)
      }
      return Findings(numbers: [base], columns: [means, errors])
    }
    return try net.dtype.dispatch { try measure($0) }
  }
}
