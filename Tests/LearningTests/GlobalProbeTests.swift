import Foundation
import Tensors
import Testing

@testable import Learning

/// The probes dgsm, permutation and worst_case, against closed forms of linear networks.
@Suite struct GlobalProbeTests {
  private let weights = [0.5, -3, 0, 20]

  private func linear(outputs: Int = 1) throws -> MLP {
    let net = try MLP(
      inputs: 4, outputs: outputs, activation: .named("identity"), dtype: .float64)
    let all = (0..<outputs).flatMap { output in weights.map { $0 * Double(output + 1) } }
    try net.setWeights([Tensor(all, shape: [outputs, 4], dtype: .float64)])
    return net
  }

  private func inputs(_ rows: Int) throws -> Tensor {
    var generator = RandomGenerator(seed: 4)
    let values = (0..<rows).flatMap { _ in [1, 0.1, 5, 2].map { $0 * (generator.normal() + 2) } }
    return try Tensor(values, shape: [rows, 4], dtype: .float64)
  }

  private func column(_ x: Tensor, _ place: Int) -> [Double] {
    stride(from: place, to: x.count, by: 4).map { x.doubles[$0] }
  }

  private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(b)) }

  @Test("dgsm of a linear network is w², and its bounds are those of Sobol and Kucherenko")
  func dgsm() throws {
    let x = try inputs(300)
    for outputs in [1, 2] {
      let net = try linear(outputs: outputs)
      let uniform = try Probe.dgsm(net, x)
      let normal = try Probe.dgsm(net, x, ["distribution": .text("normal")])
      let y = try net(x).doubles
      let variance = stride(from: 0, to: y.count, by: outputs).map { y[$0] }.variance
      for (j, w) in weights.enumerated() {
        let values = column(x, j)
        let range = values.max()! - values.min()!
        // Of the second output all slopes are twice as large, and all shares the same.
        let mean = outputs == 1 ? w * w : (w * w + 4 * w * w) / 2
        #expect(isNear(uniform["dgsm"][j], mean) && isNear(uniform["standard_error"][j], 0))
        #expect(
          isNear(uniform["bound"][j], w * w * range * range / (Double.pi * Double.pi * variance)))
        // Of independent normal features, the bound is the index itself: w²s²/var.
        #expect(isNear(normal["bound"][j], w * w * values.variance / variance))
      }
    }
    let flat = try MLP(inputs: 4, outputs: 1, activation: .named("identity"), dtype: .float64)
    try flat.setWeights([Tensor(zeros: [1, 4], dtype: .float64)])
    #expect(try Probe.dgsm(flat, x)["bound"] == [0, 0, 0, 0])
  }

  @Test("the standard error of dgsm is that of a mean")
  func dgsmError() throws {
    let net = try MLP(
      inputs: 4, hidden: [5], outputs: 1, activation: .named("tanh"), dtype: .float64)
    let x = try inputs(50)
    let squares = try column(net.inputGradient(x), 1).map { $0 * $0 }
    let mean = squares.reduce(0, +) / 50
    let wanted = (squares.reduce(0) { $0 + pow($1 - mean, 2) } / 49 / 50).squareRoot()
    let found = try Probe.dgsm(net, x)
    #expect(isNear(found["dgsm"][1], mean) && isNear(found["standard_error"][1], wanted))
  }

  @Test("permuting x of a linear network that is exact moves it by |w|·s·√2")
  func permutation() throws {
    let net = try linear()
    let x = try inputs(2000)
    let y = try net(x)
    let found = try Probe.permutation(net, x, y: y, ["repeats": 20])
    #expect(isNear(try #require(found.number("rmse")), 0))
    for (j, w) in weights.enumerated() {
      let wanted = abs(w) * (2 * column(x, j).variance).squareRoot()
      #expect(abs(found["importance"][j] - wanted) <= 0.03 * wanted)
      #expect((found["standard_error"][j] > 0) == (w != 0))
    }
    let again = try Probe.permutation(net, x, y: y, ["repeats": 20])
    #expect(again == found)
    #expect(try Probe.permutation(net, x, y: y, ["repeats": 20, "seed": 2]) != found)
    #expect(throws: ArgumentError.self) { try Probe.permutation(net, x) }
    #expect(throws: ShapeError.self) {
      try Probe.permutation(net, x, y: Tensor(zeros: [2000, 2], dtype: .float64))
    }
  }

  @Test("the worst case of a linear network is ε·s·|w|, and that of all features the sum")
  func worstCase() throws {
    let x = try inputs(100)
    let net = try linear()
    let found = try Probe.worstCase(net, x, ["epsilon": 0.3])
    let each = weights.enumerated().map {
      0.3 * abs($1) * column(x, $0).variance.squareRoot()
    }
    for j in 0..<4 {
      #expect(isNear(found["change"][j], each[j]) && isNear(found["standard_error"][j], 0))
    }
    #expect(isNear(try #require(found.number("mean_change")), each.reduce(0, +)))
    #expect(isNear(try #require(found.number("max_change")), each.reduce(0, +)))
    // The mean of two outputs of which the second is twice the first.
    let two = try Probe.worstCase(try linear(outputs: 2), x, ["epsilon": 0.3])
    #expect(isNear(two["change"][3], 1.5 * each[3]))
  }

  @Test("the ascent comes near the largest change on a fine grid")
  func grid() throws {
    let net = try MLP(
      inputs: 1, hidden: [8], outputs: 1, activation: .named("sin"), dtype: .float64)
    try net.setWeights(net.weights.map { try $0 * 3 })
    let x = try Tensor((0..<40).map { Double($0) / 10 }, shape: [40, 1], dtype: .float64)
    let box = 0.8 * x.doubles.variance.squareRoot()
    let best = try x.doubles.map { center in
      let grid = (0...2000).map { center + box * (Double($0) / 1000 - 1) }
      let y = try net(Tensor(grid, shape: [2001, 1], dtype: .float64)).doubles
      return y.map { abs($0 - y[1000]) }.max()!
    }
    let found = try Probe.worstCase(net, x, ["epsilon": 0.8, "steps": 40])
    let mean = best.reduce(0, +) / 40
    #expect(found["change"][0] <= mean * (1 + 1e-9) && found["change"][0] >= 0.9 * mean)
  }
}
