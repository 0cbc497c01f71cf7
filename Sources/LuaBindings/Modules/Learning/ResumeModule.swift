import Learning
import Tensors

/// lai.resume.
enum ResumeModule {
  private static let epochs = Option(
    "epochs", Kind.integer(atLeast: 0).optional,
    "Epochs after pre-training, those that are done among them; as in the run so far unless given.")
  private static let loss = Option(
    "loss", Kind.loss.optional, "The run's loss.custom again: a state holds no functions.")
  private static let pretrainLoss = Option(
    "pretrain_loss", Kind.loss.optional, "The same for a pretrain_loss of the script's own.")
  private static let source = Parameter(
    "run", Kind<TrainingState>.state, "A file that checkpoint or run:save wrote, or a run.")

  private static let records: [ParameterRecord] =
    [
      TrainModule.data.record, TrainModule.validation.record, epochs.record, loss.record,
      pretrainLoss.record,
    ]
    + TrainingOption.checkpoint.records
    + [TrainingOption.metrics.record, TrainModule.onEpoch.record]
    + [ScriptedTrainingModule.step.record, ScriptedTrainingModule.predict.record]

  static let functions = [
    LuaFunction(
      "resume", "Goes on with a run: the same bits as if it had never stopped.", source,
      Parameter<OptionTable>.options(records),
      returns: "lai.Run",
      details: """
        data and validation must be those of the run: their numbers and names are compared. With more
        epochs, a run that is finished goes on; a cosine schedule is then that of all epochs. One that
        stopped early stays so: its patience is part of the state. A run that wrote checkpoints goes on
        writing them to the same file, or to checkpoint. Functions are in no file: give step, predict,
        metrics and a loss.custom again. What they keep themselves, such as a generator of random
        numbers, is not part of the state.
        A file that is cut off, changed, of another version or of another kind is refused.
        """,
      example: """
        local data = lai.synthetic.friedman1{n = 100}
        local path = os.tmpname()
        local net = lai.mlp{inputs = 10, hidden = {8}}
        lai.train{model = net, data = data, epochs = 2, checkpoint = path}
        local run = lai.resume(path, {data = data, epochs = 4})
        assert(#run.history == 4)
        os.remove(path)
        """
    ) { state, options in
      guard state.isOfNetwork else {
        if try options.contains(loss) {
          throw ArgumentError("loss", mustBe: "left out: this run has a step", got: "a loss")
        }
        return AnyRun.scripted(try ScriptedTrainingModule.resume(state, options))
      }
      for option in [ScriptedTrainingModule.step, ScriptedTrainingModule.predict]
      where try options.contains(option) {
        throw ArgumentError(
          option.name, mustBe: "left out: this run is of a network", got: "a function")
      }
      let metrics = try options(TrainingOption.metrics)?.functions ?? []
      let (data, validation) = try (options(TrainModule.data), options(TrainModule.validation))
      let control = LuaTrainingControl(
        state: options.state, callback: try options(TrainModule.onEpoch),
        epochs: try epochs(of: state, options), metrics: metrics, validation: validation)
      defer { control.finish() }
      control.live.begin(after: state.history)
      control.live.measureSlopes(state.options.loss, validation ?? data)
      return AnyRun.network(
        control.warn(
          of: try Training.resume(
            state, data: data, validation: validation, control: control,
            customMetrics: metrics.map(\.name)
          ) { training in
            try change(&training, options)
            training.loss = try again(training.loss, loss, options)
            if let base = training.pretrainLoss {
              training.pretrainLoss = try again(base, pretrainLoss, options)
            } else if try options.contains(pretrainLoss) {
              throw ArgumentError("pretrain_loss", mustBe: "left out, as so far", got: "a loss")
            }
          }))
    }
  ]

  /// A loss as before, with the functions that a state does not hold.
  private static func again(
    _ objective: Objective, _ option: Option<Objective?>, _ options: OptionTable
  ) throws -> Objective {
    let given = try options(option)
    guard objective.customLosses.isEmpty == (given == nil) else {
      throw ArgumentError(
        worded: Message(option.name),
        mustBe: given == nil
          ? "given again: a state holds no functions" : "left out: the state has it",
        got: given?.words ?? "none")
    }
    guard let given else { return objective }
    guard "\(given)" == "\(objective)" else {
      throw ArgumentError(
        worded: Message(option.name), mustBe: "\(objective), as so far", got: given.words)
    }
    return given
  }

  /// Epochs of both stages.
  static func epochs(of state: TrainingState, _ options: OptionTable) throws -> Int {
    let epochs = try options(epochs) ?? state.options.epochs
    // A number that training refuses must not overflow here.
    return min(epochs, Int.max - state.options.pretrain) + state.options.pretrain
  }

  /// What every run may change when it goes on.
  static func change(_ training: inout TrainingOptions, _ options: OptionTable) throws {
    if let epochs = try options(epochs) { training.epochs = epochs }
    try TrainingOption.checkpoint.read(options, into: &training)
    if let metrics = try options(TrainingOption.metrics), !metrics.names.isEmpty,
      metrics.names != training.metrics
    {
      throw ArgumentError(
        "metrics",
        mustBe: training.metrics.isEmpty
          ? "left out, as in the run so far"
          : "as in the run so far: " + training.metrics.joined(separator: ", "),
        got: metrics.names.joined(separator: ", "))
    }
  }
}

extension Kind where Value == TrainingState {
  /// A file's path or a run.
  static let state = Kind(
    "a file's path or a lai.Run", annotation: "string|lai.Run|lai.ScriptedRun", isPath: true
  ) { state, index in
    if let run = state.object(at: index, as: Run.self) { return try run.stateToGoOn() }
    if let run = state.object(at: index, as: ScriptRun.self) { return try run.stateToGoOn() }
    guard let path = try Kind<String>.path.read(state, index) else { return nil }
    return try TrainingState.load(from: path)
  }
}
