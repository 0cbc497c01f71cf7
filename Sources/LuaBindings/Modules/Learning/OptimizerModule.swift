import Learning
import Tensors

/// lai.adam and the other optimizers, and lai.schedule.
enum OptimizerModule {
  private static let floor = Option(
    "floor", .fraction, default: 0, "Share of the learning rate at the end.")
  private static let every = Option("every", .integer(atLeast: 1), "Epochs between two steps.")
  private static let phase = Option(
    "phase", Kind<Schedule.Phase>.choice(of: Schedule.Phase.self).optional,
    "all, the default, or train: of the second phase alone, with the full rate in pre-training.")
  private static let factor = Option(
    "factor", .positive, default: 0.5, "What a step multiplies by.")

  /// lai.adam{…} and the others, for lai.train.
  private static let optimizers = UpdateRule.all.map { rule in
    LuaFunction(
      rule.name, rule.summary, rule.parameter, details: rule.details,
      example: "local optimizer = lai.\(rule.name){\(rule.firstOption)}"
    ) { LuaObject(try rule.optimizer($0)) }
  }

  /// lai.optim.adam(parameters, {…}) and the others, for tensors that scripts own.
  static let scriptOptimizers = UpdateRule.all.map { rule in
    LuaFunction(
      "optim.\(rule.name)", rule.summary, OptimModule.parameters, rule.parameter,
      details: OptimModule.details + "\n" + rule.details,
      example: OptimModule.example("\(rule.name)(w, {\(rule.firstOption)})")
    ) { tree, options in
      LuaObject(
        ScriptOptimizer(
          tree.tree, try ParameterOptimizer(tree.tensors, rule.optimizer(options))))
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

extension UpdateRule {
  fileprivate var parameter: Parameter<OptionTable> { .options(options.map(\.record)) }

  /// "lr = 0.001", for an example.
  fileprivate var firstOption: String {
    "\(options[0].name) = \(options[0].fallback?.description ?? "")"
  }

  fileprivate func optimizer(_ table: OptionTable) throws -> Optimizer {
    Optimizer(self, try options.values(table))
  }
}

extension Optimizer: LuaRepresentable {
  package static let luaName = "Optimizer"
  package static let luaClass = LuaClass(
    Optimizer.self, "How gradients change parameters: the options, without any state.")
}

extension Kind where Value == Optimizer {
  /// An optimizer, or the name of one, which then has its defaults.
  static let optimizer: Kind<Optimizer> = {
    let names = UpdateRule.all.map(\.name)
    return Kind(
      "a lai.Optimizer, such as lai.adam{lr = 0.001}, or one of "
        + names.map { "'\($0)'" }.joined(separator: ", "),
      annotation: "lai.Optimizer|" + names.map { "\"\($0)\"" }.joined(separator: "|")
    ) { state, index in
      if let name = state.string(at: index), state.type(at: index) == .string {
        return try UpdateRule.all.first { $0.name == name }
          .map { try $0.optimizer(OptionTable(state: state, index: nil)) }
      }
      return state.object(at: index)
    }
  }()
}

extension Kind where Value == Schedule {
  /// A schedule, or the name of one that needs no options.
  static let schedule = Kind(
    "a lai.Schedule, such as lai.schedule.step{every = 30}, or 'constant' or 'cosine'",
    annotation: "lai.Schedule|\"constant\"|\"cosine\""
  ) { state, index in
    guard state.type(at: index) == .string else { return state.object(at: index) }
    return switch state.string(at: index) {
    case "constant": .constant
    case "cosine": .cosine(floor: 0, phase: .all)
    default: nil
    }
  }
}

extension Schedule: LuaRepresentable {
  package static let luaName = "Schedule"
  package static let luaClass = LuaClass(
    Schedule.self, "How the learning rate changes over the epochs.")
}
