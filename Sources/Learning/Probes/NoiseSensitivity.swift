import Kernels
import Tensors

extension Probe {
  /// How far a network's outputs move, on average, when one feature is noisy.
  public static let noise = Probe(
    "noise", title: "NoiseSensitivity",
    "How far the outputs move, on average, when one feature is noisy.",
    details: """
      Mean |ŷ(x + δ·eⱼ) − ŷ(x)|, one feature j at a time. σ is the standard deviation of the noise δ, in
      units of sⱼ. Additive: δ = σ·sⱼ·ε with ε ~ N(0, 1). Uniform: δ is uniform between ±√3·σ·sⱼ, so
      that its standard deviation is σ·sⱼ too. Multiplicative: δ = σ·|xⱼ|·ε, with xⱼ in original units
      if the network or the data have a scaler. sⱼ is the standard deviation of the feature over x.
      With sigma_units = "scaled" sⱼ is 1: σ is in units of the feature as the network receives it;
      with "original", in units of the feature before the scaler. A feature's numbers are the same
      whichever others are measured. With several outputs, the mean over them (arXiv 2405.07884, §6).
      """,
    options: [
      .features,
      OptionRecord(
        "sigma", .perFeature(allowsZero: true), default: .features(.uniform(1)),
        "σ >= 0: a number, a list (one per feature), or by name {X8 = 0.5, default = 1}; false leaves a feature out."
      ),
      OptionRecord(
        "kind", .choice(NoiseKind.allCases.map(\.rawValue)),
        default: .text(NoiseKind.additive.rawValue),
        "additive: normal; multiplicative: x·(1 + σε); uniform: additive, of the same deviation."),
      OptionRecord(
        "multiplicative", .boolean, default: false, "The same as kind = \"multiplicative\"."),
      OptionRecord(
        "sigma_units", .choice(NoiseUnits.allCases.map(\.rawValue)),
        default: .text(NoiseUnits.deviation.rawValue),
        "Of σ, unless multiplicative: standard deviations of the feature over x, or the feature's own units, scaled or original."
      ),
      .repeats(16, "Draws per row and feature."), .seed(of: "the noise"), SlopeUnits.option(),
    ],
    numbers: [Column("sigma", "The noise, if it is the same for all features.")],
    columns: [
      Column("sensitivity", "Mean change of the output."),
      .standardError(
        "Standard error of the sensitivity: rows and noise are a sample, the network is fixed."),
      Column("sigma", "The noise, if features differ in it."),
    ],
    takesNoise: true
  ) { net, rows, options in
    func measure<S: TensorScalar>(_ type: S.Type) throws -> Findings {
      var measurement = try NoiseMeasurement<S>(net, rows, options)
      return try measurement.findings()
    }
    return try net.dtype.dispatch { try measure($0) }
  }
}

private enum NoiseKind: String, CaseIterable { case additive, multiplicative, uniform }

private enum NoiseUnits: String, CaseIterable { case deviation, scaled, original }

/// How the values of a feature become noisy.
private enum NoiseSource {
  case drawn(NoiseKind, NoiseUnits, sigma: [Double])
  case function(ProbeNoise)

  /// - Throws: `ArgumentError` for options that contradict each other, and as `PerFeature.resolved`.
  init(_ rows: ProbeRows, _ options: OptionValues) throws {
    if let noise = rows.noise {
      self = .function(noise)
      return
    }
    var kind = NoiseKind(rawValue: options.text("kind"))!
    if options.boolean("multiplicative") {
      guard kind != .uniform else {
        throw ArgumentError(
          "multiplicative", mustBe: "left out with kind = 'uniform'", got: "true")
      }
      kind = .multiplicative
    }
    let units = NoiseUnits(rawValue: options.text("sigma_units"))!
    guard kind != .multiplicative || units == .deviation else {
      throw ArgumentError(
        "sigma_units", mustBe: "left out for multiplicative noise, of which σ has no units",
        got: "'\(units.rawValue)'")
    }
    let sigma = try options.features("sigma")!.resolved(
      features: rows.names, count: rows.names.count, label: "sigma", needed: rows.features,
      allowsZero: true)
    // Nothing is measured of the features with NaN.
    self = .drawn(kind, units, sigma: sigma.map { $0.value ?? .nan })
  }
}

/// The outputs of a network on rows, with and without noise in one feature.
private struct NoiseMeasurement<S: TensorScalar> {
  private let rows: ProbeRows
  private let (inputs, outputs): (Int, Int)
  private let evaluator: Evaluator<S>
  private let repeats: Int
  private let source: NoiseSource
  private let features: [Int]
  private let center: [Double]
  private let scale: [Double]
  /// What a change of each output is multiplied with.
  private let scales: [Double]
  private let seed: UInt64
  /// Of the noise that is drawn here.
  private var generator: RandomGenerator
  /// The inputs, one feature of them noisy, and the outputs there.
  private var (noisy, moved): ([S], [S])
  private var clean: [S]

