import Foundation
import Tensors
import Testing

@testable import Learning

struct LaiWarningTests {
  /// NumPy: each column, and y, regressed on a constant and the other columns; the last right singular
  /// vector of what is left, and the coefficients of lstsq in their standard errors.
  @Test("total least squares along each feature") func lines() throws {
    var (x, y): ([Double], [Double]) = ([], [])
    for i in 0..<40 {
      let (first, second) = (sin(Double(3 * i * i + 1)), cos(Double(5 * i)))
      let row = [first, second + 0.5 * first, sin(Double(7 * i))]
      x += row
      y.append(2 * row[0] - 0.5 * row[1] + 0.3 * sin(Double(11 * i * i)))
    }
    let lines = try #require(PartialLines(x, y, features: 3))
    let wanted = [2.052364611885503, -0.5419332776232234, -0.014869027746983187]
    let errors = [35.135905374809134, 10.270440643538542, 0.25833250966447574]
    for j in 0..<3 {
      #expect(abs(lines.slopes[j] - wanted[j]) < 1e-9, "\(lines.slopes)")
      #expect(abs(lines.errors[j] / errors[j] - 1) < 1e-9, "\(lines.errors)")
    }
    #expect(PartialLines(x.flatMap { [$0, $0] }, y + y + y, features: 2) == nil)
  }

  /// y ≈ 3 x₁, and x₂ is noise, of a network ŷ = `slope` x₁ that no step changes.
  private func warnings(
    slope: Double, lambda: Double, base: Residual = .mse, others: PerFeature.Entry = .included(25)
  ) throws -> [LaiWarning] {
    let n = 400
    var (x, y): ([Double], [Double]) = ([], [])
    for i in 0..<n {
      let square = Double(i * i)
      x += [sin(square), sin(3 * square + 1)]
      y.append(3 * sin(square) + 0.2 * cos(7 * square))
    }
    let data = try Dataset(
      x: Tensor(x, shape: [n, 2], dtype: .float64), y: Tensor(y, shape: [n], dtype: .float64))
    let net = try MLP(inputs: 2, hidden: [], activation: .named("identity"), dtype: .float64)
    try net.setWeights([Tensor([slope, 0], shape: [1, 2], dtype: .float64)])
    var options = TrainingOptions()
    options.loss = .lai(
      try LaiLoss(base: base, lambda: .perFeature([.included(lambda), others])))
    (options.alpha, options.epochs) = (1, 1)
    options.optimizer = try Optimizer("sgd", ["lr": 1e-300])
    return try Training.run(TrainingJob(options, model: net, data: data), model: net).warnings
  }

  @Test("a λ above the data's slope of total least squares") func ceiling() throws {
    // The slope is 3.0: 9 is the ceiling of λ. Feature 2 has no slope to speak of, and no warning.
    #expect(try warnings(slope: 2.9, lambda: 8).isEmpty)
    let warning = try #require(warnings(slope: 2.9, lambda: 10).first)
    #expect(warning.kind == .ceiling && warning.feature == "X1")
    #expect(abs(warning.wanted - 10.0.squareRoot()) < 1e-12 && abs(warning.data - 3) < 0.1)
    #expect(abs(warning.network - 2.9) < 1e-9)
    #expect(try warnings(slope: 2.9, lambda: 10).count == 1)
    // The kink of absolute residuals is λ itself.
    #expect(try warnings(slope: 2.5, lambda: 2.8, base: .mae).isEmpty)
    #expect(try warnings(slope: 2.5, lambda: 3.2, base: .mae).count == 1)
    // A network that is steeper than that all the same.
    #expect(try warnings(slope: 4, lambda: 10).isEmpty)
  }

  @Test("a slope of the wrong sign, where the Lai loss has a minimum") func wrongSign() throws {
    #expect(try warnings(slope: -0.5, lambda: 0.25).map(\.kind) == [.wrongSign])
    // √λ · 3 < 1: there is none.
    #expect(try warnings(slope: -0.5, lambda: 0.1).isEmpty)
    // Not yet there, or on its way.
    #expect(try warnings(slope: -0.2, lambda: 0.25).isEmpty)
    #expect(try warnings(slope: 0.5, lambda: 0.25).isEmpty)
  }

  @Test("the first session of the manual gives none") func quiet() throws {
    let data = try Synthetic.friedman1(count: 1000, noise: 1, seed: 1)
    let scaled = try Scaler(fitting: data).transform(data)
    let net = try MLP(inputs: 10, hidden: [16], activation: .named("tanh"))
    var options = TrainingOptions()
    options.loss = .lai(
      try LaiLoss(lambda: .named(["X4": .included(1e-2)], default: .included(1))))
    (options.alpha, options.pretrain, options.epochs, options.batch) = (0.05, 10, 5, 64)
    options.optimizer = try Optimizer("adam", ["lr": 3e-3])
    let run = try Training.run(TrainingJob(options, model: net, data: scaled), model: net)
    #expect(run.warnings.isEmpty, "\(run.warnings)")
    options.loss = .mse
    #expect(
      try Training.run(TrainingJob(options, model: net, data: scaled), model: net).warnings.isEmpty)
  }
}
