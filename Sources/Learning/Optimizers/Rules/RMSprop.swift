import Kernels

/// RMSprop, as PyTorch's: v ← αv + (1 − α)g², b ← μb + g/(√v + ε), and the step is rate·b.
struct RMSprop: RatedFormula {
  static let slots = 2

  private let alpha: Double
  private let epsilon: Double
  private let momentum: Double
  var rate = 0.0

  init(_ options: OptionValues) {
    (alpha, epsilon) = (options.number("alpha"), options.number("epsilon"))
    momentum = options.number("momentum")
  }

  @inline(__always)
  func step<S: Scalar>(_ g: S.Vector, _ slots: inout Slots<S.Vector>, as type: S.Type) -> S.Vector {
    slots.first = S.multiplyAdd(
      all(alpha, as: S.self), slots.first, rest(alpha, as: S.self) * (g * g))
    let scaled = g / (S.squareRoot(slots.first) + all(epsilon, as: S.self))
    slots.second = S.multiplyAdd(all(momentum, as: S.self), slots.second, scaled)
    return all(rate, as: S.self) * slots.second
  }
}

extension UpdateRule {
  static let rmsprop = UpdateRule(
    "rmsprop", "RMSprop.", details: "Source: Hinton, 2012; defaults are PyTorch's.",
    rate: 1e-2, decay: .penalty(0),
    options: [
      OptionRecord("alpha", .number(.belowOne), default: 0.99, "Decay of the second moment."),
      OptionRecord(
        "epsilon", .number(.positive), default: 1e-8, "Added to the root of the second moment."),
      OptionRecord("momentum", .number(.belowOne), default: 0.0, "Momentum coefficient."),
    ], RMSprop.self)
}

extension Optimizer {
  /// RMSprop (Hinton, 2012).
  ///
  /// - Throws: `ArgumentError` for a rate ≤ 0, α or a momentum outside [0, 1), ε ≤ 0 or a negative
  ///   decay.
  public static func rmsprop(
    learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8,
    momentum: Double = 0, weightDecay: Double = 0
  ) throws -> Optimizer {
    try Optimizer(
      .rmsprop,
      [
        "lr": .number(learningRate), "alpha": .number(alpha), "epsilon": .number(epsilon),
        "momentum": .number(momentum), "weight_decay": .number(weightDecay),
      ])
  }
}
