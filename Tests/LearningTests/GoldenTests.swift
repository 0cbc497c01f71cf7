import Foundation
import Learning
import Tensors
import Testing

/// A case of Fixtures/lai_losses.json: what PyTorch's double backward gives in float64.
struct GoldenCase: GoldenNetwork, CustomTestStringConvertible {
  enum LambdaValue: Decodable, Sendable {
    case one(Double)
    case list([Double])
    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let one = try? value.decode(Double.self) {
        self = .one(one)
      } else {
        self = .list(try value.decode([Double].self))
      }
    }
  }

  let sizes: [Int]
  let activation: String
  let loss: String
  let lambda: LambdaValue
  let norm: String
  let reduction: String
  let mix: Double
  let x: [[Double]]
  let y: [[Double]]
  let weights: [[[Double]]]
  let biases: [[Double]]
  let prediction: [[Double]]
  let inputGradient: [[[Double]]]
  let plainLoss: Double
  let value: Double
  let weightGradients: [[[Double]]]
  let biasGradients: [[Double]]

  enum CodingKeys: String, CodingKey {
    case sizes, activation, loss, norm, reduction, mix, x, y, weights, biases, prediction, value
    case lambda = "lambda_"
    case inputGradient = "input_gradient"
    case plainLoss = "plain_loss"
    case weightGradients = "weight_gradients"
    case biasGradients = "bias_gradients"
  }

  var testDescription: String {
    "\(loss) \(lambda) \(norm) \(reduction) \(activation) \(sizes)"
  }

  func lossObject() throws -> Objective {
    let resolved: PerFeature
    switch lambda {
    case .one(let value): resolved = .uniform(value)
    case .list(let values): resolved = .perFeature(values.map { .included($0) })
    }
    return .lai(
      try LaiLoss(
        base: Residual(String(loss.dropFirst(4))), lambda: resolved,
        norm: norm == "elastic" ? .elastic(mix: mix) : Norm(norm),
        reduction: Reduction(rawValue: reduction)!))
  }
}

/// A network of a fixture.
protocol GoldenNetwork: Decodable, Sendable {
  var sizes: [Int] { get }
  var activation: String { get }
  var weights: [[[Double]]] { get }
  var biases: [[Double]] { get }
}

extension GoldenNetwork {
  func net(_ dtype: DType) throws -> MLP {
    let net = try MLP(
      inputs: sizes[0], hidden: Array(sizes.dropFirst().dropLast()), outputs: sizes.last!,
      activation: Activation.named(activation), dtype: dtype)
    try net.setWeights(weights.map { try matrix($0, .float64) })
    try net.setBiases(biases.map { try Tensor($0, shape: [$0.count], dtype: .float64) })
    return net
  }
}

func matrix(_ rows: [[Double]], _ dtype: DType) throws -> Tensor {
  try Tensor(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0], dtype: dtype)
}

/// The largest difference, relative to the largest expected magnitude.
func relativeError(_ got: Tensor, _ expected: [Double]) -> Double {
  let got = got.doubles
  guard got.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 0
  let error = zip(got, expected).map { abs($0 - $1) }.max() ?? 0
  return error.isNaN ? .infinity : error / max(scale, 1e-300)
}

@Suite struct GoldenTests {
  struct File: Decodable { let cases: [GoldenCase] }
  static let cases: [GoldenCase] = {
    let url = Bundle.module.url(forResource: "Fixtures/lai_losses", withExtension: "json")!
    return try! JSONDecoder().decode(File.self, from: Data(contentsOf: url)).cases
  }()

  @Test func allCasesAreThere() { #expect(Self.cases.count == 66) }

  @Test("value, predictions, slopes and gradients are PyTorch's", arguments: cases)
  func matches(golden: GoldenCase) throws {
    for (dtype, tolerance) in [(DType.float64, 1e-9), (.float32, 1e-5)] {
      let net = try golden.net(dtype)
      let x = try matrix(golden.x, dtype)
      let y = try matrix(golden.y, dtype)
      let loss = try golden.lossObject()
      #expect(relativeError(try net(x), golden.prediction.flatMap { $0 }) < tolerance)
      let slopes = golden.inputGradient.flatMap { $0.flatMap { $0 } }
      #expect(relativeError(try net.inputGradient(x), slopes) < tolerance)
      let result = try loss.gradients(net, x, y)
      #expect(abs(result.value - golden.value) <= tolerance * abs(golden.value))
      #expect(try loss.value(net, x, y) == result.value)
      let plain = try loss.base.value(net, x, y)
      #expect(abs(plain - golden.plainLoss) <= tolerance * golden.plainLoss)
      for (got, expected) in zip(result.weights, golden.weightGradients) {
        #expect(relativeError(got, expected.flatMap { $0 }) < tolerance)
      }
      for (got, expected) in zip(result.biases, golden.biasGradients) {
        #expect(relativeError(got, expected) < tolerance)
      }
    }
  }
}
