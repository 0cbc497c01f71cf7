import Foundation
import Learning
import Tensors
import Testing

/// The ten exact properties of the Lai losses (the seventh stands with the probes' tests).
@Suite struct PropertyTests {
  private let lambdas = [1e-3, 0.1, 0.5, 1, 2.5, 36]

  private func g(_ base: Residual, _ lambda: Double, _ slopes: [Double]) throws -> [Double] {
    let loss = try LaiLoss(base: base, lambda: .uniform(lambda))
    return try loss.factor(Tensor(slopes, shape: [slopes.count, 1], dtype: .float64))
      .elements(as: Double.self)
  }

  @Test("1: g_MSE(k; λ²) = g_MAE(k; λ)²") func squares() throws {
    let slopes = stride(from: -9.0, through: 9, by: 0.37).map { $0 }
    for lambda in lambdas {
      let squared = try g(.mse, lambda * lambda, slopes)
      for (a, b) in zip(squared, try g(.mae, lambda, slopes)) {
        #expect(abs(a - b * b) <= 1e-12 * a)
      }
    }
  }

  @Test("2: limits at 0 and infinity, values at the kink") func limits() throws {
    for lambda in lambdas {
      for base in [Residual.mse, .mae] {
        let kink = base == .mse ? lambda.squareRoot() : lambda
        let values = try g(base, lambda, [0, 1e8, -1e30, 1e200, kink])
        #expect(abs(values[0] - max(1, lambda)) < 1e-12 * max(1, lambda))
        for far in values[1...3] { #expect(abs(far - max(1, 1 / lambda)) <= 1e-9 * far) }
        let expected =
          base == .mse
          ? max(1, lambda) / (1 + lambda)
          : max(1, lambda) / (1 + lambda * lambda).squareRoot()
        #expect(abs(values[4] - expected) < 1e-12)
      }
    }
  }

  /// dg/dk of the Lai MSE through the loss's own gradient: a line with weight k, one point, e = 1.
  private func derivative(_ lambda: Double, at k: Double) throws -> Double {
    let line = try Line(slope: k, intercept: 0)
    let loss = Objective.lai(try LaiLoss(lambda: .uniform(lambda), detach: .residual))
    let y = try Tensor([-1.0], shape: [1], dtype: .float64)
    let x = try Tensor([0.0], shape: [1, 1], dtype: .float64)
    return try loss.gradients(line.net, x, y).weights[0].elements(as: Double.self)[0]
  }

  @Test("3: one-sided derivatives at the kink, and half of each at the tie") func kink() throws {
    for lambda in [0.0625, 0.25] {
      let root = lambda.squareRoot()
      let left = -2 * root / ((1 + lambda) * (1 + lambda))
      let right = 2 / (root * (1 + lambda) * (1 + lambda))
      #expect(abs(try derivative(lambda, at: root - 1e-9) - left) < 1e-6)
      #expect(abs(try derivative(lambda, at: root + 1e-9) - right) < 1e-6)
      #expect(abs(try derivative(lambda, at: root) - (left + right) / 2) < 1e-9)
    }
  }

  @Test("4: all slopes 0, and the bounds of l2 for λ < 1") func bounds() throws {
    for lambda in lambdas {
      for base in [Residual.mse, .mae] {
        let d = 3.0
        let lossCase = LossCase(activation: "tanh", loss: .residual(base), sizes: [3, 5, 1])
        let (net, x, y) = try lossCase.problem(seed: 4)
        let flat = try net.clone()
        try flat.setWeights([try Tensor(zeros: [5, 3]), try flat.weights[1]])
        let plain = try Objective.residual(base).value(flat, x, y)
        let l1 = Objective.lai(try LaiLoss(base: base, lambda: .uniform(lambda), norm: .l1))
        let l2 = Objective.lai(try LaiLoss(base: base, lambda: .uniform(lambda)))
        #expect(abs(try l1.value(flat, x, y) / plain - d * max(1, lambda)) < 1e-11 * max(1, lambda))
        #expect(
          abs(try l2.value(flat, x, y) / plain - d.squareRoot() * max(1, lambda))
            < 1e-11 * max(1, lambda))
        guard lambda < 1, base == .mse else { continue }
        let ratio = try l2.value(net, x, y) / Objective.residual(base).value(net, x, y)
        #expect(ratio >= d.squareRoot() / (1 + lambda) * (1 - 1e-12))
        #expect(ratio <= d.squareRoot() / lambda)
      }
    }
  }

