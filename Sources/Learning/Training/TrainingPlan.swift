import Tensors

/// What a run needs, without its number type.
protocol AnyTrainingPlan: Sendable {
  /// Whether the first stage of both takes the same steps.
  func sharesPretraining(with other: any AnyTrainingPlan) -> Bool
}

struct TrainingPlan<S: TensorScalar>: AnyTrainingPlan {
  let options: TrainingOptions
  let sizes: [Int]
  let activation: Activation
  let start: [S]
  let rows: TrainingRows<S>
  let held: TrainingRows<S>?
  let features: [String]?
  let noise: PreparedNoise?
  /// Whether a share of the batches, or points, takes another objective than the others.
  var hasChoice: Bool { options.loss != options.base }

  /// What pre-training, and the batches that are not chosen, minimise. Each call gives one of its own.
  ///
  /// - Throws: as `PreparedObjective.init`.
  func prepareBase() throws -> PreparedObjective<S> { try prepare(options.base) }
  /// What the chosen batches minimise; nil if that is the base.
  func prepareChosen() throws -> PreparedObjective<S>? {
    hasChoice ? try prepare(options.loss) : nil
  }

  private func prepare(_ objective: Objective) throws -> PreparedObjective<S> {
    try PreparedObjective(
      objective, features: features, inputs: sizes[0], outputs: sizes[sizes.count - 1],
      rows: rows.count, slopes: rows.slopes)
  }

  func run(
    _ control: any TrainingControl, after start: (any Sendable)?, crew: Crew?
  ) throws -> TrainingJob.Result {
    let loop: TrainingLoop<S>
    do { loop = try TrainingLoop<S>(self, crew: crew) } catch {
      guard let outcome = control.outcome(after: error) else { throw error }
      return TrainingJob.Result(
        parameters: self.start.map { Double($0) }, history: [], outcome: outcome, error: error,
        seconds: 0)
    }
    if let start { try loop.restore(start as! TrainingLoop<S>.Snapshot) }
    return try loop.run(control)
  }

  func pretrain(_ control: any TrainingControl, crew: Crew?) throws -> any Sendable {
    try TrainingLoop<S>(self, crew: crew).pretrain(control)
  }

  func sharesPretraining(with other: any AnyTrainingPlan) -> Bool {
    guard let other = other as? TrainingPlan<S> else { return false }
    return options.sharesPretraining(with: other.options) && sizes == other.sizes
      && activation.name == other.activation.name && start == other.start && rows === other.rows
      && held === other.held && noise?.inputs == other.noise?.inputs
  }
}

extension TrainingOptions {
  /// Whether the first stage of both takes the same steps on the same data.
  func sharesPretraining(with other: TrainingOptions) -> Bool {
    (pretrain, epochs > 0) == (other.pretrain, other.epochs > 0) && pretrain > 0 && epochs > 0
      && (base, batch, seed) == (other.base, other.batch, other.seed) && noise == other.noise
      && (optimizer, clip) == (other.optimizer, other.clip) && schedule == other.schedule
      && (schedule == .constant || epochs == other.epochs)
  }
}
