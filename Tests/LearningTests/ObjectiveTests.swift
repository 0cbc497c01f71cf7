import Foundation
import Tensors
import Testing

@testable import Learning

/// Values in closed form: what each term is of a network whose predictions and slopes are known.
@Suite struct ObjectiveValueTests {
  /// ŷ = w·x + b; slopes are w everywhere.
  private func linear(
    _ w: [Double], _ b: Double, _ dtype: DType = .float64
  ) throws -> MLP {
    let net = try MLP(
      inputs: w.count, hidden: [], activation: .named("tanh"), dtype: dtype)
    try net.fill(w + [b])
    return net
  }

  /// The value of a residual at ŷ − y = e, and its derivative by the bias.
  private func residual(
    _ name: String, _ options: [String: OptionValue], at e: Double, _ dtype: DType
  ) throws -> (value: Double, slope: Double) {
    let net = try linear([0], e, dtype)
    let zero = try Tensor(zeros: [1, 1], dtype: dtype)
    let result = try Objective.residual(Residual(name, options)).gradients(net, zero, zero)
    return (result.value, result.biases[0].doubles[0])
  }

  private struct Case {
    let name: String
    var options: [String: OptionValue] = [:]
    let e: Double
    let value: Double
    let slope: Double
  }

  @Test(arguments: [DType.float64, .float32]) func residuals(dtype: DType) throws {
    let tolerance = dtype == .float64 ? 1e-13 : 1e-6
    let cases = [
      Case(name: "mse", e: -3, value: 9, slope: -6),
      Case(name: "mae", e: -3, value: 3, slope: -1), Case(name: "mae", e: 0, value: 0, slope: 0),
      Case(name: "huber", e: 0.5, value: 0.125, slope: 0.5),
      Case(name: "huber", e: -3, value: 2.5, slope: -1),
      Case(name: "huber", options: ["delta": 2], e: 3, value: 4, slope: 2),
      Case(name: "huber", options: ["delta": 2], e: 2, value: 2, slope: 2),
      Case(name: "huber", e: -1e30, value: 1e30, slope: -1),
      Case(name: "logcosh", e: 0, value: 0, slope: 0),
      Case(name: "logcosh", e: 0.5, value: log(cosh(0.5)), slope: tanh(0.5)),
      Case(name: "logcosh", e: -2, value: log(cosh(2.0)), slope: -tanh(2.0)),
      // e²/2 for small residuals, |e| − log 2 for large ones.
      Case(name: "logcosh", e: 1e-8, value: 5e-17, slope: 1e-8),
      Case(name: "logcosh", e: -1e4, value: 1e4 - log(2.0), slope: -1),
      Case(name: "logcosh", e: 1e30, value: 1e30, slope: 1),
      Case(name: "quantile", options: ["q": 0.9], e: 2, value: 0.2, slope: 0.1),
      Case(name: "quantile", options: ["q": 0.9], e: -2, value: 1.8, slope: -0.9),
      Case(name: "quantile", e: -2, value: 1, slope: -0.5),
      Case(name: "quantile", options: ["q": 0.9], e: 0, value: 0, slope: -0.4),
    ]
    for one in cases {
      let got = try residual(one.name, one.options, at: one.e, dtype)
      #expect(abs(got.value - one.value) <= tolerance * abs(one.value), "\(one)")
      #expect(abs(got.slope - one.slope) <= tolerance * max(1e-6, abs(one.slope)), "\(one)")
    }
    #expect(Set(cases.map(\.name)) == Set(Residual.records.map(\.name)))
  }

