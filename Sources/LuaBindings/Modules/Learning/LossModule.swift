import Learning
import Tensors

/// lai.loss: a function for each residual, and the Lai loss.
enum LossModule {
  static let base = Option(
    "base", Kind.residual, default: Residual.mse, "The residual that the factor multiplies.")
  static let lambda = Option(
    "lambda", Kind.perFeature.optional,
    "λ > 0: a number, a list (one per feature), or by name {X8 = 1e-3, default = 0.1}; false leaves a feature out."
  )
  static let slope = Option(
    "slope", Kind.perFeature.optional,
    "Instead of lambda: the wanted |dy/dx|. λ is its square, or the slope itself for mae and quantile."
  )
  private static let norm = Option(
    "norm", Kind.choice(Norm.records.map(\.name)), default: "l2", "Over the directions.")
  private static let normOptions = Norm.records.flatMap(\.options)
  private static let reduction = Option(
    "reduction", Kind.choice(Reduction.allCases.map(\.rawValue)), default: "batch",
    "batch: the norm of the mean losses per direction; sample: the mean of each sample's norm.")
  private static let detach = Option(
    "detach", Kind.choice(Detach.allCases.map(\.rawValue)).optional,
    "Stops the gradient through residuals or slopes, for diagnosis.")

  private static let units = Option(
    "units", Kind.choice(SlopeUnits.allCases.map(\.rawValue)), default: SlopeUnits.scaled.rawValue,
    "Of the slopes that λ wants: scaled, as the network takes x, or original, as before net.scaler."
  )

  private static let residuals = Residual.records.map { record in
    LuaFunction.constructor(
      "loss.\(record.name)", record.summary, options: record.options, details: record.details,
      example: """
        local loss = lai.loss.\(record.name)\(
          record.options.isEmpty ? "()" : "{\(record.options.example)}")
        local net = lai.mlp{inputs = 2, hidden = {8}}
        print(loss:value(net, {{1, 2}, {3, 4}}, {0.5, 1}))
        """
    ) { Objective.residual(Residual(record, $0)) }
  }

  static let functions =
    residuals + [
      LuaFunction(
        "loss.lai", "The Lai loss: residuals times a function g of the network's own slopes.",
        Parameter<OptionTable>.options(laiOptions),
        details: """
          mae: |e|·max(|k|, λ) / (min(1, λ)·√(1 + k²)); mse: e²·max(k², λ) / (min(1, λ)·(1 + k²)),
          with k = dy/dx as the network receives x. \(powers)
          With units = "original", λ is for slopes of the target's own units per feature's own unit,
          and is multiplied with (s_x/s_y)², or s_x/s_y for mae and quantile: s_x and s_y are the scales
          of feature and target in the data's scaler.
          Source: Lai, arXiv 2405.07884, §2 and §3.
          """,
        example: """
          local loss = lai.loss.lai{lambda = {X2 = 1e-3, default = 0.1}}
          local net = lai.mlp{inputs = 2, hidden = {8}}
          print(loss:value(net, {{1, 2}, {3, 4}}, {0.5, 1}))
          """
      ) { options in
        LuaObject(Objective.lai(try lai(options)))
      }
    ]

  /// Of the Lai loss.
  static let laiOptions =
    [
      base.record.with(default: "\"mse\"", isOptional: true), lambda.record, slope.record,
      norm.record,
    ] + normOptions.map(\.record) + [reduction.record, detach.record, units.record]

  /// The Lai loss of a table of these.
  static func lai(_ options: OptionTable) throws -> LaiLoss {
    // Those of other norms are checked too; their defaults may be written out.
    let norms = try Norm.records.map { try Norm($0, $0.options.values(options)) }
    let name = try options(norm)
    for other in norms where try other.name != name && other != Norm(other.name) {
      let option = other.record.options[0].name
      throw ArgumentError(
        option, mustBe: "left out unless norm is '\(other.name)'",
        got: other.options.number(option))
    }
    let given = (lambda: try options(lambda), slope: try options(slope))
    for (name, value) in [("lambda", given.lambda), ("slope", given.slope)]
    where value?.excludesAll == true {
      throw ArgumentError.allExcluded(name)
    }
    return try LaiLoss(
      base: options(base), lambda: given.lambda, slope: given.slope,
      norm: norms.first { $0.name == name }!,
      reduction: Reduction(rawValue: options(reduction))!,
      detach: options(detach).flatMap { Detach(rawValue: $0) },
      units: SlopeUnits(rawValue: options(units))!)
  }

  /// "huber and logcosh take the factor of mse, quantile that of mae."
  private static var powers: String {
    func names(_ power: Int) -> String {
      Residual.records.filter { $0.power == power && !["mse", "mae"].contains($0.name) }
        .map(\.name).joined(separator: " and ")
    }
    return "\(names(2)) take the factor of mse, \(names(1)) that of mae."
  }
}

extension Kind where Value == Residual {
  /// Of those that need no options.
  static let names = Residual.records.filter { !$0.options.contains(where: \.isRequired) }
    .map(\.name)

  /// The name of a residual, or a loss that is one.
  static let residual: Kind<Residual> = {
    let names = Residual.records.map(\.name)
    let choices = Kind<String>.choice(names)
    return Kind(
      "\(choices.wanted), or such a loss, as lai.loss.huber{delta = 2}",
      annotation: "\(choices.annotation)|lai.Loss", choices: choices.choices
    ) { state, index in
      if let name = state.string(at: index) {
        return names.contains(name) ? try Residual(name) : nil
      }
      return state.object(at: index, as: Objective.self)?.residual
    }
  }()
}
