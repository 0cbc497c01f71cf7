import CLai
import Learning
import Tensors

/// Shows progress, answers Ctrl-C, and calls the script's on_epoch.
final class LuaTrainingControl: TrainingControl {
  private let state: LuaState
  private let callback: LuaCallable?
  private let epochs: Int
  /// What is shown of the run.
  var live: LiveTraining
  private var done = 0
  private let isNested: Bool
  private let measures: [(name: String, function: LuaCallable)]
  private let validation: Dataset?
  /// The form of a scripted model's parameters.
  private let tree: TensorTree?

  init(
    state: LuaState, callback: LuaCallable?, epochs: Int,
    metrics: [(name: String, function: LuaCallable)] = [], validation: Dataset? = nil,
    tree: TensorTree? = nil
  ) {
    (self.state, self.callback, self.epochs) = (state, callback, epochs)
    (measures, self.validation, self.tree) = (metrics, validation, tree)
    live = LiveTraining(epochs: epochs, state.progressMode)
    isNested = lai_begin_training()
  }

  func shouldStop() -> Bool { lai_pending_interrupts() > 0 }

  func metrics(_ model: () throws -> TrainedModel) throws -> [String: Double] {
    live.look(at: model)
    guard !measures.isEmpty else { return [:] }
    live.giveWay()
    let model: any LuaPushable =
      switch try model() {
      case .network(let net): LuaObject(net)
      case .tensors(let tensors): TreePush(tree: tree ?? .tensor, tensors: tensors)
      }
    var values: [String: Double] = [:]
    for (name, function) in measures {
      let top = state.top
      defer { state.top = top }
      try function.call(results: 1, model, validation.map { LuaObject($0) })
      guard let value = state.number(at: -1) else {
        throw ArgumentError(
          "the value of metrics.\(name)", mustBe: "a number", got: state.account(of: -1))
      }
      values[name] = value
    }
    return values
  }

  func epochEnded(_ report: EpochReport) throws -> Bool {
    done = report.epoch
    if shouldStop() { return false }
    if callback != nil { live.giveWay() }
    let goesOn = try callback?.agrees(to: report) ?? true
    live.show(report)
    return goesOn
  }

  /// A request to stop that ends a callback by an error ends the run like any other; the error of
  /// a second press is raised.
  func outcome(after error: any Error) -> Run.Outcome? {
    isInterruption(error) && shouldStop() && !lai_is_insistent() ? .stopped : nil
  }

  /// Says what the Lai loss could not reach.
  func warn(of run: Run) -> Run {
    if !run.warnings.isEmpty { live.wipe() }
    for warning in run.warnings { complain("train: \(warning)\n") }
    warn(run.scaleWarnings.filter { !$0.isOfData })
    return run
  }

  /// Says what is wrong with the scale of numbers.
  func warn(_ warnings: [ScaleWarning]) {
    if !warnings.isEmpty { live.wipe() }
    for warning in warnings { complain("train: \(warning.words.text(in: .lua))\n") }
  }

  /// A run that Ctrl-C ended is an answer to it: the script goes on.
  func finish() {
    live.finish()
    if lai_end_training(isNested, lai_is_insistent()) {
      sayStopped("stopped after \(done) of \(epochs) epochs")
    }
  }
}

extension LuaCallable {
  /// Calls it; false if that is what it gives.
  func agrees(to arguments: any LuaPushable...) throws -> Bool { try agrees(to: arguments) }

  func agrees(to arguments: [any LuaPushable]) throws -> Bool {
    let top = state.top
    defer { state.top = top }
    try call(results: 1, arguments)
    return state.type(at: -1) != .boolean || state.boolean(at: -1)
  }
}

/// Says that Ctrl-C ended a training and the script goes on.
func sayStopped(_ text: String) {
  complain("\(text); Ctrl-C once more within 2 s ends all\n")
}

/// Whether an error is that of Ctrl-C in a function of the script.
func isInterruption(_ error: any Error) -> Bool {
  (error as? LuaFailure)?.reason == .interrupted
}
