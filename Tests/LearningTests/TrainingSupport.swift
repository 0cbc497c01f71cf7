import Learning
import Tensors

/// A small problem, and ways to train on it.
struct Problem {
  var options = TrainingOptions()
  let data: Dataset
  let held: Dataset
  let model: MLP

  init(rows: Int = 150, dtype: DType = .float32, hidden: [Int] = [8], seed: UInt64 = 1) throws {
    let all = try Synthetic.friedman1(count: rows + 40, noise: 0.5, seed: 11, dtype: dtype)
    (data, held) = (try all.rows(Array(0..<rows)), try all.rows(Array(rows..<rows + 40)))
    var generator = RandomGenerator(seed: seed, stream: .weights)
    model = try MLP(
      inputs: 10, hidden: hidden, activation: .named("tanh"), dtype: dtype, using: &generator)
    options.batch = 32
    options.epochs = 3
    options.pretrain = 2
    options.alpha = 0.3
    options.loss = .lai(try LaiLoss(lambda: .uniform(0.1)))
  }

  func job() throws -> TrainingJob {
    try TrainingJob(options, model: model, data: data, validation: held)
  }

  func run(_ control: any TrainingControl = Unattended()) throws -> Run {
    try Training.run(job(), model: model, control: control)
  }

  func changed(_ change: (inout TrainingOptions) throws -> Void) rethrows -> Problem {
    var copy = self
    try change(&copy.options)
    return copy
  }
}

extension Run {
  var weights: [Double] { model.parameters.doubles }
}

/// Ends a run before the batch with this number, from 0.
final class Stop: TrainingControl {
  private var left: Int
  init(before batch: Int) { left = batch }
  func shouldStop() -> Bool {
    left -= 1
    return left < 0
  }
  func epochEnded(_ report: EpochReport) -> Bool { true }
}

/// Stops where it is told to, and remembers what it heard.
final class RecordingControl: TrainingControl {
  var batches = 0
  var epochs: [EpochReport] = []
  var lastBatch = Int.max
  var lastEpoch = Int.max

  func shouldStop() -> Bool {
    batches += 1
    return batches > lastBatch
  }
  func epochEnded(_ report: EpochReport) throws -> Bool {
    epochs.append(report)
    return report.epoch < lastEpoch
  }
}

/// How far gradients by a network's parameters, along random directions, are from the central
/// differences of the value there, at most and relatively.
func errorAlongDirections(
  _ net: MLP, _ gradients: [Double], of value: () throws -> Double
) throws -> Double {
  var generator = RandomGenerator(seed: 41)
  let parameters = try net.parameters.mutableBase(as: Double.self)
  let (kept, h) = (net.parameters.doubles, 1e-6)
  var worst = 0.0
  for _ in 0..<2 {
    let direction = gradients.map { _ in generator.normal() }
    func moved(by step: Double) throws -> Double {
      for index in kept.indices { parameters[index] = kept[index] + step * direction[index] }
      return try value()
    }
    let difference = try (moved(by: h) - moved(by: -h)) / (2 * h)
    let slope = zip(gradients, direction).reduce(0) { $0 + $1.0 * $1.1 }
    worst = max(worst, abs(slope - difference) / max(1, abs(difference)))
  }
  for index in kept.indices { parameters[index] = kept[index] }
  return worst
}
