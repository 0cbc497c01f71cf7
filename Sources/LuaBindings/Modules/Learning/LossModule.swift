import Learning
import Tensors

/// lai.loss: mse, mae, lai.
enum LossModule {
  private static let base = Option(
    "base", Kind.choice(Residual.records.map(\.name)), default: "mse",
    "What the factor multiplies: squared or absolute residuals.")
  private static let lambda = Option(
    "lambda", Kind.perFeature.optional,
    "λ > 0: a number, a list (one per feature), or by name {X8 = 1e-3, default = 0.1}; false leaves a feature out."
  )
  private static let slope = Option(
    "slope", Kind.perFeature.optional,
    "Instead of lambda: the wanted |dy/dx|. λ is the slope for mae, its square for mse.")
  private static let norm = Option(
    "norm", Kind.choice(["l1", "l2", "elastic"]), default: "l2", "Over the directions.")
  private static let mix = Option(
    "mix", .fraction, default: 0.5, "Of elastic: mix·l1 + (1 − mix)·l2.")
  private static let reduction = Option(
    "reduction", Kind.choice(Reduction.allCases.map(\.rawValue)), default: "batch",
    "batch: the norm of mean losses a direction; sample: the mean of each sample's norm.")
  private static let detach = Option(
    "detach", Kind.choice(["residual", "slope"]).optional,
    "Stops the gradient through residuals or slopes, for diagnosis.")

  static let functions = [
    LuaFunction(
      "loss.mse", "Mean squared error.", example: "local loss = lai.loss.mse()"
    ) { LuaObject(Objective.residual(.mse)) },
    LuaFunction(
      "loss.mae", "Mean absolute error.", example: "local loss = lai.loss.mae()"
    ) { LuaObject(Objective.residual(.mae)) },
    LuaFunction(
      "loss.lai", "The Lai loss: residuals times a function g of the network's own slopes.",
      Parameter<OptionTable>.options(
        base.record, lambda.record, slope.record, norm.record, mix.record, reduction.record,
        detach.record),
      details: """
        mae: |e|·max(|k|, λ) / (min(1, λ)·√(1 + k²)); mse: e²·max(k², λ) / (min(1, λ)·(1 + k²)),
        with k = dy/dx as the network receives x. Source: Lai, arXiv 2405.07884, §2 and §3.
        """,
      example: """
        local loss = lai.loss.lai{lambda = {X2 = 1e-3, default = 0.1}}
        local net = lai.mlp{inputs = 2, hidden = {8}}
        print(loss:value(net, {{1, 2}, {3, 4}}, {0.5, 1}))
        """
    ) { options in
      let norms: [String: Norm] = [
        "l1": .l1, "l2": .l2, "elastic": .elastic(mix: try options(mix)),
      ]
      let given = (lambda: try options(lambda), slope: try options(slope))
      for (name, value) in [("lambda", given.lambda), ("slope", given.slope)]
      where value?.excludesAll == true {
        throw ArgumentError(
          name, mustBe: "a number > 0 for some feature", got: "false for all")
      }
      let loss = try LaiLoss(
        base: Residual(options(base)), lambda: given.lambda, slope: given.slope,
        norm: norms[options(norm)]!, reduction: Reduction(rawValue: options(reduction))!,
        detach: options(detach).flatMap { Detach(rawValue: $0) })
      return LuaObject(Objective.lai(loss))
    },
  ]
}

extension Objective: LuaRepresentable {
  package static let luaName = "Loss"

  private static let receiver = Parameter("self", Kind.loss, "")
  private static let net = Parameter("net", Kind<MLP>.object, "The network.")
  private static let x = Parameter(
    "x", Kind.rows,
    "Rows of features, [n][inputs], or a data set of the columns that net was trained on.")
  private static let y = Parameter(
    "y", Kind.tensorLike.optional,
    "Targets, [n][outputs], or [n] for one output; left out for those of a data set.")

  private static let parameters = [receiver.record, net.record, x.record, y.record]

  /// The loss and its gradients; λ by name takes the names of the data or, without any, those that the
  /// network was trained on.
  private static func gradients(_ state: LuaState) throws
    -> (value: Double, weights: [Tensor], biases: [Tensor])
  {
    state.top = 4  // a loss in Lua leaves its function above: not in the place of y
    let loss = try receiver.read(state, 1)
    let net = try net.read(state, 2)
    let rows = try x.read(state, 3)
    let target = try y.read(state, 4)
    let x = try net.features(of: rows)
    guard let y = target ?? rows.y else {
      throw ArgumentError("y", mustBe: "given, or x a data set with targets", got: "nil")
    }
    return try loss.gradients(net, x, y, features: rows.names.features ?? net.names.features)
  }

  package static let luaClass = LuaClass(
    Objective.self, "A loss of a network on data.",
    methods: [
      LuaFunction(
        "value", "The loss of a network on data.", reading: parameters, returns: "number"
      ) { try gradients($0).value.push(to: $0) },
      LuaFunction(
        "gradients",
        "The loss and its gradients: a value, and {weights = {…}, biases = {…}} layer by layer.",
        reading: parameters,
        returns: "number, {weights: lai.Tensor[], biases: lai.Tensor[]}"
      ) { state in
        let result = try gradients(state)
        return try LuaResults(
          result.value,
          LuaRecord([
            "weights": result.weights.map { LuaObject($0) },
            "biases": result.biases.map { LuaObject($0) },
          ])
        ).push(to: state)
      },
      LuaFunction(
        "factor", "g(k; λ), elementwise: what the loss multiplies residuals with.", receiver,
        Parameter("k", Kind.tensorLike.or(.scalar), "Slopes; features along the last axis.")
      ) { loss, k in
        guard loss.terms.count == 1, case .lai(let lai) = loss.terms[0].term else {
          throw ArgumentError("self", mustBe: "a Lai loss", got: "\(loss)")
        }
        return LuaObject(try lai.factor(k))
      },
    ])
}
