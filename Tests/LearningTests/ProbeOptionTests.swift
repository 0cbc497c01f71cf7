import Foundation
import Tensors
import Testing

@testable import Learning

/// Options that probes share, and the kinds of noise, against closed forms of linear networks.
@Suite struct ProbeOptionTests {
  private let weights = [0.5, -3, 0, 20]

  private func linear(outputs: Int = 1) throws -> MLP {
    let net = try MLP(
      inputs: 4, outputs: outputs, activation: .named("identity"), dtype: .float64)
    let all = (0..<outputs).flatMap { output in weights.map { $0 * Double(output + 1) } }
    try net.setWeights([Tensor(all, shape: [outputs, 4], dtype: .float64)])
    return net
  }

  private func bent() throws -> MLP {
    var generator = RandomGenerator(seed: 9)
    return try MLP(
      inputs: 4, hidden: [6], outputs: 2, activation: .named("tanh"), dtype: .float64,
      using: &generator)
  }

  private func inputs(_ rows: Int) throws -> Tensor {
    var generator = RandomGenerator(seed: 4)
    let values = (0..<rows).flatMap { _ in [1, 0.1, 5, 2].map { $0 * (generator.normal() + 2) } }
    return try Tensor(values, shape: [rows, 4], dtype: .float64)
  }

  private func column(_ x: Tensor, _ place: Int) -> [Double] {
    stride(from: place, to: x.count, by: 4).map { x.doubles[$0] }
  }

  private func selection(_ references: FeatureSelection.Reference...) -> OptionValue {
    .selection(FeatureSelection(references))
  }

  private var scaler: Scaler {
    get throws {
      try Scaler(
        names: ColumnNames(),
        inputs: ColumnScale(
          center: [10, -2, 0, 1], scale: [2, 5, 1, 0.25], names: ColumnNames.numbered(4)),
        target: ColumnScale(center: [3], scale: [7], names: ["y"]))
    }
  }

  // MARK: - Features

  @Test(
    "selected features have the numbers that they have among all",
    arguments: Probe.records.filter { $0.name != "partial_dependence" }.map(\.name))
  func selected(name: String) throws {
    let probe = try #require(Probe.records.first { $0.name == name })
    let (net, x) = (try bent(), try inputs(60))
    let y = try net(x) * 1.1
    let all = try probe(net, x, y: y)
    let some = try probe(net, x, y: y, ["features": selection(.name("X4"), .index(2))])
    #expect(all.features == ["X1", "X2", "X3", "X4"] && some.features == ["X4", "X2"])
    for column in probe.columns where all.column(column.name) != nil {
      #expect(some[column.name] == [all[column.name][3], all[column.name][1]], "\(column.name)")
    }
    let one = try probe(net, x, y: y, ["features": selection(.index(-1))])
    #expect(one.features == ["X4"] && one[probe.principal.name] == [all[probe.principal.name][3]])
    #expect(one.description.contains("X4") && !one.description.contains("X1"))
  }

  @Test("worst_case moves the selected features together") func joint() throws {
    let x = try inputs(50)
    let found = try Probe.worstCase(
      linear(), x, ["epsilon": 0.3, "features": selection(.index(1), .index(2))])
    let sum = found["change"].reduce(0, +)
    #expect(abs(found.number("mean_change")! - sum) < 1e-9 * sum)
  }