  @Test("5: l2 by batch is at most l2 by sample; equal for l1 and for one sample")
  func reductions() throws {
    for base in [Residual.mse, .mae] {
      func value(_ norm: Norm, _ reduction: Reduction, _ rows: Int) throws -> Double {
        let loss = try LaiLoss(
          base: base, lambda: .uniform(0.2), norm: norm, reduction: reduction)
        let lossCase = LossCase(activation: "tanh", loss: .lai(loss), sizes: [4, 6, 1])
        let (net, x, y) = try lossCase.problem(seed: 9, rows: rows)
        return try lossCase.loss.value(net, x, y)
      }
      #expect(try value(.l2, .batch, 7) < value(.l2, .sample, 7))
      #expect(abs(try value(.l1, .batch, 7) / value(.l1, .sample, 7) - 1) < 1e-13)
      #expect(abs(try value(.l2, .batch, 1) / value(.l2, .sample, 1) - 1) < 1e-13)
    }
  }

  @Test("6: a large λ fits the total least squares line") func totalLeastSquares() throws {
    let points = Points.random(count: 200)
    let loss = Objective.lai(try LaiLoss(lambda: .uniform(1e4)))
    let k = points.totalLeastSquaresSlope
    let b = points.meanY - k * points.meanX
    let gradients = try points.gradients(loss, slope: k, intercept: b)
    let elsewhere = try points.gradients(loss, slope: k + 0.1, intercept: b)
    #expect(abs(gradients.slope) < 1e-9 * abs(elsewhere.slope))
    let best = try points.value(loss, slope: k, intercept: b)
    for step in stride(from: -4.0, through: 4, by: 0.25) where step != 0 {
      let other = k + step
      #expect(
        try points.value(loss, slope: other, intercept: points.meanY - other * points.meanX) > best)
    }
  }

  @Test("8: no residual, no loss and no gradient") func noResidual() throws {
    for base in [Residual.mse, .mae] {
      for reduction in Reduction.allCases {
        for norm in [Norm.l1, .l2] {
          let loss = try LaiLoss(
            base: base, lambda: .uniform(0.1), norm: norm, reduction: reduction)
          let lossCase = LossCase(activation: "tanh", loss: .lai(loss), sizes: [3, 5, 1])
          let (net, x, _) = try lossCase.problem(seed: 6)
          let result = try lossCase.loss.gradients(net, x, try net(x))
          #expect(result.value == 0)
          for tensor in result.weights + result.biases {
            #expect(try tensor.elements(as: Double.self).allSatisfy { $0 == 0 })
          }
        }
      }
    }
  }

  @Test("9: with wide noise the minimum is at slope λ (MAE)", arguments: [0.5, 1, 1.5, 2])
  func minimumOfMAE(lambda: Double) throws {
    let points = Points.grid(noiseRatio: 2.6)
    let loss = Objective.lai(try LaiLoss(base: .mae, lambda: .uniform(lambda)))
    #expect(abs(try points.bestSlope(loss) - lambda) < 1e-9)
    let slopeLoss = Objective.lai(try LaiLoss(base: .mae, slope: .uniform(lambda)))
    #expect(abs(try points.bestSlope(slopeLoss) - lambda) < 1e-9)
  }

  @Test("9: with wide noise the minimum is at slope 6 for λ = 36 (MSE)") func minimumOfMSE() throws
  {
    let points = Points.grid(noiseRatio: 3.1)
    #expect(abs(try points.bestSlope(.lai(LaiLoss(lambda: .uniform(36)))) - 6) < 1e-9)
    #expect(abs(try points.bestSlope(.lai(LaiLoss(slope: .uniform(6)))) - 6) < 1e-9)
    // With little noise it is not: the ceiling is the total least squares slope.
    let quiet = Points.grid(noiseRatio: 0.5)
    #expect(try quiet.bestSlope(.lai(LaiLoss(lambda: .uniform(36)))) < 4)
  }

  @Test("10: a wrong-sign minimum at −√λ exactly when √λ·k_TLS > 1") func wrongSign() throws {
    let points = Points.random(count: 200)
    let k = points.totalLeastSquaresSlope
    #expect(k > 0)
    for ratio in [0.3, 0.8, 0.95, 1.05, 1.3, 4] {
      let root = ratio / k
      let loss = Objective.lai(try LaiLoss(lambda: .uniform(root * root)))
      func value(_ slope: Double) throws -> Double {
        try points.value(loss, slope: slope, intercept: points.meanY - slope * points.meanX)
      }
      let (outside, inside) = (try value(-root * 1.001), try value(-root * 0.999))
      let isMinimum = try value(-root) < min(outside, inside)
      #expect(isMinimum == (ratio > 1), "√λ·k_TLS = \(ratio)")
    }
  }

  @Test("huge slopes and residuals stay finite", arguments: [DType.float32, .float64])
  func hugeSlopes(dtype: DType) throws {
    for base in [Residual.mse, .mae] {
      let net = try MLP(inputs: 2, activation: .named("identity"), dtype: dtype)
      try net.setWeights([try Tensor([1e20, -1e-30], shape: [1, 2], dtype: dtype)])
      let x = try Tensor([0.0, 1, 0, 2], shape: [2, 2], dtype: dtype)
      let y = try Tensor([1.0, 0], shape: [2], dtype: dtype)
      let result = try Objective.lai(LaiLoss(base: base, lambda: .uniform(0.1))).gradients(
        net, x, y)
      #expect(result.value.isFinite && result.value > 0)
      for tensor in result.weights + result.biases {
        #expect(try tensor.elements(as: Double.self).allSatisfy { $0.isFinite })
      }
    }
  }
}

