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
  private static let floor = Option(
    "floor", .fraction, default: 0, "Share of the learning rate at the end.")
  private static let every = Option("every", .integer(atLeast: 1), "Epochs between two steps.")
  private static let factor = Option(
    "factor", .positive, default: 0.5, "What a step multiplies by.")

  static let functions = [
    LuaFunction(
      "adam", "The Adam optimizer.",
      Parameter<OptionTable>.options(
        rate.record, beta1.record, beta2.record, epsilon.record, l2.record),
      details: "Source: Kingma and Ba, 2015; defaults are PyTorch's.",
      example: "local optimizer = lai.adam{lr = 1e-3}"
    ) { options in
      LuaObject(
        try Optimizer.adam(
          learningRate: options(rate), beta1: options(beta1), beta2: options(beta2),
          epsilon: options(epsilon), weightDecay: options(l2)))
    },
    LuaFunction(
      "adamw", "Adam with decoupled weight decay.",
      Parameter<OptionTable>.options(
        rate.record, beta1.record, beta2.record, epsilon.record, decoupled.record),
      details: "Source: Loshchilov and Hutter, 2019; defaults are PyTorch's.",
      example: "local optimizer = lai.adamw{lr = 1e-3, weight_decay = 0.01}"
    ) { options in
      LuaObject(
        try Optimizer.adam(
          learningRate: options(rate), beta1: options(beta1), beta2: options(beta2),
          epsilon: options(epsilon), weightDecay: options(decoupled), isDecoupled: true))
    },
    LuaFunction(
      "sgd", "Gradient descent with momentum.",
      Parameter<OptionTable>.options(
        sgdRate.record, momentum.record, nesterov.record, l2.record),
      example: "local optimizer = lai.sgd{lr = 0.01, momentum = 0.9}"
    ) { options in
      LuaObject(
        try Optimizer.sgd(
          learningRate: options(sgdRate), momentum: options(momentum),
          isNesterov: options(nesterov), weightDecay: options(l2)))
    },
    LuaFunction(
      "schedule.constant", "The learning rate stays.", example: "lai.schedule.constant()"
    ) { LuaObject(Schedule.constant) },
    LuaFunction(
      "schedule.cosine", "The learning rate falls along half a cosine over all epochs.",
      Parameter<OptionTable>.options(floor.record), example: "lai.schedule.cosine{floor = 0.1}"
    ) { LuaObject(Schedule.cosine(floor: try $0(floor))) },
    LuaFunction(
      "schedule.step", "The learning rate is multiplied every so many epochs.",
      Parameter<OptionTable>.options(every.record, factor.record),
      example: "lai.schedule.step{every = 30, factor = 0.1}"
    ) { LuaObject(Schedule.step(every: try $0(every), factor: try $0(factor))) },
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
