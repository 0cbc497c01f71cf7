import CLai
import Learning
import Tensors

/// lai.train and lai.train_all.
enum TrainModule {
  private static let defaults = TrainingOptions()
  static let model = Option(
    "model", Kind<MLP>.object, "The network to begin with; it is not changed.")
  static let data = Option("data", Kind<Dataset>.object, "Training data with targets.")
  static let validation = Option(
    "validation", Kind<Dataset>.object.optional, "Data for the validation RMSE of each epoch.")
  static let loss = Option(
    "loss", Kind.loss, default: defaults.loss, "What Lai Training minimises.")
  static let pretrain = Option(
    "pretrain", .integer(atLeast: 0), default: defaults.pretrain,
    "Epochs of the base loss before.")
  static let epochs = Option(
    "epochs", .integer(atLeast: 0), default: defaults.epochs,
    "Epochs of Lai Training, or of the base loss if loss is one.")
  static let alpha = Option(
    "alpha", .fraction, default: defaults.alpha,
    "Share of the batches, or points, that takes the Lai loss; 1 for loss.custom.")
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
    "seed", .seed, default: defaults.seed, "Of shuffling and of the choice of batches.")
  static let onEpoch = Option(
    "on_epoch", Kind<LuaCallable>.function.optional,
    "Called with each epoch's report; false ends the run.")

  private static let shared = [
    model.record, data.record, validation.record, loss.record, pretrain.record, epochs.record,
    alpha.record, sample.record, batch.record, optimizer.record, schedule.record, clip.record,
    patience.record, improvement.record, divergence.record, seed.record,
  ]
  private static let workers = Option(
    "workers", .integer(atLeast: 1), default: 2, "Runs side by side.")
  private static let onRun = Option(
    "on_run", Kind<LuaCallable>.function.optional,
    "Called with each run that has ended, and its place in the list; false stops the others.")

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
    },
    LuaFunction(
      "train_all", "Several runs side by side, in order; the same bits for any number of workers.",
      Parameter(
        "list", Kind<LuaTables>.tables, "A list of tables of options, as lai.train takes.",
        entries: shared),
      Parameter<OptionTable>.options([workers.record, onRun.record]),
      returns: "lai.Run[], any",
      details: """
        No error loses the runs that are done. A run that diverges returns its last finite model; one
        that an error ends, in a loss.custom for example, returns its model at that moment. Both are
        reported on standard error when it happens, and in outcome and problem, and the others go on.
        So they do after an error in on_run, which is reported too. What would be an error in lai.train
        (on_divergence = "error" included) or was one in on_run is also the second result: the first
        such error, for assert(not problem, problem); there is none without. If all runs fail, the first
        one's error is raised.
        After Ctrl-C on_run is called no more, and the list has all runs as far as they came. In on_run,
        save what must not be lost with the program.
        """,
      example: """
        local data = lai.synthetic.friedman1{n = 100}
        local net = lai.mlp{inputs = 10, hidden = {8}}
        local runs = lai.train_all({
          {model = net, data = data, epochs = 1}, {model = net, data = data, epochs = 2}},
          {on_run = function(run, i) print(i, run.outcome) end})
        assert(#runs[2].history == 2)
        """
    ) { list, options in
      let parameter = Parameter<OptionTable>.options(shared)
      let jobs = try list.map {
        try prepare(parameter.read($0, $1), onDivergence: .stop)
      } keepingStack: {
        if case .custom = $0.job.options.loss { true } else { false }
      }
      let workers = try options(workers)
      var control = try LuaPoolControl(state: options.state, callback: options(onRun))
      defer { control.finish() }
      do {
        let runs = try Training.runAll(jobs, workers: workers, control: &control)
        return PoolResults(runs: runs, problem: control.problem)
      } catch {
        throw control.raised(error)
      }
    },
  ]

  private static func prepare(
    _ options: OptionTable, onDivergence fallback: DivergenceAction = .error
  ) throws -> (job: TrainingJob, model: MLP) {
    var training = TrainingOptions()
    training.loss = try options(loss)
    training.pretrain = try options(pretrain)
    training.epochs = try options(epochs)
    training.alpha = try options(alpha)
    if case .custom = training.loss, try !options.contains(alpha) { training.alpha = 1 }
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
    let net = try options(model)
    let job = try TrainingJob(
      training, model: net, data: options(data), validation: options(validation))
    return (job, net)
  }
}