/// ŷ = k x + b as a network.
struct Line {
  let net: MLP

  init(slope: Double, intercept: Double) throws {
    net = try MLP(inputs: 1, activation: .named("identity"), dtype: .float64)
    try net.parameters.mutableBase(as: Double.self)[0] = slope
    try net.parameters.mutableBase(as: Double.self)[1] = intercept
  }
}

/// Points about y = 3x + 4.
struct Points {
  let x: [Double]
  let y: [Double]

  /// Every pair of a grid of x in ±1 and a grid of noise in ±ratio: the distribution itself.
  static func grid(noiseRatio ratio: Double) -> Points {
    func grid(_ count: Int, _ half: Double) -> [Double] {
      (0..<count).map { half * (2 * (Double($0) + 0.5) / Double(count) - 1) }
    }
    let pairs = grid(41, 1).flatMap { x in grid(81, ratio).map { (x, 3 * x + 4 + $0) } }
    return Points(x: pairs.map(\.0), y: pairs.map(\.1))
  }

  static func random(count: Int) -> Points {
    var generator = RandomGenerator(seed: 8)
    let x = (0..<count).map { _ in generator.normal() + 0.3 }
    return Points(x: x, y: x.map { 3 * $0 + 4 + 2 * generator.normal() })
  }

  var meanX: Double { x.reduce(0, +) / Double(x.count) }
  var meanY: Double { y.reduce(0, +) / Double(y.count) }

  var totalLeastSquaresSlope: Double {
    let sxx = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    let syy = y.reduce(0) { $0 + ($1 - meanY) * ($1 - meanY) }
    let sxy = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    return ((syy - sxx) + ((syy - sxx) * (syy - sxx) + 4 * sxy * sxy).squareRoot()) / (2 * sxy)
  }

  private func tensors() throws -> (x: Tensor, y: Tensor) {
    (
      try Tensor(x, shape: [x.count, 1], dtype: .float64),
      try Tensor(y, shape: [y.count], dtype: .float64)
    )
  }

  func value(_ loss: Objective, slope: Double, intercept: Double) throws -> Double {
    let (x, y) = try tensors()
    return try loss.value(Line(slope: slope, intercept: intercept).net, x, y)
  }

  func gradients(_ loss: Objective, slope: Double, intercept: Double) throws -> (
    slope: Double, intercept: Double
  ) {
    let (x, y) = try tensors()
    let result = try loss.gradients(Line(slope: slope, intercept: intercept).net, x, y)
    return (
      result.weights[0].doubles[0], result.biases[0].doubles[0]
    )
  }

  /// The slope of the smallest loss on a grid that contains every λ tried, the intercept searched
  /// too: it must come out as 4.
  func bestSlope(_ loss: Objective) throws -> Double {
    var best = (value: Double.infinity, slope: 0.0, intercept: 0.0)
    for slope in stride(from: -8.0, through: 8, by: 0.25) {
      for intercept in [3.8, 4.0, 4.2] {
        let value = try value(loss, slope: slope, intercept: intercept)
        if value < best.value { best = (value, slope, intercept) }
      }
    }
    #expect(best.intercept == 4)
    return best.slope
  }
}
