import Foundation
import Learning
import Tensors
import Testing

/// Noise in the forward passes of training: dropout, input noise, adversarial rows.
@Suite struct NoiseTests {
  /// One step of gradient descent with rate 1 on all rows: the gradients, and the loss.
  private func gradients(
    _ net: MLP, _ data: Dataset, _ noise: ForwardNoise = .none, loss: Objective = .mse,
    seed: UInt64 = 1
  ) throws -> (gradients: [Double], loss: Double) {
    var options = TrainingOptions()
    (options.epochs, options.batch, options.alpha, options.loss) = (1, data.count, 1, loss)
    options.optimizer = try .sgd(learningRate: 1)
    (options.noise, options.seed, options.clip) = (noise, seed, 1e300)
    let run = try Training.run(TrainingJob(options, model: net, data: data), model: net)
    let changes = zip(net.parameters.doubles, run.weights).map { $0 - $1 }
    return (changes, run.history[0].baseLoss)
  }

  private func tensor(_ elements: [Double], _ columns: Int) throws -> Tensor {
    try Tensor(elements, shape: [elements.count / columns, columns], dtype: .float64)
  }

  private func data(rows: Int, inputs: Int = 3, outputs: Int = 1) throws -> Dataset {
    var generator = RandomGenerator(seed: 3)
    // Features of other sizes and centres.
    let x = (0..<(rows * inputs)).map { Double($0 % inputs + 1) * generator.normal() + 2 }
    let y = (0..<(rows * outputs)).map { _ in 3 * generator.normal() }
    return try Dataset(x: tensor(x, inputs), y: tensor(y, outputs))
  }

  private func network(
    _ hidden: [Int], _ activation: String = "tanh", inputs: Int = 3, outputs: Int = 1,
    dtype: DType = .float64
  ) throws -> MLP {
    var generator = RandomGenerator(seed: 5, stream: .weights)
    return try MLP(
      inputs: inputs, hidden: hidden, outputs: outputs, activation: .named(activation),
      dtype: dtype, using: &generator)
  }

  private func noisy(_ name: String, _ noise: FeatureNoise) -> ForwardNoise {
    ForwardNoise(inputs: InputNoise([name: .noisy(noise)]))
  }

  // MARK: - Input noise

  /// Of a straight network, the expected mse with noise is mse + σ²w²: ridge regression.
  @Test("input noise on a straight network is ridge", arguments: [1, 0.3], [false, true])
  func ridge(share: Double, multiplicative: Bool) throws {
    let data = try data(rows: 20_000)
    let net = try network([])
    let sigma = 0.7
    let noise = FeatureNoise(sigma: sigma, share: share, isMultiplicative: multiplicative)
    let plain = try gradients(net, data)
    let got = try gradients(net, data, noisy("X2", noise))
    let values = data.x.doubles
    let column = stride(from: 1, to: 60_000, by: 3).map { values[$0] }
    let mean = multiplicative ? 0 : column.reduce(0, +) / 20_000
    // E x² for noise in proportion, else the variance.
    let size = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    let w = net.parameters.doubles[1]
    let variance = share * sigma * sigma * size
    #expect(abs(got.loss - plain.loss - variance * w * w) < 0.03 * got.loss)
    #expect(abs(got.gradients[1] - plain.gradients[1] - 2 * variance * w) < 0.15 * variance)
    for other in [0, 2, 3] {
      #expect(abs(got.gradients[other] - plain.gradients[other]) < 0.15)
    }
  }

  @Test("noise is fresh in each batch, and another one for another seed") func fresh() throws {
    let problem = try Problem(rows: 60).changed {
      ($0.loss, $0.pretrain, $0.epochs, $0.batch) = (.mse, 0, 3, 60)
      $0.optimizer = try .sgd(learningRate: 1e-12)
      $0.noise = ForwardNoise(inputs: InputNoise(default: .noisy(FeatureNoise(sigma: 0.5))))
    }
    let losses = try problem.run().history.map(\.baseLoss)
    #expect(Set(losses).count == 3)
    let others = try problem.changed { $0.seed = 2 }.run().history.map(\.baseLoss)
    #expect(Set(losses + others).count == 6)
  }

