import Kernels

/// Gradient descent with momentum, as PyTorch's SGD: b ← μb + g, and the step is rate·b, or
/// rate·(g + μb) with Nesterov's look ahead.
struct SGD: RatedFormula {
  static let slots = 1

  private let momentum: Double
  private let isNesterov: Bool
  var rate = 0.0

  init(_ options: OptionValues) {
    (momentum, isNesterov) = (options.number("momentum"), options.boolean("nesterov"))
  }

  @inline(__always)
  func step<S: Scalar>(_ g: S.Vector, _ slots: inout Slots<S.Vector>, as type: S.Type) -> S.Vector {
    let momentum = all(momentum, as: S.self)
    slots.first = S.multiplyAdd(momentum, slots.first, g)
    let direction = isNesterov ? S.multiplyAdd(momentum, slots.first, g) : slots.first
    return all(rate, as: S.self) * direction
  }
}

extension UpdateRule {
  static let sgd = UpdateRule(
    "sgd", "Gradient descent with momentum.", details: "As PyTorch's SGD, without dampening.",
    rate: 1e-2, decay: .penalty(0),
    options: [
      OptionRecord("momentum", .number(.belowOne), default: 0.0, "Momentum coefficient."),
      OptionRecord("nesterov", .boolean, default: false, "Nesterov's momentum."),
    ], SGD.self)
}

extension Optimizer {
  /// Gradient descent with momentum.
  ///
  /// - Throws: `ArgumentError` for a rate ≤ 0, a momentum outside [0, 1) or a negative decay.
  public static func sgd(
    learningRate: Double = 1e-2, momentum: Double = 0, isNesterov: Bool = false,
    weightDecay: Double = 0
  ) throws -> Optimizer {
    try Optimizer(
      .sgd,
      [
        "lr": .number(learningRate), "momentum": .number(momentum),
        "nesterov": .boolean(isNesterov), "weight_decay": .number(weightDecay),
      ])
  }
}
