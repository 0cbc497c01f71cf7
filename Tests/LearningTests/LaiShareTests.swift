import Learning
import Tensors
import Testing

@Suite struct LaiShareTests {
  @Test("the share of batches is exact over epochs", arguments: [0.01, 0.1, 0.35, 1])
  func shareOfBatches(alpha: Double) throws {
    let problem = try Problem(rows: 29, hidden: []).changed {
      $0.batch = 1
      $0.pretrain = 1
      $0.epochs = 100
      $0.alpha = alpha
    }
    let counts = try problem.run().history.map(\.laiCount)
    #expect(counts[0] == 0)
    #expect(counts.reduce(0, +) == Int((alpha * 2900).rounded()))
    // Even from epoch to epoch, too: the fraction is carried, not drawn.
    let few = Int(alpha * 29)
    #expect(counts[1...].allSatisfy { $0 == few || $0 == few + 1 })
  }

  @Test("the share of points is exact over batches", arguments: [0.01, 0.35, 1])
  func shareOfPoints(alpha: Double) throws {
    let problem = try Problem(rows: 100, hidden: []).changed {
      $0.sample = .points
      $0.pretrain = 0
      $0.epochs = 10
      $0.alpha = alpha
    }
    let counts = try problem.run().history.map(\.laiCount)
    #expect(counts.reduce(0, +) == Int((alpha * 1000).rounded()))
    #expect(counts.allSatisfy { abs(Double($0) - alpha * 100) <= 1 })
  }

  /// What is said before a run is what the run does.
  @Test(arguments: LaiSample.allCases, [0, 0.01, 0.019, 0.02, 0.021, 0.5])
  func ofSoFewThereIsNone(sample: LaiSample, alpha: Double) throws {
    let word = sample == .batches ? "batch" : "row"
    for (rows, batch, epochs) in [(50, 1, 1), (100, 2, 1), (49, 1, 1), (30, 25, 25), (30, 256, 50)]
    {
      let problem = try Problem(rows: rows, hidden: []).changed {
        ($0.sample, $0.alpha, $0.batch) = (sample, alpha, batch)
        ($0.pretrain, $0.epochs) = (1, epochs)
      }
      let count = try problem.run().history.reduce(0) { $0 + $1.laiCount }
      let text = problem.options.laiShareWarning(rows: rows)
      #expect((text != nil) == (count == 0 && alpha > 0), "\(rows), \(batch), \(epochs)")
      if let text {
        #expect(text == "no \(word) has taken the Lai loss: alpha \(alpha) of so few")
      }
      #expect(problem.changed { $0.loss = .mse }.options.laiShareWarning(rows: rows) == nil)
      #expect(problem.changed { $0.epochs = 0 }.options.laiShareWarning(rows: rows) == nil)
    }
  }

  @Test("α of points leaves the batches of all epochs as they are") func pointsLeaveTheShuffle()
    throws
  {
    // With the only feature left out, the Lai loss is the base loss: all α must give one run, up
    // to the order of sums, unless the choice changes which rows come together.
    let plain = Objective.lai(try LaiLoss(lambda: .perFeature([.excluded]), norm: .l1))
    var options = TrainingOptions()
    options.loss = plain
    options.sample = .points
    options.epochs = 3
    options.batch = 4
    options.optimizer = try .sgd(learningRate: 1e-2)
    let one = try Synthetic.line(slope: 3, intercept: 4, noise: 1, count: 40, dtype: .float64)
    let line = try Line(slope: 0, intercept: 0).net
    func weights(_ alpha: Double) throws -> [Double] {
      options.alpha = alpha
      return try Training.run(TrainingJob(options, model: line, data: one), model: line).weights
    }
    let control = try weights(0)
    for alpha in [0.25, 0.5, 1] {
      for (a, b) in zip(try weights(alpha), control) { #expect(abs(a - b) < 1e-12) }
    }
  }

  @Test("one batch of chosen points is the weighted sum of both losses") func pointsAreWeighted()
    throws
  {
    let problem = try Problem(rows: 10, dtype: .float64, hidden: [4]).changed {
      $0.sample = .points
      $0.pretrain = 0
      $0.epochs = 1
      $0.batch = 10
      $0.alpha = 0.3
      $0.optimizer = try .sgd(learningRate: 1)
    }
    let run = try problem.run()
    let change = zip(problem.model.parameters.doubles, run.weights).map { $0 - $1 }
    func gradient(_ loss: Objective, _ rows: [Int]) throws -> [Double] {
      let part = try problem.data.rows(rows)
      let result = try loss.gradients(problem.model, part.x, part.y!)
      return zip(result.weights, result.biases).flatMap { $0.doubles + $1.doubles }
    }
    // The rows, shuffled by one stream, and three of them brought to the front by another.
    var order = Array(0..<10)
    var shuffling = RandomGenerator(seed: problem.options.seed, stream: .shuffle)
    shuffling.shuffle(&order)
    #expect(Set(order[..<3]) != Set(chosen(of: order, problem.options.seed)[..<3]))
    order = chosen(of: order, problem.options.seed)
    let lai = try gradient(problem.options.loss, Array(order[..<3]))
    let base = try gradient(.residual(.mse), Array(order[3...]))
    for (index, step) in change.enumerated() {
      #expect(abs(0.3 * lai[index] + 0.7 * base[index] - step) < 1e-10)
    }
  }

  private func chosen(of rows: [Int], _ seed: UInt64) -> [Int] {
    var rows = rows
    var choosing = RandomGenerator(seed: seed, stream: .alpha)
    for place in 0..<3 { rows.swapAt(place, place + choosing.index(below: 10 - place)) }
    return rows
  }
}