  @Test func penaltiesOfAStraightPlane() throws {
    // ŷ = 3x₁ − 4x₂ + 1 at two rows, with residuals e = 2 and −1.
    let net = try linear([3, -4], 1)
    let x = try Tensor([1, 0, 0, 1], shape: [2, 2], dtype: .float64)
    let y = try Tensor([2, -2], shape: [2, 1], dtype: .float64)
    func value(_ name: String, _ options: [String: OptionValue] = [:]) throws -> Double {
      let mse = try Objective.mse.value(net, x, y)
      return try (.mse + .penalty(Penalty(name, options))).value(net, x, y) - mse
    }
    func expect(_ got: Double, _ wanted: Double) {
      #expect(abs(got - wanted) < 1e-12, "\(got) for \(wanted)")
    }
    let only: OptionValue = .features(.only(["X2"]))
    let weighted: OptionValue = .features(
      .named(["X1": .included(2)], default: .included(0.5)))
    expect(try value("jacobian"), 25)
    expect(try value("jacobian", ["weight": 0.1, "power": 1]), 0.7)
    expect(try value("jacobian", ["features": only]), 16)
    expect(try value("jacobian", ["features": weighted, "power": 1]), 8)
    // ∂ℓ/∂x = 2e·k, and the mean of 4e² is 10.
    expect(try value("double_backprop"), 250)
    expect(try value("double_backprop", ["features": weighted]), 10 * (2 * 9 + 0.5 * 16))
    // The mean of 2|e| is 3.
    expect(try value("input_gradient"), 15)
    expect(try value("input_gradient", ["norm": "l1"]), 21)
    expect(try value("input_gradient", ["norm": "linf"]), 12)
    expect(try value("input_gradient", ["norm": "linf", "features": weighted]), 18)
    expect(try value("input_gradient", ["norm": "l1", "squared": true]), 490)
    expect(try value("input_gradient", ["squared": true]), 250)
    let wanted = OptionTensor(shape: [2, 2], elements: [3, -4, 1, -1])
    expect(try value("sobolev", ["targets": .tensor(wanted)]), (4 + 9) / 2)
    expect(try value("sobolev", ["targets": .tensor(wanted), "features": only]), 4.5)
    expect(try value("l2", ["weight": 2]), 25)
    expect(try value("l2", ["biases": true]), 13)
    expect(try value("l1"), 7)
    expect(try value("l1", ["biases": true]), 8)
    expect(try value("elastic", ["weight": 2, "mix": 0.25]), 2 * (0.25 * 7 + 0.75 * 12.5))
    // Slopes of the data set.
    let data = try Dataset(
      x: x, y: y, slopes: Tensor([3, -4, 1, -1], shape: [2, 2], dtype: .float64))
    let sobolev = try Objective.penalty(Penalty("sobolev"))
    expect(try sobolev.value(net, x, y, slopes: data.slopes), 6.5)
    // e²/2, of which ∂ℓ/∂x = e·k, where Huber's loss is square.
    let huber = try Objective.residual(Residual("huber", ["delta": 10]))
    let both = try huber + .penalty(Penalty("double_backprop"))
    expect(try both.value(net, x, y) - huber.value(net, x, y), 2.5 * 25)
  }

  /// |k|, norms and |w| at 0: subgradient 0.
  @Test func kinks() throws {
    let net = try linear([0, 0], 1)
    let x = try Tensor([1, 0, 0, 1], shape: [2, 2], dtype: .float64)
    let y = try Tensor([2, -2], shape: [2, 1], dtype: .float64)
    let plain = try Objective.mse.gradients(net, x, y).weights[0].doubles
    for (name, options) in [
      ("jacobian", ["power": 1]), ("input_gradient", [:]), ("input_gradient", ["norm": "l1"]),
      ("input_gradient", ["norm": "linf"]), ("l1", [:]),
    ] as [(String, [String: OptionValue])] {
      let objective = try .mse + .penalty(Penalty(name, options))
      #expect(try objective.gradients(net, x, y).weights[0].doubles == plain, "\(objective)")
    }
    // Of two largest slopes, each has half.
    let tied = try linear([2, -2], 1)
    let linf = try .mae + .penalty(Penalty("input_gradient", ["norm": "linf"]))
    let mae = try Objective.mae.gradients(tied, x, y).weights[0].doubles
    let sum = try linf.gradients(tied, x, y).weights[0].doubles
    #expect(zip(sum, mae).map { $0 - $1 } == [0.5, -0.5])
  }

