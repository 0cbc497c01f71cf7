import Learning
import Tensors

/// lai.lambdas: λ by the names of a data set's columns.
enum LambdaModule {
  private static let scaler = Option(
    "scaler", Kind<Scaler>.object.optional,
    "With slope: slopes are in original units of target and feature, as before this scaler."
  )
  private static let table = Parameter<OptionTable>.options([
    LossModule.lambda.record, LossModule.slope.record,
    LossModule.base.record.with(default: "\"mse\"", isOptional: true), scaler.record,
  ])

  private enum Source {
    case number(Double)
    case options(OptionTable)
  }
  private static let source: Parameter<Source> = {
    let kind = Kind<Source>("λ, a number > 0, or a table of options", annotation: "number|table") {
      state, index in
      if let number = state.number(at: index) { return .number(number) }
      guard try state.isTable(at: index) else { return nil }
      return try table.kind.read(state, index).map { .options($0) }
    }
    var parameter = Parameter("options", kind, "λ of all features, or options.")
    parameter.options = table.options
    return parameter
  }()

  static let functions = [
    LuaFunction(
      "lambdas", "λ of each feature by name, to be changed and given to lai.loss.lai.",
      Parameter("data", Kind<Dataset>.object, "The data, whose columns give the names."), source,
      returns: "table<string, number|false>",
      details: """
        lai.lambdas(data, 0.1) has 0.1 for every feature. With slope, λ is what wants that |dy/dx|: its
        square, or the slope itself with base = "mae" or "quantile". Slopes are those of the network's
        own inputs unless scaler is given; then λ is (slope·s_x/s_y)², with the scaler's scales of
        feature and target (1 if it leaves targets as they are). false leaves a feature out.
        """,
      example: """
        local data = lai.synthetic.friedman1{n = 100}
        local scaler = lai.standardize(data)
        local lambda = lai.lambdas(data, 0.1)
        lambda.X8 = 1e-3
        local loss = lai.loss.lai{lambda = lambda}
        -- At most 2 units of the target per unit of X4 as it was before scaling.
        local wanted = lai.lambdas(data, {slope = {X4 = 2, default = false}, scaler = scaler})
        assert(wanted.X5 == false and wanted.X4 < 1)
        """
    ) { data, source in
      switch source {
      case .number(let lambda):
        return Lambdas(try LaiLoss.lambdas(of: data, lambda: .uniform(lambda)))
      case .options(let options):
        return Lambdas(
          try LaiLoss.lambdas(
            of: data, lambda: options(LossModule.lambda), slope: options(LossModule.slope),
            base: options(LossModule.base), scaler: options(scaler)))
      }
    }
  ]

  /// A plain table, which scripts may change.
  private struct Lambdas: LuaPushable {
    static var luaAnnotation: String { "table<string, number|false>" }
    let entries: [(feature: String, lambda: PerFeature.Entry)]

    init(_ entries: [(feature: String, lambda: PerFeature.Entry)]) { self.entries = entries }

    func push(to state: LuaState) throws -> Int32 {
      try state.reserve(4)
      try state.newTable(record: entries.count)
      for (feature, lambda) in entries {
        if let value = lambda.value { state.push(value) } else { state.push(false) }
        try state.setField(feature, of: -2)
      }
      try state.presentTable()
      return 1
    }
  }
}
