import Learning
import Tensors

/// lai.adam, lai.adamw, lai.sgd and lai.schedule.
enum OptimizerModule {
  private static let rate = Option("lr", .positive, default: 1e-3, "Learning rate.")
  private static let beta1 = Option("beta1", .number, default: 0.9, "Decay of the first moment.")
  private static let beta2 = Option("beta2", .number, default: 0.999, "Decay of the second moment.")
  private static let epsilon = Option("epsilon", .positive, default: 1e-8, "Added to the root.")
  private static let l2 = Option("weight_decay", .notNegative, default: 0, "As an L2 penalty.")
  private static let decoupled = Option(
    "weight_decay", .notNegative, default: 0.01, "Decoupled from the gradient.")
  private static let sgdRate = Option("lr", .positive, default: 1e-2, "Learning rate.")
  private static let momentum = Option("momentum", .number, default: 0, "Share of the last step.")
  private static let nesterov = Option(
    "nesterov", .boolean, default: false, "Look ahead along the momentum.")
  private static let alpha = Option("alpha", .number, default: 0.99, "Decay of the second moment.")
  private static let floor = Option(
    "floor", .fraction, default: 0, "Share of the learning rate at the end.")
  private static let every = Option("every", .integer(atLeast: 1), "Epochs between two steps.")
  private static let phase = Option(
    "phase", Kind<Schedule.Phase>.choice(of: Schedule.Phase.self).optional,
    "all, the default, or train: of the second phase alone, with the full rate in pre-training.")
  private static let factor = Option(
    "factor", .positive, default: 0.5, "What a step multiplies by.")

  /// An optimizer's options, and what makes it of them.
  private struct Maker: Sendable {
    let name: String
    let summary: String
    let options: [ParameterRecord]
    let details: String
    let example: String
    let make: @Sendable (OptionTable) throws -> Optimizer
  }

  private static let makers = [
    Maker(
      name: "adam", summary: "The Adam optimizer.",
      options: [rate.record, beta1.record, beta2.record, epsilon.record, l2.record],
      details: "Source: Kingma and Ba, 2015; defaults are PyTorch's.",
      example: "local optimizer = lai.adam{lr = 1e-3}"
    ) { options in
      try .adam(
        learningRate: options(rate), beta1: options(beta1), beta2: options(beta2),
        epsilon: options(epsilon), weightDecay: options(l2))
    },
    Maker(
      name: "adamw", summary: "Adam with decoupled weight decay.",
      options: [rate.record, beta1.record, beta2.record, epsilon.record, decoupled.record],
      details: "Source: Loshchilov and Hutter, 2019; defaults are PyTorch's.",
      example: "local optimizer = lai.adamw{lr = 1e-3, weight_decay = 0.01}"
    ) { options in
      try .adam(
        learningRate: options(rate), beta1: options(beta1), beta2: options(beta2),
        epsilon: options(epsilon), weightDecay: options(decoupled), isDecoupled: true)
    },
    Maker(
      name: "sgd", summary: "Gradient descent with momentum.",
      options: [sgdRate.record, momentum.record, nesterov.record, l2.record], details: "",
      example: "local optimizer = lai.sgd{lr = 0.01, momentum = 0.9}"
    ) { options in
      try .sgd(
        learningRate: options(sgdRate), momentum: options(momentum), isNesterov: options(nesterov),
        weightDecay: options(l2))
    },
    Maker(
      name: "rmsprop", summary: "RMSprop.",
      options: [sgdRate.record, alpha.record, epsilon.record, momentum.record, l2.record],
      details: "Source: Hinton, 2012; defaults are PyTorch's.",
      example: "local optimizer = lai.rmsprop{lr = 0.01}"
    ) { options in
      try .rmsprop(
        learningRate: options(sgdRate), alpha: options(alpha), epsilon: options(epsilon),
        momentum: options(momentum), weightDecay: options(l2))
    },
  ]

  /// lai.adam{…} and the others, for lai.train.
  private static let optimizers = makers.map { maker in
    LuaFunction(
      maker.name, maker.summary, Parameter<OptionTable>.options(maker.options),
      details: maker.details, example: maker.example
    ) { LuaObject(try maker.make($0)) }
  }

  /// lai.optim.adam(parameters, {…}) and the others, for tensors that scripts own.
  static let scriptOptimizers = makers.map { maker in
    LuaFunction(
      "optim.\(maker.name)", maker.summary, OptimModule.parameters,
      Parameter<OptionTable>.options(maker.options),
      details: OptimModule.details, example: OptimModule.example("\(maker.name)(w, {lr = 0.1})")
    ) { tree, options in
      LuaObject(
        ScriptOptimizer(tree.tree, try ParameterOptimizer(tree.tensors, maker.make(options))))
    }
  }

  static let functions =
    optimizers + [
      LuaFunction(
        "schedule.constant", "The learning rate stays.", example: "lai.schedule.constant()"
      ) { LuaObject(Schedule.constant) },
      LuaFunction(
        "schedule.cosine", "The learning rate falls along half a cosine over all epochs.",
        Parameter<OptionTable>.options(floor.record, phase.record),
        example: "lai.schedule.cosine{floor = 0.1}"
      ) { LuaObject(Schedule.cosine(floor: try $0(floor), phase: try $0(phase) ?? .all)) },
      LuaFunction(
        "schedule.step", "The learning rate is multiplied every so many epochs.",
        Parameter<OptionTable>.options(every.record, factor.record, phase.record),
        example: "lai.schedule.step{every = 30, factor = 0.1}"
      ) {
        LuaObject(
          Schedule.step(
            every: try $0(every), factor: try $0(factor), phase: try $0(phase) ?? .all))
      },
    ]
}

extension Optimizer: LuaRepresentable {
  package static let luaName = "Optimizer"
  package static let luaClass = LuaClass(
    Optimizer.self, "How gradients change parameters: options only, the state is the run's.")
}

extension Schedule: LuaRepresentable {
  package static let luaName = "Schedule"
  package static let luaClass = LuaClass(
    Schedule.self, "How the learning rate changes over the epochs.")
}
