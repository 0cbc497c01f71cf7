import Tensors

/// weight · (1/n) Σᵢ of a norm of ∂ℓᵢ/∂xᵢ, or of its square.
struct InputGradientPenalty: SlopeTerm {
  enum Norm: String { case l1, l2, linf }
  let weight: Double
  let norm: Norm
  let isSquared: Bool
  let features: PerFeature?
  /// h of a finite difference along the gradient's direction instead.
  let step: Double?

  init(_ options: OptionValues) throws {
    weight = options.number("weight")
    norm = Norm(rawValue: options.text("norm"))!
    isSquared = options.boolean("squared")
    features = options.features("features")
    step = options.contains("steps") ? options.number("steps") : nil
  }

  init(doubleBackprop options: OptionValues) throws {
    weight = options.number("weight")
    (norm, isSquared, step) = (.l2, true, nil)
    features = options.features("features")
  }
}
