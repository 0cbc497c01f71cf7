import CLai
import Foundation
import Learning
import Tensors

/// lai.train{step = …}: training of models that are not MLPs.
enum ScriptedTrainingModule {
  static let step = Option(
    "step", Kind<LuaCallable>.function.optional,
    "Instead of model and loss: f(parameters, x, y), a scalar tensor that is to become small.")
  static let parameters = Option(
    "parameters", Kind<ParameterTree>.tree.optional,
    "With step: a tensor or a nested table of them to begin with; they are not changed.")
  static let predict = Option(
    "predict", Kind<LuaCallable>.function.optional,
    "With step: f(parameters, x), predictions [rows][outputs], for the validation RMSE and metrics."
  )

  static let records = [step.record, parameters.record, predict.record]

  /// The first of parameters and predict that is given.
  static func firstGiven(_ options: OptionTable) throws -> String? {
    if try options.contains(parameters) { return parameters.name }
    return try options.contains(predict) ? predict.name : nil
  }

  static func run(_ options: OptionTable) throws -> ScriptRun {
    let own = records.map(\.name) + ["data", "validation", "on_epoch"]
    let names = own + TrainingOption.all.filter(\.isForScripts).flatMap { $0.records.map(\.name) }
    if let index = options.index {
      try options.state.forEachPair(of: index) { key, _ in
        let name = options.state.string(at: key) ?? ""
        if !names.contains(name) {
          throw ArgumentError(name, mustBe: "left out when step is given", got: "both")
        }
      }
    }
    var training = ScriptedTraining()
    for option in TrainingOption.all where option.isForScripts {
      try option.read(options, into: &training.options)
    }
    guard let start = try options(parameters) else {
      throw MissingOption(name: parameters.name, wanted: parameters.kind.wanted)
    }
    let functions = try ScriptFunctions(options, start.tree)
    training.prediction = functions.prediction
    training.note = try JSONEncoder().encode(start.tree)
    training.customMetrics = functions.metrics.map(\.name)
    let (data, validation) = try (options(TrainModule.data), options(TrainModule.validation))
    let control = try functions.control(options, epochs: training.options.epochs, validation)
    defer { control.finish() }
    let run = try training.run(
      start.tensors, data: data, validation: validation, control: control, step: functions.step)
    return ScriptRun(run: run, tree: start.tree)
  }

  /// Goes on with an earlier run.
  static func resume(_ state: TrainingState, _ options: OptionTable) throws -> ScriptRun {
    guard let tree = state.note.flatMap({ try? JSONDecoder().decode(TensorTree.self, from: $0) }),
      tree.leaves == state.parameterCount
    else {
      throw ArgumentError("run", mustBe: "a state that lai.train wrote", got: "another program's")
    }
    guard try options.contains(step) else {
      throw ArgumentError(
        "step", mustBe: "given again: a state holds no functions", got: "none")
    }
    let functions = try ScriptFunctions(options, tree)
    let (data, validation) = try (options(TrainModule.data), options(TrainModule.validation))
    let epochs = try ResumeModule.epochs(of: state, options)
    let control = try functions.control(options, epochs: epochs, validation)
    defer { control.finish() }
    control.live.begin(after: state.history)
    let run = try ScriptedTraining.resume(
      state, data: data, validation: validation, control: control,
      customMetrics: functions.metrics.map(\.name), prediction: functions.prediction,
      changing: { try ResumeModule.change(&$0, options) }, step: functions.step)
    return ScriptRun(run: run, tree: tree)
  }
}

/// The functions that a script gives for its model, as Swift calls them.
private struct ScriptFunctions {
  let step: ScriptedTraining.Step
  let prediction: ScriptedTraining.Prediction?
  let metrics: [(name: String, function: LuaCallable)]
  private let tree: TensorTree

  init(_ options: OptionTable, _ tree: TensorTree) throws {
    let step = try options(ScriptedTrainingModule.step)!
    let predict = try options(ScriptedTrainingModule.predict)
    metrics = try options(TrainingOption.metrics)?.functions ?? []
    self.tree = tree
    self.step = { tensors, x, y in
      try Self.call(step, "step", "a scalar lai.Tensor", tree, tensors, x, y)
    }
    prediction = predict.map { predict in
      { try Self.call(predict, "predict", "a lai.Tensor", tree, $0, $1, nil) }
    }
  }

  private static func call(
    _ function: LuaCallable, _ name: String, _ wanted: String, _ tree: TensorTree,
    _ tensors: [Tensor], _ x: Tensor, _ y: Tensor?
  ) throws -> Tensor {
    let state = function.state
    let top = state.top
    defer { state.top = top }
    try function.call(
      results: 1, TreePush(tree: tree, tensors: tensors), LuaObject(x), y.map { LuaObject($0) })
    if let value = state.object(at: -1, as: Tensor.self) { return value }
    throw ArgumentError("the value of \(name)", mustBe: wanted, got: state.account(of: -1))
  }

  func control(
    _ options: OptionTable, epochs: Int, _ validation: Dataset?
  ) throws -> LuaTrainingControl {
    LuaTrainingControl(
      state: options.state, callback: try options(TrainModule.onEpoch), epochs: epochs,
      metrics: metrics, validation: validation, tree: tree)
  }
}

/// Tensors with their form.
struct ParameterTree {
  let tree: TensorTree
  let tensors: [Tensor]
}

extension Kind where Value == ParameterTree {
  static let tree = Kind(
    "a lai.Tensor or a nested table of them", annotation: "lai.Tensor|table"
  ) { state, index in
    let (tree, tensors) = try TensorTree.read(state, index, named: "")
    return ParameterTree(tree: tree, tensors: tensors)
  }
}

/// What training with `step` gives, with the form of its parameters.
struct ScriptRun: TrainingReport, Worded {
  let run: ScriptedRun
  let tree: TensorTree

  var history: [EpochReport] { run.history }
  var seconds: Double { run.seconds }
  var outcome: Run.Outcome { run.outcome }
  var error: (any Error)? { run.error }
  var options: TrainingOptions { run.options }
  var state: TrainingState? { run.state }
  var words: Message { run.words }
}

/// What lai.train gives.
enum AnyRun: LuaPushable {
  static var luaAnnotation: String { "lai.Run" }
  case network(Run)
  case scripted(ScriptRun)

  func push(to state: LuaState) throws -> Int32 {
    switch self {
    case .network(let run): try LuaObject(run).push(to: state)
    case .scripted(let run): try LuaObject(run).push(to: state)
    }
  }
}

extension ScriptRun: LuaRepresentable {
  static let luaName = "ScriptedRun"
  private static let receiver = Parameter("self", Kind<ScriptRun>.object, "")
  static let luaClass = LuaClass(
    ScriptRun.self, "What lai.train gives for a model that is not an MLP; print it for a table.",
    properties: [
      LuaFunction("parameters", "The trained parameters, in the form of those given.", receiver) {
        TreePush(tree: $0.tree, tensors: $0.run.parameters)
      }
    ] + RunModule.properties(of: receiver), methods: RunModule.methods(of: receiver))
}

/// Tensors pushed in their form.
struct TreePush: LuaPushable {
  static var luaAnnotation: String { "lai.Tensor|table" }
  let tree: TensorTree
  let tensors: [Tensor]
  func push(to state: LuaState) throws -> Int32 {
    try tree.push(tensors, to: state)
    return 1
  }
}