  // MARK: - Dropout

  /// ŷ = Σ vⱼ Mⱼ hⱼ + c has the mean of the whole network, and the variance Σ vⱼ² hⱼ² p/(1 − p).
  @Test("of a straight network, the mean over masks is the closed form", arguments: [0.1, 0.5])
  func meanOverMasks(p: Double) throws {
    let (rows, width) = (20_000, 6)
    let row = [0.5, -1, 2]
    let data = try Dataset(
      x: tensor((0..<rows).flatMap { _ in row }, 3), y: tensor(Array(repeating: 4, count: rows), 1))
    let net = try network([width], "identity")
    let (weights, biases) = (try net.weights, try net.biases)
    let (inner, innerBiases) = (weights[0].doubles, biases[0].doubles)
    let h: [Double] = (0..<width).map { unit in
      var z = innerBiases[unit]
      for feature in 0..<3 { z += inner[unit * 3 + feature] * row[feature] }
      return z
    }
    let v = weights[1].doubles
    let e: Double = try net(data.x).doubles[0] - 4
    let spread = p / (1 - p)
    let got = try gradients(net, data, ForwardNoise(dropout: p))
    var expectedLoss = e * e
    for unit in 0..<width { expectedLoss += v[unit] * v[unit] * h[unit] * h[unit] * spread }
    #expect(abs(got.loss - expectedLoss) < 0.02 * got.loss)
    for unit in 0..<width {
      // ∂/∂vⱼ and ∂/∂hⱼ of e² + Σ vⱼ² hⱼ² p/(1 − p).
      let byOutput: Double = 2 * e * h[unit] + 2 * v[unit] * h[unit] * h[unit] * spread
      let byUnit: Double = 2 * e * v[unit] + 2 * v[unit] * v[unit] * h[unit] * spread
      #expect(abs(got.gradients[4 * width + unit] - byOutput) < 0.2)
      #expect(abs(got.gradients[3 * width + unit] - byUnit) < 0.2)
    }
    #expect(abs(got.gradients.last! - 2 * e) < 0.2)
  }

