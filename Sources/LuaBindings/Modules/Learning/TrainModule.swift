import CLai
import Learning
import Tensors

/// lai.train and its options.
enum TrainModule {
  private static let defaults = TrainingOptions()
  static let model = Option(
    "model", Kind<MLP>.object, "The network to begin with; it is not changed.")
  static let data = Option("data", Kind<Dataset>.object, "Training data with targets.")
  static let validation = Option(
    "validation", Kind<Dataset>.object.optional, "Data for the validation RMSE of each epoch.")
  static let loss = Option(
    "loss", Kind.loss, default: defaults.loss,
    "What training minimises: a loss, or a sum of losses and penalties.")
  static let pretrainLoss = Option(
    "pretrain_loss", Kind.loss.optional,
    "For pre-training, and for what alpha does not choose. Without it, loss without its terms of slopes: of a Lai loss its base."
  )
  static let pretrain = Option(
    "pretrain", .integer(atLeast: 0), default: defaults.pretrain,
    "Epochs of pretrain_loss before.")
  static let epochs = Option(
    "epochs", .integer(atLeast: 0), default: defaults.epochs,
    "Epochs of loss, as far as alpha chooses it, and of pretrain_loss.")
  static let alpha = Option(
    "alpha", Kind<Double>.fraction.optional,
    "Share of the batches, or points, that takes loss; the others take pretrain_loss. Without it, 0.01 if loss has a Lai loss in it, else 1."
  )
  static let sample = Option(
    "sample", Kind.choice(LaiSample.allCases.map(\.rawValue)), default: defaults.sample.rawValue,
    "What the share is of.")
  static let batch = Option(
    "batch", .integer(atLeast: 1), default: defaults.batch, "Rows of a mini-batch.")
  static let optimizer = Option(
    "optimizer", Kind<Optimizer>.object, default: defaults.optimizer, "How parameters move.")
  static let schedule = Option(
    "schedule", Kind<Schedule>.object, default: defaults.schedule, "Of the learning rate.")
  static let clip = Option(
    "clip", Kind<Double>.positive.optional, "Largest norm of the gradient.")
  static let patience = Option(
    "patience", Kind.integer(atLeast: 1).optional,
    "Early stopping: ends after so many epochs without a better validation RMSE. The run has the model of its best epoch, however it ends."
  )
  static let improvement = Option(
    "min_improvement", .notNegative, default: 0, "What resets the patience, in units of the RMSE.")
  static let divergence = Option(
    "on_divergence", Kind.choice(DivergenceAction.allCases.map(\.rawValue)),
    default: defaults.onDivergence.rawValue,
    "An error, or stop and return the last finite model.")
  static let seed = Option(
    "seed", .seed, default: defaults.seed,
    "Of shuffling, of the choice of batches, and of the noise.")
  static let onEpoch = Option(
    "on_epoch", Kind<LuaCallable>.function.optional,
    "Called with each epoch's report; false ends the run.")

  static let shared =
    [
      model.record, data.record, validation.record, loss.record, pretrainLoss.record,
      pretrain.record, epochs.record, alpha.record, sample.record, batch.record, optimizer.record,
      schedule.record, clip.record, patience.record, improvement.record, divergence.record,
      seed.record,
    ] + NoiseOptions.records
  static let functions = [
    LuaFunction(
      "train", "Lai Training: a base loss, then a share α of the batches for the Lai loss.",
      Parameter<OptionTable>.options(
        (shared + [
          onEpoch.record, ScriptedTrainingModule.step.record,
          ScriptedTrainingModule.parameters.record,
        ]).map(\.asOptional)),
      returns: "lai.Run",
      details: """
        For a model that is not an MLP, give step, a function (parameters, x, y) of a scalar tensor,
        and parameters, a tensor or nested table of them, instead of model and loss: the run has
        the trained parameters. x is [rows][inputs], y [rows][outputs]: compute predictions of the
        shape of y, for [rows] minus [rows][1] would be [rows][rows].
        The columns of data, of validation and those that the model was trained on before must have
        the same names, as far as all have names.
        Ctrl-C ends it at a batch boundary and returns the run so far; once more within two seconds,
        it ends the command. The same seed gives the same bits.
        Source: Lai, arXiv 2405.07884, §5.
        """,
      example: """
        local data = lai.synthetic.friedman1{n = 200}
        local run = lai.train{
          model = lai.mlp{inputs = 10, hidden = {16}}, data = data, batch = 32,
          loss = lai.loss.lai{lambda = 0.1}, alpha = 0.1, pretrain = 2, epochs = 2}
        print(run)
        """
    ) { options in
      if try options.contains(ScriptedTrainingModule.step) {
        return AnyRun.scripted(try ScriptedTrainingModule.run(options))
      }
      let (job, net) = try prepare(options)
      let control = LuaTrainingControl(
        state: options.state, callback: try options(onEpoch), epochs: job.epochs)
      defer { control.finish() }
      return AnyRun.network(try Training.run(job, model: net, control: control))
    }
  ]

  static func prepare(
    _ options: OptionTable, onDivergence fallback: DivergenceAction = .error
  ) throws -> (job: TrainingJob, model: MLP) {
    var training = TrainingOptions()
    training.loss = try options(loss)
    training.pretrain = try options(pretrain)
    training.epochs = try options(epochs)
    training.pretrainLoss = try options(pretrainLoss)
    training.alpha = try options(alpha) ?? training.loss.defaultAlpha
    training.sample = LaiSample(rawValue: try options(sample))!
    training.batch = try options(batch)
    training.optimizer = try options(optimizer)
    training.schedule = try options(schedule)
    training.clip = try options(clip)
    if let patience = try options(patience) {
      training.earlyStopping = try EarlyStopping(
        patience: patience, minimumImprovement: options(improvement))
    } else if try options.contains(improvement) {
      throw ArgumentError("min_improvement", mustBe: "given with patience", got: "without")
    }
    training.onDivergence =
      try options.contains(divergence)
      ? DivergenceAction(rawValue: options(divergence))! : fallback
    training.seed = try options(seed)
    training.noise = try NoiseOptions.noise(options)
    let net = try options(model)
    let job = try TrainingJob(
      training, model: net, data: options(data), validation: options(validation))
    return (job, net)
  }
}
