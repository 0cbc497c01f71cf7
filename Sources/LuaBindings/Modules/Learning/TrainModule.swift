import CLai
import Learning
import Tensors

/// lai.train and its options.
enum TrainModule {
  static let model = Option(
    "model", Kind<MLP>.object, "The network to begin with; it is not changed.")
  static let data = Option(
    "data", Kind<Dataset>.object, "Training data, with targets unless step does without.")
  static let validation = Option(
    "validation", Kind<Dataset>.object.optional,
    "Data for the validation RMSE of each epoch; with step, for the mean of its value.")
  static let onEpoch = Option(
    "on_epoch", Kind<LuaCallable>.function.optional,
    "Called with each epoch's report; false ends the run.")

  /// What lai.train and lai.train_all take.
  static let shared =
    [model.record, data.record, validation.record] + TrainingOption.all.flatMap(\.records)
  static let functions = [
    LuaFunction(
      "train",
      "Trains a network on a sum of losses and penalties; with a Lai loss, by Lai Training.",
      Parameter<OptionTable>.options(
        (shared + [onEpoch.record] + ScriptedTrainingModule.records).map(\.asOptional)),
      returns: "lai.Run",
      details: """
        It returns a run; run.model is the trained network. The network that was given as model is not
        changed, so net:predict still predicts with its old weights.
        First come pretrain epochs of pretrain_loss, then epochs in which a share alpha of the batches
        takes loss, the others pretrain_loss.
        For a model that is not an MLP, give step, a function (parameters, x, y) of a scalar tensor,
        and parameters, a tensor or nested table of them, instead of model and loss: the run has
        the trained parameters. x is [rows][inputs], y [rows][outputs]: compute predictions of the
        shape of y, for [rows] minus [rows][1] would be [rows][rows]. With validation, the mean value
        of step over its rows is reported and used by patience; predict, a function (parameters, x)
        of predictions, adds the validation RMSE and the metrics.
        The columns of data, of validation and those that the model was trained on before must have
        the same names, as far as all have names, and the same scaler, or none. The trained network
        keeps the data's scaler. With a scaled target (lai.standardize(train, {target = true})), RMSE
        and metrics are in the target's own units, losses in the scaled ones.
        Ctrl-C ends it at a batch boundary and returns the run so far; once more within two seconds,
        it ends the command. The same seed gives the same bits.
        An error in a function of the script, on_epoch among them, ends the run and is raised. With
        checkpoint, the state before it is in that file, and lai.resume goes on from there.
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
      if let stray = try ScriptedTrainingModule.firstGiven(options) {
        throw ArgumentError(stray, mustBe: "given with step", got: "without")
      }
      let metrics = try options(TrainingOption.metrics)?.functions ?? []
      let (job, net) = try prepare(options, customMetrics: metrics.map(\.name))
      let control = LuaTrainingControl(
        state: options.state, callback: try options(onEpoch), epochs: job.epochs,
        metrics: metrics, validation: try options(validation))
      defer { control.finish() }
      control.live.measureSlopes(
        job.options.loss, try options(validation) ?? options(data))
      control.warn(job.scaleWarnings)
      return AnyRun.network(
        control.warn(of: try Training.run(job, model: net, control: control)))
    }
  ]

  /// - fallback: What divergence does unless the table says so.
  /// - customMetrics: Names of metrics that the caller's control computes; other functions are
  ///   refused.
  static func prepare(
    _ options: OptionTable, onDivergence fallback: DivergenceAction = .alone,
    customMetrics: [String] = []
  ) throws -> (job: TrainingJob, model: MLP) {
    var training = TrainingOptions()
    training.onDivergence = fallback
    for option in TrainingOption.all { try option.read(options, into: &training) }
    if let other = try options(TrainingOption.metrics)?.functions.first(where: {
      !customMetrics.contains($0.name)
    }) {
      throw ArgumentError(
        "metrics.\(other.name)", mustBe: "the name of a built-in metric in train_all",
        got: "a function")
    }
    let net = try options(model)
    let job = try TrainingJob(
      training, model: net, data: options(data), validation: options(validation),
      customMetrics: customMetrics)
    return (job, net)
  }
}
