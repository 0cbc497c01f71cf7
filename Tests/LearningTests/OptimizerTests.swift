import Foundation
import Tensors
import Testing

@testable import Learning

/// The textbook's updates in double precision, one parameter at a time.
private struct Reference {
  let optimizer: Optimizer
  var m: [Double]
  var v: [Double]
  var steps = 0.0

  init(_ optimizer: Optimizer, count: Int) {
    self.optimizer = optimizer
    m = Array(repeating: 0, count: count)
    v = m
  }

  mutating func update(_ theta: inout [Double], _ gradients: [Double], rate: Double) {
    steps += 1
    for i in theta.indices {
      let decay = optimizer.weightDecay
      let values = optimizer.options
      switch optimizer.name {
      case "adam", "adamw":
        let (beta1, beta2) = (values.number("beta1"), values.number("beta2"))
        let isDecoupled = optimizer.name == "adamw"
        let g = gradients[i] + (isDecoupled ? 0 : decay * theta[i])
        if isDecoupled { theta[i] -= rate * decay * theta[i] }
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        let first = m[i] / (1 - pow(beta1, steps))
        let second = v[i] / (1 - pow(beta2, steps))
        theta[i] -= rate * first / (second.squareRoot() + values.number("epsilon"))
      case "sgd":
        let momentum = values.number("momentum")
        let g = gradients[i] + decay * theta[i]
        m[i] = momentum * m[i] + g
        theta[i] -= rate * (values.boolean("nesterov") ? g + momentum * m[i] : m[i])
      case "rmsprop":
        let g = gradients[i] + decay * theta[i]
        v[i] = values.number("alpha") * v[i] + (1 - values.number("alpha")) * g * g
        m[i] =
          values.number("momentum") * m[i] + g / (v[i].squareRoot() + values.number("epsilon"))
        theta[i] -= rate * m[i]
      case "lion":
        let (beta1, beta2) = (values.number("beta1"), values.number("beta2"))
        let direction = beta1 * m[i] + (1 - beta1) * gradients[i]
        m[i] = beta2 * m[i] + (1 - beta2) * gradients[i]
        let sign = direction > 0 ? 1.0 : direction < 0 ? -1 : 0
        theta[i] -= rate * (sign + decay * theta[i])
      default: preconditionFailure("no reference for \(optimizer)")
      }
    }
  }
}

@Suite struct OptimizerTests {
  static let all: [Optimizer] = [
    try! .adam(learningRate: 0.05), try! .adam(learningRate: 0.02, beta1: 0.5, beta2: 0.9),
    try! .adam(weightDecay: 0.3), try! .adam(weightDecay: 0.3, isDecoupled: true),
    try! .adam(learningRate: 0.01, epsilon: 0.1), try! .sgd(learningRate: 0.01),
    try! .sgd(learningRate: 0.01, momentum: 0.9),
    try! .sgd(learningRate: 0.01, momentum: 0.9, isNesterov: true),
    try! .sgd(learningRate: 0.01, momentum: 0.5, weightDecay: 0.2),
    try! .rmsprop(learningRate: 0.01),
    try! .rmsprop(
      learningRate: 0.01, alpha: 0.8, epsilon: 1e-3, momentum: 0.5, weightDecay: 0.2),
    try! Optimizer(.lion, ["lr": 0.01]),
    try! Optimizer(.lion, ["lr": 0.01, "beta1": 0.5, "beta2": 0.8, "weight_decay": 0.3]),
  ]

  @Test("each rule with a formula is compared with its textbook's")
  func everyRuleIsThere() {
    let rules = UpdateRule.all.filter { if case .formula = $0.kind { true } else { false } }
    #expect(Set(Self.all.map(\.name)) == Set(rules.map(\.name)))
  }

  /// A run of one batch an epoch beside the reference, whose gradients come from the same loss.
  private func compare(
    _ optimizer: Optimizer, schedule: Schedule = .constant, clip: Double? = nil
  ) throws -> Double {
    let problem = try Problem(rows: 19, dtype: .float64, hidden: [5]).changed {
      $0.optimizer = optimizer
      $0.schedule = schedule
      $0.clip = clip
      $0.batch = 19
      $0.alpha = 1
      $0.pretrain = 2
      $0.epochs = 4
    }
    let run = try problem.run()
    let net = try problem.model.clone()
    var theta = net.parameters.doubles
    var reference = Reference(optimizer, count: theta.count)
    for epoch in 0..<6 {
      let loss = epoch < 2 ? Objective.residual(.mse) : problem.options.loss
      let result = try loss.gradients(net, problem.data.x, problem.data.y!)
      var gradients = zip(result.weights, result.biases).flatMap { $0.doubles + $1.doubles }
      let norm = gradients.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if let clip, norm > clip { gradients = gradients.map { $0 * clip / norm } }
      let rate = optimizer.learningRate * schedule.factor(epoch: epoch, of: 6)
      #expect(abs(run.history[epoch].learningRate - rate) < 1e-15)
      reference.update(&theta, gradients, rate: rate)
      for (index, value) in theta.enumerated() {
        try net.parameters.mutableBase(as: Double.self)[index] = value
      }
    }
    return relativeError(run.model.parameters, theta)
  }