  @Test("names are those of the network, of the data, or numbers") func names() throws {
    let (net, x) = (try linear(), try inputs(9))
    let data = try Dataset(x: x, features: ["a", "b", "c", "d"])
    let options = try OptionValues(
      ["features": selection(.name("d"), .name("X1"))], of: Probe.smoothness.options)
    let found = try Probe.smoothness(net, ProbeInput(data), options)
    #expect(found.features == ["d", "a"] && found["mean_slope"] == [20, 0.5])
    func text(_ references: FeatureSelection.Reference...) -> String {
      message {
        _ = try Probe.smoothness(
          net, ProbeInput(data),
          OptionValues(
            ["features": .selection(FeatureSelection(references))], of: Probe.smoothness.options))
      }
    }
    #expect(text(.name("e")).hasPrefix("unknown feature 'e'"))
    #expect(text(.index(5)) == "features must be from 1 to 4, or from -4 to -1 (got 5)")
    #expect(
      text(.index(1), .index(0)) == "features[2] must be from 1 to 4, or from -4 to -1 (got 0)")
    #expect(
      text(.name("b"), .index(-3))
        == "features[2] must be another feature (got -3, which is there already)")
    #expect(text() == "features must be one feature or more (got none)")
  }

  // MARK: - Noise

  /// Checks E |w·δ| with a mean |δ| per feature.
  private func check(_ found: ProbeResult, scale: Double = 1, meanSize: (Int) -> Double) {
    for (j, weight) in weights.enumerated() {
      let expected = scale * abs(weight) * meanSize(j)
      #expect(
        abs(found["sensitivity"][j] - expected) <= 4 * found["standard_error"][j] + 1e-12, "\(j)")
      // Not by errors that are large.
      #expect(found["standard_error"][j] <= 0.03 * expected)
    }
  }

  private let normal = (2 / Double.pi).squareRoot()

  @Test("uniform noise has the deviation σ: |w|·√3·σ·s/2") func uniform() throws {
    let x = try inputs(500)
    let found = try Probe.noise(
      linear(), x, ["kind": "uniform", "sigma": 0.7, "repeats": 40])
    check(found) { 0.7 * column(x, $0).variance.squareRoot() * 3.0.squareRoot() / 2 }
    #expect(found.description.hasPrefix("NoiseSensitivity(uniform, sigma 0.7)\n"))
    // No change is larger than that of the end of the interval.
    let once = try Probe.noise(linear(), x, ["kind": "uniform", "repeats": 1])
    for j in 0..<4 {
      #expect(
        once["sensitivity"][j]
          <= abs(weights[j]) * 3.0.squareRoot() * column(x, j).variance.squareRoot())
    }
  }

  @Test("σ per feature, as a list and by name") func sigmas() throws {
    let x = try inputs(500)
    let sigmas = [0.2, 1, 1, 3]
    let named = PerFeature.named(["X4": .included(3), "X1": .included(0.2)], default: .included(1))
    for sigma in [named, .perFeature(sigmas.map { .included($0) })] {
      let found = try Probe.noise(linear(), x, ["sigma": .features(sigma), "repeats": 40])
      check(found) { sigmas[$0] * column(x, $0).variance.squareRoot() * normal }
      #expect(found["sigma"] == sigmas && found.number("sigma") == nil)
      #expect(found.description.hasPrefix("NoiseSensitivity\n"))
    }
    let same = try Probe.noise(linear(), x, ["sigma": 0.5])
    #expect(same.number("sigma") == 0.5 && same.column("sigma") == nil)
    // Features without noise are left out, and need no number if they are not measured.
    let some = try Probe.noise(
      linear(), x,
      ["sigma": .features(.named(["X1": .excluded, "X2": .excluded], default: .included(1)))])
    #expect(some.features == ["X3", "X4"])
    let one = try Probe.noise(
      linear(), x,
      [
        "sigma": .features(.named(["X4": .included(0)], default: nil)),
        "features": selection(.index(4)),
      ])
    #expect(one.features == ["X4"] && one["sensitivity"] == [0])
  }

  @Test("σ in the feature's own units, scaled and original") func units() throws {
    let x = try inputs(500)
    let net = try linear()
    try net.setScaler(scaler)
    for kind in ["additive", "uniform"] {
      let size = kind == "additive" ? normal : 3.0.squareRoot() / 2
      let options: [String: OptionValue] = [
        "sigma": 0.5, "repeats": 40, "kind": .text(kind), "sigma_units": "scaled",
      ]
      check(try Probe.noise(net, x, options)) { _ in 0.5 * size }
      var original = options
      original["sigma_units"] = "original"
      let found = try Probe.noise(net, x, original)
      check(found) { 0.5 / [2, 5, 1, 0.25][$0] * size }
      #expect(found.description.contains("in original units, sigma 0.5"))
      // What is found is in other units of its own.
      original["units"] = "original"
      check(try Probe.noise(net, x, original), scale: 7) { 0.5 / [2, 5, 1, 0.25][$0] * size }
    }
  }

  @Test("kind = multiplicative is multiplicative = true, also by the scaler of the data")
  func multiplicative() throws {
    let (net, x) = (try linear(), try inputs(1000))
    let old = try Probe.noise(net, x, ["multiplicative": .boolean(true)])
    #expect(try Probe.noise(net, x, ["kind": "multiplicative"]) == old)
    let input = ProbeInput(x, scaler: try scaler)
    let options = try OptionValues(
      ["kind": "multiplicative", "repeats": 200], of: Probe.noise.options)
    let (center, scale) = ([10, -2, 0, 1], [2, 5, 1, 0.25])
    check(try Probe.noise(net, input, options)) { j in
      column(x, j).map { abs(Double(center[j]) + scale[j] * $0) / scale[j] }.mean * normal
    }
  }

  @Test("noise of one's own is in original units, named, and seeded by feature") func own() throws {
    let (net, x) = (try linear(), try inputs(20))
    try net.setScaler(scaler)
    var seen: [String: [Double]] = [:]
    let shift: ProbeNoise = { values, feature, _ in
      seen[feature] = values
      return values.map { $0 + 3 }
    }
    let found = try Probe.noise(net, x, ["repeats": 2], noise: shift)
    for (j, weight) in weights.enumerated() {
      let (center, scale) = ([10.0, -2, 0, 1][j], [2, 5, 1, 0.25][j])
      #expect(abs(found["sensitivity"][j] - 3 * abs(weight) / scale) < 1e-9)
      for (got, value) in zip(seen["X\(j + 1)"]!, column(x, j)) {
        #expect(abs(got - (center + scale * value)) < 1e-12)
      }
    }
    #expect(found.column("sigma") == nil && found.number("sigma") == nil)
    #expect(found.description.hasPrefix("NoiseSensitivity(own noise)\n"))
    var drawn: [Double] = []
    let random: ProbeNoise = { values, _, generator in
      let noise = values.map { _ in generator.normal() }
      drawn.append(noise[0])
      return zip(values, noise).map { $0 + $1 }
    }
    let all = try Probe.noise(net, x, noise: random)
    #expect(Set(drawn).count == 4 * 16)
    #expect(try Probe.noise(net, x, noise: random) == all)
    #expect(try Probe.noise(net, x, ["seed": 2], noise: random) != all)
    let one = try Probe.noise(net, x, ["features": selection(.index(3))], noise: random)
    #expect(one["sensitivity"] == [all["sensitivity"][2]])
  }

  @Test("what is out of range is refused by name") func refusals() throws {
    let (net, x) = (try linear(), try inputs(5))
    func text(_ options: [String: OptionValue]) -> String {
      message { _ = try Probe.noise(net, x, options) }
    }
    #expect(text(["sigma": -1]) == "sigma must be >= 0 (got -1)")
    #expect(
      text(["sigma": .features(.named(["X2": .included(-2)], default: .included(1)))])
        == "sigma.X2 must be >= 0 (got -2)")
    #expect(
      text(["sigma": .features(.perFeature([.included(1)]))])
        == "sigma must be a list of 4 entries, one per feature (got 1)")
    #expect(
      text(["sigma": .features(.named(["X2": .included(2)], default: nil))])
        == "sigma must be given for every feature, or with a default (got none for X1)")
    #expect(
      text([
        "sigma": .features(.named(["X2": .excluded], default: .included(1))),
        "features": selection(.index(2)),
      ]) == "sigma must be a number > 0 for some feature (got false for all)")
    #expect(
      text(["multiplicative": .boolean(true), "kind": "uniform"])
        == "multiplicative must be left out with kind = 'uniform' (got true)")
    #expect(
      text(["kind": "multiplicative", "sigma_units": "original"])
        == "sigma_units must be left out for multiplicative noise, of which σ has no units "
        + "(got 'original')")
    #expect(text(["kind": "pink"]).hasPrefix("kind must be one of 'additive', "))
  }
}