/// Shows progress, answers Ctrl-C, and calls the script's on_epoch.
final class LuaTrainingControl: TrainingControl {
  private let state: LuaState
  private let callback: LuaCallable?
  private let epochs: Int
  private var bar = ProgressBar()
  private var done = 0
  private let wasDeferred: Bool

  init(state: LuaState, callback: LuaCallable?, epochs: Int) {
    (self.state, self.callback, self.epochs) = (state, callback, epochs)
    wasDeferred = lai_defer_interrupts(true)
  }

  func shouldStop() -> Bool { lai_pending_interrupts() > 0 }

  func epochEnded(_ report: EpochReport) throws -> Bool {
    done = report.epoch
    if shouldStop() { return false }
    if callback != nil { bar.wipe() }  // what the script prints does not mix with it
    let goesOn = try callback?.agrees(to: report) ?? true
    let note = report.validationRMSE.map { "validation RMSE \(rounded($0))" }
    bar.show(
      report.epoch, of: epochs,
      note: "epoch \(report.epoch)  " + (note ?? "loss \(rounded(report.baseLoss))"))
    return goesOn
  }

  /// A run that Ctrl-C ended is an answer to it: the script goes on.
  func finish() {
    bar.wipe()
    _ = lai_defer_interrupts(wasDeferred)
    answerInterrupt("stopped after \(done) of \(epochs) epochs")
  }

  private func rounded(_ value: Double) -> String {
    let scale = 10_000.0
    return "\((value * scale).rounded() / scale)"
  }
}

extension LuaCallable {
  /// Calls it; false if that is what it gives.
  fileprivate func agrees(to arguments: any LuaPushable...) throws -> Bool {
    let top = state.top
    defer { state.top = top }
    try call(results: 1, arguments)
    return state.type(at: -1) != .boolean || state.boolean(at: -1)
  }
}

/// Says that Ctrl-C ended a training, if it did and the script goes on.
private func answerInterrupt(_ text: String) {
  if lai_end_interrupted() {
    complain("\(text); Ctrl-C once more within 2 s ends all\n")
  }
}

/// Shows progress, answers Ctrl-C, calls the script's on_run, and keeps the first error.
private struct LuaPoolControl: PoolControl {
  private var bar = ProgressBar()
  private var text = "stopped before the first epoch"
  private let state: LuaState
  private let callback: LuaCallable?
  private let wasDeferred: Bool
  /// Where on the stack the first error object is kept: failures in flight hold theirs for a short
  /// time only.
  private let slot: Int32
  private var hasProblem = false
  private var isInterrupted = false

  init(state: LuaState, callback: LuaCallable?) throws {
    (self.state, self.callback) = (state, callback)
    try state.reserve(8)
    state.pushNil()
    slot = state.top
    wasDeferred = lai_defer_interrupts(true)
  }

  /// The first error.
  var problem: StackValue? { hasProblem ? StackValue(index: slot) : nil }

  func shouldStop() -> Bool { isInterrupted || lai_pending_interrupts() > 0 }
  mutating func progress(done: Int, of total: Int) {
    bar.show(done, of: total, note: "\(done) of \(total) epochs")
    text = "stopped after \(done) of \(total) epochs of all runs"
  }

  mutating func ended(_ run: Run, at place: Int) -> Bool {
    if let error = run.error {
      report("run \(place + 1) \(run.outcome.rawValue): \(error)")
      if run.hasFailed { keep(error) }
    }
    guard let callback else { return true }
    // What Lua calls now would take the press for its own.
    if shouldStop() { return false }
    bar.wipe()
    do {
      return try callback.agrees(to: LuaObject(run), place + 1)
    } catch {
      keep(error)
      isInterrupted = !goesOn(after: error)
      if !isInterrupted { report("on_run of run \(place + 1): \(error)") }
      return !isInterrupted
    }
  }