  @Test("six updates are the textbook's", arguments: all)
  func updates(optimizer: Optimizer) throws {
    #expect(try compare(optimizer) < 1e-9)
    #expect(try compare(optimizer, clip: 0.7) < 1e-9)
    #expect(try compare(optimizer, schedule: .cosine(floor: 0.1)) < 1e-9)
  }

  @Test("an update in parts keeps what was, and has the bits of one in one go", arguments: all)
  func parts(optimizer: Optimizer) throws {
    let count = 2 * 1024 / MemoryLayout<Float>.stride + 37
    let (whole, parts) = (
      try OptimizerState<Float>(optimizer, count: count),
      try OptimizerState<Float>(optimizer, count: count)
    )
    let start = (0..<count).map { Float($0) / 64 - 3 }
    let gradients = (0..<count).map { Float($0 % 7) - 2.5 }
    let (halves, nothing) = (gradients.map { $0 / 2 }, [Float](repeating: 9, count: count))
    var (a, b, before) = (start, start, nothing)
    for _ in 0..<3 {
      let last = b
      whole.update(&a, gradients: gradients, rateFactor: 0.5)
      parts.beginUpdate(rateFactor: 0.5)
      for range in [0..<300, 300..<301, 301..<count] {
        let isGood = parts.update(
          &b, gradients: halves, added: halves, range, before: &before,
          isShared: range.count != 300)
        #expect(isGood)
      }
      #expect(before == last)
      #expect(a == b && a != last)
    }
    parts.beginUpdate(rateFactor: 1)
    var bad = gradients
    bad[280] = .nan
    for isShared in [false, true] {
      (b, before) = (a, nothing)
      let isGood = parts.update(
        &b, gradients: bad, 0..<count, before: &before, isShared: isShared)
      #expect(!isGood && before == a)
    }
  }

  @Test func firstStepsByHand() throws {
    // y = 0·x + 0 on the one point (1, 2): dL/dw = dL/db = 2·(0 − 2)·1 = −4.
    let data = try Dataset(
      x: Tensor([1.0], shape: [1, 1], dtype: .float64),
      y: Tensor([2.0], shape: [1], dtype: .float64))
    let line = try Line(slope: 0, intercept: 0).net
    func weights(_ optimizer: Optimizer, _ epochs: Int) throws -> [Double] {
      var options = TrainingOptions()
      options.optimizer = optimizer
      options.epochs = epochs
      return try Training.run(TrainingJob(options, model: line, data: data), model: line).weights
    }
    #expect(try weights(.sgd(learningRate: 0.1), 1) == [0.4, 0.4])
    // The residual is then −1.2 and the gradient −2.4; momentum adds half of −4.
    let second = try weights(.sgd(learningRate: 0.1, momentum: 0.5), 2)
    #expect(abs(second[0] - (0.4 + 0.1 * (2.4 + 2))) < 1e-15)
    // Nesterov: 0.1·(4 + 0.5·4) = 0.6 at once.
    let ahead = try weights(.sgd(learningRate: 0.1, momentum: 0.5, isNesterov: true), 1)
    #expect(abs(ahead[0] - 0.6) < 1e-15)
    // Adam's first step is the rate, whatever the gradient.
    let adam = try weights(.adam(learningRate: 0.1), 1)
    #expect(abs(adam[0] - 0.1) < 1e-9 && abs(adam[1] - 0.1) < 1e-9)
  }

  @Test func schedulesAreTheirFormulas() {
    #expect((0..<5).allSatisfy { Schedule.constant.factor(epoch: $0, of: 5) == 1 })
    let cosine = Schedule.cosine(floor: 0.2)
    #expect(cosine.factor(epoch: 0, of: 10) == 1)
    #expect(abs(cosine.factor(epoch: 5, of: 10) - 0.6) < 1e-15)
    let last = 0.2 + 0.8 * (1 + Foundation.cos(0.9 * Double.pi)) / 2
    #expect(abs(cosine.factor(epoch: 9, of: 10) - last) < 1e-15)
    let step = Schedule.step(every: 3, factor: 0.5)
    #expect((0..<8).map { step.factor(epoch: $0, of: 8) } == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25])
  }

  @Test func clippingKeepsTheDirection() throws {
    let problem = try Problem(rows: 20, dtype: .float64).changed {
      $0.batch = 20
      $0.pretrain = 1
      $0.epochs = 0
      $0.optimizer = try .sgd(learningRate: 1)
    }
    func change(_ clip: Double?) throws -> [Double] {
      let run = try problem.changed { $0.clip = clip }.run()
      return zip(run.weights, problem.model.parameters.doubles).map { $0 - $1 }
    }
    let free = try change(nil)
    let length = free.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let clipped = try change(0.25)
    #expect(abs(clipped.reduce(0) { $0 + $1 * $1 }.squareRoot() - 0.25) < 1e-12)
    for (a, b) in zip(clipped, free) { #expect(abs(a - b * 0.25 / length) < 1e-12) }
    #expect(try change(2 * length) == free)
  }
}
