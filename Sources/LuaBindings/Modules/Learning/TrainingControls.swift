import CLai
import Learning
import Tensors

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
  func agrees(to arguments: any LuaPushable...) throws -> Bool { try agrees(to: arguments) }

  func agrees(to arguments: [any LuaPushable]) throws -> Bool {
    let top = state.top
    defer { state.top = top }
    try call(results: 1, arguments)
    return state.type(at: -1) != .boolean || state.boolean(at: -1)
  }
}

/// Says that Ctrl-C ended a training, if it did and the script goes on.
func answerInterrupt(_ text: String) {
  if lai_end_interrupted() {
    complain("\(text); Ctrl-C once more within 2 s ends all\n")
  }
}