  private mutating func report(_ text: String) {
    bar.wipe()
    complain("train_all: \(text)\n")
  }

  private mutating func keep(_ error: any Error) {
    guard !hasProblem else { return }
    if let failure = error as? LuaFailure {
      state.push(failure)
    } else {
      guard (try? state.push("\(error)")) != nil else { return }
    }
    state.insert(slot)
    state.remove(slot + 1)
    hasProblem = true
  }

  /// Runs with a loss in Lua are one command: Ctrl-C within it ends all.
  func goesOn(after error: any Error) -> Bool { (error as? LuaFailure)?.reason != .interrupted }

  /// What to throw for an error that ended all: a kept one has left the failure that carried it.
  func raised(_ error: any Error) -> any Error {
    guard hasProblem, error is LuaFailure, goesOn(after: error) else { return error }
    state.pushValue(slot)
    do { try state.check(LAI_ERRRUN.status) } catch { return error }
    return error
  }

  mutating func finish() {
    bar.wipe()
    _ = lai_defer_interrupts(wasDeferred)
    if isInterrupted {
      complain("\(text)\n")
    } else {
      answerInterrupt(text)
    }
  }
}

/// A value that waits on the stack.
private struct StackValue: LuaPushable {
  static var luaAnnotation: String { "any" }
  let index: Int32

  func push(to state: LuaState) -> Int32 {
    state.pushValue(index)
    return 1
  }
}

/// The runs and, if there was one, the first error.
private struct PoolResults: LuaPushable {
  static var luaAnnotation: String { "lai.Run[], any" }
  let runs: [Run]
  let problem: StackValue?

  func push(to state: LuaState) throws -> Int32 {
    try state.reserve(4)
    let count = try runs.map { LuaObject($0) }.push(to: state)
    return count + (problem?.push(to: state) ?? 0)
  }
}

extension EpochReport: LuaTabular {
  static let luaTable = LuaTableType<EpochReport>(
    "EpochReport", "One epoch, as it went.",
    [
      .init("epoch", "Its number, from 1, over both stages.") { $0.epoch },
      .init("stage", "pretrain or train.") { $0.stage.rawValue },
      .init("base_loss", "Mean of the base loss over its batches.") { $0.baseLoss },
      .init("lai_loss", "Mean of the Lai loss over what took it; nil without.") { $0.laiLoss },
      .init("lai_ratio", "Ratio of that to the base loss there; nil without.") {
        $0.laiRatio
      },
      .init("lai_count", "Batches, or points, that took the Lai loss.") { $0.laiCount },
      .init("validation_rmse", "On the validation data; nil without.") { $0.validationRMSE },
      .init("learning_rate", "The last one.") { $0.learningRate },
      .init("seconds", "Since the beginning of the run.") { $0.seconds },
    ])
}

extension Run: LuaRepresentable {
  package static let luaName = "Run"
  private static let receiver = Parameter("self", Kind<Run>.object, "")
  package static let luaClass = LuaClass(
    Run.self, "What lai.train returns; print it for a table.",
    properties: [
      LuaFunction(
        "history",
        "Each epoch's report: epoch, stage, base_loss, lai_loss, lai_ratio, lai_count, validation_rmse, learning_rate, seconds.",
        receiver
      ) { $0.history },
      LuaFunction(
        "model", "The trained network: with patience that of the best epoch, else of the last.",
        receiver
      ) { LuaObject($0.model) },
      LuaFunction(
        "best_epoch",
        "The epoch of the least validation RMSE, of the last stage that the run came to; nil without validation.",
        receiver
      ) { $0.bestEpoch },
      LuaFunction("seconds", "How long it took.", receiver) { $0.seconds },
      LuaFunction(
        "outcome", "finished, stopped, stopped early, diverged or, of train_all, failed.", receiver
      ) {
        $0.outcome.rawValue
      },
      LuaFunction(
        "problem", "What went wrong in a run that diverged or failed; else nil.", receiver
      ) {
        $0.problem
      },
    ])
}
