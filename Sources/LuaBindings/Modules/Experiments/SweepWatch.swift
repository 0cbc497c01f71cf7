import CLai
import Experiments
import Learning
import Pictures
import Tensors

/// Shows a sweep's progress, answers Ctrl-C and calls the script's own measures.
struct LuaSweepControl: SweepControl {
  private var bar: ProgressBar
  private let name: String
  private let measures: [(name: String, function: LuaCallable)]
  private let isNested: Bool
  private var latest = SweepProgress()
  private var failures = 0
  private var isInterrupted = false
  private var picture: SweepPicture

  private init(
    _ name: String, measures: [(name: String, function: LuaCallable)], _ picture: SweepPicture,
    _ mode: ProgressMode
  ) {
    (self.name, self.measures, self.picture) = (name, measures, picture)
    bar = ProgressBar(mode)
    isNested = lai_begin_training()
  }

  func shouldStop() -> Bool { isInterrupted || lai_pending_interrupts() > 0 }

  mutating func progress(_ progress: SweepProgress) {
    latest = progress
    var note = "\(progress.done) of \(progress.total) trials"
    if progress.failed > 0 { note += ", \(progress.failed) failed" }
    if let best = progress.best {
      note += "  best rmse \(Table.number(best.rmse)): \(best.point)"
    }
    bar.show(progress.epochsDone, of: progress.epochs, note: note) { [picture] in picture }
  }

  mutating func ended(_ point: SweepPoint, seed: UInt64, measures: [String: Double]) {
    if bar.hasPicture { picture.add(point, seed: seed, measures) }
  }

  /// The first one is reported at once; of the others there is a count at the end.
  mutating func failed(_ point: SweepPoint, seed: UInt64, problem: String) {
    failures += 1
    guard failures == 1 else { return }
    bar.wipe()
    complain("\(name): \(point.label), seed \(Int64(bitPattern: seed)) failed: \(problem)\n")
  }

  mutating func measure(_ run: Run, on validation: Dataset) throws -> [String: Double] {
    // What Lua calls now would take the press for its own.
    if shouldStop() { throw CancellationError() }
    bar.giveWay()
    var values: [String: Double] = [:]
    for (name, function) in measures {
      let state = function.state
      let top = state.top
      defer { state.top = top }
      do {
        try function.call(results: 1, LuaObject(run), LuaObject(validation))
      } catch {
        if isInterruption(error) { isInterrupted = true }
        throw error
      }
      guard let value = state.number(at: -1) else {
        throw ArgumentError(
          "the value of measure.\(name)", mustBe: "a number", got: state.account(of: -1))
      }
      values[name] = value
    }
    return values
  }

  /// The error of a second press is raised.
  func endsAll(_ error: any Error) -> Bool { isInterruption(error) && lai_is_insistent() }
  func text(of error: any Error) -> String { luaText(of: error) }

  /// Calls `body` with who watches it; `options` has the script's measures, and `picture` shows what is
  /// found.
  static func watching<Result>(
    _ name: String, _ options: OptionTable, _ picture: SweepPicture,
    _ body: (inout LuaSweepControl) throws -> Result
  ) throws -> Result {
    var control = LuaSweepControl(
      name, measures: try options(SweepModule.measure).functions, picture,
      options.state.progressMode)
    do {
      let result = try body(&control)
      control.finish(nil)
      return result
    } catch {
      control.finish(error)
      throw error
    }
  }

  /// - error: What ended it, nil for nothing.
  private mutating func finish(_ error: (any Error)?) {
    bar.finish()
    if failures > 1 {
      let place = name == "tune" ? "its store" : "s:trials()"
      complain("\(name): \(failures) trials failed; \(place) has their errors\n")
    }
    let raises = error.map(isInterruption) ?? false
    let wasInterrupted = lai_end_training(isNested, raises)
    guard wasInterrupted || isInterrupted else { return }
    let text = "\(name): stopped after \(latest.done) of \(latest.total) trials"
    wasInterrupted && !raises ? sayStopped(text) : complain("\(text)\n")
  }
}
