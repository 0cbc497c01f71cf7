import Tensors

extension Probe {
  /// How the mean prediction depends on one feature.
  public static let partialDependence = Probe(
    "partial_dependence", title: "PartialDependence",
    "The mean prediction, and its slope, where one feature has the same value in every row.",
    details: """
      For each value v of the feature: the mean over the rows of ŷ with xⱼ = v, and of ∂ŷ/∂xⱼ there,
      the other features being those of the row. The standard error is that of the mean prediction;
      rows are a sample. Values, predictions and slopes are in original units if the network or the
      data have a scaler, unless units = "scaled" (Friedman, Annals of Statistics 29, 2001).
      """,
    options: [
      .feature,
      OptionRecord(
        "points", .integer(2...100_000), default: 20, "Values of the feature, unless grid is given."
      ),
      OptionRecord(
        "spacing", .choice(GridSpacing.allCases.map(\.rawValue)),
        default: .text(GridSpacing.even.rawValue),
        "Of the values: even, from the least to the largest of the rows, or quantiles of the rows, each once."
      ),
      OptionRecord("grid", .tensor, "The values themselves, a list of numbers."),
      OptionRecord("output", .integer(atLeast: 1), default: 1, "The output, from 1."),
      SlopeUnits.option(default: .original),
    ],
    columns: [
      Column("values", role: .grid, "The values of the feature."),
      Column("mean", heading: "mean prediction", "Mean prediction at the value."),
      .standardError("Standard error of the mean prediction; rows are a sample."),
      Column("slope", heading: "mean slope", "Mean ∂ŷ/∂x at the value."),
    ]
  ) { net, rows, options in
    func measure<S: TensorScalar>(_ type: S.Type) throws -> Findings {
      let (inputs, outputs, feature) = (net.inputs, net.outputs, rows.features[0])
      let output = options.integer("output") - 1
      guard output < outputs else {
        throw ArgumentError("output", mustBe: "from 1 to \(outputs)", got: output + 1)
      }
      let points = options.tensor("grid")?.elements.count ?? options.integer("points")
      // x, predictions and slopes, and some numbers for each row.
      try AllocationError.check(
        rows.count,
        bytesEach: 8 * (inputs + outputs * (inputs + 1)) + 40 + (rows.keepsSamples ? 8 * points : 0)
      )
      let isOriginal = SlopeUnits(options) == .original
      let scaler = isOriginal ? rows.scaler : nil
      let (center, scale) = (scaler?.mean[feature] ?? 0, scaler?.standardDeviation[feature] ?? 1)
      var x = try rows.x.elements(as: S.self)
      let observed = stride(from: feature, to: x.count, by: inputs).map { Double(x[$0]) }
      let grid = try GridSpacing.grid(options, observed.map { center + scale * $0 })
      let evaluator = try Evaluator<S>(net, rows: rows.count)
      var y = [S](repeating: 0, count: rows.count * outputs)
      var k = [S](repeating: 0, count: rows.count * outputs * inputs)
      let target = scaler?.target
      let (zero, unit) = (target?.center[output] ?? 0, target?.scale[output] ?? 1)
      let slopeScale = rows.slopeScale(options)(output, feature)
      var found = SampleMeans(for: rows)
      var slopes: [Double] = []
      for value in grid {
        try rows.checkStop()
        for row in 0..<rows.count { x[row * inputs + feature] = S((value - center) / scale) }
        evaluator.predict(x: x, rows: rows.count, into: &y)
        evaluator.inputGradients(x: x, rows: rows.count, into: &k)
        found.append((0..<rows.count).map { zero + unit * Double(y[$0 * outputs + output]) })
        let sum = (0..<rows.count).reduce(0.0) {
          $0 + Double(k[($1 * outputs + output) * inputs + feature])
        }
        slopes.append(sum / Double(rows.count) * slopeScale)
      }
      return Findings(
        columns: [grid, found.means, found.errors, slopes], samples: found.samples)
    }
    return try net.dtype.dispatch { try measure($0) }
  }
}

/// Where a feature's values lie that stand for all.
private enum GridSpacing: String, CaseIterable {
  case even, quantiles

  /// The values that the options give, or values like those that were observed.
  ///
  /// - Throws: `ArgumentError` for a grid that is not a list of finite numbers.
  static func grid(_ options: OptionValues, _ observed: [Double]) throws -> [Double] {
    if let given = options.tensor("grid") {
      guard given.shape.count == 1, given.shape[0] > 0 else {
        throw ArgumentError(
          "grid", mustBe: "a list of numbers", got: "a tensor of shape \(given.shape.shapeText)")
      }
      if let place = given.elements.firstIndex(where: { !$0.isFinite }) {
        throw ArgumentError(
          worded: "grid[\(index: place)]", mustBe: "finite",
          got: Message(numberText(given.elements[place])))
      }
      return given.elements
    }
    let last = options.integer("points") - 1
    let shares = (0...last).map { Double($0) / Double(last) }
    var values: [Double]
    switch GridSpacing(rawValue: options.text("spacing"))! {
    case .even:
      let (low, high) = (observed.min()!, observed.max()!)
      values = shares.map { $0 == 1 ? high : low + $0 * (high - low) }
    case .quantiles:
      var sorted = observed
      sorted.sort()
      values = shares.map { share in
        let position = share * Double(sorted.count - 1)
        let below = Int(position)
        let high = sorted[min(below + 1, sorted.count - 1)]
        return sorted[below] + (position - Double(below)) * (high - sorted[below])
      }
    }
    return values.enumerated().filter { $0 == 0 || $1 != values[$0 - 1] }.map(\.element)
  }
}