  /// The noise comes from the stream `noise` of the seed.
  init(_ net: MLP, _ rows: ProbeRows, _ options: OptionValues) throws {
    self.rows = rows
    (inputs, outputs) = (net.inputs, net.outputs)
    repeats = options.integer("repeats")
    source = try NoiseSource(rows, options)
    features =
      if case .drawn(_, _, let sigma) = source {
        rows.features.filter { !sigma[$0].isNaN }
      } else { rows.features }
    guard !features.isEmpty else { throw ArgumentError.allExcluded("sigma") }
    center = rows.scaler?.mean ?? [Double](repeating: 0, count: inputs)
    scale = rows.scaler?.standardDeviation ?? [Double](repeating: 1, count: inputs)
    scales = rows.outputScales(options)
    seed = options.seed("seed")
    generator = RandomGenerator(seed: seed, stream: .noise)
    evaluator = try Evaluator<S>(net, rows: rows.count)
    // The outputs twice, and some numbers for each row and measured feature.
    try AllocationError.check(rows.count, bytesEach: 16 * outputs + 8 * features.count + 72)
    noisy = try rows.x.elements(as: S.self)
    clean = [S](repeating: 0, count: rows.count * outputs)
    moved = clean
    evaluator.predict(x: noisy, rows: rows.count, into: &clean)
  }

  mutating func findings() throws -> Probe.Findings {
    var byFeature: [Int: [Double]] = [:]
    // The noise is drawn feature by feature, and that of features that are not measured is passed
    // over: a feature has the same noise in any selection.
    for feature in 0...features.max()! {
      if features.contains(feature) {
        byFeature[feature] = try changes(withNoiseIn: feature)
      } else {
        try passOver()
      }
    }
    var found = SampleMeans(for: rows)
    for feature in features { found.append(byFeature[feature]!) }
    var note: String?
    var sigmas: [Double]?
    switch source {
    case .function: note = "own noise"
    case .drawn(let kind, let units, let sigma):
      sigmas = features.map { sigma[$0] }
      let words =
        (kind == .additive ? [] : [kind.rawValue])
        + (units == .deviation ? [] : ["in \(units.rawValue) units"])
      if !words.isEmpty { note = words.joined(separator: ", ") }
    }
    let common = sigmas.flatMap { all in all.allSatisfy { $0 == all[0] } ? all[0] : nil }
    return Probe.Findings(
      numbers: [common],
      columns: [found.means, found.errors, common == nil ? sigmas : nil],
      samples: found.samples, features: features, note: note)
  }

  /// Draws what a feature that is not measured would need.
  private mutating func passOver() throws {
    guard case .drawn(let kind, _, _) = source else { return }
    for _ in 0..<repeats {
      try rows.checkStop()
      for _ in 0..<rows.count { _ = draw(kind) }
    }
  }

  /// A number with mean 0 and variance 1.
  private mutating func draw(_ kind: NoiseKind) -> Double {
    kind == .uniform ? 3.0.squareRoot() * (2 * generator.uniform() - 1) : generator.normal()
  }

  /// Of each row: the mean change over repeats and outputs.
  private mutating func changes(withNoiseIn feature: Int) throws -> [Double] {
    let column = (0..<rows.count).map { Double(noisy[$0 * inputs + feature]) }
    var own = RandomGenerator(seed: HashKey(seed).part(feature).bits, stream: .noise)
    var sums = [Double](repeating: 0, count: rows.count)
    let unit = unit(of: column, feature)
    for _ in 0..<repeats {
      try rows.checkStop()
      let values = try noisyValues(of: column, feature, unit: unit, &own)
      for row in 0..<rows.count { noisy[row * inputs + feature] = S(values[row]) }
      evaluator.predict(x: noisy, rows: rows.count, into: &moved)
      for row in 0..<rows.count {
        for place in (row * outputs)..<((row + 1) * outputs) {
          sums[row] +=
            abs(Double(moved[place]) - Double(clean[place])) * scales[place % scales.count]
        }
      }
    }
    for row in 0..<rows.count { noisy[row * inputs + feature] = S(column[row]) }
    return sums.map { $0 / Double(repeats * outputs) }
  }

  /// What σ of a feature is in units of.
  private func unit(of column: [Double], _ feature: Int) -> Double {
    guard case .drawn(_, let units, _) = source else { return 1 }
    return switch units {
    case .deviation: column.variance.squareRoot()
    case .scaled: 1
    case .original: 1 / scale[feature]
    }
  }

  /// A feature's values with noise drawn anew, as the network receives them.
  private mutating func noisyValues(
    of column: [Double], _ feature: Int, unit: Double, _ own: inout RandomGenerator
  ) throws -> [Double] {
    let (center, scale) = (center[feature], scale[feature])
    switch source {
    case .function(let function):
      let values = try function(
        column.map { center + scale * $0 }, rows.names[feature], &own)
      return values.map { ($0 - center) / scale }
    case .drawn(let kind, _, let sigmas):
      let sigma = sigmas[feature]
      if kind == .multiplicative {
        let offset = center / scale
        return column.map { $0 + sigma * ($0 + offset) * draw(kind) }
      }
      return column.map { $0 + sigma * unit * draw(kind) }
    }
  }
}
