import Tensors

extension Probe {
  /// How far a network's outputs move, on average, when one feature is noisy.
  public static let noise = Probe(
    "noise", title: "NoiseSensitivity",
    "How far the outputs move, on average, when one feature is noisy.",
    details: """
      Mean |ŷ(x + σ·sⱼ·ε·eⱼ) − ŷ(x)| with ε ~ N(0, 1), one feature j at a time; sⱼ is the standard
      deviation of the feature over x. If multiplicative, the noise is σ·|xⱼ|·ε, with xⱼ in original
      units if the network has a scaler. With several outputs, the mean over them (arXiv 2405.07884, §6).
      """,
    options: [
      OptionRecord(
        "sigma", .number(.notNegative), default: 1,
        "Noise in standard deviations of each feature, or in values of it if multiplicative."),
      OptionRecord(
        "multiplicative", .boolean, default: false, "x·(1 + σε) instead of x + σ·(deviation)·ε."),
      OptionRecord("repeats", .integer(atLeast: 1), default: 16, "Draws per row and feature."),
      OptionRecord("seed", .seed, default: 1, "Seed of the noise."), SlopeUnits.option,
    ],
    numbers: [Column("sigma", "The noise, as in the options.")],
    columns: [
      Column("sensitivity", "Mean change of the output."),
      Column(
        "standard_error", heading: "standard error",
        "Standard error of the sensitivity: rows and noise are a sample, the network is fixed."),
    ]
  ) { net, rows, options in
    func measure<S: TensorScalar>(_ type: S.Type) throws -> Findings {
      var measurement = try NoiseMeasurement<S>(net, rows, options)
      return try measurement.findings()
    }
    return try net.dtype.dispatch { try measure($0) }
  }
}

/// The outputs of a network on rows, with and without noise in one feature.
private struct NoiseMeasurement<S: TensorScalar> {
  private let rows: ProbeRows
  private let (inputs, outputs): (Int, Int)
  private let evaluator: Evaluator<S>
  private let (sigma, repeats): (Double, Int)
  /// Of multiplicative noise: what is added to a feature to make it proportional to its original
  /// value. nil for noise in standard deviations.
  private let offsets: [Double]?
  /// What a change of each output is multiplied with.
  private let scales: [Double]
  private var generator: RandomGenerator
  /// The inputs, one feature of them noisy, and the outputs there.
  private var (noisy, moved): ([S], [S])
  private var clean: [S]

  /// The noise comes from the stream `noise` of the seed.
  init(_ net: MLP, _ rows: ProbeRows, _ options: OptionValues) throws {
    self.rows = rows
    (inputs, outputs) = (net.inputs, net.outputs)
    (sigma, repeats) = (options.number("sigma"), options.integer("repeats"))
    offsets =
      options.boolean("multiplicative")
      ? net.scaler.map { zip($0.mean, $0.standardDeviation).map { $0 / $1 } }
        ?? [Double](repeating: 0, count: net.inputs)
      : nil
    scales =
      SlopeUnits(options) == .original ? net.scaler?.target?.scale ?? [1] : [1]
    generator = RandomGenerator(seed: options.seed("seed"), stream: .noise)
    evaluator = try Evaluator<S>(net, rows: rows.count)
    // The outputs twice, and four numbers for each row.
    try AllocationError.check(rows.count, bytesEach: 16 * outputs + 32)
    noisy = try rows.x.elements(as: S.self)
    clean = [S](repeating: 0, count: rows.count * outputs)
    moved = clean
    evaluator.predict(x: noisy, rows: rows.count, into: &clean)
  }

  mutating func findings() throws -> Probe.Findings {
    var (means, errors): ([Double], [Double]) = ([], [])
    for feature in 0..<inputs {
      let changes = try changes(withNoiseIn: feature)
      means.append(changes.reduce(0, +) / Double(rows.count))
      let spread = rows.count > 1 ? changes.variance / Double(rows.count - 1) : 0
      errors.append(spread.squareRoot())
    }
    return Probe.Findings(numbers: [sigma], columns: [means, errors])
  }

  /// Of each row: the mean change over repeats and outputs.
  private mutating func changes(withNoiseIn feature: Int) throws -> [Double] {
    let column = (0..<rows.count).map { noisy[$0 * inputs + feature] }
    let deviation = column.map { Double($0) }.variance.squareRoot()
    var sums = [Double](repeating: 0, count: rows.count)
    for _ in 0..<repeats {
      try rows.checkStop()
      for row in 0..<rows.count {
        let size = offsets.map { Double(column[row]) + $0[feature] } ?? deviation
        let noise = sigma * size * generator.normal()
        noisy[row * inputs + feature] = S(Double(column[row]) + noise)
      }
      evaluator.predict(x: noisy, rows: rows.count, into: &moved)
      for row in 0..<rows.count {
        for place in (row * outputs)..<((row + 1) * outputs) {
          sums[row] +=
            abs(Double(moved[place]) - Double(clean[place])) * scales[place % scales.count]
        }
      }
    }
    for row in 0..<rows.count { noisy[row * inputs + feature] = column[row] }
    return sums.map { $0 / Double(repeats * outputs) }
  }
}