  /// Slopes whose squares overflow or vanish in float32 have a norm, and its derivative.
  @Test(arguments: [1e25, 1e-30]) func extremeSlopes(size: Double) throws {
    let net = try linear([3 * size, -4 * size], 0, .float32)
    let zero = try Tensor(zeros: [1, 2], dtype: .float32)
    let target = try Tensor([-1], shape: [1, 1], dtype: .float32)
    let objective = try .mae + .penalty(Penalty("input_gradient"))
    let result = try objective.gradients(net, zero, target)
    #expect(abs(result.value - (1 + 5 * size)) < 1e-5 * (1 + 5 * size))
    for (got, wanted) in zip(result.weights[0].doubles, [0.6, -0.8]) {
      #expect(abs(got - wanted) < 1e-6)
    }
  }
}

/// Objectives as values: sums, files, and what is refused.
@Suite struct ObjectiveFormTests {
  private func failure(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "none"
  }

  @Test func sumsAndBases() throws {
    let lai = Objective.lai(try LaiLoss(base: Residual("huber"), lambda: .uniform(0.1)))
    let (jacobian, l2) = (
      Objective.penalty(try Penalty("jacobian")), Objective.penalty(try Penalty("l2"))
    )
    let sum = try lai + 0.5 * (jacobian + 2 * l2) + .mse
    #expect(sum.terms.map(\.weight) == [1, 0.5, 1, 1])
    let base = try Objective.residual(Residual("huber")) + l2 + .mse
    #expect(sum.base.terms.map(\.term) == base.terms.map(\.term))
    #expect(sum.base.terms.map(\.weight) == base.terms.map(\.weight))
    #expect(jacobian.base.terms.isEmpty && lai.base.terms.count == 1)
    #expect(lai.defaultAlpha == 0.01 && sum.defaultAlpha == 0.01)
    #expect((.mse + jacobian).defaultAlpha == 1)
    #expect(lai + jacobian == lai + jacobian && lai + jacobian != jacobian + lai)
    #expect(
      "\(sum)" == "loss.lai(base huber(delta 1), lambda 0.1, norm l2, reduction batch)"
        + " + 0.5 * (penalty.jacobian() + 2 * penalty.l2()) + loss.mse()")
    #expect(
      try LaiLoss(base: Residual("logcosh"), slope: .uniform(3)).lambda == .uniform(9)
        && LaiLoss(base: Residual("quantile"), slope: .uniform(3)).lambda == .uniform(3))
  }

  @Test func codable() throws {
    let objectives = ObjectiveGradientTests.objectives.filter { $0.customLosses.isEmpty }
    for objective in objectives {
      let data = try JSONEncoder().encode(objective)
      #expect(try JSONDecoder().decode(Objective.self, from: data) == objective)
    }
    let custom = Objective.custom(
      CustomLoss(base: .mae) { prediction, _, _ in try prediction.mean() })
    let data = try JSONEncoder().encode(0.5 * custom)
    let decoded = try JSONDecoder().decode(Objective.self, from: data)
    #expect(decoded.base == custom.base.scaled(0.5) && decoded.customLosses.count == 1)
    let (net, x, y) = try LossCase(activation: "tanh", loss: .mse, sizes: [3, 4, 1])
      .problem(seed: 1)
    #expect(failure { _ = try decoded.value(net, x, y) }.contains("as a state holds no function"))
    let replaced = decoded.replacingCustomLosses { _ in custom.customLosses[0] }
    #expect(try replaced.value(net, x, y) == (0.5 * custom).value(net, x, y))
    // A file cannot bring in what a script could not.
    for text in [
      #"{"name":"huber","options":{"delta":{"number":{"_0":-1}}}}"#,
      #"{"name":"hubber","options":{}}"#, #"{"name":"mse","options":{"q":{"number":{"_0":1}}}}"#,
    ] {
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(Residual.self, from: Data(text.utf8))
      }
    }
  }

  @Test("norms are encoded with their options, and bad ones refused") func norms() throws {
    for record in Norm.records {
      let norm = try Norm(record, record.options.isEmpty ? [:] : ["mix": 0.25])
      let loss = try LaiLoss(lambda: .uniform(1), norm: norm)
      let data = try JSONEncoder().encode(loss)
      let decoded = try JSONDecoder().decode(LaiLoss.self, from: data)
      #expect(decoded == loss && decoded.norm.weights == norm.weights)
    }
    let weights = try Norm.elastic(mix: 0.25).weights
    #expect(weights.l1 == 0.25 && weights.l2 == 0.75)
    #expect(try Norm.elastic(mix: 0.25) != Norm("elastic"))
    let unknown = failure { _ = try Norm("l3") }
    #expect(unknown == "norm must be one of 'l1', 'l2', 'elastic' (got 'l3')")
    #expect(failure { _ = try Norm.elastic(mix: 2) } == "mix must be between 0 and 1 (got 2)")
  }

  @Test("places and excluded features are in the words of the reader") func wording() throws {
    #expect(
      message { _ = try LaiLoss(lambda: .perFeature([.included(1), .included(-1)])) }
        == "lambda[2] must be > 0 (got -1)")
    let loss = try LaiLoss(lambda: .named(["X1": .excluded, "X2": .included(2)], default: nil))
    let objective = Objective.mse + .lai(loss)
    #expect(
      objective.words.text(in: notation)
        == "loss.mse() + loss.lai(base mse, lambda {X1 = false, X2 = 2}, norm l2, reduction batch)")
    #expect(objective.description.contains("lambda {X1 = excluded, X2 = 2}"))
  }

  @Test func badOptions() throws {
    let (net, x, y) = try LossCase(activation: "tanh", loss: .mse, sizes: [3, 4, 2])
      .problem(seed: 1)
    func value(_ name: String, _ options: [String: OptionValue] = [:]) -> String {
      failure { _ = try (.mse + .penalty(Penalty(name, options))).value(net, x, y) }
    }
    #expect(failure { _ = try Residual("huber", ["delta": 0]) }.hasPrefix("delta must be > 0"))
    #expect(failure { _ = try Residual("quantile", ["q": 1]) }.hasPrefix("q must be > 0 and < 1"))
    #expect(failure { _ = try Residual("hubber") }.contains("'huber', 'logcosh', 'quantile'"))
    #expect(failure { _ = try Residual("mse", ["delta": 1]) }.contains("delta"))
    #expect(failure { _ = try Penalty("l3") }.contains("'l1', 'elastic'"))
    #expect(value("jacobian", ["power": 3]) == "power must be 1 or 2 (got 3)")
    #expect(
      value("jacobian", ["projections": 10_001])
        == "projections must be a whole number from 1 to 10000 (got 10001)")
    #expect(value("jacobian", ["weight": -1]).hasPrefix("weight must be >= 0"))
    #expect(value("jacobian", ["weight": .number(.infinity)]).hasPrefix("weight must be >= 0"))
    #expect(value("elastic", ["mix": 2]).hasPrefix("mix must be between 0 and 1"))
    #expect(value("input_gradient", ["norm": "l3"]).contains("'linf'"))
    #expect(value("jacobian", ["features": .features(.only(["X9"]))]).contains("X9"))
    #expect(value("sobolev").contains("must be given, or slopes in the data set"))
    let short = OptionTensor(shape: [7, 3], elements: Array(repeating: 0, count: 21))
    #expect(value("sobolev", ["targets": .tensor(short)]).contains("7x2x3"))
    let bad = OptionTensor(shape: [7, 2, 3], elements: Array(repeating: .nan, count: 42))
    #expect(value("sobolev", ["targets": .tensor(bad)]).contains("finite"))
    #expect(
      failure { _ = try Objective.penalty(Penalty("double_backprop")).value(net, x, y) }
        .contains("penalty.double_backprop must be added to a loss of residuals"))
    let single = try MLP(inputs: 3, hidden: [], outputs: 2, activation: .named("tanh"))
    let tiny = Objective.residual(try Residual("huber", ["delta": 1e-300]))
    #expect(failure { _ = try tiny.value(single, x, y) }.hasPrefix("delta must be 1.17549"))
    #expect(try tiny.value(net, x, y) > 0)
    for factor in [-1, .infinity, .nan] {
      #expect(failure { _ = try factor * Objective.mse }.contains("must be >= 0 and finite"))
    }
    #expect(failure { _ = try 1e300 * (1e300 * Objective.mse) }.contains("must be finite"))
    var options = TrainingOptions()
    let data = try Dataset(x: x, y: y)
    options.loss = .penalty(try Penalty("l2"))
    #expect(
      failure { _ = try TrainingJob(options, model: net, data: data) }
        .hasPrefix("loss must be a loss of residuals"))
    options.loss = .mse
    options.pretrainLoss = .penalty(try Penalty("l2"))
    #expect(
      failure { _ = try TrainingJob(options, model: net, data: data) }.hasPrefix("pretrain_loss"))
    // What can have no effect.
    options.pretrainLoss = .mae
    #expect(
      failure { _ = try TrainingJob(options, model: net, data: data) }
        == "pretrain_loss must be left out when pretrain is 0 and alpha is 1: nothing takes it (got loss.mae())"
    )
    for change in [{ $0.pretrain = 1 }, { $0.alpha = 0.5 }] as [(inout TrainingOptions) -> Void] {
      var options = options
      change(&options)
      _ = try TrainingJob(options, model: net, data: data)
    }
    options.pretrainLoss = nil
    let nothing = try Objective.penalty(Penalty("jacobian", ["weight": 0]))
    for zero in [try 0 * Objective.mse, try 0 * (.mse + .mae), try 0 * Objective.mse + nothing] {
      options.loss = zero
      #expect(
        failure { _ = try TrainingJob(options, model: net, data: data) }
          == "loss must be a loss with a term whose weight is > 0 (got \(zero))")
    }
    options.loss = try 0 * Objective.mse + .penalty(Penalty("jacobian"))
    _ = try TrainingJob(options, model: net, data: data)
    options.pretrain = 1
    #expect(
      failure { _ = try TrainingJob(options, model: net, data: data) }
        == "pretrain_loss must be a loss with a term whose weight is > 0 (got 0 * loss.mse())")
    #expect(
      failure { _ = try Residual("mse", ["q": 1]) }
        == "q must be left out, as there are no options (got 1)")
    #expect(failure { _ = try Residual("huber", ["q": 1]) } == "q must be one of delta (got 'q')")
  }

  @Test func slopesOfData() throws {
    let x = try Tensor((0..<20).map(Double.init), shape: [10, 2], dtype: .float64)
    let y = try Tensor((0..<10).map(Double.init), shape: [10], dtype: .float64)
    let data = try Dataset(x: x, y: y, slopes: x)
    let part = try data.rows([3, 1])
    #expect(part.slopes?.doubles == [6, 7, 2, 3])
    let halves = try data.split(validation: 0.3, seed: 1)
    #expect(halves.train.slopes?.doubles == halves.train.x.doubles)
    let scaler = try Scaler(fitting: data)
    let scaled = try scaler.transform(data)
    for (index, slope) in scaled.slopes!.doubles.enumerated() {
      #expect(slope == x.doubles[index] * scaler.standardDeviation[index % 2])
    }
    #expect(failure { _ = try Dataset(x: x, y: y, slopes: y) }.contains("slopes"))
    let bad = try Dataset(
      x: x, y: y,
      slopes: Tensor((0..<20).map { $0 == 5 ? .nan : 1 }, shape: [10, 2], dtype: .float64))
    #expect(failure { try bad.checkFinite() }.hasPrefix("slopes in row 3, feature 'X2'"))
  }

  @Test("slopes of another shape with as many numbers are refused") func shapesOfSlopes() throws {
    let sobolev = Objective.penalty(try Penalty("sobolev"))
    func failure(_ outputs: Int, _ shape: [Int]) -> String {
      message {
        let net = try MLP(
          inputs: 2, hidden: [3], outputs: outputs, activation: .named("tanh"), dtype: .float64)
        let slopes = try Tensor(
          (0..<shape.reduce(1, *)).map(Double.init), shape: shape, dtype: .float64)
        _ = try sobolev.value(
          net, Tensor(zeros: [3, 2], dtype: .float64),
          Tensor(zeros: [3, outputs], dtype: .float64), slopes: slopes)
      }
    }
    for (outputs, shape) in [(1, [3, 2]), (1, [3, 1, 2]), (2, [3, 2, 2])] {
      #expect(failure(outputs, shape) == "nothing thrown")
    }
    for (outputs, shape) in [
      (1, [2, 3]), (1, [6]), (1, [3, 2, 1]), (1, [3, 3]), (2, [3, 4]), (2, [6, 2]), (2, [2, 3, 2]),
      (2, [3, 2]),
    ] {
      let text = failure(outputs, shape)
      #expect(text.contains("of x and slopes do not agree"), "\(text)")
    }
  }
}

