import CLai
import Foundation
import Learning
import Pictures
import Tensors

/// lai.train_all.
enum TrainAllModule {
  private static let workers = Option(
    "workers", Kind.integer(atLeast: 1).optional,
    "Runs side by side; as many as the processor has cores unless given.")
  private static let onRun = Option(
    "on_run", Kind<LuaCallable>.function.optional,
    "Called with each run that has ended, and its place in the list; false stops the others.")
  private static let onEpoch = Option(
    "on_epoch", Kind<LuaCallable>.function.optional,
    "Called with each epoch's report, of every run, and the run's place in the list; false ends that run alone."
  )

  static let functions = [
    LuaFunction(
      "train_all", "Several runs side by side, in order; the same bits for any number of workers.",
      Parameter(
        "list", Kind<LuaTables>.tables, "A list of tables of options, as lai.train takes.",
        entries: TrainModule.shared),
      Parameter<OptionTable>.options([workers.record, onRun.record, onEpoch.record]),
      returns: "lai.Run[], any",
      details: """
        No error loses the runs that are done. A run that diverges returns its last finite model; one
        that an error ends, in a loss.custom for example, returns its model at that moment. Both are
        reported on standard error when it happens, and in outcome and problem, and the others go on.
        So they do after an error in on_run or on_epoch, which is reported too. What would be an error
        in lai.train (on_divergence = "error" included) or was one in on_run or on_epoch is also the
        second result: the first such error, for assert(not problem, problem); there is none without.
        If all runs fail, the first one's error is raised.
        Each run waits for on_epoch, so that one that it ends is the same for any number of workers.
        After Ctrl-C neither is called any more, and the list has all runs as far as they came. In
        on_run, save what must not be lost with the program.
        Runs on the same data share their rows; runs that begin with the same pre-training share it.
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
      let parameter = Parameter<OptionTable>.options(TrainModule.shared)
      let jobs = try list.map {
        try TrainModule.prepare(parameter.read($0, $1), onDivergence: .amongOthers)
      } keepingStack: {
        !($0.job.options.loss.customLosses + $0.job.options.base.customLosses).isEmpty
      }
      try checkCheckpoints(jobs.map(\.job.options.checkpoint?.path))
      let workers = try options(workers)
      var control = try LuaPoolControl(
        state: options.state, onRun: options(onRun), onEpoch: options(onEpoch))
      defer { control.finish() }
      control.warn(jobs.map(\.job.scaleWarnings))
      do {
        let runs = try Training.runAll(
          jobs, workers: workers ?? TrainingPool.defaultWorkers, control: &control)
        return PoolResults(runs: runs, problem: control.problem)
      } catch {
        throw control.raised(error)
      }
    }
  ]

  /// Runs that write their states to one file would overwrite each other's.
  private static func checkCheckpoints(_ paths: [String?]) throws {
    var places: [String: Int] = [:]
    for (place, path) in paths.enumerated() {
      guard let path else { continue }
      let file = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
      if let other = places[file] {
        throw ArgumentError(
          "[\(place + 1)].checkpoint", mustBe: "another file than that of [\(other + 1)]",
          got: "'\(path)'")
      }
      places[file] = place
    }
  }
}

/// Shows progress, answers Ctrl-C, calls the script's on_run and on_epoch, and keeps the first error.
private struct LuaPoolControl: PoolControl {
  private var bar: ProgressBar
  private var text = "stopped before the first epoch"
  private let state: LuaState
  private let onRun: LuaCallable?
  private let onEpoch: LuaCallable?
  private let isNested: Bool
  /// Where on the stack the first error object is kept: failures in flight hold theirs for a short
  /// time only.
  private let slot: Int32
  private var hasProblem = false
  private var isInterrupted = false
  /// Those that have been said.
  private var warnings: Set<String> = []
  /// Whether train_all raises the error of Ctrl-C, because no run has an epoch to return.
  private var raisesInterruption = false

  init(state: LuaState, onRun: LuaCallable?, onEpoch: LuaCallable?) throws {
    (self.state, self.onRun, self.onEpoch) = (state, onRun, onEpoch)
    bar = ProgressBar(state.progressMode)
    try state.reserve(8)
    state.pushNil()
    slot = state.top
    isNested = lai_begin_training()
  }

  /// The first error.
  var problem: StackValue? { hasProblem ? StackValue(index: slot) : nil }

  func shouldStop() -> Bool { isInterrupted || lai_pending_interrupts() > 0 }
  mutating func progress(done: Int, of total: Int, running: () -> [RunningJob]) {
    bar.show(done, of: total, note: "\(done) of \(total) epochs") {
      RunsPicture(running: running())
    }
    text = "stopped after \(done) of \(total) epochs of all runs"
  }

  mutating func ended(_ run: Run, at place: Int) -> Bool {
    if let error = run.error {
      report("run \(place + 1) \(run.outcome.rawValue): \(luaText(of: error))")
      if run.hasFailed { keep(error) }
    }
    let scales = run.scaleWarnings.filter { !$0.isOfData }.map { $0.words.text(in: .lua) }
    for text in run.warnings.map(\.description) + scales where warnings.insert(text).inserted {
      report("run \(place + 1): \(text)")
    }
    return call(onRun, "on_run of run \(place + 1)", LuaObject(run), place + 1)
  }

  /// Says which targets are not scaled, before training.
  mutating func warn(_ all: [[ScaleWarning]]) {
    for (place, list) in all.enumerated() {
      for text in list.map({ $0.words.text(in: .lua) }) where warnings.insert(text).inserted {
        report("run \(place + 1): \(text)")
      }
    }
  }

  var hearsEpochs: Bool { onEpoch != nil }

  mutating func epochEnded(_ report: EpochReport, at place: Int) -> Bool {
    call(onEpoch, "on_epoch of run \(place + 1)", report, place + 1)
  }

  /// Whether a function of the script agrees to go on, which it does by an error, too.
  private mutating func call(
    _ callback: LuaCallable?, _ name: String, _ arguments: any LuaPushable...
  ) -> Bool {
    guard let callback else { return true }
    // What Lua calls now would take the press for its own.
    if shouldStop() { return false }
    bar.giveWay()
    do {
      return try callback.agrees(to: arguments)
    } catch {
      keep(error)
      isInterrupted = !goesOn(after: error)
      if !isInterrupted { report("\(name): \(error)") }
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
  func goesOn(after error: any Error) -> Bool { !isInterruption(error) }

  /// What to throw for an error that ended all: a kept one has left the failure that carried it.
  mutating func raised(_ error: any Error) -> any Error {
    raisesInterruption = isInterruption(error)
    guard hasProblem, error is LuaFailure, goesOn(after: error) else { return error }
    state.pushValue(slot)
    do { try state.check(LAI_ERRRUN.status) } catch { return error }
    return error
  }

  mutating func finish() {
    bar.finish()
    if lai_end_training(isNested, raisesInterruption) {
      raisesInterruption ? complain("\(text)\n") : sayStopped(text)
    } else if isInterrupted {
      complain("\(text)\n")
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
