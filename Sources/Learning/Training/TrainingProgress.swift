import Tensors

/// How far a run has come: everything that its next batch depends on beside parameters and what the
/// optimizer keeps.
///
/// The order of the rows is not kept: it is what so many shuffles of 0, 1, 2, … from the seed make.
struct TrainingProgress: Sendable, Codable {
  /// Epochs that have begun: shuffles of the rows.
  var shuffles = 0
  /// Batches of the epoch at hand that are done.
  var batch = 0
  /// Batches of all epochs that are done.
  var batches: UInt64 = 0
  /// Of the epoch at hand
  var sums = EpochSums()
  var choice: LaiChoice
  var watch: DivergenceWatch
  /// The epochs that are done.
  var history: [EpochReport] = []
  var best: BestEpoch?
  var improvement: Improvement?
  /// That training took so far
  var seconds = 0.0

  init(seed: UInt64, watch: DivergenceWatch) {
    choice = LaiChoice(seed: seed)
    self.watch = watch
  }

  /// Names the features in the reports, which are stored without.
  mutating func name(_ features: [String]) {
    for index in history.indices where history[index].aboveKink?.shares.count == features.count {
      history[index].aboveKink?.features = features
    }
  }

  /// Whether a run on these data can have this progress.
  func isValid(rows: Int, columns: Int, batch size: Int, parameters: [StoredTensor]) -> Bool {
    guard rows >= 1, size >= 1, shuffles >= 0, shuffles <= history.count + 1 else { return false }
    let count = (rows - 1) / size + 1
    let begun = shuffles - history.count
    return (begun == 1 && (0...count).contains(batch) || begun == 0 && batch == 0)
      && history.enumerated().allSatisfy { $1.epoch == $0 + 1 }
      && batches == UInt64(history.count) * UInt64(count) + UInt64(batch)
      && (improvement.map { history.indices.contains($0.epoch) } ?? true)
      && (0...rows).contains(sums.laiCount)
      && (sums.aboveKink.map { $0.count == columns && $0.allSatisfy((0...(1 << 53)).contains) }
        ?? true)
      && choice.isValid(batches: count) && seconds >= 0
      && (best.map { $0.parameters.isAlike(parameters) } ?? true)
  }
}

/// The best epoch so far, and its parameters.
struct BestEpoch: Sendable, Codable {
  let report: EpochReport
  let parameters: [StoredTensor]
}

/// The last epoch, counted from 0, that reset the patience of early stopping.
struct Improvement: Sendable, Codable {
  let score: Double
  let epoch: Int
}

/// Sums over the batches of an epoch.
struct EpochSums: Sendable, Codable {
  var base = 0.0
  var lai = 0.0
  var laiBase = 0.0
  var laiRows = 0.0
  var laiCount = 0
  /// Slopes above the kink of the Lai loss, per feature; nil without, and from older programs.
  var aboveKink: [Int]?
}

extension [StoredTensor] {
  /// Whether both have the same types and shapes.
  func isAlike(_ other: [StoredTensor]) -> Bool {
    count == other.count
      && zip(self, other).allSatisfy { $0.dtype == $1.dtype && $0.shape == $1.shape }
  }
}