extension Objective {
  fileprivate func scaled(_ factor: Double) -> Objective { try! factor * self }
}

/// Training with objectives.
@Suite struct ObjectiveTrainingTests {
  /// In halves of batches, in any order of the rows: each row's own slopes are meant.
  @Test func sobolevTakesTheRowsOwnSlopes() throws {
    var generator = RandomGenerator(seed: 2)
    // y = x₁² − x₂, from its slopes alone but for a little of its values.
    let x = (0..<600).map { _ in generator.normal() }
    let rows = stride(from: 0, to: 600, by: 2)
    let data = try Dataset(
      x: Tensor(x, shape: [300, 2]),
      y: Tensor(rows.map { x[$0] * x[$0] - x[$0 + 1] }, shape: [300]),
      slopes: Tensor(rows.flatMap { [2 * x[$0], -1] }, shape: [300, 2]))
    let net = try MLP(inputs: 2, hidden: [16], activation: .named("tanh"), using: &generator)
    var options = TrainingOptions()
    options.loss = try 0.01 * .mse + .penalty(Penalty("sobolev"))
    (options.alpha, options.epochs, options.batch) = (1, 300, 150)
    options.optimizer = try .adam(learningRate: 0.02)
    let run = try Training.run(TrainingJob(options, model: net, data: data), model: net)
    let error = try Objective.penalty(Penalty("sobolev")).value(
      run.model, data.x, data.y!, slopes: data.slopes)
    #expect(error < 0.5)
  }

