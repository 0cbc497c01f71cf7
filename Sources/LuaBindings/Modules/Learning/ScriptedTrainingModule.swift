import CLai
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

  /// Options that mean something here.
  private static let names = [
    "step", "parameters", "data", "epochs", "batch", "optimizer", "schedule", "clip", "seed",
    "on_divergence", "on_epoch",
  ]

  static func run(_ options: OptionTable) throws -> ScriptedRun {
    if let index = options.index {
      try options.state.forEachPair(of: index) { key, _ in
        let name = options.state.string(at: key) ?? ""
        if !names.contains(name) {
          throw ArgumentError(name, mustBe: "left out when step is given", got: "both")
        }
      }
    }
    var training = ScriptedTraining()
    training.epochs = try options(TrainModule.epochs)
    training.batch = try options(TrainModule.batch)
    training.optimizer = try options(TrainModule.optimizer)
    training.schedule = try options(TrainModule.schedule)
    training.clip = try options(TrainModule.clip)
    training.onDivergence = DivergenceAction(rawValue: try options(TrainModule.divergence))!
    training.seed = try options(TrainModule.seed)
    guard let start = try options(parameters) else {
      throw MissingOption(name: parameters.name, wanted: parameters.kind.wanted)
    }
    let data = try options(TrainModule.data)
    let state = options.state
    let function = try options(step)!
    let control = LuaTrainingControl(
      state: state, callback: try options(TrainModule.onEpoch), epochs: training.epochs)
    defer { control.finish() }
    let result = try training.run(start.tensors, data: data, control: control) { tensors, x, y in
      let top = state.top
      defer { state.top = top }
      try state.reserve(8)
      state.pushValue(function.index)
      try start.tree.push(tensors, to: state)
      try state.push(object: x)
      if let y { try state.push(object: y) } else { state.pushNil() }
      try state.call(arguments: 3, results: 1)
      if let value = state.object(at: -1, as: Tensor.self) { return value }
      throw ArgumentError(
        "the value of step", mustBe: "a scalar lai.Tensor", got: state.account(of: -1))
    }
    return ScriptedRun(result: result, tree: start.tree)
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

/// What training with `step` gives.
struct ScriptedRun: CustomStringConvertible {
  let result: ScriptedTraining.Result
  let tree: TensorTree

  var description: String {
    let count = result.parameters.reduce(0) { $0 + $1.count }
    var text = "ScriptedRun(\(result.history.count) epochs, \(result.outcome.rawValue), "
    text += "\(Table.format("%.2f", result.seconds)) s, \(count) parameters"
    if let last = result.history.last { text += ", value \(Table.number(last.baseLoss))" }
    return text + ")" + (result.problem.map { "\n\($0)" } ?? "")
  }
}

/// What lai.train gives.
enum AnyRun: LuaPushable {
  static var luaAnnotation: String { "lai.Run" }
  case network(Run)
  case scripted(ScriptedRun)

  func push(to state: LuaState) throws -> Int32 {
    switch self {
    case .network(let run): try LuaObject(run).push(to: state)
    case .scripted(let run): try LuaObject(run).push(to: state)
    }
  }
}

extension ScriptedRun: LuaRepresentable {
  static let luaName = "ScriptedRun"
  private static let receiver = Parameter("self", Kind<ScriptedRun>.object, "")
  static let luaClass = LuaClass(
    ScriptedRun.self, "What lai.train gives for a model that is not an MLP.",
    properties: [
      LuaFunction(
        "history",
        "Each epoch's report: epoch, base_loss (the mean value), learning_rate, seconds.",
        receiver
      ) { $0.result.history },
      LuaFunction("parameters", "The trained parameters, in the form of those given.", receiver) {
        TreePush(tree: $0.tree, tensors: $0.result.parameters)
      },
      LuaFunction("seconds", "How long it took.", receiver) { $0.result.seconds },
      LuaFunction("outcome", "finished, stopped or diverged.", receiver) {
        $0.result.outcome.rawValue
      },
      LuaFunction("problem", "What went wrong in a run that diverged; else nil.", receiver) {
        $0.result.problem
      },
    ])
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
