import Kernels

/// Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², and the step is
/// rate · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε).
struct Adam: OptionedFormula {
  static let slots = 2

  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  /// The learning rate over the first moment's bias correction.
  private var rate = 0.0
  /// 1/√(1 − β₂ᵗ)
  private var root = 1.0

  init(_ options: OptionValues) {
    (beta1, beta2) = (options.number("beta1"), options.number("beta2"))
    epsilon = options.number("epsilon")
  }

  mutating func begin(rate: Double, step: Int) {
    self.rate = rate / (1 - power(beta1, step))
    root = 1 / (1 - power(beta2, step)).squareRoot()
  }

  @inline(__always)
  func step<S: Scalar>(_ g: S.Vector, _ slots: inout Slots<S.Vector>, as type: S.Type) -> S.Vector {
    let (b1, b2) = (all(beta1, as: S.self), all(beta2, as: S.self))
    let (m, v) = (slots.first, slots.second)
    slots.first = S.multiplyAdd(b1, m, rest(beta1, as: S.self) * g)
    slots.second = S.multiplyAdd(b2, v, rest(beta2, as: S.self) * (g * g))
    return all(rate, as: S.self) * slots.first
      / S.multiplyAdd(
        S.squareRoot(slots.second), all(root, as: S.self), all(epsilon, as: S.self))
  }
}

extension UpdateRule {
  private static let adamOptions = [
    OptionRecord("beta1", .number(.belowOne), default: 0.9, "Decay of the first moment."),
    OptionRecord("beta2", .number(.belowOne), default: 0.999, "Decay of the second moment."),
    OptionRecord(
      "epsilon", .number(.positive), default: 1e-8, "Added to the root of the second moment."),
  ]

  static let adam = UpdateRule(
    "adam", "The Adam optimizer.", details: "Source: Kingma and Ba, 2015; defaults are PyTorch's.",
    rate: 1e-3, decay: .penalty(0), options: adamOptions, Adam.self)

  static let adamw = UpdateRule(
    "adamw", "Adam with decoupled weight decay.",
    details: "Source: Loshchilov and Hutter, 2019; defaults are PyTorch's.",
    rate: 1e-3, decay: .decoupled(0.01), options: adamOptions, Adam.self)
}

extension Optimizer {
  /// Adam (Kingma and Ba, 2015), or AdamW (Loshchilov and Hutter, 2019) with `isDecoupled`.
  ///
  /// - Throws: `ArgumentError` for a rate ≤ 0, betas outside [0, 1), ε ≤ 0 or a negative decay.
  public static func adam(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, isDecoupled: Bool = false
  ) throws -> Optimizer {
    try Optimizer(
      isDecoupled ? .adamw : .adam,
      [
        "lr": .number(learningRate), "beta1": .number(beta1), "beta2": .number(beta2),
        "epsilon": .number(epsilon), "weight_decay": .number(weightDecay),
      ])
  }

  /// Adam with PyTorch's defaults.
  public static let standard = try! Optimizer.adam()
}
