import Tensors

/// What a run needs, without its number type.
protocol AnyTrainingPlan: Sendable {
  /// Whether the first stage of both takes the same steps.
  func sharesPretraining(with other: any AnyTrainingPlan) -> Bool
}

struct TrainingPlan<S: TensorScalar>: AnyTrainingPlan {
  let options: TrainingOptions
  let form: NetworkForm
  let activation: Activation
  let start: [S]
  let rows: TrainingRows<S>
  let held: TrainingRows<S>?
  let features: [String]?
  let noise: PreparedNoise?
  let origin: TrainingOrigin
  /// The state of an earlier run, to resume from; nil for a new run.
  let resumed: TrainingState?
  var sizes: [Int] { form.sizes }
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
      objective.inScaledUnits(of: form.scaler, features: features, inputs: sizes[0]),
      features: features, inputs: sizes[0], outputs: sizes[sizes.count - 1],
      rows: rows.count, slopes: rows.slopes, x: rows.x)
  }

  /// - pretrained: The state after pre-training that another plan shares; nil without.
  func run(
    _ control: any TrainingControl, after pretrained: TrainingState?, crew: Crew?
  ) throws -> TrainingJob.Result {
    do {
      let step = try NetworkStep(self, crew: crew)
      let progress = try begin(step, after: pretrained ?? resumed)
      let ending = try TrainingLoop(options, step, origin, from: progress).run(
        from: progress, control)
      var result = TrainingJob.Result(
        parameters: ending.parameters[0], history: ending.progress.history,
        outcome: ending.outcome, error: ending.error, seconds: ending.progress.seconds,
        state: ending.state)
      if ending.error == nil, ending.progress.history.contains(where: { $0.laiCount > 0 }) {
        // Without memory for them, the run counts.
        result.warnings =
          (try? LaiWarning.all(
            options.loss.inScaledUnits(of: form.scaler, features: features, inputs: sizes[0]),
            form.network(ending.parameters[0]), rows)) ?? []
      }
      if let warning = scaleWarning(ending) { result.scaleWarnings = [warning] }
      return result
    } catch {
      // Before the first epoch, or without memory for the parameters at the end.
      guard let outcome = control.outcome(after: error) else { throw error }
      return TrainingJob.Result(
        parameters: nil, history: [], outcome: outcome, error: error, seconds: 0, state: nil)
    }
  }

  /// The warning about an error larger than the target's own deviation.
  private func scaleWarning(_ ending: TrainingLoop<NetworkStep<S>>.Ending) -> ScaleWarning? {
    guard let held, ending.outcome == .finished || ending.outcome == .earlyStopped else {
      return nil
    }
    let report =
      options.earlyStopping == nil
      ? ending.progress.history.last : ending.progress.best?.report
    return (report?.validationRMSE).flatMap {
      .error(
        rmse: $0, targets: held.y, outputs: held.y.count / held.count,
        scale: form.scaler?.target)
    }
  }

  /// The first stage alone, for all that share it, those with early stopping too.
  func pretrain(_ control: any TrainingControl, crew: Crew?) throws -> TrainingState {
    let step = try NetworkStep(self, crew: crew)
    var progress = try begin(step, after: nil)
    let loop = try TrainingLoop(options, step, origin, from: progress)
    _ = try loop.advance(
      &progress, until: options.pretrain, keepsBest: step.hasValidation, control)
    return try loop.makeState(progress)
  }

  private func begin(_ step: NetworkStep<S>, after state: TrainingState?) throws -> TrainingProgress
  {
    guard let state else {
      return TrainingProgress(
        seed: options.seed,
        watch: DivergenceWatch(
          largest: rows.y.largestMagnitude, threshold: options.divergenceThreshold,
          loss: options.base.residualLoss))
    }
    try step.restore(state.parameters, state.optimizer)
    var progress = state.progress
    if options.earlyStopping == nil { progress.best = nil }
    return progress
  }

  func sharesPretraining(with other: any AnyTrainingPlan) -> Bool {
    guard let other = other as? TrainingPlan<S> else { return false }
    // A run that goes on from a state has its own start.
    guard resumed == nil, other.resumed == nil else { return false }
    return options.sharesPretraining(with: other.options) && sizes == other.sizes
      && form.activation == other.form.activation && start == other.start && rows === other.rows
      && held === other.held && form.scaler == other.form.scaler
      && noise?.inputs == other.noise?.inputs
  }
}

extension TrainingOptions {
  /// Whether the first stage of both takes the same steps on the same data.
  func sharesPretraining(with other: TrainingOptions) -> Bool {
    (pretrain, epochs > 0) == (other.pretrain, other.epochs > 0) && pretrain > 0 && epochs > 0
      && (base, batch, seed) == (other.base, other.batch, other.seed) && noise == other.noise
      && (optimizer, clip) == (other.optimizer, other.clip)
      && (schedule.sparesPretraining && other.schedule.sparesPretraining
        || schedule == other.schedule && epochs == other.epochs)
      && (divergenceThreshold, metrics) == (other.divergenceThreshold, other.metrics)
      // Who writes checkpoints has its own from the first epoch on.
      && (checkpoint == nil && other.checkpoint == nil)
  }
}