  /// Pre-training and the batches that are not chosen take the base, or what is given.
  @Test func theBaseIsAnOption() throws {
    let problem = try Problem()
    let huber = Objective.residual(try Residual("huber"))
    let pretrained = try problem.changed {
      $0.pretrainLoss = huber
      ($0.pretrain, $0.epochs) = (2, 0)
    }.run()
    let plain = try problem.changed {
      $0.loss = huber
      ($0.pretrain, $0.epochs) = (0, 2)
    }.run()
    #expect(pretrained.weights == plain.weights)
    // With α = 0 it is all that there is.
    let control = try problem.changed {
      $0.pretrainLoss = huber
      $0.alpha = 0
      ($0.pretrain, $0.epochs) = (1, 1)
    }.run()
    #expect(control.weights == plain.weights)
    // A penalty of weights is part of the base; one of slopes is not.
    let l2 = try Objective.mse + .penalty(Penalty("l2"))
    let both = try l2 + .penalty(Penalty("jacobian"))
    let base = try problem.changed {
      $0.loss = both
      $0.alpha = 0
    }.run()
    let only = try problem.changed { $0.loss = l2 }.run()
    #expect(base.weights == only.weights)
    #expect(try base.weights != problem.changed { $0.loss = .mse }.run().weights)
  }
}
