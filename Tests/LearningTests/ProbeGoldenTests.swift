import Foundation
import Tensors
import Testing

@testable import Learning

/// Fixtures/probes.json: what SALib and scikit-learn give in float64.
@Suite struct ProbeGoldenTests {
  private struct Network: GoldenNetwork {
    let sizes: [Int]
    let activation: String
    let weights: [[[Double]]]
    let biases: [[Double]]
  }
  private struct Ishigami: Decodable {
    let network: Network
    let x: [[Double]]
    let error: Double
    let vi: [Double]
    let viStd: [Double]
    let dgsm: [Double]
  }
  private struct PartialDependence: Decodable {
    struct Feature: Decodable {
      let grid: [Double]
      let mean: [Double]
    }
    let network: Network
    let x: [[Double]]
    let features: [Feature]
  }
  private struct File: Decodable {
    let ishigami: Ishigami
    let partialDependence: PartialDependence
  }
  private static let file: File = {
    let url = Bundle.module.url(forResource: "Fixtures/probes", withExtension: "json")!
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try! decoder.decode(File.self, from: Data(contentsOf: url))
  }()

  private func isNear(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    abs(a - b) <= tolerance * abs(b)
  }

  @Test("dgsm of the Ishigami function is SALib's") func salib() throws {
    let golden = Self.file.ishigami
    let x = try matrix(golden.x, .float64)
    let net = try golden.network.net(.float64)
    let (a, b) = (7.0, 0.1)
    let y = golden.x.map { row in
      Foundation.sin(row[0]) * (1 + b * pow(row[2], 4)) + a * pow(Foundation.sin(row[1]), 2)
    }
    #expect(relativeError(try net(x), y) < 1e-9 && golden.error < 1e-9)
    let found = try Probe.dgsm(net, x)
    for j in 0..<3 {
      // SALib's slopes are differences over 1e-6 of x.
      #expect(isNear(found["dgsm"][j], golden.vi[j], 2e-5))
      let error = golden.viStd[j] / Double(golden.x.count - 1).squareRoot()
      #expect(isNear(found["standard_error"][j], error, 2e-5))
      // SALib's bounds are those of the whole interval, not of the rows.
      let values = golden.x.map { $0[j] }
      let share = (values.max()! - values.min()!) / (2 * Double.pi)
      #expect(isNear(found["bound"][j], golden.dgsm[j] * share * share, 2e-5))
    }
  }

  @Test("dgsm of the Ishigami function is the closed form, with bounds above 1 that say nothing")
  func ishigami() throws {
    // The mean over a grid of midpoints is that of the trigonometric parts but for x₃'s powers.
    let count = 24
    let points = (0..<count).map { -Double.pi + (Double($0) + 0.5) / Double(count) * 2 * Double.pi }
    let rows = points.flatMap { u in points.flatMap { v in points.flatMap { w in [u, v, w] } } }
    let x = try Tensor(rows, shape: [count * count * count, 3], dtype: .float64)
    let found = try Probe.dgsm(Self.file.ishigami.network.net(.float64), x)
    let (a, b, pi) = (7.0, 0.1, Double.pi)
    let variance = a * a / 8 + b * pow(pi, 4) / 5 + b * b * pow(pi, 8) / 18 + 0.5
    let nu = [
      0.5 * (1 + 2 * b * pow(pi, 4) / 5 + b * b * pow(pi, 8) / 9), a * a / 2,
      8 * b * b * pow(pi, 6) / 7,
    ]
    let total = [
      (0.5 * pow(1 + b * pow(pi, 4) / 5, 2) + 8 * b * b * pow(pi, 8) / 225) / variance,
      a * a / 8 / variance, 8 * b * b * pow(pi, 8) / 225 / variance,
    ]
    let share = pow(Double(count - 1) / Double(count), 2)
    for j in 0..<3 {
      #expect(isNear(found["dgsm"][j], nu[j], 0.02), "\(j)")
      #expect(isNear(found["bound"][j], 4 * nu[j] / variance * share, 0.03), "\(j)")
      #expect(found["bound"][j] >= total[j] && found["bound"][j] > 1)
    }
    let lines = found.description.split(separator: "\n").dropFirst(2)
    #expect(lines.count == 3 && lines.allSatisfy { $0.hasSuffix(" >1") })
    // A bound below 1 is a number.
    let linear = try MLP(inputs: 2, activation: .named("identity"), dtype: .float64)
    try linear.setWeights([Tensor([1, 0.1], shape: [1, 2], dtype: .float64)])
    let flat = try Probe.dgsm(
      linear, Tensor([0, 0, 1, 0, 0, 1, 1, 1], shape: [4, 2], dtype: .float64))
    #expect(flat["bound"][1] < 0.01 && !flat.description.contains(">1"))
  }

  @Test("partial dependence is scikit-learn's") func scikitLearn() throws {
    let golden = Self.file.partialDependence
    let x = try matrix(golden.x, .float64)
    let net = try golden.network.net(.float64)
    for (j, feature) in golden.features.enumerated() {
      let found = try Probe.partialDependence(
        net, x,
        [
          "feature": .selection(FeatureSelection([.index(j + 1)])),
          "points": .integer(feature.grid.count),
        ])
      for (name, wanted) in [("values", feature.grid), ("mean", feature.mean)] {
        let got = try Tensor(found[name], shape: [wanted.count], dtype: .float64)
        #expect(relativeError(got, wanted) < 1e-12, "\(name)")
      }
    }
  }
}
