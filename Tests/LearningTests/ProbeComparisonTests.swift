import Foundation
import Tensors
import Testing

@testable import Learning

@Suite struct ProbeComparisonTests {
  private func net(_ seed: UInt64, scale: Double = 1) throws -> MLP {
    var generator = RandomGenerator(seed: seed)
    let net = try MLP(
      inputs: 3, hidden: [6], activation: .named("tanh"), dtype: .float64, using: &generator)
    try net.setWeights([net.weights[0], net.weights[1] * scale])
    return net
  }

  private func inputs(_ rows: Int) throws -> Tensor {
    var generator = RandomGenerator(seed: 4)
    return try Tensor(
      (0..<(3 * rows)).map { _ in generator.normal() }, shape: [rows, 3], dtype: .float64)
  }

  private func compare(
    _ probe: Probe, _ models: [(name: String, net: MLP)], _ x: Tensor,
    _ options: [String: OptionValue] = [:]
  ) throws -> ProbeComparison {
    let y = try Tensor(zeros: [x.shape[0], 1], dtype: .float64)
    return try probe.compare(
      models, on: ProbeInput(x, y: y), OptionValues(options, of: probe.options))
  }

  @Test(
    "every probe compares its principal column, with the numbers of each alone",
    arguments: Probe.records.map(\.name))
  func everyProbe(name: String) throws {
    let probe = try #require(Probe.records.first { $0.name == name })
    let (a, b, x) = (try net(1), try net(2), try inputs(40))
    var options: [String: OptionValue] = [:]
    if name == "partial_dependence" { options = ["feature": .selection(.init([.index(1)]))] }
    let y = try Tensor(zeros: [40, 1], dtype: .float64)
    let found = try compare(probe, [("mse", a), ("zz", a), ("lai", b)], x, options)
    #expect(found.models == ["mse", "lai", "zz"] && found.control == "mse")
    #expect(found.probe == name && found.column == probe.principal.name)
    for (index, net) in [a, b, a].enumerated() {
      let alone = try probe(net, x, y: y, options)
      #expect(found.results[index] == alone)
      #expect(found.numbers[index].values == alone[probe.principal.name])
      #expect(found.numbers[index].errors == alone["standard_error"])
    }
    // The same model differs in nothing, with certainty.
    for same in [found.changes[2], found.differences[2], found.changes[0]] {
      #expect(same.values.allSatisfy { $0 == 0 } && same.errors.allSatisfy { $0 < 1e-12 })
    }
    for row in found.numbers[0].values.indices {
      let (own, other) = (found.numbers[0].values[row], found.numbers[1].values[row])
      #expect(abs(found.changes[1].values[row] - 100 * (other / own - 1)) < 1e-8)
      #expect(abs(found.differences[1].values[row] - (other - own)) < 1e-12)
      #expect(found.changes[1].errors[row] > 0)
    }
    let lines = found.description.split(separator: "\n")
    #expect(lines.count == 2 + found.numbers[0].values.count)
    #expect(lines[0].hasPrefix(probe.title) && lines[1].contains(" change, lai "))
  }

  /// A model that is c times another is c times as sensitive on every row, whatever the rows are.
  @Test("paired errors: of a multiple 0; of the slopes of two networks, the formula")
  func paired() throws {
    let (a, x) = (try net(1), try inputs(50))
    let half = try compare(Probe.noise, [("a", a), ("b", net(1, scale: 0.5))], x)
    for row in 0..<3 {
      #expect(abs(half.changes[1].values[row] + 50) < 1e-9)
      #expect(half.changes[1].errors[row] < 1e-9 && half.numbers[1].errors[row] > 1e-4)
    }
    let b = try net(2)
    let found = try compare(Probe.dgsm, [("a", a), ("b", b)], x)
    for row in 0..<3 {
      func squares(_ net: MLP) throws -> [Double] {
        let slopes = try net.inputGradient(x).doubles
        return stride(from: row, to: slopes.count, by: 3).map { slopes[$0] * slopes[$0] }
      }
      let (p, q) = (try squares(a), try squares(b))
      let (m, n) = (p.reduce(0, +) / 50, q.reduce(0, +) / 50)
      var (ratio, plain) = (0.0, 0.0)
      for (u, v) in zip(p, q) {
        ratio += pow(v - n / m * u, 2)
        plain += pow(v - u - (n - m), 2)
      }
      let error = 100 * (ratio / (50 * 49)).squareRoot() / m
      #expect(abs(found.changes[1].errors[row] - error) < 1e-9 * error)
      let difference = (plain / (50 * 49)).squareRoot()
      #expect(abs(found.differences[1].errors[row] - difference) < 1e-9 * difference)
    }
  }

  /// Over many samples of rows, the standard error is the deviation of the change.
  @Test("the standard error of a change is its deviation over samples of rows") func coverage()
    throws
  {
    let (a, b) = (try net(1), try net(2))
    var generator = RandomGenerator(seed: 5)
    var (changes, errors): ([Double], [Double]) = ([], [])
    for _ in 0..<300 {
      let x = try Tensor(
        (0..<300).map { _ in generator.normal() }, shape: [100, 3], dtype: .float64)
      let found = try compare(Probe.dgsm, [("a", a), ("b", b)], x)
      changes.append(found.changes[1].values[1])
      errors.append(found.changes[1].errors[1])
    }
    #expect(abs(errors.mean / changes.variance.squareRoot() - 1) < 0.15)
  }

  @Test("a control of 0 has no change in %, and other networks are refused") func edges() throws {
    let (a, x) = (try net(1), try inputs(20))
    let flat = try net(1, scale: 0)
    let found = try compare(Probe.noise, [("flat", flat), ("a", a)], x)
    #expect(found.changes[1].values.allSatisfy(\.isNaN) && found.description.contains("–"))
    #expect(found.differences[1].values.allSatisfy { $0 > 0 })
    let wide = try MLP(inputs: 4, activation: .named("identity"), dtype: .float64)
    #expect(throws: ShapeError.self) { try compare(Probe.noise, [("a", a), ("wide", wide)], x) }
    // A single row has no errors.
    let single = try compare(Probe.dgsm, [("a", a), ("b", net(2))], inputs(1))
    #expect(single.changes[1].errors == [0, 0, 0])
  }
}
