import Foundation
import Tensors
import Testing

@testable import Learning

@Suite struct ProbeTests {
  private func linear(_ weights: [Double], outputs: Int = 1) throws -> MLP {
    let inputs = weights.count / outputs
    let net = try MLP(
      inputs: inputs, outputs: outputs, activation: .named("identity"), dtype: .float64)
    try net.setWeights([Tensor(weights, shape: [outputs, inputs], dtype: .float64)])
    return net
  }

  private func inputs(_ rows: Int, _ scales: [Double]) throws -> Tensor {
    var generator = RandomGenerator(seed: 4)
    let values = (0..<rows).flatMap { _ in scales.map { $0 * (generator.normal() + 2) } }
    return try Tensor(values, shape: [rows, scales.count], dtype: .float64)
  }

  private func deviation(_ x: Tensor, _ column: Int) -> Double {
    let values = stride(from: column, to: x.count, by: x.shape[1]).map { x.doubles[$0] }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + pow($1 - mean, 2) } / Double(values.count)).squareRoot()
  }

  @Test("property 7: a linear network's sensitivity is σ|w|√(2/π)") func linearNetwork() throws {
    let weights = [0.5, -3, 0, 20]
    let net = try linear(weights)
    let x = try inputs(500, [1, 0.1, 5, 2])
    for sigma in [0.5, 1, 2] {
      let probe = try Probe.noise(
        net, x, ["sigma": .number(sigma), "repeats": 40, "seed": 3])
      for (j, weight) in weights.enumerated() {
        let expected = sigma * deviation(x, j) * abs(weight) * (2 / Double.pi).squareRoot()
        let error = probe["standard_error"][j]
        #expect(abs(probe["sensitivity"][j] - expected) <= 4 * error)
        // |ε| has the standard deviation √(1 − 2/π): over √(500 · 40) draws, within a tenth or so.
        let wanted =
          sigma * deviation(x, j) * abs(weight) * (1 - 2 / Double.pi).squareRoot()
          / 20000.squareRoot()
        #expect(abs(error - wanted) <= 0.15 * wanted)
      }
    }
    #expect(try Probe.noise(net, x, ["sigma": 0, "repeats": 2])["sensitivity"] == [0, 0, 0, 0])
  }

  @Test("multiplicative noise: a linear network's sensitivity is σ|w| mean|x| √(2/π)")
  func multiplicativeNoise() throws {
    let weights = [0.5, -3, 0]
    let net = try linear(weights)
    let x = try inputs(500, [1, 0.1, 5])
    let options: [String: OptionValue] = [
      "sigma": 0.5, "multiplicative": .boolean(true), "repeats": 40, "seed": 3,
    ]
    func check(_ found: ProbeResult, sizes: (Int) -> Double) {
      for (j, weight) in weights.enumerated() {
        let expected = 0.5 * abs(weight) * sizes(j) * (2 / Double.pi).squareRoot()
        #expect(abs(found["sensitivity"][j] - expected) <= 4 * found["standard_error"][j])
      }
    }
    func mean(_ column: Int, _ size: (Double) -> Double) -> Double {
      stride(from: column, to: x.count, by: 3).reduce(0) { $0 + size(x.doubles[$1]) } / 500
    }
    check(try Probe.noise(net, x, options)) { j in mean(j) { abs($0) } }
    // With a scaler the noise is on the original values m + s·x, which the network sees as 1/s.
    let (m, s) = ([10.0, -2, 0], [2.0, 5, 1])
    try net.setScaler(Scaler(features: ["X1", "X2", "X3"], mean: m, standardDeviation: s))
    check(try Probe.noise(net, x, options)) { j in mean(j) { abs(m[j] + s[j] * $0) / s[j] } }
    // Noise in standard deviations has no units.
    let plain = try Probe.noise(net, x, ["seed": 2])["sensitivity"]
    #expect(try plain == Probe.noise(linear(weights), x, ["seed": 2])["sensitivity"])
  }

  @Test func noiseHasItsOwnStream() throws {
    var generator = RandomGenerator(seed: 1)
    let net = try MLP(inputs: 3, hidden: [6], activation: .named("tanh"), using: &generator)
    let before = net.parameters.doubles
    let x = try inputs(600, [1, 1, 1])
    let kept = x.doubles
    let first = try Probe.noise(net, x, ["repeats": 3, "seed": 1])
    #expect(
      try Probe.noise(net, x, ["repeats": 3, "seed": 1])["sensitivity"] == first["sensitivity"])
    #expect(
      try Probe.noise(net, x, ["repeats": 3, "seed": 2])["sensitivity"] != first["sensitivity"])
    #expect(net.parameters.doubles == before)
    #expect(x.doubles == kept)
    // One feature at a time, and the noise of one gone before the next.
    let still = try linear([1, 0, 0])
    #expect(try Probe.noise(still, x, ["repeats": 2])["sensitivity"][1...] == [0, 0])
  }

  @Test func severalOutputsAreAveraged() throws {
    let x = try inputs(400, [1, 3])
    let one = try Probe.noise(linear([2, 1]), x, ["seed": 5])
    let two = try Probe.noise(linear([2, 1, 4, -1], outputs: 2), x, ["seed": 5])
    #expect(abs(two["sensitivity"][0] - 1.5 * one["sensitivity"][0]) < 1e-9 * one["sensitivity"][0])
    #expect(abs(two["sensitivity"][1] - one["sensitivity"][1]) < 1e-9 * one["sensitivity"][1])
    let smooth = try Probe.smoothness(linear([2, 1, 4, -1], outputs: 2), x)
    #expect(smooth["mean_slope"] == [3, 1])
    #expect(smooth["slope_p95"] == [3, 1])
    let y = try linear([2, 1, 4, -1], outputs: 2)(x)
    #expect(
      abs(smooth.number("variance")! - (pow(deviation(y, 0), 2) + pow(deviation(y, 1), 2)) / 2)
        < 1e-9)
  }

  @Test func smoothnessIsWhatItSays() throws {
    // sin(w x) has the slope w cos(w x).
    let net = try MLP(inputs: 1, hidden: [1], activation: .named("sin"), dtype: .float64)
    try net.setWeights([
      Tensor([2.0], shape: [1, 1], dtype: .float64), Tensor([3.0], shape: [1, 1], dtype: .float64),
    ])
    let values = (0...20).map { Double($0) / 10 }
    let x = try Tensor(values, shape: [21, 1], dtype: .float64)
    let smooth = try Probe.smoothness(net, x)
    let slopes = values.map { abs(6 * Foundation.cos(2 * $0)) }.sorted()
    #expect(abs(smooth["mean_slope"][0] - slopes.reduce(0, +) / 21) < 1e-12)
    // The 95th of 21 is the 20th, exactly.
    #expect(abs(smooth["slope_p95"][0] - slopes[19]) < 1e-12)
    let spread = deviation(try net(x), 0)
    #expect(abs(smooth.number("variance")! - spread * spread) < 1e-12)
    let pair = try Probe.smoothness(net, Tensor([0.0, 1.0], shape: [2, 1], dtype: .float64))
    let ends = (abs(6 * Foundation.cos(2.0)), 6.0)
    #expect(abs(pair["slope_p95"][0] - (ends.0 + 0.95 * (ends.1 - ends.0))) < 1e-12)
    #expect(smooth.description.contains("X1"))
    #expect(smooth.description.hasPrefix("Smoothness(variance "))
  }

  @Test func monotonicityIsWhatItSays() throws {
    // sin(2 x) · 3 rises where cos(2 x) > 0: of x = 0, 0.1 … 2 up to 0.7.
    let net = try MLP(inputs: 1, hidden: [1], activation: .named("sin"), dtype: .float64)
    try net.setWeights([
      Tensor([2.0], shape: [1, 1], dtype: .float64), Tensor([3.0], shape: [1, 1], dtype: .float64),
    ])
    let values = (0...20).map { Double($0) / 10 }
    let found = try Probe.monotonicity(net, Tensor(values, shape: [21, 1], dtype: .float64))
    #expect(abs(found["rising"][0] - 8 / 21) < 1e-12)
    #expect(abs(found["falling"][0] - 13 / 21) < 1e-12)
    let slopes = values.map { 6 * Foundation.cos(2 * $0) }
    #expect(abs(found["signed_slope"][0] - slopes.reduce(0, +) / 21) < 1e-12)
    // Several outputs are averaged, and a slope of 0 neither rises nor falls.
    let x = try inputs(5, [1, 1, 1])
    let pair = try Probe.monotonicity(linear([2, -1, 0, 4, 1, -3], outputs: 2), x)
    for (name, wanted) in [
      ("rising", [1, 0.5, 0]), ("falling", [0, 0.5, 0.5]), ("signed_slope", [3, 0, -1.5]),
    ] {
      #expect(zip(pair[name], wanted).allSatisfy { abs($0 - $1) < 1e-12 }, "\(name)")
    }
  }

  @Test("every probe has its own columns, prints and refuses", arguments: Probe.records.map(\.name))
  func records(name: String) throws {
    let probe = try #require(Probe.records.first { $0.name == name })
    let net = try linear([2, -1])
    let y = probe.needsTargets ? try Tensor(zeros: [5, 1], dtype: .float64) : nil
    var options: [String: OptionValue] = [:]
    for option in probe.options where option.isRequired {
      options[option.name] = .selection(FeatureSelection([.index(2)]))
    }
    let result = try probe(net, inputs(5, [1, 1]), y: y, options)
    #expect(result.description.hasPrefix(probe.title))
    // Of one name there is either one number, or one per feature or value.
    #expect(Set(result.names).count == result.names.count)
    let all = Set(probe.numbers.map(\.name) + probe.columns.map(\.name))
    #expect(Set(result.names) == all)
    let count = result.column("values")?.count ?? 2
    #expect(result.columns.allSatisfy { $0.value.count == count })
    #expect(result.column("standard_error") != nil && result.column(probe.principal.name) != nil)
    #expect(throws: ShapeError.self) { _ = try probe(net, Tensor(zeros: [0, 2]), options) }
    #expect(throws: ShapeError.self) { _ = try probe(net, Tensor(zeros: [2, 3]), options) }
    #expect(throws: ArgumentError.self) { _ = try probe(net, self.inputs(5, [1, 1]), ["zz": 1]) }
    #expect(throws: CancellationError.self) {
      _ = try probe(net, self.inputs(5, [1, 1]), y: y, options, shouldStop: { true })
    }
  }

  @Test func percentilesAreThoseOfSortedValues() {
    var generator = RandomGenerator(seed: 7)
    for count in [1, 2, 3, 4, 20, 21, 100, 1001] {
      let random = (0..<count).map { _ in generator.normal() }
      let lists = [
        random, random.sorted(), random.sorted(by: >), random.map { $0.rounded() },
        Array(repeating: 2, count: count), random.map { $0 > 1 ? .infinity : $0 },
      ]
      for (list, share) in lists.flatMap({ list in [0, 0.3, 0.5, 0.95, 1].map { (list, $0) } }) {
        let sorted = list.sorted()
        let place = share * Double(count - 1)
        let (low, high) = (sorted[Int(place)], sorted[min(Int(place) + 1, count - 1)])
        let expected = low + (place - Double(Int(place))) * (high - low)
        var values = list
        let found = values.percentile(share)
        #expect(found == expected || (found.isNaN && expected.isNaN), "\(share) of \(list)")
        #expect(values.sorted() == sorted)
      }
      var bad = random.map { $0 > 0.5 ? .nan : $0 }
      _ = bad.percentile(0.95)
    }
  }

  @Test func probesRefuse() throws {
    let net = try linear([1, 2])
    let x = try inputs(5, [1, 1])
    #expect(throws: ArgumentError.self) { _ = try Probe.noise(net, x, ["sigma": -1]) }
    #expect(throws: ArgumentError.self) { _ = try Probe.noise(net, x, ["sigma": .number(.nan)]) }
    #expect(throws: ArgumentError.self) { _ = try Probe.noise(net, x, ["repeats": 0]) }
    #expect(throws: ShapeError.self) { _ = try Probe.noise(net, Tensor(zeros: [2, 3])) }
    #expect(throws: ShapeError.self) { _ = try Probe.noise(net, Tensor(zeros: [0, 2])) }
    #expect(throws: ShapeError.self) { _ = try Probe.smoothness(net, Tensor(zeros: [0, 2])) }
    #expect(throws: ShapeError.self) { _ = try Probe.smoothness(net, Tensor(zeros: [2, 3])) }
  }
}

extension ProbeResult {
  subscript(name: String) -> [Double] { column(name)! }
}
