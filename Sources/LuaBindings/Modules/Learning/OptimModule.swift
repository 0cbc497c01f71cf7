import Learning
import Tensors

/// lai.optim: optimizers of tensors that scripts own.
enum OptimModule {
  static let parameters = Parameter(
    "parameters", Kind<ParameterTree>.tree, "A tensor or a nested table of them.")

  static let details = """
    step(f) takes one step towards less of f(parameters), a scalar tensor, and returns the value
    before the step; step(gradients) takes gradients in the form of the parameters. The tensors are
    changed in place.
    """

  static func example(_ constructor: String) -> String {
    """
    local w = lai.tensor({3, -2})
    local optimizer = lai.optim.\(constructor)
    for _ = 1, 3 do optimizer:step(function(w) return w:square():sum() end) end
    assert(w:square():sum():item() < 13)
    """
  }

  static let functions = OptimizerModule.scriptOptimizers
}

/// An optimizer with the form of its parameters.
final class ScriptOptimizer: CustomStringConvertible {
  let tree: TensorTree
  let optimizer: ParameterOptimizer

  init(_ tree: TensorTree, _ optimizer: ParameterOptimizer) {
    (self.tree, self.optimizer) = (tree, optimizer)
  }

  var description: String {
    let count = optimizer.parameters.reduce(0) { $0 + $1.count }
    return "lai.ScriptOptimizer(\(optimizer.parameters.count) tensors, \(count) parameters)"
  }
}

extension ScriptOptimizer: LuaRepresentable {
  static let luaName = "ScriptOptimizer"
  private static let receiver = Parameter("self", Kind<ScriptOptimizer>.object, "")

  static let luaClass = LuaClass(
    ScriptOptimizer.self, "Changes the tensors that it was given, step by step.",
    properties: [
      LuaFunction("parameters", "The tensors, in the form in which they were given.", receiver) {
        TreePush(tree: $0.tree, tensors: $0.optimizer.parameters)
      }
    ],
    methods: [
      LuaFunction(
        "step", "One step: towards less of a function of the parameters, or along gradients.",
        reading: [
          receiver.record,
          ParameterRecord(
            name: "f", annotation: "function|lai.Tensor|table", isOptional: false,
            defaultText: nil, summary: "f(parameters), a scalar tensor; or gradients.",
            options: []),
        ], returns: "number?"
      ) { state in
        let script = try receiver.read(state, 1)
        guard state.type(at: 2) == .function else {
          let gradients = try TensorTree.read(state, 2, named: "gradients").tensors
          try script.optimizer.update(gradients)
          return 0
        }
        let f = LuaCallable(state: state, index: 2)
        return try script.optimizer.step { tensors in
          try DerivativeModule.call(f, script.tree, tensors, constants: 0..<0) { state in
            if let value = state.object(at: -1, as: Tensor.self) { return value }
            throw ArgumentError(
              "the value of f", mustBe: "a scalar lai.Tensor", got: state.account(of: -1))
          }
        }.push(to: state)
      },
      LuaFunction(
        "scale_rate", "Multiplies the learning rate from here on, as schedules do.", receiver,
        Parameter("factor", Kind<Double>.positive, "Of the rate that it was made with.")
      ) { script, factor in
        script.optimizer.rateFactor = factor
        return LuaSelf()
      },
    ])
}
