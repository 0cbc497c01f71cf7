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
