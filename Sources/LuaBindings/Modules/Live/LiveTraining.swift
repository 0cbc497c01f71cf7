import Learning
import Pictures

/// The progress of a single run: its bar, and the picture below.
struct LiveTraining {
  private var bar: ProgressBar
  private let epochs: Int
  /// What is done; the next epoch's report decides what the curve shows.
  private var picture: TrainingPicture?
  private var meter: SlopeMeter?
  private let start = ContinuousClock.now
  /// When slopes are next measured, in seconds.
  private var nextMeasure = 0.8
  private static let interval = 0.5
  private static let largestShare = 0.002

  /// - epochs: Of both stages.
  init(epochs: Int, _ mode: ProgressMode) {
    self.epochs = epochs
    bar = ProgressBar(mode)
  }

  /// Measures slopes on the validation data, else on the training data, if there is a Lai loss.
  mutating func measureSlopes(_ loss: Objective, _ data: Dataset) {
    // The display is not worth an error.
    guard bar.hasPicture else { return }
    meter = (try? SlopeMeter(loss.laiLosses.first, on: data)) ?? nil
  }

  /// The epochs of a run before it goes on.
  mutating func begin(after history: [EpochReport]) {
    bar.begun = history.count
    for report in history { append(report) }
  }

  /// After an epoch, before it is reported.
  mutating func look(at model: () throws -> TrainedModel) {
    guard let meter else { return }
    let begin = elapsed
    guard begin >= nextMeasure else { return }
    if case .network(let net)? = try? model(), let slopes = try? meter.measure(net) {
      picture?.slopes = slopes
    }
    nextMeasure = elapsed + max(Self.interval, (elapsed - begin) / Self.largestShare)
  }

  private var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

  private mutating func append(_ report: EpochReport) {
    guard bar.hasPicture else { return }
    let (name, value) = report.liveScore
    if picture == nil { picture = TrainingPicture(label: name) }
    picture?.append(epoch: report.epoch, stage: report.stage, value)
  }

  mutating func show(_ report: EpochReport) {
    append(report)
    let (name, value) = report.liveScore
    bar.show(
      report.epoch, of: epochs, note: "epoch \(report.epoch)  \(name) \(Table.number(value))",
      picture: { [picture] in picture })
  }

  mutating func wipe() { bar.wipe() }
  mutating func giveWay() { bar.giveWay() }
  mutating func finish() { bar.finish() }
}