  /// With a probability that rounds to 0, the numbers are those without dropout.
  @Test("dropout that drops nothing changes no bit where σ′ is stored in any case")
  func dropsNothing() throws {
    let data = try data(rows: 200)
    for loss in [Objective.mse, .lai(try LaiLoss(lambda: .uniform(0.3)))] {
      for outputs in [1, 2] {
        let data = try Dataset(x: data.x, y: self.data(rows: 200, outputs: outputs).y)
        let net = try network([9, 7], "sigmoid", outputs: outputs)
        let plain = try gradients(net, data, loss: loss).gradients
        let got = try gradients(net, data, ForwardNoise(dropout: 1e-12), loss: loss).gradients
        #expect(got == plain)
        // tanh and relu take σ′ from elsewhere then: the same but for rounding.
        for activation in ["tanh", "relu"] {
          let net = try network([9, 7], activation, outputs: outputs)
          let plain = try gradients(net, data, loss: loss).gradients
          let got = try gradients(net, data, ForwardNoise(dropout: 1e-12), loss: loss).gradients
          for (a, b) in zip(got, plain) { #expect(abs(a - b) < 1e-10 * max(1, abs(b))) }
        }
      }
    }
  }

  @Test("float32 and float64 get the same noise") func numberTypes() throws {
    let data = try data(rows: 150, inputs: 3)
    let noise = ForwardNoise(
      dropout: 0.3, inputs: InputNoise(default: .noisy(FeatureNoise(sigma: 0.2, share: 0.5))))
    let double = try network([9, 7])
    let single = try network([9, 7], dtype: .float32)
    let narrow = try Dataset(x: data.x.converted(to: .float32), y: data.y!.converted(to: .float32))
    let (a, b) = (try gradients(double, data, noise), try gradients(single, narrow, noise))
    #expect(abs(a.loss - b.loss) < 1e-4 * a.loss)
    for (x, y) in zip(a.gradients, b.gradients) { #expect(abs(x - y) < 1e-3 * max(1, abs(x))) }
  }

  @Test("validation is without noise") func validation() throws {
    let problem = try Problem(dtype: .float64).changed {
      $0.noise = ForwardNoise(
        dropout: 0.5, inputs: InputNoise(default: .noisy(FeatureNoise())),
        adversarial: AdversarialRows(epsilon: 0.3))
    }
    let run = try problem.run()
    let errors = try run.model(problem.held.x) - problem.held.y!.reshaped([-1, 1])
    let rmse = try (errors * errors).mean().item().squareRoot()
    #expect(abs(run.history.last!.validationRMSE! - rmse) < 1e-12 * rmse)
  }

  // MARK: - Adversarial rows

  /// Rows moved by hand, by slopes and predictions that the network gives.
  @Test("adversarial rows are those moved by hand", arguments: [[], [6, 5]], [1, 2])
  func adversarial(hidden: [Int], outputs: Int) throws {
    let rows = 150
    let data = try data(rows: rows, outputs: outputs)
    for loss in [Objective.mse, .mae, .lai(try LaiLoss(base: .mae, lambda: .uniform(0.4)))] {
      let net = try network(hidden, outputs: outputs)
      let (slopes, predictions) = (try net.inputGradient(data.x).doubles, try net(data.x).doubles)
      let (x, y) = (data.x.doubles, data.y!.doubles)
      let isSquared = loss == .mse
      let moved = (0..<(rows * 3)).map { place in
        let (row, feature) = (place / 3, place % 3)
        let gradient = (0..<outputs).reduce(0.0) { sum, output in
          let i = row * outputs + output
          let e = predictions[i] - y[i]
          return sum + (isSquared ? 2 * e : e.sign == .minus ? -1 : 1) * slopes[i * 3 + feature]
        }
        return x[place] + 0.25 * (gradient > 0 ? 1 : gradient < 0 ? -1 : 0)
      }
      let expected = try gradients(
        net, Dataset(x: tensor(moved, 3), y: data.y!), loss: loss)
      let noise = ForwardNoise(adversarial: AdversarialRows(epsilon: 0.25))
      let got = try gradients(net, data, noise, loss: loss)
      #expect(abs(got.loss - expected.loss) < 1e-12 * expected.loss)
      for (a, b) in zip(got.gradients, expected.gradients) {
        #expect(abs(a - b) < 1e-12 * max(1, abs(b)))
      }
      // They cost more than the clean ones.
      #expect(got.loss > (try gradients(net, data, loss: loss)).loss)
    }
  }

  @Test("a share of the rows is moved") func adversarialShare() throws {
    // All rows are the same, so the loss says how many have moved.
    let rows = 1000
    let data = try Dataset(
      x: tensor((0..<rows).flatMap { _ in [1, 2, 3] }, 3),
      y: tensor(Array(repeating: 4, count: rows), 1))
    let net = try network([6])
    func loss(_ noise: ForwardNoise) throws -> Double { try gradients(net, data, noise).loss }
    let clean = try loss(.none)
    let all = try loss(ForwardNoise(adversarial: AdversarialRows(epsilon: 0.1)))
    for share in [0.1, 0.5] {
      let some = try loss(ForwardNoise(adversarial: AdversarialRows(epsilon: 0.1, share: share)))
      let moved = Double(rows) * (some - clean) / (all - clean)
      #expect(abs(moved - moved.rounded()) < 1e-6)
      #expect(
        abs(moved - Double(rows) * share) < 4 * (Double(rows) * share * (1 - share)).squareRoot())
    }
  }

  // MARK: - Runs

  private let everything = ForwardNoise(
    dropout: 0.2,
    inputs: InputNoise(
      ["X3": .clean, "X4": .noisy(FeatureNoise(sigma: 0.3, share: 0.4, isMultiplicative: true))],
      default: .noisy(FeatureNoise(sigma: 0.1))),
    adversarial: AdversarialRows(epsilon: 0.05, share: 0.3))

  private struct Silent: PoolControl {
    func shouldStop() -> Bool { false }
    func progress(done: Int, of total: Int) {}
  }

  @Test("the same bits for any number of workers", arguments: LaiSample.allCases, [100, 129, 300])
  func workers(sample: LaiSample, batch: Int) throws {
    let problem = try Problem(rows: 700, hidden: [20, 9]).changed {
      ($0.noise, $0.batch, $0.sample, $0.alpha) = (everything, batch, sample, 0.5)
    }
    // Pre-training is shared by those with the same noise alone.
    let others = [
      problem.changed { $0.epochs = 2 }, problem.changed { $0.noise.dropout = 0.1 },
      problem.changed { $0.noise = .none },
    ]
    let all = [problem] + others
    let alone = try all.map { try $0.run() }
    #expect(Set(alone.map(\.weights)).count == 4)
    for workers in [1, 2, 3, 5] {
      var control = Silent()
      let jobs = try (all + all).map { (try $0.job(), $0.model) }
      let runs = try Training.runAll(jobs, workers: workers, control: &control)
      for (index, run) in runs.enumerated() {
        #expect(run.weights == alone[index % 4].weights)
        #expect(run.history == alone[index % 4].history)
      }
    }
  }

  /// A custom loss takes the batch whole, others take it in halves.
  @Test("a batch in halves has the noise of the whole") func halves() throws {
    let data = try data(rows: 300)
    let net = try network([9, 7])
    let custom = CustomLoss(usesSlopes: false) { prediction, target, _ in
      try (prediction - target).square().mean()
    }
    for noise in [
      ForwardNoise(dropout: 0.3), noisy("X1", FeatureNoise(share: 0.5)),
      ForwardNoise(adversarial: AdversarialRows(epsilon: 0.1, share: 0.5)),
    ] {
      let halves = try gradients(net, data, noise)
      let whole = try gradients(net, data, noise, loss: .custom(custom))
      #expect(abs(halves.loss - whole.loss) < 1e-12 * whole.loss)
      for (a, b) in zip(halves.gradients, whole.gradients) {
        #expect(abs(a - b) < 1e-11 * max(1, abs(b)))
      }
    }
  }

  @Test("no noise is the control, bit for bit") func none() throws {
    let problem = try Problem(hidden: [20, 9])
    let plain = try problem.run()
    for noise in [ForwardNoise(), ForwardNoise(dropout: 0)] {
      #expect(try problem.changed { $0.noise = noise }.run().weights == plain.weights)
    }
    #expect(try problem.changed { $0.noise = everything }.run().weights != plain.weights)
  }

  // MARK: - Options

  @Test("encodes and decodes") func coding() throws {
    for noise in [ForwardNoise.none, everything, ForwardNoise(dropout: 0.25)] {
      let bytes = try JSONEncoder().encode(noise)
      #expect(try JSONDecoder().decode(ForwardNoise.self, from: bytes) == noise)
    }
  }

  @Test("what is out of range, or fits nothing, is refused by name") func badOptions() throws {
    func text(_ noise: ForwardNoise, hidden: [Int] = [8], constant: Bool = false) -> String {
      message {
        let problem = try Problem(rows: 20, hidden: hidden)
        let x = constant ? try problem.data.x * 0 + 0.1 : problem.data.x
        var options = problem.options
        options.noise = noise
        _ = try TrainingJob(
          options, model: problem.model, data: Dataset(x: x, y: problem.data.y!))
      }
    }
    #expect(text(ForwardNoise(dropout: 1)) == "dropout must be >= 0 and < 1 (got 1)")
    #expect(text(ForwardNoise(dropout: .nan)) == "dropout must be >= 0 and < 1 (got nan)")
    #expect(
      text(ForwardNoise(dropout: 0.5), hidden: [])
        == "dropout must be 0 for a network without hidden layers (got 0.5)")
    #expect(
      text(noisy("X4", FeatureNoise(sigma: 0)))
        == "input_noise.X4.sigma must be > 0 and finite (got 0)")
    #expect(
      text(noisy("X4", FeatureNoise(share: 1.5)))
        == "input_noise.X4.share must be > 0 and <= 1 (got 1.5)")
    #expect(
      text(noisy("X40", FeatureNoise())) == "unknown feature 'X40' (did you mean 'X4'?)")
    #expect(
      text(ForwardNoise(inputs: InputNoise()))
        == "input_noise must be noise on some feature (got none)")
    let wanted = "must be multiplicative, or left out, as the feature is constant"
    #expect(
      text(noisy("X4", FeatureNoise()), constant: true)
        == "input_noise.X4 \(wanted) (got sigma 1)")
    #expect(
      text(noisy("X4", FeatureNoise(isMultiplicative: true)), constant: true) == "nothing thrown")
    #expect(
      text(ForwardNoise(adversarial: AdversarialRows(epsilon: -1)))
        == "adversarial.epsilon must be > 0 and finite (got -1)")
    #expect(
      text(ForwardNoise(adversarial: AdversarialRows(epsilon: 1, share: 0)))
        == "adversarial.share must be > 0 and <= 1 (got 0)")
  }

  @Test("noise that the number type cannot hold is refused by name") func numberRanges() throws {
    func text(_ noise: ForwardNoise, _ dtype: DType) -> String {
      message {
        let problem = try Problem(rows: 20, dtype: dtype).changed { $0.noise = noise }
        _ = try problem.job()
      }
    }
    let range = "must be 1.1754944e-38 to 3.4028235e+38 in float32"
    for size in [1e39, 1e-40, 1e-300] {
      let got = "(got \(size))"
      let noise = FeatureNoise(sigma: size, isMultiplicative: true)
      for (noise, name) in [
        (ForwardNoise(adversarial: AdversarialRows(epsilon: size)), "adversarial.epsilon"),
        (noisy("X4", noise), "input_noise.X4.sigma"),
        (ForwardNoise(inputs: InputNoise(default: .noisy(noise))), "input_noise.default.sigma"),
      ] {
        #expect(
          text(noise, .float32).replacing(".sigma", with: "")
            == "\(name) \(range) \(got)".replacing(".sigma", with: ""))
        #expect(text(noise, .float64) == "nothing thrown")
      }
    }
    // In the feature's own units: a deviation of 0.3 makes it too small or too large.
    #expect(text(noisy("X4", FeatureNoise(sigma: 2e-38)), .float32).contains(range))
  }

  /// Rows that are all the same, so that their order changes nothing.
  @Test("each kind of noise is another one in each batch and for each seed", arguments: 0...2)
  func streams(kind: Int) throws {
    let rows = 1000
    let data = try Dataset(
      x: tensor((0..<rows).flatMap { _ in [1, 2, 3] }, 3),
      y: tensor(Array(repeating: 4, count: rows), 1))
    let noisy = InputNoise(default: .noisy(FeatureNoise(sigma: 0.3, isMultiplicative: true)))
    let noise = [
      ForwardNoise(dropout: 0.3), ForwardNoise(inputs: noisy),
      ForwardNoise(adversarial: AdversarialRows(epsilon: 0.1, share: 0.4)),
    ][kind]
    var losses: [Double] = []
    for seed: UInt64 in [1, 2] {
      var options = TrainingOptions()
      (options.epochs, options.batch, options.loss, options.noise) = (3, rows, .mse, noise)
      (options.optimizer, options.seed) = (try .sgd(learningRate: 1e-30), seed)
      let net = try network([6])
      let run = try Training.run(TrainingJob(options, model: net, data: data), model: net)
      losses += run.history.map(\.baseLoss)
    }
    for (place, loss) in losses.enumerated() {
      #expect(losses[..<place].allSatisfy { abs($0 - loss) > 1e-9 * loss }, "\(losses)")
    }
  }

  @Test("features have noise of their own") func features() throws {
    // ŷ = x₁ − x₂: equal noise of both would cancel.
    let data = try Dataset(
      x: tensor(Array(repeating: 1, count: 400), 2), y: tensor(Array(repeating: 0, count: 200), 1))
    let net = try network([], inputs: 2)
    try net.setWeights([tensor([1, -1], 2)])
    let noise = InputNoise(default: .noisy(FeatureNoise(sigma: 0.5, isMultiplicative: true)))
    let loss = try gradients(net, data, ForwardNoise(inputs: noise)).loss
    // σ² for each of the two, and the standard deviation of a mean of 200 squares.
    #expect(abs(loss - 0.5) < 4 * 0.5 * (2.0 / 200).squareRoot())
  }
}
