import Kernels

/// Lion: the step is rate · sign(β₁m + (1 − β₁)g), and then m ← β₂m + (1 − β₂)g.
struct Lion: RatedFormula {
  static let slots = 1

  private let beta1: Double
  private let beta2: Double
  var rate = 0.0

  init(_ options: OptionValues) {
    (beta1, beta2) = (options.number("beta1"), options.number("beta2"))
  }

  @inline(__always)
  func step<S: Scalar>(_ g: S.Vector, _ slots: inout Slots<S.Vector>, as type: S.Type) -> S.Vector {
    let m = slots.first
    let direction = S.multiplyAdd(all(beta1, as: S.self), m, rest(beta1, as: S.self) * g)
    slots.first = S.multiplyAdd(all(beta2, as: S.self), m, rest(beta2, as: S.self) * g)
    let (zero, rate) = (S.Vector(), all(rate, as: S.self))
    let back = S.choose(S.negative(rate), where: zero, exceeds: direction, else: zero)
    let step = S.choose(rate, where: direction, exceeds: zero, else: back)
    // NaN where the direction is not finite, so that the update is seen to have failed.
    return step + (direction - direction)
  }
}

extension UpdateRule {
  static let lion = UpdateRule(
    "lion", "Lion: steps of one size, by the sign of a momentum.",
    details: "Source: Chen et al., 2023, arXiv 2302.06675.", rate: 1e-4, decay: .decoupled(0),
    options: [
      OptionRecord(
        "beta1", .number(.belowOne), default: 0.9, "Weight of the momentum in the direction."),
      OptionRecord("beta2", .number(.belowOne), default: 0.99, "Decay of the momentum."),
    ], Lion.self)
}
